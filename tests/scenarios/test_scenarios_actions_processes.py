"""Real engines, killed by SIGKILL in the midst of acting: no call twice, none without its row."""

from __future__ import annotations

import asyncio
import json
import multiprocessing
import signal
import time
from collections.abc import AsyncIterator
from contextlib import closing, suppress
from functools import partial
from multiprocessing.context import ForkServerProcess
from typing import Any

import pytest
from acting_process import KEY_VARIABLE, PLACES, HurriedClock, be_engine
from acting_world import sent
from scenario_world import Steady

from sentinel_tui.client import Client
from sentinel_tui.domain.autonomy.actions import ENDED, Action, Step
from sentinel_tui.errors import EngineError
from sentinel_tui.paths import Paths
from sentinel_tui.sandbox.services.render_edge import SleepHabits
from sentinel_tui.sandbox.world import World
from sentinel_tui.store.backup import check
from sentinel_tui.store.queries import Reader

_WITHIN_S = 30.0
_WANTS: dict[str, dict[str, Any]] = {
    "restart": {},
    "deploy": {},
    "suspend": {},
    "scale": {"instances": 2},
    "auto-deploy": {"on": False},
}
_TIMES = 2
_PRELOADED = [
    "sentinel_tui.engine.engine",
    "sentinel_tui.platforms.render",
    "sentinel_tui.platforms.render_events",
    "sentinel_tui.platforms.render_hosting",
    "sentinel_tui.platforms.render_metrics",
    "sentinel_tui.probes.prober",
]


@pytest.fixture
def hurried() -> HurriedClock:
    return HurriedClock(time.monotonic())


@pytest.fixture
async def world(hurried: HurriedClock) -> AsyncIterator[World]:
    names = [f"{verb}-{number}" for verb in _WANTS for number in range(len(PLACES))]
    world = World(
        hurried,
        sleep_habits=SleepHabits(one_start_fails_in=0),
        more=[Steady(name) for name in names],
        plans=dict.fromkeys(names, "starter"),
    )
    world.start()
    yield world
    await world.stop()


@pytest.fixture
def watched(world: World, paths: Paths) -> list[str]:
    """The services of the workspace that were added, written into the configuration."""
    hosted = [one for one in world.render.workspace.services.values() if "-" in one.name]
    services = [
        {
            "id": one.name,
            "render_service_id": one.id,
            "checks": [{"kind": "http", "url": world.urls[one.name], "interval": "10m"}],
        }
        for one in hosted
    ]
    tables = {
        "services": services,
        "render": {"key": f"env:{KEY_VARIABLE}", "api": world.render.url, "status_url": ""},
        "network": {"witnesses": world.witnesses, "quorum": 2},
    }
    lines = (
        f"{name} = {json.dumps(value, separators=(', ', ' = '))}\n"
        for name, value in tables.items()
    )
    paths.config.write_text("".join(lines))
    return [one.name for one in hosted]


async def test_killed_in_the_midst_of_acting_nothing_is_doubled_and_nothing_forgotten(
    world: World, paths: Paths, hurried: HurriedClock, watched: list[str]
) -> None:
    for number, place in enumerate(PLACES):
        engine = await _started(world, paths, hurried, place)
        wants = [_ask(paths, verb, number) for verb in _WANTS]
        await asyncio.gather(*wants)
        await asyncio.to_thread(engine.join, _WITHIN_S)
        assert engine.exitcode == -signal.SIGKILL, place
    assert check(paths.store) == []

    engine = await _started(world, paths, hurried, "")
    give_up_s = time.monotonic() + _WITHIN_S
    while any(one.step in (Step.APPROVED, Step.STARTED) for one in _actions(paths)):
        assert time.monotonic() < give_up_s, _actions(paths)
        await asyncio.sleep(0.1)
    engine.kill()
    await asyncio.to_thread(engine.join, _WITHIN_S)

    actions = {one.service: one for one in _actions(paths)}
    assert len(actions) == len(_actions(paths)) > len(PLACES)
    for name in watched:
        calls = sent(world, of=f"{world.render.service(name).id}")
        action = actions.get(name)
        done = action is not None and action.done_ms is not None
        assert len(calls) == int(done), (name, action, calls)
        assert action is None or action.step in ENDED | {Step.DONE}


async def _started(
    world: World, paths: Paths, clock: HurriedClock, place: str
) -> ForkServerProcess:
    """An engine that listens, forked from a server that has everything imported already."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(_PRELOADED)
    arguments = (paths, clock, world.render.key, place, _TIMES)
    engine = context.Process(target=be_engine, args=arguments)
    await asyncio.to_thread(engine.start)
    client, give_up_s = Client(paths, "test"), time.monotonic() + _WITHIN_S
    while not await asyncio.to_thread(client.engine_runs):
        assert time.monotonic() < give_up_s
        await asyncio.sleep(0.02)
    return engine


async def _ask(paths: Paths, verb: str, number: int) -> None:
    """Want something of an engine that is about to die."""
    ask = partial(Client(paths, "test").ask, "act", timeout_s=_WITHIN_S)
    wanted = {"service": f"{verb}-{number}", "verb": verb, **_WANTS[verb]}
    with suppress(EngineError):
        await asyncio.to_thread(partial(ask, **wanted))


def _actions(paths: Paths) -> list[Action]:
    with closing(Reader(paths)) as reader:
        return reader.actions(limit=500)
