"""The Recommendations tab."""

from __future__ import annotations

from sentinel_tui.tui.panes.unconnected import UnconnectedPane


class RecommendationsPane(UnconnectedPane):
    """What to do next."""

    PURPOSE = "What to do next, what it should bring, and whether it did"
    NEEDS = (
        "Nothing is recommended because there is no evidence yet: this tab needs the measurements "
        "of the Behaviour and Video Analytics tabs, which are not connected in this version."
    )
