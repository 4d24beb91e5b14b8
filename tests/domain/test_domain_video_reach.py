"""Views at equal age: how they usually add up, and who does better."""

from __future__ import annotations

from dataclasses import replace
from math import exp, log

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import spearmanr

from sentinel_tui.domain.stats.means import believed
from sentinel_tui.domain.video.ages import views_at_age, views_until
from sentinel_tui.domain.video.catalog import DAY_MS, HOUR_MS, DayCount, Video
from sentinel_tui.domain.video.curves import usual_curve, usual_views
from sentinel_tui.domain.video.metrics import Basis
from sentinel_tui.domain.video.reach import at_age, reaches
from sentinel_tui.domain.video.study import Known

NOW = 20_000 * DAY_MS
YEAR_AGO = NOW - 365 * DAY_MS


def known(age_days, daily, *, name="v", from_ms=YEAR_AGO, to_ms=NOW, views=None, hourly=()):
    """A video published at midnight; days without views are left out, as the store does."""
    published_ms = NOW - age_days * DAY_MS
    days = [
        DayCount(published_ms + n * DAY_MS, int(count), 0.0, hourly)
        for n, count in enumerate(daily)
        if count and published_ms + n * DAY_MS >= from_ms
    ]
    total = sum(map(int, daily)) if views is None else views
    video = Video(name, "public", name, 60, published_ms, views=total, seen_ms=NOW)
    return Known(video, tuple(days), from_ms, to_ms)


def true_share(age_days):
    """The share of the first 28 days' views that comes by an age: the truth of these tests."""
    return log(1 + age_days) / log(29)


def library(count, random, level=60.0, spread=0.8, oldest=300):
    """Videos of known level, whose views come by the true curve and chance."""
    found = []
    for n in range(count):
        age = int(random.integers(1, oldest))
        own = level * exp(spread * random.normal())
        steps = [own * (true_share(day + 1) - true_share(day)) for day in range(age)]
        found.append((own, known(age, random.poisson(steps), name=str(n))))
    return found


def test_days_that_are_left_out_are_days_without_views():
    video = known(40, [5, 0, 0, 2] + [0] * 36)
    assert views_at_age(video, 7, NOW).value == 7
    assert views_at_age(video, 28, NOW).basis is Basis.EXACT
    assert views_until(video, [NOW - 40 * DAY_MS, NOW - 38 * DAY_MS, NOW]) == [0, 5, 7]


@given(
    st.lists(st.integers(0, 3), min_size=1, max_size=60),
    st.lists(st.integers(-5, 70), min_size=1, max_size=5),
)
def test_days_without_views_make_no_difference_whether_told_or_not(daily, after_days):
    age = len(daily)
    sparse = known(age, daily)
    begin_ms = sparse.video.published_ms
    dense = replace(
        sparse, days=tuple(DayCount(begin_ms + n * DAY_MS, v, 0.0) for n, v in enumerate(daily))
    )
    ends_ms = [begin_ms + days * DAY_MS for days in after_days]
    counts = views_until(sparse, ends_ms)
    assert counts == views_until(dense, ends_ms)
    assert counts == [sum(daily[: max(0, days)]) for days in after_days]
    for days in (7, 28):
        assert views_at_age(sparse, days, NOW) == views_at_age(dense, days, NOW)


def test_views_until_an_hour_are_counted_by_the_hour():
    by_hour = known(10, [24] * 10, hourly=(2, *[1] * 22, 0))
    assert views_until(by_hour, [by_hour.video.published_ms + 5 * HOUR_MS]) == [6]
    by_day = known(10, [24] * 10)
    assert views_until(by_day, [by_day.video.published_ms + 6 * HOUR_MS]) == [6]


def test_a_video_of_the_afternoon_has_its_first_week_to_the_hour():
    video = Video("v", "public", "v", 60, NOW - 20 * DAY_MS + 15 * HOUR_MS)
    days = [DayCount(NOW - n * DAY_MS, 24, 0.0) for n in range(20, 0, -1)]
    known_daily = Known(video, tuple(days), YEAR_AGO, NOW)
    figure = views_at_age(known_daily, 7, NOW)
    assert (figure.value, figure.basis) == (7 * 24 + 15, Basis.ESTIMATED)
    hourly = tuple(DayCount(day.at_ms, 24, 0.0, (1,) * 24) for day in days)
    exact = views_at_age(Known(video, hourly, YEAR_AGO, NOW), 7, NOW)
    assert (exact.value, exact.basis) == (7 * 24 + 15, Basis.EXACT)


@pytest.mark.parametrize(
    ("video", "needs"),
    [
        (known(5, [9] * 5), "2 more"),
        (known(400, [1] * 400), "no longer kept"),
        (known(20, [9] * 4, to_ms=NOW - 16 * DAY_MS), "still to be read"),
        (known(20, [9] * 20, to_ms=None), "daily counts"),
    ],
)
def test_views_at_an_age_say_what_they_need(video, needs):
    figure = views_at_age(video, 7, NOW)
    assert (figure.value, figure.basis) == (None, Basis.UNAVAILABLE)
    assert needs in figure.source


def test_what_was_taken_away_stops_getting_older():
    video = known(100, [3] * 100)
    gone = replace(video, video=replace(video.video, gone_ms=NOW - 95 * DAY_MS))
    assert "taken away" in views_at_age(gone, 7, NOW).source
    curve = usual_curve([one for _, one in library(40, np.random.default_rng(1))], "public", NOW)
    assert at_age(gone, curve, NOW).age_days == pytest.approx(5)


