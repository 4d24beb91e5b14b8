"""Fills a store with a year of keeping services awake and acting on them, for the benchmarks."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Iterator
from contextlib import closing
from functools import partial

from big_store import DAY_MS, END_MS

from sentinel_tui.clock import FakeClock
from sentinel_tui.config.model import RetentionOptions, Service, Sleeps
from sentinel_tui.domain.autonomy.actions import Action, Knob, Step, Tuning
from sentinel_tui.domain.autonomy.policy import Verb
from sentinel_tui.domain.hosting import DeployStatus, HostedDeploy, HostedService, HostEvent
from sentinel_tui.domain.keepalive.awake import Cause, Stretch
from sentinel_tui.domain.keepalive.modes import Mode, ModeChange
from sentinel_tui.domain.keepalive.peaks import HourRate, Profile
from sentinel_tui.domain.keepalive.week import PlannedHour, PlanRecord
from sentinel_tui.domain.records import Visit
from sentinel_tui.paths import Paths
from sentinel_tui.store import recorder
from sentinel_tui.store.writer import Database, Holder, StoreWriter

SERVICES = tuple(f"service-{number:02d}" for number in range(20))
VISITED = SERVICES[:4]
"""Services that are visited in every minute of the last 30 days."""

YEAR_DAYS, VISITED_DAYS = 365, 30
STRETCHES_A_DAY, MODES_A_DAY, ACTIONS_A_DAY = 6, 4, 4
MINUTE_MS, HOUR_MS = 60_000, 3_600_000


def build_keeping(paths: Paths) -> None:
    """Build a store that ends at `big_store.END_MS`; the folder must not hold one yet."""
    asyncio.run(_build(paths))


async def _build(paths: Paths) -> None:
    with closing(
        StoreWriter.open(paths, FakeClock(END_MS), RetentionOptions(), Holder.here())
    ) as writer:
        services = [Service(id=name, url="http://localhost/", sleeps=Sleeps()) for name in SERVICES]
        await writer.run(partial(recorder.register, services=services))
        for day in range(YEAR_DAYS):
            day_ms = END_MS - (YEAR_DAYS - day) * DAY_MS
            await writer.run(partial(_live_through, day_ms=day_ms))
        await writer.run(lambda db: recorder.add_visits(db, list(_visits())))
        for number in range(4 * 7):
            plan = a_plan(END_MS - (28 - number) * 6 * HOUR_MS)
            await writer.run(partial(recorder.save_plan, plan=plan))


def _live_through(db: Database, day_ms: int) -> None:
    dice = random.Random(day_ms)  # noqa: S311 (numbers for a benchmark)
    for name in SERVICES:
        recorder.save_stretches(db, list(_stretches(name, day_ms, dice)))
        for part in range(MODES_A_DAY):
            at_ms = day_ms + part * DAY_MS // MODES_A_DAY
            recorder.change_mode(db, ModeChange(name, at_ms, list(Mode)[part % 3], "a busy hour"))
        for part in range(STRETCHES_A_DAY):
            at_ms = day_ms + part * DAY_MS // STRETCHES_A_DAY
            running = part % 2 == 0
            said = HostedService(name, f"srv-{name}", "tea-1", "free", 1, (), True, running, at_ms)
            recorder.save_services(db, [said])
    deploy_id = f"dep-{day_ms}"
    service = dice.choice(SERVICES)
    recorder.save_deploys(
        db,
        [
            HostedDeploy(
                deploy_id,
                service,
                DeployStatus.LIVE,
                "1a2b3c4d5e6f",
                "mend the player",
                "new_commit",
                day_ms,
                day_ms + 90_000,
            )
        ],
    )
    recorder.save_events(db, [HostEvent(deploy_id, service, day_ms, "deploy_ended", "deployed")])
    for part in range(ACTIONS_A_DAY):
        _act(db, dice.choice(SERVICES), day_ms + part * HOUR_MS)
    tuning = Tuning(service, "http", Knob.INTERVAL, 60.0, 45.0, "it fails often", day_ms)
    tuned = recorder.add_tuning(db, tuning)
    recorder.undo_tuning(db, tuned.id, day_ms + HOUR_MS, "tuning")


def _stretches(name: str, day_ms: int, dice: random.Random) -> Iterator[Stretch]:
    for part in range(STRETCHES_A_DAY):
        start_ms = day_ms + part * DAY_MS // STRETCHES_A_DAY + dice.randrange(HOUR_MS)
        end_ms = start_ms + dice.randrange(15, 150) * MINUTE_MS
        yield Stretch(name, start_ms, end_ms, dice.choice(list(Cause)))


def _act(db: Database, service: str, at_ms: int) -> None:
    action = recorder.propose(
        db,
        Action(
            id=0,
            key=f"{service}/{at_ms}",
            service=service,
            verb=Verb.RESTART,
            by="healing",
            why="it did not come back by itself",
            automatic=True,
            step=Step.APPROVED,
            created_ms=at_ms,
        ),
    )
    for place, step in enumerate((Step.STARTED, Step.DONE, Step.VERIFIED), start=1):
        recorder.advance(db, action.id, step, at_ms + place * 1_000, "healing", f"now {step}")


def _visits() -> Iterator[Visit]:
    for at_ms in range(END_MS - VISITED_DAYS * DAY_MS, END_MS, MINUTE_MS):
        for name in VISITED:
            yield Visit(name, at_ms, 1 + at_ms // MINUTE_MS % 3, "platform")


def a_plan(made_ms: int) -> PlanRecord:
    """A plan for all services, with figures as long as real ones are."""
    dice = random.Random(made_ms)  # noqa: S311 (numbers for a benchmark)

    def rate(cell: int) -> HourRate:
        return HourRate(dice.random(), dice.random(), dice.random(), cell)

    def hour(cell: int) -> PlannedHour:
        return PlannedHour(cell, dice.random(), dice.random(), dice.random(), dice.random())

    return PlanRecord(
        made_ms=made_ms,
        reason="daily",
        budget_h=750.0,
        used_h=dice.random(),
        natural_h=dice.random(),
        allowed_h=dice.random(),
        threshold=dice.random(),
        forecast_p50_h=dice.random(),
        forecast_p90_h=dice.random(),
        exhausted_ms=None,
        weeks={name: tuple(map(hour, range(168))) for name in SERVICES},
        profiles={
            name: Profile(tuple(map(rate, range(48))), dice.random(), 28.0) for name in SERVICES
        },
    )
