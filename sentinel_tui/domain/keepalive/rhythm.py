"""When a service will be visited: the rate of visits by hour of the week and by recent use.

What is estimated is the value of an hour awake: how many visits would meet a cold start in an hour
in which the service sleeps. It is a Gamma-Poisson rate by hour of the week, shrunk towards the
profile of week-days and week-ends, times a factor for how long ago the last use was.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sentinel_tui.domain.keepalive.use import HOUR_S, HOURS_A_WEEK, RECENCIES, Hour

_HALF_LIFE_WEEKS = 4.0
_MOST_HOURS = 12 * HOURS_A_WEEK
_PRIOR_HOURS = 2.0
"""How many hours of evidence the wider profile counts for."""
_PRIOR_VISITS = 5.0
"""How many visits of evidence stand behind "recent use makes no difference"."""
_FIRST_WEEKEND_CELL = 5 * 24
_PROFILE = 48


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


def learn(hours: Sequence[Hour]) -> Rhythm:
    """The rhythm in a service's hours, oldest first; the newest end now.

    Weights halve every four weeks, so that a new habit replaces an old one; what is older than
    twelve weeks no longer counts.
    """
    hours = hours[-_MOST_HOURS:]
    exposed_h, visits = [0.0] * HOURS_A_WEEK, [0.0] * HOURS_A_WEEK
    for age, hour in enumerate(reversed(hours), start=1):
        weight = 0.5 ** (age / HOURS_A_WEEK / _HALF_LIFE_WEEKS)
        exposed_h[hour.cell] += weight * sum(hour.asleep_s) / HOUR_S
        visits[hour.cell] += weight * sum(hour.visits)
    rates = _shrunk(exposed_h, visits)
    return Rhythm(rates, _recency_factors(hours, rates), len(hours) / HOURS_A_WEEK)


def _shrunk(exposed_h: Sequence[float], visits: Sequence[float]) -> tuple[float, ...]:
    profile_h, profile_visits = [0.0] * _PROFILE, [0.0] * _PROFILE
    for cell in range(HOURS_A_WEEK):
        profile_h[_profile_cell(cell)] += exposed_h[cell]
        profile_visits[_profile_cell(cell)] += visits[cell]
    profile = [
        (profile_visits[cell] + _PRIOR_HOURS * _mean_rate(profile_h, profile_visits, cell))
        / (profile_h[cell] + _PRIOR_HOURS)
        for cell in range(_PROFILE)
    ]
    return tuple(
        (visits[cell] + _PRIOR_HOURS * profile[_profile_cell(cell)])
        / (exposed_h[cell] + _PRIOR_HOURS)
        for cell in range(HOURS_A_WEEK)
    )


def _profile_cell(cell: int) -> int:
    """The hour of a week-day or of a week-end day that an hour of the week is."""
    return cell % 24 + (24 if cell >= _FIRST_WEEKEND_CELL else 0)


def _mean_rate(profile_h: Sequence[float], visits: Sequence[float], cell: int) -> float:
    """Visits an hour over all hours of the same kind of day."""
    first = cell // 24 * 24
    hours = sum(profile_h[first : first + 24])
    return sum(visits[first : first + 24]) / hours if hours else 0.0


def _recency_factors(hours: Sequence[Hour], rates: Sequence[float]) -> tuple[float, ...]:
    observed, expected = [0.0] * RECENCIES, [0.0] * RECENCIES
    for hour in hours:
        rate = rates[hour.cell] / HOUR_S
        for recency, asleep_s in enumerate(hour.asleep_s):
            expected[recency] += asleep_s * rate
            observed[recency] += hour.visits[recency]
    return tuple(
        (seen + _PRIOR_VISITS) / (wanted + _PRIOR_VISITS)
        for seen, wanted in zip(observed, expected, strict=True)
    )
