"""The screen that asks what to watch when there is no configuration yet."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.message import Message
from textual.screen import Screen
from textual.widgets import Input

from sentinel_tui.commands.discovering import RENDER_API, RENDER_KEY
from sentinel_tui.errors import SentinelError
from sentinel_tui.text import clean_text
from sentinel_tui.tui.cells import BLANK, Line, Span, Tone, line, muted
from sentinel_tui.tui.widgets.lines import LinesView

if TYPE_CHECKING:
    from sentinel_tui.config.starter import Discovery

_RENDER = "render"
_ALL = "all"
_MOST_SHOWN = 10


class FirstRunScreen(Screen[bool]):
    """Writes the first configuration. Closes with whether it did.

    What to watch is typed as addresses or, where there is a key for it, chosen among the services
    that Render knows.
    """

    class Discovered(Message):
        """Render told what it holds."""

        def __init__(self, discovery: Discovery) -> None:
            super().__init__()
            self.discovery = discovery

    class NotTold(Message):
        """Render did not tell."""

        def __init__(self, error: SentinelError) -> None:
            super().__init__()
            self.error = error

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
        self._discovery: Discovery | None = None

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
    def _answer(self, event: Input.Submitted) -> None:
        event.stop()
        words = event.value.replace(",", " ").split()
        if not words:
            self._complain("type the address of something you run", "")
        elif words == [_RENDER] and RENDER_KEY in os.environ:
            self._note.paint([line(muted("asking Render …"))])
            self._ask_render()
        else:
            self._write(words)

    def _write(self, words: list[str]) -> None:
        # Imported here: who has a configuration never needs it.
        from sentinel_tui.commands.discovering import chosen
        from sentinel_tui.config.starter import starter_file, starter_for, write_starter

        try:
            if self._discovery is None:
                text = starter_file(words)
            else:
                names = [] if words == [_ALL] else words
                text = starter_for(chosen(self._discovery, names))
            write_starter(self._config, text)
        except SentinelError as error:
            self._complain(str(error), error.hint)
            return
        self.dismiss(True)

    @work(thread=True, exclusive=True)
    def _ask_render(self) -> None:
        from sentinel_tui.commands.discovering import services_of_render

        try:
            discovery = services_of_render(f"env:{RENDER_KEY}", os.environ.get(RENDER_API, ""))
        except SentinelError as error:
            self.post_message(self.NotTold(error))
        else:
            self.post_message(self.Discovered(discovery))

    def on_first_run_screen_discovered(self, message: FirstRunScreen.Discovered) -> None:
        """Show what there is, and ask which of it."""
        message.stop()
        from sentinel_tui.commands.discovering import listed

        self._discovery = message.discovery
        lines = listed(message.discovery)
        more = len(lines) - _MOST_SHOWN
        self._note.paint(
            [
                *(line(text) for text in lines[:_MOST_SHOWN]),
                *([line(muted(f"and {more} more"))] if more > 0 else []),
                BLANK,
                line(muted("Type the names of those to watch, with spaces between, or: all")),
            ]
        )
        field = self.query_one(Input)
        field.value, field.placeholder = "", _ALL

    def on_first_run_screen_not_told(self, message: FirstRunScreen.NotTold) -> None:
        """Say why, and let addresses be typed instead."""
        message.stop()
        self._complain(str(message.error), message.error.hint)

    def action_later(self) -> None:
        """Go on without a configuration."""
        self.dismiss(False)

    def _complain(self, what: str, hint: str) -> None:
        lines: list[Line] = [line(Span("✖ ", Tone.BAD), what)]
        self._note.paint([*lines, line(muted(hint))] if hint else lines)


def _welcome() -> list[Line]:
    lines = [
        line(Span("Sentinel", Tone.ACCENT), muted("  the watch over your services")),
        BLANK,
        line("What should be watched?"),
        line(muted("One address or several, with spaces between them.")),
    ]
    if RENDER_KEY in os.environ:
        offer = f"{RENDER_KEY} is set: type `{_RENDER}` to see what your workspace holds."
        lines.append(line(muted(offer)))
    return [*lines, BLANK]
