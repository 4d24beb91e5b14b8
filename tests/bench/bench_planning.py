"""What planning costs: a plan for twenty services, and what is learnt of one.

Against sorting as many numbers as there are hours in the past that a plan looks at, in the same
run. Limits: 200 ms for a plan of 20 services with their rhythms; 20 ms for one service and day,
with a day's visits read, its rhythm learnt and its busy hours found anew. Beside it stands a plan
from nothing but twelve weeks of visits to what is shown of it, as after a start.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Mapping, Sequence

from sentinel_tui.domain.keepalive.peaks import profile
from sentinel_tui.domain.keepalive.planner import Plan, Purse, make_plan
from sentinel_tui.domain.keepalive.rhythm import DEFAULT, learn
from sentinel_tui.domain.keepalive.use import HOUR_S, HOURS_A_WEEK, Hour, hours
from sentinel_tui.domain.keepalive.week import record
from sentinel_tui.domain.stats.gamma import quantile

_SERVICES = 20
_WEEKS = 12
_ROUNDS = 5
_VISITS = 200
_END_S = _WEEKS * HOURS_A_WEEK * HOUR_S
_PURSE = Purse(750, 0, 30)


def cost_ms(work: Callable[[], object]) -> float:
    """CPU of one run, the best of some."""
    best_s = float("inf")
    for _ in range(_ROUNDS):
        began_s = time.process_time()
        work()
        best_s = min(best_s, time.process_time() - began_s)
    return best_s * 1_000


def main() -> None:
    """Run it, and print the figures."""
    visits = {f"service-{number}": _visits(number) for number in range(_SERVICES)}
    use = {name: hours(events_s, 0.0, _END_S, 0) for name, events_s in visits.items()}
    rhythms = {name: learn(course, prior=DEFAULT) for name, course in use.items()}
    luck = random.Random(0)  # noqa: S311 (play, not secrecy)
    numbers = [luck.random() for _ in range(_SERVICES * _WEEKS * HOURS_A_WEEK)]
    name, events_s = next(iter(visits.items()))
    figures = {
        f"sorting {len(numbers):,} numbers": cost_ms(lambda: sorted(numbers)),
        "hours of one service, 12 weeks": cost_ms(lambda: hours(events_s, 0.0, _END_S, 0)),
        "rhythm of one service": cost_ms(lambda: learn(use[name], prior=DEFAULT)),
        "busy hours of one service": cost_ms(lambda: profile(use[name])),
        "one service and day": cost_ms(lambda: _another_day(events_s, use[name])),
        f"plan of {_SERVICES} services": cost_ms(lambda: make_plan(use, rhythms, _PURSE)),
        f"plan of {_SERVICES} with their rhythms": cost_ms(lambda: _plan(use)),
        f"plan of {_SERVICES}, from their visits": cost_ms(lambda: _whole_plan(visits)),
    }
    reference_ms = next(iter(figures.values()))
    for what, figure_ms in figures.items():
        print(f"{what:<32} {figure_ms:8.1f} ms {figure_ms / reference_ms:7.2f}x")


def _another_day(events_s: Sequence[float], course: Sequence[Hour]) -> None:
    """What a day more of one service costs."""
    lately = [*course[:-24], *hours(events_s, _END_S - 86_400, _END_S, 6 * 24)]
    learn(lately, prior=DEFAULT)
    quantile.cache_clear()
    profile(lately)


def _plan(use: Mapping[str, Sequence[Hour]]) -> Plan:
    return make_plan(
        use, {name: learn(course, prior=DEFAULT) for name, course in use.items()}, _PURSE
    )


def _whole_plan(visits: Mapping[str, Sequence[float]]) -> None:
    quantile.cache_clear()
    use = {name: hours(events_s, 0.0, _END_S, 0) for name, events_s in visits.items()}
    plan = _plan(use)
    profiles = {name: profile(course) for name, course in use.items()}
    record(plan, use, _PURSE, made_ms=0, reason="daily", told=None, profiles=profiles)


def _visits(seed: int) -> list[float]:
    luck = random.Random(seed)  # noqa: S311 (play, not secrecy)
    return sorted(luck.uniform(0, _END_S) for _ in range(_VISITS))


if __name__ == "__main__":
    main()
