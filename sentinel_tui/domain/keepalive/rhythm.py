"""When a service will be visited: the rate of visits by hour of the week and by recent use.

What is estimated is the value of an hour awake: how many visits would meet a cold start in an hour
in which the service sleeps. It is a Gamma-Poisson rate by hour of the week, shrunk towards the
profile of week-days and week-ends, times a factor for how long ago the last use was.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sentinel_tui.domain.keepalive.use import (
    DAY_CELLS,
    FIRST_WEEKEND_CELL,
    HOUR_S,
    HOURS_A_WEEK,
    RECENCIES,
    Hour,
    day_cell,
)

_HALF_LIFE_WEEKS = 4.0
_MOST_HOURS = 12 * HOURS_A_WEEK
_PRIOR_HOURS = 2.0
"""How many hours of evidence the wider profile counts for."""
_PRIOR_VISITS = 5.0
"""How many visits of evidence stand behind "recent use makes no difference"."""
_PRIOR_HEIGHT = 1.0
"""How many visits of evidence stand behind the height of a prior rhythm."""
_KINDS_OF_DAY = (slice(0, FIRST_WEEKEND_CELL), slice(FIRST_WEEKEND_CELL, HOURS_A_WEEK))


@dataclass(frozen=True, slots=True)
class Rhythm:
    """How a service is visited.

    Attributes:
        rates: Visits an hour while asleep, by hour of the week.
        recency: By what the rate is multiplied, by class of time since the last use.
        weeks: How many weeks it was learnt from.
    """

    rates: tuple[float, ...]
    recency: tuple[float, ...]
    weeks: float

    def value(self, cell: int, recency: int) -> float:
        """Expected visits that an hour awake saves from a cold start."""
        return self.rates[cell] * self.recency[recency]


_AWAKE_DAY = (
    *(0.020, 0.010, 0.005, 0.005, 0.005, 0.005, 0.010, 0.025),
    *(0.070, 0.080, 0.085, 0.090, 0.095, 0.090, 0.085, 0.090),
    *(0.100, 0.110, 0.120, 0.135, 0.150, 0.140, 0.110, 0.060),
)
"""Visits an hour by hour of the day: people are awake from 8 to 23, and free in the evening."""

DEFAULT = Rhythm(_AWAKE_DAY * 7, (1.0,) * RECENCIES, 0.0)
"""What is expected of a service of which nothing is known: somebody comes twice a day or less."""


def learn(hours: Sequence[Hour], *, prior: Rhythm | None = None) -> Rhythm:
    """The rhythm in a service's hours, oldest first; the newest end now.

    Weights halve every four weeks, so that a new habit replaces an old one; what is older than
    twelve weeks no longer counts.

    Args:
        hours: The hours.
        prior: What to expect before there is much to learn from. It lends the shape of its days,
            while the number of visits is soon the service's own.
    """
    hours = hours[-_MOST_HOURS:]
    exposed_h, visits = [0.0] * HOURS_A_WEEK, [0.0] * HOURS_A_WEEK
    for age, hour in enumerate(reversed(hours), start=1):
        weight = 0.5 ** (age / HOURS_A_WEEK / _HALF_LIFE_WEEKS)
        exposed_h[hour.cell] += weight * sum(hour.asleep_s) / HOUR_S
        visits[hour.cell] += weight * sum(hour.visits)
    expected = _day_means(exposed_h, visits) if prior is None else _fitted(prior, exposed_h, visits)
    rates = _shrunk(exposed_h, visits, expected)
    return Rhythm(rates, _recency_factors(hours, rates), len(hours) / HOURS_A_WEEK)


def _day_means(exposed_h: Sequence[float], visits: Sequence[float]) -> list[float]:
    """Visits an hour by hour of the week, if all hours of the same kind of day were alike."""
    means: list[float] = []
    for day in _KINDS_OF_DAY:
        hours = sum(exposed_h[day])
        means += [sum(visits[day]) / hours if hours else 0.0] * len(exposed_h[day])
    return means


def _fitted(prior: Rhythm, exposed_h: Sequence[float], visits: Sequence[float]) -> list[float]:
    """Visits an hour by hour of the week, if they followed a rhythm of another height."""
    wanted = sum(rate * hours for rate, hours in zip(prior.rates, exposed_h, strict=True))
    height = (sum(visits) + _PRIOR_HEIGHT) / (wanted + _PRIOR_HEIGHT)
    return [rate * height for rate in prior.rates]


def _shrunk(
    exposed_h: Sequence[float], visits: Sequence[float], expected: Sequence[float]
) -> tuple[float, ...]:
    """Rates by hour of the week, shrunk to the hour of the kind of day, and that to `expected`."""
    profile_h, profile_visits = [0.0] * DAY_CELLS, [0.0] * DAY_CELLS
    for cell in range(HOURS_A_WEEK):
        profile_h[day_cell(cell)] += exposed_h[cell]
        profile_visits[day_cell(cell)] += visits[cell]
    rates: list[float] = []
    for cell in range(HOURS_A_WEEK):
        kind = day_cell(cell)
        usual = (profile_visits[kind] + _PRIOR_HOURS * expected[cell]) / (
            profile_h[kind] + _PRIOR_HOURS
        )
        rates.append((visits[cell] + _PRIOR_HOURS * usual) / (exposed_h[cell] + _PRIOR_HOURS))
    return tuple(rates)


def _recency_factors(hours: Sequence[Hour], rates: Sequence[float]) -> tuple[float, ...]:
    observed, expected = [0.0] * RECENCIES, [0.0] * RECENCIES
    for hour in hours:
        for recency, asleep_s in enumerate(hour.asleep_s):
            if asleep_s:
                expected[recency] += asleep_s * rates[hour.cell] / HOUR_S
        if any(hour.visits):
            observed = [sum(pair) for pair in zip(observed, hour.visits, strict=True)]
    return tuple(
        (seen + _PRIOR_VISITS) / (wanted + _PRIOR_VISITS)
        for seen, wanted in zip(observed, expected, strict=True)
    )
