"""The whole world over real sockets: what its services say, and how they break and mend."""

from __future__ import annotations

import asyncio
from urllib.parse import urlsplit

import httpx
import pytest
from sandbox_visitor import Visitor

from sentinel_tui.clock import FakeClock
from sentinel_tui.errors import UsageError
from sentinel_tui.sandbox.host import SLOW_BY_S
from sentinel_tui.sandbox.services.monetizer import Monetizer
from sentinel_tui.sandbox.troubles import How
from sentinel_tui.sandbox.world import LONGEST_BREAK_S, World

SERVICES = ("curator", "monetizer", "public")


class TestHealth:
    @pytest.mark.parametrize("name", SERVICES)
    async def test_each_service_says_that_it_is_well(
        self, world: World, visitor: Visitor, name: str
    ) -> None:
        answer = await visitor.get(world.urls[name])
        assert answer.status_code == 200
        assert answer.headers["content-type"] == "application/json"
        assert answer.json() == {"status": "ok", "service": name}

    @pytest.mark.parametrize("name", SERVICES)
    async def test_each_service_has_a_page_and_nothing_else(
        self, world: World, visitor: Visitor, name: str
    ) -> None:
        await visitor.get(world.urls[name])
        root = world.urls[name].removesuffix("/health")
        assert "text/html" in (await visitor.get(f"{root}/")).headers["content-type"]
        assert (await visitor.get(f"{root}/nothing")).status_code == 404

    async def test_every_url_is_on_loopback(self, world: World) -> None:
        assert {urlsplit(url).hostname for url in world.urls.values()} == {"127.0.0.1"}
        assert len(set(world.urls.values())) == len(SERVICES)


class TestBreaking:
    async def test_500(self, world: World, visitor: Visitor) -> None:
        said = await world.break_service("public", "500", 60)
        assert said == "public answers with status 500 for 1m"
        answer = await visitor.get(world.urls["public"])
        assert (answer.status_code, answer.json()["status"]) == (500, "error")

    async def test_refuse(self, world: World, visitor: Visitor) -> None:
        await world.break_service("public", "refuse", 60)
        with pytest.raises(httpx.ConnectError):
            await visitor.get(world.urls["public"])

    async def test_hang(self, world: World, visitor: Visitor, clock: FakeClock) -> None:
        await world.break_service("public", "hang", 600)
        asking = await visitor.begin(world.urls["public"])
        await clock.advance(599)
        assert not asking.done()
        asking.cancel()

    async def test_slow(self, world: World, visitor: Visitor, clock: FakeClock) -> None:
        await world.break_service("public", "slow", 60)
        before_s = clock.elapsed_s()
        assert (await visitor.get(world.urls["public"])).status_code == 200
        assert clock.elapsed_s() - before_s >= SLOW_BY_S

    async def test_drip(self, world: World, visitor: Visitor, clock: FakeClock) -> None:
        await world.break_service("public", "drip", 600)
        before_s = clock.elapsed_s()
        answer = await visitor.get(world.urls["public"], step_s=0.25)
        assert answer.json()["status"] == "ok"
        assert clock.elapsed_s() - before_s >= len(answer.content)

    async def test_sleep(self, world: World, visitor: Visitor, clock: FakeClock) -> None:
        await visitor.get(world.urls["curator"])
        assert "the next request wakes it" in await world.break_service("curator", "sleep")
        asking = await visitor.begin(world.urls["curator"])
        await clock.advance(1)
        assert not asking.done()
        limited = await visitor.get(world.urls["curator"])
        assert limited.status_code == 429
        assert limited.headers["x-render-routing"] == "hibernate-rate-limited"
        await visitor.move_until(asking.done)
        assert (await asking).status_code == 200

    @pytest.mark.parametrize("how", ["500", "refuse", "hang", "slow", "drip"])
    async def test_it_ends_by_itself(
        self, world: World, visitor: Visitor, clock: FakeClock, how: str
    ) -> None:
        await world.break_service("monetizer", how, 10)
        await clock.advance(9)
        assert world.troubles["monetizer"] == how
        await clock.advance(2)
        assert world.troubles["monetizer"] is None
        assert (await visitor.get(world.urls["monetizer"])).status_code == 200

    @pytest.mark.parametrize("how", ["500", "refuse", "hang", "slow", "drip"])
    async def test_mending_ends_it_at_once(self, world: World, visitor: Visitor, how: str) -> None:
        await world.break_service("monetizer", how, 600)
        assert await world.mend("monetizer") == "monetizer is well again"
        assert (await visitor.get(world.urls["monetizer"])).status_code == 200

    async def test_breaking_one_leaves_the_others_alone(
        self, world: World, visitor: Visitor
    ) -> None:
        await world.break_service("public", "refuse", 60)
        assert (await visitor.get(world.urls["monetizer"])).status_code == 200
        assert (await visitor.get(world.urls["curator"])).status_code == 200

    async def test_breaking_it_otherwise_takes_the_place_of_the_first(
        self, world: World, visitor: Visitor
    ) -> None:
        await world.break_service("public", "refuse", 60)
        await world.break_service("public", "500", 60)
        assert (await visitor.get(world.urls["public"])).status_code == 500


