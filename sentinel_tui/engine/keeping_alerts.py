"""Alerts about keeping awake: hours that will not last, and cold starts that take longer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from sentinel_tui.domain.keepalive.cold_start import slower_since
from sentinel_tui.domain.keepalive.week import PlanRecord
from sentinel_tui.domain.monitoring.alerts import Finding, Rule, Severity, fingerprint
from sentinel_tui.domain.records import ColdStartRecord
from sentinel_tui.engine.hosted import Hosted
from sentinel_tui.engine.own_alerts import OwnAlerts
from sentinel_tui.engine.watch import WatchedService

_BILLING = "billing"
_ENOUGH_SINCE = 8
"""With fewer cold starts since a deploy, nothing is known that could end an alert."""


class KeepingAlerts:
    """Tells what is wrong with hours and cold starts.

    Attributes:
        zone: The owner's zone, in which dates are told.
    """

    def __init__(self, hosted: Hosted, own_alerts: OwnAlerts) -> None:
        self.zone = "UTC"
        self._hosted = hosted
        self._own_alerts = own_alerts

    def look_at_hours(
        self,
        services: Sequence[WatchedService],
        record: PlanRecord | None,
        used_h: float,
        budget_h: float,
        now_ms: int,
    ) -> None:
        """Tell whether the month's hours will last.

        Args:
            services: The services that cost hours.
            record: The plan in force.
            used_h: Hours used this month.
            budget_h: Hours of the whole month.
            now_ms: The present.
        """
        severity, reason = Severity.WARNING, ""
        suspended = [one.id for one in services if self._suspended(one.id)]
        if suspended:
            severity = Severity.CRITICAL
            reason = f"{', '.join(suspended)} suspended by the platform until the month ends"
        elif services and used_h >= budget_h:
            reason = f"all {budget_h:.0f} h of this month are used up"
        elif services and record is not None:
            reason = self._will_not_last(record)
        self._own_alerts.tell(
            Finding(
                fingerprint=fingerprint(Rule.HOURS, ""),
                rule=Rule.HOURS,
                holds=bool(reason),
                severity=severity,
                at_ms=now_ms,
                reason=reason or "the month's hours will last",
            )
        )

    def look_at_cold_starts(
        self, cold_starts: Mapping[str, Sequence[ColdStartRecord]], now_ms: int
    ) -> None:
        """Tell which services take longer to wake since they were deployed."""
        for service, known in cold_starts.items():
            live = self._hosted.live_deploy(service)
            if live is None or live.live_ms is None:
                continue
            before = [one.duration_ms for one in known if one.at_ms < live.live_ms]
            after = [one.duration_ms for one in known if one.at_ms >= live.live_ms]
            if len(after) < _ENOUGH_SINCE:
                continue
            slower = slower_since(before, after)
            finding = Finding(
                fingerprint=fingerprint(Rule.COLD_START, service),
                rule=Rule.COLD_START,
                holds=bool(slower),
                severity=Severity.WARNING,
                at_ms=now_ms,
                reason=slower or "it wakes as fast as before",
            )
            self._own_alerts.tell(finding, service)

    def _suspended(self, service: str) -> bool:
        seen = self._hosted.services.get(service)
        return seen is not None and _BILLING in seen.suspenders

    def _will_not_last(self, record: PlanRecord) -> str:
        """Why the hours will not last, if they will not.

        A plan spends all but the reserve, which is there for the days that go badly: only what
        would use that up too, once in ten times, is worth telling.
        """
        if record.threshold is None and record.natural_h > max(0.0, record.allowed_h):
            return self._exhausted(record, "visitors alone use more than there is")
        if record.forecast_p90_h is not None and record.forecast_p90_h > record.budget_h:
            reckoned = f"{record.forecast_p90_h:.0f} h of {record.budget_h:.0f} h may be used"
            return self._exhausted(record, reckoned)
        return ""

    def _exhausted(self, record: PlanRecord, reason: str) -> str:
        if record.exhausted_ms is None:
            return f"{reason} by the end of the month"
        day = datetime.fromtimestamp(record.exhausted_ms / 1_000, ZoneInfo(self.zone))
        return f"{reason}; they run out on {day:%Y-%m-%d}"
