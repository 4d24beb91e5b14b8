"""A sleep that saves hours is never broken by our own looks, and never hides what it should not."""

from __future__ import annotations

from contextlib import closing
from dataclasses import replace

import pytest
from engine_world import Answer, Network, Platform, hosted, service

from sentinel_tui.clock import FakeClock
from sentinel_tui.domain.keepalive.modes import Mode
from sentinel_tui.domain.monitoring.alerts import Rule
from sentinel_tui.domain.monitoring.observations import Outcome
from sentinel_tui.domain.monitoring.states import State

_SLEEPING = {"budget_hours": 3.0}
"""So few hours that the plan leaves services asleep in the morning, when these tests begin."""


async def test_what_the_plan_lets_sleep_gets_no_look_at_all(
    hosting, platform: Platform, network: Network
) -> None:
    shop = platform.add("shop")
    async with hosting(hosted("shop", platform), render=_SLEEPING) as engine:
        await engine.advance(600, step_s=20.0)
        assert network.looks == []
        assert engine.state("shop") is State.ASLEEP
        assert engine.alerts(Rule.STOPPED) == []
        assert not platform.workspace.awake(shop)
        assert platform.workspace.used_h() == 0.0


async def test_whoever_comes_is_shown_with_one_look_and_left_in_peace(
    hosting, platform: Platform, network: Network
) -> None:
    shop = platform.add("shop")
    async with hosting(hosted("shop", platform), render=_SLEEPING) as engine:
        await engine.advance(130)
        platform.answer("shop")
        await engine.advance(600, step_s=20.0)
        assert engine.state("shop") is State.UP
        assert len(network.looks) == 1
        await engine.advance(600, step_s=20.0)
        assert len(network.looks) == 1
        assert engine.state("shop") is State.ASLEEP
        awake_s = sum(until_s - from_s for from_s, until_s in shop.ran)
        assert awake_s <= platform.starts_in_s + 900 + 100


async def test_found_broken_it_is_watched_until_it_is_well(
    hosting, platform: Platform, network: Network
) -> None:
    shop = platform.add("shop")
    async with hosting(hosted("shop", platform), render=_SLEEPING) as engine:
        await engine.advance(130)
        shop.broken = True
        platform.answer("shop")
        await engine.advance(240)
        assert engine.state("shop") is State.DOWN
        assert engine.watch.service("shop").mode is Mode.HYPER_VIGILANT
        shop.broken = False
        await engine.advance(130)
        assert engine.state("shop") is State.UP
        network.looks.clear()
        await engine.advance(120)
        assert network.looks == []


async def test_long_down_it_does_not_eat_the_hours_of_the_others(
    hosting, platform: Platform, network: Network, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The same in less time: down for ten minutes is long, and seldom is every half an hour.
    monkeypatch.setattr("sentinel_tui.engine.modes._LONG_DOWN_MS", 600_000)
    monkeypatch.setattr("sentinel_tui.domain.keepalive.tempo.SELDOM_S", 1_800.0)
    shop = platform.add("shop")
    async with hosting(hosted("shop", platform), render=_SLEEPING) as engine:
        await engine.advance(130)
        shop.broken = True
        platform.answer("shop")
        await engine.advance(240)
        assert engine.watch.service("shop").mode is Mode.HYPER_VIGILANT
        await engine.advance(600, step_s=20.0)
        assert engine.watch.service("shop").mode is Mode.ECONOMY
        network.looks.clear()
        await engine.advance(1_900, step_s=20.0)
        assert engine.state("shop") is State.DOWN
        assert len(network.looks) <= 2
        shop.broken = False
        await engine.advance(2_000, step_s=20.0)
        assert all(one.resolved_ms is not None for one in engine.alerts(Rule.DOWN))


async def test_what_is_only_slow_is_left_to_sleep(
    hosting, platform: Platform, network: Network
) -> None:
    shop = platform.add("shop")

    def slowly(check: str) -> Answer:
        return replace(platform.answer("shop"), outcome=Outcome.SLOW, takes_s=3.0)

    async with hosting(hosted("shop", platform), render=_SLEEPING) as engine:
        await engine.ask("wake", service="shop", step_s=1.0)
        network.answers = slowly
        for _ in range(3):
            await engine.ask("probe", service="shop", step_s=1.0)
        assert engine.state("shop") is State.DEGRADED
        network.looks.clear()
        await engine.advance(1_300, step_s=20.0)
        assert network.looks == []
        assert engine.state("shop") is State.ASLEEP
        assert not platform.workspace.awake(shop)


async def test_the_owners_economy_ends_a_day_that_the_plan_would_go_on_with(
    hosting, platform: Platform, network: Network, clock: FakeClock
) -> None:
    platform.add("shop")
    async with hosting(hosted("shop", platform)) as engine:
        await engine.advance(130)
        assert engine.state("shop") is State.UP
        await engine.ask("mode", service="shop", mode="economy")
        network.looks.clear()
        await engine.advance(60)
        clock.suspend(900)
        await engine.advance(130)
        assert network.looks == []
        assert engine.state("shop") is State.ASLEEP
        await engine.ask("mode", service="shop", mode="auto")
        await engine.advance(120)
        assert engine.state("shop") is State.UP
        with closing(engine.read()) as reader:
            last, *_ = reader.cold_starts("shop")
        assert last.duration_ms >= platform.starts_in_s * 1_000


async def test_a_pause_that_ends_does_not_wake_it(
    hosting, platform: Platform, network: Network
) -> None:
    platform.add("shop")
    async with hosting(hosted("shop", platform), render=_SLEEPING) as engine:
        await engine.advance(30)
        await engine.ask("pause", service="shop")
        await engine.ask("resume", service="shop")
        await engine.advance(60)
        assert network.looks == []
        assert engine.state("shop") is State.ASLEEP


async def test_keeping_awake_switched_off_saves_the_hours_too(
    hosting, platform: Platform, network: Network
) -> None:
    platform.add("shop")
    options = {"keep_alive": {"enabled": False}}
    async with hosting(hosted("shop", platform), **options) as engine:
        await engine.advance(300)
        assert network.looks == []
        answer = await engine.ask("wake", service="shop", step_s=1.0)
        assert answer["state"] == "UP"


async def test_without_a_key_sleep_is_kept_by_our_own_clock(watching, network: Network) -> None:
    sleeper = service("shop", sleeps={"costs_hours": True})
    async with watching(sleeper, render=_SLEEPING) as engine:
        await engine.advance(60)
        assert engine.state("shop") is State.ASLEEP
        await engine.ask("wake", service="shop", step_s=1.0)
        assert engine.state("shop") is State.UP
        network.looks.clear()
        await engine.advance(1_000, step_s=20.0)
        assert network.looks == []
        assert engine.state("shop") is State.ASLEEP


async def test_a_paid_service_of_the_workspace_is_looked_at_as_ever(
    hosting, platform: Platform, network: Network
) -> None:
    platform.add("shop", "starter")
    async with hosting(hosted("shop", platform), render=_SLEEPING) as engine:
        await engine.advance(70)
        network.looks.clear()
        await engine.advance(150)
        assert len(network.looks) >= 5
