"""The usual latency of a check at an hour of the week: a seasonal median.

Slots are the hours of the day, apart for weekdays and for the week-end. Each knows the median of
the latencies of its hour and on how many days there were any. A slot with too few days borrows
from the same hour of the other days, then from all hours; medians are combined by their median,
weighted by days, so that one bad day moves nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, tzinfo
from itertools import accumulate

WEEKEND = 24
"""Added to the hour of the day on Saturdays and Sundays."""
LEAST_DAYS = 3
"""A slot speaks for itself from so many days on."""
LEAST_HOURS = 24
"""All slots together speak from so many hours on, which is one whole day."""

_SATURDAY = 5


def slot(at_ms: int, zone: tzinfo = UTC) -> int:
    """The slot of an instant: hour of the day in the zone, plus 24 at the week-end."""
    local = datetime.fromtimestamp(at_ms / 1_000, zone)
    return local.hour + (WEEKEND if local.weekday() >= _SATURDAY else 0)


def usual_ms(
    medians: Mapping[int, tuple[float, int]], at_ms: int, zone: tzinfo = UTC
) -> float | None:
    """What is usual at an instant, in milliseconds; None while too little is known.

    The median of the slot when it is known from at least 3 days; else that of the same hour on
    weekdays and week-ends together, when that makes 3 days; else that of all hours, when they make
    a whole day; else nothing.

    Args:
        medians: Of each slot, its median latency in milliseconds and on how many days it was
            looked at.
        at_ms: The instant.
        zone: The zone in which the slots are meant.
    """
    here = slot(at_ms, zone)
    both = (here % WEEKEND, here % WEEKEND + WEEKEND)
    for slots, least in (((here,), LEAST_DAYS), (both, LEAST_DAYS), (medians, LEAST_HOURS)):
        known = [medians[one] for one in slots if one in medians]
        if sum(days for _, days in known) >= least:
            return _weighted_median(known)
    return None


def _weighted_median(weighted: Iterable[tuple[float, int]]) -> float:
    """The least value at which half of the weight is reached."""
    ordered = sorted(weighted)
    half = sum(weight for _, weight in ordered) / 2
    reached = accumulate(weight for _, weight in ordered)
    return next(
        value for (value, _), weight in zip(ordered, reached, strict=True) if weight >= half
    )
