"""One engine for each store: a lock that the kernel frees when its holder dies.

The lock lies on a file of its own. Opening and closing the store would drop SQLite's own locks,
and a lock that only a living process can hold needs no tidying up after a crash.
"""

from __future__ import annotations

import fcntl
import json
import os
import socket
from dataclasses import dataclass
from pathlib import Path

from sentinel_tui.errors import EngineBusy, EngineError
from sentinel_tui.text import clean_text

_MEND = "choose a folder of your own on a local disk with --data-dir"


@dataclass(frozen=True, slots=True)
class LockHolder:
    """Who holds the lock, as it wrote itself down.

    Attributes:
        pid: Its process.
        host: The machine it runs on.
        since_ms: When it took the lock, UTC.
    """

    pid: int
    host: str
    since_ms: int


class EngineLock:
    """The right to be the engine of a store, held until `release` or the end of the process."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor: int | None = descriptor

    @classmethod
    def take(cls, path: Path, now_ms: int) -> EngineLock:
        """Take the lock and write down who has it.

        Args:
            path: The lock file; made when it is not there.
            now_ms: Since when, for whoever asks.

        Raises:
            EngineBusy: Another process holds it; the message says which.
            EngineError: There can be no lock there.
        """
        # Close-on-exec, because a child would otherwise keep the lock alive after our death.
        try:
            descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as error:
            raise EngineError(f"{path} cannot be opened: {error.strerror}", _MEND) from None
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(descriptor)
            raise EngineBusy(_busy(holder_of(path)), "end it with: sentinel stop") from None
        except OSError as error:
            os.close(descriptor)
            raise EngineError(f"{path} cannot be locked: {error.strerror}", _MEND) from None
        text = json.dumps({"pid": os.getpid(), "host": socket.gethostname(), "since_ms": now_ms})
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, text.encode(), 0)
        return cls(descriptor)

    def release(self) -> None:
        """Give the lock back; harmless when that was done before."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None


def holder_of(path: Path) -> LockHolder | None:
    """Who wrote themselves into the lock file last, or None when nobody legible did."""
    try:
        entry = json.loads(path.read_bytes())
        return LockHolder(
            pid=int(entry["pid"]),
            host=clean_text(entry["host"], 100),
            since_ms=int(entry["since_ms"]),
        )
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _busy(holder: LockHolder | None) -> str:
    who = f" (process {holder.pid} on {holder.host})" if holder else ""
    return f"another engine{who} already watches this store"
