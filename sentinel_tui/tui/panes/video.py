"""The Video Analytics tab: libraries above, and below them one of six views."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.message import Message

from sentinel_tui.tui.cells import BLANK, line, muted
from sentinel_tui.tui.keymap import bindings
from sentinel_tui.tui.messages import VideoOpened
from sentinel_tui.tui.outlook import Outlook
from sentinel_tui.tui.panes.pane import Pane
from sentinel_tui.tui.panes.themes import ThemesTable
from sentinel_tui.tui.panes.views import ViewsPanel
from sentinel_tui.tui.video_readings import VideoReadings, VideosReading
from sentinel_tui.tui.view_models.video_libraries import (
    NOT_YET_THEN,
    library_lines,
    reading_lines,
    unconnected_lines,
)
from sentinel_tui.tui.view_models.video_table import (
    COLUMNS,
    COLUMNS_OF_ONE_LIBRARY,
    SORTS,
    chosen_videos,
    order_text,
    video_rows,
)
from sentinel_tui.tui.view_models.video_views import VIEWS, VideoView, side_lines, views_line
from sentinel_tui.tui.widgets.filter_bar import FilterBar
from sentinel_tui.tui.widgets.lines import LinesView
from sentinel_tui.tui.widgets.live_table import LiveTable
from sentinel_tui.tui.widgets.page import Page

if TYPE_CHECKING:
    from sentinel_tui.store.queries import Reader

_TALL_ROWS = 34
_LIBRARIES, _LIBRARIES_TALL = 3, 6
_ONLY_AMONG_VIDEOS = frozenset({"sort", "order", "library", "filter", "range"})


class VideoPane(Pane):
    """Which videos perform, and why."""

    BINDINGS: ClassVar[list[BindingType]] = bindings("video", "filter", "chart")

    class Loaded(Message):
        """The videos were read."""

        def __init__(self, reading: VideosReading) -> None:
            super().__init__()
            self.reading = reading

    def __init__(self, outlook: Outlook, pane_id: str) -> None:
        super().__init__(outlook, pane_id)
        self._readings = VideoReadings()
        self._reading: VideosReading | None = None
        self._view = VideoView.VIDEOS
        self._sort, self._best = SORTS[0], True
        self._words = self._library = ""
        self._answered: set[tuple[str, str]] = set()
        self._head = LinesView(widget_id="video-head")
        self._table = LiveTable(COLUMNS, empty=BLANK, widget_id="videos")
        self._filter = FilterBar()
        self._views = ViewsPanel(outlook)
        self._page = Page(widget_id="video-page")
        self._themes = ThemesTable(outlook)

    def compose(self) -> ComposeResult:
        """From top to bottom; only one of the views can be seen."""
        yield self._head
        with Vertical(id="video-list"):
            yield self._table
            yield self._filter
            yield self._views
        yield self._page
        yield self._themes

    def on_mount(self) -> None:
        """Begin with the videos."""
        self._turn_to(self._view)

    def read_store(self) -> None:
        """Read the videos."""
        now_ms = self.outlook.now_ms

        def query(reader: Reader) -> Message:
            return self.Loaded(self._readings.read(reader, now_ms))

        self.outlook.read(self, "videos", query)

    def show_waiting(self, reason: str) -> None:
        """Say why there is nothing to show yet."""
        if self._reading is None:
            self._head.paint([line(muted(reason))])

    def redraw(self) -> None:
        """Show the same again."""
        self._draw()
        self._views.redraw()

    def focus_main(self) -> None:
        """Take the focus to where the keys of this view work."""
        focused = {VideoView.VIDEOS: self._table, VideoView.THEMES: self._themes}
        main = focused.get(self._view, self._page)
        self.screen.set_focus(self._page if self._unconnected else main)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Only what means something in the view that is shown."""
        if action == "clear":
            return self._view is VideoView.VIDEOS and bool(self._words or self._table.marked)
        if action in _ONLY_AMONG_VIDEOS:
            return self._view is VideoView.VIDEOS and self._connected
        if action == "next_view":
            return self._connected
        return super().check_action(action, parameters)

    def on_resize(self, event: events.Resize) -> None:
        """Use the room there is."""
        self.call_after_refresh(self._draw)

    def on_video_pane_loaded(self, message: VideoPane.Loaded) -> None:
        """Show what was read."""
        message.stop()
        if message.reading is self._reading:
            return
        before = (self._reading is None, self._connected)
        unstudied = self._reading is not None and self._reading.study is None
        self._reading = message.reading
        if before != (False, self._connected):
            focused = self.has_focus_within
            self._turn_to(self._view)
            if focused:
                self.focus_main()
            self.refresh_bindings()
        self._draw()
        if unstudied and message.reading.study is not None:
            # The first figures put the rows in order: the cursor stood on no row worth keeping.
            self._table.action_move_to_start()

    @on(LiveTable.RowOpened)
    def _open(self, message: LiveTable.RowOpened) -> None:
        message.stop()
        self.post_message(VideoOpened(message.key))

    @on(LiveTable.CursorMoved)
    def _moved(self, message: LiveTable.CursorMoved) -> None:
        message.stop()

    @on(ThemesTable.Answered)
    def _theme_answered(self, message: ThemesTable.Answered) -> None:
        message.stop()
        self._draw()

    @on(FilterBar.Changed)
    def _narrow(self, message: FilterBar.Changed) -> None:
        message.stop()
        self._words = message.words
        self.refresh_bindings()
        self._draw()

    @on(FilterBar.Left)
    def _leave_filter(self, message: FilterBar.Left) -> None:
        message.stop()
        self.focus_main()

    def action_filter(self) -> None:
        """Type words that rows must have."""
        self._filter.open()

    def action_clear(self) -> None:
        """Drop the filter and the marks."""
        self._filter.clear()
        self._table.clear_marks()

    def action_next_view(self, steps: int) -> None:
        """Show the next view."""
        self._turn_to(VIEWS[(VIEWS.index(self._view) + steps) % len(VIEWS)])
        self.refresh_bindings()
        self.focus_main()
        self._draw()

    def action_sort(self) -> None:
        """Order the videos by the next figure."""
        self._sort = SORTS[(SORTS.index(self._sort) + 1) % len(SORTS)]
        self._show_first()

    def action_order(self) -> None:
        """Show the other end of the order first."""
        self._best = not self._best
        self._show_first()

    def action_library(self) -> None:
        """Show the videos of the next library, and after the last one those of all."""
        names = ["", *(one.name for one in self._reading.libraries)] if self._reading else [""]
        index = names.index(self._library) if self._library in names else 0
        self._library = names[(index + 1) % len(names)]
        self._show_first()

    def action_range(self, steps: int) -> None:
        """Show a longer or shorter range of the chart."""
        self._views.change_range(steps)

    @property
    def _connected(self) -> bool:
        return self._reading is not None and bool(self._reading.libraries)

    @property
    def _unconnected(self) -> bool:
        """Whether it is known that there is no library."""
        return self._reading is not None and not self._reading.libraries

    def _turn_to(self, view: VideoView) -> None:
        """Bring a view in sight; without a library there is only a page that says so."""
        self._view = view if self._connected else VideoView.VIDEOS
        listed = self._view is VideoView.VIDEOS and not self._unconnected
        self.query_one("#video-list").display = listed
        self._themes.display = self._view is VideoView.THEMES
        self._page.display = not listed and self._view is not VideoView.THEMES

    def _show_first(self) -> None:
        self._draw()
        self._table.action_move_to_start()

    def _draw(self) -> None:
        reading, width = self._reading, self._head.content_size.width
        if reading is None or not width:
            return
        if not reading.libraries:
            self._head.paint([])
            past = self.outlook.replay is not None
            self._page.show([line(muted(NOT_YET_THEN))] if past else unconnected_lines(width))
            return
        if self._library not in [one.name for one in reading.libraries]:
            self._library = ""
        self._themes.show(reading.study.suggestions if reading.study else (), reading.videos)
        self._draw_head(reading, width)
        if self._view is VideoView.VIDEOS:
            self._draw_videos(reading)
        elif self._view is not VideoView.THEMES:
            # As wide as the head, and not as the page, which may not have been laid out yet.
            language = self.outlook.preferences.language
            self._page.show(side_lines(self._view, reading, language, width))

    def _draw_head(self, reading: VideosReading, width: int) -> None:
        times, tall = self.outlook.times, self.app.size.height >= _TALL_ROWS
        most = _LIBRARIES_TALL if tall else _LIBRARIES
        lines = library_lines(reading.libraries, reading.cards, width, most, self._library)
        lines += reading_lines(reading.libraries, times, width)[:most]
        if tall:
            lines.append(BLANK)
        waiting = len(self._themes.waiting)
        lines.append(views_line(self._view, reading.study, waiting, times, width))
        self._head.paint(lines)

    def _draw_videos(self, reading: VideosReading) -> None:
        chosen = chosen_videos(
            reading.videos,
            words=self._words,
            library=self._library,
            sort=self._sort,
            best=self._best,
        )
        self._table.show_columns(COLUMNS_OF_ONE_LIBRARY if self._library else COLUMNS)
        self._table.show_empty(line(muted(_why_empty(self._words, self._library))))
        cells = self._table.column_cells("title")
        order = order_text(self._sort, chosen, self._library, cells, best=self._best)
        rows = video_rows(chosen, self.outlook.times)
        self._table.show_rows(rows, sorted_by=self._sort, titles={"title": order})
        self._views.show(reading.libraries, self._library)


def _why_empty(words: str, library: str) -> str:
    if words:
        return "no video has these words"
    return f"no video of {library} is known yet" if library else "no video is known yet"
