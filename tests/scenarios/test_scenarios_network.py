"""Our own network fails, and no service is blamed for it."""

from __future__ import annotations

from collections import Counter
from contextlib import closing
from typing import Any

import pytest
from conftest import Start
from scenario_world import Watching, service, titles, told

from sentinel_tui.clock import FakeClock
from sentinel_tui.domain.monitoring.alerts import Rule
from sentinel_tui.domain.monitoring.states import State
from sentinel_tui.domain.records import EntryKind
from sentinel_tui.sandbox.world import World


@pytest.fixture
def population() -> int:
    return 20


@pytest.fixture
def names(world: World) -> list[str]:
    return [name for name in world.urls if name.startswith("s-")]


@pytest.fixture
def services(world: World, names: list[str]) -> list[dict[str, Any]]:
    """Twenty services, all behind the one network."""
    return [service(name, world.urls[name]) for name in names]


def offline_events(engine: Watching) -> list[str]:
    return [text for text in engine.entries(EntryKind.ENGINE) if "offline" in text]


async def test_seven_minutes_without_a_network_blame_nobody_and_are_told_once(
    watching: Start, world: World, clock: FakeClock, services, names, inbox
) -> None:
    async with watching(*services, channels=[inbox]) as engine:
        begun_ms = clock.now_ms()
        await engine.advance(45)
        assert {engine.state(name) for name in names} == {State.UP}
        await world.break_service("network", "cut", 420)
        await engine.advance(400)
        assert {engine.state(name) for name in names} == {State.UNKNOWN}
        assert told(world) == []
        await engine.advance(400)
        assert {engine.state(name) for name in names} == {State.UP}
        assert {alert.service for alert in engine.alerts()} == {""}
        assert len(engine.alerts(Rule.OFFLINE)) == 1
        assert len(offline_events(engine)) == 1
        with closing(engine.read()) as reader:
            uptimes = reader.uptimes(begun_ms, clock.now_ms())
        assert {uptimes[name].ratio for name in names} == {1.0}
        (message,) = titles(world)
        assert "Sentinel was offline" in message
        assert "late" in message
        assert not any(incident.open for incident in engine.incidents())


async def test_who_failed_behind_a_lost_network_is_told_once_it_is_back(
    watching: Start, world: World, services, inbox
) -> None:
    async with watching(*services[:8], channels=[inbox]) as engine:
        await engine.advance(45)
        await world.break_service("network", "cut", 300)
        await engine.advance(120)
        await world.break_service("s-07", "500", 3_600)
        await engine.advance(180)
        assert engine.alerts(Rule.DOWN) == []
        await engine.advance(200)
        assert engine.down() == {"s-07"}
        alarms = [title for title in titles(world) if "DOWN" in title]
        assert len(alarms) == 1
        assert "s-07" in alarms[0]


async def test_an_engine_started_without_a_network_waits_and_blames_nobody(
    watching: Start, world: World, services, names
) -> None:
    await world.break_service("network", "cut", 180)
    async with watching(*services[:8]) as engine:
        await engine.advance(170)
        assert engine.alerts(Rule.DOWN) == []
        assert State.DOWN not in {engine.state(name) for name in names[:8]}
        await engine.advance(100)
        assert {engine.state(name) for name in names[:8]} == {State.UP}
        assert len(offline_events(engine)) == 1


async def test_an_engine_killed_while_offline_goes_on_where_it_was(
    watching: Start, world: World, services, names, inbox
) -> None:
    await world.break_service("network", "cut", 1)
    async with watching(*services[:8], channels=[inbox]) as engine:
        await engine.advance(45)
        await world.break_service("network", "cut", 420)
        await engine.advance(100)
        await engine.kill()
    async with watching(*services[:8], channels=[inbox]) as engine:
        await engine.advance(700)
        assert {engine.state(name) for name in names[:8]} == {State.UP}
        assert engine.alerts(Rule.DOWN) == []
        offline = engine.alerts(Rule.OFFLINE)
        assert len(offline) == 1
        assert not offline[0].open


async def test_a_slow_network_is_no_outage(
    watching: Start, world: World, services, names, inbox
) -> None:
    async with watching(*services[:5], channels=[inbox]) as engine:
        await engine.advance(45)
        await world.break_service("network", "slow", 300)
        await engine.advance(400)
        assert engine.alerts() == []
        assert {engine.state(name) for name in names[:5]} == {State.UP}
        assert titles(world) == []


async def test_a_lossy_network_leaves_nothing_open_and_tells_nothing_twice(
    watching: Start, world: World, services, names, inbox
) -> None:
    """Half of what is sent is swallowed, of the witnesses' answers too.

    Whoever is called DOWN failed at every look of every cycle, each time with two of three
    witnesses answering: what a watcher sees that way it has to believe. What is promised is that
    single losses are no outage, and that whatever was told is told to its end.
    """
    async with watching(*services[:10], channels=[inbox]) as engine:
        await engine.advance(45)
        await world.break_service("network", "lossy", 300)
        await engine.advance(300)
        with closing(engine.read()) as reader:
            failed = reader.failed_looks(0, 2**53)
        believed = {alert.service for alert in engine.alerts(Rule.DOWN)}
        assert len(believed) < 5
        assert all(failed[name].looks >= 3 for name in believed)
        await engine.advance(700)
        assert {engine.state(name) for name in names[:10]} == {State.UP}
        assert not any(incident.open for incident in engine.incidents())
        told_of = Counter(number for one in told(world) for number in one["incidents"])
        assert all(count <= 2 for count in told_of.values())
