"""The five tabs in their order."""

from __future__ import annotations

from sentinel_tui.tui.widgets.tab_bar import Tab

STATUS = Tab("status", "1", "Status")
ALERTS = Tab("alerts", "2", "Alerts")
BEHAVIOUR = Tab("behaviour", "3", "Behaviour")
VIDEO = Tab("video", "4", "Video Analytics")
RECOMMENDATIONS = Tab("recommendations", "5", "Recommendations")

TABS = (STATUS, ALERTS, BEHAVIOUR, VIDEO, RECOMMENDATIONS)
