"""What holds of the state machine whatever happens to a check."""

from __future__ import annotations

from dataclasses import replace

from domain_looks import (
    UNCOVERING,
    Doing,
    Done,
    Event,
    Step,
    apply,
    folded,
    histories,
    replay,
    sleepless,
    thresholds,
)
from hypothesis import assume, example, given
from hypothesis import strategies as st

from sentinel_tui.domain.monitoring.observations import Observation, Outcome
from sentinel_tui.domain.monitoring.sheets import FROZEN
from sentinel_tui.domain.monitoring.slowness import RECENT_LOOKS
from sentinel_tui.domain.monitoring.states import (
    CheckState,
    State,
    Thresholds,
    fold,
    is_frozen,
    next_look_s,
    transition,
)


def with_fields(before: CheckState, after: CheckState, *names: str) -> CheckState:
    """`before` with the named fields of `after`: equal to `after` when nothing else differs."""
    return replace(before, **{name: getattr(after, name) for name in names})


def falls(steps: list[Step]) -> list[int]:
    """Where the verdict became DOWN."""
    return [
        index
        for index, step in enumerate(steps)
        if step.after.verdict is State.DOWN and step.before.verdict is not State.DOWN
    ]


def failures_in_a_row(steps: list[Step]) -> list[Observation]:
    """The failed looks since the last good one, among those that counted; oldest first."""
    row: list[Observation] = []
    for step in reversed(steps):
        if step.seen is not None:
            if step.seen.good:
                break
            row.append(step.seen)
    return row[::-1]


@given(histories(), sleepless)
def test_down_comes_exactly_when_every_cycle_has_failed_with_its_whole_burst(
    events: list[Event], rules: Thresholds
) -> None:
    steps = replay(events, rules)
    needed = rules.confirm_cycles * (len(rules.burst_s) + 1)
    for index in falls(steps):
        assert len(failures_in_a_row(steps[: index + 1])) == needed
    for index, step in enumerate(steps):
        if step.after.verdict is not State.DOWN:
            assert len(failures_in_a_row(steps[: index + 1])) < needed


@given(histories(), thresholds)
def test_down_is_confirmed_or_a_wake_that_came_too_late(
    events: list[Event], rules: Thresholds
) -> None:
    steps = replay(events, rules)
    for index in falls(steps):
        seen = steps[index].seen
        assert seen is not None
        row = failures_in_a_row(steps[: index + 1])
        confirmed = len(row) >= rules.confirm_cycles * (len(rules.burst_s) + 1)
        waited_ms = seen.end_ms - row[0].at_ms
        too_late = seen.wake_hint is not None and waited_ms > rules.wake_deadline_s * 1_000
        assert confirmed or too_late


@given(histories(), sleepless)
def test_down_is_dated_to_the_first_failed_look_or_to_when_we_could_see_again(
    events: list[Event], rules: Thresholds
) -> None:
    steps = replay(events, rules)
    for index in falls(steps):
        row = failures_in_a_row(steps[: index + 1])
        since_ms = steps[index].after.since_ms
        if steps[index].before.sheet is None and not _was_hidden(steps[:index], row[0].at_ms):
            assert since_ms == row[0].at_ms
        assert row[0].at_ms <= since_ms <= row[-1].at_ms


def _was_hidden(steps: list[Step], since_ms: int) -> bool:
    return any(step.after.sheet is not None and step.event.at_ms >= since_ms for step in steps)


@given(histories(), thresholds)
def test_recovery_needs_enough_good_looks_over_enough_time(
    events: list[Event], rules: Thresholds
) -> None:
    steps = replay(events, rules)
    for index, step in enumerate(steps):
        if step.before.verdict is not State.DOWN or step.after.verdict is State.DOWN:
            continue
        assert step.after.verdict is State.UP
        row = _good_in_a_row(steps[: index + 1])
        assert len(row) >= rules.recover_cycles
        assert row[-1].end_ms - row[0].at_ms >= rules.recover_after_s * 1_000
        assert step.after.since_ms >= row[0].at_ms
        if not _was_hidden(steps[:index], row[0].at_ms) and step.before.sheet is None:
            assert step.after.since_ms == row[0].at_ms


def _good_in_a_row(steps: list[Step]) -> list[Observation]:
    """The good looks since the check was DOWN and last failed."""
    row: list[Observation] = []
    for step in reversed(steps):
        if step.seen is not None:
            if not step.seen.good or step.before.verdict is not State.DOWN:
                break
            row.append(step.seen)
    return row[::-1]


