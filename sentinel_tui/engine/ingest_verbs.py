"""Verbs by which others tell the engine something from a shell: beats, views and actions.

None of them is written down as an intent: told twice they count once by themselves, and what a
viewer's token is must stand nowhere.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import asdict

from sentinel_tui.engine.arguments import Arguments
from sentinel_tui.engine.beats import Beats, look_data
from sentinel_tui.engine.control import Json
from sentinel_tui.engine.ingest.intake import Intake, Taken

Action = Callable[[Arguments], Awaitable[Json]]


class TellingVerbs:
    """Takes what is told.

    Attributes:
        asking: What it does, by verb.
    """

    def __init__(self, beats: Beats, intake: Intake) -> None:
        """Take nothing yet.

        Args:
            beats: Takes signs of life.
            intake: Stores events.
        """
        self._beats = beats
        self._intake = intake
        self.asking: dict[str, Action] = {
            "beat": self._beat,
            "track_views": self._track_views,
            "track_actions": self._track_actions,
        }

    async def _beat(self, arguments: Arguments) -> Json:
        arguments.expect("service", "check", "ok", "message")
        judgement = await self._beats.take(
            arguments.text("service"),
            arguments.text("check", ""),
            ok=arguments.flag("ok", default=True),
            message=arguments.text("message", ""),
        )
        return look_data(judgement)

    async def _track_views(self, arguments: Arguments) -> Json:
        return await _track(self._intake.take_views, arguments)

    async def _track_actions(self, arguments: Arguments) -> Json:
        return await _track(self._intake.take_actions, arguments)


async def _track(
    take: Callable[[Sequence[object]], Awaitable[Taken]], arguments: Arguments
) -> Json:
    arguments.expect("events")
    return asdict(await take(arguments.items("events")))
