"""What the five tabs have in common."""

from __future__ import annotations

from textual.containers import Vertical

from sentinel_tui.tui.outlook import Outlook


class Pane(Vertical):
    """One tab. It reads the store only while it can be seen."""

    def __init__(self, outlook: Outlook, pane_id: str) -> None:
        super().__init__(id=pane_id)
        self.outlook = outlook

    def read_store(self) -> None:
        """Read what is shown; called when it may have changed and the pane can be seen."""

    def show_waiting(self, reason: str) -> None:
        """Say why there is nothing to show yet."""

    def redraw(self) -> None:
        """Show the same again: the zone or the size changed."""

    def focus_main(self) -> None:
        """Take the focus to where the keys of this tab work."""
        self.screen.set_focus(None)
