"""A tab that has nothing to show yet, and says in one sentence what it needs."""

from __future__ import annotations

from textual import events
from textual.app import ComposeResult

from sentinel_tui.tui.cells import BLANK, Span, Tone, line, line_width, muted
from sentinel_tui.tui.outlook import Outlook
from sentinel_tui.tui.panes.pane import Pane
from sentinel_tui.tui.widgets.lines import LinesView


class UnconnectedPane(Pane):
    """Says what it is for and what it needs to be connected to. It invents nothing."""

    PURPOSE = ""
    """What the tab will answer."""
    NEEDS = ""
    """What it must be connected to first: one sentence."""

    def __init__(self, outlook: Outlook, pane_id: str) -> None:
        super().__init__(outlook, pane_id)
        self._text = LinesView()

    def compose(self) -> ComposeResult:
        """One block of text."""
        yield self._text

    def on_resize(self, event: events.Resize) -> None:
        """Wrap the sentence to the new width."""
        lines = [line(Span(self.PURPOSE, Tone.STRONG)), BLANK]
        lines += [line(muted(text)) for text in _wrapped(self.NEEDS, self._text.size.width)]
        self._text.paint(lines)


def _wrapped(sentence: str, width: int) -> list[str]:
    lines = [""]
    for word in sentence.split():
        longer = f"{lines[-1]} {word}".strip()
        if line_width(line(longer)) > max(20, min(width, 72)) and lines[-1]:
            lines.append(word)
        else:
            lines[-1] = longer
    return lines
