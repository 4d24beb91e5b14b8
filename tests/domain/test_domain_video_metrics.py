"""From players' reports to views, and from views to figures that say what they rest on."""

from __future__ import annotations

import random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sentinel_tui.domain.video.catalog import Heat, Video
from sentinel_tui.domain.video.completion import (
    BOUNCE_PRIOR,
    COMPLETION_PRIOR,
    Hits,
    bounce,
    completion,
    settled,
)
from sentinel_tui.domain.video.events import VIEW_GAP_MS, PlayerEvent, View, ViewEvent, views_of
from sentinel_tui.domain.video.metrics import (
    Basis,
    Counted,
    average_watched,
    counted,
    repeat_ratio,
    unique_viewers,
    view_count,
    watch_time,
)
from sentinel_tui.domain.video.retention import from_views, retention_of

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


def test_a_platform_that_never_told_is_not_a_count_of_nothing():
    never = counted(Video("v1", "public", "A", 60, NOON), [])
    assert view_count(never).basis is Basis.UNAVAILABLE
    assert watch_time(never).value is None
    told = counted(Video("v1", "public", "A", 60, NOON, seen_ms=NOON), [])
    assert (view_count(told).value, watch_time(told).value) == (0, 0)
    assert average_watched(told).basis is Basis.UNAVAILABLE


def test_the_bitrate_of_all_renditions_is_known_from_their_size():
    video = Video("v1", "public", "A", 60, NOON, storage_bytes=75_000_000)
    assert video.approximate_bitrate_bps == pytest.approx(10_000_000)
    assert Video("v1", "public", "A", 60, NOON).approximate_bitrate_bps is None
    assert Video("v1", "public", "A", 0, NOON, storage_bytes=9).approximate_bitrate_bps is None


def test_views_without_any_time_have_no_average():
    count = counted(Video("v1", "public", "A", 60, NOON, views=7, seen_ms=NOON), [])
    assert view_count(count).value == 7
    assert watch_time(count).basis is Basis.UNAVAILABLE
    assert average_watched(count).value is None


def test_an_average_stands_in_for_a_sum_that_is_not_told():
    count = counted(Video("v1", "public", "A", 60, NOON, views=7, average_watch_s=20), [])
    assert watch_time(count).value == pytest.approx(140)
    assert average_watched(count).value == pytest.approx(1 / 3)


def test_players_count_where_the_platform_does_not():
    video = Video("v1", "public", "A", 60, NOON)
    count = counted(video, [view(furthest_s=30), view(furthest_s=60)])
    assert view_count(count).value == 2
    assert average_watched(count).value == pytest.approx(0.75)
    assert "players" in watch_time(count).source


def test_reports_that_may_be_of_several_people_at_once_count_for_nothing():
    (merged,) = views_of(
        report(PROGRESS, begun_s + second, second, viewer="")
        for begun_s in (0, 7)
        for second in range(0, 60, 10)
    )
    video = Video("v1", "public", "A", 60, NOON)
    count = counted(video, [merged])
    assert view_count(count).value is None
    assert "viewer tokens" in watch_time(count).source
    assert retention_of(Counted(60, 20, 600), [merged], None) is None


def test_reports_of_a_part_of_the_views_are_an_estimate_of_all():
    views = [view(furthest_s=95), view(furthest_s=5)]
    for in_all, basis in ((2, Basis.EXACT), (40, Basis.ESTIMATED)):
        count = Counted(100, in_all, 50 * in_all)
        assert completion(count, retention_of(count, views, None)).basis is basis


def test_the_share_watched_is_capped_and_says_so():
    plain = average_watched(Counted(100, 10, 400))
    assert (plain.value, plain.basis) == (pytest.approx(0.4), Basis.EXACT)
    assert 0 < plain.low < plain.value < plain.high < 1
    capped = average_watched(Counted(100, 10, 4_000))
    assert (capped.value, capped.basis) == (1.0, Basis.ESTIMATED)
    assert average_watched(Counted(0, 10, 400)).basis is Basis.UNAVAILABLE


def one_figure(found, prior=COMPLETION_PRIOR):
    return settled([found], prior)[0]


def test_completion_and_bounce_come_from_events_with_intervals():
    views = [view(furthest_s=s) for s in (5, 29, 31, 95)] + [view(ended=True)]
    count = Counted(100, 5, 260)
    curve = retention_of(count, views, None)
    ended, left = completion(count, curve), bounce(count, curve)
    assert (ended.hits, ended.tries, ended.basis) == (2, 5, Basis.EXACT)
    assert (left.hits, left.tries) == (2, 5)
    figure = one_figure(ended)
    assert figure.low < figure.value < figure.high
    assert figure.source == "2 of 5 views by their events; few, so what is usual counts too"
    assert 0 < figure.confidence < 1


def test_videos_that_seem_all_the_same_are_not_surely_so():
    random_share = [Hits(600, 2, 50, Basis.EXACT, "") for _ in range(40)]
    other, *_ = settled([Hits(600, 9, 30, Basis.EXACT, ""), *random_share], COMPLETION_PRIOR)
    assert other.value > 0.05
    assert other.high - other.low > 0.05


