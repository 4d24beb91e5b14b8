"""A dead man's switch for Sentinel itself: somebody outside is told that it is well, or notices.

While Sentinel is not well it says nothing, and its silence is the alarm.
"""

from __future__ import annotations

import logging
from collections.abc import Callable

from sentinel_tui import __version__
from sentinel_tui.clock import Clock
from sentinel_tui.config.network import HeartbeatOptions
from sentinel_tui.errors import SecretError

log = logging.getLogger(__name__)

_BEAT_EVERY_S = 30.0


class DeadMan:
    """The worker that says that Sentinel is well.

    Attributes:
        options: Whom to tell, and how often; None for nobody.
        trouble: Why nobody was told the last time, or empty.
    """

    def __init__(self, clock: Clock, ailment: Callable[[], str]) -> None:
        """Tell nobody yet.

        Args:
            clock: Times the signs of life.
            ailment: What keeps Sentinel from being well, or empty.
        """
        self.options: HeartbeatOptions | None = None
        self.trouble = ""
        self._clock = clock
        self._ailment = ailment

    async def run(self, beat: Callable[[], None]) -> None:
        """Give a sign of life each time one is due, for ever."""
        due_s = self._clock.elapsed_s()
        while True:
            beat()
            now_s = self._clock.elapsed_s()
            options = self.options
            if options is None:
                self.trouble, due_s = "", now_s
            elif now_s >= due_s:
                due_s = now_s + options.every_s
                self._take_note(await self._tell(options))
            wait_s = due_s - self._clock.elapsed_s() if options else _BEAT_EVERY_S
            await self._clock.sleep(min(max(wait_s, 0.0), _BEAT_EVERY_S))

    async def _tell(self, options: HeartbeatOptions) -> str:
        """Give one sign of life; returns what went wrong, or empty."""
        ailment = self._ailment()
        if ailment:
            return f"held back: {ailment}"
        # Imported late: most never talk to anybody this way.
        from sentinel_tui.platforms.transport import NoAnswer, exchange

        try:
            answer = await exchange(
                "GET",
                options.url.reveal(),
                headers={"user-agent": f"Sentinel/{__version__}"},
                allow_private=options.allow_private,
            )
        except NoAnswer as error:
            return error.error
        except SecretError as error:
            return str(error)
        return "" if 200 <= answer.status < 300 else f"it was answered with {answer.status}"

    def _take_note(self, trouble: str) -> None:
        if trouble and trouble != self.trouble:
            log.warning("the sign of life did not go out: %s", trouble)
        self.trouble = trouble
