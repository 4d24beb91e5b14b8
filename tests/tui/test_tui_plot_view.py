"""The chart as numbers, and that drawing it can neither crash nor hang."""

from __future__ import annotations

from datetime import UTC
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sentinel_tui.domain.monitoring.alerts import Rule, Severity
from sentinel_tui.domain.records import AlertRecord, LatencySummary, SeriesPoint
from sentinel_tui.tui.cells import line_width, plain
from sentinel_tui.tui.view_models.plot import (
    RANGES,
    Plot,
    axis_label,
    numbers_line,
    plot,
    range_line,
    round_up,
    slices,
)
from sentinel_tui.tui.view_models.words import Times
from sentinel_tui.tui.widgets.chart import _canvas, _curves

NOW_MS = 1_800_014_400_000
HOUR_MS = 3_600_000
TIMES = Times(UTC, "UTC", NOW_MS)
HOUR, DAY, WEEK, MONTH = RANGES


@pytest.mark.parametrize("range_", RANGES, ids=lambda one: one.label)
@pytest.mark.parametrize("dots", [102, 140, 400])
@pytest.mark.parametrize("interval_s", [1.0, 30.0, 3_600.0])
def test_slices_cover_their_range_and_can_be_told_apart(range_, dots, interval_s):
    cut_up = slices(range_, NOW_MS, interval_s, dots)
    assert cut_up.start_ms <= NOW_MS - range_.seconds * 1_000 + cut_up.length_ms
    assert cut_up.end_ms > NOW_MS
    assert cut_up.count <= dots


def test_a_slice_holds_two_looks_so_that_jitter_draws_no_gaps():
    assert slices(HOUR, NOW_MS, 30.0, 400).length_ms == 60_000


@given(st.integers(0, 899_999))
def test_slices_stay_where_they_are_until_one_is_over(later_ms):
    now_ms = NOW_MS // 900_000 * 900_000
    before, after = (slices(DAY, at, 30.0, 140) for at in (now_ms, now_ms + later_ms))
    assert before == after


@given(st.floats(0.001, 1e7))
def test_the_axis_ends_at_a_round_latency_not_far_above(latency_ms):
    top = round_up(latency_ms)
    assert latency_ms < top <= latency_ms * 2.01


@pytest.mark.parametrize(
    ("latency_ms", "label"), [(400, "400 ms"), (1_500, "1.5 s"), (0.4, "0.4 ms"), (0, "0 ms")]
)
def test_the_axis_says_its_unit(latency_ms, label):
    assert axis_label(latency_ms) == label


def points(cut_up, failures=()):
    return [
        SeriesPoint(
            cut_up.start_ms + number * cut_up.length_ms,
            100.0,
            200.0,
            300.0,
            2,
            1 if number in failures else 0,
        )
        for number in range(cut_up.count)
    ]


def alert(opened_ms: int, severity: Severity) -> AlertRecord:
    return AlertRecord(
        1, "down/a", Rule.DOWN, severity, "a", "http", opened_ms, None, None, "because"
    )


def test_failures_and_alerts_are_marked_where_they_happened():
    cut_up = slices(DAY, NOW_MS, 30.0, 140)
    opened_ms = cut_up.start_ms + cut_up.length_ms * 48
    drawn = plot(
        points(cut_up, failures={0}), [alert(opened_ms, Severity.CRITICAL)], cut_up, DAY, TIMES
    )
    assert [(mark.sign, round(mark.at, 2)) for mark in drawn.marks] == [("×", 0.01), ("✖", 0.5)]


def test_an_alert_from_before_the_range_is_not_marked():
    cut_up = slices(DAY, NOW_MS, 30.0, 140)
    old = alert(cut_up.start_ms - 1, Severity.WARNING)
    assert plot(points(cut_up), [old], cut_up, DAY, TIMES).marks == ()


@pytest.mark.parametrize(
    ("range_", "labels"),
    [
        (HOUR, ["11:15", "11:30", "11:45", "12:00"]),
        (DAY, ["18:00", "00:00", "06:00", "12:00"]),
        (WEEK, ["Sat 9", "Sun 10", "Mon 11", "Tue 12", "Wed 13", "Thu 14", "Fri 15"]),
    ],
    ids=lambda one: getattr(one, "label", ""),
)
def test_the_times_below_are_round(range_, labels):
    cut_up = slices(range_, NOW_MS, 30.0, 140)
    assert [tick.label for tick in plot([], [], cut_up, range_, TIMES).ticks] == labels


def test_the_times_below_are_round_in_the_zone():
    paris = Times(ZoneInfo("Europe/Paris"), "Europe/Paris", NOW_MS)
    cut_up = slices(DAY, NOW_MS, 30.0, 140)
    ticks = plot([], [], cut_up, DAY, paris).ticks
    assert {tick.label for tick in ticks} == {"00:00", "06:00", "12:00", "18:00"}


def test_the_chosen_range_stands_out():
    assert plain(range_line(DAY)).split("  ") == [" 1 h", "24 h", "7 d", "30 d "]


SUMMARY = LatencySummary(2_880, 12, 41.0, 87.0, 142.0, 300.0, 1_240.0)


def test_the_range_is_told_in_numbers():
    told = plain(numbers_line(SUMMARY, 2, 100))
    assert told == (
        "min 41 ms · p50 87 ms · p95 142 ms · max 1.24 s · × 12 failed · ▲ 2 alerts · 2,880 looks"
    )


@pytest.mark.parametrize("width", [10, 40, 60, 76])
def test_numbers_without_room_are_left_out_from_the_end(width):
    told = numbers_line(SUMMARY, 2, width)
    assert line_width(told) <= width
    assert plain(told).startswith("min 41 ms")


def test_a_range_without_looks_says_so():
    assert plain(numbers_line(LatencySummary(), 0, 80)) == "no looks in this range"


LATENCIES = st.lists(
    st.one_of(
        st.none(),
        st.floats(allow_nan=False, allow_infinity=False, width=32),
        st.sampled_from([0.0, 1e-9, 1e12, -5.0]),
    ),
    max_size=140,
)


@settings(max_examples=60, deadline=None)
@given(LATENCIES, st.integers(1, 120), st.integers(3, 30), st.sampled_from(["braille", "*"]))
def test_no_series_can_crash_or_hang_the_chart(values, columns, rows, marker):
    drawn = _canvas(values, 100.0, columns, rows, marker)
    assert len(drawn) == rows
    assert all(len(text) == columns for text in drawn)


def test_a_gap_stays_a_gap():
    values = [50.0] * 20 + [None] * 20 + [50.0] * 20
    drawn = _canvas(values, 100.0, 60, 3, "*")
    middle = drawn[1]
    assert middle[:19].strip() == "*" * 19
    assert not middle[21:39].strip()
    assert middle[41:].strip()


def test_both_curves_show_where_they_cross():
    flat = Plot((50.0,) * 40, (50.0,) * 40, 100.0)
    alone = Plot((50.0,) * 40, (None,) * 40, 100.0)
    assert _curves(flat, 20, 4, ascii_marker=False) == _curves(alone, 20, 4, ascii_marker=False)
