"""The latency of one service over a range: title, chart and numbers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from textual import events
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.message import Message

from sentinel_tui.tui.cells import BLANK, Line, Span, Tone, cut, line, muted, spread
from sentinel_tui.tui.outlook import Outlook
from sentinel_tui.tui.view_models.plot import (
    RANGES,
    Range,
    Slices,
    numbers_line,
    plot,
    range_line,
    slices,
)
from sentinel_tui.tui.widgets.chart import Chart, warm_up
from sentinel_tui.tui.widgets.lines import LinesView

if TYPE_CHECKING:
    from sentinel_tui.domain.records import CheckRecord, ServiceRecord
    from sentinel_tui.store.queries import Reader
    from sentinel_tui.tui.readings import ChartReading

_REFRESHES_PER_SLICE = 4
_SERVICE_CELLS = 20
_YOUNG_MS = 2 * 3_600_000


@dataclass(frozen=True)
class Question:
    """What a chart is asked for. Two that are equal have the same answer.

    Attributes:
        service: The service.
        check_key: Its check that is drawn.
        range_: Over which range.
        cut_up: The slices of that range.
        progress: Changes when there is more to see than before.
    """

    service: str
    check_key: int
    range_: Range
    cut_up: Slices
    progress: object


class LatencyPanel(Vertical):
    """Draws what the checks of a service measured; drawn anew only when that may look different.

    What was drawn last stays until the next is there: a chart that went blank for a moment with
    every move of the cursor would cost more than it tells.
    """

    class Loaded(Message):
        """A chart was read."""

        def __init__(self, question: Question, title: Line, reading: ChartReading) -> None:
            super().__init__()
            self.question = question
            self.title = title
            self.reading = reading

    def __init__(self, outlook: Outlook) -> None:
        super().__init__(id="latency")
        self._outlook = outlook
        self._range = RANGES[1]
        self._service: ServiceRecord | None = None
        self._question: Question | None = None
        self._loaded: LatencyPanel.Loaded | None = None
        self._title = LinesView(widget_id="chart-title")
        self._chart = Chart(widget_id="chart")
        self._numbers = LinesView(widget_id="chart-numbers")

    def compose(self) -> ComposeResult:
        """From top to bottom."""
        yield self._title
        yield self._chart
        yield self._numbers

    def show(self, service: ServiceRecord | None) -> None:
        """Show this service from now on; asks for its chart when that may look different."""
        self._service = service
        self._ask()

    def begin_with(self, watched_ms: int) -> None:
        """Choose the range to begin with: a day, or an hour where there is not much more."""
        self._range = RANGES[0] if watched_ms < _YOUNG_MS else RANGES[1]

    def change_range(self, steps: int) -> None:
        """Show a longer or a shorter range."""
        index = RANGES.index(self._range) + steps
        self._range = RANGES[max(0, min(index, len(RANGES) - 1))]
        self._draw()
        self._ask()

    def redraw(self) -> None:
        """Show the same again, in another zone perhaps."""
        self._draw()

    def on_resize(self, event: events.Resize) -> None:
        """Ask again: more or fewer points can be told apart now."""
        self.call_after_refresh(self._resized)

    def on_latency_panel_loaded(self, message: LatencyPanel.Loaded) -> None:
        """Show the chart, unless another one was asked for meanwhile."""
        message.stop()
        if message.question == self._question:
            self._loaded = message
            self._draw()

    def _resized(self) -> None:
        self._draw()
        self._ask()

    def _ask(self) -> None:
        service, check = self._service, self._service.primary if self._service else None
        if service is None or check is None:
            self._question = self._loaded = None
            self._draw()
            return
        if self._chart.size.width == 0:
            return
        cut_up = slices(self._range, self._outlook.now_ms, check.interval_s, self._chart.dots)
        question = Question(service.id, check.key, self._range, cut_up, _progress(check, cut_up))
        if question == self._question:
            return
        self._question = question
        title = _title(service, check)

        def query(reader: Reader) -> Message:
            from sentinel_tui.tui.readings import read_chart

            warm_up()
            return self.Loaded(question, title, read_chart(reader, question))

        self._outlook.read(self, "chart", query)

    def _draw(self) -> None:
        width = self._title.size.width
        if not width:
            return
        loaded = self._loaded
        title = line(muted("  Latency")) if loaded is None else loaded.title
        self._title.paint([spread(title, range_line(self._range), width)])
        if loaded is None:
            self._chart.show(None)
            self._numbers.paint([BLANK])
            return
        reading, asked = loaded.reading, loaded.question
        # Imported here: there is no chart in the first picture.
        from sentinel_tui.tui.view_models.changes import with_changes

        times, changes = self._outlook.times, reading.changes
        drawn = plot(reading.points, reading.alerts, asked.cut_up, asked.range_, times)
        self._chart.show(with_changes(drawn, changes, asked.cut_up))
        alerts = len(reading.alerts)
        numbers = numbers_line(reading.summary, alerts, width - 3, changes.lines)
        self._numbers.paint([(Span("  "), *numbers)])


def _title(service: ServiceRecord, check: CheckRecord) -> Line:
    return (
        Span("  "),
        *cut(line(Span(service.name, Tone.STRONG)), _SERVICE_CELLS),
        muted(f" · {check.name} · "),
        Span("p50 ", Tone.ACCENT),
        muted("p95"),
    )


def _progress(check: CheckRecord, cut_up: Slices) -> object:
    """Changes when the chart may look different: often in a short range, seldom in a long one."""
    looked = (check.last_ms or 0) * _REFRESHES_PER_SLICE // cut_up.length_ms
    return looked, check.state, check.since_ms, check.phase
