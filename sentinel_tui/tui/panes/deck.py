"""The panes, one of them in sight."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.widgets import ContentSwitcher

from sentinel_tui.tui.outlook import Outlook
from sentinel_tui.tui.panes.pane import Pane
from sentinel_tui.tui.panes.status import StatusPane
from sentinel_tui.tui.panes.tabs import STATUS, TABS


class Deck(ContentSwitcher):
    """Holds a pane for each tab; the first picture is made of the first one alone."""

    def __init__(self, outlook: Outlook) -> None:
        super().__init__(initial=STATUS.id, id="deck")
        self._outlook = outlook
        self.status = StatusPane(outlook, STATUS.id)

    def compose(self) -> ComposeResult:
        """The first pane."""
        yield self.status

    def on_show(self) -> None:
        """Have keys work again in a terminal that was too small for anything.

        What is hidden loses the focus, and nothing but this gives it back.
        """
        if self.screen.focused is None:
            self.pane.focus_main()

    @property
    def pane(self) -> Pane:
        """The pane in sight."""
        return self.get_child_by_id(self.current or STATUS.id, Pane)

    async def complete(self) -> None:
        """Make the other panes."""
        # Imported here, for the same reason that they are made here.
        from sentinel_tui.tui.panes.others import other_panes

        others = other_panes(self._outlook)
        for pane in others:
            pane.display = False
        await self.mount(*others)

    def turn_to(self, tab_id: str) -> None:
        """Bring a pane in sight, and the focus to it."""
        self.current = tab_id
        self.pane.focus_main()
        self.pane.read_store()

    def neighbour(self, steps: int) -> str:
        """The tab so many steps to the right."""
        ids = [tab.id for tab in TABS]
        return ids[(ids.index(self.current or STATUS.id) + steps) % len(ids)]
