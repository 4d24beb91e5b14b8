"""The words of the state machine: what a check may be in, and what is remembered of it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class State(StrEnum):
    """What a check or a service is in. The words are stored and shown."""

    UP = "UP"
    DEGRADED = "DEGRADED"
    SUSPECT = "SUSPECT"
    DOWN = "DOWN"
    FLAPPING = "FLAPPING"
    WAKING = "WAKING"
    ASLEEP = "ASLEEP"
    MAINT = "MAINT"
    PAUSED = "PAUSED"
    UNKNOWN = "UNKNOWN"


WORST_FIRST = (
    State.DOWN,
    State.FLAPPING,
    State.SUSPECT,
    State.WAKING,
    State.DEGRADED,
    State.UNKNOWN,
    State.PAUSED,
    State.MAINT,
    State.ASLEEP,
    State.UP,
)
"""How states are ranked where one word must stand for several checks or services."""

HEALTHY = frozenset({State.UP, State.DEGRADED})
"""Verdicts of a check that answers as it should, fast or slow; only these end an alarm."""


@dataclass(frozen=True, slots=True)
class Thresholds:
    """When a verdict changes.

    Attributes:
        burst_s: Fresh looks this many seconds after a cycle's first failure, ascending.
        confirm_cycles: Failed cycles in a row until DOWN.
        recover_cycles: Good cycles in a row until UP again, and
        recover_after_s: the least time those must span.
        slow_cycles: Slow looks until DEGRADED.
        fast_cycles: Fast looks in a row until no longer DEGRADED.
        sleeps_after_s: The service falls asleep after this long without traffic; None: never.
        wake_deadline_s: WAKING for longer is DOWN.
        usual_ms: The seasonal median of latency at this hour; None while too little is known.
        slow_factor: Slower than this many times the usual is slow,
        slow_floor_ms: but never below this.
    """

    burst_s: tuple[float, ...] = (2.0, 5.0, 10.0)
    confirm_cycles: int = 3
    recover_cycles: int = 2
    recover_after_s: float = 60.0
    slow_cycles: int = 3
    fast_cycles: int = 5
    sleeps_after_s: float | None = None
    wake_deadline_s: float = 120.0
    usual_ms: float | None = None
    slow_factor: float = 3.0
    slow_floor_ms: float = 1_500.0


@dataclass(frozen=True, slots=True)
class CheckState:
    """Everything the fold remembers of one check; stored with each observation.

    Attributes:
        verdict: What the confirmed looks say.
        sheet: What lies over the verdict and hides it, or None: PAUSED, MAINT and ASLEEP freeze
            what is below, UNKNOWN and WAKING wait for the next look.
        since_ms: Since when `state` holds, dated back to the look that began it.
        reason: Why, in one line.
        last_ms: When the last look began.
        last_good_ms: When the last good look began.
        burst_step: Which fresh look of a confirmation burst comes next; 0 outside a burst.
        failed_cycles: Failed cycles in a row since the last good look.
        first_failure_ms: The first failed look of that row.
        good_cycles: Good looks in a row since DOWN.
        first_good_ms: The first good look of that row.
        slow_looks: Slow looks in a row; once they make it DEGRADED, kept until it is fast again.
        fast_looks: Fast looks in a row.
        wake_started_ms: When the platform was first seen starting the service.
        settled: The last confirmed state that `flips` knows of: UP or DOWN, or None.
        flips: The last 20 steps between confirmed states as bits, the newest lowest: 1 is a change.
        flapping: Whether it changes too often to be believed; shown unless it is DOWN right now.
        recent_ms: The last five latencies, the newest last.
        slow_limit_ms: The limit by which it became slow, frozen until it is fast again.
        certificate: Fingerprint of the certificate last seen, or empty.
    """

    verdict: State = State.UNKNOWN
    sheet: State | None = None
    since_ms: int = 0
    reason: str = "not looked at yet"
    last_ms: int | None = None
    last_good_ms: int | None = None
    burst_step: int = 0
    failed_cycles: int = 0
    first_failure_ms: int | None = None
    good_cycles: int = 0
    first_good_ms: int | None = None
    slow_looks: int = 0
    fast_looks: int = 0
    wake_started_ms: int | None = None
    settled: State | None = None
    flips: int = 0
    flapping: bool = False
    recent_ms: tuple[float, ...] = ()
    slow_limit_ms: float | None = None
    certificate: str = ""

    @property
    def state(self) -> State:
        """What is shown: the sheet where one lies, else the verdict, or FLAPPING beside DOWN."""
        if self.sheet is None and self.flapping and self.verdict is not State.DOWN:
            return State.FLAPPING
        return self.sheet or self.verdict


@dataclass(frozen=True, slots=True)
class Transition:
    """A change of what is shown. `at_ms` is dated back; `before` and `after` differ."""

    at_ms: int
    before: State
    after: State
    reason: str


def transition(before: CheckState, after: CheckState) -> Transition | None:
    """The change between two states of one check, or None when the same word is shown."""
    if before.state is after.state:
        return None
    return Transition(after.since_ms, before.state, after.state, after.reason)


def worst(states: Iterable[State]) -> State:
    """The one state that stands for several; UNKNOWN for none."""
    present = set(states)
    return next((state for state in WORST_FIRST if state in present), State.UNKNOWN)
