"""An engine is killed between an alert and its delivery: nothing is lost, nothing comes twice."""

from __future__ import annotations

from contextlib import closing
from typing import Any

import pytest
from conftest import Start
from scenario_world import Tripwire, Watching, service, titles, told

from sentinel_tui.clock import FakeClock
from sentinel_tui.domain.notifying.notices import NoticeStatus
from sentinel_tui.sandbox.world import World


@pytest.fixture
def shop(world: World) -> dict[str, Any]:
    return service("s-01", world.urls["s-01"])


def notices(engine: Watching) -> list[NoticeStatus]:
    with closing(engine.read()) as reader:
        return [notice.status for notice in reader.notices(limit=100)]


async def test_killed_before_anything_was_begun_it_is_told_by_the_next(
    watching: Start, world: World, shop, inbox
) -> None:
    async with watching(shop, channels=[inbox]) as engine:
        await engine.advance(45)
        await world.break_service("s-01", "500", 80_000)
        await engine.until(lambda: NoticeStatus.QUEUED in notices(engine), within_s=200)
        await engine.kill()
    assert told(world) == []
    async with watching(shop, channels=[inbox]) as engine:
        await engine.advance(120)
        assert len(titles(world)) == 1
        assert notices(engine) == [NoticeStatus.SENT]


@pytest.mark.parametrize("place", ["claimed", "delivered"])
async def test_killed_around_the_delivery_the_same_message_comes_again(
    watching: Start, world: World, clock: FakeClock, tripwire: Tripwire, shop, inbox, place: str
) -> None:
    tripwire.place = place
    async with watching(shop, channels=[inbox]) as engine:
        await engine.advance(45)
        await world.break_service("s-01", "500", 300)
        await engine.until(lambda: tripwire.tripped, within_s=200)
        await engine.kill()
    assert len(told(world)) == int(place == "delivered")
    tripwire.place = ""
    # By the time somebody starts it again the service is well: what was begun keeps its words.
    await clock.advance(600)
    async with watching(shop, channels=[inbox]) as engine:
        await engine.advance(600)
        assert world.inbox.repeated == int(place == "delivered")
        alarm, recovery = titles(world)
        assert "s-01 is DOWN" in alarm
        assert "recovered: s-01 was down" in recovery
        assert not any(incident.open for incident in engine.incidents())
        assert set(notices(engine)) == {NoticeStatus.SENT}


async def test_killed_again_and_again_everything_arrives_once(
    watching: Start, world: World, tripwire: Tripwire, shop, inbox
) -> None:
    """Two outages, and an engine that lives for a minute and a bit at a time."""
    for number in range(16):
        tripwire.place = ("", "claimed", "delivered", "")[number % 4]
        async with watching(shop, channels=[inbox]) as engine:
            if number % 8 == 0:
                await world.break_service("s-01", "500", 240)
            await engine.advance(61 + 7 * (number % 5))
            await engine.kill()
    tripwire.place = ""
    async with watching(shop, channels=[inbox]) as engine:
        await engine.advance(700)
        numbers = {incident.id for incident in engine.incidents()}
        assert numbers
        assert {one for message in told(world) for one in message["incidents"]} == numbers
        assert len(told(world)) <= 2 * len(numbers)
        assert set(notices(engine)) <= {NoticeStatus.SENT, NoticeStatus.DROPPED}
        assert not any(incident.open for incident in engine.incidents())
