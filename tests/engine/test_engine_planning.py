"""Plans are made when there is a reason to, kept to, and say when hours will not last."""

from __future__ import annotations

from contextlib import closing
from functools import partial

import pytest
from engine_world import Network, Platform, Watching, hosted, service

from sentinel_tui.clock import FakeClock
from sentinel_tui.domain.keepalive.hours_ledger import month_of
from sentinel_tui.domain.keepalive.modes import Mode
from sentinel_tui.domain.keepalive.week import PlanRecord
from sentinel_tui.domain.monitoring.alerts import Rule
from sentinel_tui.domain.monitoring.states import State
from sentinel_tui.domain.records import Visit
from sentinel_tui.store.recorder import add_visits

_DAY_MS = 86_400_000
_WEEKS = 6


def _plan(engine: Watching) -> PlanRecord:
    with closing(engine.read()) as reader:
        record = reader.plan()
    assert record is not None
    return record


async def _past(engine: Watching, name: str, *hours: int) -> None:
    """Let somebody have come to a service at some hours of every day of the last weeks, in UTC."""
    midnight_ms = engine.clock.now_ms() // _DAY_MS * _DAY_MS
    visits = [
        Visit(name, midnight_ms - day * _DAY_MS + hour * 3_600_000 + 1_200_000, 1, "platform")
        for day in range(1, 7 * _WEEKS + 1)
        for hour in hours
    ]
    await engine.engine.parts.writer.run(partial(add_visits, visits=visits))


async def test_a_plan_is_made_at_the_start_and_every_six_hours_at_the_latest(
    hosting, platform: Platform, clock: FakeClock
) -> None:
    platform.add("shop")
    async with hosting(hosted("shop", platform), render={"budget_hours": 3.0}) as engine:
        await engine.advance(20)
        first = _plan(engine)
        assert set(first.weeks) == {"shop"}
        assert first.profiles["shop"].days_needed > 0
        clock.suspend(5 * 3_600)
        await engine.advance(70)
        assert _plan(engine) == first
        clock.suspend(3_600)
        await engine.advance(70)
        assert _plan(engine).reason == "six hours have passed"


async def test_what_is_left_of_a_month_is_not_spent_on_into_the_next(
    hosting, platform: Platform, clock: FakeClock
) -> None:
    platform.add("shop")
    end_ms = month_of(clock.now_ms()).end_ms
    clock.suspend((end_ms - clock.now_ms()) / 1_000 - 3_600)
    # Where the day began hours ago, it is no new one that has the plan made anew.
    async with hosting(hosted("shop", platform), display={"time_zone": "Asia/Tokyo"}) as engine:
        await engine.advance(70)
        assert _plan(engine).made_ms < end_ms
        clock.suspend(3_600)
        await engine.advance(70)
        assert _plan(engine).reason == "a new month"


async def test_a_service_is_woken_so_early_that_it_is_awake_when_somebody_is_expected(
    hosting, platform: Platform, clock: FakeClock, network: Network
) -> None:
    # The clock of these tests begins at eight in the morning, UTC.
    platform.add("shop")
    platform.starts_in_s = 50.0
    sleeps = {"expected_wake": 120.0}
    async with hosting(
        hosted("shop", platform, sleeps=sleeps), render={"budget_hours": 60.0}
    ) as engine:
        await engine.advance(5)
        await _past(engine, "shop", 10)
        await engine.ask("replan")
        clock.suspend(1_800)
        await engine.advance(20)
        assert engine.state("shop") is State.ASLEEP
        with closing(engine.read()) as reader:
            (record,) = reader.services()
        ten_ms = clock.now_ms() // _DAY_MS * _DAY_MS + 10 * 3_600_000
        assert record.next_wake_ms == pytest.approx(ten_ms - 120_000, abs=300_000)
        network.looks.clear()
        clock.suspend((ten_ms - clock.now_ms()) / 1_000 - 240)
        await engine.advance(100)
        assert network.looks == []
        await engine.advance(140)
        assert engine.state("shop") is State.UP
        assert platform.workspace.awake(platform.named("shop"))
        clock.suspend(3_600)
        await engine.advance(120)
        clock.suspend(900)
        await engine.advance(20)
        assert engine.state("shop") is State.ASLEEP


async def test_hours_that_will_not_last_are_an_alert_with_a_date(
    hosting, platform: Platform
) -> None:
    platform.add("shop")
    async with hosting(hosted("shop", platform), render={"budget_hours": 20.0}) as engine:
        await engine.advance(5)
        await _past(engine, "shop", *range(8, 20))
        await engine.ask("replan")
        await engine.advance(10)
        assert _plan(engine).threshold is None
        (alert,) = engine.alerts(Rule.HOURS)
        assert alert.open
        assert "run out on 2027-01-" in alert.reason
        assert engine.watch.service("shop").mode is Mode.ECONOMY


async def test_with_hours_enough_nobody_is_alarmed(hosting, platform: Platform) -> None:
    for name in ("curator", "monetizer", "public", "blog"):
        platform.add(name)
    names = ("curator", "monetizer", "public", "blog")
    async with hosting(*(hosted(name, platform) for name in names)) as engine:
        await engine.advance(5)
        for place, name in enumerate(names):
            await _past(engine, name, 9 + place, 20)
        await engine.ask("replan")
        await engine.advance(10)
        record = _plan(engine)
        assert record.forecast_p90_h is not None
        assert 500.0 < record.forecast_p90_h < 750.0
        assert engine.alerts(Rule.HOURS) == []


async def test_cold_starts_that_take_longer_since_a_deploy_are_an_alert(
    hosting, platform: Platform, clock: FakeClock
) -> None:
    shop = platform.add("shop")
    async with hosting(hosted("shop", platform), render={"budget_hours": 3.0}) as engine:
        await engine.advance(70)
        await _cold_starts(engine, platform, clock, takes_s=20.0)
        platform.workspace.order_deploy(shop, "manual", "c0ffee1", healthy=True)
        clock.suspend(600)
        await engine.advance(70)
        await _cold_starts(engine, platform, clock, takes_s=40.0)
        await engine.advance(130)
        (alert,) = engine.alerts(Rule.COLD_START)
        assert (alert.service, alert.open) == ("shop", True)
        assert "since the deploy" in alert.reason


async def test_without_hours_to_spend_nothing_is_planned(watching) -> None:
    async with watching(service("shop"), service("blog", sleeps={})) as engine:
        await engine.advance(130)
        with closing(engine.read()) as reader:
            assert reader.plan() is None
        assert engine.alerts(Rule.HOURS) == []


async def _cold_starts(
    engine: Watching, platform: Platform, clock: FakeClock, takes_s: float
) -> None:
    platform.starts_in_s = takes_s
    for _ in range(8):
        clock.suspend(960)
        await engine.advance(6, step_s=6.0)
        await engine.ask("wake", service="shop", step_s=5.0)
