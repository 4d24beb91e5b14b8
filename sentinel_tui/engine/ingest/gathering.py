"""Stores what many tell at the same time together, because each commit to the disk costs as much.

Whoever tells something waits a moment for others to tell something too; then one job takes all of
it, and each hears what became of their part once that is committed.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from functools import partial
from typing import Generic, TypeVar

from sentinel_tui.clock import Clock
from sentinel_tui.store.recorder import Added
from sentinel_tui.store.writer import Database, StoreWriter

T = TypeVar("T")

Add = Callable[[Database, Sequence[T], int], Added]
"""Stores some of them, told at an instant."""

_GATHER_S = 0.001


class Gathering(Generic[T]):
    """The way into the store for events of one kind."""

    def __init__(self, clock: Clock, writer: StoreWriter, add: Add[T]) -> None:
        """Gather nothing yet.

        Args:
            clock: The time.
            writer: The store's writing side.
            add: Stores events of this kind.
        """
        self._clock = clock
        self._writer = writer
        self._add = add
        self._gathered: list[tuple[Sequence[T], asyncio.Future[Added]]] = []
        self._storing: asyncio.Task[None] | None = None

    async def store(self, events: Sequence[T]) -> Added:
        """Store some events with whatever else is told now.

        Raises:
            StoreError: They could not be stored; none of them was.
        """
        outcome: asyncio.Future[Added] = asyncio.get_running_loop().create_future()
        self._gathered.append((events, outcome))
        if self._storing is None or self._storing.done():
            self._storing = asyncio.create_task(self._store_gathered())
        return await outcome

    async def _store_gathered(self) -> None:
        while self._gathered:
            await asyncio.sleep(_GATHER_S)
            gathered, self._gathered = self._gathered, []
            job = partial(
                _add_each,
                add=self._add,
                batches=[events for events, _ in gathered],
                received_ms=self._clock.now_ms(),
            )
            try:
                added = await self._writer.run(job, durable=True)
            except BaseException as error:
                _tell(gathered, error)
                if not isinstance(error, Exception):
                    raise
            else:
                for (_, outcome), one in zip(gathered, added, strict=True):
                    if not outcome.done():
                        outcome.set_result(one)


def _add_each(
    db: Database, add: Add[T], batches: Sequence[Sequence[T]], received_ms: int
) -> list[Added]:
    return [add(db, events, received_ms) for events in batches]


def _tell(
    gathered: Sequence[tuple[Sequence[T], asyncio.Future[Added]]], error: BaseException
) -> None:
    """Have everybody hear what went wrong who still listens."""
    for _, outcome in gathered:
        if outcome.done():
            continue
        if isinstance(error, asyncio.CancelledError):
            outcome.cancel()
        else:
            outcome.set_exception(error)
