"""Verbs about videos: read them now, study them now, and what the owner says of their themes."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from contextlib import closing
from functools import partial
from typing import get_args

from sentinel_tui.clock import Clock
from sentinel_tui.config.videos import LogOptions
from sentinel_tui.domain.video.catalog import DAY_MS
from sentinel_tui.engine.arguments import Arguments
from sentinel_tui.engine.control import Json
from sentinel_tui.engine.libraries import Libraries
from sentinel_tui.engine.workers.study import Studies
from sentinel_tui.errors import EngineError, UsageError
from sentinel_tui.paths import Paths
from sentinel_tui.store.queries import Reader
from sentinel_tui.store.study import reject_theme, set_theme
from sentinel_tui.store.watching import save_uniques
from sentinel_tui.store.writer import StoreWriter

_LONGEST_THEME = 40
_MODES = get_args(LogOptions.model_fields["anonymised"].annotation)

Action = Callable[[Arguments], Awaitable[Json]]


class VideoVerbs:
    """Does what the owner says about videos.

    Attributes:
        changing: What it does, by verb.
    """

    def __init__(
        self,
        paths: Paths,
        clock: Clock,
        writer: StoreWriter,
        libraries: Libraries,
        studies: Studies,
        offline: Callable[[], bool],
    ) -> None:
        """Do nothing yet.

        Args:
            paths: The watch's files.
            clock: The time.
            writer: Takes what the owner says.
            libraries: What there is to read.
            studies: Has studies made.
            offline: Whether Sentinel's own network is gone.
        """
        self._paths = paths
        self._clock = clock
        self._writer = writer
        self._libraries = libraries
        self._studies = studies
        self._offline = offline
        self.changing: dict[str, Action] = {
            "read_videos": self._read,
            "study": self._study,
            "theme": self._set_theme,
            "reject_theme": self._reject_theme,
            "note_viewers": self._note_viewers,
        }

    async def _read(self, arguments: Arguments) -> Json:
        arguments.expect("library")
        named = arguments.text("library", "")
        self._need_libraries()
        names = [self._readable(named)] if named else list(self._libraries.clients)
        if not names:
            raise EngineError(
                self._libraries.trouble or "all libraries are known from view events alone",
                "give a library its bunny_id and its key",
            )
        if self._offline():
            raise EngineError("Sentinel is offline", "videos are read once it is back")
        self._libraries.want(names)
        return {"libraries": names}

    async def _study(self, arguments: Arguments) -> Json:
        arguments.expect()
        self._need_libraries()
        self._studies.want()
        return {"libraries": list(self._libraries.known)}

    async def _set_theme(self, arguments: Arguments) -> Json:
        arguments.expect("video", "theme")
        video, theme = self._known(arguments), arguments.text("theme").strip()
        if len(theme) > _LONGEST_THEME:
            raise UsageError(f"a theme has at most {_LONGEST_THEME} characters", "a word or two")
        now_ms, by = self._clock.now_ms(), arguments.source
        await self._writer.run(
            partial(set_theme, video=video, theme=theme, at_ms=now_ms, by=by), durable=True
        )
        self._libraries.note_change()
        return {"video": video, "theme": theme}

    async def _reject_theme(self, arguments: Arguments) -> Json:
        arguments.expect("video", "theme")
        video, theme = self._known(arguments), arguments.text("theme")
        now_ms = self._clock.now_ms()
        await self._writer.run(
            partial(reject_theme, video=video, theme=theme, at_ms=now_ms), durable=True
        )
        return {"video": video, "theme": theme}

    async def _note_viewers(self, arguments: Arguments) -> Json:
        arguments.expect("library", "anonymised", "viewers")
        library, mode = arguments.text("library"), arguments.text("anonymised")
        if library not in self._libraries.known:
            raise self._no_library(library)
        if mode not in _MODES:
            raise UsageError(f"addresses are not anonymised as {mode!r}", ", ".join(_MODES))
        told = _counts_of(arguments.items("viewers"))
        with closing(Reader(self._paths)) as reader:
            held = {one.id for one in reader.videos(library, gone=True)}
        counts = {video: by_day for video, by_day in told.items() if video in held}
        job = partial(save_uniques, library=library, mode=mode, counts=counts)
        await self._writer.run(job, durable=True)
        return {"noted": list(counts), "unknown": sorted(told.keys() - held)}

    def _no_library(self, name: str) -> UsageError:
        return UsageError(
            f"there is no library {name!r}", f"libraries: {', '.join(self._libraries.known)}"
        )

    def _need_libraries(self) -> None:
        if not self._libraries.known:
            raise EngineError(
                "no library of videos is configured", "add a [[videos.libraries]] table"
            )

    def _readable(self, name: str) -> str:
        known = self._libraries.known.get(name)
        if known is None:
            raise self._no_library(name)
        if name not in self._libraries.clients:
            raise EngineError(
                known.trouble or f"{name} is known from view events alone",
                "give it its bunny_id and its key",
            )
        return name

    def _known(self, arguments: Arguments) -> str:
        video = arguments.text("video")
        with closing(Reader(self._paths)) as reader:
            if reader.video(video) is None:
                raise EngineError(f"there is no video {video!r}", "`videos` shows all")
        return video


def _counts_of(told: Sequence[object]) -> dict[str, dict[int, int]]:
    """Viewers by video and day.

    Raises:
        UsageError: What was told is not a list of videos, days and numbers.
    """
    counts: dict[str, dict[int, int]] = {}
    for one in told:
        match one:
            case [str(video), int(day_ms), int(viewers)] if day_ms % DAY_MS == 0 < viewers:
                counts.setdefault(video, {})[day_ms] = viewers
            case _:
                raise UsageError(
                    "viewers are told as [video, day_ms, viewers]", "the day as it begins in UTC"
                )
    return counts
