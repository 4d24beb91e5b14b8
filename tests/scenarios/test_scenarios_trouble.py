"""Trouble upon trouble: closed lids, clocks set back, networks that come and go, mute receivers."""

from __future__ import annotations

import asyncio
from contextlib import closing
from typing import Any

import pytest
from scenario_world import service, titles, told

from sentinel_tui.domain.monitoring.alerts import Rule
from sentinel_tui.domain.notifying.notices import Message, Notice
from sentinel_tui.domain.records import EntryKind

_LONG_S = 80_000
_DAY_S = 86_400


@pytest.fixture
def population() -> int:
    return 10


@pytest.fixture
def shop(world: Any) -> dict[str, Any]:
    return service("s-01", world.urls["s-01"])


@pytest.fixture
def family(world: Any) -> list[dict[str, Any]]:
    """A gateway and four services that cannot work without it."""
    children = [f"s-0{number}" for number in range(1, 5)]
    return [
        service("s-00", world.urls["s-00"]),
        *(service(name, world.urls[name], depends_on=["s-00"]) for name in children),
    ]


def messages(engine: Any) -> list[Message]:
    with closing(engine.read()) as reader:
        return list(reader.messages(limit=100))


def notices(engine: Any) -> list[Notice]:
    with closing(engine.read()) as reader:
        return list(reader.notices(limit=100))


async def break_all(world: Any, family: list[dict[str, Any]], for_s: float) -> None:
    for one in family:
        await world.break_service(one["id"], "500", for_s)


class TestWithinAGatewaysOutage:
    async def test_a_closed_lid_leaks_no_childs_alarm(self, watching, world, clock, inbox, family):
        async with watching(*family, channels=[inbox]) as engine:
            await engine.advance(45)
            await break_all(world, family, 30_000)
            await engine.advance(300)
            clock.suspend(3_600)
            await engine.advance(600)
            assert {alert.service for alert in engine.alerts(Rule.DOWN)} == {"s-00"}

    async def test_a_lost_network_leaks_no_childs_alarm(self, watching, world, inbox, family):
        async with watching(*family, channels=[inbox]) as engine:
            await engine.advance(45)
            await break_all(world, family, 30_000)
            await engine.advance(300)
            await world.break_service("network", "cut", 300)
            await engine.advance(900)
            assert {alert.service for alert in engine.alerts(Rule.DOWN)} == {"s-00"}

    async def test_maintenance_of_the_gateway_wakes_no_children(
        self, watching, world, clock, inbox, family
    ):
        async with watching(*family, channels=[inbox]) as engine:
            await engine.advance(45)
            await break_all(world, family, 3_000)
            await engine.advance(300)
            until_ms = clock.now_ms() + 1_800_000
            await engine.ask("maintenance", match="s-00", until_ms=until_ms)
            await engine.advance(600)
            assert {alert.service for alert in engine.alerts(Rule.DOWN)} == {"s-00"}


class TestOfOurOwn:
    async def test_of_a_lost_network_each_channel_hears_once(self, watching, world, inbox, shop):
        channels = [inbox, {**inbox, "name": "second"}]
        async with watching(shop, channels=channels) as engine:
            await engine.advance(45)
            await world.break_service("network", "cut", 420)
            await engine.advance(1_500)
            assert engine.alerts(Rule.CHANNEL) == []
            assert len(told(world)) == len(channels)

    async def test_a_lossy_network_does_not_fill_the_timeline(self, watching, world, inbox):
        names = [name for name in world.urls if name.startswith("s-")]
        watched = [service(name, world.urls[name]) for name in names]
        async with watching(*watched, channels=[inbox]) as engine:
            await engine.advance(45)
            await world.break_service("network", "lossy", 600)
            await engine.advance(700)
            offline = [text for text in engine.entries(EntryKind.ENGINE) if "offline" in text]
            assert len(offline) <= 5


