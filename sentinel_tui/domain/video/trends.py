"""What videos that do well have in common, and how far that may be believed.

Every group anybody could ask about is asked about: tags, lengths, weekdays, parts of the day,
libraries, words of titles. Age and length, which explain most of what seems to be a trend, are
taken out; the false discovery rate counts all questions; and what remains is shrunk, because the
largest of many effects is large by luck as well.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from math import exp, log
from typing import TYPE_CHECKING

from sentinel_tui.domain.stats.multiple import Shrunk, false_discovery, shrink
from sentinel_tui.domain.stats.regression import (
    Difference,
    difference,
    shuffled_difference,
    spline,
)

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

FEWEST_VIDEOS = 8
"""So many videos must lie inside a group, and outside."""
FEWEST_WEEKS = 3
"""The videos of a group must come from so many weeks."""
FALSE_DISCOVERIES = 0.10
"""One in ten of what is said may be luck."""

_FIT_NEEDS = 40
_SHUFFLES = 999
_MOST_CONFIDENCE = 0.90
"""Nothing that was only observed is surer than this."""
_Z80 = 1.28


class Topic(StrEnum):
    """What a question is about. The words are stored."""

    LENGTH = "length"
    TAG = "tag"
    TITLE = "title word"
    WEEKDAY = "weekday"
    DAY_PART = "part of day"
    LIBRARY = "library"


@dataclass(frozen=True, slots=True)
class Question:
    """Do the videos of a group do better or worse?

    Attributes:
        topic: What it is about.
        group: The group's name, such as a tag.
        inside: Of each video, whether it belongs to the group.
    """

    topic: Topic
    group: str
    inside: tuple[bool, ...]


@dataclass(frozen=True, slots=True)
class Sample:
    """The videos that questions are asked of, all in one order.

    Attributes:
        outcome: What is compared, on a logarithmic or log-odds scale.
        age_days: How old each is.
        length_s: How long each is.
        library: A number for the library each lies in.
        week: The week each was published in.
    """

    outcome: tuple[float, ...]
    age_days: tuple[float, ...]
    length_s: tuple[float, ...]
    library: tuple[int, ...]
    week: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Finding:
    """The answer to a question.

    Attributes:
        question: Which.
        videos_in: How many videos lie in the group.
        videos_out: How many lie outside.
        raw_ratio: How many times better the group does, with nothing taken out.
        ratio: The same with age and length taken out, shrunk.
        low: The lower end of its interval, which holds 80 %.
        high: The upper end.
        p: How likely so much is by chance, for this question alone.
        q: The false discovery rate at which it is a finding.
        confidence: The chance that the effect is larger than a tenth, in the direction stated.
        confounded: Whether most of what seems to be there is age and length.
    """

    question: Question
    videos_in: int
    videos_out: int
    raw_ratio: float
    ratio: float
    low: float
    high: float
    p: float
    q: float
    confidence: float
    confounded: bool

    @property
    def worth_saying(self) -> bool:
        """Whether it is more than luck, among all that was asked."""
        return self.q <= FALSE_DISCOVERIES


class Outcome(StrEnum):
    """What is compared. The words are shown."""

    REACH = "views at equal age"
    HOLD = "share watched"


@dataclass(frozen=True, slots=True)
class Trend:
    """An answer as it is kept: a finding, or a question that there is too little for.

    Attributes:
        topic: What it is about.
        group: The group's name.
        outcome: What was compared.
        videos_in: How many videos lie in the group.
        videos_out: How many lie outside.
        raw_ratio: How many times better the group does, with nothing taken out; None if unanswered.
        ratio: The same adjusted and shrunk; None if unanswered.
        low: The lower end of its interval, which holds 80 %.
        high: The upper end.
        p: How likely so much is by chance, for this question alone.
        q: The false discovery rate at which it is a finding.
        confidence: The chance that the effect is larger than a tenth, in the direction stated.
        confounded: Whether most of what seems to be there is age and length.
        videos_missing: How many more videos it needs.
        weeks_missing: From how many more weeks they must come.
    """

    topic: Topic
    group: str
    outcome: Outcome
    videos_in: int
    videos_out: int
    raw_ratio: float | None = None
    ratio: float | None = None
    low: float | None = None
    high: float | None = None
    p: float | None = None
    q: float | None = None
    confidence: float | None = None
    confounded: bool = False
    videos_missing: int = 0
    weeks_missing: int = 0

    @property
    def worth_saying(self) -> bool:
        """Whether it is more than luck, among all that was asked."""
        return self.q is not None and self.q <= FALSE_DISCOVERIES


@dataclass(frozen=True, slots=True)
class Unanswered:
    """A question that there is too little for.

    Attributes:
        question: Which.
        videos_missing: How many more videos it needs, inside the group or outside.
        weeks_missing: From how many more weeks they must come.
    """

    question: Question
    videos_missing: int
    weeks_missing: int


def trends(sample: Sample, questions: Sequence[Question]) -> tuple[list[Finding], list[Unanswered]]:
    """Answer all questions at once.

    Returns:
        The answers, the surest first, and the questions that there is too little for.
    """
    unanswered = [gap for one in questions if (gap := _missing(sample, one)) is not None]
    passed_over = {id(one.question) for one in unanswered}
    asked = [one for one in questions if id(one) not in passed_over]
    if not asked:
        return [], unanswered
    raw, adjusted = zip(*(_compare(sample, one) for one in asked), strict=True)
    rates = false_discovery([one.p for one in adjusted])
    shrunk = shrink([one.value for one in adjusted], [one.error for one in adjusted])
    findings = [
        _finding(question, before, after, q, belief)
        for question, before, after, q, belief in zip(
            asked, raw, adjusted, rates, shrunk, strict=True
        )
    ]
    return sorted(findings, key=lambda one: (one.q, -one.confidence)), unanswered


def _missing(sample: Sample, question: Question) -> Unanswered | None:
    inside = sum(question.inside)
    outside = len(question.inside) - inside
    weeks = {week for week, within in zip(sample.week, question.inside, strict=True) if within}
    videos_missing = max(0, FEWEST_VIDEOS - inside, FEWEST_VIDEOS - outside)
    weeks_missing = max(0, FEWEST_WEEKS - len(weeks))
    if videos_missing or weeks_missing:
        return Unanswered(question, videos_missing, weeks_missing)
    return None


def _compare(sample: Sample, question: Question) -> tuple[float, Difference]:
    """The plain difference, and the one with everything else taken out."""
    import numpy as np

    outcome, inside = np.array(sample.outcome), np.array(question.inside, dtype=float)
    plain = float(outcome[inside > 0].mean() - outcome[inside == 0].mean())
    ages, lengths = np.log1p(np.array(sample.age_days)), np.log(np.array(sample.length_s))
    if len(outcome) < _FIT_NEEDS:
        strata = _thirds(ages) * 3 + _thirds(lengths)
        return plain, shuffled_difference(outcome, inside, strata, _SHUFFLES, len(outcome))
    others = [spline(ages)]
    if question.topic is not Topic.LENGTH:
        others.append(spline(lengths))
    if question.topic is not Topic.LIBRARY:
        others += [_libraries(sample)]
    return plain, difference(outcome, inside, np.column_stack(others))


def _thirds(values: Floats) -> Floats:
    import numpy as np

    return np.searchsorted(np.quantile(values, [1 / 3, 2 / 3]), values).astype(float)


def _libraries(sample: Sample) -> Floats:
    """A column for each library but the first."""
    import numpy as np

    numbers = np.array(sample.library)
    return np.array([numbers == one for one in sorted(set(sample.library))[1:]], float).T.reshape(
        len(numbers), -1
    )


def _finding(
    question: Question, plain: float, adjusted: Difference, q: float, belief: Shrunk
) -> Finding:
    inside = sum(question.inside)
    return Finding(
        question=question,
        videos_in=inside,
        videos_out=len(question.inside) - inside,
        raw_ratio=exp(plain),
        ratio=exp(belief.value),
        low=exp(belief.value - _Z80 * belief.sd),
        high=exp(belief.value + _Z80 * belief.sd),
        p=adjusted.p,
        q=q,
        confidence=min(_MOST_CONFIDENCE, belief.confidence),
        confounded=abs(plain) > log(1.1) and abs(adjusted.value - plain) > abs(plain) / 2,
    )
