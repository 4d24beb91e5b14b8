"""The filter: one line that narrows the rows while it is typed."""

from __future__ import annotations

from typing import ClassVar

from textual.binding import BindingType
from textual.message import Message
from textual.widgets import Input

from sentinel_tui.tui.keymap import bindings
from sentinel_tui.tui.widgets.prompt import Prompt


class FilterBar(Prompt):
    """Hidden until it is opened; Enter keeps the filter, Escape drops it."""

    BINDINGS: ClassVar[list[BindingType]] = bindings("typing")
    DEFAULT_CSS = """
    FilterBar { display: none; }
    FilterBar.-open { display: block; }
    """

    class Changed(Message):
        """The rows are to be narrowed to these words; empty for all."""

        def __init__(self, words: str) -> None:
            super().__init__()
            self.words = words

    class Left(Message):
        """The owner is done typing."""

    def __init__(self) -> None:
        super().__init__("/", "words that rows must have · !word for those without it")

    def open(self) -> None:
        """Take what is typed from now on."""
        self.add_class("-open")
        self.focus_now()

    def clear(self) -> None:
        """Drop the words and hide."""
        self.take("")
        self.remove_class("-open")

    def on_input_changed(self, event: Input.Changed) -> None:
        """Narrow the rows as the words are typed."""
        event.stop()
        self.post_message(self.Changed(event.value))

    def entered(self, text: str) -> None:
        """Keep the filter and go back to the rows."""
        self.action_keep()

    def action_keep(self) -> None:
        """Go back to the rows; an empty filter hides."""
        if not self.text:
            self.remove_class("-open")
        self.post_message(self.Left())

    def action_drop(self) -> None:
        """Show all rows again."""
        self.clear()
        self.post_message(self.Left())
