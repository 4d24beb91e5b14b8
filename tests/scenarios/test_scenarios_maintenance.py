"""Maintenance and silences: nobody is told of what is meant, and everybody of what is over."""

from __future__ import annotations

from contextlib import closing
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from conftest import Start
from scenario_world import Watching, service, titles, told

from sentinel_tui.clock import FakeClock
from sentinel_tui.domain.monitoring.alerts import Rule
from sentinel_tui.domain.monitoring.silences import Silence
from sentinel_tui.domain.monitoring.states import State
from sentinel_tui.sandbox.world import World


@pytest.fixture
def shop(world: World) -> dict[str, Any]:
    return service("s-01", world.urls["s-01"], tags=["shop"])


def silences(engine: Watching) -> list[Silence]:
    """All of them, oldest first."""
    with closing(engine.read()) as reader:
        return reader.silences()[::-1]


async def test_from_down_into_maintenance_into_up_the_recovery_arrives(
    watching: Start, world: World, clock: FakeClock, shop, inbox
) -> None:
    async with watching(shop, channels=[inbox]) as engine:
        await engine.advance(45)
        await world.break_service("s-01", "500", 900)
        await engine.advance(200)
        assert len(told(world)) == 1
        await engine.ask("maintenance", match="s-01", until_ms=clock.now_ms() + 1_200_000)
        await engine.advance(1_150)
        assert engine.state("s-01") is State.MAINT
        assert len(told(world)) == 1
        await engine.advance(400)
        assert engine.state("s-01") is State.UP
        _, recovery = titles(world)
        assert "recovered: s-01 was down" in recovery
        assert not any(incident.open for incident in engine.incidents())


async def test_an_outage_within_a_maintenance_is_told_to_nobody(
    watching: Start, world: World, clock: FakeClock, shop, inbox
) -> None:
    async with watching(shop, channels=[inbox]) as engine:
        await engine.advance(45)
        await engine.ask("maintenance", match="tag:shop", until_ms=clock.now_ms() + 900_000)
        await world.break_service("s-01", "500", 600)
        await engine.advance(1_500)
        assert engine.state("s-01") is State.UP
        assert engine.alerts() == []
        assert told(world) == []


async def test_what_is_silenced_is_told_when_the_silence_ends_and_it_still_holds(
    watching: Start, world: World, clock: FakeClock, shop, inbox
) -> None:
    async with watching(shop, channels=[inbox]) as engine:
        await engine.advance(45)
        await engine.ask("silence", match="s-01", until_ms=clock.now_ms() + 600_000)
        await world.break_service("s-01", "500", 1_200)
        await engine.advance(590)
        assert engine.down() == {"s-01"}
        assert told(world) == []
        await engine.advance(60)
        (alarm,) = titles(world)
        assert "s-01 is DOWN" in alarm


async def test_a_recovery_arrives_through_a_silence_laid_after_the_alarm(
    watching: Start, world: World, clock: FakeClock, shop, inbox
) -> None:
    async with watching(shop, channels=[inbox]) as engine:
        await engine.advance(45)
        await world.break_service("s-01", "500", 400)
        await engine.advance(200)
        await engine.ask("silence", match="tag:shop", until_ms=clock.now_ms() + 7_200_000)
        await engine.advance(900)
        _, recovery = titles(world)
        assert "was down" in recovery


async def test_a_gateway_in_maintenance_explains_what_hangs_on_it_until_its_end(
    watching: Start, world: World, clock: FakeClock, inbox
) -> None:
    """Who works on a gateway knows what hangs on it; what still fails after that is told."""
    gateway = service("s-00", world.urls["s-00"])
    child = service("s-01", world.urls["s-01"], depends_on=["s-00"])
    async with watching(gateway, child, channels=[inbox]) as engine:
        await engine.advance(45)
        await engine.ask("maintenance", match="s-00", until_ms=clock.now_ms() + 1_800_000)
        await world.break_service("s-00", "500", 1_200)
        await world.break_service("s-01", "500", 7_200)
        await engine.advance(1_500)
        assert engine.alerts(Rule.DOWN) == []
        await engine.advance(900)
        assert [alert.service for alert in engine.alerts(Rule.DOWN)] == ["s-01"]
        assert len(told(world)) == 1


PARIS, NEW_YORK = ZoneInfo("Europe/Paris"), ZoneInfo("America/New_York")


@pytest.mark.parametrize(
    ("planned", "begins"),
    [
        # In spring the hour is missing: the window comes when the clocks have been put forward.
        (datetime(2027, 3, 28, 2, 30, tzinfo=PARIS), datetime(2027, 3, 28, 3, 0, tzinfo=PARIS)),
        (datetime(2027, 3, 14, 2, 30, tzinfo=NEW_YORK), datetime(2027, 3, 14, 3, tzinfo=NEW_YORK)),
        # In autumn it comes twice: the window comes the first time.
        (datetime(2027, 10, 31, 2, 30, tzinfo=PARIS), datetime(2027, 10, 31, 2, 30, tzinfo=PARIS)),
        (
            datetime(2027, 11, 7, 1, 30, tzinfo=NEW_YORK),
            datetime(2027, 11, 7, 1, 30, tzinfo=NEW_YORK),
        ),
    ],
    ids=["Paris-spring", "New-York-spring", "Paris-autumn", "New-York-autumn"],
)
async def test_a_window_comes_once_in_the_nights_in_which_the_clocks_change(
    watching: Start, world: World, clock: FakeClock, planned: datetime, begins: datetime
) -> None:
    clock.jump(begins.timestamp() - 900 - clock.now_ms() / 1_000)
    window = {
        "name": "nightly",
        "match": "s-01",
        "cron": f"{planned.minute} {planned.hour} * * *",
        "zone": str(planned.tzinfo),
        "duration": "20m",
    }
    slow = service("s-01", world.urls["s-01"], interval=300.0)
    async with watching(slow, maintenance=[window]) as engine:
        await engine.advance(4_800)
        (one,) = silences(engine)
        assert one.start_ms == begins.timestamp() * 1_000
        assert one.end_ms == one.start_ms + 20 * 60_000
        with closing(engine.read()) as reader:
            uptime = reader.uptimes(one.start_ms, one.end_ms)["s-01"]
        assert uptime.excluded_ms == pytest.approx(20 * 60_000, abs=30_000)
        assert engine.state("s-01") is State.UP
