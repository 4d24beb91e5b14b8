"""The screen that asks for a URL or two when there is no configuration yet."""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import Screen
from textual.widgets import Input

from sentinel_tui.errors import SentinelError
from sentinel_tui.text import clean_text
from sentinel_tui.tui.cells import BLANK, Line, Span, Tone, line, muted
from sentinel_tui.tui.widgets.lines import LinesView


class FirstRunScreen(Screen[bool]):
    """Writes the first configuration. Closes with whether it did."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "later", "Later", show=False, id="first_run.later")
    ]

    def __init__(self, config: Path) -> None:
        """Ask for what is to be watched.

        Args:
            config: Where the configuration is written.
        """
        super().__init__()
        self._config = config
        self._note = LinesView(widget_id="first-run-note")

    def compose(self) -> ComposeResult:
        """A few words, one line to type in, and room for an answer."""
        with Vertical(id="first-run"):
            yield LinesView(_welcome())
            line_ = Input(placeholder="https://curator.example.com/health  https://example.com")
            line_.cursor_blink = False
            yield line_
            yield self._note

    def on_mount(self) -> None:
        """Take what is typed."""
        self._note.paint(
            [
                line(muted("Enter writes "), clean_text(self._config)),
                line(muted("with comments that say how to go on; nothing leaves this machine.")),
                BLANK,
                line(muted("esc  look around first")),
            ]
        )
        self.set_focus(self.query_one(Input))

    @on(Input.Submitted)
    def _write(self, event: Input.Submitted) -> None:
        event.stop()
        # Imported here: who has a configuration never needs it.
        from sentinel_tui.config.starter import starter_file, write_starter

        urls = event.value.replace(",", " ").split()
        if not urls:
            self._complain("type the address of something you run", "")
            return
        try:
            write_starter(self._config, starter_file(urls))
        except SentinelError as error:
            self._complain(str(error), error.hint)
            return
        self.dismiss(True)

    def action_later(self) -> None:
        """Go on without a configuration."""
        self.dismiss(False)

    def _complain(self, what: str, hint: str) -> None:
        lines: list[Line] = [line(Span("✖ ", Tone.BAD), what)]
        self._note.paint([*lines, line(muted(hint))] if hint else lines)


def _welcome() -> list[Line]:
    return [
        line(Span("Sentinel", Tone.ACCENT), muted("  the watch over your services")),
        BLANK,
        line("What should be watched?"),
        line(muted("One address or several, with spaces between them.")),
        BLANK,
    ]
