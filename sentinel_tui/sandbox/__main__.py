"""The sandbox as a process: `python -m sentinel_tui.sandbox FOLDER`.

Says on its standard output, in one line of JSON, where its services are or why it could not start,
and lives until its standard input is closed. Whoever started it need not end it: when that process
dies, in whatever way, the pipe between them closes.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import signal
import sys
from pathlib import Path
from typing import Any

from sentinel_tui.clock import SystemClock
from sentinel_tui.errors import SentinelError
from sentinel_tui.paths import Paths
from sentinel_tui.sandbox.control import socket_path
from sentinel_tui.sandbox.control_server import SandboxControl
from sentinel_tui.sandbox.services.render_edge import SleepHabits
from sentinel_tui.sandbox.world import DEFAULT_SEED, World

_DEMO_HABITS = SleepHabits(after_s=90.0, wakes_in_s=(4.5, 8.0))
"""A start takes longer than two looks of the demo, so that the waking is seen."""


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
    world = World(SystemClock(), seed, _DEMO_HABITS)
    control = SandboxControl(socket_path(Paths(folder / "sentinel.toml", folder)), world)
    ended = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        asyncio.get_running_loop().add_signal_handler(number, ended.set)
    reading = asyncio.create_task(_end_with_input(ended))
    try:
        control.start()
        world.start()
        inbox = {"url": world.inbox_url, "secret": world.inbox.secret}
        _say({"urls": dict(world.urls), "witnesses": world.witnesses, "inbox": inbox})
        await ended.wait()
    finally:
        reading.cancel()
        await control.stop()
        await world.stop()


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
