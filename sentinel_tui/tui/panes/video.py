"""The Video Analytics tab."""

from __future__ import annotations

from sentinel_tui.tui.panes.unconnected import UnconnectedPane


class VideoPane(UnconnectedPane):
    """Which videos perform, and why."""

    PURPOSE = "Which videos are watched, how far, and why some do better than others"
    NEEDS = (
        "Nothing is shown because nothing was measured: this tab needs a connection to your Bunny "
        "Stream library, and this version cannot connect to one yet."
    )
