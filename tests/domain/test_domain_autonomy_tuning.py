"""Knobs are turned by small steps, from evidence, within bounds, and not against the owner."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sentinel_tui.domain.autonomy.actions import Knob, Tuning
from sentinel_tui.domain.autonomy.tuning import DAY_MS, Evidence, Setting, bounds, propose

NOW = 1_800_000_000_000
INTERVAL = Setting("shop", "health", Knob.INTERVAL, configured=60, current=60)
CONFIRM = Setting("shop", "health", Knob.CONFIRM, configured=3, current=3)
FACTOR = Setting("shop", "health", Knob.SLOW_FACTOR, configured=3, current=3)
LEAD = Setting("shop", "", Knob.WAKE_LEAD, configured=30, current=30)
QUIET = Evidence(looks=20_000)


def turned(setting: Setting, seen: Evidence, *past: Tuning) -> float | None:
    tuning = propose(setting, seen, past, now_ms=NOW)
    if tuning is None:
        return None
    assert tuning.why
    assert (tuning.before, tuning.at_ms) == (setting.current, NOW)
    return tuning.after


@pytest.mark.parametrize(
    ("setting", "seen", "direction"),
    [
        (INTERVAL, QUIET, 1),
        (INTERVAL, Evidence(looks=20_000, outages=4, brief_outages=4), -1),
        (INTERVAL, Evidence(looks=20_000, outages=2), 0),
        (replace(INTERVAL, current=90), Evidence(looks=20_000, outages=1), -1),
        (replace(INTERVAL, current=90), Evidence(looks=20_000, outages=2), -1),
        (INTERVAL, Evidence(looks=100), 0),
        (CONFIRM, Evidence(looks=20_000, outages=4, false_alarms=4), 1),
        (CONFIRM, QUIET, 0),
        (replace(CONFIRM, current=5), QUIET, -1),
        (replace(CONFIRM, current=5), Evidence(looks=100), 0),
        (FACTOR, Evidence(slow_warnings=9, idle_slow_warnings=8), 1),
        (FACTOR, Evidence(slow_warnings=9, idle_slow_warnings=1), 0),
        (FACTOR, QUIET, 0),
        (replace(FACTOR, current=4), QUIET, -1),
        (LEAD, Evidence(cold_start_p95_s=50.2, cold_starts=9), 1),
        (LEAD, Evidence(cold_start_p95_s=12, cold_starts=9), -1),
        (LEAD, Evidence(cold_start_p95_s=33, cold_starts=9), 0),
        (LEAD, Evidence(cold_start_p95_s=90, cold_starts=2), 0),
        (LEAD, QUIET, 0),
    ],
)
def test_each_knob_is_turned_by_its_evidence(
    setting: Setting, seen: Evidence, direction: int
) -> None:
    after = turned(setting, seen)
    assert (after or setting.current) - setting.current == pytest.approx(
        abs((after or setting.current) - setting.current) * direction
    )
    assert (after is None) == (direction == 0)


def test_nothing_leaves_its_bounds() -> None:
    widest = replace(INTERVAL, current=120)
    assert turned(widest, QUIET) is None
    assert turned(replace(INTERVAL, current=110), QUIET) == 120
    tight = Setting("shop", "health", Knob.INTERVAL, configured=12, current=12)
    brief = Evidence(looks=20_000, outages=9, brief_outages=9)
    assert turned(tight, brief) == 10
    assert turned(replace(CONFIRM, current=6), Evidence(outages=9, false_alarms=9)) is None


def test_one_knob_of_a_check_a_day() -> None:
    other_knob = Tuning("shop", "health", Knob.CONFIRM, 3, 4, "", NOW - DAY_MS + 1)
    assert turned(INTERVAL, QUIET, other_knob) is None
    assert turned(INTERVAL, QUIET, replace(other_knob, at_ms=NOW - DAY_MS)) is not None
    assert turned(INTERVAL, QUIET, replace(other_knob, service="curator")) is not None


def test_what_the_owner_took_back_is_left_alone_for_a_month() -> None:
    undone = Tuning("shop", "health", Knob.INTERVAL, 60, 90, "", NOW - 40 * DAY_MS)
    taken_back = replace(undone, undone_ms=NOW - 20 * DAY_MS)
    assert turned(INTERVAL, QUIET, taken_back) is None
    assert turned(INTERVAL, QUIET, replace(undone, undone_ms=NOW - 31 * DAY_MS)) is not None
    assert turned(INTERVAL, QUIET, replace(taken_back, knob=Knob.CONFIRM)) is not None


@given(
    st.sampled_from(Knob),
    st.floats(1, 2_000),
    st.floats(1, 2_000),
    st.builds(
        Evidence,
        looks=st.integers(0, 50_000),
        outages=st.integers(0, 20),
        brief_outages=st.integers(0, 20),
        false_alarms=st.integers(0, 20),
        slow_warnings=st.integers(0, 20),
        idle_slow_warnings=st.integers(0, 20),
        cold_start_p95_s=st.none() | st.floats(0.1, 5_000),
        cold_starts=st.integers(0, 50),
    ),
)
def test_a_knob_ends_within_its_bounds_or_where_it_was(
    knob: Knob, configured: float, current: float, seen: Evidence
) -> None:
    setting = Setting("shop", "health", knob, configured, current)
    least, most = bounds(knob, configured)
    assert least <= most
    tuning = propose(setting, seen, [], now_ms=NOW)
    if tuning is not None:
        assert least <= tuning.after <= most
