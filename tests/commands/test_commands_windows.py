"""Stretches of time as people say them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sentinel_tui.commands.windows import Window, read_window

HOUR = 3_600
DAY = 24 * HOUR


@pytest.mark.parametrize(
    ("said", "seconds", "words"),
    [
        ("24h", DAY, 1),
        ("7d", 7 * DAY, 1),
        ("7j", 7 * DAY, 1),
        ("7 jours", 7 * DAY, 2),
        ("30 minutes", 1_800, 2),
        ("1h30", 5_400, 1),
        ("1h30m", 5_400, 1),
        ("1,5 heures", 5_400, 2),
        ("hour", HOUR, 1),
        ("semaine", 7 * DAY, 1),
        ("2 weeks", 14 * DAY, 2),
        ("1 mois", 30 * DAY, 2),
    ],
)
def test_times_are_read_in_both_languages(said, seconds, words):
    assert read_window(said.split()) == (Window(seconds), words)


@pytest.mark.parametrize("said", ["", "24", "h", "curator", "7 curator", "24hh", "-3h", "1e9d"])
def test_what_is_no_time_is_left_to_others(said):
    assert read_window(said.split()) is None


@given(st.integers(min_value=1, max_value=400 * DAY))
def test_a_label_is_read_back_as_the_same_window(seconds):
    window = Window(seconds)
    assert read_window([window.label]) == (window, 1)


@given(st.lists(st.text()))
def test_reading_never_raises(words):
    read_window(words)
