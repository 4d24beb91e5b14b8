"""What a way of keeping services awake would have cost and saved, on real logs of visits.

The method: logs are laid over one calendar, aligned by weekday; six weeks to learn from, then the
weeks that count, in months of 30 days that each have the whole budget. Where the budget is used up
all services are suspended until the month ends, and visits are refused.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from math import inf

from sentinel_tui.domain.keepalive.planner import Plan, Purse, make_plan
from sentinel_tui.domain.keepalive.rhythm import DEFAULT, learn
from sentinel_tui.domain.keepalive.use import (
    HOUR_S,
    HOURS_A_WEEK,
    IDLE_S,
    TICK_S,
    Hour,
    Tick,
    hours,
    ticks,
)

TRAINING_WEEKS = 6
MONTH_DAYS = 30
_RESERVE = 0.005
"""Share of the budget kept back: here, unlike in life, every hour is counted exactly."""
_DAY_S = 86_400.0
_WEEK_S = 7 * _DAY_S
_REPLAN_S = 6 * HOUR_S
_NO_PLAN_YET = Plan(inf, {}, 0.0, 0.0)


@dataclass(frozen=True, slots=True)
class Tally:
    """What came of a policy.

    Attributes:
        sessions: Visits.
        cold: How many met a sleeping service.
        refused: How many met a suspended one.
        hours_per_month: Instance-hours in 30 days, on average.
    """

    sessions: int
    cold: int
    refused: int
    hours_per_month: float


@dataclass(slots=True)
class _Service:
    """One service in the course of a simulation."""

    awake_until_s: float = 0.0
    last_s: float | None = None
    kept: bool = False


@dataclass(slots=True)
class _Run:
    """What has happened so far."""

    budget_h: float
    services: dict[str, _Service]
    used_h: float = 0.0
    total_h: float = 0.0
    sessions: int = 0
    cold: int = 0
    refused: int = 0
    plan: Plan = _NO_PLAN_YET

    @property
    def suspended(self) -> bool:
        return self.used_h >= self.budget_h


_Policy = Callable[[_Run, str, Tick], bool]
"""Whether a service is to be kept awake through a tick."""


def simulate(
    events_s: Mapping[str, Sequence[float]], weeks: int, budget_h: float
) -> dict[str, Tally]:
    """Try the plan and the usual ways out on the same visits.

    Args:
        events_s: Of each service, when it was used: seconds since a Monday at midnight, ascending.
        weeks: How many weeks they cover, the training weeks among them.
        budget_h: Instance-hours a month for all of them.

    Returns:
        By policy: `plan`, `always_on` and `fixed_hours` (8 to 18 on week-days).

    Raises:
        ValueError: There are too few weeks to learn from and to count.
    """
    if weeks <= TRAINING_WEEKS:
        raise ValueError(
            f"{weeks} weeks are too few: {TRAINING_WEEKS} to learn from, and at least one to count"
        )
    use = {name: hours(times, 0.0, weeks * _WEEK_S, 0) for name, times in events_s.items()}
    policies: dict[str, _Policy] = {
        "plan": _by_plan,
        "always_on": lambda run, name, tick: True,
        "fixed_hours": lambda run, name, tick: _office_hours(tick),
    }
    return {
        name: _simulate(events_s, use, weeks, budget_h, policy) for name, policy in policies.items()
    }


def _simulate(
    events_s: Mapping[str, Sequence[float]],
    use: Mapping[str, Sequence[Hour]],
    weeks: int,
    budget_h: float,
    policy: _Policy,
) -> Tally:
    start_s, end_s = TRAINING_WEEKS * _WEEK_S, weeks * _WEEK_S
    run = _Run(budget_h, {name: _Service() for name in events_s})
    courses = [ticks(times, start_s, end_s) for times in events_s.values()]
    for moment in zip(*courses, strict=True):
        passed_s = moment[0].start_s - start_s
        if passed_s % (MONTH_DAYS * _DAY_S) == 0:
            run.used_h = 0.0
        if policy is _by_plan and passed_s % _REPLAN_S == 0:
            run.plan = _replan(run, use, moment[0].start_s, passed_s)
        for name, tick in zip(events_s, moment, strict=True):
            _live(run, name, tick, policy)
    months = (end_s - start_s) / (MONTH_DAYS * _DAY_S)
    return Tally(run.sessions, run.cold, run.refused, run.total_h / months)


def _replan(run: _Run, use: Mapping[str, Sequence[Hour]], now_s: float, passed_s: float) -> Plan:
    known = {name: course[: int(now_s // HOUR_S)] for name, course in use.items()}
    days_left = MONTH_DAYS - passed_s % (MONTH_DAYS * _DAY_S) / _DAY_S
    purse = Purse(run.budget_h, run.used_h, days_left, _RESERVE)
    rhythms = {name: learn(course, prior=DEFAULT) for name, course in known.items()}
    return make_plan(known, rhythms, purse)


def _live(run: _Run, name: str, tick: Tick, policy: _Policy) -> None:
    """Let five minutes of one service pass."""
    service, end_s = run.services[name], tick.start_s + TICK_S
    suspended = run.suspended
    if not suspended:
        service.kept = policy(run, name, tick)
        if service.kept and service.awake_until_s < end_s:
            service.awake_until_s = tick.start_s + IDLE_S
    for event_s in tick.events_s:
        if service.last_s is None or event_s - service.last_s > IDLE_S:
            run.sessions += 1
            run.refused += suspended
            run.cold += not suspended and service.awake_until_s <= event_s
        service.last_s = event_s
        if not suspended:
            service.awake_until_s = max(service.awake_until_s, event_s + IDLE_S)
    if not suspended:
        spent_h = max(0.0, min(service.awake_until_s, end_s) - tick.start_s) / HOUR_S
        run.used_h += spent_h
        run.total_h += spent_h


def _by_plan(run: _Run, name: str, tick: Tick) -> bool:
    cell = int(tick.start_s // HOUR_S) % HOURS_A_WEEK
    return run.plan.keeps_awake(name, cell, tick.recency, kept=run.services[name].kept)


def _office_hours(tick: Tick) -> bool:
    cell = int(tick.start_s // HOUR_S) % HOURS_A_WEEK
    return cell // 24 < 5 and 8 <= cell % 24 < 18
