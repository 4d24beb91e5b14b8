"""Observations added up by minute, hour and day, and uptime by day.

A bucket is always rebuilt whole from the floor below it and replaces the one that was there, so a
pass that was killed, repeated or overtaken by a late observation ends in the same rows. Days are
UTC days.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from itertools import groupby
from operator import itemgetter
from typing import Any

from sentinel_tui.store.database import Database, Value
from sentinel_tui.store.history import uptimes_by_key
from sentinel_tui.store.latency import SELECT_ROLLUPS_OF_ALL, Latencies
from sentinel_tui.store.layout import Floor, Mark
from sentinel_tui.store.marks import read_mark, set_mark

_LATEST_DAYS = 1
"""A look that arrives later than yesterday no longer changes rollups: their minutes may be gone."""


def roll_up(db: Database, now_ms: int) -> None:
    """Bring all rollups up to the last full minute.

    Hours and days that are not over yet are rolled up as far as they go, each time anew.

    Args:
        db: The store.
        now_ms: The instant of the pass; the minute it lies in is left to the next one.
    """
    until_ms = Floor.MINUTE.start_ms(now_ms)
    from_ms = _from_ms(db)
    if from_ms is not None and from_ms < until_ms:
        for start_ms in range(Floor.HOUR.start_ms(from_ms), until_ms, Floor.HOUR.length_ms):
            end_ms = min(start_ms + Floor.HOUR.length_ms, until_ms)
            _put(db, Floor.MINUTE, _minutes(db, max(start_ms, from_ms), end_ms))
            _rebuild(db, Floor.HOUR, start_ms)
        for day_ms in range(Floor.DAY.start_ms(from_ms), until_ms, Floor.DAY.length_ms):
            _rebuild(db, Floor.DAY, day_ms)
        set_mark(db, Mark.ROLLED, max(until_ms, read_mark(db, Mark.ROLLED) or 0))
        set_mark(db, Mark.REBUILD, until_ms)
    _count_uptime(db, Floor.DAY.start_ms(now_ms))


def _from_ms(db: Database) -> int | None:
    """Where the pass starts: the first minute that is new or got a late look."""
    rolled_ms = read_mark(db, Mark.ROLLED)
    if rolled_ms is None:
        oldest = db.row("SELECT min(at_ms) FROM metrics")
        return None if oldest is None or oldest[0] is None else Floor.MINUTE.start_ms(oldest[0])
    rebuild_ms = read_mark(db, Mark.REBUILD)
    latest_ms = Floor.DAY.start_ms(rolled_ms) - _LATEST_DAYS * Floor.DAY.length_ms
    wanted_ms = rolled_ms if rebuild_ms is None else min(rebuild_ms, rolled_ms)
    return Floor.MINUTE.start_ms(max(wanted_ms, latest_ms))


_Bucket = tuple[int, int, Latencies]
"""check key, start, what was seen."""


def _minutes(db: Database, start_ms: int, end_ms: int) -> Iterator[_Bucket]:
    rows = db.rows(
        "SELECT at_ms / 60000 * 60000, check_key, outcome, latency_us FROM metrics "
        "WHERE at_ms >= ? AND at_ms < ?",
        (start_ms, end_ms),
    )
    minutes: defaultdict[tuple[int, int], Latencies] = defaultdict(Latencies)
    for minute_ms, check_key, outcome, latency_us in rows:
        minutes[check_key, minute_ms].look(outcome, latency_us)
    # In the order of the primary key, so that each check's rows go to one place.
    for check_key, minute_ms in sorted(minutes):
        yield check_key, minute_ms, minutes[check_key, minute_ms]


def _rebuild(db: Database, floor: Floor, start_ms: int) -> None:
    """Rebuild one bucket of every check from the floor below."""
    rows = db.rows(SELECT_ROLLUPS_OF_ALL, (floor - 1, start_ms, start_ms + floor.length_ms))
    _put(db, floor, _sums(rows, start_ms))


def _sums(rows: Iterable[tuple[Any, ...]], start_ms: int) -> Iterator[_Bucket]:
    for check_key, group in groupby(rows, key=itemgetter(0)):
        total = Latencies()
        for row in group:
            total.add(row[1:])
        yield check_key, start_ms, total


def _put(db: Database, floor: Floor, buckets: Iterable[_Bucket]) -> None:
    db.write_many(
        "INSERT OR REPLACE INTO rollups (floor, check_key, start_ms, count, failures, sum_us, "
        "min_us, max_us, histogram) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (_values(floor, *bucket) for bucket in buckets),
    )


def _values(floor: Floor, check_key: int, start_ms: int, seen: Latencies) -> tuple[Value, ...]:
    return (
        int(floor),
        check_key,
        start_ms,
        seen.count,
        seen.failures,
        seen.sum_us,
        seen.min_us,
        seen.max_us,
        seen.histogram.to_bytes(),
    )


def _count_uptime(db: Database, until_ms: int) -> None:
    """Count the days that are over and not counted yet, or were changed since."""
    counted_ms = read_mark(db, Mark.COUNTED)
    if counted_ms is None:
        first = db.row("SELECT min(at_ms) FROM state_changes WHERE check_key IS NULL")
        if first is None or first[0] is None:
            return
        counted_ms = first[0]
    for day_ms in range(Floor.DAY.start_ms(counted_ms), until_ms, Floor.DAY.length_ms):
        counted = uptimes_by_key(db.raw, day_ms, day_ms + Floor.DAY.length_ms)
        db.write_many(
            "INSERT OR REPLACE INTO uptime_days (service_key, day_ms, up_ms, down_ms, excluded_ms) "
            "VALUES (?, ?, ?, ?, ?)",
            (
                (key, day_ms, day.up_ms, day.down_ms, day.excluded_ms)
                for key, day in counted.items()
            ),
        )
    if until_ms > counted_ms:
        set_mark(db, Mark.COUNTED, until_ms)
