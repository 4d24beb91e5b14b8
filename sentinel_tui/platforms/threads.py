"""Blocking work off the event loop, in threads that hold nothing up.

asyncio's shared threads are few, and the process waits for them when it ends. What talks to the
network may be stuck for half a minute, so each such piece of work has a daemon thread of its own.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import TypeVar

T = TypeVar("T")


async def in_thread(work: Callable[[], T]) -> T:
    """The result of `work`, or what it raised. Whoever stops waiting leaves the thread behind."""
    done: Future[T] = Future()
    done.set_running_or_notify_cancel()  # from now on nobody can cancel it under the thread

    def run() -> None:
        try:
            done.set_result(work())
        except Exception as error:
            done.set_exception(error)

    threading.Thread(target=run, name="sentinel-talk", daemon=True).start()
    return await asyncio.wrap_future(done)
