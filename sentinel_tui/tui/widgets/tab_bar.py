"""The five tabs in one line, and how many alerts are open."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from textual import events
from textual.message import Message

from sentinel_tui.tui.cells import Line, Span, Tone, line_width, muted
from sentinel_tui.tui.widgets.lines import LinesView

_SHORT = 3


@dataclass(frozen=True, slots=True)
class Tab:
    """A tab: its pane's id, its number key and its title."""

    id: str
    number: str
    title: str


class TabBar(LinesView):
    """Titles with their numbers, the active one standing out; short ones where it is narrow."""

    DEFAULT_CSS = """
    TabBar { height: 1; }
    """

    class TabChosen(Message):
        """The owner clicked a tab."""

        def __init__(self, tab_id: str) -> None:
            super().__init__()
            self.tab_id = tab_id

    def __init__(self, tabs: Sequence[Tab], active: str) -> None:
        super().__init__(widget_id="tabs")
        self._tabs = tuple(tabs)
        self._active = active
        self._badges: dict[str, Line] = {}
        self._edges: list[tuple[int, str]] = []

    def show(self, active: str) -> None:
        """Make another tab the active one."""
        self._active = active
        self._draw()

    def show_badge(self, tab_id: str, badge: Line) -> None:
        """Show a few signs beside a tab's title."""
        self._badges[tab_id] = badge
        self._draw()

    def fit_to_size(self) -> None:
        """Use the titles that fit."""
        self._draw()

    def on_click(self, event: events.Click) -> None:
        """Choose the tab under the pointer."""
        chosen = [tab_id for start, tab_id in self._edges if start <= event.x]
        if chosen:
            self.post_message(self.TabChosen(chosen[-1]))

    def _draw(self) -> None:
        width = self.content_size.width
        full = self._titles(short=False)
        titles = full if line_width(full) <= width else self._titles(short=True)
        self.paint([titles])

    def _titles(self, *, short: bool) -> Line:
        parts: list[Span] = []
        self._edges = []
        for tab in self._tabs:
            self._edges.append((line_width(tuple(parts)), tab.id))
            title = tab.title[:_SHORT] if short else tab.title
            label = f" {tab.number} {title} "
            if tab.id == self._active:
                parts.append(Span(label, Tone.CHOSEN))
            else:
                parts.append(muted(label))
            badge = self._badges.get(tab.id, ())
            parts += [*badge, Span(" ")] if badge else []
        return tuple(parts)
