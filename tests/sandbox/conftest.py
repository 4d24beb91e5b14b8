"""A world on a clock that stands still, and a client that talks with it over real sockets."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Iterator

import httpx
import pytest
from sandbox_visitor import Visitor

from sentinel_tui.clock import FakeClock
from sentinel_tui.sandbox.services.render_edge import SleepHabits
from sentinel_tui.sandbox.world import World


@pytest.fixture(autouse=True)
def no_task_fails_unseen(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """What goes wrong in a task that nobody waits for is only logged; here it fails the test."""
    yield
    errors = [record for record in caplog.get_records("call") if record.levelno >= logging.ERROR]
    assert errors == []


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
async def world(clock: FakeClock) -> AsyncIterator[World]:
    world = World(clock, sleep_habits=SleepHabits(one_start_fails_in=0))
    world.start()
    yield world
    await world.stop()


@pytest.fixture
async def visitor(clock: FakeClock) -> AsyncIterator[Visitor]:
    limits = httpx.Limits(max_keepalive_connections=0)
    async with httpx.AsyncClient(limits=limits, timeout=20, trust_env=False) as client:
        yield Visitor(clock, client)
