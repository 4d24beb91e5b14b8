"""A question before something that should not happen by accident."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

from textual.app import App, ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen

from sentinel_tui.tui.cells import BLANK, Span, Tone, line, muted
from sentinel_tui.tui.widgets.lines import LinesView


class ConfirmScreen(ModalScreen[bool]):
    """Asks, naming what it is about. Only `y` means yes; Enter may have been typed ahead."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("y", "answer(True)", "Yes", id="confirm.yes"),
        Binding("n,escape,enter,q", "answer(False)", "No", id="confirm.no"),
    ]

    def __init__(self, question: str) -> None:
        super().__init__()
        self._question = question

    def compose(self) -> ComposeResult:
        """The question and how to answer it."""
        with Vertical(id="question"):
            yield LinesView(
                [
                    line(Span(self._question, Tone.STRONG)),
                    BLANK,
                    line(
                        Span("y", Tone.ACCENT),
                        muted(" yes   "),
                        Span("n", Tone.ACCENT),
                        muted(" no"),
                    ),
                ]
            )

    def action_answer(self, yes: bool) -> None:
        """Close with the answer."""
        self.dismiss(yes)


def after_yes(app: App[None], question: str, act: Callable[[], None]) -> None:
    """Act once the owner said yes; at once where there is nothing to ask."""
    if not question:
        act()
        return

    def answered(yes: bool | None) -> None:
        if yes:
            act()

    app.push_screen(ConfirmScreen(question), answered)
