"""The engine as a process of its own, killed by SIGKILL around the delivery of an alarm."""

from __future__ import annotations

import asyncio
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import closing, contextmanager

import pytest
from scenario_world import Steady, titles, told

from sentinel_tui.clock import SystemClock
from sentinel_tui.domain.notifying.notices import NoticeStatus
from sentinel_tui.errors import StoreError
from sentinel_tui.paths import Paths
from sentinel_tui.sandbox.http.messages import Request, Response
from sentinel_tui.sandbox.world import World
from sentinel_tui.store.queries import Reader

_WITHIN_S = 30.0
_LOOK_EVERY_S = 0.02
_CONFIG = """
[network]
witnesses = []

[notifications]
wait_critical = "1s"
update_every = "1s"

[[channels]]
name = "inbox"
kind = "webhook"
url = "{inbox}"
secret = "{secret}"
allow_private = true

[[services]]
id = "s-01"
thresholds = {{ burst = [], confirm_cycles = 1, recover_cycles = 1, recover_after = 0 }}
checks = [{{ kind = "http", url = "{url}", interval = "1s", timeout = "2s" }}]
"""


@pytest.fixture
async def world(paths: Paths) -> AsyncIterator[World]:
    """The sandbox in earnest time, and a configuration that watches one of its services."""
    world = World(SystemClock(), more=[Steady("s-01")])
    world.start()
    paths.config.write_text(
        _CONFIG.format(inbox=world.inbox_url, secret=world.inbox.secret, url=world.urls["s-01"])
    )
    yield world
    await world.stop()


@contextmanager
def engine_process(paths: Paths) -> Iterator[subprocess.Popen[bytes]]:
    """An engine in the foreground; killed at the end, if it was not before."""
    files = ["--config", str(paths.config), "--data-dir", str(paths.data_dir)]
    process = subprocess.Popen(
        [sys.executable, "-m", "sentinel_tui", *files, "engine", "--foreground"],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        yield process
    finally:
        process.kill()
        process.wait(_WITHIN_S)


async def until(holds: Callable[[], bool]) -> None:
    """Wait until something holds, for a generous time."""
    async with asyncio.timeout(_WITHIN_S):
        while not holds():
            await asyncio.sleep(_LOOK_EVERY_S)


def statuses(paths: Paths) -> list[NoticeStatus]:
    """How far each notice has come, oldest first; none before there is a store."""
    try:
        with closing(Reader(paths)) as reader:
            return [notice.status for notice in reader.notices()[::-1]]
    except StoreError:
        return []


def kill_when_told(engine: subprocess.Popen[bytes], world: World) -> None:
    """Have an engine die as its message is taken, before it hears of it."""
    answer = world.inbox.answer

    async def kill(request: Request) -> Response:
        response = await answer(request)
        engine.kill()
        world.inbox.answer = answer  # type: ignore[method-assign]
        return response

    world.inbox.answer = kill  # type: ignore[method-assign]


async def test_killed_as_its_alarm_waits_the_next_one_tells_it(paths: Paths, world: World) -> None:
    await world.break_service("s-01", "500", 600)
    with engine_process(paths):
        await until(lambda: bool(statuses(paths)))
    assert told(world) == []
    with engine_process(paths):
        await until(lambda: statuses(paths) == [NoticeStatus.SENT])
    (alarm,) = titles(world)
    assert "s-01 is DOWN" in alarm


async def test_killed_as_its_alarm_arrives_it_arrives_once(paths: Paths, world: World) -> None:
    await world.break_service("s-01", "500", 600)
    with engine_process(paths) as engine:
        kill_when_told(engine, world)
        await until(lambda: bool(statuses(paths)))
        # Whoever reloads has the outbox looked through without waiting for its next turn.
        engine.send_signal(signal.SIGHUP)
        await until(lambda: engine.poll() is not None)
    assert len(told(world)) == 1
    assert statuses(paths) == [NoticeStatus.SENDING]
    with engine_process(paths):
        await until(lambda: statuses(paths) == [NoticeStatus.SENT])
    assert world.inbox.repeated == 1
    assert len(told(world)) == 1
