"""From players' reports to views, and from views to figures that say what they rest on."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sentinel_tui.domain.video.events import VIEW_GAP_MS, PlayerEvent, View, ViewEvent, views_of
from sentinel_tui.domain.video.metrics import (
    DAY_MS,
    Basis,
    Counted,
    average_watched,
    bounce,
    completion,
    conversion,
    repeat_ratio,
    unique_viewers,
    views_at_age,
)
from sentinel_tui.domain.video.retention import retention

NOON = 1_790_000_000_000
PLAY, PROGRESS, SEEK, PAUSE, ENDED = PlayerEvent


def report(kind, seconds, position_s, viewer="ann", video="v1"):
    return ViewEvent(viewer, video, "public", kind, NOON + round(seconds * 1_000), position_s)


def watching(until_s, every_s=10):
    steps = range(every_s, until_s + 1, every_s)
    return [report(PLAY, 0, 0), *(report(PROGRESS, second, second) for second in steps)]


def view(viewer="ann", at_ms=NOON, furthest_s=0.0, *, ended=False):
    return View(viewer, "v1", "public", at_ms, furthest_s, furthest_s, ended)


def test_playing_on_is_watching():
    (one,) = views_of([*watching(60), report(ENDED, 65, 65)])
    assert (one.watch_s, one.furthest_s, one.ended) == (65, 65, True)


def test_jumping_ahead_is_not_watching():
    (one,) = views_of([*watching(10), report(SEEK, 11, 300), report(PROGRESS, 20, 309)])
    assert one.watch_s == 19
    assert one.furthest_s == 309


def test_a_pause_stops_the_clock_and_not_the_view():
    events = [*watching(20), report(PAUSE, 20, 20), report(SEEK, 30, 25), report(PLAY, 600, 25)]
    (one,) = views_of([*events, report(PROGRESS, 610, 35)])
    assert one.watch_s == 30


def test_watching_a_moment_again_counts_again():
    (one,) = views_of([*watching(20), report(SEEK, 21, 0), report(PROGRESS, 31, 10)])
    assert (one.watch_s, one.furthest_s) == (30, 20)


def test_coming_back_later_is_another_view():
    later = VIEW_GAP_MS / 1_000 + 21
    both = views_of([*watching(20), report(PLAY, later, 20), report(PROGRESS, later + 10, 30)])
    assert [one.watch_s for one in both] == [20, 10]


def test_every_viewer_and_every_video_has_its_own_view():
    events = [report(PLAY, 0, 0, viewer, video) for viewer in "ab" for video in ("v1", "v2")]
    assert len(views_of(events)) == 4


@given(st.integers(0, 200), st.randoms(use_true_random=False))
def test_reports_may_come_twice_and_in_any_order(until_s, chance: random.Random):
    events = watching(until_s)
    mixed = events + events[: len(events) // 2]
    chance.shuffle(mixed)
    assert views_of(mixed) == views_of(events)


def test_the_share_watched_is_capped_and_says_so():
    assert average_watched(Counted(100, 10, 400)).value == pytest.approx(0.4)
    capped = average_watched(Counted(100, 10, 4_000))
    assert (capped.value, capped.basis) == (1.0, Basis.ESTIMATED)
    assert average_watched(Counted(100, 0, 0)).basis is Basis.UNAVAILABLE


def test_completion_and_bounce_are_exact_from_events():
    views = [view(furthest_s=s) for s in (5, 29, 31, 95)] + [view(ended=True)]
    assert completion(100, views, 900, None).value == pytest.approx(2 / 5)
    assert bounce(100, views, 900, None).value == pytest.approx(2 / 5)
    assert completion(100, views, 900, None).basis is Basis.EXACT


def test_without_events_the_heatmap_is_an_estimate_and_without_views_nothing():
    curve = retention([100, 80, 60, 40], 120, 60)
    for figure in (completion, bounce):
        assert figure(120, [], 50, curve).basis is Basis.ESTIMATED
        few = figure(120, [], 49, curve)
        assert (few.value, few.basis) == (None, Basis.UNAVAILABLE)
        assert "50 views" in few.source
        assert figure(120, [], 900, None).basis is Basis.UNAVAILABLE


def test_below_a_minute_nobody_bounces_in_30_s():
    assert bounce(59, [view()], 900, None).basis is Basis.UNAVAILABLE


def test_viewers_are_exact_by_token_at_most_the_views_or_unknown():
    assert unique_viewers([view("a"), view("a"), view("b")], None).value == 2
    assert repeat_ratio([view("a"), view("a"), view("b")]).value == pytest.approx(1.5)
    assert unique_viewers([view("")], 40).basis is Basis.BOUNDED
    assert unique_viewers([], None).basis is Basis.UNAVAILABLE
    assert repeat_ratio([view("")]).value is None


def test_a_cohort_counts_once_its_seven_days_are_over():
    previews = [view("a"), view("b"), view("c", NOON + 3 * DAY_MS), view("a", NOON + 1), view("")]
    fulls = [view("a", NOON + 6 * DAY_MS), view("b", NOON + 8 * DAY_MS), view("z")]
    early = conversion(previews, fulls, NOON + 6 * DAY_MS)
    assert early.basis is Basis.UNAVAILABLE
    found = conversion(previews, fulls, NOON + 7 * DAY_MS)
    assert found.value == pytest.approx(1 / 2)
    assert found.source == "1 of 2 preview viewers"
    assert found.low is not None
    assert found.high is not None
    assert 0 < found.low < found.high < 1


def test_a_full_video_before_the_preview_is_no_conversion():
    found = conversion([view("a")], [view("a", NOON - 1)], NOON + 8 * DAY_MS)
    assert found.value == 0


def test_views_at_equal_age_need_that_age_and_all_of_its_days():
    days = [(NOON - NOON % DAY_MS + n * DAY_MS, 10 - n) for n in range(8)]
    assert views_at_age(days, NOON, 7).value == sum(count for _, count in days)
    assert views_at_age(days, NOON, 28).basis is Basis.UNAVAILABLE
    assert views_at_age(days[1:], NOON, 3).basis is Basis.UNAVAILABLE
    assert views_at_age([], NOON, 7).basis is Basis.UNAVAILABLE
