"""New commits: deployed by themselves once their tests passed, and never before."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator

import pytest
from acting_world import SETTLED_S, Start, allowing, at_render, engines, sent
from scenario_world import SharedClock, Steady, Tripwire

from sentinel_tui.clock import SystemClock
from sentinel_tui.domain.autonomy.actions import Step
from sentinel_tui.domain.autonomy.policy import Verb
from sentinel_tui.paths import Paths
from sentinel_tui.sandbox.host import Host
from sentinel_tui.sandbox.http.messages import Request, Response
from sentinel_tui.sandbox.port import LOOPBACK
from sentinel_tui.sandbox.services.application import Application
from sentinel_tui.sandbox.services.render_edge import SleepHabits
from sentinel_tui.sandbox.world import World

SHOP = "s-00"


class Hub(Application):
    """A GitHub with one repository, whose newest commit and its tests are set by the test."""

    name = "hub"

    def __init__(self) -> None:
        self.head = "c0ffee0"
        self.conclusion: str | None = None

    async def answer(self, request: Request) -> Response:
        """Answer about any commit as about the newest one."""
        run = {"name": "tests", "status": "completed", "conclusion": self.conclusion}
        if self.conclusion is None:
            run["status"] = "in_progress"
        if request.path.endswith("/check-runs"):
            told: object = {"total_count": 1, "check_runs": [run]}
        elif request.path.endswith("/status"):
            told = {"state": "pending", "statuses": []}
        else:
            told = {"sha": self.head, "commit": {"message": "Warmer colours\n\nand more"}}
        return Response(200, json.dumps(told).encode())


@pytest.fixture
async def hub() -> AsyncIterator[tuple[Hub, str]]:
    application = Hub()
    host = Host(application, SystemClock())
    host.start()
    yield application, f"http://{LOOPBACK}:{host.port}"
    await host.stop()


@pytest.fixture
async def world(
    clock: SharedClock, one_clock: None, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[World]:
    monkeypatch.setattr("sentinel_tui.sandbox.world._FOLLOW_EVERY_S", 3.0)
    world = World(
        clock,
        sleep_habits=SleepHabits(one_start_fails_in=0),
        more=[Steady(SHOP)],
        plans={SHOP: "starter"},
    )
    world.start()
    yield world
    await world.stop()


async def test_a_commit_is_deployed_once_its_tests_passed_and_not_before(
    world: World,
    hub: tuple[Hub, str],
    clock: SharedClock,
    paths: Paths,
    tripwire: Tripwire,
) -> None:
    github, api = hub
    world.render.service(SHOP).auto_deploy = False
    acting: Start = engines(world, clock, paths, tripwire)
    checked = {"repo": "me/shop", "github_api": api, "automatic": True}
    autonomy = allowing(deploy="auto")
    async with acting(at_render(world, SHOP, deploy=checked), autonomy=autonomy) as engine:
        await engine.advance(SETTLED_S)
        world.render.workspace.push(world.render.service(SHOP), "abc1234", healthy=True)
        github.head = "abc1234"
        await engine.advance(600)
        github.conclusion = "failure"
        await engine.advance(600)
        assert not engine.actions()
        github.conclusion = "success"
        await engine.until(lambda: bool(engine.actions()), within_s=600)
        (action,) = engine.actions()
        assert (action.verb, action.arguments) == (Verb.DEPLOY, {"commit": "abc1234"})
        assert "Warmer colours" in action.why
        await engine.until_step(action.id, Step.VERIFIED)
        await engine.advance(600)
        assert [one for one in sent(world) if one.endswith("/deploys")] == sent(world)
        assert len(sent(world)) == 1
