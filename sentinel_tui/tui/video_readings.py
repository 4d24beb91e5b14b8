"""What the screen reads about videos, run in the feed's thread.

A look at a service is stored every second; what is known of two thousand videos is none the newer
for it, and is read again only when a library was read, a theme was given, or some time has passed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sentinel_tui.domain.monitoring.alerts import Severity
from sentinel_tui.domain.monitoring.incidents import Incident
from sentinel_tui.domain.video.cards import LibraryCard
from sentinel_tui.domain.video.catalog import DAY_MS, Library
from sentinel_tui.tui.view_models.video_table import Listed
from sentinel_tui.tui.view_models.views_plot import Counts, Timeline, ViewsRange, timeline

if TYPE_CHECKING:
    from sentinel_tui.commands.video_story import VideoStory
    from sentinel_tui.store.queries import Reader
    from sentinel_tui.store.study_rows import StudyHead

_READ_EVERY_MS = 30_000
_LOOK_BACK_MS = 28 * DAY_MS
"""A library that was watched within so long before a range is known from the range's start."""
_MOST_INCIDENTS = 500


@dataclass(frozen=True, slots=True)
class VideosReading:
    """What the Video Analytics pane shows besides its chart.

    Attributes:
        libraries: The libraries, and how far they have been read.
        videos: The videos with their figures.
        study: What was found out about all of them together, or None.
    """

    libraries: Sequence[Library]
    videos: Sequence[Listed] = ()
    study: StudyHead | None = None

    @property
    def cards(self) -> Mapping[str, LibraryCard]:
        """The figures of libraries by name."""
        return {} if self.study is None else {one.library: one for one in self.study.libraries}


def read_video(reader: Reader, video_id: str, now_ms: int) -> VideoStory | None:
    """Read the page of one video; None when there is no such video.

    Args:
        reader: The store.
        video_id: Its id.
        now_ms: The present.
    """
    # Imported here: the tab itself needs none of it.
    from sentinel_tui.commands.video_story import read_story

    video = reader.video(video_id)
    return None if video is None else read_story(reader, video, now_ms)


class VideoReadings:
    """Reads for the Video Analytics pane; keeps what cannot have changed."""

    def __init__(self) -> None:
        self._known_for: object = None
        self._known = VideosReading(())

    def read(self, reader: Reader, now_ms: int) -> VideosReading:
        """Read the videos as they are known now.

        Args:
            reader: The store.
            now_ms: The present.
        """
        libraries, themes = tuple(reader.libraries()), reader.themes()
        known_for = (type(reader), now_ms // _READ_EVERY_MS, libraries, themes)
        if known_for != self._known_for:
            figures = {one.video: one for one in reader.card_rows()}
            videos = [
                Listed(one, figures.get(one.id), themes.get(one.id, "")) for one in reader.videos()
            ]
            self._known = VideosReading(libraries, videos, reader.study())
            self._known_for = known_for
        return self._known


@dataclass(frozen=True)
class ViewsQuestion:
    """What the chart of views is asked for. Two that are equal have the same answer.

    Attributes:
        range_: Over which range.
        edges_ms: Where each of its hours, days or weeks begins, and the last one ends.
        libraries: Which libraries there are and until when each is counted.
    """

    range_: ViewsRange
    edges_ms: tuple[int, ...]
    libraries: tuple[tuple[str, int | None], ...]


@dataclass(frozen=True, slots=True)
class ViewsReading:
    """The views of a range.

    Attributes:
        views: The views, in all and of each library.
        outages: What was down meanwhile.
    """

    views: Timeline
    outages: Sequence[Incident] = field(default=())


def read_views(reader: Reader, asked: ViewsQuestion) -> ViewsReading:
    """Read the views of a range and the outages in it."""
    start_ms, end_ms = asked.edges_ms[0], asked.edges_ms[-1]
    counts = {}
    for name, counted_to_ms in asked.libraries:
        hours = reader.hours(name, start_ms - _LOOK_BACK_MS, end_ms)
        if counted_to_ms is not None and hours:
            counts[name] = Counts(hours, hours[0].at_ms, counted_to_ms)
    outages = [
        one
        for one in reader.incidents(start_ms=start_ms, end_ms=end_ms, limit=_MOST_INCIDENTS)
        if one.severity is Severity.CRITICAL
    ]
    return ViewsReading(timeline(counts, asked.edges_ms), outages)
