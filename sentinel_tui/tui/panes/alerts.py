"""The Alerts tab: what is wrong and what was, and the story of one alert."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.message import Message

from sentinel_tui.domain.records import AlertRecord, TimelineEntry
from sentinel_tui.tui.cells import BLANK, cut, line, muted
from sentinel_tui.tui.keymap import bindings
from sentinel_tui.tui.messages import CommandWanted, ServiceOpened
from sentinel_tui.tui.outlook import Outlook
from sentinel_tui.tui.panes.pane import Pane
from sentinel_tui.tui.readings import AlertsReading, read_alert_timeline, read_alerts
from sentinel_tui.tui.view_models.alerts import COLUMNS, alert_rows, alert_story, counts_line
from sentinel_tui.tui.widgets.filter_bar import FilterBar
from sentinel_tui.tui.widgets.lines import LinesView, ScrollingLines
from sentinel_tui.tui.widgets.live_table import LiveTable

if TYPE_CHECKING:
    from sentinel_tui.store.queries import Reader


class AlertsPane(Pane):
    """Alerts above, the story of the one under the cursor below."""

    BINDINGS: ClassVar[list[BindingType]] = bindings("alerts", "filter")

    class Loaded(Message):
        """The alerts were read."""

        def __init__(self, reading: AlertsReading) -> None:
            super().__init__()
            self.reading = reading

    class StoryLoaded(Message):
        """What happened around an alert was read."""

        def __init__(self, alert_id: int, entries: Sequence[TimelineEntry]) -> None:
            super().__init__()
            self.alert_id = alert_id
            self.entries = entries

    def __init__(self, outlook: Outlook, pane_id: str) -> None:
        super().__init__(outlook, pane_id)
        self._reading: AlertsReading | None = None
        self._entries: tuple[int, Sequence[TimelineEntry]] = (0, ())
        self._words = ""
        self._open_only = False
        self._pages = 1
        self._counts = LinesView(widget_id="alert-counts")
        self._table = LiveTable(COLUMNS, empty=BLANK, widget_id="alerts-table")
        self._filter = FilterBar()
        self._story = ScrollingLines(widget_id="alert-story")

    def compose(self) -> ComposeResult:
        """From top to bottom."""
        self._story.can_focus = False
        yield self._counts
        yield self._table
        yield self._filter
        yield self._story

    def read_store(self) -> None:
        """Read the alerts."""
        open_only, pages = self._open_only, self._pages

        def query(reader: Reader) -> Message:
            return self.Loaded(read_alerts(reader, open_only=open_only, pages=pages))

        self.outlook.read(self, "alerts", query)

    def redraw(self) -> None:
        """Show the same again."""
        self._draw()

    def focus_main(self) -> None:
        """Take the focus to the rows."""
        self.screen.set_focus(self._table)

    def on_resize(self, event: events.Resize) -> None:
        """Use the room there is."""
        self.call_after_refresh(self._draw)

    def on_alerts_pane_loaded(self, message: AlertsPane.Loaded) -> None:
        """Show what was read."""
        message.stop()
        self._reading = message.reading
        self._draw()
        self._read_story()

    def on_alerts_pane_story_loaded(self, message: AlertsPane.StoryLoaded) -> None:
        """Show the story, if it is still that of the alert under the cursor."""
        message.stop()
        self._entries = (message.alert_id, message.entries)
        self._draw_story()

    @on(LiveTable.CursorMoved)
    def _other_alert(self, message: LiveTable.CursorMoved) -> None:
        message.stop()
        self._draw_story()
        self._read_story()
        if self._reading and self._reading.more and self._table.at_end:
            self._pages += 1
            self.read_store()

    @on(LiveTable.RowOpened)
    def _open_service(self, message: LiveTable.RowOpened) -> None:
        message.stop()
        alert = self._selected()
        if alert is not None and alert.service:
            self.post_message(ServiceOpened(alert.service))

    @on(FilterBar.Changed)
    def _narrow(self, message: FilterBar.Changed) -> None:
        message.stop()
        self._words = message.words
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

    def action_toggle_open(self) -> None:
        """Show only open alerts, or all of them."""
        self._open_only = not self._open_only
        self._pages = 1
        self.read_store()

    def action_acknowledge(self) -> None:
        """Acknowledge the chosen alerts that are open and were not acknowledged before."""
        chosen = {int(key) for key in self._table.chosen}
        alerts = self._reading.alerts if self._reading else ()
        wanted = [
            alert.id
            for alert in alerts
            if alert.id in chosen and alert.open and alert.acknowledged_ms is None
        ]
        self.post_message(CommandWanted([f"ack {alert_id}" for alert_id in sorted(wanted)]))

    def _selected(self) -> AlertRecord | None:
        key = self._table.cursor_key
        if key is None or self._reading is None:
            return None
        return next((alert for alert in self._reading.alerts if str(alert.id) == key), None)

    def _read_story(self) -> None:
        alert = self._selected()
        if alert is None:
            return
        now_ms = self.outlook.now_ms

        def query(reader: Reader) -> Message:
            return self.StoryLoaded(alert.id, read_alert_timeline(reader, alert, now_ms))

        self.outlook.read(self, "story", query)

    def _draw(self) -> None:
        if self._reading is None or not self.size.width:
            return
        reading = self._reading
        open_alerts = [alert for alert in reading.alerts if alert.open]
        counts = counts_line(open_alerts, open_only=self._open_only, words=self._words)
        self._counts.paint([cut(counts, self._counts.content_size.width)])
        empty = "no alert has these words" if self._words else "no alert yet"
        self._table.show_empty(line(muted("no open alert" if self._open_only else empty)))
        times = self.outlook.times
        self._table.show_rows(alert_rows(reading.alerts, reading.names, times, words=self._words))
        self._draw_story()

    def _draw_story(self) -> None:
        alert = self._selected()
        if alert is None or self._reading is None:
            self._story.show([])
            return
        alert_id, entries = self._entries
        known = entries if alert_id == alert.id else ()
        width = self._story.content_size.width
        names, times = self._reading.names, self.outlook.times
        self._story.show(alert_story(alert, known, names, times, width))
