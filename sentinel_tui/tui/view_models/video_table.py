"""The videos as rows: what each did, in an order that few views cannot win."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from operator import itemgetter
from typing import TYPE_CHECKING

from sentinel_tui.commands.figures import (
    UNKNOWN,
    count,
    figure_text,
    length,
    percent,
    ratio,
)
from sentinel_tui.domain.video.catalog import Video, VideoStatus
from sentinel_tui.domain.video.engagement import Score
from sentinel_tui.domain.video.metrics import Figure
from sentinel_tui.domain.video.ranking import Place, place_by_figure, place_by_score
from sentinel_tui.text import cell_width
from sentinel_tui.tui.cells import Column, Line, Row, Span, Tone, line, muted
from sentinel_tui.tui.view_models.figures import bar
from sentinel_tui.tui.view_models.status import matches
from sentinel_tui.tui.view_models.words import Times

if TYPE_CHECKING:
    from sentinel_tui.store.study_rows import CardRow

_BAR_CELLS = 9
_PERCENT_CELLS = 8

COLUMNS = (
    Column("title", "Video", 20, keep=100, most=60),
    Column("library", "Library", 10, keep=35),
    Column("newest", "Published", 10, keep=30),
    Column("length", "Length", 7, right=True, keep=50),
    Column("views", "Views", 6, right=True, keep=95),
    Column("reach", "Reach", 6, right=True, keep=80),
    Column("average", "Watched", 7, right=True, keep=40),
    Column("score", "Engagement", 11, right=True, keep=90),
    Column("completion", "Completion", _PERCENT_CELLS + 1 + _BAR_CELLS, keep=85),
)


COLUMNS_OF_ONE_LIBRARY = tuple(one for one in COLUMNS if one.id != "library")
"""The same where all rows lie in one library, whose name stands above."""


class Sort(StrEnum):
    """What videos are ordered by; each is the id of its column."""

    ENGAGEMENT = "score"
    REACH = "reach"
    COMPLETION = "completion"
    VIEWS = "views"
    NEWEST = "newest"


SORTS = tuple(Sort)
_ORDERS = {
    Sort.ENGAGEMENT: ("Best engagement first", "Worst engagement first"),
    Sort.REACH: ("Best reach first", "Worst reach first"),
    Sort.COMPLETION: ("Most completed first", "Least completed first"),
    Sort.VIEWS: ("Most viewed first", "Least viewed first"),
    Sort.NEWEST: ("Newest first", "Oldest first"),
}


@dataclass(frozen=True, slots=True)
class Listed:
    """A video and what is known of it.

    Attributes:
        video: The video.
        figures: Its figures, or None before the first study.
        theme: The theme its owner gave it, or empty.
    """

    video: Video
    figures: CardRow | None = None
    theme: str = ""

    @property
    def score(self) -> Score | None:
        """How well it holds its viewers, or None where nobody is known to have watched."""
        return None if self.figures is None else self.figures.score


def order_text(
    sort: Sort, chosen: Sequence[Listed], library: str, cells: int, *, best: bool
) -> str:
    """An order in words: "Best reach first · previews · 4 not ranked", as much as fits.

    Args:
        sort: What the videos are ordered by.
        chosen: The videos.
        library: The library they must lie in; empty for any.
        cells: How wide it may be.
        best: Whether the best come first.
    """
    told = [_ORDERS[sort][0 if best else 1]]
    if library:
        told.append(library)
    unranked = sum(_place(one, sort) is None for one in chosen)
    if unranked:
        told.append(f"{unranked:,} not ranked")
    while len(told) > 1 and cell_width(" · ".join(told)) > cells:
        told.pop()
    return " · ".join(told)


def chosen_videos(
    videos: Sequence[Listed], *, words: str, library: str, sort: Sort, best: bool
) -> list[Listed]:
    """The videos to show, in their order.

    The best are ordered by the lower end of the interval and the worst by the upper one, so that
    neither end of the list belongs to those whom hardly anybody watched. What cannot be ranked
    comes last.

    Args:
        videos: All videos.
        words: The words they must have.
        library: The library they must lie in; empty for any.
        sort: What they are ordered by.
        best: Whether the best come first.
    """
    chosen = [
        one
        for one in videos
        if library in ("", one.video.library) and (not words or matches(words, _searched(one)))
    ]
    places = [(_place(one, sort), one) for one in chosen]
    known = [(place.key(best=best), one) for place, one in places if place is not None]
    known.sort(key=itemgetter(0), reverse=best)
    return [*(one for _, one in known), *(one for place, one in places if place is None)]


def video_rows(videos: Sequence[Listed], times: Times) -> list[Row]:
    """A row for each video; its cells are made when they are first seen."""
    return [Row(one.video.id, _Cells(one, times)) for one in videos]


class _Cells(Mapping[str, Line]):
    """The cells of a video: thousands have some, a screenful of them is ever looked at."""

    def __init__(self, listed: Listed, times: Times) -> None:
        self._listed = listed
        self._times = times
        self._made: dict[str, Line] | None = None

    def __getitem__(self, column: str) -> Line:
        return self._cells[column]

    def __iter__(self) -> Iterator[str]:
        return iter(self._cells)

    def __len__(self) -> int:
        return len(self._cells)

    @property
    def _cells(self) -> dict[str, Line]:
        if self._made is None:
            self._made = _cells_of(self._listed, self._times)
        return self._made


def _cells_of(listed: Listed, times: Times) -> dict[str, Line]:
    video, figures = listed.video, listed.figures
    average = UNKNOWN
    if figures is not None and figures.average_watched is not None:
        average = percent(figures.average_watched)
    return {
        "title": title_cell(video),
        "library": line(muted(video.library)),
        "newest": line(muted(f"{times.at(video.published_ms):%Y-%m-%d}")),
        "length": line(muted(length(video.length_s))),
        "views": line(count(video.views)),
        "reach": _reach_cell(figures.reach if figures else None),
        "average": line(muted(average) if average == UNKNOWN else average),
        "score": _score_cell(listed),
        "completion": _completion_cell(figures.completion if figures else None),
    }


def title_cell(video: Video) -> Line:
    """A title, with a sign before it where there is nothing to watch yet, or not any more."""
    title = video.title or video.id
    if video.gone_ms is not None:
        return line(muted(f"– {title}"))
    if video.status is VideoStatus.FAILED:
        return line(Span("✖ ", Tone.BAD), title)
    if video.status in (VideoStatus.FINISHED, VideoStatus.UNKNOWN):
        return line(title)
    return line(Span("◐ ", Tone.BUSY), title)


def _reach_cell(reach: Figure | None) -> Line:
    """Views beside the usual; in a tone only where all of the interval is on one side of it."""
    if reach is None or reach.value is None:
        return line(muted(UNKNOWN))
    told = figure_text(reach, ratio)
    if reach.low is not None and reach.low > 1:
        return line(Span(told, Tone.GOOD))
    below = reach.high is not None and reach.high < 1
    return line(Span(told, Tone.WARN if below else Tone.TEXT))


def _score_cell(listed: Listed) -> Line:
    score = listed.score
    if score is None:
        return line(muted(UNKNOWN))
    tone = Tone.MUTED if place_by_score(score) is None else Tone.TEXT
    return line(Span(f"{score.score:.0f}", tone), muted(f" {score.low:.0f}–{score.high:.0f}"))


def _completion_cell(completion: Figure | None) -> Line:
    told = UNKNOWN if completion is None else figure_text(completion, percent)
    if completion is None or told == UNKNOWN:
        return line(muted(f"{told:>{_PERCENT_CELLS}}"))
    return (*line(f"{told:>{_PERCENT_CELLS}} "), *bar(completion, _BAR_CELLS))


def _searched(listed: Listed) -> str:
    video = listed.video
    named = (video.title, video.library, listed.theme, video.collection, video.category)
    return " ".join((*named, *video.tags))


def _place(listed: Listed, sort: Sort) -> Place | None:
    """What a video is ordered by, or None where that cannot be told."""
    if sort is Sort.VIEWS:
        return _exactly(listed.video.views)
    if sort is Sort.NEWEST:
        return _exactly(listed.video.published_ms)
    figures = listed.figures
    if figures is None:
        return None
    if sort is Sort.ENGAGEMENT:
        return place_by_score(figures.score)
    figure = figures.reach if sort is Sort.REACH else figures.completion
    return place_by_figure(figure, figures.score)


def _exactly(number: float) -> Place:
    return Place(number, number, number)
