"""The state machine of one check: observations in, verdict out.

One pure fold. A failure is confirmed by a burst of fresh looks inside its cycle and by several
failed cycles before it is called DOWN, and DOWN is dated back to the first failed look; recovery
is symmetric. What our own side broke (`INCONCLUSIVE`) and what the owner stopped (pause,
maintenance, planned sleep) lie over the verdict like a sheet: they hide it and never change a
counter.

The words are in `check_state`, the sheets in `sheets`, and what makes a check slow, flapping or
waking in the modules of those names; all of it that others need is offered here.
"""

from __future__ import annotations

from dataclasses import replace

from sentinel_tui.domain.monitoring.check_state import (
    HEALTHY,
    WORST_FIRST,
    CheckState,
    State,
    Thresholds,
    Transition,
    transition,
    worst,
)
from sentinel_tui.domain.monitoring.flapping import settle
from sentinel_tui.domain.monitoring.observations import Observation, Outcome
from sentinel_tui.domain.monitoring.sheets import (
    end_maintenance,
    is_frozen,
    lay,
    lift,
    look_under,
    maintain,
    pause,
    rest,
    resume,
    rouse,
)
from sentinel_tui.domain.monitoring.slowness import count_speed, is_slow, slow_reason
from sentinel_tui.domain.monitoring.waking import is_waking, may_be_asleep

__all__ = [
    "HEALTHY",
    "WORST_FIRST",
    "CheckState",
    "State",
    "Thresholds",
    "Transition",
    "end_maintenance",
    "fold",
    "is_frozen",
    "is_waking",
    "lift",
    "maintain",
    "may_be_asleep",
    "next_look_s",
    "pause",
    "rest",
    "resume",
    "rouse",
    "transition",
    "worst",
]


def fold(check: CheckState, seen: Observation, rules: Thresholds) -> CheckState:
    """The check's state after one more look.

    Looks must come in the order in which they began. A look at a paused check changes nothing, one
    in maintenance or planned sleep no more than when it was looked at; but a good look ends sleep.
    """
    if check.sheet is State.PAUSED:
        return check
    if seen.outcome is Outcome.INCONCLUSIVE:
        return _blinded(check, seen)
    if check.sheet is State.MAINT or (check.sheet is State.ASLEEP and not seen.good):
        return look_under(check, seen)
    return _dated(check, _looked(lift(check, seen.at_ms), seen, rules), seen.at_ms)


def next_look_s(check: CheckState, rules: Thresholds, interval_s: float) -> float:
    """Seconds from the last look to the next: the interval, or the next step of a burst."""
    if check.burst_step == 0 or is_frozen(check):
        return interval_s
    steps = (0.0, *rules.burst_s)
    step = min(check.burst_step, len(rules.burst_s))
    return steps[step] - steps[step - 1]


def _blinded(check: CheckState, seen: Observation) -> CheckState:
    if is_frozen(check):
        return check
    return lay(check, State.UNKNOWN, seen.at_ms, seen.error or "our own side failed")


def _looked(check: CheckState, seen: Observation, rules: Thresholds) -> CheckState:
    looked = replace(
        check,
        last_ms=seen.at_ms,
        last_good_ms=seen.at_ms if seen.good else check.last_good_ms,
        certificate=seen.certificate.fingerprint if seen.certificate else check.certificate,
    )
    if seen.good:
        return settle(_after_good(looked, seen, rules))
    if is_waking(check, seen, rules):
        return _after_wake_hint(looked, seen, rules)
    return _after_failure(looked, seen, rules)


def _dated(before: CheckState, after: CheckState, at_ms: int) -> CheckState:
    """`after` with the date of what it shows, which FLAPPING can keep or change by itself."""
    since_ms = after.since_ms
    if after.state is before.state:
        since_ms = before.since_ms
    elif after.verdict is before.verdict:
        since_ms = max(at_ms, before.since_ms)
    return after if since_ms == after.since_ms else replace(after, since_ms=since_ms)


def _enter(check: CheckState, verdict: State, at_ms: int, reason: str) -> CheckState:
    """Change the verdict, dated back to `at_ms` but never before what was already shown."""
    if check.verdict is not verdict:
        return replace(check, verdict=verdict, since_ms=max(at_ms, check.since_ms), reason=reason)
    return check if check.reason == reason else replace(check, reason=reason)


def _after_good(check: CheckState, seen: Observation, rules: Thresholds) -> CheckState:
    check = count_speed(check, seen, rules)
    if check.verdict is State.DOWN:
        return _recovering(check, seen, rules)
    reason = _good_reason(check)
    if check.verdict not in HEALTHY:
        check = replace(
            check, burst_step=0, failed_cycles=0, first_failure_ms=None, wake_started_ms=None
        )
    if not is_slow(check, rules):
        return _enter(check, State.UP, seen.at_ms, reason)
    if check.verdict is State.DEGRADED and check.fast_looks:
        return check
    return _enter(check, State.DEGRADED, seen.at_ms, slow_reason(check, seen))


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
        slow_limit_ms=None,
        wake_started_ms=None,
    )
    return _enter(recovered, State.UP, first_good_ms, "recovered")


def _after_wake_hint(check: CheckState, seen: Observation, rules: Thresholds) -> CheckState:
    started_ms = seen.at_ms if check.wake_started_ms is None else check.wake_started_ms
    waited_s = (seen.end_ms - started_ms) / 1_000
    check = replace(
        check,
        wake_started_ms=started_ms,
        burst_step=0,
        slow_looks=0,
        fast_looks=0,
        slow_limit_ms=None,
    )
    if waited_s <= rules.wake_deadline_s:
        return _enter(check, State.WAKING, started_ms, "the platform is starting it")
    late = replace(check, first_failure_ms=started_ms, failed_cycles=rules.confirm_cycles)
    reason = f"did not wake within {rules.wake_deadline_s:.0f} s"
    return settle(_enter(late, State.DOWN, started_ms, reason))


def _after_failure(check: CheckState, seen: Observation, rules: Thresholds) -> CheckState:
    reason = seen.error or "failed"
    first_failure_ms = seen.at_ms if check.first_failure_ms is None else check.first_failure_ms
    is_down = check.verdict is State.DOWN
    ends_cycle = is_down or check.burst_step >= len(rules.burst_s)
    check = replace(
        check,
        burst_step=0 if ends_cycle else check.burst_step + 1,
        failed_cycles=check.failed_cycles + (1 if ends_cycle and not is_down else 0),
        first_failure_ms=first_failure_ms,
        good_cycles=0,
        first_good_ms=None,
        fast_looks=0,
        wake_started_ms=None if is_down else check.wake_started_ms,
    )
    if is_down:
        return settle(_enter(check, State.DOWN, seen.at_ms, reason))
    suspect = _enter(check, State.SUSPECT, seen.at_ms, reason)
    if not ends_cycle or check.failed_cycles < rules.confirm_cycles:
        return suspect
    calm = replace(suspect, slow_looks=0, slow_limit_ms=None)
    return settle(_enter(calm, State.DOWN, first_failure_ms, reason))
