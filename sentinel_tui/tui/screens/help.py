"""The help page."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.screen import Screen

from sentinel_tui.tui.cells import cut
from sentinel_tui.tui.keymap import bindings, shown_keys
from sentinel_tui.tui.view_models.help import help_lines
from sentinel_tui.tui.widgets.key_bar import KeyBar
from sentinel_tui.tui.widgets.page import Page


class HelpScreen(Screen[None]):
    """Keys, states and commands on one page, made from the tables they are defined in."""

    BINDINGS: ClassVar[list[BindingType]] = bindings("screen")

    def __init__(self, keys: Mapping[str, str]) -> None:
        """A help page.

        Args:
            keys: The owner's own keys.
        """
        super().__init__()
        self._keys = keys
        self._page = Page(widget_id="help")

    def compose(self) -> ComposeResult:
        """The page and its keys."""
        yield self._page
        yield KeyBar()

    def on_mount(self) -> None:
        """Take the focus to the page."""
        self.set_focus(self._page)

    def on_resize(self, event: events.Resize) -> None:
        """Use the room there is."""
        self.call_after_refresh(self._draw)

    def action_back(self) -> None:
        """Back to where the owner was."""
        self.dismiss(None)

    def _draw(self) -> None:
        # Imported here: the catalog is not needed before somebody asks for help.
        from sentinel_tui.commands.catalog import CATALOG

        width = self._page.content_size.width
        lines = help_lines(shown_keys(self._keys), CATALOG, width)
        self._page.show([cut(one, width) for one in lines])
