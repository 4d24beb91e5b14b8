"""The worker that keeps the ingest server up, as the configuration wants it."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable

from sentinel_tui.clock import Clock
from sentinel_tui.config.model import Config
from sentinel_tui.domain.records import EngineRecord
from sentinel_tui.engine.beats import Beats
from sentinel_tui.engine.ingest.gate import Gate
from sentinel_tui.engine.ingest.intake import Intake
from sentinel_tui.engine.ingest.messages import Answer, Request
from sentinel_tui.engine.ingest.player import player_script
from sentinel_tui.engine.ingest.reading import Readings
from sentinel_tui.engine.ingest.routes import Route, Routes
from sentinel_tui.engine.ingest.server import IngestServer
from sentinel_tui.engine.ingest.told import Noticed, Told
from sentinel_tui.engine.waiting import pause
from sentinel_tui.errors import EngineError
from sentinel_tui.paths import Paths

log = logging.getLogger(__name__)

_EVERY_S = 30.0
_AGAIN_S = 5.0


class Ingest:
    """A small HTTP server for views, actions, beats and readings; off where not configured.

    Attributes:
        intake: What it takes events in with; `sentinel track` goes by the same.
    """

    def __init__(
        self,
        paths: Paths,
        clock: Clock,
        intake: Intake,
        beats: Beats,
        noticed: Noticed,
        describe: Callable[[], EngineRecord],
        ailment: Callable[[], str],
    ) -> None:
        """Listen to nobody yet; see `go_by`.

        Args:
            paths: The watch's files.
            clock: The time.
            intake: Stores events.
            beats: Takes signs of life.
            noticed: Told of Bunny's webhooks.
            describe: How the engine is.
            ailment: What keeps the engine from being well, or empty.
        """
        self.intake = intake
        self._clock = clock
        self._gate = Gate(clock)
        self._told = Told(intake, beats, noticed)
        readings = Readings(paths, clock, describe, ailment)
        self._server = IngestServer(Routes(self._gate, _routes(self._told, readings)))
        self._changed = asyncio.Event()
        self._place = ""
        self._listening_at = ""
        self._trouble = ""

    @property
    def trouble(self) -> str:
        """Why it does not listen, or lets somebody in no more; or empty."""
        return self._trouble or self._gate.trouble

    def go_by(self, config: Config) -> None:
        """Listen where a configuration says from now on, and let in whom it names."""
        options = config.ingest
        self.intake.go_by(config)
        self._gate.go_by(options.sources if options is not None else ())
        at_bunny = (one for one in config.videos.libraries if one.bunny_id is not None)
        self._told.libraries = {one.name: one for one in at_bunny}
        place = options.listen if options is not None else ""
        if place != self._place:
            self._place, self._trouble = place, ""
        self._changed.set()

    async def run(self, beat: Callable[[], None]) -> None:
        """Listen where it should, for ever."""
        try:
            while True:
                beat()
                self._changed.clear()
                if self._listening_at != self._place:
                    await self._move()
                at_home = self._listening_at == self._place
                await pause(self._clock, _EVERY_S if at_home else _AGAIN_S, self._changed)
        finally:
            await self._leave()

    async def _move(self) -> None:
        await self._leave()
        place = self._place
        if not place:
            return
        try:
            await self._server.start(place)
        except EngineError as error:
            if not self._trouble:
                log.error("%s", error)
            self._trouble = str(error)
            return
        log.info("ingest listens at %s", place)
        self._listening_at = place
        self._trouble = ""

    async def _leave(self) -> None:
        self._listening_at = ""
        await self._server.stop()


def _routes(told: Told, readings: Readings) -> tuple[Route, ...]:
    async def metrics(request: Request, name: str) -> Answer:
        return await readings.metrics()

    async def status(request: Request, name: str) -> Answer:
        return await readings.status()

    async def health(request: Request, name: str) -> Answer:
        return readings.health()

    async def player(request: Request, name: str) -> Answer:
        return player_script()

    return (
        Route("POST", "/v1/views", told.views, "views", needs_json=True),
        Route("POST", "/v1/actions", told.actions, "actions", needs_json=True),
        Route("POST", "/v1/beat/", told.beat, "beats"),
        # What Bunny sends is signed with the library's own key, which is asked for there.
        Route("POST", "/v1/bunny/", told.bunny),
        Route("GET", "/v1/player.js", player),
        Route("GET", "/metrics", metrics, "read"),
        Route("GET", "/status.json", status, "read"),
        Route("GET", "/healthz", health),
    )