@given(histories(), thresholds)
def test_an_inconclusive_look_changes_no_counter_and_no_verdict(
    events: list[Event], rules: Thresholds
) -> None:
    for step in replay(events, rules):
        if isinstance(step.event, Observation) and step.event.outcome is Outcome.INCONCLUSIVE:
            expected = with_fields(step.before, step.after, "sheet", "since_ms", "reason")
            assert step.after == expected
            assert step.after.sheet in (State.UNKNOWN, *FROZEN)


@given(histories(), sleepless)
def test_inconclusive_looks_may_be_left_out_without_changing_the_verdict(
    events: list[Event], rules: Thresholds
) -> None:
    without = [
        event
        for event in events
        if not (isinstance(event, Observation) and event.outcome is Outcome.INCONCLUSIVE)
    ]
    a = replay(events, rules)[-1].after if events else CheckState()
    b = replay(without, rules)[-1].after if without else CheckState()
    assert with_fields(a, b, "sheet", "since_ms", "reason") == b


@given(histories(), thresholds)
def test_what_is_done_to_a_check_touches_only_what_is_shown(
    events: list[Event], rules: Thresholds
) -> None:
    for step in replay(events, rules):
        if isinstance(step.event, Done):
            shown = with_fields(step.before, step.after, "sheet", "since_ms", "reason")
            assert step.after == shown


@given(histories(), thresholds)
def test_a_paused_check_never_changes_until_it_is_resumed(
    events: list[Event], rules: Thresholds
) -> None:
    for step in replay(events, rules):
        resumed = isinstance(step.event, Done) and step.event.what is Doing.RESUME
        if step.before.state is State.PAUSED and not resumed:
            assert step.after is step.before


@given(histories(), thresholds)
def test_maintenance_and_planned_sleep_freeze_every_counter(
    events: list[Event], rules: Thresholds
) -> None:
    for step in replay(events, rules):
        if step.before.sheet in (State.MAINT, State.ASLEEP) and step.seen is None:
            shown = ("sheet", "since_ms", "reason") if isinstance(step.event, Done) else ()
            expected = with_fields(step.before, step.after, "last_ms", "last_good_ms", *shown)
            assert step.after == expected


@given(histories(), thresholds)
def test_a_stronger_sheet_never_gives_way_to_a_weaker_one(
    events: list[Event], rules: Thresholds
) -> None:
    for step in replay(events, rules):
        if is_frozen(step.before) and is_frozen(step.after):
            assert FROZEN.index(step.after.sheet) >= FROZEN.index(step.before.sheet)


@given(histories(), thresholds)
def test_flapping_is_never_entered_on_a_change_to_up(
    events: list[Event], rules: Thresholds
) -> None:
    for step in replay(events, rules):
        if step.after.flapping and not step.before.flapping:
            assert step.after.verdict is State.DOWN
            assert step.before.verdict is not State.DOWN
            assert step.after.state is State.DOWN


@given(histories(), thresholds)
def test_what_is_flapping_is_shown_unless_it_is_down_or_covered(
    events: list[Event], rules: Thresholds
) -> None:
    for step in replay(events, rules):
        check = step.after
        shown = check.flapping and check.sheet is None and check.verdict is not State.DOWN
        assert (check.state is State.FLAPPING) is shown


@given(histories(), thresholds)
def test_the_limit_is_frozen_while_it_is_slow(events: list[Event], rules: Thresholds) -> None:
    """Whatever is usual by now: the limit of a confirmed slowness is that of its beginning."""
    check = CheckState()
    for event in events:
        usual_ms = 10.0 * (event.at_ms % 97)
        before, check = check, apply(check, event, replace(rules, usual_ms=usual_ms))
        if before.slow_limit_ms is not None:
            assert check.slow_limit_ms in (before.slow_limit_ms, None)
        if check.slow_limit_ms is not None:
            assert check.slow_looks >= rules.slow_cycles
        if check.verdict is State.DEGRADED:
            assert check.slow_limit_ms is not None


@given(histories(), thresholds)
def test_the_date_of_what_is_shown_never_goes_back(events: list[Event], rules: Thresholds) -> None:
    for step in replay(events, rules):
        assert step.after.since_ms >= step.before.since_ms


@given(histories(), thresholds)
def test_what_is_shown_never_begins_after_the_event_that_showed_it(
    events: list[Event], rules: Thresholds
) -> None:
    for step in replay(events, rules):
        assert step.after.since_ms <= step.event.at_ms


