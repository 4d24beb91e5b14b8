"""How figures, findings and studies lie in columns; shared by the writers and the readers.

Figures are stored by their names, so that one that is added later reads as not yet known from what
was stored before, and one that is dropped is passed over.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from typing import Any, TypeVar

from sentinel_tui.domain.video.cards import Card, LibraryCard
from sentinel_tui.domain.video.engagement import Score
from sentinel_tui.domain.video.insights import Insight
from sentinel_tui.domain.video.metrics import Basis, Figure, unavailable
from sentinel_tui.domain.video.study import (
    PublicationCell,
    Study,
    ThemeSuggestion,
    UsualCurve,
)
from sentinel_tui.domain.video.trends import Outcome, Topic, Trend

T = TypeVar("T")

_BASES = {basis.value: basis for basis in Basis}
_FIGURES = tuple(field.name for field in fields(Card) if field.type == "Figure")
_LIBRARY_FIGURES = tuple(field.name for field in fields(LibraryCard) if field.type == "Figure")
_NOT_RECKONED = unavailable("the next study")


@dataclass(frozen=True, slots=True)
class CardRow:
    """A video with those of its figures that a table shows.

    Attributes:
        video: Its id.
        library: The library it lies in.
        title: Its title.
        length_s: How long it is; 0 while that is not known.
        published_ms: When it was uploaded.
        views: How often it was begun so far, by its platform's count.
        watch_s: How long it was watched so far.
        at_ms: When the other figures were reckoned, or None when they never were.
        average_watched: The mean share of it that is watched, or None where unknown.
        completion: The share of views that reach nine tenths of it; without its source.
        reach: Views compared with the usual for its age, 1 as usual; without its source.
        score: How well it holds its viewers for its length, or None.
    """

    video: str
    library: str
    title: str
    length_s: float
    published_ms: int
    views: int
    watch_s: float
    at_ms: int | None
    average_watched: float | None
    completion: Figure
    reach: Figure
    score: Score | None


@dataclass(frozen=True, slots=True)
class StudyHead:
    """A study without the figures of single videos; the attributes are those of `Study`."""

    at_ms: int
    from_ms: int
    method: str
    questions: int
    libraries: tuple[LibraryCard, ...]
    curves: tuple[UsualCurve, ...]
    trends: tuple[Trend, ...]
    insights: tuple[Insight, ...]
    suggestions: tuple[ThemeSuggestion, ...]
    grid: tuple[PublicationCell, ...]


def card_data(card: Card) -> str:
    """All figures of a card with what they rest on, as JSON."""
    data: dict[str, Any] = _figures(card, _FIGURES)
    data["score"] = asdict(card.score) if card.score else None
    return json.dumps(data, ensure_ascii=False, separators=(",", ":"))


def card_from(video: str, library: str, at_ms: int, stored: str) -> Card:
    """The card that `card_data` stored."""
    data = json.loads(stored)
    score = Score(**data["score"]) if data["score"] else None
    return Card(video, library, at_ms, **_from_figures(data, _FIGURES), score=score)


def study_data(study: Study) -> str:
    """What a study says of libraries and of all videos together, as JSON; trends are rows."""
    data = {
        "libraries": [
            {
                "library": card.library,
                "videos": card.videos,
                "figures": _figures(card, _LIBRARY_FIGURES),
            }
            for card in study.libraries
        ],
        "curves": [asdict(one) for one in study.curves],
        "insights": [asdict(one) for one in study.insights],
        "suggestions": [asdict(one) for one in study.suggestions],
        "grid": [asdict(one) for one in study.grid],
    }
    return json.dumps(data, ensure_ascii=False, separators=(",", ":"))


def study_from(row: Sequence[Any], trends: tuple[Trend, ...]) -> StudyHead:
    """The study in a row of `at_ms, from_ms, method, questions, data`."""
    at_ms, from_ms, method, questions, stored = row
    data = json.loads(stored)
    return StudyHead(
        at_ms,
        from_ms,
        method,
        questions,
        libraries=tuple(
            LibraryCard(
                library=one["library"],
                at_ms=at_ms,
                videos=one["videos"],
                **_from_figures(one["figures"], _LIBRARY_FIGURES),
            )
            for one in data["libraries"]
        ),
        curves=_unpacked(UsualCurve, data["curves"]),
        trends=trends,
        insights=_unpacked(Insight, data["insights"]),
        suggestions=_unpacked(ThemeSuggestion, data["suggestions"]),
        grid=_unpacked(PublicationCell, data["grid"]),
    )


def trend_data(trend: Trend) -> str:
    """The evidence of a trend, as JSON; what it is about are columns."""
    data = asdict(trend)
    for column in ("topic", "group", "outcome"):
        del data[column]
    return json.dumps(data, ensure_ascii=False, separators=(",", ":"))


def trend_from(topic: str, group: str, outcome: str, stored: str) -> Trend:
    """The trend that `trend_data` stored."""
    return Trend(Topic(topic), group, Outcome(outcome), **json.loads(stored))


def columns_of(one: Figure) -> tuple[float | str | None, ...]:
    """A figure without its source as values for columns, in the order that `figure` takes them."""
    return (one.value, one.basis.value, one.low, one.high, one.confidence)


def figure(
    value: float | None,
    basis: str | None,
    low: float | None,
    high: float | None,
    confidence: float | None,
) -> Figure:
    """A figure that lies in columns, which hold all of it but its source."""
    if basis is None:
        return _NOT_RECKONED
    return Figure(value, _BASES[basis], "", low, high, confidence)


def _figures(card: Card | LibraryCard, names: Sequence[str]) -> dict[str, Any]:
    return {name: _figure_values(getattr(card, name)) for name in names}


def _figure_values(one: Figure) -> tuple[Any, ...]:
    return (one.source, *columns_of(one))


def _from_figures(data: Mapping[str, Any], names: Sequence[str]) -> dict[str, Figure]:
    return {name: _figure_from(data.get(name)) for name in names}


def _figure_from(values: Sequence[Any] | None) -> Figure:
    if values is None:
        return _NOT_RECKONED
    source, value, basis, low, high, confidence = values
    return Figure(value, _BASES[basis], source, low, high, confidence)


def _unpacked(kind: type[T], stored: Sequence[Mapping[str, Any]]) -> tuple[T, ...]:
    """Records of one kind whose tuples were stored as lists."""
    return tuple(
        kind(
            **{
                name: tuple(value) if isinstance(value, list) else value
                for name, value in one.items()
            }
        )
        for one in stored
    )
