"""The usual latency of each check at each hour of the week, learnt from the hours that are over.

A slot (`baseline.slot`, in UTC) is learnt anew from the same hours of the last fortnight whenever
one of its hours ends, so that each pass reads little.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby
from operator import itemgetter
from typing import Any

from sentinel_tui.domain.monitoring.baseline import slot
from sentinel_tui.domain.stats.histogram import LatencyHistogram
from sentinel_tui.store.database import Database, Value
from sentinel_tui.store.layout import DAY_MS, HOUR_MS, Floor, Mark
from sentinel_tui.store.marks import read_mark, set_mark

LEARNT_DAYS = 14
"""A slot is learnt from so many days back: older habits are no habits."""


def learn_usual(db: Database, now_ms: int) -> None:
    """Learn from every hour that ended and was rolled up since the last pass.

    Args:
        db: The store.
        now_ms: The instant of the pass.
    """
    until_ms = Floor.HOUR.start_ms(min(now_ms, read_mark(db, Mark.ROLLED) or 0))
    oldest_ms = until_ms - LEARNT_DAYS * DAY_MS
    learnt_ms = max(read_mark(db, Mark.LEARNED) or 0, oldest_ms)
    ended = {slot(start_ms) for start_ms in range(learnt_ms, until_ms, HOUR_MS)}
    if not ended:
        return
    hours: dict[int, list[int]] = {one: [] for one in ended}
    for start_ms in range(oldest_ms, until_ms, HOUR_MS):
        if slot(start_ms) in ended:
            hours[slot(start_ms)].append(start_ms)
    for one, starts_ms in hours.items():
        db.write("DELETE FROM usual_latencies WHERE slot = ?", (one,))
        db.write_many(
            "INSERT INTO usual_latencies (check_key, slot, median_us, days) VALUES (?, ?, ?, ?)",
            _learnt(_histograms(db, starts_ms), one),
        )
    set_mark(db, Mark.LEARNED, until_ms)


def load_usual(db: Database) -> dict[int, dict[int, tuple[float, int]]]:
    """What is usual: of each check's key and each slot, the median in ms and from how many days."""
    usual: dict[int, dict[int, tuple[float, int]]] = {}
    for check_key, one, median_us, days in db.rows(
        "SELECT check_key, slot, median_us, days FROM usual_latencies"
    ):
        usual.setdefault(check_key, {})[one] = (median_us / 1_000, days)
    return usual


def _histograms(db: Database, starts_ms: list[int]) -> list[tuple[Any, ...]]:
    """Check key and histogram of these hours, check by check."""
    places = ", ".join("?" * len(starts_ms))
    # The join goes from the checks to their rows, along the primary key.
    return db.rows(
        "SELECT r.check_key, r.histogram FROM checks c CROSS JOIN rollups r "  # noqa: S608 (only places)
        f"ON r.floor = ? AND r.check_key = c.key AND r.start_ms IN ({places}) "
        "WHERE NOT c.gone ORDER BY r.check_key",
        (int(Floor.HOUR), *starts_ms),
    )


def _learnt(rows: Iterable[tuple[Any, ...]], one: int) -> Iterator[tuple[Value, ...]]:
    """The rows of one slot: check key, slot, median and days."""
    for check_key, group in groupby(rows, key=itemgetter(0)):
        total, days = LatencyHistogram(), 0
        for _, encoded in group:
            hour = LatencyHistogram.from_bytes(encoded)
            days += hour.count > 0
            total.merge(hour)
        median_us = total.quantile_us(0.5)
        if median_us is not None:
            yield check_key, one, round(median_us), days
