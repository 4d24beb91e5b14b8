"""What stands there when the terminal is too small for anything else."""

from __future__ import annotations

from sentinel_tui.tui.cells import Span, Tone, line, muted
from sentinel_tui.tui.widgets.lines import LinesView

LEAST_COLUMNS = 60
LEAST_ROWS = 16


class TooSmall(LinesView):
    """Says which size is needed and which there is. CSS decides when it is seen."""

    def fit_to_size(self) -> None:
        """Name the size there is now."""
        size = self.app.size
        self.paint(
            [
                line(Span("Sentinel", Tone.ACCENT), " needs a larger terminal"),
                line(
                    f"{LEAST_COLUMNS}x{LEAST_ROWS} at least",
                    muted(f" · this one is {size.width}x{size.height}"),
                ),
                line(muted("or: sentinel status")),
            ]
        )
