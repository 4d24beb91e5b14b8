"""Answers all questions about videos at once.

Every group anybody could ask about is asked about: tags, lengths, weekdays, parts of the day,
libraries, words of titles. Age and length, which explain most of what seems to be a trend, are
taken out; the false discovery rate counts all questions; and what remains is shrunk, because the
largest of many effects is large by luck as well.

In 400 simulated libraries of pure chance each, with 44 questions about both outcomes, something was
said in 9 % of those of 30 videos, 6 % of 60 and 10 % of 120. Where a preview and its film share
tags, day and three quarters of their luck, it was 8 % of those of 60 and 7 % of 120 videos; taken
for independent witnesses, they would have made two thirds of these libraries say something.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from math import exp, log
from typing import TYPE_CHECKING

from sentinel_tui.domain.stats.multiple import Shrunk, false_discovery, shrink
from sentinel_tui.domain.stats.regression import (
    Difference,
    differences,
    shuffled_differences,
    spline,
)
from sentinel_tui.domain.video.trends import (
    FEWEST_VIDEOS,
    FEWEST_WEEKS,
    Outcome,
    Question,
    Sample,
    Survey,
    Topic,
    Trend,
)

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Integers = NDArray[np.int64]

_FIT_NEEDS = 40
_SHUFFLES = 9_999
_MOST_CONFIDENCE = 0.90
"""Nothing that was only observed is surer than this."""
_Z80 = 1.28
_WORTH_A_WARNING = log(1.1)
_CAUSES = (Topic.LENGTH, Topic.LIBRARY)
"""What is otherwise taken out, and not where it is what is asked about."""


@dataclass(frozen=True, slots=True)
class _Answer:
    """What a question came to by itself, before the others are heard."""

    outcome: Outcome
    question: Question
    plain: float
    usual: float
    adjusted: Difference | None


def answers(surveys: Sequence[Survey]) -> tuple[Trend, ...]:
    """Answer all questions of all surveys at once.

    Returns:
        The answers, the surest first, and then the questions that cannot be answered.
    """
    unanswered: list[Trend] = []
    heard: list[_Answer] = []
    for survey in surveys:
        gaps = dict(_gaps(survey))
        unanswered += gaps.values()
        asked = [one for place, one in enumerate(survey.questions) if place not in gaps]
        heard += _answers(survey, asked)
    unanswered += [
        replace(_unanswered(one.outcome, one.question), confounded=True)
        for one in heard
        if one.adjusted is None
    ]
    found = sorted(_believed(heard), key=lambda one: (one.q or 0.0, -(one.confidence or 0.0)))
    return (*found, *unanswered)


def _gaps(survey: Survey) -> Iterator[tuple[int, Trend]]:
    """Which questions there is too little for, and how much is missing."""
    sample = survey.sample
    for place, question in enumerate(survey.questions):
        subjects: dict[bool, set[int]] = {True: set(), False: set()}
        weeks = set()
        for within, subject, week in zip(question.inside, sample.subject, sample.week, strict=True):
            subjects[within].add(subject)
            if within:
                weeks.add(week)
        videos_missing = max(0, *(FEWEST_VIDEOS - len(side) for side in subjects.values()))
        weeks_missing = max(0, FEWEST_WEEKS - len(weeks))
        if videos_missing or weeks_missing:
            gap = replace(
                _unanswered(survey.outcome, question),
                videos_missing=videos_missing,
                weeks_missing=weeks_missing,
            )
            yield place, gap


def _answers(survey: Survey, asked: Sequence[Question]) -> Iterator[_Answer]:
    """Each question's difference, plain and with everything else taken out."""
    import numpy as np

    outcome = np.array(survey.sample.outcome)
    causes: dict[Topic | None, list[Question]] = {}
    for question in asked:
        cause = question.topic if question.topic in _CAUSES else None
        causes.setdefault(cause, []).append(question)
    for cause, questions in causes.items():
        groups = np.array([one.inside for one in questions], dtype=float).T
        adjusted = _adjusted(survey.sample, cause, outcome, groups)
        within = outcome @ groups / groups.sum(axis=0)
        without = outcome @ (1 - groups) / (1 - groups).sum(axis=0)
        for place, question in enumerate(questions):
            yield _Answer(
                survey.outcome,
                question,
                float(within[place] - without[place]),
                float(without[place]),
                adjusted[place],
            )


