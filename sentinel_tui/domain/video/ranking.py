"""Which videos do best and worst, as far as that may be told.

A video with three views may be the best of all, and most likely is not. The best are ranked by
what they reach at least, the worst by what they reach at most, so that one must have shown it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from sentinel_tui.domain.video.cards import Card
from sentinel_tui.domain.video.engagement import Score
from sentinel_tui.domain.video.metrics import Basis, Figure

LEAST_CONFIDENCE = 0.5
"""Below this a figure says more of the library than of the video."""


class RankBy(StrEnum):
    """What videos are ranked by. The words are shown."""

    REACH = "views at equal age"
    COMPLETION = "completion"
    ENGAGEMENT = "engagement"
    VIEWS = "views"
    WATCH_TIME = "watch time"
    HOLD = "share watched"


_COUNTS = (RankBy.VIEWS, RankBy.WATCH_TIME)
"""What is counted is so, however few."""


class Place(NamedTuple):
    """What a video is ranked by.

    Attributes:
        value: The figure.
        low: The lower end of its interval; the figure itself where it was counted.
        high: The upper end.
    """

    value: float
    low: float
    high: float

    def key(self, *, best: bool) -> tuple[float, float]:
        """What it is sorted by, the larger the better: the best by what they reach at least."""
        return (self.low if best else self.high), self.value


@dataclass(frozen=True, slots=True)
class Ranked:
    """A video in its place.

    Attributes:
        card: Its figures.
        value: The one it is ranked by.
        low: The lower end of its interval; the figure itself where it was counted.
        high: The upper end.
    """

    card: Card
    value: float
    low: float
    high: float


def ranked(cards: Iterable[Card], by: RankBy, *, best: bool) -> list[Ranked]:
    """The videos in order, the best or the worst first.

    Those of which the figure is unknown, or less than half their own doing, have no place: as
    many are missing as there are more cards than places.
    """
    found = [(card, place) for card in cards if (place := _place(card, by)) is not None]
    found.sort(key=lambda pair: pair[1].key(best=best), reverse=best)
    return [Ranked(card, *place) for card, place in found]


def place_by_score(score: Score | None) -> Place | None:
    """The place engagement gives; None where it is less than half the video's own doing."""
    if score is None or score.confidence < LEAST_CONFIDENCE:
        return None
    return Place(score.score, score.low, score.high)


def place_by_figure(figure: Figure, score: Score | None) -> Place | None:
    """The place a figure gives; None where it is unknown, a mere bound, or hardly its own doing.

    Args:
        figure: The figure. One that does not say how much of it is the video's own doing is so
            as much as the score.
        score: The engagement of the same video, or None.
    """
    own = 1.0 if score is None else score.confidence
    confidence = own if figure.confidence is None else figure.confidence
    return _counted(figure) if confidence >= LEAST_CONFIDENCE else None


def _place(card: Card, by: RankBy) -> Place | None:
    if by is RankBy.ENGAGEMENT:
        return place_by_score(card.score)
    figure = _figure(card, by)
    return _counted(figure) if by in _COUNTS else place_by_figure(figure, card.score)


def _counted(figure: Figure) -> Place | None:
    if figure.value is None or figure.basis is Basis.BOUNDED:
        return None
    low = figure.value if figure.low is None else figure.low
    high = figure.value if figure.high is None else figure.high
    return Place(figure.value, low, high)


def _figure(card: Card, by: RankBy) -> Figure:
    return {
        RankBy.REACH: card.reach,
        RankBy.COMPLETION: card.completion,
        RankBy.VIEWS: card.views,
        RankBy.WATCH_TIME: card.watch_s,
        RankBy.HOLD: card.average_watched,
    }[by]
