"""The line in which something is written down about an incident."""

from __future__ import annotations

from typing import ClassVar

from textual.binding import BindingType
from textual.message import Message

from sentinel_tui.text import clean_text
from sentinel_tui.tui.keymap import bindings
from sentinel_tui.tui.widgets.prompt import Prompt


class NoteBar(Prompt):
    """Hidden until it is opened; Enter keeps the note, Escape drops it."""

    BINDINGS: ClassVar[list[BindingType]] = bindings("noting")
    DEFAULT_CSS = """
    NoteBar { display: none; }
    NoteBar.-open { display: block; }
    """

    class Written(Message):
        """A note was written."""

        def __init__(self, incident: int, text: str) -> None:
            super().__init__()
            self.incident = incident
            self.text = text

    class Left(Message):
        """The owner is done typing."""

    def __init__(self) -> None:
        super().__init__("+", "what you found or did")
        self._incident = 0

    def open(self, incident: int) -> None:
        """Take what is typed from now on as a note about an incident."""
        self._incident = incident
        self.add_class("-open")
        self.focus_now()

    def entered(self, text: str) -> None:
        """Hand the note over; an empty one is none."""
        note = clean_text(text)
        if note:
            self.post_message(self.Written(self._incident, note))
        self.action_drop()

    def action_drop(self) -> None:
        """Go back without a note."""
        self.take("")
        self.remove_class("-open")
        self.post_message(self.Left())
