"""The banner above a tab or a page; it takes no room while there is nothing to say."""

from __future__ import annotations

from sentinel_tui.tui.outlook import Outlook
from sentinel_tui.tui.widgets.lines import LinesView


class Banner(LinesView):
    """Says that a replay or a blind watch is shown, on whatever screen it stands."""

    DEFAULT_CSS = """
    Banner { height: 1; }
    """

    def __init__(self, outlook: Outlook) -> None:
        """A banner that is seen only when it has something to say.

        Args:
            outlook: Knows whether there is something.
        """
        super().__init__()
        self._outlook = outlook
        self.display = self._wanted

    def redraw(self) -> None:
        """Say what is so now, or go out of the way."""
        self.display = self._wanted
        if self.display and self.size.width:
            self.fit_to_size()

    def fit_to_size(self) -> None:
        """Use the room there is."""
        outlook, width = self._outlook, self.content_size.width
        if not self._wanted:
            return
        # Imported here: the first picture seldom has a banner.
        from sentinel_tui.tui.view_models.banner import offline_line, replay_line

        if outlook.replay is not None:
            self.paint([replay_line(outlook.times, width)])
        elif outlook.offline is not None:
            self.paint([offline_line(outlook.offline, outlook.times, width)])

    @property
    def _wanted(self) -> bool:
        return self._outlook.replay is not None or self._outlook.offline is not None
