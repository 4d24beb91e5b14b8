"""Plans which hours to keep services awake, and tells when hours or cold starts are in trouble."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from functools import partial

from sentinel_tui.clock import Clock
from sentinel_tui.config.model import Config
from sentinel_tui.domain.keepalive.drafting import Known, draft
from sentinel_tui.domain.keepalive.hours_ledger import FREE_HOURS, month_of
from sentinel_tui.domain.keepalive.planner import RESERVE, Plan, Purse, deviation
from sentinel_tui.domain.keepalive.week import PlanRecord
from sentinel_tui.engine.foresight import Foresight
from sentinel_tui.engine.keeping_alerts import KeepingAlerts
from sentinel_tui.engine.ledger import Ledger
from sentinel_tui.engine.modes import Modes
from sentinel_tui.engine.recording import Recording
from sentinel_tui.engine.watch import Watch, WatchedService
from sentinel_tui.store.database import Database
from sentinel_tui.store.recorder import save_plan, stretches, visit_times
from sentinel_tui.store.writer import StoreWriter

_EVERY_S = 60.0
_REPLAN_MS = 6 * 3_600_000
_DAY_MS = 86_400_000
_LEARNT_FROM_MS = 12 * 7 * _DAY_MS
_LEAST_DAYS_LEFT = 1 / 24


class Planning:
    """The worker that plans.

    Attributes:
        budget_h: Hours a month that all services that cost hours may be awake together.
        reserve: Share of it that no plan touches.
    """

    def __init__(
        self,
        clock: Clock,
        watch: Watch,
        writer: StoreWriter,
        recording: Recording,
        ledger: Ledger,
        foresight: Foresight,
        modes: Modes,
        alerts: KeepingAlerts,
    ) -> None:
        """Plan nothing yet.

        Args:
            clock: The time.
            watch: All that is watched.
            writer: Reads what visits are known.
            recording: The way into the store.
            ledger: The hours that were spent.
            foresight: Answers by the plan that is made.
            modes: Follow the plan.
            alerts: Tell of hours that will not last, and of cold starts that take longer.
        """
        self.budget_h = FREE_HOURS
        self.reserve = RESERVE
        self._clock = clock
        self._watch = watch
        self._writer = writer
        self._recording = recording
        self._ledger = ledger
        self._foresight = foresight
        self._modes = modes
        self._alerts = alerts
        self._one_at_a_time = asyncio.Lock()

    def go_by(self, config: Config) -> None:
        """Plan by a configuration from now on."""
        if config.render is not None:
            self.budget_h = config.render.budget_hours
            self.reserve = config.render.reserve_share
        else:
            self.budget_h, self.reserve = FREE_HOURS, RESERVE
        self._foresight.zone = config.display.time_zone

    async def run(self, beat: Callable[[], None]) -> None:
        """Plan whenever there is a reason to, for ever."""
        while True:
            beat()
            await self.look()
            await self._clock.sleep(_EVERY_S)

    async def look(self) -> None:
        """Plan if there is a reason to, and tell how it stands."""
        now_ms = self._clock.now_ms()
        services = self._services()
        reason = self._reason(services, now_ms) if services else ""
        # A plan goes by the hours as it is made.
        if not (reason and await self.plan(reason)):
            self._go_by_hours(services, now_ms)
        self._alerts.look_at_cold_starts(self._foresight.cold_starts, now_ms)

    async def plan(self, reason: str) -> PlanRecord | None:
        """Make a plan now, and go by it.

        Args:
            reason: Why, in a few words.

        Returns:
            The plan; None where no service costs hours.
        """
        async with self._one_at_a_time:
            services = self._services()
            if not services:
                return None
            known = await self._known([one.id for one in services], reason)
            # In a thread: weeks of visits are looked through.
            made: tuple[Plan, PlanRecord] = await asyncio.to_thread(draft, known)
            self._foresight.plan, self._foresight.record = made
            self._recording.note(partial(save_plan, plan=made[1]))
        self._go_by_hours(services, self._clock.now_ms())
        self._modes.tend()
        for service in services:
            if not service.keep_awake:
                self._modes.plan_wake(service)
        return self._foresight.record

    def _services(self) -> list[WatchedService]:
        return [one for one in self._watch.services.values() if one.costs_hours]

    def _reason(self, services: Sequence[WatchedService], now_ms: int) -> str:
        record = self._foresight.record
        if record is None or self._foresight.plan is None:
            return "Sentinel started"
        if set(record.weeks) != {one.id for one in services}:
            return "other services cost hours"
        if record.budget_h != self.budget_h:
            return "the budget is another"
        if month_of(record.made_ms) != month_of(now_ms):
            # The hours are new at midnight in UTC, where the owner's day may be hours old.
            return "a new month"
        if self._foresight.day_of(record.made_ms) != self._foresight.day_of(now_ms):
            return "a new day"
        if not 0 <= now_ms - record.made_ms < _REPLAN_MS:
            return "six hours have passed"
        return deviation(record, self._ledger.used_h(now_ms), now_ms)

    async def _known(self, services: Sequence[str], reason: str) -> Known:
        now_ms = self._clock.now_ms()
        from_ms = now_ms - _LEARNT_FROM_MS
        job = partial(_read, services=services, from_ms=from_ms, now_ms=now_ms)
        visits_ms, since_ms = await self._writer.run(job)
        days_left = max(_LEAST_DAYS_LEFT, (month_of(now_ms).end_ms - now_ms) / _DAY_MS)
        used_h = self._ledger.used_h(now_ms)
        return Known(
            visits_ms=visits_ms,
            since_ms=since_ms,
            now_ms=now_ms,
            zone=self._foresight.zone,
            purse=Purse(self.budget_h, used_h, days_left, self.reserve),
            reason=reason,
        )

    def _go_by_hours(self, services: Sequence[WatchedService], now_ms: int) -> None:
        used_h, record = self._ledger.used_h(now_ms), self._foresight.record
        beyond = used_h >= self.budget_h * (1 - self.reserve)
        without_plan = record is not None and record.threshold is None
        self._foresight.hours_short = bool(services) and (beyond or without_plan)
        self._alerts.look_at_hours(services, record, used_h, self.budget_h, now_ms)


def _read(
    db: Database, *, services: Sequence[str], from_ms: int, now_ms: int
) -> tuple[dict[str, list[int]], int]:
    """When services were visited, and since when that is known: since anything was."""
    visits_ms = {service: visit_times(db, service, from_ms) for service in services}
    firsts_ms = [times_ms[0] for times_ms in visits_ms.values() if times_ms]
    firsts_ms += [one.start_ms for one in stretches(db, from_ms, now_ms)[:1]]
    return visits_ms, max(from_ms, min(firsts_ms, default=now_ms))
