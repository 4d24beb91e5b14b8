"""A page of lines that is read like a document."""

from __future__ import annotations

from typing import ClassVar

from textual.binding import BindingType

from sentinel_tui.tui.keymap import bindings
from sentinel_tui.tui.widgets.lines import ScrollingLines


class Page(ScrollingLines):
    """Scrolling lines with the keys of a pager."""

    BINDINGS: ClassVar[list[BindingType]] = bindings("page")
