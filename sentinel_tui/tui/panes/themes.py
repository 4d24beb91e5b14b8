"""Themes that videos seem to have, each waiting for a yes or a no of the owner."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.binding import BindingType
from textual.message import Message

from sentinel_tui.tui.cells import line, muted
from sentinel_tui.tui.errands import Told
from sentinel_tui.tui.keymap import bindings
from sentinel_tui.tui.outlook import Outlook
from sentinel_tui.tui.view_models.video_table import Listed
from sentinel_tui.tui.view_models.video_views import THEME_COLUMNS, suggestion_rows
from sentinel_tui.tui.widgets.live_table import LiveTable

if TYPE_CHECKING:
    from sentinel_tui.domain.video.study import ThemeSuggestion


class ThemesTable(LiveTable):
    """A row for each suggestion; what was answered leaves at once."""

    BINDINGS: ClassVar[list[BindingType]] = bindings("themes")

    class Answered(Message):
        """Fewer suggestions wait than before, or more."""

    def __init__(self, outlook: Outlook) -> None:
        empty = line(muted("no video waits for a theme"))
        super().__init__(THEME_COLUMNS, empty=empty, widget_id="themes")
        self._outlook = outlook
        self._suggestions: Sequence[ThemeSuggestion] = ()
        self._videos: Sequence[Listed] = ()
        self._answered: frozenset[tuple[str, str]] = frozenset()

    @property
    def waiting(self) -> list[ThemeSuggestion]:
        """What still waits for the owner's word, of videos that are still there."""
        there = {one.video.id for one in self._videos}
        asked = (one for one in self._suggestions if one.video in there)
        return [one for one in asked if (one.video, one.theme) not in self._answered]

    def show(self, suggestions: Sequence[ThemeSuggestion], videos: Sequence[Listed]) -> None:
        """Show what a study suggested, of these videos."""
        self._suggestions, self._videos = suggestions, videos
        self.show_rows(suggestion_rows(self.waiting, videos))

    def action_accept(self) -> None:
        """Give the chosen videos the themes they seem to have."""
        self._answer("theme", "is about")

    def action_reject(self) -> None:
        """Say that the chosen videos do not have these themes."""
        self._answer("reject_theme", "is not about")

    @on(Told)
    def _answer_came(self, message: Told) -> None:
        """Ask again what could not be stored; the message goes on to whoever shows it."""
        if message.failed:
            self._take(frozenset())

    def _answer(self, verb: str, says: str) -> None:
        """Tell the engine what the owner says of the chosen suggestions."""
        if self._outlook.refusal:
            self.post_message(Told(self._outlook.refusal, failed=True))
            return
        chosen = [one for one in self.waiting if one.video in self.chosen]
        for one in chosen:
            told = f"it {says} {one.theme}; the next study goes by it"
            request = {"video": one.video, "theme": one.theme}
            self._outlook.ask(verb, request, told, self)
        self._take(self._answered | {(one.video, one.theme) for one in chosen})

    def _take(self, answered: frozenset[tuple[str, str]]) -> None:
        self._answered = answered
        self.show(self._suggestions, self._videos)
        self.post_message(self.Answered())