@pytest.mark.parametrize(("a", "b", "tries"), [(4, 8, (1, 30)), (40, 900, (20, 200))])
def test_intervals_of_few_views_hold_the_true_share_as_often_as_they_say(a, b, tries):
    random = np.random.default_rng(31)
    shares, views = random.beta(a, b, 400), random.integers(*tries, 400)
    hits = random.binomial(views, shares)
    figures = settled(
        [Hits(600, int(k), int(n), Basis.EXACT, "") for k, n in zip(hits, views, strict=True)],
        COMPLETION_PRIOR,
    )
    held = [one.low <= share <= one.high for one, share in zip(figures, shares, strict=True)]
    assert 0.87 <= np.mean(held) <= 0.99
    off = np.array([one.value for one in figures]) - shares
    assert np.sqrt(np.mean(off**2)) < 0.8 * np.sqrt(np.mean((hits / views - shares) ** 2))


def test_reports_of_some_views_say_of_how_many():
    count = Counted(100, 212, 9_000)
    views = [view(furthest_s=95)] * 40
    assert completion(count, retention_of(count, views, None)).source == (
        "40 of 40 views by their events; 212 in all"
    )


def test_the_best_witness_speaks():
    heat = Heat(NOON, 200, (100, 80, 60, 40))
    count = Counted(120, 200, 12_000)
    assert retention_of(count, [], heat).basis is Basis.ESTIMATED
    assert retention_of(count, [view()] * 3, heat).basis is Basis.ESTIMATED
    assert retention_of(count, [view()] * 60, heat).basis is Basis.EXACT
    assert retention_of(Counted(120, 5, 300), [view()] * 3, heat).basis is Basis.EXACT
    assert retention_of(count, [view()] * 3, None).views == 3
    assert retention_of(Counted(120, 49, 3_000), [], heat) is None
    assert retention_of(Counted(120, 200, None), [], heat) is None
    assert retention_of(Counted(120, 200, 12_000), [], Heat(NOON, 200, (0, 0))) is None
    assert retention_of(Counted(0, 200, 12_000), [view()] * 60, heat) is None


def test_a_heatmap_is_an_estimate_wider_than_chance():
    count = Counted(120, 100, 6_000)
    curve = retention_of(count, [], Heat(NOON, 100, (100, 80, 60, 40)))
    estimated = one_figure(completion(count, curve))
    exact = Hits(120, round(curve.completion * 100), 100, Basis.EXACT, "")
    counted_out = one_figure(exact)
    assert estimated.basis is Basis.ESTIMATED
    assert estimated.value == pytest.approx(counted_out.value)
    assert estimated.low < counted_out.low
    assert estimated.high > counted_out.high
    assert one_figure(bounce(count, curve), BOUNCE_PRIOR).basis is Basis.ESTIMATED


@given(
    st.floats(61, 3_000),
    st.lists(st.floats(0, 1), min_size=1, max_size=60),
)
def test_bounds_hold_the_truth_of_views_that_nobody_reported(length_s, shares):
    stayed_s = [length_s * share for share in shares]
    count = Counted(length_s, len(stayed_s), sum(stayed_s) or None)
    truth = {
        completion: sum(s >= 0.9 * length_s for s in stayed_s) / len(stayed_s),
        bounce: sum(s < 30 for s in stayed_s) / len(stayed_s),
    }
    for figure, true in truth.items():
        found = figure(count, None)
        if found.basis is Basis.BOUNDED:
            assert found.value is None
            assert found.low - 1e-9 <= true <= found.high + 1e-9
            assert (found.low, found.high) != (0, 1)
        else:
            assert found.basis is Basis.UNAVAILABLE
            assert "heatmap and 50 views" in found.source


def test_nothing_is_said_where_the_average_says_nothing():
    assert completion(Counted(100, 10, 900), None).basis is Basis.UNAVAILABLE
    replayed = Counted(100, 10, 1_200)
    assert completion(replayed, None).basis is bounce(replayed, None).basis is Basis.UNAVAILABLE
    assert completion(Counted(100, 0, None), None).source == "needs a view"
    assert bounce(Counted(100, 0, None), None).source == "needs a view"
    assert bounce(Counted(100, 9, None), None).basis is Basis.UNAVAILABLE


def test_below_a_minute_nobody_bounces_in_30_s():
    count = Counted(59, 1, 10)
    assert "a minute" in bounce(count, retention_of(count, [view()], None)).source
    assert from_views(59, [view()]).bounce_30s is None


def test_viewers_are_exact_by_token_bounded_or_unknown():
    tokens = [view("a"), view("a"), view("b")]
    assert unique_viewers(tokens, None).value == 2
    some = unique_viewers(tokens, 10)
    assert (some.value, some.basis, some.low, some.high) == (None, Basis.BOUNDED, 2, 9)
    none = unique_viewers([view("")], 40)
    assert (none.basis, none.low, none.high) == (Basis.BOUNDED, None, 40)
    assert unique_viewers([], None).basis is Basis.UNAVAILABLE
    assert unique_viewers([], 0).basis is Basis.UNAVAILABLE


def test_who_is_known_for_one_visit_only_is_watched_and_not_counted():
    visits = [view(f"~{number}") for number in range(5)]
    assert counted(Video("v1", "public", "A", 60, NOON), visits).views == 5
    assert unique_viewers(visits, None).basis is Basis.BOUNDED
    assert repeat_ratio(visits).basis is Basis.UNAVAILABLE


def test_repeat_views_need_tokens():
    tokens = [view("a"), view("a"), view("b")]
    assert repeat_ratio(tokens).value == pytest.approx(1.5)
    assert repeat_ratio(tokens, 3).basis is Basis.EXACT
    assert repeat_ratio(tokens, 10).basis is Basis.ESTIMATED
    assert repeat_ratio([view("")]).value is None
