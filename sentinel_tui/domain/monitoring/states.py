"""The state machine of one check: observations in, verdict out.

One pure fold. A failure is confirmed by a burst of fresh looks inside its cycle and by several
failed cycles before it is called DOWN, and DOWN is dated back to the first failed look; recovery
is symmetric. What our own side broke (`INCONCLUSIVE`) and what the owner stopped (pause) lie over
the verdict like a sheet: they hide it and never change a counter.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum

from sentinel_tui.domain.monitoring.observations import Observation, Outcome, WakeHint


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


@dataclass(frozen=True, slots=True)
class Thresholds:
    """When a verdict changes.

    Attributes:
        burst_s: Fresh looks this many seconds after a cycle's first failure, ascending.
        confirm_cycles: Failed cycles in a row until DOWN.
        recover_cycles: Good cycles in a row until UP again, and
        recover_after_s: the least time those must span.
        slow_cycles: Slow looks in a row until DEGRADED.
        fast_cycles: Fast looks in a row until no longer DEGRADED.
        sleeps_after_s: The service falls asleep after this long without traffic; None: never.
        wake_deadline_s: WAKING for longer is DOWN.
    """

    burst_s: tuple[float, ...] = (2.0, 5.0, 10.0)
    confirm_cycles: int = 3
    recover_cycles: int = 2
    recover_after_s: float = 60.0
    slow_cycles: int = 3
    fast_cycles: int = 5
    sleeps_after_s: float | None = None
    wake_deadline_s: float = 120.0


@dataclass(frozen=True, slots=True)
class CheckState:
    """Everything the fold remembers of one check; stored with each observation.

    Attributes:
        verdict: What the confirmed looks say.
        sheet: PAUSED or UNKNOWN lying over the verdict, or None.
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

    @property
    def state(self) -> State:
        """What is shown: the sheet where one lies, else the verdict."""
        return self.sheet or self.verdict


@dataclass(frozen=True, slots=True)
class Transition:
    """A change of what is shown. `at_ms` is dated back; `before` and `after` differ."""

    at_ms: int
    before: State
    after: State
    reason: str


def fold(check: CheckState, seen: Observation, rules: Thresholds) -> CheckState:
    """The check's state after one more look.

    Looks must come in the order in which they began. A look at a paused check changes nothing.
    """
    if check.sheet is State.PAUSED:
        return check
    if seen.outcome is Outcome.INCONCLUSIVE:
        return _lay(check, State.UNKNOWN, seen.at_ms, seen.error or "our own side failed")
    lifted = _lift(check, seen.at_ms)
    looked = replace(lifted, last_ms=seen.at_ms)
    if seen.good:
        return _after_good(looked, seen, rules)
    if is_waking(check, seen, rules):
        return _after_wake_hint(looked, seen, rules)
    return _after_failure(looked, seen, rules)


def pause(check: CheckState, at_ms: int, reason: str) -> CheckState:
    """The check as the owner's pause leaves it: verdict and counters frozen under the sheet."""
    return _lay(check, State.PAUSED, at_ms, reason)


def resume(check: CheckState, at_ms: int) -> CheckState:
    """The check after a pause: unknown until the next look, then on from where it was."""
    if check.sheet is not State.PAUSED:
        return check
    return replace(
        check, sheet=State.UNKNOWN, since_ms=max(at_ms, check.since_ms), reason="resumed"
    )


def transition(before: CheckState, after: CheckState) -> Transition | None:
    """The change between two states of one check, or None when the same word is shown."""
    if before.state is after.state:
        return None
    return Transition(after.since_ms, before.state, after.state, after.reason)


def worst(states: Iterable[State]) -> State:
    """The one state that stands for several; UNKNOWN for none."""
    present = set(states)
    return next((state for state in WORST_FIRST if state in present), State.UNKNOWN)


def next_look_s(check: CheckState, rules: Thresholds, interval_s: float) -> float:
    """Seconds from the last look to the next: the interval, or the next step of a burst."""
    if check.burst_step == 0:
        return interval_s
    steps = (0.0, *rules.burst_s)
    step = min(check.burst_step, len(rules.burst_s))
    return steps[step] - steps[step - 1]


def is_waking(check: CheckState, seen: Observation, rules: Thresholds) -> bool:
    """Whether a failed look only shows that a sleeping service is being started.

    The platform's own word is enough. A bare 503 or silence is not: it counts only where the
    service had time to fall asleep, or is known to be starting.
    """
    if rules.sleeps_after_s is None or seen.wake_hint is None or check.verdict is State.DOWN:
        return False
    if seen.wake_hint in (WakeHint.HIBERNATING, WakeHint.LOADING_PAGE):
        return True
    return check.verdict is State.WAKING or may_be_asleep(check, seen.at_ms, rules)


def may_be_asleep(check: CheckState, at_ms: int, rules: Thresholds) -> bool:
    """Whether the service had time to fall asleep since it last answered."""
    if rules.sleeps_after_s is None:
        return False
    return check.last_good_ms is None or at_ms - check.last_good_ms >= rules.sleeps_after_s * 1_000


