"""Takes over changes of the configuration file without losing what is known of the services."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from pathlib import Path

from sentinel_tui.clock import Clock
from sentinel_tui.config.loader import ConfigInvalid, load
from sentinel_tui.config.model import Config
from sentinel_tui.errors import ConfigError

log = logging.getLogger(__name__)

_LOOK_EVERY_S = 2.0

Fingerprint = tuple[int, int, int]


class Reload:
    """The worker that watches the configuration file.

    Attributes:
        error: Why the file, as it is now, could not be taken; empty when it was.
    """

    def __init__(
        self, clock: Clock, path: Path, apply: Callable[[Config], Awaitable[None]]
    ) -> None:
        """Begin with the file as it is, which the caller has loaded just now.

        Args:
            clock: Says when to look again.
            path: The configuration file.
            apply: Takes a configuration over.
        """
        self.error = ""
        self._clock = clock
        self._path = path
        self._apply = apply
        self._known = _fingerprint(path)

    async def run(self, beat: Callable[[], None]) -> None:
        """Take over each change of the file, for ever."""
        while True:
            beat()
            if _fingerprint(self._path) != self._known:
                try:
                    await self.now()
                except ConfigError as error:
                    log.warning("keeping the old configuration: %s", error)
            await self._clock.sleep(_LOOK_EVERY_S)

    def forget(self) -> None:
        """Take the file over with the next look, changed or not."""
        self._known = None

    async def now(self) -> Config:
        """Take over the file as it is; what cannot be used changes nothing.

        Raises:
            ConfigError: It cannot be used; the message says why.
        """
        # Read before the file: a change in between is then seen at the next look.
        self._known = _fingerprint(self._path)
        try:
            loaded = load(self._path)
        except ConfigError as error:
            self.error = _in_one_line(error)
            raise
        for warning in loaded.warnings:
            log.warning("%s", warning)
        await self._apply(loaded.config)
        self.error = ""
        log.info("configuration taken over: %d services", len(loaded.config.services))
        return loaded.config


def _fingerprint(path: Path) -> Fingerprint | None:
    """What changes whenever an editor writes the file; None while there is none."""
    try:
        facts = path.stat()
    except OSError:
        return None
    return facts.st_mtime_ns, facts.st_size, facts.st_ino


def _in_one_line(error: ConfigError) -> str:
    """The first mistake, and how many more there are."""
    if not isinstance(error, ConfigInvalid) or not error.problems:
        return str(error)
    first, *others = error.problems
    return f"{first}" + (f" (and {len(others)} more)" if others else "")
