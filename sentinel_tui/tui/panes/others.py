"""The panes that are not part of the first picture. A new tab is one line here and in `tabs`."""

from __future__ import annotations

from sentinel_tui.tui.outlook import Outlook
from sentinel_tui.tui.panes.alerts import AlertsPane
from sentinel_tui.tui.panes.behaviour import BehaviourPane
from sentinel_tui.tui.panes.pane import Pane
from sentinel_tui.tui.panes.recommendations import RecommendationsPane
from sentinel_tui.tui.panes.tabs import ALERTS, BEHAVIOUR, RECOMMENDATIONS, VIDEO
from sentinel_tui.tui.panes.video import VideoPane


def other_panes(outlook: Outlook) -> list[Pane]:
    """A pane for every tab but Status, in their order."""
    return [
        AlertsPane(outlook, ALERTS.id),
        BehaviourPane(outlook, BEHAVIOUR.id),
        VideoPane(outlook, VIDEO.id),
        RecommendationsPane(outlook, RECOMMENDATIONS.id),
    ]
