"""The hours ledger agrees with the pool, and tells visits from our own looks."""

from __future__ import annotations

import random
from contextlib import closing

import pytest
from engine_world import Network, Platform, Watching, hosted, service

from sentinel_tui.clock import FakeClock
from sentinel_tui.domain.keepalive.awake import Cause
from sentinel_tui.domain.records import Visit
from sentinel_tui.errors import EngineError

_HOUR_MS = 3_600_000
_SLEEPING = {"budget_hours": 3.0}
"""So few hours that the plan leaves services asleep in the morning, when these tests begin."""


def _visits(engine: Watching, name: str, source: str) -> list[Visit]:
    with closing(engine.read()) as reader:
        return [one for one in reader.visits(name, 0) if one.source == source]


def _used_h(engine: Watching) -> float:
    return engine.engine.parts.keeping.ledger.used_h(engine.clock.now_ms())


async def test_the_ledger_agrees_with_the_pools_own_count(hosting, platform: Platform) -> None:
    luck = random.Random(4)  # noqa: S311 (visitors of a test)
    for name in ("curator", "shop"):
        platform.add(name)
    services = [hosted(name, platform) for name in ("curator", "shop")]
    async with hosting(*services, render=_SLEEPING) as engine:
        for _ in range(4):
            await engine.advance(luck.uniform(100, 900), step_s=20.0)
            platform.answer(luck.choice(("curator", "shop")))
        await engine.advance(1_200, step_s=20.0)
        spent_h = platform.workspace.used_h()
        assert 0.3 < spent_h < 0.8 * 2 * engine.hours
        # When in a minute each of the four came the platform does not tell.
        assert _used_h(engine) == pytest.approx(spent_h, abs=4 * 30 / 3_600)


async def test_after_a_restart_the_hours_go_on_where_they_were(
    hosting, platform: Platform, clock: FakeClock
) -> None:
    platform.add("shop")
    async with hosting(hosted("shop", platform)) as engine:
        await engine.ask("mode", service="shop", mode="hyper-vigilant")
        await engine.advance(300, step_s=20.0)
        before_h = _used_h(engine)
    async with hosting(hosted("shop", platform)) as engine:
        assert _used_h(engine) == pytest.approx(before_h, abs=0.02)
        await engine.advance(300, step_s=20.0)
        assert _used_h(engine) == pytest.approx(platform.workspace.used_h(), abs=0.01)


async def test_whoever_came_while_no_engine_ran_is_counted_later(
    hosting, platform: Platform, clock: FakeClock
) -> None:
    platform.add("shop")
    async with hosting(hosted("shop", platform), render=_SLEEPING) as engine:
        await engine.advance(130, step_s=20.0)
    for _ in range(12):
        clock.suspend(850)
        platform.answer("shop")
    clock.suspend(1_200)
    async with hosting(hosted("shop", platform), render=_SLEEPING) as engine:
        await engine.advance(130, step_s=20.0)
        assert _used_h(engine) == pytest.approx(platform.workspace.used_h(), abs=0.05)
        assert len(_visits(engine, "shop", "platform")) == 12


async def test_our_own_looks_are_no_visits_and_somebody_elses_are(
    hosting, platform: Platform
) -> None:
    platform.add("shop")
    async with hosting(hosted("shop", platform, interval=17.0)) as engine:
        await engine.ask("mode", service="shop", mode="hyper-vigilant")
        await engine.advance(420, step_s=2.0)
        assert _visits(engine, "shop", "platform") == []
        platform.answer("shop")
        platform.answer("shop")
        came_ms = engine.clock.now_ms()
        await engine.advance(300)
        (visit,) = _visits(engine, "shop", "platform")
        assert visit.count == 2
        assert visit.at_ms == pytest.approx(came_ms, abs=60_000)


async def test_whoever_finds_it_asleep_is_known_to_have_met_a_cold_start(
    hosting, platform: Platform
) -> None:
    platform.add("shop")
    async with hosting(hosted("shop", platform), render=_SLEEPING) as engine:
        await engine.advance(130)
        platform.answer("shop")
        await engine.advance(300)
        with closing(engine.read()) as reader:
            first, *_ = reader.awake(0, engine.clock.now_ms() + _HOUR_MS)
        assert first.cause is Cause.VISIT


async def test_the_owners_own_wish_is_use(hosting, platform: Platform) -> None:
    platform.add("shop")
    async with hosting(hosted("shop", platform), render=_SLEEPING) as engine:
        await engine.ask("wake", service="shop", step_s=1.0)
        await engine.advance(60)
        assert len(_visits(engine, "shop", "owner")) == 1
        with closing(engine.read()) as reader:
            stretches = reader.awake(0, engine.clock.now_ms() + _HOUR_MS)
            (cold_start,) = reader.cold_starts("shop")
        assert {one.cause for one in stretches} == {Cause.OWNER}
        assert cold_start.cause is Cause.OWNER
        assert cold_start.duration_ms == pytest.approx(platform.starts_in_s * 1_000, rel=0.05)


async def test_a_correction_counts_from_then_on(hosting, platform: Platform) -> None:
    platform.add("shop")
    async with hosting(hosted("shop", platform)) as engine:
        await engine.ask("mode", service="shop", mode="hyper-vigilant")
        await engine.advance(60)
        answer = await engine.ask("correct_hours", used_h=312.5)
        assert answer["used_h"] == 312.5
        await engine.advance(300, step_s=20.0)
        assert _used_h(engine) == pytest.approx(312.583, abs=0.01)
        with closing(engine.read()) as reader:
            correction, plan = reader.correction(), reader.plan()
        assert correction is not None
        assert plan is not None
        assert correction.used_h == 312.5
        assert plan.reason == "hours were corrected"


async def test_hours_are_counted_without_a_key_from_our_own_looks(
    watching, network: Network
) -> None:
    sleeper = service("shop", sleeps={"costs_hours": True})
    async with watching(sleeper) as engine:
        await engine.ask("mode", service="shop", mode="hyper-vigilant")
        await engine.advance(300, step_s=20.0)
        assert _used_h(engine) == pytest.approx(1 / 12, abs=0.02)


async def test_where_nothing_costs_hours_there_is_nothing_to_correct(watching) -> None:
    async with watching(service("shop")) as engine:
        with pytest.raises(EngineError, match="no service costs hours"):
            await engine.ask("correct_hours", used_h=1.0)


async def test_a_platform_that_counts_an_instance_while_it_sleeps_is_not_believed(
    hosting, platform: Platform, clock: FakeClock
) -> None:
    platform.add("shop", "starter")
    sleeper = hosted("shop", platform, sleeps={"costs_hours": True})
    async with hosting(sleeper, render=_SLEEPING) as engine:
        ledger = engine.engine.parts.keeping.ledger
        now_ms = clock.now_ms()
        engine.watch.service("shop").costs_hours = True
        assert ledger.count_instances("shop", now_ms + 600_000, 1)
        assert not ledger.count_instances("shop", now_ms + 1_600_000, 1)
        assert ledger.count_instances("shop", now_ms + 1_700_000, 0)
        assert ledger.count_instances("shop", now_ms + 9_000_000, 1)
