"""When a service was awake: no sign is lost, none counts twice, and late ones still count."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sentinel_tui.domain.keepalive.awake import (
    LATE_MS,
    Cause,
    Evidence,
    Sign,
    Stretch,
    fold,
    people_met,
    settle,
)
from sentinel_tui.domain.keepalive.hours_ledger import Awake, merged

MINUTE_MS = 60_000
IDLE_MS = 15 * MINUTE_MS
START_MS = 1_800_000_000_000


def at(minute: float) -> int:
    return START_MS + round(minute * MINUTE_MS)


def sign(minute: float, kind: Sign, cause: Cause = Cause.UNKNOWN) -> Evidence:
    return Evidence("public", at(minute), kind, cause)


def stretch(
    start: float, end: float, cause: Cause = Cause.PLAN, *, is_open: bool = True
) -> Stretch:
    return Stretch("public", at(start), at(end), cause, is_open)


def told(signs: list[Evidence]) -> list[Stretch]:
    """All stretches after some signs, as a ledger keeps them."""
    known: dict[int, Stretch] = {}
    for one in signs:
        last = known[max(known)] if known else None
        known |= {changed.start_ms: changed for changed in fold(last, one, IDLE_MS)}
    return [known[start_ms] for start_ms in sorted(known)]


class TestRequests:
    @pytest.mark.parametrize(
        ("kind", "cause"), [(Sign.VISITED, Cause.VISIT), (Sign.DEPLOYED, Cause.DEPLOY)]
    )
    def test_a_sign_that_tells_its_cause_opens_a_stretch_of_it(
        self, kind: Sign, cause: Cause
    ) -> None:
        assert fold(None, sign(0, kind), IDLE_MS) == (stretch(0, 15, cause),)

    def test_our_own_look_keeps_it_awake_for_as_long_as_any_other(self) -> None:
        first = told([sign(0, Sign.ANSWERED, Cause.OWNER), sign(10, Sign.ANSWERED, Cause.PLAN)])
        assert first == [stretch(0, 25, Cause.OWNER)]

    def test_what_comes_after_sleep_is_a_stretch_of_its_own(self) -> None:
        first, second = told([sign(0, Sign.ANSWERED, Cause.PLAN), sign(16, Sign.VISITED)])
        assert first == stretch(0, 15, is_open=False)
        assert second == stretch(16, 31, Cause.VISIT)

    def test_what_comes_within_a_minute_of_its_sleep_may_have_come_before_it(self) -> None:
        assert told([sign(0, Sign.ANSWERED), sign(15.5, Sign.VISITED)]) == [
            stretch(0, 30.5, Cause.UNKNOWN)
        ]

    def test_after_sleep_that_was_seen_every_second_counts(self) -> None:
        asleep = stretch(0, 10, is_open=False)
        assert fold(asleep, sign(10.5, Sign.VISITED), IDLE_MS) == (
            stretch(10.5, 25.5, Cause.VISIT),
        )

    def test_what_comes_after_a_closed_stretch_leaves_it_alone(self) -> None:
        assert fold(stretch(0, 15, is_open=False), sign(20, Sign.VISITED), IDLE_MS) == (
            stretch(20, 35, Cause.VISIT),
        )

    def test_a_late_visit_prolongs_what_was_closed_too_early(self) -> None:
        assert fold(stretch(0, 15, is_open=False), sign(14, Sign.VISITED), IDLE_MS) == (
            stretch(0, 29),
        )

    def test_a_late_visit_within_the_stretch_tells_nothing_new(self) -> None:
        assert fold(stretch(0, 30), sign(5, Sign.VISITED), IDLE_MS) == ()

    def test_a_late_visit_before_the_stretch_is_the_beginning_of_it(self) -> None:
        known = stretch(1, 16, Cause.VISIT)
        (earlier,) = fold(known, sign(0, Sign.VISITED), IDLE_MS)
        assert earlier == stretch(0, 1, Cause.VISIT, is_open=False)
        assert people_met([known, earlier]) == 1


class TestThePlatformsWord:
    def test_a_service_found_running_may_have_been_so_for_any_reason(self) -> None:
        assert fold(None, sign(0, Sign.RUNNING), IDLE_MS) == (stretch(0, 14, Cause.UNKNOWN),)

    def test_one_that_runs_on_was_used_a_moment_ago(self) -> None:
        assert fold(stretch(0, 15), sign(20, Sign.RUNNING), IDLE_MS) == (stretch(0, 34),)

    def test_who_came_is_told_exactly_a_little_later(self) -> None:
        came = [sign(0, Sign.RUNNING), sign(-0.5, Sign.VISITED)]
        awake_ms = sum(one.end_ms - one.start_ms for one in told(came[:1]))
        assert awake_ms < sum(one.end_ms - one.start_ms for one in told(came)) == IDLE_MS

    def test_its_end_is_seen_by_the_platform(self) -> None:
        assert told([sign(0, Sign.RUNNING), sign(11, Sign.STOPPED)]) == [
            stretch(0, 11, Cause.UNKNOWN, is_open=False)
        ]

    def test_one_that_runs_as_is_known_tells_nothing_new(self) -> None:
        assert fold(stretch(0, 15), sign(15, Sign.RUNNING), IDLE_MS) == ()

    @pytest.mark.parametrize(
        "known", [stretch(0, 15, is_open=False), replace(stretch(0, 15), end_ms=at(4))]
    )
    def test_one_that_runs_after_sleep_was_woken_by_somebody(self, known: Stretch) -> None:
        *_, woken = fold(known, sign(20, Sign.RUNNING), IDLE_MS)
        assert woken == stretch(20, 34, Cause.VISIT)

    def test_who_woke_it_is_believed_where_it_is_known(self) -> None:
        known = stretch(0, 15, is_open=False)
        assert fold(known, sign(20, Sign.RUNNING, Cause.OWNER), IDLE_MS)[-1].cause is Cause.OWNER

    def test_one_that_stopped_is_no_longer_awake(self) -> None:
        assert fold(stretch(0, 15), sign(10, Sign.STOPPED), IDLE_MS) == (
            stretch(0, 10, is_open=False),
        )

    def test_one_seen_stopped_later_slept_since_its_time_was_up(self) -> None:
        assert fold(stretch(0, 15), sign(40, Sign.STOPPED), IDLE_MS) == (
            stretch(0, 15, is_open=False),
        )

    @pytest.mark.parametrize("known", [None, stretch(0, 15, is_open=False), stretch(50, 65)])
    def test_where_nothing_was_open_then_a_stop_tells_nothing(self, known: Stretch | None) -> None:
        assert fold(known, sign(40, Sign.STOPPED), IDLE_MS) == ()


class TestSettling:
    def test_it_waits_for_late_signs(self) -> None:
        known = stretch(0, 15)
        assert settle(known, known.end_ms + LATE_MS - 1) is None
        assert settle(known, known.end_ms + LATE_MS) == stretch(0, 15, is_open=False)

    def test_what_is_closed_stays_so(self) -> None:
        assert settle(stretch(0, 15, is_open=False), at(1_000)) is None


class TestPeopleMet:
    def test_only_those_who_found_it_asleep(self) -> None:
        slept = stretch(40, 60, Cause.VISIT)
        found_awake = stretch(60, 80, Cause.VISIT)
        by_plan = stretch(200, 230, Cause.PLAN)
        elsewhere = replace(stretch(41, 50, Cause.VISIT), service="curator")
        assert people_met([found_awake, by_plan, slept, elsewhere]) == 2


signs = st.lists(
    st.builds(
        sign,
        st.integers(0, 600),
        st.sampled_from([Sign.ANSWERED, Sign.VISITED, Sign.DEPLOYED]),
        st.sampled_from(Cause),
    ),
    max_size=25,
)


class TestTogether:
    @given(signs)
    def test_in_order_every_request_counts_its_time_exactly_once(
        self, some: list[Evidence]
    ) -> None:
        some = sorted(some, key=lambda one: one.at_ms)
        expected = merged(Awake(one.at_ms, one.at_ms + IDLE_MS) for one in some)
        found = merged(Awake(one.start_ms, one.end_ms) for one in told(some))
        assert found == expected

    @given(signs)
    def test_the_same_signs_again_add_no_time(self, some: list[Evidence]) -> None:
        some = sorted(some, key=lambda one: one.at_ms)
        once = merged(Awake(one.start_ms, one.end_ms) for one in told(some))
        twice = sorted([*some, *some], key=lambda one: one.at_ms)
        assert merged(Awake(one.start_ms, one.end_ms) for one in told(twice)) == once

    @given(signs, st.randoms(use_true_random=False))
    def test_out_of_order_nothing_is_made_up(self, some: list[Evidence], luck) -> None:
        luck.shuffle(some)
        most_ms = sum(
            one.end_ms - one.start_ms
            for one in merged(Awake(one.at_ms, one.at_ms + IDLE_MS) for one in some)
        )
        found = merged(Awake(one.start_ms, one.end_ms) for one in told(some))
        assert sum(one.end_ms - one.start_ms for one in found) <= most_ms
