"""The world and its platform together: what the API does is what visitors and probes meet."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Coroutine
from typing import Any

import httpx
import pytest
from sandbox_visitor import Visitor

from sentinel_tui.clock import FakeClock
from sentinel_tui.errors import UsageError
from sentinel_tui.sandbox.services.render_edge import SleepHabits
from sentinel_tui.sandbox.world import World

HABITS = SleepHabits(after_s=90.0, one_start_fails_in=0)
BUILD_S = 20.0


@pytest.fixture
async def world(clock: FakeClock) -> AsyncIterator[World]:
    world = World(clock, sleep_habits=HABITS, build_s=BUILD_S, free_hours=1.0)
    world.start()
    yield world
    await world.stop()


class Owner:
    """Somebody with the platform's key, and a browser."""

    def __init__(self, world: World, visitor: Visitor) -> None:
        self.world = world
        self.visitor = visitor

    async def ask(self, method: str, path: str, **body: object) -> Any:
        key = f"Bearer {self.world.render.key}"
        url = f"{self.world.render.url}{path}"
        answer = await self.visitor.send(method, url, body or None, authorization=key)
        assert answer.status_code < 300, answer.text
        return answer.json() if answer.content else None

    async def order(self, name: str, what: str, **body: object) -> None:
        await self.ask("POST", f"/services/{self.id_of(name)}/{what}", **body)

    async def health(self, name: str) -> int:
        return (await self.visitor.get(self.world.urls[name])).status_code

    def id_of(self, name: str) -> str:
        return self.world.render.service(name).id


@pytest.fixture
def owner(world: World, visitor: Visitor) -> Owner:
    return Owner(world, visitor)


async def test_the_api_lists_the_worlds_services_where_they_are(world: World, owner: Owner) -> None:
    rows = await owner.ask("GET", "/services")
    listed = {row["service"]["name"]: row["service"]["serviceDetails"]["url"] for row in rows}
    assert {name: f"{url}/health" for name, url in listed.items()} == world.urls


async def test_a_sleeper_has_an_instance_only_while_it_is_awake(
    owner: Owner, clock: FakeClock
) -> None:
    path = f"/services/{owner.id_of('curator')}/instances"
    assert await owner.ask("GET", path) == []
    assert await owner.health("curator") == 200
    assert len(await owner.ask("GET", path)) == 1
    await clock.advance(HABITS.after_s)
    assert await owner.ask("GET", path) == []


async def test_a_visit_wakes_it_with_a_loading_page_first(world: World, clock: FakeClock) -> None:
    assert not await world.visit("curator")
    await clock.advance(HABITS.wakes_in_s[1])
    assert await finished(world.visit("curator"), clock)
    assert sum(world.render.service("curator").requests.values()) == 2


async def test_nobody_stays_at_what_is_broken(world: World) -> None:
    await world.break_service("public", "hang", 60)
    assert not await world.visit("public")


async def test_a_restart_heals_what_the_process_suffers_from(
    world: World, owner: Owner, clock: FakeClock
) -> None:
    for how in ("500", "refuse", "hang"):
        await world.break_service("public", how, 3_600)
        await owner.order("public", "restart")
        assert world.troubles["public"] is None
        await clock.advance(6)
        assert await owner.health("public") == 200


async def test_while_it_restarts_it_does_not_answer(owner: Owner) -> None:
    await owner.order("monetizer", "restart")
    assert await owner.health("monetizer") == 502


async def test_a_bad_deploy_outlives_restarts_and_ends_with_a_rollback(
    world: World, owner: Owner, clock: FakeClock
) -> None:
    good = world.render.service("public").deploys[0]
    assert "rolled back" in await world.break_service("public", "deploy")
    assert await owner.health("public") == 200
    await clock.advance(BUILD_S)
    assert await owner.health("public") == 500
    await owner.order("public", "restart")
    await clock.advance(10)
    assert await owner.health("public") == 500
    await owner.order("public", "rollback", deployId=good.id)
    await clock.advance(BUILD_S)
    assert await owner.health("public") == 200


async def test_a_bad_deploy_comes_though_auto_deploy_is_off_and_can_be_mended(
    world: World, owner: Owner, clock: FakeClock
) -> None:
    world.render.service("public").auto_deploy = False
    await world.break_service("public", "deploy")
    await clock.advance(BUILD_S)
    assert await owner.health("public") == 500
    await world.mend("public")
    assert await owner.health("public") == 200


async def test_a_slow_deploy_answers_late(world: World, owner: Owner, clock: FakeClock) -> None:
    live = world.render.service("public").live
    assert live is not None
    live.slow_by_s = 2.0
    before_s = clock.elapsed_s()
    assert await owner.health("public") == 200
    assert clock.elapsed_s() - before_s >= 2.0


async def test_a_suspended_service_has_a_page_that_says_by_whom(
    world: World, owner: Owner, visitor: Visitor, clock: FakeClock
) -> None:
    await owner.order("public", "suspend")
    answer = await visitor.get(world.urls["public"])
    assert (answer.status_code, answer.headers["x-render-routing"]) == (503, "suspend-by-user")
    await owner.order("public", "resume")
    assert await owner.health("public") == 200


async def test_when_the_hours_are_used_up_free_services_are_suspended_and_paid_ones_are_not(
    world: World, owner: Owner, visitor: Visitor, clock: FakeClock
) -> None:
    for _ in range(70):
        await finished(world.visit("curator"), clock)
        await clock.advance(60)
    answer = await visitor.get(world.urls["curator"])
    assert (answer.status_code, answer.headers["x-render-routing"]) == (503, "suspend")
    assert await owner.health("monetizer") == 200


async def test_only_hosted_services_that_run_can_get_a_deploy(world: World, owner: Owner) -> None:
    await owner.order("public", "suspend")
    with pytest.raises(UsageError, match="suspended"):
        await world.break_service("public", "deploy")
    with pytest.raises(UsageError, match="inbox"):
        await world.break_service("inbox", "deploy")


async def test_a_paid_service_cannot_be_put_to_sleep(world: World) -> None:
    with pytest.raises(UsageError, match="never sleeps"):
        await world.break_service("monetizer", "sleep")


async def test_the_platform_itself_can_be_in_trouble_and_say_so(
    world: World, visitor: Visitor, owner: Owner
) -> None:
    for incident in ("none", "critical"):
        world.render.workspace.incident = incident
        said = (await visitor.get(world.render.status_url)).json()
        assert said["status"]["indicator"] == incident
        assert said["status"]["description"]
    await world.break_service("render", "500", 60)
    with pytest.raises(AssertionError, match="error"):
        await owner.ask("GET", "/services")
    assert await owner.health("public") == 200


async def test_a_network_that_is_cut_hides_the_platform_too(world: World, owner: Owner) -> None:
    await world.break_service("network", "cut", 60)
    with pytest.raises(httpx.ConnectError):
        await owner.ask("GET", "/services")


async def finished(visit: Coroutine[Any, Any, bool], clock: FakeClock) -> bool:
    """What a visit comes to, moving the clock on until it has."""
    task = asyncio.create_task(visit)
    while not task.done():
        await clock.advance(0.05)
    return task.result()
