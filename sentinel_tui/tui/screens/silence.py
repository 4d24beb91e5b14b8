"""The question for how long something is to be silenced."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen

from sentinel_tui.tui.cells import BLANK, Line, Span, Tone, cut, fit, line, muted
from sentinel_tui.tui.keymap import bindings, shown_keys
from sentinel_tui.tui.widgets.lines import LinesView

OTHER = "other"
"""The owner wants to type how long."""

SCOPE = "silencing"
_MOST_CELLS = 60
_KEY_CELLS = 6


class SilenceScreen(ModalScreen[str]):
    """Asks for how long; closes with the words of the `silence` command, or empty for not at all.

    Enter means nothing here: it may have been typed ahead. Numbers lead to tabs as everywhere.
    """

    BINDINGS: ClassVar[list[BindingType]] = bindings(SCOPE)

    def __init__(self, match: str, keys: Mapping[str, str]) -> None:
        """A question.

        Args:
            match: What is to be silenced.
            keys: The owner's own keys.
        """
        super().__init__()
        self._match = match
        self._keys = keys

    def compose(self) -> ComposeResult:
        """The question and its answers."""
        with Vertical(id="question"):
            yield LinesView(
                [
                    cut(line(Span(f"Silence {self._match}", Tone.STRONG)), _MOST_CELLS),
                    line(muted("Watching goes on; nobody is told")),
                    BLANK,
                    *self._answers(),
                ]
            )

    def action_answer(self, how_long: str) -> None:
        """Close with the answer."""
        self.dismiss(how_long)

    def _answers(self) -> list[Line]:
        return [
            (*fit(line(Span(name, Tone.ACCENT)), _KEY_CELLS), Span(key.label))
            for key, name in shown_keys(self._keys)
            if key.scope == SCOPE
        ]
