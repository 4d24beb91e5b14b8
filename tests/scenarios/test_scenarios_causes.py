"""One cause makes one message, however many services hang on it."""

from __future__ import annotations

from typing import Any

import pytest
from conftest import Start
from scenario_world import service, titles, told

from sentinel_tui.domain.monitoring.alerts import Rule
from sentinel_tui.domain.monitoring.states import State
from sentinel_tui.sandbox.world import World

GATEWAY = "s-00"
CHILDREN = [f"s-{number:02}" for number in range(1, 11)]


@pytest.fixture
def population() -> int:
    return 1 + len(CHILDREN)


@pytest.fixture
def family(world: World) -> list[dict[str, Any]]:
    """A gateway, and ten services behind it."""
    children = [service(name, world.urls[name], depends_on=[GATEWAY]) for name in CHILDREN]
    return [service(GATEWAY, world.urls[GATEWAY], name="Gateway"), *children]


async def fail(world: World, *names: str, for_s: float) -> None:
    for name in names:
        await world.break_service(name, "500", for_s)


async def test_a_gateway_with_ten_children_is_one_message_and_one_recovery(
    watching: Start, world: World, family, inbox
) -> None:
    async with watching(*family, channels=[inbox]) as engine:
        await engine.advance(45)
        await fail(world, GATEWAY, *CHILDREN, for_s=400)
        await engine.advance(400)
        assert engine.down() == {GATEWAY, *CHILDREN}
        (alarm,) = titles(world)
        assert "Gateway is DOWN" in alarm
        assert {alert.service for alert in engine.alerts()} == {GATEWAY}
        await engine.advance(600)
        assert {engine.state(name) for name in (GATEWAY, *CHILDREN)} == {State.UP}
        _, recovery = titles(world)
        assert "Gateway was down" in recovery


async def test_children_that_are_seen_first_do_not_leak(
    watching: Start, world: World, family, inbox
) -> None:
    slow_gateway = {**family[0], "checks": [{**family[0]["checks"][0], "interval": 300.0}]}
    async with watching(slow_gateway, *family[1:5], channels=[inbox]) as engine:
        await engine.advance(45)
        await fail(world, GATEWAY, *CHILDREN, for_s=1_200)
        await engine.advance(600)
        assert {alert.service for alert in engine.alerts()} == {GATEWAY}
        assert len(titles(world)) == 1


async def test_a_child_that_stays_down_alone_gets_a_message_of_its_own(
    watching: Start, world: World, family, inbox
) -> None:
    async with watching(*family[:5], channels=[inbox]) as engine:
        await engine.advance(45)
        await fail(world, GATEWAY, *CHILDREN, for_s=400)
        await fail(world, "s-03", for_s=3_600)
        await engine.advance(800)
        assert engine.down() == {"s-03"}
        still_open = [alert.service for alert in engine.alerts() if alert.open]
        assert still_open == ["s-03"]
        assert any("s-03 is DOWN" in title for title in titles(world))


async def test_a_restart_in_the_middle_neither_leaks_nor_forgets(
    watching: Start, world: World, family, inbox
) -> None:
    async with watching(*family[:5], channels=[inbox]) as engine:
        await engine.advance(45)
        await fail(world, GATEWAY, *CHILDREN, for_s=900)
        await engine.advance(300)
        await engine.kill()
    async with watching(*family[:5], channels=[inbox]) as engine:
        await engine.advance(300)
        assert {alert.service for alert in engine.alerts()} == {GATEWAY}
        await engine.advance(900)
        assert len(told(world)) == 2
        assert not any(alert.open for alert in engine.alerts())


async def test_flapping_for_an_hour_is_one_alarm_and_one_recovery(
    watching: Start, world: World, inbox
) -> None:
    async with watching(service("s-01", world.urls["s-01"]), channels=[inbox]) as engine:
        await engine.advance(45)
        for _ in range(15):
            await world.break_service("s-01", "500", 140)
            await engine.advance(240)
        assert len(engine.alerts(Rule.DOWN)) > 3
        await engine.advance(1_800)
        assert engine.state("s-01") is State.UP
        assert len(told(world)) == 2
        assert not any(incident.open for incident in engine.incidents())
