"""The question before something is done to a service, and the typed name for what is dangerous."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from typing import TYPE_CHECKING, ClassVar

from textual.app import App, ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen

from sentinel_tui.tui.view_models.asking import (
    Asking,
    answers_line,
    asking,
    asking_lines,
    typing_line,
)
from sentinel_tui.tui.widgets.lines import LinesView
from sentinel_tui.tui.widgets.prompt import Prompt

if TYPE_CHECKING:
    from sentinel_tui.tui.errands import Prepared

_MOST_CELLS = 64
_FRAME_CELLS = 8


class Consent(StrEnum):
    """What the owner said."""

    YES = "yes"
    NO = "no"
    """Not at all: what waits is dropped."""
    LATER = "later"


class ApprovalScreen(ModalScreen[Consent]):
    """Names the object, the cost and the consequence; only `y` means yes.

    For what is dangerous, the name of its service must be typed after that: a key alone may have
    been meant for something else.
    """

    # The line for the name takes keys only once it is asked for.
    AUTO_FOCUS = ""
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("y", "yes", "Yes", id="approval.yes"),
        Binding("n", "no", "No", id="approval.no"),
        Binding("escape,q", "later", "Not now", id="approval.later"),
    ]

    def __init__(self, asked: Asking) -> None:
        """A question.

        Args:
            asked: What is asked.
        """
        super().__init__()
        self._asked = asked
        self._answers = LinesView([answers_line(asked)])
        self._prompt = _NamePrompt(self._named)

    def compose(self) -> ComposeResult:
        """The question, how to answer it, and a line for the name."""
        with Vertical(id="question"):
            yield LinesView(asking_lines(self._asked, self._room))
            yield self._answers
            if self._asked.typed:
                yield self._prompt

    def action_yes(self) -> None:
        """Agree; where the name must be typed, ask for it."""
        if not self._asked.typed:
            self.dismiss(Consent.YES)
            return
        self._answers.paint([typing_line(self._asked, self._room)])
        self._prompt.add_class("-open")
        self._prompt.focus_now()

    def action_no(self) -> None:
        """Say no; what waits for an answer is dropped."""
        self.dismiss(Consent.NO)

    def action_later(self) -> None:
        """Leave it as it is."""
        self.dismiss(Consent.LATER)

    def _named(self, text: str) -> None:
        if self._asked.typed and text.strip() == self._asked.typed:
            self.dismiss(Consent.YES)
        else:
            self._prompt.take("")

    @property
    def _room(self) -> int:
        return max(20, min(_MOST_CELLS, self.app.size.width - _FRAME_CELLS))


class _NamePrompt(Prompt):
    """The line for the name; hidden until it is asked for."""

    DEFAULT_CSS = """
    _NamePrompt { display: none; margin-top: 1; }
    _NamePrompt.-open { display: block; }
    """

    def __init__(self, typed: Callable[[str], None]) -> None:
        super().__init__("▸", "")
        self._typed = typed

    def entered(self, text: str) -> None:
        """Hand the name over."""
        self._typed(text)


def after_consent(app: App[None], prepared: Prepared, act: Callable[[], None]) -> None:
    """Act once the owner agreed; at once where there is nothing to ask.

    Args:
        app: Shows the question.
        prepared: What is to be asked.
        act: What is done after a yes.
    """
    if prepared.question is None:
        act()
        return

    def answered(consent: Consent | None) -> None:
        if consent is Consent.YES:
            act()

    app.push_screen(ApprovalScreen(asking(prepared.question)), answered)
