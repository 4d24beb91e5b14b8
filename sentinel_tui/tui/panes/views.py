"""Views over a range: title, chart and numbers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from textual import events
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.message import Message

from sentinel_tui.domain.video.catalog import Library
from sentinel_tui.tui.cells import BLANK, Span, spread
from sentinel_tui.tui.outlook import Outlook
from sentinel_tui.tui.video_readings import ViewsQuestion, ViewsReading, read_views
from sentinel_tui.tui.view_models.plot import choice_line
from sentinel_tui.tui.view_models.views_plot import (
    RANGES,
    edges_of,
    numbers_line,
    title_line,
    views_plot,
)
from sentinel_tui.tui.widgets.chart import Chart, warm_up
from sentinel_tui.tui.widgets.lines import LinesView

if TYPE_CHECKING:
    from sentinel_tui.store.queries import Reader

_INDENT = Span("  ")
_FIRST_RANGE = RANGES[2]


class ViewsPanel(Vertical):
    """Draws the views of all libraries, or of the one that is chosen."""

    class Loaded(Message):
        """The views of a range were read."""

        def __init__(self, question: ViewsQuestion, reading: ViewsReading) -> None:
            super().__init__()
            self.question = question
            self.reading = reading

    def __init__(self, outlook: Outlook) -> None:
        super().__init__(id="views")
        self._outlook = outlook
        self._range = _FIRST_RANGE
        self._libraries: Sequence[Library] = ()
        self._library = ""
        self._question: ViewsQuestion | None = None
        self._loaded: ViewsPanel.Loaded | None = None
        self._title = LinesView(widget_id="views-title")
        self._chart = Chart(widget_id="views-chart")
        self._numbers = LinesView(widget_id="views-numbers")

    def compose(self) -> ComposeResult:
        """From top to bottom."""
        yield self._title
        yield self._chart
        yield self._numbers

    def show(self, libraries: Sequence[Library], library: str) -> None:
        """Show the views of these libraries, or of one of them.

        Args:
            libraries: The libraries, and until when they are counted.
            library: The only one; empty for all.
        """
        self._libraries, self._library = libraries, library
        self._draw()
        self._ask()

    def change_range(self, steps: int) -> None:
        """Show a longer or a shorter range."""
        index = RANGES.index(self._range) + steps
        self._range = RANGES[max(0, min(index, len(RANGES) - 1))]
        self._draw()
        self._ask()

    def redraw(self) -> None:
        """Show the same again, in another zone perhaps."""
        self._ask()
        self._draw()

    def on_resize(self, event: events.Resize) -> None:
        """Use the room there is."""
        self.call_after_refresh(self._draw)

    def on_views_panel_loaded(self, message: ViewsPanel.Loaded) -> None:
        """Show the chart, unless another one was asked for meanwhile."""
        message.stop()
        if message.question == self._question:
            self._loaded = message
            self._draw()

    def _ask(self) -> None:
        counted = tuple((one.name, one.counted_to_ms) for one in self._libraries)
        edges_ms = edges_of(self._range, self._outlook.times)
        question = ViewsQuestion(self._range, edges_ms, counted)
        if question == self._question or not self._libraries:
            return
        self._question = question

        def query(reader: Reader) -> Message:
            warm_up()
            return self.Loaded(question, read_views(reader, question))

        self._outlook.read(self, "views", query)

    def _draw(self) -> None:
        width = self._title.size.width
        if not width:
            return
        ranges = choice_line([one.label for one in RANGES], self._range.label)
        title = (_INDENT, *title_line(self._library, self._range))
        self._title.paint([spread(title, ranges, width)])
        if self._loaded is None:
            self._chart.show(None)
            self._numbers.paint([BLANK])
            return
        reading, asked, times = self._loaded.reading, self._loaded.question, self._outlook.times
        self._chart.show(
            views_plot(reading.views, reading.outages, self._library, asked.range_, times)
        )
        numbers = numbers_line(reading.views, reading.outages, self._library, times, width - 3)
        self._numbers.paint([(_INDENT, *numbers)])
