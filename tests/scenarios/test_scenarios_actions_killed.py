"""An engine is killed at every step of every action: nothing is done twice, nothing forgotten."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import closing
from functools import partial
from typing import Any

import pytest
from acting_world import Acted, Start, at_render, engines, sent
from scenario_world import SharedClock, Steady, Tripwire

from sentinel_tui.domain.autonomy.actions import ENDED, Step
from sentinel_tui.domain.autonomy.policy import Verb
from sentinel_tui.paths import Paths
from sentinel_tui.sandbox.services.render_edge import SleepHabits
from sentinel_tui.sandbox.world import World

PLACES = ("sending", "sent", "approved")
"""Where it is killed: begun and not sent, sent and not known, and allowed and not begun."""
ARGUMENTS: dict[Verb, dict[str, Any]] = {
    Verb.RESTART: {},
    Verb.DEPLOY: {},
    Verb.ROLLBACK: {},
    Verb.SUSPEND: {},
    Verb.RESUME: {},
    Verb.SCALE: {"instances": 2},
    Verb.PLAN: {"plan": "standard"},
    Verb.AUTOSCALE: {"least": 1, "most": 3},
    Verb.AUTO_DEPLOY: {"on": False},
}
NAMES = {(verb, place): f"{verb}-{place}" for verb in ARGUMENTS for place in PLACES}


@pytest.fixture
async def world(
    clock: SharedClock, one_clock: None, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[World]:
    monkeypatch.setattr("sentinel_tui.sandbox.world._FOLLOW_EVERY_S", 30.0)
    world = World(
        clock,
        sleep_habits=SleepHabits(one_start_fails_in=0),
        more=[Steady(name) for name in NAMES.values()],
        plans={
            name: "pro" if verb is Verb.AUTOSCALE else "starter"
            for (verb, _), name in NAMES.items()
        },
    )
    for (verb, _), name in NAMES.items():
        service = world.render.service(name)
        if verb is Verb.RESUME:
            world.render.workspace.suspend(service)
        if verb is Verb.ROLLBACK:
            world.render.workspace.order_deploy(service, "api", "c1", healthy=True)
    world.start()
    await clock.advance(120)
    yield world
    await world.stop()


@pytest.fixture
def acting(world: World, clock: SharedClock, paths: Paths, tripwire: Tripwire) -> Start:
    return engines(world, clock, paths, tripwire)


async def _want(engine: Acted, verb: Verb, name: str) -> None:
    arguments = dict(ARGUMENTS[verb])
    if verb is Verb.ROLLBACK:
        arguments["deploy"] = engine.hosted(name).deploys[0].id
    await engine.want(name, verb, **arguments)


async def test_killed_at_every_step_of_every_action_each_is_done_once_or_not_at_all(
    acting: Start, world: World, tripwire: Tripwire
) -> None:
    services = [at_render(world, name, interval=600.0) for name in NAMES.values()]
    for place in PLACES:
        tripwire.place = place
        async with acting(*services) as engine:
            await engine.advance(2)
            for verb in ARGUMENTS:
                await _want(engine, verb, NAMES[verb, place])
            await engine.until(partial(_all_reached, engine, place), within_s=60)
            await engine.kill()
    tripwire.place = ""
    async with acting(*services) as engine:
        await engine.until(lambda: not engine.unclear(), within_s=300)
        by_service = {one.service: one for one in engine.actions()}
        assert len(engine.actions()) == len(by_service) == len(NAMES)
        for (_, place), name in NAMES.items():
            action, calls = by_service[name], sent(world, of=engine.hosted(name).id)
            assert len(calls) == (0 if place == "sending" else 1), action
            if place == "sending":
                assert action.step is Step.NOT_EXECUTED
            else:
                assert action.done_ms is not None
                assert action.step in ENDED | {Step.DONE}
        with closing(engine.read()) as reader:
            assert reader.broken_audit_entry() is None


def _all_reached(engine: Acted, place: str) -> bool:
    """Whether all actions of a place have come there."""
    if place == "sent":
        return len(sent(engine.world)) == len(ARGUMENTS)
    step = Step.STARTED if place == "sending" else Step.APPROVED
    here = [one for one in engine.actions() if one.service.endswith(f"-{place}")]
    return sum(one.step is step for one in here) == len(ARGUMENTS)
