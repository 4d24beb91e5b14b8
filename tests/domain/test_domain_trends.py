"""Trends: found where there are some, not found in noise, and never surer than they may be."""

from __future__ import annotations

from dataclasses import replace
from math import log

import numpy as np
import pytest
from scipy import stats

from sentinel_tui.domain.stats.multiple import false_discovery, shrink
from sentinel_tui.domain.stats.regression import (
    differences,
    shuffled_differences,
    spline,
    unexplained,
)
from sentinel_tui.domain.video.answering import answers
from sentinel_tui.domain.video.trends import (
    Outcome,
    Question,
    Sample,
    Survey,
    Topic,
)

WORDS = 30
BOTH = (Outcome.REACH, Outcome.HOLD)


def flags(column):
    return tuple(bool(one) for one in column)


def library(count, seed, *, effect=0.0, aged=False, pairs=False):
    """Two surveys of chance, with one tag that matters by `effect`, or only seems to by age.

    Of pairs, both videos have the same tags and days, and much of their luck in common.
    """
    random = np.random.default_rng(seed)
    subject = np.repeat(np.arange(count // 2), 2) if pairs else np.arange(count)
    subjects = subject[-1] + 1
    ages = random.uniform(20, 700, subjects)[subject]
    lengths = np.exp(random.normal(5, 1, count))
    tagged = ages > 360 if aged else (random.random(subjects) < 0.4)[subject]
    questions = [Question(Topic.TAG, "real", flags(tagged))]
    for word in range(WORDS):
        inside = (random.random(subjects) < random.uniform(0.2, 0.6))[subject]
        questions.append(Question(Topic.TITLE, f"word {word}", flags(inside)))
    days = random.integers(0, 7, subjects)[subject]
    questions += [Question(Topic.WEEKDAY, str(day), flags(days == day)) for day in range(7)]
    surveys = []
    for outcome in BOTH:
        luck = random.normal(0, 0.5 if pairs else 0.9, count)
        if pairs:
            luck += random.normal(0, 0.75, subjects)[subject]
        sample = Sample(
            tuple(5 + luck + effect * tagged + (1.2 * (np.log1p(ages) - 5) if aged else 0)),
            tuple(ages),
            tuple(lengths),
            tuple(int(n) for n in random.integers(0, 2, count)),
            tuple(int(age // 7) for age in ages),
            tuple(int(n) for n in subject),
        )
        surveys.append(Survey(outcome, sample, tuple(questions)))
    return surveys


def real(found, outcome=Outcome.REACH):
    return next(one for one in found if one.group == "real" and one.outcome is outcome)


def one_survey(count, questions, *, weeks=None, values=None, seed=2):
    random = np.random.default_rng(seed)
    sample = Sample(
        tuple(random.normal(3, 0.4, count) if values is None else values),
        tuple(random.uniform(20, 700, count)),
        tuple(random.uniform(60, 900, count)),
        (0,) * count,
        tuple(range(count)) if weeks is None else weeks,
        tuple(range(count)),
    )
    return [Survey(Outcome.REACH, sample, tuple(questions))]


@pytest.mark.parametrize(
    ("count", "pairs", "libraries"), [(60, False, 150), (120, True, 120), (30, False, 50)]
)
def test_in_pure_noise_hardly_ever_anything_is_said(count, pairs, libraries):
    alarms = sum(
        any(one.worth_saying for one in answers(library(count, seed, pairs=pairs)))
        for seed in range(libraries)
    )
    # The method grants one library in ten; the bound leaves room for the luck of these.
    assert stats.binomtest(alarms, libraries, 0.11, alternative="greater").pvalue > 0.01


def test_without_asking_all_together_most_libraries_would_seem_to_say_something():
    unguarded = [
        any(one.p is not None and one.p < 0.05 for one in answers(library(60, seed)))
        for seed in range(25)
    ]
    assert np.mean(unguarded) > 0.6


def test_what_is_there_is_found_and_not_overstated():
    told = []
    for seed in range(15):
        found = real(answers(library(200, seed, effect=log(2.5))))
        assert found.worth_saying
        assert not found.confounded
        assert found.low < found.ratio < found.high
        assert found.confidence <= 0.9
        told.append(found.ratio)
    assert 1.6 < np.median(told) < 2.6


def test_a_confidence_keeps_its_word():
    """Of tags said to matter by more than a tenth with a confidence, as many truly do."""
    random = np.random.default_rng(8)
    claimed, kept = [], []
    for _ in range(25):
        effects = random.normal(0, 0.3, WORDS)
        inside = random.random((150, WORDS)) < 0.3
        values = 3 + inside @ effects + random.normal(0, 0.8, 150)
        questions = [
            Question(Topic.TAG, str(place), flags(column)) for place, column in enumerate(inside.T)
        ]
        for one in answers(one_survey(150, questions, values=values)):
            effect = effects[int(one.group)] * (1 if one.ratio > 1 else -1)
            claimed.append(one.confidence)
            kept.append(effect > log(1.1))
    claimed, kept = np.array(claimed), np.array(kept)
    for low, high in ((0.2, 0.5), (0.5, 0.8), (0.8, 1.0)):
        band = (claimed >= low) & (claimed < high)
        assert band.sum() > 40
        assert kept[band].mean() == pytest.approx(claimed[band].mean(), abs=0.15)


def test_what_is_only_age_is_said_to_be_age():
    found = real(answers(library(300, 5, aged=True)))
    assert found.raw_ratio > 1.8
    assert found.confounded
    assert found.confidence < 0.8


def test_a_preview_and_its_film_are_one_witness():
    found = answers(library(200, 3, effect=0.8, pairs=True))
    alone = [
        Survey(one.outcome, replace(one.sample, subject=tuple(range(200))), one.questions)
        for one in library(200, 3, effect=0.8, pairs=True)
    ]
    assert real(found).p > real(answers(alone)).p
    assert real(found).raw_ratio == pytest.approx(real(answers(alone)).raw_ratio)


def test_of_the_share_watched_the_usual_is_told_and_what_a_ratio_of_odds_makes_of_it():
    found = answers(library(200, 1, effect=0.8))
    reach, hold = real(found), real(found, Outcome.HOLD)
    assert hold.share_at(1.0) == pytest.approx(hold.usual_share)
    assert hold.share_at(hold.ratio) > hold.usual_share
    assert reach.usual_share is None
    with pytest.raises(ValueError, match="no share"):
        reach.share_at(2.0)


def test_too_little_is_an_answer_that_says_how_much_is_missing():
    few = Question(Topic.TAG, "few", tuple(n < 3 for n in range(20)))
    almost_all = Question(Topic.TAG, "most", tuple(n < 15 for n in range(20)))
    half = Question(Topic.TAG, "half", tuple(n < 10 for n in range(20)))
    gaps = answers(one_survey(20, [few, almost_all]))
    assert [(gap.videos_missing, gap.weeks_missing) for gap in gaps] == [(5, 0), (3, 0)]
    assert not any(gap.worth_saying or gap.ratio for gap in gaps)
    (gap,) = answers(one_survey(20, [half], weeks=(7,) * 20))
    assert (gap.videos_missing, gap.weeks_missing) == (0, 2)
    assert (gap.videos_in, gap.videos_out) == (10, 10)
    assert answers([]) == ()


def test_the_previews_of_few_subjects_are_too_few():
    inside = tuple(n < 12 for n in range(40))
    (survey,) = one_survey(40, [Question(Topic.TAG, "doubled", inside)])
    paired = replace(survey.sample, subject=tuple(n // 2 for n in range(40)))
    (gap,) = answers([replace(survey, sample=paired)])
    assert gap.videos_missing == 2
    assert gap.videos_in == 12


@pytest.mark.parametrize("topic", [Topic.WEEKDAY, Topic.LENGTH, Topic.LIBRARY])
def test_a_small_library_is_judged_by_shuffling(topic):
    inside = tuple(n % 2 == 0 for n in range(30))
    values = np.random.default_rng(2).normal(3, 0.4, 30) + np.array(inside) * 2.0
    surveys = one_survey(30, [Question(topic, "group", inside)], values=values)
    (found,) = answers(surveys)
    assert found.worth_saying
    assert found.p < 0.001
    assert (found.videos_in, found.videos_out) == (15, 15)
    assert answers(surveys) == (found,)


def test_a_question_about_length_or_library_does_not_take_it_out():
    (survey, _) = library(100, 3)
    for topic, inside in (
        (Topic.LENGTH, tuple(length > 150 for length in survey.sample.length_s)),
        (Topic.LIBRARY, tuple(number == 1 for number in survey.sample.library)),
    ):
        (found,) = answers([replace(survey, questions=(Question(topic, "group", inside),))])
        assert found.low < found.ratio < found.high


def test_what_cannot_be_told_from_the_library_is_not_answered():
    (survey, _) = library(100, 3)
    inside = tuple(number == 1 for number in survey.sample.library)
    (found,) = answers([replace(survey, questions=(Question(Topic.TAG, "private", inside),))])
    assert found.ratio is None
    assert found.confounded
    assert not found.videos_missing


@pytest.mark.parametrize("count", [30, 80])
def test_videos_that_all_do_the_same_have_no_trend(count):
    inside = tuple(n % 3 == 0 for n in range(count))
    (found,) = answers(
        one_survey(count, [Question(Topic.TAG, "any", inside)], values=(0.1,) * count)
    )
    assert not found.worth_saying


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
    (found,) = differences(outcome, inside[:, None], np.empty((80, 0)), np.arange(80))
    by_hand = sum(
        np.sum(((outcome[inside == g] - outcome[inside == g].mean()) / (1 - 1 / 40)) ** 2 / 40**2)
        for g in (0, 1)
    )
    assert found.error == pytest.approx(np.sqrt(by_hand))
    assert found.value == pytest.approx(outcome[inside == 1].mean() - outcome[inside == 0].mean())
    assert found.p == pytest.approx(2 * stats.t.sf(abs(found.value / found.error), 78))


def test_taking_others_out_first_leaves_the_coefficients_of_the_whole_fit():
    random = np.random.default_rng(5)
    others, groups = random.normal(0, 1, (60, 3)), random.integers(0, 2, (60, 4)).astype(float)
    outcome = random.normal(0, 1, 60) + others[:, 0]
    for column, found in zip(
        groups.T, differences(outcome, groups, others, np.arange(60)), strict=True
    ):
        whole = np.column_stack([column, np.ones(60), others])
        fitted, *_ = np.linalg.lstsq(whole, outcome, rcond=None)
        assert found.value == pytest.approx(fitted[0])
    left = unexplained(outcome, others)
    assert np.column_stack([np.ones(60), others]).T @ left == pytest.approx(np.zeros(4), abs=1e-9)


def test_shuffles_stay_within_their_stratum():
    strata = np.repeat([0.0, 1.0], 10)
    inside = np.tile([1.0, 0.0], 10)
    outcome = np.repeat([0.0, 100.0], 10) + np.tile([1.0, 0.0], 10)
    groups = np.column_stack([inside, strata])
    found, whole_stratum = shuffled_differences(outcome, groups, strata, 199, 1)
    assert found.value == pytest.approx(1.0)
    assert found.p < 0.02
    assert whole_stratum is None


def test_a_spline_of_equal_values_is_a_straight_line():
    assert spline(np.ones(9)).shape == (9, 1)
    assert spline(np.arange(9.0)).shape == (9, 3)
