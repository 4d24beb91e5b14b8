"""The stop for everything: a row in the store, or a file that anybody can put beside it.

The file is for the hour in which nothing else works: `touch frozen` in the data folder holds every
action back, even where no engine answers and no command runs.
"""

from __future__ import annotations

from functools import partial
from pathlib import Path

from sentinel_tui.clock import Clock
from sentinel_tui.domain.autonomy.actions import Freeze
from sentinel_tui.errors import EngineError
from sentinel_tui.store import actions as rows
from sentinel_tui.store.writer import Database, StoreWriter


class Freezing:
    """Holds all actions back, and lets them go again."""

    def __init__(self, file: Path, clock: Clock, writer: StoreWriter) -> None:
        """Change nothing yet.

        Args:
            file: While it is there, nothing is done.
            clock: The time.
            writer: The store's writing side.
        """
        self._file = file
        self._clock = clock
        self._writer = writer

    def holds(self, db: Database) -> bool:
        """Whether all actions are held back, asked inside a job of the writer."""
        return self._file.exists() or rows.frozen(db) is not None

    async def freeze(self, by: str, reason: str) -> Freeze:
        """Hold all actions back until somebody unfreezes; what is under way is only followed."""
        job = partial(rows.freeze, at_ms=self._clock.now_ms(), by=by, reason=reason)
        await self._writer.run(job, durable=True)
        frozen = await self._writer.run(rows.frozen)
        if frozen is None:
            raise EngineError("the freeze could not be written down", f"touch {self._file}")
        return frozen

    async def unfreeze(self, by: str) -> None:
        """Let actions go again.

        Raises:
            EngineError: The file that freezes cannot be taken away.
        """
        try:
            self._file.unlink(missing_ok=True)
        except OSError as error:
            raise EngineError(
                f"{self._file} cannot be removed: {error.strerror}",
                "remove it by hand; while it is there nothing is done",
            ) from None
        job = partial(rows.unfreeze, at_ms=self._clock.now_ms(), by=by)
        await self._writer.run(job, durable=True)
