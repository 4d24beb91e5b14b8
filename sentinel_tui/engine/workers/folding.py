"""Puts reports of players together into views, once the players have fallen silent."""

from __future__ import annotations

import logging
from collections.abc import Callable
from functools import partial

from sentinel_tui.clock import Clock
from sentinel_tui.errors import StoreError
from sentinel_tui.store.recorder import fold_views
from sentinel_tui.store.writer import StoreWriter
from sentinel_tui.text import clean_text

log = logging.getLogger(__name__)

_EVERY_S = 60.0
_AT_ONCE = 50
"""Viewers of a video whose reports one transaction puts together, so that looks do not wait."""
_BETWEEN_S = 0.05


class Folding:
    """The worker that makes views of reports.

    Attributes:
        trouble: Why none can be made at the moment, or empty; the reports wait meanwhile.
    """

    def __init__(self, clock: Clock, writer: StoreWriter) -> None:
        """Make none yet.

        Args:
            clock: Times the rounds.
            writer: The store's writing side.
        """
        self.trouble = ""
        self._clock = clock
        self._writer = writer

    async def run(self, beat: Callable[[], None]) -> None:
        """Put together what fell silent, each minute, for ever."""
        while True:
            beat()
            try:
                await self._fold(beat)
                self.trouble = ""
            except StoreError as error:
                if not self.trouble:
                    log.error("views cannot be put together: %s", error)
                self.trouble = f"views cannot be put together: {clean_text(error)}"
            await self._clock.sleep(_EVERY_S)

    async def _fold(self, beat: Callable[[], None]) -> None:
        while await self._writer.run(
            partial(fold_views, now_ms=self._clock.now_ms(), limit=_AT_ONCE)
        ):
            beat()
            await self._clock.sleep(_BETWEEN_S)
