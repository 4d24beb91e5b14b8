"""Where viewers leave: findings where there is something, and few where there is nothing."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from sentinel_tui.domain.video.dropping import DropOff, Why, best_cta_s, drop_offs, still_at
from sentinel_tui.domain.video.events import View
from sentinel_tui.domain.video.metrics import Basis
from sentinel_tui.domain.video.retention import Retention, from_views, retention

LENGTH_S = 300.0
SEGMENTS = 100


def stays(random, views):
    """How long viewers stay where nothing in the video makes them leave: smooth, as they differ."""
    shape, scale = random.uniform(0.4, 1.2), random.uniform(0.3, 2)
    return np.minimum(random.weibull(shape, views) * scale * LENGTH_S, LENGTH_S)


def reported(stayed_s):
    views = [View("", "v", "public", 0, s, s, s >= LENGTH_S) for s in map(float, stayed_s)]
    return from_views(LENGTH_S, views)


def as_heatmap(stayed_s):
    """As the platform tells it: in whole numbers, 100 the most watched segment."""
    segment_s = LENGTH_S / SEGMENTS
    starts_s = np.arange(SEGMENTS) * segment_s
    plays = np.clip(stayed_s[:, None] - starts_s, 0, segment_s).sum(axis=0)
    heat = [float(round(100 * one / plays.max())) for one in plays]
    return retention(heat, LENGTH_S, float(stayed_s.mean()), len(stayed_s))


@pytest.mark.parametrize("curve_of", [reported, as_heatmap])
def test_smooth_curves_hardly_ever_raise_an_alarm(curve_of):
    random = np.random.default_rng(11)
    sizes = [60, 120, 400, 2_000] * 60
    curves = [(curve_of(stays(random, views)), views) for views in sizes]
    alarms = sum(bool(drop_offs(curve, views, LENGTH_S)) for curve, views in curves)
    assert alarms / len(curves) <= 0.076


@pytest.mark.parametrize("curve_of", [reported, as_heatmap])
def test_a_moment_that_drives_viewers_away_is_found(curve_of):
    random = np.random.default_rng(12)
    found = 0
    for _ in range(40):
        stayed_s = stays(random, 600)
        leaving = (stayed_s > 120) & (random.random(600) < 0.25)
        stayed_s[leaving] = 120 + random.uniform(0, 5, leaving.sum())
        drops = drop_offs(curve_of(stayed_s), 600, LENGTH_S)
        found += any(one.at_s <= 125 and one.until_s >= 120 for one in drops)
        for one in drops:
            assert one.lost_share > one.usual_share >= 0
            assert one.q <= 0.05
    assert found >= 36


@pytest.mark.parametrize("curve_of", [reported, as_heatmap])
def test_a_steep_beginning_is_no_moment(curve_of):
    """Three in ten leave evenly in the first 30 s, and the others evenly until the end."""
    random = np.random.default_rng(14)
    for _ in range(20):
        early = random.random(4_000) < 0.3
        stayed_s = np.where(early, random.uniform(0, 30, 4_000), random.uniform(30, 900, 4_000))
        assert drop_offs(curve_of(np.minimum(stayed_s, LENGTH_S)), 4_000, LENGTH_S) == []


def test_the_end_of_a_part_that_is_played_again_drives_nobody_away():
    plays = np.linspace(1, 0.5, SEGMENTS)
    again = plays.copy()
    again[60:72] *= 1.3
    watch_s = float(again.mean() * LENGTH_S)
    curve = retention([float(round(100 * one)) for one in again], LENGTH_S, watch_s, 5_000)
    assert max(curve.rewatched) > 0.05
    assert drop_offs(curve, curve.views, LENGTH_S) == []


def test_too_few_who_still_watch_say_nothing():
    stayed_s = np.array([150.0] * 10 + [300.0] * 9)
    assert drop_offs(reported(stayed_s), 19, LENGTH_S) == []
    assert drop_offs(Retention((), (1.0,), 1, None), 900, LENGTH_S) == []


def test_the_best_moment_to_ask_is_the_last_at_which_most_still_watch():
    curve = reported(np.linspace(0, LENGTH_S, 1_001)[1:])
    moment = best_cta_s(curve, [], LENGTH_S)
    assert moment.at_s == pytest.approx(0.4 * LENGTH_S, abs=LENGTH_S / SEGMENTS)
    assert moment.still_share == pytest.approx(0.6, abs=0.02)
    assert moment.why is Why.STILL_WATCHING


def test_the_best_moment_comes_before_many_leave():
    stayed_s = np.linspace(0, LENGTH_S, 1_001)[1:]
    stayed_s[(stayed_s > 60) & (np.arange(1_000) % 4 == 0)] = 61
    curve = reported(stayed_s)
    drops = drop_offs(curve, 1_000, LENGTH_S)
    moment = best_cta_s(curve, drops, LENGTH_S)
    assert moment.why is Why.BEFORE_DROP_OFF
    assert drops[0].at_s - moment.at_s == pytest.approx(3)


def test_neither_the_first_seconds_nor_the_last_are_moments_to_ask():
    everybody = reported(np.full(9, LENGTH_S))
    assert best_cta_s(everybody, [], LENGTH_S).at_s == LENGTH_S - 3
    early = [DropOff(6.0, 8.0, 0.3, 0.1, 0.01)]
    moment = best_cta_s(everybody, early, LENGTH_S)
    assert (moment.at_s, moment.why) == (5, Why.BEFORE_DROP_OFF)


def test_where_few_stay_one_must_ask_at_once():
    moment = best_cta_s(reported(np.array([2.0] * 9 + [300.0])), [], LENGTH_S)
    assert (moment.at_s, moment.why) == (5, Why.AT_ONCE)
    assert moment.still_share == pytest.approx(0.1, abs=0.05)
    assert best_cta_s(reported(np.array([2.0])), [], 4.0) is None


@settings(max_examples=50)
@given(
    st.lists(st.tuples(st.floats(0, 600), st.booleans()), min_size=1, max_size=80),
    st.floats(1, 600),
)
def test_the_curve_of_reports_only_falls_and_is_their_share(stayed, length_s):
    views = [View("", "v", "public", 0, s, min(s, length_s), ended) for s, ended in stayed]
    curve = from_views(length_s, views)
    assert curve.basis is Basis.EXACT
    assert curve.still[0] == 1
    assert list(curve.still) == sorted(curve.still, reverse=True)
    assert curve.rewatched == ()
    ended = sum(one.ended or one.furthest_s >= 0.9 * length_s for one in views)
    assert curve.completion == pytest.approx(ended / len(views))
    assert 0 <= still_at(curve, 1.0) <= still_at(curve, 0.0) <= 1


def test_the_survival_of_reports_and_its_error_are_those_of_scipy():
    random = np.random.default_rng(13)
    stayed_s = stays(random, 250)
    curve = reported(stayed_s)
    left = stayed_s < LENGTH_S
    survival = stats.ecdf(stats.CensoredData.right_censored(stayed_s, ~left)).sf
    interval = survival.confidence_interval(0.95, method="linear")
    starts_s = np.arange(SEGMENTS) * LENGTH_S / SEGMENTS
    assert curve.still == pytest.approx(survival.evaluate(starts_s))
    half = (interval.high.evaluate(starts_s) - interval.low.evaluate(starts_s)) / 2
    inside = (interval.low.evaluate(starts_s) > 0) & (interval.high.evaluate(starts_s) < 1)
    assert 1.96 * np.array(curve.errors)[inside] == pytest.approx(half[inside], rel=1e-3)


def test_a_curve_without_views_has_no_error_and_needs_one():
    assert retention([100, 50], 60, 30).errors == ()
    with pytest.raises(ValueError, match="needs a length and a view"):
        from_views(60, [])