def test_the_usual_curve_is_the_true_one():
    videos = [one for _, one in library(150, np.random.default_rng(2))]
    curve = usual_curve(videos, "public", NOW)
    assert curve.days[0] == 1
    for days, share in zip(curve.days, curve.share, strict=True):
        assert share == pytest.approx(true_share(days), rel=0.1)
    assert usual_views(curve, 28) == pytest.approx(60, rel=0.25)
    between = usual_views(curve, 17)
    assert usual_views(curve, 14) < between < usual_views(curve, 21)
    assert usual_views(curve, 600) > curve.views[-1]


def test_a_curve_needs_eight_settled_videos_with_views():
    young = [known(20, [3] * 20) for _ in range(30)]
    settled = [known(40, [3] * 40) for _ in range(7)]
    unwatched = [known(40, []) for _ in range(9)]
    assert usual_curve(young + settled + unwatched, "public", NOW) is None
    (figure, *_) = reaches(settled + young[:9], None, NOW)
    assert (figure.value, figure.basis) == (None, Basis.UNAVAILABLE)
    assert "1 more" in figure.source
    assert usual_curve([*settled, settled[0]], "public", NOW) is not None
    assert usual_curve([*settled, settled[0]], "private", NOW) is None


def test_reach_finds_the_better_ones_whatever_their_age():
    videos = library(200, np.random.default_rng(3))
    curve = usual_curve([one for _, one in videos], "public", NOW)
    figures = reaches([one for _, one in videos], curve, NOW)
    middling = np.median([own for own, one in videos if one.video.published_ms < NOW - 28 * DAY_MS])
    truth = [own / middling for own, _ in videos]
    values = [figure.value for figure in figures]
    ages = [(NOW - one.video.published_ms) / DAY_MS for _, one in videos]
    per_day = [one.video.views / age for (_, one), age in zip(videos, ages, strict=True)]
    assert spearmanr(values, truth).statistic > 0.9
    assert abs(spearmanr(values, ages).statistic) < 0.2
    assert spearmanr(per_day, ages).statistic < -0.5
    held = [one.low <= true <= one.high for one, true in zip(figures, truth, strict=True)]
    assert sum(held) / len(held) >= 0.9


def test_few_views_and_young_ones_are_drawn_to_the_usual():
    videos = [one for _, one in library(60, np.random.default_rng(4), level=200)]
    curve = usual_curve(videos, "public", NOW)
    none, day_old = known(60, []), known(1, [600])
    settled = known(60, [600] + [0] * 59)
    *_, seldom, young, old = reaches([*videos, none, day_old, settled], curve, NOW)
    assert 0 < seldom.value < 0.1
    assert young.value > 1
    assert young.confidence < old.confidence
    assert young.high / young.low > old.high / old.low


def test_an_old_video_is_compared_by_its_sum_and_says_so():
    videos = [one for _, one in library(60, np.random.default_rng(5))]
    curve = usual_curve(videos, "public", NOW)
    old = known(800, [1] * 800, views=round(usual_views(curve, 800)))
    *_, figure = reaches([*videos, old], curve, NOW)
    assert figure.value == pytest.approx(1, abs=0.2)
    assert "by its sum" in figure.source
    unseen = Known(Video("x", "public", "x", 60, NOW - 9 * DAY_MS))
    *_, nothing = reaches([*videos, unseen, known(0, [])], curve, NOW)
    assert "a day of counts" in nothing.source
    *_, nothing, _ = reaches([*videos, unseen, known(0, [])], curve, NOW)
    assert nothing.value is None


def test_without_any_beginning_videos_are_compared_with_others_of_their_age():
    random = np.random.default_rng(7)
    own = 60 * np.exp(0.8 * random.normal(size=120))
    ages = random.integers(400, 2_000, 120)
    videos = [
        known(int(age), [], views=int(random.poisson(level * true_share(age))))
        for level, age in zip(own, ages, strict=True)
    ]
    assert usual_curve(videos, "public", NOW) is None
    figures = reaches([*videos, known(0, [])], None, NOW)
    assert figures.pop().basis is Basis.UNAVAILABLE
    values = [figure.value for figure in figures]
    assert spearmanr(values, own).statistic > 0.9
    assert abs(spearmanr(values, ages).statistic) < 0.2
    held = [one.low <= true / 60 <= one.high for one, true in zip(figures, own, strict=True)]
    assert sum(held) / len(held) >= 0.85


@settings(max_examples=40)
@given(
    st.lists(st.tuples(st.floats(-5, 5), st.floats(0.01, 4)), min_size=1, max_size=30),
)
def test_believed_means_lie_between_what_was_seen_and_what_is_common(members):
    values, variances = zip(*members, strict=True)
    means = believed(values, variances, usual=1.0, weight=10.0)
    for value, variance, mean in zip(values, variances, means, strict=True):
        assert min(values) - 1e-9 <= mean.value <= max(values) + 1e-9
        assert 0 < mean.reliability < 1
        assert 0 < mean.sd < np.sqrt(variance) + 1e-9
        assert abs(mean.value - value) <= max(values) - min(values) + 1e-9
    assert believed([], [], 1.0, 10.0) == []


def test_believed_means_are_nearer_to_the_truth_than_what_was_seen():
    random = np.random.default_rng(6)
    truth, errors = random.normal(2, 0.5, 400), random.uniform(0.2, 2, 400)
    seen = truth + errors * random.normal(size=400)
    means = believed(list(seen), list(errors**2), usual=1.0, weight=10.0)
    off = [mean.value - true for mean, true in zip(means, truth, strict=True)]
    assert np.sqrt(np.mean(np.square(off))) < 0.6 * np.sqrt(np.mean(np.square(seen - truth)))
    held = [abs(o) <= 1.645 * mean.sd for o, mean in zip(off, means, strict=True)]
    assert 0.86 <= np.mean(held) <= 0.94
