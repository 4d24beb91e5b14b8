"""What videos that do well have in common: questions, and answers with how far to believe them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

FEWEST_VIDEOS = 8
"""So many videos must lie inside a group, and outside; a preview and its full video are one."""
FEWEST_WEEKS = 3
"""The videos of a group must come from so many weeks."""
FALSE_DISCOVERIES = 0.10
"""One in ten of what is said may be luck."""


class Topic(StrEnum):
    """What a question is about. The words are stored."""

    LENGTH = "length"
    TAG = "tag"
    TITLE = "title word"
    WEEKDAY = "weekday"
    DAY_PART = "part of day"
    LIBRARY = "library"


class Outcome(StrEnum):
    """What is compared. The words are shown."""

    REACH = "views at equal age"
    HOLD = "share watched"


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
        subject: A number for what each shows: a preview and its full video share one, and what
            is special about it is seen twice in them.
    """

    outcome: tuple[float, ...]
    age_days: tuple[float, ...]
    length_s: tuple[float, ...]
    library: tuple[int, ...]
    week: tuple[int, ...]
    subject: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Survey:
    """All questions about one outcome.

    Attributes:
        outcome: What is compared.
        sample: The videos it is compared in.
        questions: What is asked of them.
    """

    outcome: Outcome
    sample: Sample
    questions: tuple[Question, ...]


@dataclass(frozen=True, slots=True)
class Trend:
    """The answer to a question; one that there is too little for has no ratio.

    Attributes:
        topic: What it is about.
        group: The group's name.
        outcome: What was compared.
        videos_in: How many videos lie in the group.
        videos_out: How many lie outside.
        raw_ratio: How many times better the group does, with nothing taken out; None if
            unanswered. Of the share watched, all ratios are those of its odds.
        ratio: The same adjusted and shrunk; None if unanswered.
        low: The lower end of its interval, which holds 80 %.
        high: The upper end.
        p: How likely so much is by chance, for this question alone.
        q: The false discovery rate at which it is a finding.
        confidence: The chance that the effect is larger than a tenth, in the direction stated.
        confounded: Whether most of what seems to be there is age and length, or it cannot be told
            from them.
        videos_missing: How many more videos it needs, inside the group or outside.
        weeks_missing: From how many more weeks they must come.
        usual_share: Of the share watched, what is usual outside the group; else None.
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
    usual_share: float | None = None

    @property
    def worth_saying(self) -> bool:
        """Whether it is more than luck, among all that was asked."""
        return self.q is not None and self.q <= FALSE_DISCOVERIES

    def share_at(self, ratio: float) -> float:
        """The share watched at a ratio of odds to what is usual outside the group.

        Raises:
            ValueError: Something else was compared.
        """
        if self.usual_share is None:
            raise ValueError(f"{self.outcome} is no share")
        odds = ratio * self.usual_share / (1 - self.usual_share)
        return odds / (1 + odds)
