"""What a judgement costs: state and alerts of one observation, and 1,000 services at once.

CPU time of this process. Each figure also stands beside that of a plain loop which only keeps the
last outcome of each check in a dict, timed in the same run, so that it can be compared from machine
to machine.

    python tests/bench/bench_judging.py [--services 1000] [--rounds 7]
"""

from __future__ import annotations

import argparse
import random
import statistics
import time
from collections.abc import Callable, Sequence

from sentinel_tui.domain.monitoring.dependencies import Parent, root_of, ruling
from sentinel_tui.domain.monitoring.judgement import judge
from sentinel_tui.domain.monitoring.observations import (
    Certificate,
    FailurePhase,
    Observation,
    Outcome,
    PhaseTimings,
)
from sentinel_tui.domain.monitoring.states import CheckState, State, Thresholds

OBSERVATION_LIMIT_US = 50.0
TICK_LIMIT_MS = 60.0

INTERVAL_MS = 30_000
START_MS = 1_800_000_000_000
DAY_MS = 86_400_000
FAN_OUT = 10
"""How many services depend on each parent."""
CERTIFICATE = Certificate("ab" * 32, "example.org", "CA", START_MS - DAY_MS, START_MS + 90 * DAY_MS)
RULES = Thresholds(usual_ms=200.0)


def looks(count: int, seed: int) -> list[Observation]:
    """Looks at one check: mostly well, with slow stretches, blips and outages of many cycles."""
    dice = random.Random(seed)  # noqa: S311 # a benchmark, not a secret
    seen: list[Observation] = []
    kind, left = Outcome.OK, 0
    for number in range(count):
        if left == 0:
            kind = dice.choices((Outcome.OK, Outcome.SLOW, Outcome.FAIL), (90, 5, 5))[0]
            left = dice.randint(1, 30)
        left -= 1
        seen.append(look(START_MS + number * INTERVAL_MS, kind, dice.uniform(50, 400)))
    return seen


def look(at_ms: int, outcome: Outcome, latency_ms: float) -> Observation:
    """One look, as a probe gives it."""
    failed = outcome is Outcome.FAIL
    took_ms = latency_ms * 12 if outcome is Outcome.SLOW else latency_ms
    return Observation(
        at_ms=at_ms,
        outcome=outcome,
        timings=PhaseTimings(2.0, 8.0, 20.0, took_ms - 40.0, 10.0, took_ms),
        latency_ms=None if failed else took_ms,
        phase=FailurePhase.CONNECT if failed else None,
        error="connection refused" if failed else "",
        certificate=None if failed else CERTIFICATE,
    )


def kept_s(seen: Sequence[Observation]) -> float:
    """The reference: remember of each look whether it was good, and nothing else."""
    last: dict[str, tuple[int, bool]] = {}
    begin = time.process_time()
    for one in seen:
        last["http"] = (one.at_ms, one.good)
    return time.process_time() - begin


def judged_s(seen: Sequence[Observation]) -> float:
    """State and alerts of the same looks, a service of two checks."""
    states = {"http": CheckState(), "tls": CheckState(verdict=State.UP)}
    begin = time.process_time()
    for one in seen:
        states["http"] = judge("shop", "http", states, one, RULES).state
    return time.process_time() - begin


class Fleet:
    """Services in a tree, each with one check; a parent for every ten."""

    def __init__(self, count: int) -> None:
        self.names = [f"service-{number}" for number in range(count)]
        self.depends_on = {
            name: (self.names[(number - 1) // FAN_OUT],) if number else ()
            for number, name in enumerate(self.names)
        }
        self.states = {name: CheckState() for name in self.names}

    def tick(self, seen: Sequence[Observation]) -> float:
        """Seconds to judge a look at every service by its parents, and find each failure's root."""
        begin = time.process_time()
        for name, one in zip(self.names, seen, strict=True):
            failing_ms = self.states[name].first_failure_ms or one.at_ms
            parents = [self._parent(parent) for parent in self.depends_on[name]]
            said = ruling(parents, failing_ms, one.at_ms)
            judged = judge(name, "http", {"http": self.states[name]}, one, RULES, ruling=said)
            self.states[name] = judged.state
            if judged.state.verdict is State.DOWN:
                root_of(name, self.depends_on, self._is_down)
        return time.process_time() - begin

    def _parent(self, name: str) -> Parent:
        state = self.states[name]
        return Parent(name, state.state, state.verdict, state.last_ms)

    def _is_down(self, name: str) -> bool:
        return self.states[name].verdict is State.DOWN


def tick_s(services: int) -> tuple[float, float]:
    """The median and the worst tick of a fleet of which a fifth comes to fail with its parents.

    The worst is the first: every service is seen for the first time, so every state changes.
    """
    fleet = Fleet(services)
    failing = {name for name in fleet.names if name.endswith(("1", "9"))}
    times = []
    for number in range(40):
        at_ms = START_MS + number * INTERVAL_MS
        bad = number >= 10
        times.append(
            fleet.tick(
                [
                    look(at_ms, Outcome.FAIL if bad and name in failing else Outcome.OK, 120.0)
                    for name in fleet.names
                ]
            )
        )
    return statistics.median(times), max(times)


def best(measure: Callable[[], float], rounds: int) -> float:
    """The least of several rounds, which other work on the machine disturbed least."""
    return min(measure() for _ in range(rounds))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--services", type=int, default=1_000)
    parser.add_argument("--looks", type=int, default=20_000)
    parser.add_argument("--rounds", type=int, default=7)
    options = parser.parse_args()

    seen = looks(options.looks, seed=7)
    reference_us = best(lambda: kept_s(seen), options.rounds) / len(seen) * 1e6
    judged_us = best(lambda: judged_s(seen), options.rounds) / len(seen) * 1e6
    print(f"reference, a dict update            {reference_us:8.3f} us an observation")
    print(
        f"state and alerts                    {judged_us:8.2f} us an observation"
        f"   {judged_us / reference_us:7.1f} times the reference"
        f"   limit {OBSERVATION_LIMIT_US:.0f} us"
    )
    median_s, worst_s = min(tick_s(options.services) for _ in range(3))
    plain_s = reference_us / 1e6 * options.services
    print(
        f"{options.services:,} services, a tick: median       {median_s * 1e3:8.2f} ms, "
        f"worst {worst_s * 1e3:.2f} ms   {median_s / plain_s:7.1f} times the reference"
        f"   limit {TICK_LIMIT_MS:.0f} ms"
    )


if __name__ == "__main__":
    main()