class TestRefusals:
    async def test_a_service_that_is_not_there(self, world: World) -> None:
        with pytest.raises(UsageError, match="no service 'shop'") as refused:
            await world.break_service("shop")
        assert all(name in refused.value.hint for name in SERVICES)
        with pytest.raises(UsageError):
            await world.mend("shop")

    async def test_a_service_that_never_sleeps(self, world: World) -> None:
        with pytest.raises(UsageError, match="public never sleeps"):
            await world.break_service("public", "sleep")
        assert world.troubles["public"] is None

    @pytest.mark.parametrize("for_s", [0.0, -1.0, LONGEST_BREAK_S + 1, float("inf"), float("nan")])
    async def test_times_that_make_no_sense(self, world: World, for_s: float) -> None:
        with pytest.raises(UsageError, match="at most a day"):
            await world.break_service("public", "500", for_s)


class TestByItself:
    async def test_the_public_site_fails_in_each_of_its_ways_and_recovers(
        self, world: World, clock: FakeClock
    ) -> None:
        seen: list[How | None] = []
        for _ in range(900):
            clock.suspend(1)
            trouble = world.troubles["public"]
            if not seen or seen[-1] is not trouble:
                seen.append(trouble)
        assert {How.ERROR, How.REFUSE, How.HANG} <= set(seen)
        assert seen[1::2] != seen[::2]
        assert all(trouble is None for trouble in seen[::2])

    async def test_a_refusing_spell_closes_the_port_and_opens_it_again(
        self, world: World, visitor: Visitor, clock: FakeClock
    ) -> None:
        await visitor.move_until(lambda: world.troubles["public"] is How.REFUSE, step_s=1)
        await clock.advance(1)
        with pytest.raises(httpx.ConnectError):
            await visitor.get(world.urls["public"], step_s=0)
        await visitor.move_until(lambda: world.troubles["public"] is None, step_s=1)
        await clock.advance(1)
        assert (await visitor.get(world.urls["public"])).status_code == 200

    async def test_in_the_instant_before_the_port_closes_clients_are_hung_up_on(
        self, world: World, visitor: Visitor, clock: FakeClock
    ) -> None:
        await clock.settle()
        while world.troubles["public"] is not How.REFUSE:
            clock.suspend(1)
        with pytest.raises(httpx.TransportError):
            await visitor.get(world.urls["public"], step_s=0)

    async def test_mending_ends_a_spell_until_the_next_one(
        self, world: World, visitor: Visitor
    ) -> None:
        await visitor.move_until(lambda: world.troubles["public"] is not None, step_s=1)
        await world.mend("public")
        assert world.troubles["public"] is None
        await visitor.move_until(lambda: world.troubles["public"] is not None, step_s=1)

    async def test_the_monetizer_is_slow_now_and_then(self, world: World, visitor: Visitor) -> None:
        await visitor.move_until(lambda: world.troubles["monetizer"] is How.SLOW, step_s=1)
        await visitor.move_until(lambda: world.troubles["monetizer"] is None, step_s=1)

    async def test_the_curator_is_stopped_in_spite_of_traffic(
        self, world: World, visitor: Visitor, clock: FakeClock
    ) -> None:
        waits_s = []
        for _ in range(50):
            began_s = clock.elapsed_s()
            await visitor.get(world.urls["curator"], step_s=0.25)
            waits_s.append(clock.elapsed_s() - began_s)
            clock.suspend(10)
        cold = [wait_s for wait_s in waits_s if wait_s >= 3]
        assert waits_s[0] in cold, "it begins asleep"
        assert 2 <= len(cold) <= 6

    def test_the_same_seed_gives_the_same_world(self) -> None:
        def history(seed: int) -> list[dict]:
            clock = FakeClock()
            world, seen = World(clock, seed), []
            for _ in range(600):
                clock.suspend(1)
                seen.append(dict(world.troubles))
            return seen

        one, same, other = history(1), history(1), history(2)
        assert one == same
        assert one != other


class TestMonetizer:
    def test_its_latency_follows_the_time_of_its_day(self) -> None:
        clock = FakeClock()
        monetizer = Monetizer(clock, seed=1, day_s=1_200)

        def mean_ms(of_day: float) -> float:
            at_s = clock.elapsed_s() + of_day * 1_200
            seconds = [at_s + second for second in range(-30, 30)]
            return sum(map(monetizer.latency_ms, seconds)) / len(seconds)

        morning, evening, next_morning = mean_ms(0.05), mean_ms(0.5), mean_ms(1.05)
        assert evening > 2 * morning
        assert evening > 2 * next_morning

    def test_it_is_never_so_slow_by_itself_that_it_counts_as_trouble(self) -> None:
        monetizer = Monetizer(FakeClock(), seed=1)
        assert all(0 < monetizer.latency_ms(second) < 1_000 for second in range(5_000))


async def test_stopping_gives_up_whatever_is_under_way(clock: FakeClock, visitor: Visitor) -> None:
    world = World(clock)
    world.start()
    await world.break_service("public", "hang", 60)
    asking = await visitor.begin(world.urls["public"])
    await world.stop()
    with pytest.raises(httpx.TransportError):
        await asyncio.wait_for(asking, 10)


async def test_a_world_that_was_never_started_can_be_stopped(clock: FakeClock) -> None:
    await World(clock).stop()
