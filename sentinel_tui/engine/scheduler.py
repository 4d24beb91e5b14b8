"""When each check looks next.

A check has a rhythm, the moments of one phase, and looks at the next of them whatever became of
the last: it never drifts, however long its looks take. Moments are seconds of `Clock.elapsed_s`,
which no change of the wall clock moves.
"""

from __future__ import annotations

import asyncio
import heapq
import itertools
import math
import zlib
from collections.abc import Hashable, Iterator
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)


class Scheduler(Generic[K]):
    """A heap of planned looks, at most one for each key.

    Attributes:
        changed: Set when a look was planned before all others, so that whoever waits for the
            earliest looks again.
    """

    def __init__(self) -> None:
        self.changed = asyncio.Event()
        self._heap: list[tuple[float, int, K]] = []
        self._planned: dict[K, tuple[float, int]] = {}
        self._order = itertools.count()

    def plan(self, key: K, due_s: float) -> None:
        """Plan the next look of `key`, in place of an earlier plan."""
        order, first_s = next(self._order), self.next_s()
        self._planned[key] = (due_s, order)
        heapq.heappush(self._heap, (due_s, order, key))
        if first_s is None or due_s < first_s:
            self.changed.set()

    def drop(self, key: K) -> None:
        """Plan nothing for `key`."""
        self._planned.pop(key, None)

    def due_s(self, key: K) -> float | None:
        """When `key` looks next, or None while nothing is planned."""
        planned = self._planned.get(key)
        return planned[0] if planned else None

    def next_s(self) -> float | None:
        """The earliest planned moment, or None when nothing is planned."""
        self._forget_replaced()
        return self._heap[0][0] if self._heap else None

    def pop_due(self, now_s: float) -> Iterator[tuple[K, float]]:
        """Take out what is due, each with the moment it was planned for, earliest first."""
        while (due_s := self.next_s()) is not None and due_s <= now_s:
            _, _, key = heapq.heappop(self._heap)
            del self._planned[key]
            yield key, due_s

    def _forget_replaced(self) -> None:
        """Drop the heap's front as long as it holds plans that were replaced or dropped."""
        while self._heap:
            due_s, order, key = self._heap[0]
            if self._planned.get(key) == (due_s, order):
                return
            heapq.heappop(self._heap)


def phase_s(service: str, check: str, interval_s: float, now_s: float, now_ms: int) -> float:
    """A moment of a check's rhythm: it looks then, and every interval before and after.

    The rhythm follows from the names alone. It is the same after each restart, and spreads the
    checks over the interval, because looks that start together measure each other.

    Args:
        service: The service's id.
        check: The check's name.
        interval_s: How often it looks.
        now_s: Elapsed time now.
        now_ms: The wall clock now, which restarts have in common.
    """
    share = zlib.crc32(f"{service}/{check}".encode()) / 2**32
    return now_s + (share * interval_s - now_ms / 1_000) % interval_s


def next_in_rhythm_s(phase_s: float, interval_s: float, after_s: float) -> float:
    """The first moment of a rhythm after `after_s`; what was missed before it stays missed."""
    # The grain of salt keeps a moment from following itself when the division rounds down.
    whole_intervals = math.floor((after_s - phase_s) / interval_s + 1e-6)
    return phase_s + (whole_intervals + 1) * interval_s
