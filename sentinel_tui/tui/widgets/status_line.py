"""The engine line: who watches, and what troubles the watch."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from sentinel_tui.tui.view_models.engine import EngineSight, engine_line
from sentinel_tui.tui.view_models.words import Times
from sentinel_tui.tui.widgets.lines import LinesView


class StatusLine(LinesView):
    """One line, on every tab."""

    def __init__(self, times: Callable[[], Times], *, widget_id: str) -> None:
        super().__init__(widget_id=widget_id)
        self._times = times
        self.sight = EngineSight()

    def note(self, **changes: Any) -> None:
        """Take in what became known; the fields are those of `EngineSight`."""
        self.sight = replace(self.sight, **changes)
        self.redraw()

    def redraw(self) -> None:
        """Show the same, seen from now."""
        width = self.content_size.width
        if width:
            self.paint([engine_line(self.sight, self._times(), width)])

    def fit_to_size(self) -> None:
        """Use the room there is."""
        self.redraw()
