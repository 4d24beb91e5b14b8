"""The Alerts tab: incidents in four views, and a glimpse of the one under the cursor."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.message import Message

from sentinel_tui.domain.monitoring.silences import Silence
from sentinel_tui.tui.cells import BLANK, cut
from sentinel_tui.tui.incident_readings import CasesReading, read_cases, read_glimpse
from sentinel_tui.tui.keymap import bindings
from sentinel_tui.tui.messages import IncidentOpened, ServiceOpened
from sentinel_tui.tui.outlook import Outlook
from sentinel_tui.tui.panes.pane import Pane
from sentinel_tui.tui.screens.case_actions import CaseActions
from sentinel_tui.tui.view_models.cases import (
    COLUMNS,
    VIEWS,
    Case,
    View,
    case_rows,
    counts_line,
    empty_line,
    silence_rows,
)
from sentinel_tui.tui.view_models.incident import IncidentStory, glimpse_lines
from sentinel_tui.tui.widgets.filter_bar import FilterBar
from sentinel_tui.tui.widgets.lines import LinesView, ScrollingLines
from sentinel_tui.tui.widgets.live_table import LiveTable
from sentinel_tui.tui.widgets.note_bar import NoteBar

if TYPE_CHECKING:
    from sentinel_tui.store.queries import Reader


class AlertsPane(Pane, CaseActions):
    """Incidents above, a glimpse of one of them below."""

    BINDINGS: ClassVar[list[BindingType]] = bindings("alerts", "incident", "filter")

    class Loaded(Message):
        """The incidents were read."""

        def __init__(self, reading: CasesReading) -> None:
            super().__init__()
            self.reading = reading

    class GlimpseLoaded(Message):
        """What is told of one incident was read."""

        def __init__(self, story: IncidentStory) -> None:
            super().__init__()
            self.story = story

    def __init__(self, outlook: Outlook, pane_id: str) -> None:
        super().__init__(outlook, pane_id)
        self._reading: CasesReading | None = None
        self._story: IncidentStory | None = None
        self._view = View.OPEN
        self._words = ""
        self._pages = 1
        self._counts = LinesView(widget_id="alert-counts")
        self._table = LiveTable(COLUMNS, empty=BLANK, widget_id="alerts-table")
        self._filter = FilterBar()
        self.note_bar = NoteBar()
        self._glimpse = ScrollingLines(widget_id="alert-story")

    def compose(self) -> ComposeResult:
        """From top to bottom."""
        self._glimpse.can_focus = False
        yield self._counts
        yield self._table
        yield self._filter
        yield self.note_bar
        yield self._glimpse

    def read_store(self) -> None:
        """Read the incidents."""
        now_ms, pages = self.outlook.now_ms, self._pages
        acknowledged_s = self.outlook.preferences.acknowledged_s

        def query(reader: Reader) -> Message:
            return self.Loaded(read_cases(reader, now_ms, acknowledged_s, pages))

        self.outlook.read(self, "alerts", query)

    def redraw(self) -> None:
        """Show the same again."""
        self._draw()

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
        self.call_after_refresh(self._draw)

    def on_alerts_pane_loaded(self, message: AlertsPane.Loaded) -> None:
        """Show what was read."""
        message.stop()
        self._reading = message.reading
        self._draw()
        self._read_glimpse()

    def on_alerts_pane_glimpse_loaded(self, message: AlertsPane.GlimpseLoaded) -> None:
        """Show the glimpse, if it is still of the incident under the cursor."""
        message.stop()
        self._story = message.story
        self._draw_glimpse()

    @on(LiveTable.CursorMoved)
    def _other_row(self, message: LiveTable.CursorMoved) -> None:
        message.stop()
        self._draw_glimpse()
        self._read_glimpse()
        if self._reading and self._reading.more and self._table.at_end:
            self._pages += 1
            self.read_store()

    @on(LiveTable.RowOpened)
    def _open(self, message: LiveTable.RowOpened) -> None:
        message.stop()
        case = self._selected()
        if case is None:
            return
        if case.incident.id:
            self.post_message(IncidentOpened(case.incident.id))
        elif case.incident.services:
            self.post_message(ServiceOpened(case.incident.services[0]))

    @on(FilterBar.Changed)
    def _narrow(self, message: FilterBar.Changed) -> None:
        message.stop()
        self._words = message.words
        self.refresh_bindings()
        self._draw()

    @on(FilterBar.Left)
    @on(NoteBar.Left)
    def _leave_line(self, message: Message) -> None:
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
        self._view = VIEWS[(VIEWS.index(self._view) + steps) % len(VIEWS)]
        self._table.clear_marks()
        self._draw()
        self._read_glimpse()

    @property
    def cases(self) -> list[Case]:
        """The chosen incidents: those that are marked, or the one under the cursor."""
        chosen = set(self._table.chosen)
        reading = self._reading
        return [case for case in reading.cases if case.key in chosen] if reading else []

    @property
    def silences(self) -> list[Silence]:
        """The chosen silences."""
        chosen = set(self._table.chosen)
        reading = self._reading
        found: Sequence[Silence] = reading.silences if reading else ()
        return [one for one in found if f"silence {one.id}" in chosen]

    def _selected(self) -> Case | None:
        key = self._table.cursor_key
        if key is None or self._reading is None:
            return None
        return next((case for case in self._reading.cases if case.key == key), None)

    def _read_glimpse(self) -> None:
        case = self._selected()
        if case is None or self._reading is None:
            return
        names = self._reading.names

        def query(reader: Reader) -> Message:
            return self.GlimpseLoaded(read_glimpse(reader, case, names))

        self.outlook.read(self, "glimpse", query)

    def _draw(self) -> None:
        reading = self._reading
        if reading is None or not self.size.width:
            return
        counts = counts_line(reading.counts, self._view, more=reading.more, words=self._words)
        self._counts.paint([cut(counts, self._counts.content_size.width)])
        self._table.show_empty(empty_line(self._view, self._words))
        times = self.outlook.times
        rows = case_rows(reading.cases, self._view, reading.names, times, words=self._words)
        if self._view is View.SILENCED:
            rows += silence_rows(reading.silences, times, words=self._words)
        self._table.show_rows(rows)
        self._draw_glimpse()

    def _draw_glimpse(self) -> None:
        case = self._selected()
        if case is None or self._reading is None:
            self._glimpse.show([])
            return
        story = self._story
        if story is None or story.case.key != case.key:
            story = IncidentStory(case, self._reading.names)
        width = self._glimpse.content_size.width
        self._glimpse.show(glimpse_lines(story, self.outlook.times, width))
