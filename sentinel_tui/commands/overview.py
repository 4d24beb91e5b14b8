"""All services with what is known of them, gathered once for `status` and `why`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sentinel_tui.domain.monitoring.alerts import Rule, Severity
from sentinel_tui.domain.monitoring.health import Health, Vitals, service_health, system_health
from sentinel_tui.domain.monitoring.uptime import Uptime
from sentinel_tui.domain.records import AlertRecord, LatencySummary, ServiceRecord

if TYPE_CHECKING:
    from sentinel_tui.store.queries import Reader

_HOUR_MS = 3_600_000
_DAY_MS = 24 * _HOUR_MS
_MONTH_MS = 30 * _DAY_MS

_SHOWN_AS_STATE = frozenset({Rule.DEGRADED, Rule.FLAPPING})
"""What costs points as the service's state costs none a second time as an alert."""


@dataclass(frozen=True, slots=True)
class Watched:
    """One service with its figures.

    Attributes:
        record: The service as it stands.
        uptime_24h: Uptime of the last 24 hours.
        uptime_30d: Uptime of the last 30 days.
        last_hour: Latency of its drawn check over the last hour.
        health: Its health score.
        open_alerts: Its open alerts, newest first.
    """

    record: ServiceRecord
    uptime_24h: Uptime
    uptime_30d: Uptime
    last_hour: LatencySummary
    health: Health
    open_alerts: tuple[AlertRecord, ...]


@dataclass(frozen=True, slots=True)
class Overview:
    """Everything that is watched.

    Attributes:
        services: In the order of the configuration.
        health: The score of all of them.
        open_alerts: All open alerts, Sentinel's own among them, newest first.
    """

    services: tuple[Watched, ...]
    health: Health
    open_alerts: tuple[AlertRecord, ...]


def gather(reader: Reader, now_ms: int) -> Overview:
    """Read everything that is watched as it stands at `now_ms`."""
    day = reader.uptimes(now_ms - _DAY_MS, now_ms)
    month = reader.uptimes(now_ms - _MONTH_MS, now_ms)
    hour = reader.summaries(now_ms - _HOUR_MS, now_ms)
    usual_latencies = reader.usual_latencies(now_ms)
    open_alerts = tuple(reader.alerts(open_only=True))
    services = []
    for record in reader.services():
        key = record.primary.key if record.primary else -1
        last_hour = hour.get(key, LatencySummary())
        uptime_24h = day.get(record.id, Uptime())
        usual = usual_latencies.get(key, LatencySummary())
        own = tuple(alert for alert in open_alerts if alert.service == record.id)
        services.append(
            Watched(
                record=record,
                uptime_24h=uptime_24h,
                uptime_30d=month.get(record.id, Uptime()),
                last_hour=last_hour,
                health=service_health(_vitals(record, uptime_24h, last_hour, usual, own)),
                open_alerts=own,
            )
        )
    return Overview(tuple(services), system_health([one.health for one in services]), open_alerts)


def _vitals(
    record: ServiceRecord,
    uptime_24h: Uptime,
    last_hour: LatencySummary,
    usual: LatencySummary,
    open_alerts: tuple[AlertRecord, ...],
) -> Vitals:
    return Vitals(
        service=record.id,
        state=record.state,
        uptime_24h=uptime_24h.ratio,
        p95_ms=last_hour.p95_ms,
        usual_p95_ms=usual.p95_ms,
        cold_start_s=None if record.cold_start_ms is None else record.cold_start_ms / 1_000,
        expected_wake_s=record.expected_wake_s,
        warnings=tuple(
            alert.reason
            for alert in open_alerts
            if alert.severity is Severity.WARNING and alert.rule not in _SHOWN_AS_STATE
        ),
    )


def health_data(health: Health) -> dict[str, Any]:
    """A health score for programs."""
    return {
        "score": round(health.score, 1),
        "low": round(health.low, 1),
        "high": round(health.high, 1),
        "losses": [
            {"points": round(loss.points, 1), "cause": loss.cause} for loss in health.losses
        ],
    }
