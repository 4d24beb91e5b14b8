"""What reads videos and has them studied, put together."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import closing

from sentinel_tui.config.model import Config
from sentinel_tui.engine.edges import Edges
from sentinel_tui.engine.libraries import Libraries
from sentinel_tui.engine.parts import Parts
from sentinel_tui.engine.supervisor import Work
from sentinel_tui.engine.video_verbs import VideoVerbs
from sentinel_tui.engine.workers.bunny import LibraryRounds
from sentinel_tui.engine.workers.study import Studies
from sentinel_tui.engine.workers.uniques import Uniques
from sentinel_tui.paths import Paths
from sentinel_tui.store.queries import Reader

_READING, _STUDY, _VIEWERS = "videos", "study", "unique viewers"


class Videos:
    """The parts that know of videos.

    Attributes:
        libraries: How the libraries stand; whoever hears from a platform tells it by `notice`.
        verbs: What the owner may say about videos.
    """

    def __init__(self, paths: Paths, parts: Parts, edges: Edges) -> None:
        """Put it together; nothing is read yet.

        Args:
            paths: The watch's files.
            parts: The engine's parts.
            edges: The ways out.
        """
        clock, writer = parts.clock, parts.writer

        def offline() -> bool:
            return parts.sight.offline_since_ms is not None

        self._paths = paths
        self.libraries = Libraries(parts.recording)
        self._rounds = LibraryRounds(
            clock, writer, self.libraries, parts.own_alerts, edges, offline
        )
        self._studies = Studies(paths, clock, writer, self.libraries, edges)
        self._uniques = Uniques(clock, writer, edges, offline)
        self.verbs = VideoVerbs(paths, clock, writer, self.libraries, self._studies, offline)
        self._load()

    @property
    def workers(self) -> dict[str, Work]:
        """Who works here, by the names that people see."""
        return {
            _READING: self._rounds.run,
            _STUDY: self._studies.run,
            _VIEWERS: self._uniques.run,
        }

    @property
    def troubles(self) -> Mapping[str, str]:
        """What keeps them from their work without their fault, by the same names."""
        return {
            _READING: self.libraries.trouble,
            _STUDY: self._studies.trouble,
            _VIEWERS: self._uniques.trouble,
        }

    def go_by(self, config: Config) -> None:
        """Work by a configuration from now on."""
        self._rounds.go_by(config)
        self._studies.go_by(config)
        self._uniques.go_by(config)

    def _load(self) -> None:
        """Go on from where an earlier engine left off."""
        with closing(Reader(self._paths)) as reader:
            self.libraries.remember(reader.libraries())
            last = reader.study()
        self._studies.remember(None if last is None else last.at_ms)