@given(histories(), thresholds)
def test_changes_chain_and_always_change_something(events: list[Event], rules: Thresholds) -> None:
    shown = CheckState().state
    for step in replay(events, rules):
        change = transition(step.before, step.after)
        if change is not None:
            assert change.before is shown
            assert change.after is not shown
            shown = change.after
        assert shown is step.after.state


@given(histories(), thresholds, st.data())
def test_replaying_the_log_from_any_point_gives_the_same_state(
    events: list[Event], rules: Thresholds, data: st.DataObject
) -> None:
    assume(events)
    cut = data.draw(st.integers(0, len(events)))
    steps = replay(events, rules)
    stored = steps[cut - 1].after if cut else CheckState()
    assert [step.after for step in replay(events[cut:], rules, stored)] == [
        step.after for step in steps[cut:]
    ]


@given(histories(), thresholds, st.floats(1, 3_600))
def test_the_next_look_is_a_burst_step_only_in_a_burst(
    events: list[Event], rules: Thresholds, interval_s: float
) -> None:
    for step in replay(events, rules):
        wait_s = next_look_s(step.after, rules, interval_s)
        assert wait_s > 0
        if step.after.burst_step == 0 or is_frozen(step.after):
            assert wait_s == interval_s
        else:
            earlier = (0.0, *rules.burst_s)[step.after.burst_step - 1]
            assert wait_s == rules.burst_s[step.after.burst_step - 1] - earlier


@given(histories(), thresholds)
def test_only_what_a_check_can_know_is_ever_its_verdict(
    events: list[Event], rules: Thresholds
) -> None:
    known = {
        State.UNKNOWN,
        State.UP,
        State.DEGRADED,
        State.SUSPECT,
        State.DOWN,
        State.WAKING,
    }
    for step in replay(events, rules):
        assert step.after.verdict in known
        assert step.after.sheet in (None, State.UNKNOWN, State.WAKING, *FROZEN)
        if rules.sleeps_after_s is None:
            assert step.after.verdict is not State.WAKING


@given(histories(), thresholds)
@example([], Thresholds())
def test_enough_good_looks_always_bring_a_check_back(
    events: list[Event], rules: Thresholds
) -> None:
    steps = replay(events, rules)
    check = steps[-1].after if steps else CheckState()
    end_ms = steps[-1].event.at_ms if steps else 0
    for what in UNCOVERING:
        check = apply(check, Done(end_ms, what), rules)
    # The last of them come when nothing is left of the slow ones, nor of the changes.
    enough = rules.recover_cycles + rules.fast_cycles + RECENT_LOOKS + 20
    looks = [
        Observation(at_ms=end_ms + 30_000 * (index + 1), outcome=Outcome.OK, latency_ms=20.0)
        for index in range(enough)
    ]
    assert folded(looks, rules, check).state is State.UP


@given(histories(), thresholds)
def test_a_look_is_remembered_as_the_last_one(events: list[Event], rules: Thresholds) -> None:
    for step in replay(events, rules):
        if step.seen is not None:
            assert step.after.last_ms == step.seen.at_ms
            if step.seen.good:
                assert step.after.last_good_ms == step.seen.at_ms
            assert fold(step.before, step.seen, rules) == step.after


@given(histories(), sleepless)
def test_what_is_remembered_of_failures_is_the_row_of_them(
    events: list[Event], rules: Thresholds
) -> None:
    steps = replay(events, rules)
    for index, step in enumerate(steps):
        check, row = step.after, failures_in_a_row(steps[: index + 1])
        if check.verdict is State.SUSPECT:
            looks = check.failed_cycles * (len(rules.burst_s) + 1) + check.burst_step
            assert (check.first_failure_ms, looks) == (row[0].at_ms, len(row))
        elif check.verdict is not State.DOWN:
            assert (check.first_failure_ms, check.failed_cycles, check.burst_step) == (None, 0, 0)


@given(histories(), thresholds)
def test_what_is_remembered_of_a_recovery_is_the_row_of_good_looks(
    events: list[Event], rules: Thresholds
) -> None:
    steps = replay(events, rules)
    for index, step in enumerate(steps):
        row = _good_in_a_row(steps[: index + 1])
        if step.after.verdict is State.DOWN and row:
            assert (step.after.first_good_ms, step.after.good_cycles) == (row[0].at_ms, len(row))
        else:
            assert (step.after.first_good_ms, step.after.good_cycles) == (None, 0)
