"""The engine line: who watches, and what troubles the watch."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from sentinel_tui.tui.cells import Line, Span, Tone, line, line_width
from sentinel_tui.tui.outlook import Outlook
from sentinel_tui.tui.view_models.engine import EngineSight, engine_line
from sentinel_tui.tui.widgets.lines import LinesView


class StatusLine(LinesView):
    """One line, on every tab. It tells of the present even while the past is shown, and says so."""

    def __init__(self, outlook: Outlook, *, widget_id: str) -> None:
        super().__init__(widget_id=widget_id)
        self._outlook = outlook
        self.sight = EngineSight(may_start=not outlook.preferences.read_only)

    def note(self, **changes: Any) -> None:
        """Take in what became known; the fields are those of `EngineSight`."""
        self.sight = replace(self.sight, **changes)
        self.redraw()

    def redraw(self) -> None:
        """Show the same, seen from now."""
        width = self.content_size.width
        if width:
            lead = self._lead
            told = engine_line(self.sight, self._outlook.present_times, width - line_width(lead))
            self.paint([(*lead, *told)])

    def fit_to_size(self) -> None:
        """Use the room there is."""
        self.redraw()

    @property
    def _lead(self) -> Line:
        """What must be known of the whole screen: of when the line tells, and what can be done."""
        if self._outlook.replay is not None:
            return line(Span("now ", Tone.ACCENT))
        return line(Span("read-only ", Tone.ACCENT)) if self._outlook.refusal else ()
