"""The sandbox as a process: `python -m sentinel_tui.sandbox FOLDER`.

Says on its standard output, in one line of JSON, where its services are or why it could not start,
and lives until its standard input is closed. Whoever started it need not end it: when that process
dies, in whatever way, the pipe between them closes.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import secrets
import signal
import sys
from collections.abc import Coroutine
from pathlib import Path
from typing import Any

from sentinel_tui.clock import SystemClock
from sentinel_tui.domain.video.catalog import DAY_MS
from sentinel_tui.errors import SentinelError
from sentinel_tui.paths import Paths
from sentinel_tui.sandbox.catalogue import FILMING_DAYS, catalogue
from sentinel_tui.sandbox.control import socket_path
from sentinel_tui.sandbox.control_server import SandboxControl
from sentinel_tui.sandbox.demo_config import VIEWING_SINCE
from sentinel_tui.sandbox.films import ROLES
from sentinel_tui.sandbox.players import Players, post_to
from sentinel_tui.sandbox.port import LOOPBACK, free_port
from sentinel_tui.sandbox.render.workspace import month_end_s
from sentinel_tui.sandbox.services.render_edge import SleepHabits
from sentinel_tui.sandbox.troubles import dice
from sentinel_tui.sandbox.visitors import HOURS_OF_WEEK, Visitors
from sentinel_tui.sandbox.world import DEFAULT_SEED, World

_DEMO_HABITS = SleepHabits(after_s=90.0, wakes_in_s=(4.5, 8.0))
"""A start takes longer than two looks of the demo, so that the waking is seen."""

_DEMO_BUILD_S = 20.0
_HOURS_SHARE = 1 / 3
_VISITS_PER_HOUR = {"curator": 15.0, "monetizer": 40.0, "public": 60.0}


def main(arguments: list[str] | None = None) -> int:
    """Run the sandbox until standard input is closed or a signal ends it."""
    parser = argparse.ArgumentParser(prog="python -m sentinel_tui.sandbox", description=__doc__)
    parser.add_argument("folder", type=Path, help="the demo's folder, for the control socket")
    parser.add_argument("--seed", type=int, default=DEFAULT_SEED, help="decides all chance")
    options = parser.parse_args(arguments)
    try:
        asyncio.run(_live(options.folder, options.seed))
    except SentinelError as error:
        _say({"error": str(error), "hint": error.hint})
        return error.exit_code
    return 0


async def _live(folder: Path, seed: int) -> None:
    clock = SystemClock()
    hours = _scarce_hours(clock)
    films = catalogue(_viewing_since_ms(folder, clock), seed)
    world = World(clock, seed, _DEMO_HABITS, free_hours=hours, build_s=_DEMO_BUILD_S, films=films)
    ingest = {
        "listen": f"{LOOPBACK}:{free_port(dice(secrets.randbits(64)))}",
        "token": secrets.token_urlsafe(24),
    }
    players = Players(world.bunny.audience, post_to(**ingest), clock)
    control = SandboxControl(socket_path(Paths(folder / "sentinel.toml", folder)), world)
    ended = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        asyncio.get_running_loop().add_signal_handler(number, ended.set)
    reading = asyncio.create_task(_end_with_input(ended))
    try:
        control.start()
        world.start()
        _say({**_where(world, hours), "ingest": ingest})
        curves = {name: [rate] * HOURS_OF_WEEK for name, rate in _VISITS_PER_HOUR.items()}
        visitors = Visitors(curves, world.visit, clock, seed)
        await _live_on(ended, visitors.come(), players.play())
    finally:
        reading.cancel()
        await control.stop()
        await world.stop()


async def _live_on(ended: asyncio.Event, *lives: Coroutine[Any, Any, None]) -> None:
    """Have people about until the end; what goes wrong with them is not kept quiet."""
    living = [asyncio.create_task(life) for life in lives]
    ending = asyncio.create_task(ended.wait())
    try:
        done, _ = await asyncio.wait({*living, ending}, return_when=asyncio.FIRST_COMPLETED)
        for task in done:
            task.result()
    finally:
        for task in (*living, ending):
            task.cancel()


def _viewing_since_ms(folder: Path, clock: SystemClock) -> int:
    """When people began to watch: the same instant for as long as the demo's history is kept."""
    file = folder / VIEWING_SINCE
    with contextlib.suppress(OSError, ValueError):
        return int(file.read_text(encoding="ascii"))
    since_ms = (clock.now_ms() // DAY_MS - FILMING_DAYS) * DAY_MS
    file.write_text(str(since_ms), encoding="ascii")
    return since_ms


def _scarce_hours(clock: SystemClock) -> float:
    """Hours for free services: a third of what is left of the month, so that they are planned."""
    now_s = clock.now_ms() / 1_000
    return float(max(1, round((month_end_s(now_s) - now_s) / 3_600 * _HOURS_SHARE)))


def _where(world: World, hours: float) -> dict[str, Any]:
    """What whoever watches the world has to know."""
    render = world.render
    services = {one.name: one.id for one in render.workspace.services.values()}
    return {
        "urls": dict(world.urls),
        "witnesses": world.witnesses,
        "inbox": {"url": world.inbox_url, "secret": world.inbox.secret},
        "render": {
            "url": render.url,
            "status_url": render.status_url,
            "key": render.key,
            "services": services,
            "hours": hours,
        },
        "bunny": {
            "url": world.bunny.url,
            "libraries": [
                {"name": one.name, "id": one.id, "key": one.key, "role": ROLES[one.name].value}
                for one in world.bunny.libraries.values()
            ],
        },
    }


async def _end_with_input(ended: asyncio.Event) -> None:
    unread = asyncio.StreamReader()
    loop = asyncio.get_running_loop()
    try:
        await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(unread), sys.stdin)
        while await unread.read(1_024):
            pass
    finally:
        ended.set()


def _say(members: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(members) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
