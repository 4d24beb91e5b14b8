"""The looks at a service in a stretch of time, read from the store: what effects are judged by.

The store remembers across a restart of the engine, so that an action which was begun before one is
judged as if nothing had happened.
"""

from __future__ import annotations

import asyncio
from contextlib import closing

from sentinel_tui.domain.autonomy.verification import Looks
from sentinel_tui.domain.records import SeriesPoint
from sentinel_tui.engine.watch import WatchedService
from sentinel_tui.paths import Paths
from sentinel_tui.store.queries import Reader

_SLICE_MS = 5_000
_LONGEST_MS = 3_600_000
"""Windows of hours, not of days: a service drifts from one day to the next."""


async def looks_before(paths: Paths, service: WatchedService, end_ms: int) -> Looks:
    """The looks in the hour before an instant."""
    return await asyncio.to_thread(_read, paths, _key(service), end_ms - _LONGEST_MS, end_ms)


async def looks_after(paths: Paths, service: WatchedService, start_ms: int, now_ms: int) -> Looks:
    """The looks from the first good one after an instant on.

    What failed before that belongs to the start of the service, which `healthy` waits for.
    """
    points = await asyncio.to_thread(_points, paths, _key(service), start_ms, now_ms)
    first_good = next((n for n, one in enumerate(points) if one.count > one.failures), None)
    return _looks(points[first_good:]) if first_good is not None else Looks()


def _key(service: WatchedService) -> int:
    """The store's number of the check that is drawn, and compared: the first one that looks."""
    looking = (check for check in service.checks.values() if check.scheduled)
    return next((check.key for check in looking), 0)


def _read(paths: Paths, key: int, start_ms: int, end_ms: int) -> Looks:
    return _looks(_points(paths, key, start_ms, end_ms))


def _points(paths: Paths, key: int, start_ms: int, end_ms: int) -> list[SeriesPoint]:
    """Slices so thin that each holds one look at most, unless two came within seconds."""
    slices = max(1, (end_ms - start_ms) // _SLICE_MS)
    with closing(Reader(paths)) as reader:
        return reader.series(key, start_ms, end_ms, slices)


def _looks(points: list[SeriesPoint]) -> Looks:
    return Looks(
        latencies_ms=tuple(one.p50_ms for one in points if one.p50_ms is not None),
        errors=sum(one.failures for one in points),
        count=sum(one.count for one in points),
    )