def _lay(check: CheckState, sheet: State, at_ms: int, reason: str) -> CheckState:
    if check.sheet is sheet:
        return check
    return replace(check, sheet=sheet, since_ms=max(at_ms, check.since_ms), reason=reason)


def _lift(check: CheckState, at_ms: int) -> CheckState:
    if check.sheet is None:
        return check
    # What went on under the sheet was not seen: a wake is timed anew from the first look after it.
    return replace(check, sheet=None, since_ms=max(at_ms, check.since_ms), wake_started_ms=None)


def _enter(check: CheckState, verdict: State, at_ms: int, reason: str) -> CheckState:
    """Change the verdict, dated back to `at_ms` but never before what was already shown."""
    if check.verdict is verdict:
        return replace(check, reason=reason)
    return replace(check, verdict=verdict, since_ms=max(at_ms, check.since_ms), reason=reason)


def _after_good(check: CheckState, seen: Observation, rules: Thresholds) -> CheckState:
    check = _count_speed(replace(check, last_good_ms=seen.at_ms), seen, rules)
    if check.verdict is State.DOWN:
        return _recovering(check, seen, rules)
    reason = _good_reason(check)
    check = replace(
        check, burst_step=0, failed_cycles=0, first_failure_ms=None, wake_started_ms=None
    )
    if check.slow_looks < rules.slow_cycles:
        return _enter(check, State.UP, seen.at_ms, reason)
    if check.verdict is State.DEGRADED and seen.outcome is not Outcome.SLOW:
        return check
    return _enter(check, State.DEGRADED, seen.at_ms, seen.error or "slower than allowed")


def _count_speed(check: CheckState, seen: Observation, rules: Thresholds) -> CheckState:
    """Count slow and fast looks; a slowness once confirmed ends only when as surely over."""
    if seen.outcome is Outcome.SLOW:
        return replace(check, slow_looks=check.slow_looks + 1, fast_looks=0)
    fast_looks = check.fast_looks + 1
    still_slow = check.slow_looks >= rules.slow_cycles and fast_looks < rules.fast_cycles
    return replace(check, slow_looks=check.slow_looks if still_slow else 0, fast_looks=fast_looks)


def _good_reason(check: CheckState) -> str:
    match check.verdict:
        case State.SUSPECT:
            return "passed on retry"
        case State.WAKING:
            return "awake"
        case _:
            return "answers as it should"


def _recovering(check: CheckState, seen: Observation, rules: Thresholds) -> CheckState:
    first_good_ms = seen.at_ms if check.first_good_ms is None else check.first_good_ms
    check = replace(check, good_cycles=check.good_cycles + 1, first_good_ms=first_good_ms)
    lasted_s = (seen.end_ms - first_good_ms) / 1_000
    if check.good_cycles < rules.recover_cycles or lasted_s < rules.recover_after_s:
        return replace(check, reason="answers again, not yet trusted")
    recovered = replace(
        check,
        burst_step=0,
        failed_cycles=0,
        first_failure_ms=None,
        good_cycles=0,
        first_good_ms=None,
        slow_looks=0,
        fast_looks=0,
        wake_started_ms=None,
    )
    return _enter(recovered, State.UP, first_good_ms, "recovered")


def _after_wake_hint(check: CheckState, seen: Observation, rules: Thresholds) -> CheckState:
    started_ms = seen.at_ms if check.wake_started_ms is None else check.wake_started_ms
    waited_s = (seen.end_ms - started_ms) / 1_000
    check = replace(check, wake_started_ms=started_ms, burst_step=0, slow_looks=0, fast_looks=0)
    if waited_s <= rules.wake_deadline_s:
        return _enter(check, State.WAKING, started_ms, "the platform is starting it")
    late = replace(check, first_failure_ms=started_ms, failed_cycles=rules.confirm_cycles)
    return _enter(
        late, State.DOWN, started_ms, f"did not wake within {rules.wake_deadline_s:.0f} s"
    )


def _after_failure(check: CheckState, seen: Observation, rules: Thresholds) -> CheckState:
    reason = seen.error or "failed"
    first_failure_ms = seen.at_ms if check.first_failure_ms is None else check.first_failure_ms
    check = replace(
        check,
        first_failure_ms=first_failure_ms,
        good_cycles=0,
        first_good_ms=None,
        fast_looks=0,
    )
    if check.verdict is State.DOWN:
        return replace(check, burst_step=0, wake_started_ms=None, reason=reason)
    suspect = _enter(check, State.SUSPECT, seen.at_ms, reason)
    if check.burst_step < len(rules.burst_s):
        return replace(suspect, burst_step=check.burst_step + 1)
    failed_cycles = check.failed_cycles + 1
    confirmed = replace(suspect, burst_step=0, failed_cycles=failed_cycles)
    if failed_cycles < rules.confirm_cycles:
        return confirmed
    return _enter(replace(confirmed, slow_looks=0), State.DOWN, first_failure_ms, reason)
