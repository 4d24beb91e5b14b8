"""Everything that happened, in one line each."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sentinel_tui.domain.monitoring.alerts import Severity
from sentinel_tui.domain.monitoring.states import State
from sentinel_tui.domain.records import EntryKind, TimelineEntry
from sentinel_tui.store.driver import Connection
from sentinel_tui.text import format_duration

_Entry = Callable[[tuple[Any, ...]], TimelineEntry]


def timeline(
    connection: Connection, start_ms: int, end_ms: int, service: str, limit: int
) -> list[TimelineEntry]:
    """See `queries.Reader.timeline`."""
    entries: list[TimelineEntry] = []
    for sql, entry in _SOURCES:
        values = {"start": start_ms, "end": end_ms, "service": service, "limit": limit}
        entries += [entry(row) for row in connection.execute(sql, values).fetchall()]
    # Stable, so that what happened in the same millisecond stays newest first.
    entries.sort(key=lambda entry: entry.at_ms, reverse=True)
    return entries[:limit]


def _alert_query(instant: str, extra: str = "''") -> str:
    return (
        f"SELECT {instant}, service, rule, severity, reason, {extra} FROM alerts "  # noqa: S608
        f"WHERE {instant} >= :start AND {instant} < :end "
        f"AND (:service = '' OR service = :service) ORDER BY {instant} DESC, id DESC LIMIT :limit"
    )


_STATES = (
    "SELECT h.at_ms, s.id, h.after, h.reason FROM state_changes h "
    "JOIN services s ON s.key = h.service_key WHERE h.check_key IS NULL "
    "AND h.at_ms >= :start AND h.at_ms < :end AND (:service = '' OR s.id = :service) "
    "ORDER BY h.at_ms DESC, h.id DESC LIMIT :limit"
)
_COLD_STARTS = (
    "SELECT w.at_ms, s.id, w.duration_us FROM cold_starts w "
    "JOIN services s ON s.key = w.service_key WHERE w.at_ms >= :start AND w.at_ms < :end "
    "AND (:service = '' OR s.id = :service) ORDER BY w.at_ms DESC LIMIT :limit"
)
_INTENTS = (
    "SELECT created_ms, service, verb, source, status FROM intents "
    "WHERE created_ms >= :start AND created_ms < :end "
    "AND (:service = '' OR service = :service) ORDER BY created_ms DESC LIMIT :limit"
)
_GAPS = (
    "SELECT from_ms, to_ms, reason FROM gaps WHERE to_ms > :start AND from_ms < :end "
    "ORDER BY from_ms DESC LIMIT :limit"
)
_EVENTS = (
    "SELECT at_ms, service, kind, text FROM events WHERE at_ms >= :start AND at_ms < :end "
    "AND (:service = '' OR service = :service) ORDER BY at_ms DESC, id DESC LIMIT :limit"
)


def _state(row: tuple[Any, ...]) -> TimelineEntry:
    at_ms, service, after, reason = row
    return TimelineEntry(at_ms, EntryKind.STATE, service, reason, state=State(after))


def _opened(row: tuple[Any, ...]) -> TimelineEntry:
    at_ms, service, rule, severity, reason, _ = row
    return TimelineEntry(
        at_ms, EntryKind.ALERT, service, f"{rule}: {reason}", severity=Severity(severity)
    )


def _acknowledged(row: tuple[Any, ...]) -> TimelineEntry:
    at_ms, service, rule, severity, _, by = row
    return TimelineEntry(
        at_ms, EntryKind.ACKNOWLEDGED, service, f"{rule} by {by}", severity=Severity(severity)
    )


def _resolved(row: tuple[Any, ...]) -> TimelineEntry:
    at_ms, service, rule, severity, _, resolution = row
    return TimelineEntry(
        at_ms, EntryKind.RESOLVED, service, f"{rule}: {resolution}", severity=Severity(severity)
    )


def _cold_start(row: tuple[Any, ...]) -> TimelineEntry:
    at_ms, service, duration_us = row
    text = f"awake after {format_duration(duration_us / 1_000_000)}"
    return TimelineEntry(at_ms, EntryKind.COLD_START, service, text)


def _intent(row: tuple[Any, ...]) -> TimelineEntry:
    at_ms, service, verb, source, status = row
    return TimelineEntry(at_ms, EntryKind.INTENT, service, f"{verb} by {source}: {status}")


def _gap(row: tuple[Any, ...]) -> TimelineEntry:
    from_ms, to_ms, reason = row
    lasted = format_duration((to_ms - from_ms) / 1_000)
    return TimelineEntry(from_ms, EntryKind.GAP, "", f"not watching for {lasted}: {reason}")


def _event(row: tuple[Any, ...]) -> TimelineEntry:
    at_ms, service, kind, text = row
    return TimelineEntry(at_ms, EntryKind(kind), service, text)


_SOURCES: tuple[tuple[str, _Entry], ...] = (
    (_alert_query("resolved_ms", "resolution"), _resolved),
    (_alert_query("acknowledged_ms", "acknowledged_by"), _acknowledged),
    (_alert_query("opened_ms"), _opened),
    (_STATES, _state),
    (_COLD_STARTS, _cold_start),
    (_INTENTS, _intent),
    (_GAPS, _gap),
    (_EVENTS, _event),
)
