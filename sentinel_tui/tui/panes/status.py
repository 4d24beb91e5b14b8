"""The Status tab: every service in a row, and the latency of the one under the cursor."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.message import Message

from sentinel_tui.tui.cells import BLANK, Line, line, muted
from sentinel_tui.tui.keymap import bindings
from sentinel_tui.tui.messages import CommandWanted, ServiceOpened
from sentinel_tui.tui.outlook import Outlook
from sentinel_tui.tui.panes.latency import LatencyPanel
from sentinel_tui.tui.panes.pane import Pane
from sentinel_tui.tui.view_models.status import COLUMNS, SORTS, columns, health_lines, service_rows
from sentinel_tui.tui.view_models.words import Times
from sentinel_tui.tui.widgets.filter_bar import FilterBar
from sentinel_tui.tui.widgets.lines import LinesView
from sentinel_tui.tui.widgets.live_table import LiveTable

if TYPE_CHECKING:
    from sentinel_tui.domain.records import ServiceRecord
    from sentinel_tui.store.queries import Reader
    from sentinel_tui.tui.readings import StatusReading, StatusReadings

_TALL_ROWS = 32
_REASON_LINES = 3


class StatusPane(Pane):
    """Health, services, chart."""

    BINDINGS: ClassVar[list[BindingType]] = bindings("services", "filter", "status", "chart")

    class Loaded(Message):
        """The services were read."""

        def __init__(self, reading: StatusReading) -> None:
            super().__init__()
            self.reading = reading

    def __init__(self, outlook: Outlook, pane_id: str) -> None:
        super().__init__(outlook, pane_id)
        self._readings: StatusReadings | None = None
        self._reading: StatusReading | None = None
        self._words = ""
        self._sorted_by = next(iter(SORTS))
        self._health = LinesView(widget_id="health")
        self._table = LiveTable(COLUMNS, empty=BLANK, widget_id="services")
        self._filter = FilterBar()
        self._latency = LatencyPanel(outlook)
        self._events = LinesView(widget_id="events")

    def compose(self) -> ComposeResult:
        """From top to bottom."""
        yield self._health
        yield self._table
        yield self._filter
        yield self._latency
        yield self._events

    @property
    def selected(self) -> str | None:
        """The id of the service under the cursor."""
        return self._table.cursor_key

    @property
    def service_ids(self) -> list[str]:
        """The ids of all services."""
        return [one.record.id for one in self._reading.overview.services] if self._reading else []

    def read_store(self) -> None:
        """Read the services."""
        now_ms, cells = self.outlook.now_ms, self._table.column_cells("bar")
        entries = max(0, self._events.content_size.height - 1)

        def query(reader: Reader) -> Message:
            # Imported in the feed's thread: the first picture does not wait for it.
            from sentinel_tui.tui.readings import StatusReadings

            if self._readings is None:
                self._readings = StatusReadings()
            return self.Loaded(self._readings.read(reader, now_ms, cells, entries))

        self.outlook.read(self, "services", query)

    def show_waiting(self, reason: str) -> None:
        """Say why there is nothing to show yet."""
        if self._reading is None:
            self._table.show_empty(line(muted(reason)))

    def redraw(self) -> None:
        """Show the same again."""
        self._draw()
        self._latency.redraw()

    def focus_main(self) -> None:
        """Take the focus to the rows."""
        self.screen.set_focus(self._table)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Only what can be dropped is dropped; Escape means something else otherwise."""
        if action == "clear":
            return bool(self._words or self._table.marked)
        return super().check_action(action, parameters)

    def on_resize(self, event: events.Resize) -> None:
        """Use the room there is."""
        self.call_after_refresh(self._resized)

    def _resized(self) -> None:
        self._draw()
        self.read_store()

    def on_status_pane_loaded(self, message: StatusPane.Loaded) -> None:
        """Show what was read."""
        message.stop()
        if self._reading is None:
            self._latency.begin_with(message.reading.watched_ms)
        self._reading = message.reading
        self._draw()
        self._latency.show(self._record())

    @on(LiveTable.Folded)
    def _columns_changed(self, message: LiveTable.Folded) -> None:
        message.stop()
        self.read_store()

    @on(LiveTable.CursorMoved)
    def _other_service(self, message: LiveTable.CursorMoved) -> None:
        message.stop()
        self._latency.show(self._record())

    @on(LiveTable.RowOpened)
    def _open_service(self, message: LiveTable.RowOpened) -> None:
        message.stop()
        self.post_message(ServiceOpened(message.key))

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

    def action_sort(self) -> None:
        """Sort by the next column that can be seen."""
        visible = [name for name in SORTS if self._table.column_cells(name)]
        index = visible.index(self._sorted_by) if self._sorted_by in visible else -1
        self._sorted_by = visible[(index + 1) % len(visible)]
        self._draw()

    def action_range(self, steps: int) -> None:
        """Show a longer or shorter range of the chart."""
        self._latency.change_range(steps)

    def action_probe(self) -> None:
        """Look at the chosen services now."""
        self._want([f"probe {one}" for one in self._table.chosen])

    def action_wake(self) -> None:
        """Wake the chosen services."""
        self._want([f"wake {one}" for one in self._table.chosen])

    def action_pause(self) -> None:
        """Pause the chosen services, or resume them where all of them are paused."""
        by_id = {one.id: one for one in self._records()}
        chosen = [by_id[one] for one in self._table.chosen]
        verb = "resume" if all(one.paused for one in chosen) else "pause"
        several = verb == "pause" and len(chosen) > 1
        question = f"Pause {', '.join(one.name for one in chosen)}?" if several else ""
        self._want([f"{verb} {one.id}" for one in chosen], question)

    def _want(self, commands: list[str], question: str = "") -> None:
        self.post_message(CommandWanted(commands, question))

    def _records(self) -> list[ServiceRecord]:
        return [one.record for one in self._reading.overview.services] if self._reading else []

    def _record(self) -> ServiceRecord | None:
        return next((one for one in self._records() if one.id == self.selected), None)

    def _draw(self) -> None:
        if self._reading is None or not self.size.width:
            return
        overview, times = self._reading.overview, self.outlook.times
        most = _REASON_LINES if self.app.size.height >= _TALL_ROWS else 1
        width = self._health.content_size.width
        health = health_lines(overview.health, len(overview.services), width, most)
        self._health.paint([*health, *self._hours_lines(times, width)])
        self._table.show_empty(line(muted(_why_empty(self._words))))
        modes = self._mode_cells()
        self._table.show_columns(columns(modes=bool(modes)))
        rows = service_rows(
            overview.services,
            self._reading.bars,
            times,
            words=self._words,
            sorted_by=self._sorted_by,
            modes=modes,
        )
        titles = {"bar": f"Last {self._reading.bar_hours} h"}
        self._table.show_rows(rows, sorted_by=self._sorted_by, titles=titles)
        self._draw_events(times)

    def _mode_cells(self) -> Mapping[str, Line]:
        """The mode of each service, where any is known."""
        if self._reading is None or not self._reading.modes:
            return {}
        # Imported here, as below: it is not in the first picture.
        from sentinel_tui.tui.view_models.modes import mode_cells

        return mode_cells(self._reading.modes)

    def _hours_lines(self, times: Times, width: int) -> list[Line]:
        """The hours gauge, where there are hours to count."""
        if self._reading is None or self._reading.hours is None:
            return []
        from sentinel_tui.tui.view_models.hours import hours_line

        return [hours_line(self._reading.hours, times, width)]

    def _draw_events(self, times: Times) -> None:
        if self._reading is None or not self._reading.events:
            return
        from sentinel_tui.tui.view_models.timeline import lately_lines

        names = {one.record.id: one.record.name for one in self._reading.overview.services}
        width = self._events.content_size.width
        self._events.paint(lately_lines(self._reading.events, names, times, width))


def _why_empty(words: str) -> str:
    return "no service has these words" if words else "no service is configured"
