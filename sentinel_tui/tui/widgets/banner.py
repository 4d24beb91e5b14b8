"""The banner above a tab or a page; it takes no room while there is nothing to say."""

from __future__ import annotations

from sentinel_tui.tui.cells import Line
from sentinel_tui.tui.keymap import called
from sentinel_tui.tui.outlook import Outlook
from sentinel_tui.tui.widgets.lines import LinesView


class Banner(LinesView):
    """Says on whatever screen it stands what must not be overlooked.

    That the past is shown or the watch is blind, that all actions are stopped, and that one waits
    for the owner's yes: a line for each.
    """

    def __init__(self, outlook: Outlook) -> None:
        """A banner that is seen only when it has something to say.

        Args:
            outlook: Knows whether there is something.
        """
        super().__init__()
        self._outlook = outlook
        self.display = self._wanted

    def on_mount(self) -> None:
        """Say what is so already."""
        self.redraw()

    def redraw(self) -> None:
        """Say what is so now, or go out of the way."""
        # As wide as the screen: while it is hidden, it has no width of its own to go by.
        self.paint(self._told(self.app.size.width))
        self.display = self._wanted

    def fit_to_size(self) -> None:
        """Use the room there is."""
        self.paint(self._told(self.content_size.width))

    def _told(self, width: int) -> list[Line]:
        """What is so now; of the past only that it is one."""
        outlook = self._outlook
        if not self._wanted:
            return []
        # Imported here: the first picture seldom has a banner.
        from sentinel_tui.tui.view_models import banner

        times = outlook.times
        if outlook.replay is not None:
            return [banner.replay_line(times, width)]
        lines = []
        if outlook.offline is not None:
            lines.append(banner.offline_line(outlook.offline, times, width))
        if outlook.frozen is not None:
            lines.append(banner.frozen_line(outlook.frozen, times, width))
        if outlook.waiting:
            answer = "" if outlook.refusal else called("approval.open", outlook.preferences.keys)
            lines.append(banner.waiting_line(outlook.waiting, outlook.names, times, answer, width))
        return lines

    @property
    def _wanted(self) -> bool:
        outlook = self._outlook
        return bool(outlook.replay or outlook.offline or outlook.frozen or outlook.waiting)
