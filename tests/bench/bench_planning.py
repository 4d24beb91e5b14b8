"""What planning costs: a plan for twenty services, and learning one service's rhythm anew.

Against sorting as many numbers as there are hours in the past that a plan looks at, in the same
run. Limits: 200 ms for a plan of 20 services, 20 ms for the rhythm of one.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable

from sentinel_tui.domain.keepalive.planner import Purse, make_plan
from sentinel_tui.domain.keepalive.rhythm import learn
from sentinel_tui.domain.keepalive.use import HOUR_S, HOURS_A_WEEK, Hour, hours

_SERVICES = 20
_WEEKS = 12
_ROUNDS = 5
_VISITS = 200


def cost_ms(work: Callable[[], object]) -> float:
    """CPU of one run, the best of some."""
    best_s = float("inf")
    for _ in range(_ROUNDS):
        began_s = time.process_time()
        work()
        best_s = min(best_s, time.process_time() - began_s)
    return best_s * 1_000


def main() -> None:
    use = {f"service-{number}": _course(number) for number in range(_SERVICES)}
    luck = random.Random(0)  # noqa: S311 (play, not secrecy)
    numbers = [luck.random() for _ in range(_SERVICES * _WEEKS * HOURS_A_WEEK)]
    reference_ms = cost_ms(lambda: sorted(numbers))
    one = next(iter(use.values()))
    rhythm_ms = cost_ms(lambda: learn(one))
    rhythms = {name: learn(course) for name, course in use.items()}
    whole_ms = cost_ms(
        lambda: make_plan(
            use, {name: learn(course) for name, course in use.items()}, Purse(750, 0, 30)
        )
    )
    alone_ms = cost_ms(lambda: make_plan(use, rhythms, Purse(750, 0, 30)))
    print(f"sorting {len(numbers):,} numbers        {reference_ms:8.1f} ms    1.00x")
    for name, figure_ms in (
        ("rhythm of one service, 12 weeks", rhythm_ms),
        (f"plan of {_SERVICES} services", alone_ms),
        (f"plan of {_SERVICES} with their rhythms", whole_ms),
    ):
        print(f"{name:<30} {figure_ms:8.1f} ms {figure_ms / reference_ms:7.2f}x")


def _course(seed: int) -> list[Hour]:
    luck = random.Random(seed)  # noqa: S311 (play, not secrecy)
    end_s = _WEEKS * HOURS_A_WEEK * HOUR_S
    events_s = sorted(luck.uniform(0, end_s) for _ in range(_VISITS))
    return hours(events_s, 0.0, end_s, 0)


if __name__ == "__main__":
    main()
