"""Who may write: an epoch that only grows, checked in every writing transaction.

The engine's lock decides who writes on one machine. What a lock cannot do is stop a writer that was
frozen while another took over; the epoch can, because the late one finds a newer epoch in its very
next transaction and loses.
"""

from __future__ import annotations

import os
import socket
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

from sentinel_tui.errors import StoreError
from sentinel_tui.store.database import Database
from sentinel_tui.store.driver import Connection

_BOOT_ID = Path("/proc/sys/kernel/random/boot_id")


@dataclass(frozen=True, slots=True)
class Holder:
    """Who holds the lease. Two holders are never equal, even in one process.

    Attributes:
        host: The machine.
        pid: The process.
        boot: Which start of the machine the process belongs to, or empty where unknown.
        token: Makes the holder unique.
    """

    host: str
    pid: int
    boot: str
    token: str

    @classmethod
    def here(cls) -> Holder:
        """This process."""
        boot = _BOOT_ID.read_text().strip() if _BOOT_ID.exists() else ""
        return cls(socket.gethostname(), os.getpid(), boot, uuid4().hex[:12])

    def __str__(self) -> str:
        return f"{self.host}:{self.pid}:{self.boot}:{self.token}"


def take(db: Database, holder: Holder, now_ms: int) -> int:
    """Become the writer; whoever was it before loses with its next transaction.

    Returns:
        The new epoch.
    """
    row = db.row(
        "INSERT INTO engine_lease (id, epoch, holder, taken_ms, renewed_ms) VALUES (1, 1, ?, ?, ?) "
        "ON CONFLICT (id) DO UPDATE SET epoch = epoch + 1, holder = excluded.holder, "
        "taken_ms = excluded.taken_ms, renewed_ms = excluded.renewed_ms, released_ms = NULL "
        "RETURNING epoch",
        (str(holder), now_ms, now_ms),
    )
    if row is None:
        raise StoreError(f"{db.path}: the lease could not be taken")
    return int(row[0])


def renew(db: Database, holder: Holder, epoch: int, now_ms: int) -> bool:
    """Show life; False when another holder took over."""
    changed = db.write(
        "UPDATE engine_lease SET renewed_ms = ? WHERE id = 1 AND epoch = ? AND holder = ?",
        (now_ms, epoch, str(holder)),
    )
    return changed == 1


def release(db: Database, holder: Holder, epoch: int, now_ms: int) -> None:
    """Mark a clean stop."""
    db.write(
        "UPDATE engine_lease SET released_ms = ? WHERE id = 1 AND epoch = ? AND holder = ?",
        (now_ms, epoch, str(holder)),
    )


def stopped_cleanly(connection: Connection) -> bool:
    """Whether the last writer said goodbye; true for a store nobody wrote yet."""
    row = connection.execute("SELECT released_ms FROM engine_lease WHERE id = 1").fetchone()
    return row is None or row[0] is not None
