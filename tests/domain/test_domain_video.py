"""The engagement score, completion and retention: properties, and public data."""

from __future__ import annotations

import csv
import json
from math import erf, exp, log, sqrt
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import optimize, stats
from scipy.stats import spearmanr

from sentinel_tui.domain.video.completion import Reached, bucket_of, completions
from sentinel_tui.domain.video.engagement import Watched, engagement
from sentinel_tui.domain.video.retention import retention

DATA = Path(__file__).parents[3] / "shared" / "data" / "video"
needs_data = pytest.mark.skipif(not DATA.is_dir(), reason=f"{DATA} holds the public data")

videos = st.builds(
    Watched,
    length_s=st.floats(1, 20_000),
    views=st.integers(1, 100_000),
    hold=st.floats(0, 1.3),
)


def table():
    with (DATA / "kuairand_week1.csv").open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


def by_the_book(length_s, views, hold):
    """The formulas once more, as arrays, with the curve's height found by Newton's method."""
    n, hold, x = np.array(views, float), np.minimum(hold, 1), np.log(np.array(length_s) / 60)
    w = n / (n + 12)
    y = np.log((n * hold + 0.5) / (n * (1 - hold) + 0.5))
    dx, dy = x - np.average(x, weights=w), y - np.average(y, weights=w)
    slope = ((w * dx * dy).sum() - 4.8) / ((w * dx * dx).sum() + 8)
    height = 0.0
    for _ in range(200):
        mu = 1 / (1 + np.exp(-(height + slope * x)))
        height += (w * (hold - mu)).sum() / (w * mu * (1 - mu)).sum()
    m = np.average(mu * (1 - mu), weights=w)
    beyond = np.average((hold - mu) ** 2 - 0.61 * mu * (1 - mu) / n, weights=w)
    tau2 = (len(n) * max(0, beyond) + 10 * 0.61 * m / 12) / (len(n) + 10)
    s = 0.61 * mu * (1 - mu) / tau2
    h = (n * hold + s * mu) / (n + s)
    z = (np.log(h / (1 - h)) - np.log(mu / (1 - mu))) * m / np.sqrt(tau2)
    sd = np.sqrt(0.61 / ((n + s) * h * (1 - h))) * m / np.sqrt(tau2)
    return z, sd, n / (n + s)


def percent(z):
    return 50 * (1 + erf(z / sqrt(2)))


@needs_data
def test_scores_of_public_videos_follow_the_formulas():
    rows = table()
    length_s, views, hold = (
        [float(row[name]) for row in rows] for name in ("length_s", "views", "hold")
    )
    z, sd, sure = by_the_book(length_s, views, hold)
    scores = engagement(
        [Watched(a, int(b), c) for a, b, c in zip(length_s, views, hold, strict=True)]
    )
    for at in range(0, len(rows), 37):
        assert scores[at].score == pytest.approx(min(99, max(1, percent(z[at]))), abs=1e-6)
        assert scores[at].low == pytest.approx(percent(z[at] - 1.645 * sd[at]), abs=1e-6)
        assert scores[at].high == pytest.approx(percent(z[at] + 1.645 * sd[at]), abs=1e-6)
        assert scores[at].confidence == pytest.approx(sure[at])
    assert spearmanr(length_s, [one.score for one in scores]).statistic == pytest.approx(
        -0.12, abs=0.03
    )


@needs_data
def test_few_views_are_drawn_to_what_videos_of_that_length_do():
    rows = table()
    shares = completions(
        [Reached(float(r["length_s"]), int(r["views"]), int(r["completed"])) for r in rows]
    )
    for row, share in zip(rows, shares, strict=True):
        assert share.low <= share.value <= share.high
        if int(row["views"]) >= 500:
            assert share.value == pytest.approx(int(row["completed"]) / int(row["views"]), abs=0.05)
    rare = [share for row, share in zip(rows, shares, strict=True) if int(row["views"]) == 1]
    assert all(0.01 < share.value < 0.6 for share in rare)


