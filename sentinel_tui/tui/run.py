"""Opening the screen, and what is said once it is closed."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import replace

from sentinel_tui.client import Client
from sentinel_tui.clock import SystemClock
from sentinel_tui.errors import UsageError
from sentinel_tui.paths import Paths
from sentinel_tui.tui.preferences import read_preferences
from sentinel_tui.tui.terminal import is_terminal_there

_GOODBYE = "The engine watches on. Stop it with: sentinel stop"


def run(
    paths: Paths,
    *,
    demo: Callable[[str, str], str] | None = None,
    replay_ms: int | None = None,
    read_only: bool = False,
) -> int:
    """Show the screen until the owner leaves it. The engine watches on.

    Args:
        paths: Whose watch.
        demo: Breaks a service of the demo in some way, and says what it did; None outside it.
        replay_ms: Begin with everything as it was at this instant; None: as it is.
        read_only: Only show: nothing can be changed from this screen, and no engine is started.

    Returns:
        The exit code.

    Raises:
        UsageError: Input or output is no terminal.
    """
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise UsageError(
            "the screen needs a terminal", "in a script or a pipe, use: sentinel status"
        )
    from sentinel_tui.tui.app import SentinelApp

    preferences = replace(read_preferences(paths.config), read_only=read_only)
    client = Client(paths, source="tui", read_only=read_only)
    app = SentinelApp(paths, client, SystemClock(), preferences, demo, replay_ms)
    app.run(mouse=preferences.mouse)
    app.departure.settled()
    if demo is None and is_terminal_there() and client.engine_runs():
        sys.stdout.write(f"{_GOODBYE}\n")
    return app.departure.code or app.return_code or 0
