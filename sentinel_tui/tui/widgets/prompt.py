"""One line to type in, behind a sign that says what for."""

from __future__ import annotations

from collections.abc import Callable

from textual import events
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.suggester import Suggester
from textual.widgets import Input

from sentinel_tui.tui.cells import Span, Tone, line
from sentinel_tui.tui.widgets.lines import LinesView


class _Line(Input):
    """An input that hands its text over at once when Enter is pressed.

    Textual's own takes Enter for a binding, which runs by way of the app. Until it does, what came
    behind the Enter in the same packet stands in the line already, and two commands become one.
    """

    def __init__(
        self, placeholder: str, suggester: Suggester | None, entered: Callable[[str], None]
    ) -> None:
        super().__init__(placeholder=placeholder, suggester=suggester, compact=True)
        self.cursor_blink = False
        self._entered = entered

    def on_key(self, event: events.Key) -> None:
        """Take Enter where the characters are taken."""
        if event.key == "enter":
            event.stop()
            event.prevent_default()
            self._entered(self.value)


class Prompt(Horizontal):
    """A sign and a line. The cursor does not blink: that alone would cost 400 bytes a second."""

    DEFAULT_CSS = """
    Prompt { height: 1; background: $panel; }
    Prompt > LinesView { width: 3; }
    Prompt > Input { width: 1fr; background: $panel; }
    """

    def __init__(self, sign: str, placeholder: str, suggester: Suggester | None = None) -> None:
        """An empty line.

        Args:
            sign: What stands before it.
            placeholder: What it shows while it is empty.
            suggester: Completes what is typed.
        """
        super().__init__()
        self._sign = sign
        self._input = _Line(placeholder, suggester, self.entered)

    def compose(self) -> ComposeResult:
        """The sign, then the line."""
        yield LinesView([line(Span(f" {self._sign} ", Tone.ACCENT))])
        yield self._input

    def entered(self, text: str) -> None:
        """Take in a line that was typed whole; what a prompt is for decides what happens."""

    @property
    def text(self) -> str:
        """What is typed."""
        return self._input.value

    def take(self, text: str) -> None:
        """Replace what is typed."""
        self._input.value = text
        self._input.cursor_position = len(text)

    def focus_now(self) -> None:
        """Take what is typed from now on.

        At once: `Widget.focus` waits for the next turn of the event loop, and keys that came in
        the same packet would be lost.
        """
        self.screen.set_focus(self._input)
