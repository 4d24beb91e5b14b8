"""What all pages that lie over the tabs and show something of the store have in common."""

from __future__ import annotations

from textual import events
from textual.screen import Screen

from sentinel_tui.tui.outlook import Outlook


class Covering(Screen[None]):
    """A page over the tabs. It reads whenever it comes into sight."""

    def __init__(self, outlook: Outlook) -> None:
        """A page.

        Args:
            outlook: Where it reads.
        """
        super().__init__()
        self.outlook = outlook

    def on_screen_resume(self, event: events.ScreenResume) -> None:
        """It is in sight, for the first time or again."""
        self.read_store()

    def on_resize(self, event: events.Resize) -> None:
        """Use the room there is."""
        self.call_after_refresh(self.use_room)

    def read_store(self) -> None:
        """Read the page; called when it may have changed and can be seen."""

    def use_room(self) -> None:
        """Show the same at another size, and read more where there is room for more."""
        self.redraw()

    def redraw(self) -> None:
        """Show the same again, in another zone or at another width."""

    def action_back(self) -> None:
        """Back to where the owner was."""
        self.dismiss(None)
