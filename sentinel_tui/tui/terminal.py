"""Leaving when the terminal goes away, and never lingering behind it.

Textual writes through a queue of thirty entries. A terminal that is gone or hangs fills it, and
then the event loop stands still inside a write; with the terminal gone it may also spin. So the
signals are heard outside the loop, a thread waits for the hang-up itself, and a loop that does not
end within two seconds is left behind.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import select
import signal
import sys
import threading
from collections.abc import Callable
from types import FrameType

_GRACE_S = 2.0
_SIGNALS = (signal.SIGHUP, signal.SIGTERM)


class Departure:
    """Ends the screen on SIGHUP, on SIGTERM and when the terminal hangs up."""

    def __init__(self) -> None:
        self._watchdogs: list[threading.Timer] = []
        self._settled = False
        self.code = 0
        """What the process should exit with; 128 and the signal's number once it was told to."""

    def watch(self, leave: Callable[[], object]) -> None:
        """Listen from now on.

        Args:
            leave: Ends the screen; called in the event loop that is running now.
        """
        loop = asyncio.get_running_loop()

        def depart(number: int) -> None:
            if self._settled:
                return
            self.code = 128 + number
            watchdog = threading.Timer(_GRACE_S, os._exit, (self.code,))
            watchdog.daemon = True
            self._watchdogs.append(watchdog)
            watchdog.start()
            with contextlib.suppress(RuntimeError):
                loop.call_soon_threadsafe(leave)

        def told(number: int, _frame: FrameType | None) -> None:
            depart(number)

        for number in _SIGNALS:
            signal.signal(number, told)
        waiting = threading.Thread(
            target=_wait_for_hang_up, args=(lambda: depart(signal.SIGHUP),), daemon=True
        )
        waiting.name = "sentinel-terminal"
        waiting.start()

    def settled(self) -> None:
        """The screen has ended by itself: what comes after it has all the time it needs."""
        self._settled = True
        for watchdog in self._watchdogs:
            watchdog.cancel()


def is_terminal_there() -> bool:
    """Whether there is still somebody to say goodbye to."""
    try:
        return os.isatty(sys.stdout.fileno()) and not _hung_up(sys.stdout.fileno(), 0)
    except (OSError, ValueError):
        return False


def _wait_for_hang_up(hung_up: Callable[[], None]) -> None:
    with contextlib.suppress(OSError, ValueError):
        if sys.__stdin__ is not None and os.isatty(sys.__stdin__.fileno()):
            _hung_up(sys.__stdin__.fileno(), None)
            hung_up()


def _hung_up(file: int, timeout_ms: int | None) -> bool:
    """Wait for a hang-up, and only for that: input is somebody else's."""
    poll = select.poll()
    poll.register(file, 0)
    return bool(poll.poll(timeout_ms))