@needs_data
def test_priors_and_intervals_of_public_videos_are_those_of_scipy():
    rows = [row for row in table() if bucket_of(float(row["length_s"])) == 2]
    k, n = (np.array([int(row[name]) for row in rows]) for name in ("completed", "views"))

    def unlikely(logs):
        return -stats.betabinom.logpmf(k, n, *np.exp(logs)).sum()

    a, b = np.exp(optimize.minimize(unlikely, [0.0, 1.0], method="BFGS").x)
    shares = completions(
        [Reached(float(r["length_s"]), int(r["views"]), int(r["completed"])) for r in rows]
    )
    for ours, theirs in (
        ([share.value for share in shares], (a + k) / (a + b + n)),
        ([share.low for share in shares], stats.beta.ppf(0.05, a + k, b + n - k)),
        ([share.high for share in shares], stats.beta.ppf(0.95, a + k, b + n - k)),
        ([share.reliability for share in shares], n / (n + a + b)),
    ):
        assert ours == pytest.approx(theirs, rel=1e-3)


@needs_data
def test_completion_and_bounce_from_public_heatmaps_are_near_the_truth():
    truth = {row["video_id"]: row for row in table()}
    missed_end, missed_start = [], []
    for one in json.loads((DATA / "kuairand_heatmaps.json").read_text(encoding="utf-8")):
        heat = [float(one["heatmap"][str(n)]) for n in range(len(one["heatmap"]))]
        found = retention(heat, one["length_s"], one["average_watch_s"])
        known = truth[str(one["video_id"])]
        views = int(known["views"])
        missed_end.append(abs(found.completion - int(known["completed"]) / views))
        if found.bounce_30s is not None:
            missed_start.append(abs(found.bounce_30s - int(known["left_before_30s"]) / views))
        # The mean of plays is what the average watch time says, by construction.
        assert sum(found.plays) / len(heat) == pytest.approx(
            one["average_watch_s"] / one["length_s"]
        )
    assert sum(missed_end) / len(missed_end) < 0.03
    assert sum(missed_start) / len(missed_start) < 0.03


@given(st.lists(videos, min_size=1, max_size=30))
def test_scores_stay_in_range_and_more_views_make_surer(library):
    scores = engagement(library)
    assert len(scores) == len(library)
    for one in scores:
        assert 1 <= one.score <= 99
        assert 0 <= one.low <= one.high <= 100
        assert 0 < one.confidence < 1
        assert 0 < one.expected_hold < 1


def test_longer_videos_are_not_punished_for_being_long():
    library = [
        Watched(60 * minutes, 200, 1 / (1 + exp(0.6 * log(minutes) - 0.4)))
        for minutes in range(1, 40)
    ]
    assert all(40 < one.score < 60 for one in engagement(library))


def test_no_videos_no_scores():
    assert engagement([]) == []
    assert completions([]) == []


@pytest.mark.parametrize("video", [Watched(60, 0, 0.5), Watched(0, 3, 0.5), Watched(60, 3, -0.1)])
def test_what_was_never_watched_has_no_score(video):
    with pytest.raises(ValueError, match="a score needs"):
        engagement([video])


def test_a_small_library_gets_a_cautious_guess():
    (only,) = completions([Reached(100, 1, 1)])
    assert 0.2 < only.value < 0.5
    assert only.high - only.low > 0.4


def test_lengths_fall_into_four_classes():
    assert [bucket_of(length) for length in (59, 60, 299, 300, 899, 900)] == [0, 1, 1, 2, 2, 3]


@given(
    st.lists(st.floats(0, 100), min_size=1, max_size=200).filter(any),
    st.floats(1, 10_000),
    st.floats(0, 10_000),
)
def test_nobody_comes_back_who_left(heat, length_s, watch_s):
    found = retention(heat, length_s, watch_s)
    assert all(a >= b for a, b in zip(found.still, found.still[1:], strict=False))
    assert all(0 <= share <= 1 for share in found.still)
    assert all(share >= 0 for share in found.rewatched)
    assert 0 <= found.completion <= 1
    assert (found.bounce_30s is None) == (length_s < 60)


@pytest.mark.parametrize(
    ("heat", "length_s", "watch_s"), [([0, 0], 60, 10), ([1], 0, 10), ([1, -2], 60, 10)]
)
def test_a_cold_or_impossible_heatmap_is_refused(heat, length_s, watch_s):
    with pytest.raises(ValueError, match="a heatmap needs"):
        retention(heat, length_s, watch_s)
