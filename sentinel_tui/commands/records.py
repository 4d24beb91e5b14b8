"""Records of the store for programs. These keys are a promise: add to them, never rename one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sentinel_tui.domain.monitoring.observations import PhaseTimings
from sentinel_tui.domain.records import (
    AlertRecord,
    CheckRecord,
    ColdStartRecord,
    FailureRecord,
    LatencySummary,
    SeriesPoint,
    ServiceRecord,
    TimelineEntry,
)
from sentinel_tui.errors import UsageError

if TYPE_CHECKING:
    from sentinel_tui.commands.context import Context
    from sentinel_tui.domain.monitoring.incidents import Incident, Note
    from sentinel_tui.domain.monitoring.silences import Silence
    from sentinel_tui.domain.notifying.notices import ChannelHealth, Notice


def service_record(context: Context, service_id: str) -> ServiceRecord:
    """The service with this id.

    Raises:
        UsageError: Nothing was recorded about it yet.
    """
    for service in context.store.services():
        if service.id == service_id:
            return service
    raise UsageError(
        f"nothing was recorded about {service_id} yet", "an engine must look at it first"
    )


def service_data(service: ServiceRecord) -> dict[str, Any]:
    """A service as it stands."""
    return {
        "id": service.id,
        "name": service.name,
        "role": service.role,
        "state": service.state,
        "since_ms": service.since_ms,
        "reason": service.reason,
        "paused": service.paused,
        "sleeps": service.sleeps,
        "last_wake_ms": service.last_wake_ms,
        "next_wake_ms": service.next_wake_ms,
        "cold_start_ms": service.cold_start_ms,
        "tags": list(service.tags),
        "depends_on": list(service.depends_on),
        "suppressed_by": service.suppressed_by,
        "checks": [check_data(check) for check in service.checks],
    }


def check_data(check: CheckRecord) -> dict[str, Any]:
    """A check as it stands."""
    return {
        "name": check.name,
        "kind": check.kind,
        "target": check.target,
        "interval_s": check.interval_s,
        "state": check.state,
        "since_ms": check.since_ms,
        "reason": check.reason,
        "last_ms": check.last_ms,
        "next_ms": check.next_ms,
        "outcome": check.outcome.word if check.outcome is not None else None,
        "phase": check.phase,
        "status": check.status,
        "latency_ms": check.latency_ms,
        "timings_ms": timings_data(check.timings),
        "error": check.error,
        "certificate_ends_ms": check.certificate_ends_ms,
    }


def timings_data(timings: PhaseTimings) -> dict[str, float | None]:
    """The phases of a look, in milliseconds."""
    return {
        "dns": timings.dns_ms,
        "connect": timings.connect_ms,
        "tls": timings.tls_ms,
        "first_byte": timings.first_byte_ms,
        "body": timings.body_ms,
        "total": timings.total_ms,
    }


def summary_data(summary: LatencySummary) -> dict[str, Any]:
    """Latency over a window."""
    return {
        "looks": summary.count,
        "failures": summary.failures,
        "min_ms": summary.min_ms,
        "p50_ms": summary.p50_ms,
        "p95_ms": summary.p95_ms,
        "p99_ms": summary.p99_ms,
        "max_ms": summary.max_ms,
    }


def point_data(point: SeriesPoint) -> dict[str, Any]:
    """One slice of a latency chart."""
    return {
        "at_ms": point.at_ms,
        "p50_ms": point.p50_ms,
        "p95_ms": point.p95_ms,
        "max_ms": point.max_ms,
        "looks": point.count,
        "failures": point.failures,
    }


def alert_data(alert: AlertRecord) -> dict[str, Any]:
    """An alert, open or past."""
    return {
        "id": alert.id,
        "rule": alert.rule,
        "severity": alert.severity,
        "service": alert.service,
        "check": alert.check,
        "incident": alert.incident,
        "opened_ms": alert.opened_ms,
        "resolved_ms": alert.resolved_ms,
        "acknowledged_ms": alert.acknowledged_ms,
        "reason": alert.reason,
        "resolution": alert.resolution,
    }


def entry_data(entry: TimelineEntry) -> dict[str, Any]:
    """One thing that happened."""
    return {
        "at_ms": entry.at_ms,
        "kind": entry.kind,
        "service": entry.service,
        "text": entry.text,
        "state": entry.state,
        "severity": entry.severity,
    }


def failure_data(failure: FailureRecord) -> dict[str, Any]:
    """A failed look with the answer that was kept."""
    return {
        "at_ms": failure.at_ms,
        "check": failure.check,
        "phase": failure.phase,
        "status": failure.status,
        "error": failure.error,
        "kept": failure.kept,
        "address": failure.address,
        "timings_ms": timings_data(failure.timings),
    }


def cold_start_data(cold_start: ColdStartRecord) -> dict[str, Any]:
    """One wake from sleep."""
    return {
        "at_ms": cold_start.at_ms,
        "duration_ms": cold_start.duration_ms,
        "cause": cold_start.cause,
        "deploy": cold_start.deploy,
    }


def incident_data(incident: Incident) -> dict[str, Any]:
    """An incident, open or past."""
    return {
        "id": incident.id,
        "cause": incident.cause,
        "title": incident.title,
        "severity": incident.severity,
        "services": list(incident.services),
        "opened_ms": incident.opened_ms,
        "resolved_ms": incident.resolved_ms,
        "reopened": incident.reopened,
        "acknowledged_ms": incident.acknowledged_ms,
        "acknowledged_by": incident.acknowledged_by,
    }


def note_data(note: Note) -> dict[str, Any]:
    """What somebody wrote down about an incident."""
    return {"at_ms": note.at_ms, "by": note.by, "text": note.text}


def notice_data(notice: Notice) -> dict[str, Any]:
    """What one channel was told, or is to be told."""
    return {
        "key": notice.key,
        "channel": notice.channel,
        "kind": notice.kind,
        "severity": notice.severity,
        "created_ms": notice.created_ms,
        "due_ms": notice.due_ms,
        "status": notice.status,
        "sent_ms": notice.sent_ms,
        "message": notice.message,
    }


def silence_data(silence: Silence) -> dict[str, Any]:
    """A silence or a maintenance."""
    return {
        "id": silence.id,
        "kind": silence.kind,
        "match": silence.match,
        "start_ms": silence.start_ms,
        "end_ms": silence.end_ms,
        "until_healthy": silence.until_healthy,
        "reason": silence.reason,
        "by": silence.by,
        "ended_ms": silence.ended_ms,
    }


def channel_data(channel: ChannelHealth) -> dict[str, Any]:
    """How a notification channel does."""
    return {
        "name": channel.name,
        "kind": channel.kind,
        "last_sent_ms": channel.last_sent_ms,
        "failing_since_ms": channel.failing_since_ms,
        "error": channel.error,
        "waiting": channel.waiting,
        "dead": channel.dead,
    }
