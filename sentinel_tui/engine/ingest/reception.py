"""Everything by which others tell the engine something, put together."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from sentinel_tui.config.model import Config
from sentinel_tui.domain.records import EngineRecord
from sentinel_tui.engine.beats import Beats
from sentinel_tui.engine.ingest.ingest import Ingest
from sentinel_tui.engine.ingest.intake import Intake
from sentinel_tui.engine.ingest.told import Noticed
from sentinel_tui.engine.ingest_verbs import TellingVerbs
from sentinel_tui.engine.parts import Parts
from sentinel_tui.engine.supervisor import Work
from sentinel_tui.engine.workers.folding import Folding
from sentinel_tui.paths import Paths

_INGEST, _VIEWS = "ingest", "views"


class Reception:
    """The parts that take what others tell.

    Attributes:
        ingest: The HTTP server.
        verbs: What is told over the control socket.
    """

    def __init__(
        self,
        paths: Paths,
        parts: Parts,
        config: Config,
        *,
        noticed: Noticed,
        describe: Callable[[], EngineRecord],
        ailment: Callable[[], str],
    ) -> None:
        """Put it together; nobody is listened to yet.

        Args:
            paths: The watch's files.
            parts: The engine's parts.
            config: What to go by.
            noticed: Told of Bunny's webhooks: of which library, and of which video.
            describe: How the engine is.
            ailment: What keeps the engine from being well, or empty.
        """
        clock, writer = parts.clock, parts.writer
        intake = Intake(paths, clock, writer, parts.keeping.ledger.note_visits, config)
        beats = Beats(clock, parts.watch, parts.observer, parts.recording)
        self.ingest = Ingest(paths, clock, intake, beats, noticed, describe, ailment)
        self.verbs = TellingVerbs(beats, intake)
        self._folding = Folding(clock, writer)

    @property
    def workers(self) -> dict[str, Work]:
        """Who works here, by the names that people see."""
        return {_INGEST: self.ingest.run, _VIEWS: self._folding.run}

    @property
    def troubles(self) -> Mapping[str, str]:
        """What keeps them from their work without their fault, by the same names."""
        return {_INGEST: self.ingest.trouble, _VIEWS: self._folding.trouble}

    def go_by(self, config: Config) -> None:
        """Work by a configuration from now on."""
        self.ingest.go_by(config)
