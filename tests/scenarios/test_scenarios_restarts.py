"""Engines end and begin: what did not change stays quiet, what changed is told."""

from __future__ import annotations

from typing import Any

import pytest
from conftest import Start
from scenario_world import SharedClock, service, titles, told

from sentinel_tui.clock import FakeClock
from sentinel_tui.domain.monitoring.alerts import Rule
from sentinel_tui.domain.monitoring.states import State
from sentinel_tui.domain.notifying.pace import MOST_MESSAGES
from sentinel_tui.sandbox.world import World


@pytest.fixture
def shop(world: World) -> dict[str, Any]:
    return service("s-01", world.urls["s-01"])


@pytest.mark.parametrize("killed", [False, True], ids=["stopped", "killed"])
async def test_what_is_down_stays_quiet_over_restarts(
    watching: Start, world: World, clock: FakeClock, shop, inbox, killed: bool
) -> None:
    for number in range(4):
        async with watching(shop, channels=[inbox]) as engine:
            if number == 0:
                await engine.advance(45)
                await world.break_service("s-01", "500", 80_000)
            await engine.advance(300)
            assert engine.down() == {"s-01"}
            assert len(told(world)) == 1
            assert world.inbox.repeated == 0
            if killed:
                await engine.kill()
        await clock.advance(120)


async def test_what_recovered_while_nobody_watched_is_told(
    watching: Start, world: World, clock: FakeClock, shop, inbox
) -> None:
    async with watching(shop, channels=[inbox]) as engine:
        await engine.advance(45)
        await world.break_service("s-01", "500", 80_000)
        await engine.advance(300)
    await world.mend("s-01")
    await clock.advance(1_800)
    async with watching(shop, channels=[inbox]) as engine:
        await engine.advance(200)
        assert engine.state("s-01") is State.UP
        _, recovery = titles(world)
        assert "was down" in recovery


async def test_what_failed_while_nobody_watched_is_told(
    watching: Start, world: World, clock: FakeClock, shop, inbox
) -> None:
    async with watching(shop, channels=[inbox]) as engine:
        await engine.advance(300)
    await world.break_service("s-01", "500", 80_000)
    await clock.advance(1_800)
    async with watching(shop, channels=[inbox]) as engine:
        await engine.advance(200)
        (alarm,) = titles(world)
        assert "s-01 is DOWN" in alarm
        # Nobody saw when it began; it is dated to the first look that failed.
        assert engine.alerts(Rule.DOWN)[0].opened_ms > clock.now_ms() - 200_000


async def test_a_maintenance_that_ended_while_nobody_watched_hides_no_recovery(
    watching: Start, world: World, clock: FakeClock, shop, inbox
) -> None:
    async with watching(shop, channels=[inbox]) as engine:
        await engine.advance(45)
        await world.break_service("s-01", "500", 80_000)
        await engine.advance(200)
        await engine.ask("maintenance", match="s-01", until_ms=clock.now_ms() + 600_000)
        await engine.advance(100)
        await engine.kill()
    await world.mend("s-01")
    await clock.advance(1_800)
    async with watching(shop, channels=[inbox]) as engine:
        await engine.advance(300)
        assert engine.state("s-01") is State.UP
        _, recovery = titles(world)
        assert "was down" in recovery


async def test_an_acknowledgement_outlives_the_engine_and_ends_in_time(
    watching: Start, world: World, shop, inbox
) -> None:
    told_soon = {"remind_critical": "10m", "acknowledged_for": "20m"}
    async with watching(shop, channels=[inbox], notifications=told_soon) as engine:
        await engine.advance(45)
        await world.break_service("s-01", "500", 80_000)
        await engine.advance(200)
        await engine.ask("acknowledge", incident=engine.incidents()[0].id)
        await engine.kill()
    async with watching(shop, channels=[inbox], notifications=told_soon) as engine:
        await engine.advance(1_000)
        assert len(told(world)) == 1
        await engine.advance(400)
        _, reminder = titles(world)
        assert "still open" in reminder


async def test_a_closed_lid_within_an_outage_is_one_alarm_and_one_recovery(
    watching: Start, world: World, clock: SharedClock, shop, inbox
) -> None:
    async with watching(shop, channels=[inbox]) as engine:
        await engine.advance(45)
        await world.break_service("s-01", "500", 3_000)
        await engine.advance(100)
        clock.suspend(7_200)
        await engine.advance(900)
        assert engine.state("s-01") is State.UP
        assert len(told(world)) == 2
        assert not any(incident.open for incident in engine.incidents())


class TestManyAtOnce:
    @pytest.fixture
    def population(self) -> int:
        return 12

    async def test_a_start_with_everything_down_keeps_to_the_cap_and_tells_of_all(
        self, watching: Start, world: World, inbox
    ) -> None:
        names = [name for name in world.urls if name.startswith("s-")]
        for name in names:
            await world.break_service(name, "500", 80_000)
        services = [service(name, world.urls[name]) for name in names]
        async with watching(*services, channels=[inbox]) as engine:
            await engine.advance(300)
            assert engine.down() == set(names)
            assert len(told(world)) <= MOST_MESSAGES
            await engine.advance(700)
            assert {number for one in told(world) for number in one["incidents"]} == {
                incident.id for incident in engine.incidents()
            }