def _adjusted(
    sample: Sample, asked: Topic | None, outcome: Floats, groups: Floats
) -> list[Difference | None]:
    import numpy as np

    subjects = np.array(sample.subject)
    if len(set(sample.subject)) >= _FIT_NEEDS:
        return differences(outcome, groups, other_causes(sample, asked), subjects)
    ages, lengths = _logarithms(sample)
    if asked is not Topic.LIBRARY:
        outcome = outcome - _means(outcome[:, None], np.array(sample.library))[:, 0]
    if asked is None:
        columns = np.column_stack([outcome, ages, lengths, groups])
        first = np.unique(subjects, return_index=True)[1]
        columns = _means(columns, subjects)[first]
        outcome, ages, lengths, groups = *columns[:, :3].T, columns[:, 3:]
    strata = _thirds(ages) * 3 + (_thirds(lengths) if asked is not Topic.LENGTH else 0)
    return shuffled_differences(outcome, groups, strata, _SHUFFLES, len(outcome))


def other_causes(sample: Sample, asked: Topic | None = None) -> Floats:
    """Columns for what else may make videos differ: age, length and library.

    Args:
        sample: The videos.
        asked: Which of them is asked about, and is not taken out of its own answer.
    """
    import numpy as np

    ages, lengths = _logarithms(sample)
    columns = [spline(ages)]
    if asked is not Topic.LENGTH:
        columns.append(spline(lengths))
    if asked is not Topic.LIBRARY:
        columns.append(_libraries(sample))
    return np.column_stack(columns)


def _logarithms(sample: Sample) -> tuple[Floats, Floats]:
    import numpy as np

    return np.log1p(np.array(sample.age_days)), np.log(np.array(sample.length_s))


def _means(columns: Floats, numbers: Integers) -> Floats:
    """Of each member, the means of those who share its number."""
    import numpy as np

    _, place = np.unique(numbers, return_inverse=True)
    sums = np.zeros((place.max() + 1, columns.shape[1]))
    np.add.at(sums, place, columns)
    return np.asarray((sums / np.bincount(place)[:, None])[place])


def _thirds(values: Floats) -> Floats:
    import numpy as np

    return np.searchsorted(np.quantile(values, [1 / 3, 2 / 3]), values).astype(float)


def _libraries(sample: Sample) -> Floats:
    """A column for each library but the first."""
    import numpy as np

    numbers = np.array(sample.library)
    return np.array(numbers[:, None] == sorted(set(sample.library))[1:], dtype=float)


def _believed(answers: Sequence[_Answer]) -> Iterator[Trend]:
    """Answers after all others were heard.

    Effects of one family are shrunk together. What lengths and libraries make is large by nature:
    it would make the effects of tags and hours seem larger than they are.
    """
    told = [(one, one.adjusted) for one in answers if one.adjusted is not None]
    rates = false_discovery([adjusted.p for _, adjusted in told])
    families: dict[tuple[Outcome, bool], list[tuple[_Answer, Difference, float]]] = {}
    for (answer, adjusted), rate in zip(told, rates, strict=True):
        family = (answer.outcome, answer.question.topic in _CAUSES)
        families.setdefault(family, []).append((answer, adjusted, rate))
    for members in families.values():
        beliefs = shrink([one.value for _, one, _ in members], [one.error for _, one, _ in members])
        for (answer, adjusted, rate), belief in zip(members, beliefs, strict=True):
            yield _trend(answer, adjusted, rate, belief)


def _trend(answer: _Answer, adjusted: Difference, q: float, belief: Shrunk) -> Trend:
    plain = answer.plain
    return replace(
        _unanswered(answer.outcome, answer.question),
        raw_ratio=exp(plain),
        ratio=exp(belief.value),
        low=exp(belief.value - _Z80 * belief.sd),
        high=exp(belief.value + _Z80 * belief.sd),
        p=adjusted.p,
        q=q,
        confidence=min(_MOST_CONFIDENCE, belief.confidence),
        confounded=abs(plain) > _WORTH_A_WARNING and abs(adjusted.value - plain) > abs(plain) / 2,
        usual_share=1 / (1 + exp(-answer.usual)) if answer.outcome is Outcome.HOLD else None,
    )


def _unanswered(outcome: Outcome, question: Question) -> Trend:
    inside = sum(question.inside)
    outside = len(question.inside) - inside
    return Trend(question.topic, question.group, outcome, inside, outside)
