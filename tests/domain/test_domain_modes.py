"""Which mode holds, and that its reason is the true one."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sentinel_tui.domain.keepalive.modes import FRESH_DEPLOY_S, Mode, Situation, choose

some_mode = st.none() | st.sampled_from(Mode)
situations = st.builds(
    Situation,
    by_hand=some_mode,
    by_schedule=some_mode,
    open_incident=st.booleans(),
    since_deploy_s=st.none() | st.floats(0, 1e6),
    peak=st.booleans(),
    off_peak=st.booleans(),
    costs_hours=st.booleans(),
    hours_short=st.booleans(),
    planned_awake=st.booleans(),
)


@pytest.mark.parametrize(
    ("situation", "mode"),
    [
        (Situation(), Mode.NORMAL),
        (Situation(open_incident=True, off_peak=True, costs_hours=True), Mode.HYPER_VIGILANT),
        (Situation(since_deploy_s=FRESH_DEPLOY_S - 1), Mode.HYPER_VIGILANT),
        (Situation(since_deploy_s=FRESH_DEPLOY_S), Mode.NORMAL),
        (Situation(peak=True), Mode.HYPER_VIGILANT),
        (Situation(peak=True, costs_hours=True), Mode.HYPER_VIGILANT),
        (Situation(peak=True, costs_hours=True, planned_awake=False), Mode.ECONOMY),
        (Situation(peak=True, costs_hours=True, hours_short=True), Mode.ECONOMY),
        (Situation(costs_hours=True), Mode.NORMAL),
        (Situation(costs_hours=True, planned_awake=False), Mode.ECONOMY),
        (Situation(planned_awake=False), Mode.NORMAL),
        (
            Situation(open_incident=True, costs_hours=True, planned_awake=False, long_down=True),
            Mode.ECONOMY,
        ),
        (Situation(open_incident=True, costs_hours=True, long_down=True), Mode.HYPER_VIGILANT),
        (
            Situation(costs_hours=True, planned_awake=False, long_down=True, since_deploy_s=60.0),
            Mode.HYPER_VIGILANT,
        ),
        (Situation(by_schedule=Mode.ECONOMY, peak=True), Mode.ECONOMY),
        (Situation(costs_hours=True, off_peak=True), Mode.ECONOMY),
        (Situation(costs_hours=True, hours_short=True), Mode.ECONOMY),
        (Situation(off_peak=True, hours_short=True), Mode.NORMAL),
    ],
)
def test_the_mode_of_a_situation(situation: Situation, mode: Mode) -> None:
    assert choose(situation).mode is mode


@given(situations, st.sampled_from(Mode))
def test_what_the_owner_set_holds_whatever_happens(situation: Situation, wanted: Mode) -> None:
    from dataclasses import replace

    assert choose(replace(situation, by_hand=wanted)).mode is wanted


@given(situations)
def test_only_what_costs_hours_is_put_into_economy_by_itself(situation: Situation) -> None:
    ordered = situation.by_hand or situation.by_schedule
    if choose(situation).mode is Mode.ECONOMY and ordered is not Mode.ECONOMY:
        assert situation.costs_hours


@given(situations)
def test_by_itself_nothing_is_kept_awake_that_the_plan_lets_sleep(situation: Situation) -> None:
    ordered = situation.by_hand or situation.by_schedule or situation.open_incident
    fresh = situation.since_deploy_s is not None and situation.since_deploy_s < FRESH_DEPLOY_S
    if situation.let_sleep and not ordered and not fresh:
        assert choose(situation).mode is Mode.ECONOMY


@given(situations)
def test_there_is_always_a_reason(situation: Situation) -> None:
    assert choose(situation).reason
