"""The network of the sandbox over real sockets: cut, slow and lossy, and the witnesses on it."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json

import httpx
import pytest
from sandbox_visitor import Visitor

from sentinel_tui.clock import FakeClock
from sentinel_tui.errors import UsageError
from sentinel_tui.sandbox.network import SLOW_BY_S, NetworkTrouble
from sentinel_tui.sandbox.world import World


class TestCut:
    async def test_nobody_can_be_reached_any_more(self, world: World, visitor: Visitor) -> None:
        said = await world.break_service("network", "cut", 60)
        assert said == "the network is cut off, for 1m"
        for url in [*world.urls.values(), *world.witnesses, world.inbox_url]:
            with pytest.raises(httpx.ConnectError):
                await visitor.get(url)

    async def test_it_mends_itself_and_everybody_is_where_they_were(
        self, world: World, visitor: Visitor, clock: FakeClock
    ) -> None:
        before = [*world.urls.values(), *world.witnesses]
        await world.break_service("network", "cut", 60)
        await clock.advance(61)
        assert world.network_trouble is None
        assert [*world.urls.values(), *world.witnesses] == before
        assert (await visitor.get(world.witnesses[0])).status_code == 204

    async def test_it_can_be_mended_by_hand(self, world: World, visitor: Visitor) -> None:
        await world.break_service("network", "cut", 600)
        assert await world.mend("network") == "the network is well again"
        assert (await visitor.get(world.urls["public"])).status_code == 200

    async def test_it_takes_no_service_for_broken(self, world: World) -> None:
        await world.break_service("network", "cut", 60)
        assert set(world.troubles.values()) == {None}

    async def test_a_service_that_refuses_refuses_behind_a_whole_network(
        self, world: World, visitor: Visitor
    ) -> None:
        await world.break_service("public", "refuse", 60)
        with pytest.raises(httpx.ConnectError):
            await visitor.get(world.urls["public"])
        assert (await visitor.get(world.witnesses[0])).status_code == 204


class TestSlowAndLossy:
    async def test_slow_answers_come_late_and_whole(
        self, world: World, visitor: Visitor, clock: FakeClock
    ) -> None:
        await world.break_service("network", "slow", 600)
        before_s = clock.elapsed_s()
        assert (await visitor.get(world.urls["public"])).json()["status"] == "ok"
        assert clock.elapsed_s() - before_s >= 2 * SLOW_BY_S

    async def test_lossy_swallows_some_connections_and_carries_the_others(
        self, world: World, visitor: Visitor, clock: FakeClock
    ) -> None:
        await world.break_service("network", "lossy", 600)
        asking = [await visitor.begin(world.witnesses[0]) for _ in range(20)]
        answered = [one for one in asking if one.done()]
        for one in asking:
            one.cancel()
        assert 0 < len(answered) < len(asking)

    async def test_an_unknown_trouble_is_refused_with_the_known_ones(self, world: World) -> None:
        with pytest.raises(UsageError) as refused:
            await world.break_service("network", "tired")
        assert all(one in refused.value.hint for one in NetworkTrouble)


class TestWitnesses:
    async def test_there_are_three_and_they_answer(self, world: World, visitor: Visitor) -> None:
        answers = [await visitor.get(url) for url in world.witnesses]
        assert [one.status_code for one in answers] == [204, 204, 204]
        assert len(set(world.witnesses)) == 3


def signed(world: World, clock: FakeClock, key: str, body: bytes, at_s: int | None = None) -> dict:
    sent_s = str(clock.now_ms() // 1_000 if at_s is None else at_s)
    secret = base64.b64decode(world.inbox.secret.removeprefix("whsec_"))
    digest = hmac.new(secret, f"{key}.{sent_s}.".encode() + body, hashlib.sha256).digest()
    return {
        "webhook-id": key,
        "webhook-timestamp": sent_s,
        "webhook-signature": "v1," + base64.b64encode(digest).decode(),
    }


class TestInbox:
    async def post(self, world: World, headers: dict, body: bytes) -> httpx.Response:
        async with httpx.AsyncClient(trust_env=False, timeout=20) as client:
            return await client.post(world.inbox_url, headers=headers, content=body)

    async def test_a_signed_message_is_kept_once_however_often_it_comes(
        self, world: World, clock: FakeClock
    ) -> None:
        body = json.dumps({"title": "public is DOWN"}).encode()
        headers = signed(world, clock, "1/alarm", body)
        assert (await self.post(world, headers, body)).status_code == 200
        assert (await self.post(world, headers, body)).status_code == 200
        assert list(world.inbox.received.values()) == [{"title": "public is DOWN"}]
        assert world.inbox.repeated == 1

    async def test_a_message_that_was_tampered_with_is_refused(
        self, world: World, clock: FakeClock
    ) -> None:
        headers = signed(world, clock, "1/alarm", b'{"title": "true"}')
        assert (await self.post(world, headers, b'{"title": "false"}')).status_code == 401
        assert not world.inbox.received

    async def test_a_message_from_long_ago_is_refused(self, world: World, clock: FakeClock) -> None:
        long_ago_s = clock.now_ms() // 1_000 - 3_600
        headers = signed(world, clock, "1/alarm", b"{}", long_ago_s)
        assert (await self.post(world, headers, b"{}")).status_code == 401

    async def test_it_can_be_broken_like_a_service_and_takes_messages_again(
        self, world: World, clock: FakeClock, visitor: Visitor
    ) -> None:
        assert (
            await world.break_service("inbox", "refuse", 60) == "inbox refuses connections for 1m"
        )
        with pytest.raises(httpx.ConnectError):
            await visitor.get(world.inbox_url)
        assert "inbox" not in world.troubles
        await world.mend("inbox")
        assert (await visitor.get(world.inbox_url)).json() == {"messages": []}
