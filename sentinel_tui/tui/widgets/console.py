"""The console: one line to type a command in, and its answers above it.

What is typed is read when Enter is pressed, from the text itself and never from a suggestion, so a
line that arrives in one packet with its Enter does exactly what it says.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.message import Message
from textual.suggester import Suggester

from sentinel_tui.text import clean_text
from sentinel_tui.tui.cells import BLANK, Line, Span, Tone, line
from sentinel_tui.tui.errands import Answered, Prepared
from sentinel_tui.tui.keymap import bindings
from sentinel_tui.tui.outlook import Outlook
from sentinel_tui.tui.vocabulary import completions, must_ask_before
from sentinel_tui.tui.widgets.lines import ScrollingLines
from sentinel_tui.tui.widgets.prompt import Prompt

_NARROWEST = 20
_MOST_ANSWERS = 40
_MOST_REMEMBERED = 100


class Console(Vertical):
    """Stands above the engine line; closed, it takes no room."""

    BINDINGS: ClassVar[list[BindingType]] = bindings("console")
    DEFAULT_CSS = """
    Console {
        height: auto; display: none;
        &.-open { display: block; }
        #answers { height: auto; max-height: 14; padding: 0 1; }
    }
    """

    class Closed(Message):
        """The owner is done with the console."""

    def __init__(self, outlook: Outlook, services: Callable[[], Sequence[str]]) -> None:
        """A closed console.

        Args:
            outlook: Carries out what is typed.
            services: The services that can be named.
        """
        super().__init__(id="console")
        self._outlook = outlook
        self._services = services
        self._completion = _Completion(services)
        self._prompt = _CommandPrompt(self._completion, self._line_typed)
        self._answer_lines = ScrollingLines(widget_id="answers")
        self._answers: list[Answered] = []
        self._typed: list[str] = []
        self._at = 0

    def compose(self) -> ComposeResult:
        """The answers above the line."""
        self._answer_lines.can_focus = False
        yield self._answer_lines
        yield self._prompt

    def open(self, text: str = "") -> None:
        """Show the console with `text` in its line, and take what is typed from now on."""
        self.add_class("-open")
        self._prompt.take(text)
        self._prompt.focus_now()

    def run(self, text: str) -> None:
        """Carry out a line; one that could do harm only after a yes."""
        self._remember(text)
        if self._outlook.refusal or not must_ask_before(text, self._services()):
            # Where nothing can be changed, the answer says so; there is nothing to ask.
            self._outlook.do_in_turn(text, self)
        else:
            self._outlook.prepare(text, self)

    def on_prepared(self, message: Prepared) -> None:
        """Ask what must be asked, and carry the line out after a yes."""
        message.stop()
        # Imported here: most lines need no question.
        from sentinel_tui.tui.screens.approval import after_consent

        after_consent(self.app, message, lambda: self._outlook.do_in_turn(message.command, self))

    def on_answered(self, message: Answered) -> None:
        """Add the answer below those there are, and bring it up from its beginning."""
        message.stop()
        self._answers = [*self._answers, message][-_MOST_ANSWERS:]
        lines = self._lines()
        self._answer_lines.show(lines)
        first = len(lines) - len(self._told(message))
        self.call_after_refresh(self._answer_lines.bring_up, first)

    def on_resize(self, event: events.Resize) -> None:
        """Wrap the answers to the new width."""
        self._answer_lines.show(self._lines())

    def action_close(self) -> None:
        """Hide the console; its answers stay for the next time."""
        self.remove_class("-open")
        self.post_message(self.Closed())

    def action_recall(self, steps: int) -> None:
        """Put an older or newer line back."""
        self._at = max(0, min(self._at + steps, len(self._typed)))
        text = self._typed[self._at] if self._at < len(self._typed) else ""
        self._prompt.take(text)

    def action_scroll_answers(self, pages: int) -> None:
        """Move through the answers."""
        self._answer_lines.action_scroll_pages(pages)

    async def action_complete(self) -> None:
        """Take the suggestion over into the line; it still needs Enter."""
        completed = await self._completion.get_suggestion(self._prompt.text)
        if completed is not None:
            self._prompt.take(completed)

    def _lines(self) -> list[Line]:
        lines: list[Line] = []
        for answered in self._answers:
            lines += [BLANK, *self._told(answered)] if lines else self._told(answered)
        return lines

    def _told(self, answered: Answered) -> list[Line]:
        # The screen's width, for the console has none of its own until it was opened.
        text = answered.text(max(_NARROWEST, self.app.size.width - 2))
        asked = line(Span("▸ ", Tone.ACCENT), Span(answered.command, Tone.STRONG))
        return [asked, *(line(one) for one in text.split("\n"))]

    def _line_typed(self, text: str) -> None:
        if text.strip():
            self.run(clean_text(text))
        else:
            self.action_close()

    def _remember(self, text: str) -> None:
        if not self._typed or self._typed[-1] != text:
            self._typed = [*self._typed, text][-_MOST_REMEMBERED:]
        self._at = len(self._typed)


class _CommandPrompt(Prompt):
    """The line of the console; empty again as soon as it was typed whole."""

    def __init__(self, completion: Suggester, typed: Callable[[str], None]) -> None:
        super().__init__(
            ":", "a command, such as: why public · metrics curator 7d · help", completion
        )
        self._typed = typed

    def entered(self, text: str) -> None:
        """Hand the line over."""
        self.take("")
        self._typed(text)


class _Completion(Suggester):
    """Completes a line from those that can be typed."""

    def __init__(self, services: Callable[[], Sequence[str]]) -> None:
        super().__init__(use_cache=False, case_sensitive=True)
        self._services = services

    async def get_suggestion(self, value: str) -> str | None:
        """The first line that begins with what was typed."""
        if not value.strip():
            return None
        lines = completions(self._services())
        return next((one for one in lines if one.startswith(value) and one != value), None)
