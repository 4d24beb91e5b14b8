"""Modes: set by hand, by the calendar or by what happens, and what follows from them."""

from __future__ import annotations

import itertools
from contextlib import closing

import pytest
from engine_world import Answer, Network, Platform, Watching, service

from sentinel_tui.clock import FakeClock
from sentinel_tui.domain.keepalive.modes import Mode, ModeChange
from sentinel_tui.domain.monitoring.states import State
from sentinel_tui.errors import EngineError, UsageError


def _changes(engine: Watching, name: str) -> list[ModeChange]:
    with closing(engine.read()) as reader:
        return reader.mode_changes(name, 0, engine.clock.now_ms() + 1)


def _gaps_s(network: Network, name: str) -> list[float]:
    return [later - earlier for earlier, later in itertools.pairwise(network.times_s(name))]


async def test_a_mode_set_by_hand_holds_until_its_time_is_over(
    watching, network: Network, clock: FakeClock
) -> None:
    async with watching(service("shop", interval=60.0)) as engine:
        await engine.advance(70)
        until_ms = clock.now_ms() + 300_000
        answer = await engine.ask("mode", service="shop", mode="hyper-vigilant", until_ms=until_ms)
        assert answer["modes"] == {"shop": "hyper-vigilant"}
        network.looks.clear()
        await engine.advance(290)
        gaps_s = _gaps_s(network, "shop")
        assert len(gaps_s) >= 8
        assert gaps_s == pytest.approx([30.0] * len(gaps_s), abs=0.5)
        await engine.advance(20)
        network.looks.clear()
        await engine.advance(190)
        gaps_s = _gaps_s(network, "shop")
        assert gaps_s == pytest.approx([60.0] * len(gaps_s), abs=0.5)
        assert [one.mode for one in _changes(engine, "shop")] == [
            Mode.HYPER_VIGILANT,
            Mode.NORMAL,
        ]


async def test_a_mode_for_all_gives_way_to_one_for_a_single_service(watching) -> None:
    async with watching(service("shop"), service("blog")) as engine:
        await engine.ask("mode", mode="economy")
        await engine.ask("mode", service="blog", mode="normal")
        modes = {one.id: one.mode for one in engine.watch.services.values()}
        assert modes == {"shop": Mode.ECONOMY, "blog": Mode.NORMAL}
        answer = await engine.ask("mode", mode="auto")
        assert set(answer["modes"].values()) == {"normal"}


async def test_what_was_set_by_hand_outlives_a_restart(watching) -> None:
    async with watching(service("shop")) as engine:
        await engine.ask("mode", service="shop", mode="economy")
    async with watching(service("shop")) as engine:
        assert engine.watch.service("shop").mode is Mode.ECONOMY
        await engine.advance(10)
        assert len(_changes(engine, "shop")) == 1


@pytest.mark.parametrize(
    ("arguments", "error", "says"),
    [
        ({"service": "shop", "mode": "lazy"}, UsageError, "is no mode"),
        ({"service": "attic", "mode": "economy"}, EngineError, "attic"),
        ({"mode": "economy", "until_ms": 5}, UsageError, "before it begins"),
    ],
)
async def test_what_cannot_be_set_is_refused(watching, arguments, error, says: str) -> None:
    async with watching(service("shop")) as engine:
        with pytest.raises(error, match=says):
            await engine.ask("mode", **arguments)
        assert engine.watch.service("shop").mode is Mode.NORMAL


async def test_economy_doubles_the_interval_of_what_costs_no_hours(
    watching, network: Network
) -> None:
    async with watching(service("shop", interval=30.0)) as engine:
        await engine.ask("mode", service="shop", mode="economy")
        await engine.advance(70)
        network.looks.clear()
        await engine.advance(200)
        gaps_s = _gaps_s(network, "shop")
        assert len(gaps_s) >= 2
        assert gaps_s == pytest.approx([60.0] * len(gaps_s), abs=0.5)


async def test_trouble_is_watched_closely_until_it_is_over(watching, network: Network) -> None:
    async with watching(service("shop", interval=60.0)) as engine:
        await engine.advance(70)
        network.answers = lambda check: Answer.failing()
        await engine.advance(240)
        assert engine.state("shop") is State.DOWN
        assert engine.watch.service("shop").mode is Mode.HYPER_VIGILANT
        network.answers = lambda check: Answer()
        await engine.advance(180)
        assert engine.state("shop") is State.UP
        changes = _changes(engine, "shop")
        assert [one.mode for one in changes] == [Mode.HYPER_VIGILANT, Mode.NORMAL]
        assert "incident" in changes[0].reason


async def test_hyper_vigilance_confirms_a_failure_sooner(watching, network: Network) -> None:
    slow, quick = service("slow", interval=60.0), service("quick", interval=60.0)
    async with watching(slow, quick) as engine:
        await engine.ask("mode", service="quick", mode="hyper-vigilant")
        await engine.advance(60)
        network.answers = lambda check: Answer.failing()
        await engine.advance(90)
        assert engine.state("quick") is State.DOWN
        assert engine.state("slow") is State.SUSPECT


async def test_the_calendar_asks_for_a_mode(watching, clock: FakeClock) -> None:
    # The clock of these tests begins at eight in the morning, UTC.
    hours = {"name": "show", "cron": "10 8 * * *", "duration": "10m", "mode": "hyper-vigilant"}
    async with watching(service("shop"), service("blog"), modes=[hours]) as engine:
        await engine.advance(10)
        assert engine.watch.service("shop").mode is Mode.NORMAL
        clock.suspend(600)
        await engine.advance(40)
        assert engine.watch.service("shop").mode is Mode.HYPER_VIGILANT
        clock.suspend(600)
        await engine.advance(40)
        assert engine.watch.service("shop").mode is Mode.NORMAL


async def test_what_was_just_deployed_is_watched_closely(
    hosting, platform: Platform, clock: FakeClock
) -> None:
    shop = platform.add("shop", "starter")
    options = {"render_service_id": shop.id}
    async with hosting(service("shop", **options)) as engine:
        await engine.advance(70)
        assert engine.watch.service("shop").mode is Mode.NORMAL
        platform.workspace.order_deploy(shop, "manual", "c0ffee1", healthy=True)
        await engine.advance(200)
        assert engine.watch.service("shop").mode is Mode.HYPER_VIGILANT
        clock.suspend(900)
        await engine.advance(20)
        assert engine.watch.service("shop").mode is Mode.NORMAL
