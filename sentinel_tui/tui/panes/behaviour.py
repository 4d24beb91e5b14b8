"""The Behaviour tab."""

from __future__ import annotations

from sentinel_tui.tui.panes.unconnected import UnconnectedPane


class BehaviourPane(UnconnectedPane):
    """What the owner and the viewers do, and when."""

    PURPOSE = "When you and your viewers use the services, and what you do by hand every day"
    NEEDS = (
        "Nothing is shown because nothing was measured: this tab needs your services to report "
        "their actions and page views to Sentinel, and this version has no door for them yet."
    )
