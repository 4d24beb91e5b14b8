"""Whole engines on a real store, watching the sandbox through its network, on one clock."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from scenario_world import (
    Edges,
    SharedClock,
    Steady,
    Tripwire,
    Watching,
    engine_of,
    one_time,
    until_stopped,
)

from sentinel_tui.config.model import Config
from sentinel_tui.engine.edges import Edges as WaysOut
from sentinel_tui.engine.own_network import Questions
from sentinel_tui.paths import Paths
from sentinel_tui.probes.prober import Prober
from sentinel_tui.sandbox.services.render_edge import SleepHabits
from sentinel_tui.sandbox.world import World

Start = Callable[..., AbstractAsyncContextManager[Watching]]

NOON_MS = 1_800_014_400_000
"""2027-01-15 12:00 UTC: no scenario runs over midnight unless it means to."""


@pytest.fixture
def clock() -> SharedClock:
    return SharedClock(NOON_MS)


@pytest.fixture
def paths(tmp_path: Path) -> Paths:
    data_dir = tmp_path / "data"
    data_dir.mkdir(mode=0o700)
    return Paths(config=tmp_path / "sentinel.toml", data_dir=data_dir)


@pytest.fixture
async def one_clock(clock: SharedClock) -> AsyncIterator[None]:
    with one_time(asyncio.get_running_loop(), clock):
        yield


@pytest.fixture
def population() -> int:
    """How many services a scenario needs."""
    return 2


@pytest.fixture
async def world(
    clock: SharedClock, one_clock: None, population: int, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[World]:
    """The sandbox, and services more that are as well as the scenario wants them."""
    # Hours go by in here: that a trouble has ended need not be noticed within half a second.
    monkeypatch.setattr("sentinel_tui.sandbox.world._FOLLOW_EVERY_S", 3.0)
    steady = [Steady(f"s-{number:02}") for number in range(population)]
    world = World(clock, sleep_habits=SleepHabits(one_start_fails_in=0), more=steady)
    world.start()
    yield world
    await world.stop()


@pytest.fixture
def tripwire() -> Tripwire:
    return Tripwire()


@pytest.fixture
def inbox(world: World) -> dict[str, Any]:
    """A channel that leads to the sandbox's inbox."""
    return {
        "name": "inbox",
        "kind": "webhook",
        "url": world.inbox_url,
        "secret": world.inbox.secret,
        "allow_private": True,
    }


@pytest.fixture
def watching(world: World, clock: SharedClock, paths: Paths, tripwire: Tripwire) -> Start:
    """Starts engines: `async with watching(service(...), channels=[inbox]) as engine`.

    It stops at the end as an owner stops it, unless the scenario killed it.
    """

    @asynccontextmanager
    async def start(*services: dict[str, Any], **options: Any) -> AsyncIterator[Watching]:
        network = {"witnesses": world.witnesses, "quorum": 2}
        config = Config.model_validate({"services": list(services), "network": network, **options})

        def edges_of(prober: Prober, questions: Questions) -> WaysOut:
            edges = Edges(clock.under_way, prober, questions, tripwire)
            return WaysOut(edges.look, edges.ask, edges.channels)

        async with (
            engine_of(paths, clock, config, edges_of) as engine,
            until_stopped(Watching(paths, clock, engine, network)) as watching,
        ):
            yield watching

    return start