class TestWhatWaits:
    async def test_it_outlives_two_days_of_sleep(self, watching, world, clock, inbox, shop):
        async with watching(shop, channels=[inbox]) as engine:
            await engine.advance(45)
            await world.break_service("s-01", "500", 300)
            await world.break_service("inbox", "refuse", _LONG_S)
            await engine.advance(1_200)
            clock.suspend(2 * _DAY_S)
            # The network comes up a little later than the engine wakes.
            await world.break_service("inbox", "refuse", 40)
            await engine.advance(4_500)
            assert len(told(world)) == 1

    async def test_an_alarm_outlives_a_clock_set_back(self, watching, world, clock, inbox, shop):
        async with watching(shop, channels=[inbox]) as engine:
            await engine.advance(45)
            await world.break_service("s-01", "500", _LONG_S)
            await engine.until(lambda: bool(notices(engine)), within_s=200)
            clock.jump(-7_200)
            await engine.advance(300)
            assert len(told(world)) == 1

    async def test_so_does_a_message_that_is_tried_again(self, watching, world, clock, inbox, shop):
        async with watching(shop, channels=[inbox]) as engine:
            await engine.advance(45)
            await world.break_service("s-01", "500", _LONG_S)
            await world.break_service("inbox", "refuse", 130)
            await engine.until(lambda: any(one.error for one in messages(engine)), within_s=200)
            clock.jump(-7_200)
            await engine.advance(700)
            assert len(told(world)) == 1

    async def test_what_was_taken_without_an_answer_does_not_come_under_another_key(
        self, watching, world, clock, inbox, shop
    ):
        answer, mute_until_s = world.inbox.answer, clock.elapsed_s() + 900

        async def mute(request: Any) -> Any:
            response = await answer(request)
            if clock.elapsed_s() < mute_until_s:
                await asyncio.Event().wait()
            return response

        world.inbox.answer = mute
        async with watching(shop, channels=[inbox]) as engine:
            await engine.advance(45)
            await world.break_service("s-01", "500", 400)
            await engine.advance(3_600)
            alarm, recovery = titles(world)
            assert "DOWN" in alarm
            assert "recovered" in recovery

    @pytest.mark.parametrize("restarted", [False, True], ids=["reload", "restart"])
    async def test_it_goes_out_once_the_owner_mended_the_channel(
        self, watching, world, inbox, shop, restarted
    ):
        nowhere = {**inbox, "url": "http://127.0.0.1:9/"}
        async with watching(shop, channels=[nowhere]) as engine:
            await engine.advance(45)
            await world.break_service("s-01", "500", _LONG_S)
            await engine.advance(3_000)
            if not restarted:
                await engine.reload(shop, channels=[inbox])
                await engine.advance(120)
        if restarted:
            async with watching(shop, channels=[inbox]) as engine:
                await engine.advance(120)
        assert len(told(world)) == 1


async def test_a_store_begun_anew_is_not_taken_for_the_old_one(watching, world, inbox, shop, paths):
    for _ in range(2):
        async with watching(shop, channels=[inbox]) as engine:
            await engine.advance(45)
            await world.break_service("s-01", "500", 200)
            await engine.advance(900)
        for file in paths.data_dir.glob("sentinel.db*"):
            file.unlink()
    assert world.inbox.repeated == 0
    assert len(told(world)) == 4


async def test_what_is_taken_out_while_down_is_not_called_recovered(watching, world, inbox, shop):
    other = service("s-00", world.urls["s-00"])
    async with watching(shop, other, channels=[inbox]) as engine:
        await engine.advance(45)
        await world.break_service("s-01", "500", _LONG_S)
        await engine.advance(600)
        await engine.reload(other, channels=[inbox])
        await engine.advance(600)
        assert not any("recovered" in title for title in titles(world))
        assert any("no longer watched" in title for title in titles(world))


@pytest.mark.parametrize(("down_s", "up_s"), [(180, 180), (90, 90)])
async def test_what_comes_and_goes_for_an_hour_is_two_messages(
    watching, world, inbox, shop, down_s, up_s
):
    async with watching(shop, channels=[inbox]) as engine:
        await engine.advance(45)
        for _ in range(3_600 // (down_s + up_s)):
            await world.break_service("s-01", "500", down_s)
            await engine.advance(down_s + up_s)
        await engine.advance(900)
        assert len(told(world)) == 2
