"""What the plan says of this hour: who is kept awake, and how busy it usually is."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Mapping
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sentinel_tui.domain.keepalive.cold_start import expected_ms
from sentinel_tui.domain.keepalive.peaks import HourRate, Profile
from sentinel_tui.domain.keepalive.planner import Plan
from sentinel_tui.domain.keepalive.use import day_cell, recency
from sentinel_tui.domain.keepalive.week import PlanRecord, cell_at, next_kept_ms
from sentinel_tui.domain.monitoring.judgement import Judgement
from sentinel_tui.domain.records import ColdStartRecord
from sentinel_tui.engine.ledger import Ledger
from sentinel_tui.engine.watch import WatchedCheck, WatchedService

_COLD_STARTS_KEPT = 60
_HOUR_MS = 3_600_000
_LOOKED_AHEAD_MS = 7 * 24 * _HOUR_MS


class Foresight:
    """Answers by the plan in force.

    Attributes:
        zone: The owner's zone, in which the week is told.
        plan: The plan, or None as long as there is none.
        record: The same plan as it is shown and kept.
        hours_short: Whether the hours of the month would not last if services were kept awake.
        cold_starts: The last cold starts of each service, the newest last.
    """

    def __init__(self, ledger: Ledger) -> None:
        self.zone = "UTC"
        self.plan: Plan | None = None
        self.record: PlanRecord | None = None
        self.hours_short = False
        self.cold_starts: defaultdict[str, deque[ColdStartRecord]] = defaultdict(
            lambda: deque(maxlen=_COLD_STARTS_KEPT)
        )
        self._ledger = ledger
        self._cell = 0
        self._cells: dict[int, int] = {}

    @property
    def profiles(self) -> Mapping[str, Profile]:
        """When services are used, as far as that is known, by their ids."""
        return {} if self.record is None else self.record.profiles

    def look_at_the_clock(self, now_ms: int) -> None:
        """Know which hour of the week it is."""
        self._cell = self.cell_of(now_ms)

    def heard(self, check: WatchedCheck, judgement: Judgement) -> None:
        """Take note of a cold start."""
        if judgement.cold_start_ms is not None:
            service = check.service.id
            self.cold_starts[service].append(
                ColdStartRecord(
                    at_ms=judgement.seen.end_ms,
                    service=service,
                    duration_ms=judgement.cold_start_ms,
                    cause=judgement.cold_start_cause,
                )
            )

    def hour_of(self, service: str) -> HourRate | None:
        """How busy a service usually is at this hour; None where nobody knows."""
        profile = self.profiles.get(service)
        return None if profile is None else profile.hours[day_cell(self._cell)]

    def keeps_awake(self, service: WatchedService, now_ms: int) -> bool:
        """Whether the plan keeps a service awake now, or so soon that it has to be woken now."""
        if self.plan is None or service.id not in self.plan.rhythms:
            return False
        if self._keeps(service, now_ms, kept=service.keep_awake):
            return True
        return self._keeps(service, now_ms + self.wake_lead_ms(service), kept=False)

    def next_wake_ms(self, service: WatchedService, now_ms: int) -> int | None:
        """When the plan has a sleeping service woken next, if nobody comes before."""
        if self.plan is None or service.id not in self.plan.rhythms:
            return None
        kept_ms = next_kept_ms(
            self.plan,
            service.id,
            self._ledger.last_use_ms.get(service.id),
            now_ms,
            self.cell_of,
            now_ms + _LOOKED_AHEAD_MS,
        )
        return None if kept_ms is None else max(now_ms, kept_ms - self.wake_lead_ms(service))

    def wake_lead_ms(self, service: WatchedService) -> int:
        """How long before a service is needed it has to be woken: its cold starts, nearly all."""
        if service.wake_lead_s is not None:
            return round(service.wake_lead_s * 1_000)
        sleeps = service.options.sleeps
        guess_ms = sleeps.expected_wake_s * 1_000 if sleeps is not None else 0.0
        known = self.cold_starts.get(service.id, ())
        return round(expected_ms([one.duration_ms for one in known], guess_ms))

    def cell_of(self, at_ms: int) -> int:
        """The hour of the week of an instant, in the owner's zone."""
        # Zones differ by quarters of an hour at the finest, and are slow to ask.
        quarter = at_ms // (_HOUR_MS // 4)
        if quarter not in self._cells:
            if len(self._cells) > 2_000:
                self._cells.clear()
            self._cells[quarter] = cell_at(at_ms, self.zone)
        return self._cells[quarter]

    def day_of(self, at_ms: int) -> date:
        """The day of an instant, in the owner's zone."""
        return datetime.fromtimestamp(at_ms / 1_000, ZoneInfo(self.zone)).date()

    def _keeps(self, service: WatchedService, at_ms: int, *, kept: bool) -> bool:
        last_ms = self._ledger.last_use_ms.get(service.id)
        since_s = None if last_ms is None else (at_ms - last_ms) / 1_000
        cell = self.cell_of(at_ms)
        return self.plan is not None and self.plan.keeps_awake(
            service.id, cell, recency(since_s), kept=kept
        )
