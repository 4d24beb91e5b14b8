"""The page of one incident."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.message import Message

from sentinel_tui.text import shorten
from sentinel_tui.tui.cells import Span, Tone, line, line_width, muted
from sentinel_tui.tui.incident_readings import IncidentReading, read_incident
from sentinel_tui.tui.keymap import bindings
from sentinel_tui.tui.outlook import Outlook
from sentinel_tui.tui.screens.case_actions import CaseActions
from sentinel_tui.tui.screens.covering import Covering
from sentinel_tui.tui.view_models.cases import Case
from sentinel_tui.tui.view_models.incident import body_lines, head_lines
from sentinel_tui.tui.view_models.plot import numbers_line
from sentinel_tui.tui.widgets.banner import Banner
from sentinel_tui.tui.widgets.chart import Chart, warm_up
from sentinel_tui.tui.widgets.key_bar import KeyBar
from sentinel_tui.tui.widgets.lines import LinesView
from sentinel_tui.tui.widgets.note_bar import NoteBar
from sentinel_tui.tui.widgets.page import Page

if TYPE_CHECKING:
    from sentinel_tui.store.queries import Reader

_NAME_CELLS = 20


class IncidentScreen(Covering, CaseActions):
    """What happened, the chart of it, what was lost, who was told, notes and timeline."""

    BINDINGS: ClassVar[list[BindingType]] = bindings("screen", "incident")

    class Loaded(Message):
        """The page was read; None when there is no incident of this number."""

        def __init__(self, reading: IncidentReading | None) -> None:
            super().__init__()
            self.reading = reading

    def __init__(self, outlook: Outlook, incident: int) -> None:
        """A page about an incident.

        Args:
            outlook: Where it reads.
            incident: The incident's number.
        """
        super().__init__(outlook)
        self.incident = incident
        self._reading: IncidentReading | None = None
        self._head = LinesView(widget_id="incident-head")
        self._chart = Chart(widget_id="incident-chart")
        self._numbers = LinesView(widget_id="incident-numbers")
        self._page = Page(widget_id="incident-page")
        self.note_bar = NoteBar()

    def compose(self) -> ComposeResult:
        """From top to bottom."""
        yield Banner(self.outlook)
        yield self._head
        yield self._chart
        yield self._numbers
        yield self._page
        yield self.note_bar
        yield KeyBar()

    def on_mount(self) -> None:
        """Take the focus to the page."""
        self.set_focus(self._page)

    @property
    def cases(self) -> list[Case]:
        """The incident."""
        return [self._reading.story.case] if self._reading else []

    def read_store(self) -> None:
        """Read the page, as soon as it is known how much of a chart there is room for."""
        if not self._chart.size.width:
            return
        incident, times, dots = self.incident, self.outlook.times, self._chart.dots
        acknowledged_s = self.outlook.preferences.acknowledged_s

        def query(reader: Reader) -> Message:
            warm_up()
            return self.Loaded(read_incident(reader, incident, times, acknowledged_s, dots))

        self.outlook.read(self, "incident", query)

    def use_room(self) -> None:
        """Draw at the new size; a wider chart has more points."""
        self.redraw()
        self.read_store()

    def redraw(self) -> None:
        """Show the same again, in another zone or at another width."""
        reading, width = self._reading, self._head.content_size.width
        if reading is None or not width:
            return
        times = self.outlook.times
        self._head.paint(head_lines(reading.story, times, width))
        self._chart.display = self._numbers.display = reading.chart is not None
        self._chart.show(reading.chart)
        if reading.root is not None and reading.numbers is not None:
            name = reading.story.names.get(reading.root.service, reading.root.service)
            check = line(muted(f"{shorten(name, _NAME_CELLS)} · {reading.root.name} · "))
            title = (*check, Span("p50", Tone.ACCENT), muted(" p95  "))
            numbers = numbers_line(reading.numbers, 0, width - line_width(title))
            self._numbers.paint([(*title, *numbers)])
        self._page.show(body_lines(reading.story, times, self._page.content_size.width))

    def on_incident_screen_loaded(self, message: IncidentScreen.Loaded) -> None:
        """Show what was read."""
        message.stop()
        self._reading = message.reading
        if message.reading is None:
            there = line(Span("? ", Tone.MUTED), f"there is no incident {self.incident}")
            self._head.paint([there])
        self.redraw()

    @on(NoteBar.Left)
    def _leave_note(self, message: NoteBar.Left) -> None:
        message.stop()
        self.set_focus(self._page)
