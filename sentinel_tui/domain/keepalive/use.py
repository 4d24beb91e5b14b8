"""How a service is used, hour by hour: when it would be awake by itself, and when it is visited.

Everything here follows from the visits alone, so that it means the same whether or not somebody
kept the service awake meanwhile: what would have happened to a service that only visitors wake.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache

HOUR_S = 3_600.0
HOURS_A_WEEK = 168
DAY_CELLS = 48
"""Hours of a usual day: 24 of week-days, then 24 of week-end days."""
FIRST_WEEKEND_CELL = 5 * 24

IDLE_S = 900.0
"""A free service falls asleep after this long without traffic; visits further apart are two."""

TICK_S = 300.0
"""How finely sleep is looked at."""

_RECENCY_EDGES_S = (1_800, 3_600, 7_200, 14_400, 28_800, 57_600, 115_200, 230_400)
RECENCIES = len(_RECENCY_EDGES_S) + 1
"""How many classes of time since the last use there are, each twice as long as the one before."""
_NOBODY = (0,) * RECENCIES


@dataclass(frozen=True, slots=True)
class Hour:
    """One hour of one service.

    Attributes:
        cell: The hour of the week: 0 begins Monday at midnight, in the owner's zone.
        awake_s: How long visitors alone kept it awake.
        asleep_s: How long it slept, by time since its last use (`recency`).
        visits: How many visits began, by time since its last use.
    """

    cell: int
    awake_s: float
    asleep_s: tuple[float, ...]
    visits: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Tick:
    """Five minutes of one service.

    Attributes:
        start_s: When they begin.
        awake: Whether visitors alone keep it awake at their beginning.
        recency: How long ago its last use was at their beginning.
        events_s: When it is used in them.
    """

    start_s: float
    awake: bool
    recency: int
    events_s: tuple[float, ...]


def day_cell(cell: int) -> int:
    """The hour of a week-day or of a week-end day that an hour of the week is."""
    return cell % 24 + (24 if cell >= FIRST_WEEKEND_CELL else 0)


def slept_through(cell: int) -> Hour:
    """An hour of which nothing is known: nobody came in it, nor for long before."""
    return _quiet_hour(cell, RECENCIES - 1)


def recency(since_last_s: float | None) -> int:
    """The class of a time since the last use; None, for a service never used, is the last one."""
    if since_last_s is None:
        return RECENCIES - 1
    return bisect_right(_RECENCY_EDGES_S, since_last_s)


def ticks(events_s: Sequence[float], start_s: float, end_s: float) -> Iterator[Tick]:
    """The time from `start_s` to `end_s` in ticks.

    Args:
        events_s: When the service was used, ascending; earlier ones count as its last use.
        start_s: Start of the first tick.
        end_s: End of the last tick.
    """
    index, last_s = 0, None
    while index < len(events_s) and events_s[index] < start_s:
        last_s = events_s[index]
        index += 1
    for number in range(int((end_s - start_s) // TICK_S)):
        begin_s = start_s + number * TICK_S
        since_s = None if last_s is None else begin_s - last_s
        first = index
        while index < len(events_s) and events_s[index] < begin_s + TICK_S:
            index += 1
        yield Tick(
            begin_s,
            since_s is not None and since_s < IDLE_S,
            recency(since_s),
            tuple(events_s[first:index]),
        )
        if index > first:
            last_s = events_s[index - 1]


def hours(events_s: Sequence[float], start_s: float, end_s: float, first_cell: int) -> list[Hour]:
    """The whole hours from `start_s` to `end_s`.

    Args:
        events_s: When the service was used, ascending; earlier ones count as its last use.
        start_s: Start of the first hour.
        end_s: End of the last hour.
        first_cell: The hour of the week at which the first one begins.
    """
    found: list[Hour] = []
    index = bisect_left(events_s, start_s)
    last_s = events_s[index - 1] if index else None
    for number in range(int((end_s - start_s) // HOUR_S)):
        begin_s = start_s + number * HOUR_S
        cell = (first_cell + number) % HOURS_A_WEEK
        first = index
        while index < len(events_s) and events_s[index] < begin_s + HOUR_S:
            index += 1
        if index == first:
            found.append(_unused_hour(cell, None if last_s is None else begin_s - last_s))
            continue
        found.append(_used_hour(cell, begin_s, last_s, events_s[first:index]))
        last_s = events_s[index - 1]
    return found


def _unused_hour(cell: int, since_s: float | None) -> Hour:
    """An hour in which nobody comes, so long after the last use."""
    if since_s is None:
        return slept_through(cell)
    first = recency(since_s)
    if first == recency(since_s + HOUR_S - TICK_S):
        return _quiet_hour(cell, first)
    asleep_s, awake_s = [0.0] * RECENCIES, 0.0
    for number in range(round(HOUR_S / TICK_S)):
        passed_s = since_s + number * TICK_S
        if passed_s < IDLE_S:
            awake_s += TICK_S
        else:
            asleep_s[recency(passed_s)] += TICK_S
    return Hour(cell, awake_s, tuple(asleep_s), _NOBODY)


def _used_hour(cell: int, begin_s: float, last_s: float | None, events_s: Sequence[float]) -> Hour:
    asleep_s, visits, awake_s = [0.0] * RECENCIES, [0] * RECENCIES, 0.0
    earlier_s = () if last_s is None else (last_s,)
    for tick in ticks((*earlier_s, *events_s), begin_s, begin_s + HOUR_S):
        if tick.awake:
            awake_s += TICK_S
        else:
            asleep_s[tick.recency] += TICK_S
        for event_s in tick.events_s:
            since_s = None if last_s is None else event_s - last_s
            if since_s is None or since_s > IDLE_S:
                visits[recency(since_s)] += 1
            last_s = event_s
    return Hour(cell, awake_s, tuple(asleep_s), tuple(visits))


@cache
def _quiet_hour(cell: int, since: int) -> Hour:
    """An hour slept through; most are, so that one object stands for all of them."""
    asleep_s = tuple(HOUR_S if one == since else 0.0 for one in range(RECENCIES))
    return Hour(cell, 0.0, asleep_s, _NOBODY)
