"""What is asked of a set of videos: every group that anybody could see a trend in."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from collections.abc import Set as AbstractSet

from sentinel_tui.domain.video.comparing import Compared
from sentinel_tui.domain.video.completion import bucket_of
from sentinel_tui.domain.video.stop_words import STOP_WORDS
from sentinel_tui.domain.video.trends import (
    FEWEST_VIDEOS,
    Outcome,
    Question,
    Sample,
    Survey,
    Topic,
)
from sentinel_tui.text import fold

LENGTHS = ("up to 1 min", "1 to 5 min", "5 to 15 min", "over 15 min")
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
DAY_PARTS = ("night", "morning", "afternoon", "evening")

_MOST_TAGS = 60
_MOST_WORDS = 60
"""Every question makes the others harder to answer; rare words are asked about last."""
_TAG_NAMED_FROM = 2
"""A tag that this many videos carry is named, and told how many it lacks."""
_SHORTEST_WORD = 3
_WORDS = re.compile(r"[^\W_]+")


def surveys(videos: Sequence[Compared]) -> tuple[Survey, ...]:
    """All questions about both outcomes; nothing where there are no videos."""
    outcomes: tuple[tuple[Outcome, Callable[[Compared], float | None]], ...] = (
        (Outcome.REACH, lambda one: one.reach),
        (Outcome.HOLD, lambda one: one.hold),
    )
    found = []
    for outcome, value_of in outcomes:
        told = [(one, value) for one in videos if (value := value_of(one)) is not None]
        if told:
            members = [one for one, _ in told]
            values = [value for _, value in told]
            found.append(Survey(outcome, sample(members, values), tuple(_questions(members))))
    return tuple(found)


def groups_of(one: Compared) -> set[tuple[Topic, str]]:
    """All groups that a video belongs to."""
    return {
        *_kinds(one).items(),
        *((Topic.TAG, tag) for tag in one.tags),
        *((Topic.TITLE, word) for word in title_words(one.video.title)),
    }


def sample(videos: Sequence[Compared], values: Sequence[float]) -> Sample:
    """Videos and their outcomes, ready to be asked."""
    libraries = {name: n for n, name in enumerate(sorted({one.video.library for one in videos}))}
    return Sample(
        outcome=tuple(values),
        age_days=tuple(one.age_days for one in videos),
        length_s=tuple(one.video.length_s for one in videos),
        library=tuple(libraries[one.video.library] for one in videos),
        week=tuple(one.week for one in videos),
        subject=tuple(one.subject for one in videos),
    )


def title_words(title: str) -> set[str]:
    """The words of a title that may mean something, without accents and in small letters."""
    return {
        word
        for word in _WORDS.findall(fold(title))
        if len(word) >= _SHORTEST_WORD and not word.isdecimal() and word not in STOP_WORDS
    }


def _questions(videos: Sequence[Compared]) -> Iterator[Question]:
    """Each group once, whatever its names; where all previews are short, it is the library's."""
    asked: set[tuple[bool, ...]] = set()
    for question in (*_by_kind(videos), *_by_tag(videos), *_by_word(videos)):
        others = tuple(not one for one in question.inside)
        if any(question.inside) and any(others) and not {question.inside, others} & asked:
            asked.add(question.inside)
            yield question


def _by_kind(videos: Sequence[Compared]) -> Iterator[Question]:
    libraries = sorted({one.video.library for one in videos})
    placed = [_kinds(one) for one in videos]
    for topic, groups in (
        (Topic.LIBRARY, libraries),
        (Topic.LENGTH, LENGTHS),
        (Topic.WEEKDAY, WEEKDAYS),
        (Topic.DAY_PART, DAY_PARTS),
    ):
        for group in groups:
            yield Question(topic, group, tuple(kinds[topic] == group for kinds in placed))


def _kinds(one: Compared) -> dict[Topic, str]:
    """The group of each kind that a video belongs to."""
    return {
        Topic.LENGTH: LENGTHS[bucket_of(one.video.length_s)],
        Topic.LIBRARY: one.video.library,
        Topic.WEEKDAY: WEEKDAYS[one.weekday],
        Topic.DAY_PART: DAY_PARTS[one.day_part],
    }


def _by_tag(videos: Sequence[Compared]) -> Iterator[Question]:
    return _by_mark(Topic.TAG, [one.tags for one in videos], _TAG_NAMED_FROM, _MOST_TAGS)


def _by_word(videos: Sequence[Compared]) -> Iterator[Question]:
    marks = [title_words(one.video.title) for one in videos]
    return _by_mark(Topic.TITLE, marks, FEWEST_VIDEOS, _MOST_WORDS)


def _by_mark(
    topic: Topic, marks: Sequence[AbstractSet[str]], fewest: int, most: int
) -> Iterator[Question]:
    """A question for each mark that enough videos bear, the commonest first."""
    counts = Counter(mark for each in marks for mark in each)
    common = sorted((-count, mark) for mark, count in counts.items() if count >= fewest)
    for _, mark in common[:most]:
        yield Question(topic, mark, tuple(mark in each for each in marks))
