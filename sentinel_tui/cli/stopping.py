"""Ending an engine, and waiting until it has ended."""

from __future__ import annotations

import os
import time
from contextlib import suppress

from sentinel_tui.client import Client
from sentinel_tui.errors import EngineError, EngineGone

_STOP_WITHIN_S = 5.0
_LOOK_AGAIN_S = 0.05


def stop_engine(client: Client) -> bool:
    """Stop the engine, and wait until whoever starts the next one finds its lock free.

    Returns:
        Whether there was one.

    Raises:
        EngineError: It refuses, or did not end in time.
    """
    try:
        pid = client.ask("status")["pid"]
        client.ask("stop")
    except EngineGone:
        return False
    _wait_for_end(pid)
    return True


def _wait_for_end(pid: int) -> None:
    give_up_s = time.monotonic() + _STOP_WITHIN_S
    while _lives(pid):
        if time.monotonic() > give_up_s:
            raise EngineError(
                f"process {pid} has not ended after {_STOP_WITHIN_S:.0f} s", f"end it: kill {pid}"
            )
        # No event loop runs here, and a process that is not our child cannot be waited for.
        time.sleep(_LOOK_AGAIN_S)


def _lives(pid: int) -> bool:
    with suppress(ChildProcessError):
        # An engine that this very process started stays as a zombie until somebody asks for it.
        if os.waitpid(pid, os.WNOHANG)[0]:
            return False
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True
