"""Latency over time, read from the coarsest rows that still tell the truth."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from sentinel_tui.domain.monitoring.observations import Outcome
from sentinel_tui.domain.records import LatencySummary, SeriesPoint
from sentinel_tui.domain.stats.histogram import LatencyHistogram
from sentinel_tui.store.driver import Connection
from sentinel_tui.store.layout import Floor, Mark
from sentinel_tui.store.rows import mark, to_ms

_NARROWEST_SLICE_MS = {Floor.MINUTE: 60_000, Floor.HOUR: 3_600_000, Floor.DAY: 3 * 86_400_000}
"""Slices at least this wide are read from a floor. Days are UTC days, so they want some slack."""

_LONGEST_RAW_SERIES_MS = 6 * 3_600_000
_LONGEST_RAW_SUMMARY_MS = 2 * 3_600_000
_SUMMARY_PARTS = 24
"""A summary is read from the floor that a chart of this many slices would be read from."""

WHOLE_DAYS = "whole_days_until_ms"
"""A mark that only the past has (`past_views`): where its days end, for the one it is in is not
over. In the present the day that is not over is rolled up as far as it goes, like its hours."""

_Look = tuple[int, int, int | None]
"""check key, outcome, latency_us."""


Rollup = tuple[int, int, int, int | None, int | None, bytes]
"""A row of `rollups`: count, failures, sum_us, min_us, max_us, histogram."""

SELECT_ROLLUPS_OF_ALL = (
    # Joined so that each check is one seek; a range over the start alone would read the floor.
    "SELECT check_key, count, failures, sum_us, min_us, max_us, histogram "
    "FROM checks CROSS JOIN rollups "
    "ON floor = ? AND check_key = checks.key AND start_ms >= ? AND start_ms < ?"
)
"""Reads the rollups of all checks between two instants, check by check."""


@dataclass(slots=True)
class Latencies:
    """What is known about the latency of some looks; adds up exactly."""

    count: int = 0
    failures: int = 0
    sum_us: int = 0
    min_us: int | None = None
    max_us: int | None = None
    histogram: LatencyHistogram = field(default_factory=LatencyHistogram)

    def look(self, outcome: int, latency_us: int | None) -> None:
        """Add one look. One that says nothing about the service is not counted."""
        if outcome == Outcome.INCONCLUSIVE:
            return
        self.count += 1
        self.failures += outcome == Outcome.FAIL
        if latency_us is not None:
            self.sum_us += latency_us
            self._extend(latency_us, latency_us)
            self.histogram.add(latency_us)

    def add(self, row: Rollup) -> None:
        """Add the looks of a rollup."""
        count, failures, sum_us, min_us, max_us, encoded = row
        self.count += count
        self.failures += failures
        if min_us is not None and max_us is not None:
            self.sum_us += sum_us
            self._extend(min_us, max_us)
            self.histogram.merge(LatencyHistogram.from_bytes(encoded))

    def quantile_ms(self, quantile: float) -> float | None:
        """The latency below which a share of the looks lies, never beyond the extremes seen."""
        found_us = self.histogram.quantile_us(quantile)
        if found_us is None or self.min_us is None or self.max_us is None:
            return None
        return to_ms(min(max(found_us, self.min_us), self.max_us))

    def _extend(self, low_us: int, high_us: int) -> None:
        if self.min_us is None or low_us < self.min_us:
            self.min_us = low_us
        if self.max_us is None or high_us > self.max_us:
            self.max_us = high_us


@dataclass(frozen=True, slots=True)
class _Stretch:
    """A part of a window and the floor it is read from; None for single looks."""

    floor: Floor | None
    start_ms: int
    end_ms: int


@dataclass(frozen=True, slots=True)
class _Rolled:
    """Where the rollups end: those of days, and all others."""

    days_ms: int
    until_ms: int


def series(
    connection: Connection, check_key: int, start_ms: int, end_ms: int, points: int
) -> list[SeriesPoint]:
    """See `queries.Reader.series`."""
    slices: defaultdict[int, Latencies] = defaultdict(Latencies)
    width_ms = (end_ms - start_ms) / points
    for stretch in _stretches(connection, check_key, start_ms, end_ms, width_ms):
        if stretch.floor is None:
            for at_ms, outcome, latency_us in _looks(connection, check_key, stretch):
                index = int((at_ms - start_ms) / width_ms)
                slices[index].look(outcome, latency_us)
            continue
        for bucket_ms, row in _buckets(connection, check_key, stretch.floor, stretch):
            for index in _slices_of(bucket_ms - start_ms, stretch.floor, width_ms, points):
                slices[index].add(row)
    return [
        _point(round(start_ms + index * width_ms), slices.get(index)) for index in range(points)
    ]


def summaries(connection: Connection, start_ms: int, end_ms: int) -> dict[int, LatencySummary]:
    """See `queries.Reader.summaries`."""
    rolled = _rolled(connection)
    short = end_ms - start_ms <= _LONGEST_RAW_SUMMARY_MS
    if rolled is None or (short and _raw_is_kept(connection, end_ms)):
        return _exact_summaries(connection, start_ms, end_ms)
    found: defaultdict[int, Latencies] = defaultdict(Latencies)
    for check_key, rollup in _rolled_up(connection, start_ms, end_ms, rolled):
        found[check_key].add(rollup)
    for check_key, outcome, latency_us in _looks_of_all(
        connection, max(start_ms, rolled.until_ms), end_ms
    ):
        found[check_key].look(outcome, latency_us)
    return {check_key: _summary(latencies) for check_key, latencies in found.items()}


def summary(connection: Connection, check_key: int, start_ms: int, end_ms: int) -> LatencySummary:
    """See `queries.Reader.summary`."""
    found = Latencies()
    width_ms = (end_ms - start_ms) / _SUMMARY_PARTS
    for stretch in _stretches(connection, check_key, start_ms, end_ms, width_ms):
        if stretch.floor is None:
            for _, outcome, latency_us in _looks(connection, check_key, stretch):
                found.look(outcome, latency_us)
            continue
        for _, row in _buckets(connection, check_key, stretch.floor, stretch):
            found.add(row)
    return _summary(found)


def _exact_summaries(
    connection: Connection, start_ms: int, end_ms: int
) -> dict[int, LatencySummary]:
    """Summaries of single looks: their own percentiles.

    SQLite gathers the latencies of a check into one text, which costs half of fetching each row.
    """
    rows = connection.execute(
        "SELECT check_key, count(*), sum(outcome = ?), coalesce(group_concat(latency_us), '') "
        "FROM metrics WHERE at_ms >= ? AND at_ms < ? AND outcome <> ? GROUP BY check_key",
        (int(Outcome.FAIL), start_ms, end_ms, int(Outcome.INCONCLUSIVE)),
    ).fetchall()
    return {
        check_key: _exact_summary(count, failures, sorted(map(int, latencies_us.split(","))))
        if latencies_us
        else LatencySummary(count, failures)
        for check_key, count, failures, latencies_us in rows
    }


def _exact_summary(count: int, failures: int, ascending_us: list[int]) -> LatencySummary:
    def rank_ms(quantile: float) -> float:
        rank = max(1, math.ceil(quantile * len(ascending_us)))
        return ascending_us[rank - 1] / 1_000

    return LatencySummary(
        count=count,
        failures=failures,
        min_ms=ascending_us[0] / 1_000,
        p50_ms=rank_ms(0.5),
        p95_ms=rank_ms(0.95),
        p99_ms=rank_ms(0.99),
        max_ms=ascending_us[-1] / 1_000,
    )


def _stretches(
    connection: Connection, check_key: int, start_ms: int, end_ms: int, width_ms: float
) -> Iterator[_Stretch]:
    """The parts of a window: coarse where only that was kept, single looks at its end.

    Yields them from the newest to the oldest.
    """
    rolled = _rolled(connection)
    narrow = width_ms < Floor.MINUTE.length_ms and end_ms - start_ms <= _LONGEST_RAW_SERIES_MS
    if rolled is None or narrow:
        yield _Stretch(None, start_ms, end_ms)
        return
    if rolled.until_ms < end_ms:
        yield _Stretch(None, max(rolled.until_ms, start_ms), end_ms)
    until_ms = min(rolled.until_ms, end_ms)
    if _floor_for(width_ms) is Floor.DAY and rolled.days_ms < until_ms:
        yield _Stretch(Floor.HOUR, max(rolled.days_ms, start_ms), until_ms)
        until_ms = rolled.days_ms
    floors = [floor for floor in Floor if floor >= _floor_for(width_ms)]
    for floor, coarser in zip(floors, [*floors[1:], None], strict=True):
        oldest_ms = _oldest(connection, check_key, floor)
        if oldest_ms is None:
            continue
        changeover_ms = _changeover_ms(connection, check_key, oldest_ms, coarser)
        from_ms = max(start_ms, oldest_ms if changeover_ms is None else changeover_ms)
        if from_ms < until_ms:
            yield _Stretch(floor, from_ms, until_ms)
            until_ms = from_ms
        if changeover_ms is None or until_ms <= start_ms:
            return


def _changeover_ms(
    connection: Connection, check_key: int, oldest_ms: int, coarser: Floor | None
) -> int | None:
    """From where on backwards a coarser floor tells more than the finer one.

    Args:
        connection: The store.
        check_key: The check.
        oldest_ms: The oldest bucket of the finer floor.
        coarser: The floor above it, or None.

    Returns:
        The first bucket border of the coarser floor that the finer one reaches, or None when the
        coarser floor goes no further back: its oldest bucket then holds the same looks again.
    """
    if coarser is None:
        return None
    further_ms = _oldest(connection, check_key, coarser)
    if further_ms is None or further_ms >= coarser.start_ms(oldest_ms):
        return None
    return coarser.start_ms(oldest_ms - 1) + coarser.length_ms


def _floor_for(width_ms: float) -> Floor:
    fitting = [floor for floor, least_ms in _NARROWEST_SLICE_MS.items() if least_ms <= width_ms]
    return max(fitting, default=Floor.MINUTE)


def _slices_of(offset_ms: int, floor: Floor, width_ms: float, points: int) -> Iterable[int]:
    """The slices that a bucket belongs to: the one it starts in, or all that lie inside it."""
    first = offset_ms / width_ms
    if floor.length_ms <= width_ms:
        return (int(first),) if 0 <= first < points else ()
    last = (offset_ms + floor.length_ms) / width_ms
    return range(max(0, round(first)), min(points, round(last)))


def _looks(
    connection: Connection, check_key: int, stretch: _Stretch
) -> list[tuple[int, int, int | None]]:
    return connection.execute(
        "SELECT at_ms, outcome, latency_us FROM metrics "
        "WHERE at_ms >= ? AND at_ms < ? AND check_key = ?",
        (stretch.start_ms, stretch.end_ms, check_key),
    ).fetchall()


def _looks_of_all(connection: Connection, start_ms: int, end_ms: int) -> list[_Look]:
    return connection.execute(
        "SELECT check_key, outcome, latency_us FROM metrics WHERE at_ms >= ? AND at_ms < ?",
        (start_ms, end_ms),
    ).fetchall()


def _buckets(
    connection: Connection, check_key: int, floor: Floor, stretch: _Stretch
) -> Iterator[tuple[int, Rollup]]:
    rows = connection.execute(
        "SELECT start_ms, count, failures, sum_us, min_us, max_us, histogram FROM rollups "
        "WHERE floor = ? AND check_key = ? AND start_ms >= ? AND start_ms < ?",
        (int(floor), check_key, floor.start_ms(stretch.start_ms), stretch.end_ms),
    ).fetchall()
    return ((row[0], row[1:]) for row in rows)


def _rolled_up(
    connection: Connection, start_ms: int, end_ms: int, rolled: _Rolled
) -> Iterator[tuple[int, Rollup]]:
    """Rollups of all checks that together cover a window, its start rounded to the hour.

    Whole days are read from days, and so is today as far as it has been rolled up.
    """
    first_hour_ms = Floor.HOUR.start_ms(start_ms)
    first_day_ms = Floor.DAY.start_ms(start_ms - 1) + Floor.DAY.length_ms
    last_day_ms = rolled.days_ms if end_ms >= rolled.days_ms else Floor.DAY.start_ms(end_ms)
    last_hour_ms = min(end_ms, rolled.until_ms)
    parts = [(Floor.HOUR, first_hour_ms, last_hour_ms)]
    if first_day_ms < last_day_ms:
        parts = [
            (Floor.HOUR, first_hour_ms, first_day_ms),
            (Floor.DAY, first_day_ms, last_day_ms),
            (Floor.HOUR, last_day_ms, last_hour_ms),
        ]
    for floor, from_ms, until_ms in parts:
        rows = connection.execute(SELECT_ROLLUPS_OF_ALL, (int(floor), from_ms, until_ms)).fetchall()
        for row in rows:
            yield row[0], row[1:]


def _rolled(connection: Connection) -> _Rolled | None:
    """Where the rollups end; None where nothing was rolled up yet."""
    until_ms = mark(connection, Mark.ROLLED)
    if until_ms is None:
        return None
    days_ms = mark(connection, WHOLE_DAYS)
    return _Rolled(until_ms if days_ms is None else days_ms, until_ms)


def _raw_is_kept(connection: Connection, end_ms: int) -> bool:
    """Whether single looks are still kept of a window that ends then."""
    oldest_ms = connection.execute("SELECT min(at_ms) FROM metrics").fetchone()[0]
    return oldest_ms is not None and bool(oldest_ms < end_ms)


def _oldest(connection: Connection, check_key: int, floor: Floor) -> int | None:
    row = connection.execute(
        "SELECT min(start_ms) FROM rollups WHERE floor = ? AND check_key = ?",
        (int(floor), check_key),
    ).fetchone()
    oldest_ms: int | None = row[0]
    return oldest_ms


def _point(at_ms: int, latencies: Latencies | None) -> SeriesPoint:
    if latencies is None:
        return SeriesPoint(at_ms, None, None, None, 0, 0)
    return SeriesPoint(
        at_ms,
        latencies.quantile_ms(0.5),
        latencies.quantile_ms(0.95),
        to_ms(latencies.max_us),
        latencies.count,
        latencies.failures,
    )


def _summary(latencies: Latencies) -> LatencySummary:
    return LatencySummary(
        count=latencies.count,
        failures=latencies.failures,
        min_ms=to_ms(latencies.min_us),
        p50_ms=latencies.quantile_ms(0.5),
        p95_ms=latencies.quantile_ms(0.95),
        p99_ms=latencies.quantile_ms(0.99),
        max_ms=to_ms(latencies.max_us),
    )
