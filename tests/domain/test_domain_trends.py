"""Trends: found where there are some, not found in noise, and never surer than they may be."""

from __future__ import annotations

from math import log

import numpy as np
import pytest
from scipy import stats

from sentinel_tui.domain.stats.multiple import false_discovery, shrink
from sentinel_tui.domain.stats.regression import difference, shuffled_difference, spline
from sentinel_tui.domain.video.trends import Question, Sample, Topic, trends

WORDS = 30


def library(count, seed, *, effect=0.0, aged=False):
    """Videos of chance, with one tag that really matters by `effect`, or only seems to by age."""
    random = np.random.default_rng(seed)
    ages = random.uniform(20, 700, count)
    lengths = np.exp(random.normal(5, 1, count))
    tagged = ages > 360 if aged else random.random(count) < 0.4
    views = random.normal(5, 0.9, count) + effect * tagged
    if aged:
        views += 1.2 * (np.log1p(ages) - 5)
    sample = Sample(
        tuple(views),
        tuple(ages),
        tuple(lengths),
        tuple(int(n) for n in random.integers(0, 2, count)),
        tuple(int(age // 7) for age in ages),
    )
    questions = [Question(Topic.TAG, "real", tuple(bool(one) for one in tagged))]
    for word in range(WORDS):
        inside = random.random(count) < random.uniform(0.2, 0.6)
        questions.append(Question(Topic.TITLE, f"word {word}", tuple(bool(one) for one in inside)))
    return sample, questions


@pytest.mark.parametrize("count", [60, 120])
def test_in_pure_noise_hardly_ever_anything_is_said(count):
    alarms, libraries = 0, 120
    for seed in range(libraries):
        found, _ = trends(*library(count, seed))
        alarms += any(one.worth_saying for one in found)
    # One in ten is what the method grants; the bound leaves room for the luck of 120 libraries.
    assert stats.binomtest(alarms, libraries, 0.11, alternative="greater").pvalue > 0.01


def test_what_is_there_is_found_and_not_overstated():
    told = []
    for seed in range(15):
        found, _ = trends(*library(200, seed, effect=log(2.5)))
        real = next(one for one in found if one.question.group == "real")
        assert real.worth_saying
        assert not real.confounded
        assert real.low < real.ratio < real.high
        assert real.confidence <= 0.9
        told.append(real.ratio)
    assert 1.6 < np.median(told) < 2.6


def test_what_is_only_age_is_said_to_be_age():
    found, _ = trends(*library(300, 5, aged=True))
    real = next(one for one in found if one.question.group == "real")
    assert real.raw_ratio > 1.8
    assert real.confounded
    assert real.confidence < 0.8


def test_too_little_is_an_answer_that_says_how_much_is_missing():
    sample, _ = library(20, 1)
    few = Question(Topic.TAG, "few", tuple(n < 3 for n in range(20)))
    almost_all = Question(Topic.TAG, "most", tuple(n < 15 for n in range(20)))
    one_week = Sample(*(getattr(sample, name) for name in sample.__slots__[:-1]), week=(7,) * 20)
    half = Question(Topic.TAG, "half", tuple(n < 10 for n in range(20)))
    found, gaps = trends(sample, [few, almost_all])
    assert not found
    assert [(gap.videos_missing, gap.weeks_missing) for gap in gaps] == [(5, 0), (3, 0)]
    found, gaps = trends(one_week, [half])
    assert not found
    assert (gaps[0].videos_missing, gaps[0].weeks_missing) == (0, 2)


def test_a_small_library_is_judged_by_shuffling():
    random = np.random.default_rng(2)
    inside = tuple(n % 2 == 0 for n in range(30))
    views = tuple(random.normal(3, 0.4, 30) + np.array(inside) * 2.0)
    ages, lengths = tuple(random.uniform(20, 700, 30)), tuple(random.uniform(60, 900, 30))
    sample = Sample(views, ages, lengths, (0,) * 30, tuple(range(30)))
    ((found,), _) = trends(sample, [Question(Topic.WEEKDAY, "Monday", inside)])
    assert found.worth_saying
    assert found.p == pytest.approx(1 / 1_000)
    assert (found.videos_in, found.videos_out) == (15, 15)
    again, _ = trends(sample, [Question(Topic.WEEKDAY, "Monday", inside)])
    assert again == [found]


def test_a_question_about_length_or_library_does_not_take_it_out():
    sample, _ = library(100, 3)
    for topic, inside in (
        (Topic.LENGTH, tuple(length > 150 for length in sample.length_s)),
        (Topic.LIBRARY, tuple(number == 1 for number in sample.library)),
    ):
        (found,), _ = trends(sample, [Question(topic, "group", inside)])
        assert 0.3 < found.ratio < 3
        assert found.low < found.ratio < found.high


def test_the_false_discovery_rate_is_that_of_scipy():
    random = np.random.default_rng(1)
    p = random.uniform(0, 1, 200).tolist()
    assert false_discovery(p) == pytest.approx(stats.false_discovery_control(p).tolist())
    assert false_discovery([]) == []


def test_shrinking_keeps_order_and_sign_and_takes_luck_out():
    random = np.random.default_rng(4)
    truth = random.normal(0, 0.3, 300)
    errors = random.uniform(0.1, 0.5, 300)
    seen = truth + random.normal(0, errors)
    shrunk = shrink(seen.tolist(), errors.tolist())
    assert np.mean((np.array([one.value for one in shrunk]) - truth) ** 2) < np.mean(
        (seen - truth) ** 2
    )
    assert all(one.value * effect >= 0 for one, effect in zip(shrunk, seen, strict=True))
    (alone,) = shrink([0.5], [0.2])
    assert 0 < alone.value < 0.5
    same = shrink([0.3, 0.3], [0.1, 0.1])
    assert same[0] == same[1]


def test_the_robust_error_is_the_textbooks():
    random = np.random.default_rng(9)
    inside = np.array([0.0, 1.0] * 40)
    outcome = 2 + 0.5 * inside + random.normal(0, 0.2 + inside, 80)
    found = difference(outcome, inside, np.empty((80, 0)))
    by_hand = sum(
        np.sum(((outcome[inside == g] - outcome[inside == g].mean()) / (1 - 1 / 40)) ** 2 / 40**2)
        for g in (0, 1)
    )
    assert found.error == pytest.approx(np.sqrt(by_hand))
    assert found.value == pytest.approx(outcome[inside == 1].mean() - outcome[inside == 0].mean())
    assert found.p == pytest.approx(2 * stats.t.sf(abs(found.value / found.error), 78))


def test_shuffles_stay_within_their_stratum():
    strata = np.repeat([0.0, 1.0], 10)
    inside = np.tile([1.0, 0.0], 10)
    outcome = np.repeat([0.0, 100.0], 10) + np.tile([1.0, 0.0], 10)
    found = shuffled_difference(outcome, inside, strata, 199, 1)
    assert found.value == pytest.approx(1.0)
    assert found.p < 0.02


def test_a_spline_of_equal_values_is_a_straight_line():
    assert spline(np.ones(9)).shape == (9, 1)
    assert spline(np.arange(9.0)).shape == (9, 3)
