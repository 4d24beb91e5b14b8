"""The views of the Video Analytics tab, and the lines that say which one is shown."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from typing import TYPE_CHECKING

from sentinel_tui.commands.figures import UNKNOWN
from sentinel_tui.domain.video.insights import Language
from sentinel_tui.tui.cells import (
    Column,
    Line,
    Row,
    Span,
    Tone,
    cut,
    line,
    line_width,
    muted,
    spread,
)
from sentinel_tui.tui.view_models.figures import legends
from sentinel_tui.tui.view_models.plot import choice_line
from sentinel_tui.tui.view_models.video_table import Listed, title_cell
from sentinel_tui.tui.view_models.words import Times

if TYPE_CHECKING:
    from sentinel_tui.domain.video.study import ThemeSuggestion
    from sentinel_tui.store.study_rows import StudyHead
    from sentinel_tui.tui.video_readings import VideosReading


class VideoView(StrEnum):
    """What the tab shows below its libraries. The words are shown."""

    VIDEOS = "Videos"
    COMPARE = "Compare"
    TRENDS = "Trends"
    HOURS = "Hours"
    INSIGHTS = "Insights"
    THEMES = "Themes"


VIEWS = tuple(VideoView)
_LEAST_GAP = 2

THEME_COLUMNS = (
    Column("title", "Video without a theme", 24, keep=100, most=56),
    Column("theme", "Seems to be", 14, keep=90, most=24),
    Column("library", "Library", 10, keep=40),
    Column("tags", "Tags", 10, keep=30, most=40),
)


def views_line(
    view: VideoView, study: StudyHead | None, themes: int, times: Times, width: int
) -> Line:
    """The views to choose from, how many themes wait for a word, and when all was reckoned.

    Args:
        view: The view that is shown.
        study: The study it shows, or None.
        themes: How many suggested themes wait for the owner's word.
        times: How instants are told.
        width: The cells of the line.
    """
    at = "not studied yet" if study is None else f"as of {times.minute(study.at_ms)}"
    rights = [line(muted(f"{signs}  {at}".strip())) for signs in legends()]
    # What cannot all be said: first how many themes wait, then what the signs mean.
    for right in rights:
        for left in (_choice(view, themes), _choice(view, 0)):
            if line_width(left) + _LEAST_GAP + line_width(right) <= width:
                return spread(left, right, width)
    return cut(_choice(view, themes), width)


def _choice(view: VideoView, themes: int) -> Line:
    names = [f"{one} {themes}" if one is VideoView.THEMES and themes else one for one in VIEWS]
    return choice_line(names, names[VIEWS.index(view)])


def side_lines(
    view: VideoView, reading: VideosReading, language: Language, width: int
) -> list[Line]:
    """The lines of a view that is read like a page.

    Args:
        view: The view.
        reading: What it tells of.
        language: In which language insights are told.
        width: The cells of a line.
    """
    # Imported here: the tab begins with its rows.
    from sentinel_tui.tui.view_models.video_compare import compare_lines
    from sentinel_tui.tui.view_models.video_trends import (
        grid_lines,
        insight_lines,
        nothing_yet,
        trend_lines,
    )

    study = reading.study
    if view is VideoView.COMPARE:
        return compare_lines(reading.libraries, study.libraries if study else (), width)
    if view is VideoView.TRENDS:
        return trend_lines(study.trends, study.questions, width) if study else nothing_yet(width)
    if view is VideoView.HOURS:
        return grid_lines(study.grid if study else (), width)
    return insight_lines(study.insights if study else (), language, width)


def suggestion_rows(suggestions: Sequence[ThemeSuggestion], videos: Sequence[Listed]) -> list[Row]:
    """A row for each suggested theme."""
    by_id = {one.video.id: one.video for one in videos}
    return [
        Row(
            one.video,
            {
                "title": title_cell(by_id[one.video]),
                "theme": line(Span(one.theme, Tone.STRONG)),
                "library": line(muted(by_id[one.video].library)),
                "tags": line(muted(", ".join(by_id[one.video].tags) or UNKNOWN)),
            },
        )
        for one in suggestions
        if one.video in by_id
    ]
