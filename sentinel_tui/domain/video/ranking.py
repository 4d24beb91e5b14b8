"""Which videos do best and worst, as far as that may be told.

A video with three views may be the best of all, and most likely is not. The best are ranked by
what they reach at least, the worst by what they reach at most, so that one must have shown it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from operator import attrgetter

from sentinel_tui.domain.video.cards import Card
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
    found = [place for card in cards if (place := _place(card, by)) is not None]
    return sorted(found, key=attrgetter("low" if best else "high", "value"), reverse=best)


def _place(card: Card, by: RankBy) -> Ranked | None:
    if by is RankBy.ENGAGEMENT:
        score = card.score
        if score is None or score.confidence < LEAST_CONFIDENCE:
            return None
        return Ranked(card, score.score, score.low, score.high)
    figure = _figure(card, by)
    if figure.value is None or figure.basis is Basis.BOUNDED:
        return None
    if by not in _COUNTS and _confidence(card, figure) < LEAST_CONFIDENCE:
        return None
    low = figure.value if figure.low is None else figure.low
    high = figure.value if figure.high is None else figure.high
    return Ranked(card, figure.value, low, high)


def _confidence(card: Card, figure: Figure) -> float:
    """How much of a figure is the video's own; as much as of its score, where it does not say."""
    if figure.confidence is not None:
        return figure.confidence
    return 1.0 if card.score is None else card.score.confidence


def _figure(card: Card, by: RankBy) -> Figure:
    return {
        RankBy.REACH: card.reach,
        RankBy.COMPLETION: card.completion,
        RankBy.VIEWS: card.views,
        RankBy.WATCH_TIME: card.watch_s,
        RankBy.HOLD: card.average_watched,
    }[by]
