"""How the figures of videos are written, each with a sign for what it rests on.

What is unknown is a dash and never a zero. Where there is room for words, what a figure rests on is
said in words; where there is room for a number only, a sign stands before it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sentinel_tui.domain.video.cards import Card, LibraryCard
from sentinel_tui.domain.video.engagement import Score
from sentinel_tui.domain.video.metrics import Basis, Figure

UNKNOWN = "–"
ESTIMATED = "≈"
BOUNDED = "≤"

_MINUTE_S = 60
_HOUR_S = 3_600
_MANY = 100_000
_FINE_PERCENT = 10.0
_SUREST = 0.99
_DIGITS = 4

Wording = Callable[[float], str]
"""Writes the value of a figure."""


def percent(share: float) -> str:
    """A share: "46 %", "3.1 %", "0.4 %"."""
    of_hundred = share * 100
    if 0 < of_hundred < _FINE_PERCENT:
        return f"{of_hundred:.1f} %"
    return f"{of_hundred:.0f} %"


def count(number: float) -> str:
    """A number of things: "12,345", "1.2 M"."""
    if number >= 10 * _MANY:
        return f"{number / 1_000_000:.1f} M"
    if number >= _MANY:
        return f"{number / 1_000:.0f} k"
    return f"{number:,.0f}"


def sure(confidence: float) -> str:
    """How sure something is: "85 %"; nothing is surer than 99 %."""
    return percent(min(confidence, _SUREST))


def watched(seconds: float) -> str:
    """A time watched in all: "210 h", "35 min"."""
    if seconds >= 10 * _HOUR_S:
        return f"{seconds / _HOUR_S:,.0f} h"
    if seconds >= _HOUR_S:
        return f"{seconds / _HOUR_S:.1f} h"
    if seconds >= _MINUTE_S:
        return f"{seconds / _MINUTE_S:.0f} min"
    return f"{seconds:.0f} s"


def ratio(times: float) -> str:
    """How many times the usual: "×1.8", "×0.35"."""
    return f"×{times:.1f}" if round(times, 2) >= 1 else f"×{times:.2f}"


def each(number: float) -> str:
    """How many of something there are for each of something else: "1.6"."""
    return f"{number:.1f}"


def clock(seconds: float) -> str:
    """A length or a moment of a video: "6:04", "1:02:33"."""
    minutes, rest = divmod(round(seconds), _MINUTE_S)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02d}:{rest:02d}" if hours else f"{minutes}:{rest:02d}"


def length(seconds: float) -> str:
    """The length of a video: "6:04", or a dash while it is not known."""
    return clock(seconds) if seconds > 0 else UNKNOWN


@dataclass(frozen=True, slots=True)
class Shown:
    """A figure of a card as it is shown.

    Attributes:
        key: Its name for programs, with its unit.
        name: Its name for people.
        field: Its name in the card.
        wording: Writes its value.
    """

    key: str
    name: str
    field: str
    wording: Wording

    def of(self, card: Card | LibraryCard) -> Figure:
        """The figure in a card."""
        figure: Figure = getattr(card, self.field)
        return figure


COMMON = (
    Shown("views", "views", "views", count),
    Shown("watch_time_s", "time watched", "watch_s", watched),
    Shown("average_watched", "average watched", "average_watched", percent),
    Shown("completion", "completed", "completion", percent),
    Shown("bounce_30s", "left before 30 s", "bounce", percent),
    Shown("unique_viewers", "viewers", "unique_viewers", count),
    Shown("repeat_ratio", "views per viewer", "repeat_ratio", each),
    Shown("conversion", "go on to the full", "conversion", percent),
)
"""The figures that videos and libraries both have."""

OF_VIDEOS = (
    Shown("views_7d", "views in 7 days", "views_7d", count),
    Shown("views_28d", "views in 28 days", "views_28d", count),
    Shown("reach", "views for its age", "reach", ratio),
)
"""The figures that only videos have."""


def figure_text(figure: Figure, wording: Wording) -> str:
    """A figure with the sign of its basis: "46 %", "≈38 %", "12–60 %", or a dash."""
    if figure.basis is Basis.UNAVAILABLE:
        return UNKNOWN
    if figure.value is None:
        return _between(figure.low, figure.high, wording)
    told = wording(figure.value)
    if figure.basis is Basis.ESTIMATED:
        return f"{ESTIMATED}{told}"
    return f"{BOUNDED}{told}" if figure.basis is Basis.BOUNDED else told


def interval_text(figure: Figure, wording: Wording) -> str:
    """The interval of a figure: "30 % to 46 %"; empty where it has none to speak of."""
    if figure.value is None or figure.low is None or figure.high is None:
        return ""
    low, high = wording(figure.low), wording(figure.high)
    return f"{low} to {high}" if low != high else ""


def basis_text(figure: Figure) -> str:
    """What a figure rests on, in words: "exact · time watched and views"."""
    return f"{figure.basis} · {figure.source}"


def figure_data(figure: Figure) -> dict[str, Any]:
    """A figure for programs: null where it is unknown, and what it rests on."""
    return {
        "value": _rounded(figure.value),
        "low": _rounded(figure.low),
        "high": _rounded(figure.high),
        "basis": figure.basis,
        "source": figure.source,
    }


def score_data(score: Score | None) -> dict[str, Any] | None:
    """An engagement score for programs, or None."""
    if score is None:
        return None
    return {
        "score": round(score.score, 1),
        "low": round(score.low, 1),
        "high": round(score.high, 1),
        "confidence": round(score.confidence, 3),
        "expected_watched": round(score.expected_hold, _DIGITS),
    }


def _between(low: float | None, high: float | None, wording: Wording) -> str:
    if high is None:
        return UNKNOWN if low is None else f"≥{wording(low)}"
    if not low:
        return f"{BOUNDED}{wording(high)}"
    return f"{_without_unit(wording(low), wording(high))}–{wording(high)}"


def _without_unit(low: str, high: str) -> str:
    """The lower end without its unit, where both ends have the same."""
    number, _, unit = low.rpartition(" ")
    return number if number and high.endswith(f" {unit}") else low


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, _DIGITS)
