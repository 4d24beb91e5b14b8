"""The audit: every action with who wanted it, why, when, and what came of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.message import Message

from sentinel_tui.domain.autonomy.actions import Action, AuditEntry, Step
from sentinel_tui.tui.cells import line, muted
from sentinel_tui.tui.keymap import bindings
from sentinel_tui.tui.messages import QuestionWanted
from sentinel_tui.tui.outlook import Outlook
from sentinel_tui.tui.screens.covering import Covering
from sentinel_tui.tui.view_models.actions import COLUMNS, action_lines, action_rows, audit_head
from sentinel_tui.tui.widgets.banner import Banner
from sentinel_tui.tui.widgets.key_bar import KeyBar
from sentinel_tui.tui.widgets.lines import LinesView, ScrollingLines
from sentinel_tui.tui.widgets.live_table import LiveTable

if TYPE_CHECKING:
    from sentinel_tui.store.queries import Reader

_MOST_ACTIONS = 200
_REACTED_TO = frozenset({"approve", "reject"})


@dataclass(frozen=True, slots=True)
class AuditReading:
    """What the page lists.

    Attributes:
        actions: The last actions, newest first.
        names: What services are called, by id.
    """

    actions: Sequence[Action]
    names: Mapping[str, str]


class AuditScreen(Covering):
    """Actions above, every step of the one under the cursor below."""

    BINDINGS: ClassVar[list[BindingType]] = bindings("screen", "audit")

    class Loaded(Message):
        """The actions were read."""

        def __init__(self, reading: AuditReading) -> None:
            super().__init__()
            self.reading = reading

    class StepsLoaded(Message):
        """The steps of one action were read."""

        def __init__(self, action: int, entries: Sequence[AuditEntry]) -> None:
            super().__init__()
            self.action = action
            self.entries = entries

    def __init__(self, outlook: Outlook) -> None:
        """A page about actions.

        Args:
            outlook: Where it reads.
        """
        super().__init__(outlook)
        self._reading: AuditReading | None = None
        self._steps: AuditScreen.StepsLoaded | None = None
        self._head = LinesView(widget_id="audit-head")
        empty = line(muted("nothing was done yet, and nothing is wanted"))
        self._table = LiveTable(COLUMNS, empty=empty, widget_id="audit-table")
        self._detail = ScrollingLines(widget_id="audit-steps")

    def compose(self) -> ComposeResult:
        """From top to bottom."""
        self._detail.can_focus = False
        yield Banner(self.outlook)
        yield self._head
        yield self._table
        yield self._detail
        yield KeyBar()

    def on_mount(self) -> None:
        """Take the focus to the rows."""
        self.set_focus(self._table)

    def read_store(self) -> None:
        """Read the actions."""

        def query(reader: Reader) -> Message:
            names = {one.id: one.name for one in reader.services()}
            return self.Loaded(AuditReading(reader.actions(limit=_MOST_ACTIONS), names))

        self.outlook.read(self, "actions", query)

    def redraw(self) -> None:
        """Show the same again, in another zone or at another width."""
        reading, width = self._reading, self._head.content_size.width
        if reading is None or not width:
            return
        self._head.paint([audit_head(reading.actions, width)])
        self._table.show_rows(action_rows(reading.actions, reading.names, self.outlook.times))
        self._draw_steps()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """What waits can be answered, what was done can be taken back."""
        chosen = self._chosen
        if action in _REACTED_TO:
            return chosen is not None and chosen.step is Step.WAITING
        if action == "undo":
            return chosen is not None and chosen.done_ms is not None
        return super().check_action(action, parameters)

    def action_approve(self) -> None:
        """Say yes to the action under the cursor, after a question."""
        if self._chosen is not None:
            self.post_message(QuestionWanted(f"approve {self._chosen.id}"))

    def action_reject(self) -> None:
        """Say no to the action under the cursor."""
        if self._chosen is not None:
            self.post_message(QuestionWanted(f"reject {self._chosen.id}"))

    def action_undo(self) -> None:
        """Take the action under the cursor back, after a question."""
        if self._chosen is not None:
            self.post_message(QuestionWanted(f"undo {self._chosen.id}"))

    def on_audit_screen_loaded(self, message: AuditScreen.Loaded) -> None:
        """Show what was read."""
        message.stop()
        self._reading = message.reading
        self.redraw()
        self._read_steps()
        self.refresh_bindings()

    def on_audit_screen_steps_loaded(self, message: AuditScreen.StepsLoaded) -> None:
        """Show the steps, if they are still of the action under the cursor."""
        message.stop()
        self._steps = message
        self._draw_steps()

    @on(LiveTable.CursorMoved)
    def _other_row(self, message: LiveTable.CursorMoved) -> None:
        message.stop()
        self._draw_steps()
        self._read_steps()
        self.refresh_bindings()

    @on(LiveTable.RowOpened)
    def _open(self, message: LiveTable.RowOpened) -> None:
        message.stop()
        if self._chosen is not None and self.check_action("approve", ()):
            self.action_approve()

    @property
    def _chosen(self) -> Action | None:
        key, reading = self._table.cursor_key, self._reading
        if key is None or reading is None:
            return None
        return next((one for one in reading.actions if str(one.id) == key), None)

    def _read_steps(self) -> None:
        chosen = self._chosen
        if chosen is None:
            return
        number = chosen.id

        def query(reader: Reader) -> Message:
            return self.StepsLoaded(number, reader.audit(action=number))

        self.outlook.read(self, "steps", query)

    def _draw_steps(self) -> None:
        chosen, reading = self._chosen, self._reading
        if chosen is None or reading is None:
            self._detail.show([])
            return
        known = self._steps is not None and self._steps.action == chosen.id
        entries = self._steps.entries if known and self._steps is not None else ()
        oldest_first = sorted(entries, key=lambda entry: entry.id)
        width = self._detail.content_size.width
        self._detail.show(
            action_lines(chosen, oldest_first, reading.names, self.outlook.times, width)
        )
