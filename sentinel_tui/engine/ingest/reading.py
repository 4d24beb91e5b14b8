"""What others read over HTTP: metrics for Prometheus, and the same status as the command line's."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from contextlib import closing
from dataclasses import asdict
from datetime import UTC
from typing import Any

from sentinel_tui.clock import Clock
from sentinel_tui.domain.records import EngineRecord
from sentinel_tui.engine.ingest.messages import Answer, json_answer
from sentinel_tui.paths import Paths
from sentinel_tui.store.queries import Reader


class Readings:
    """Reads the store for whoever may; one at a time, on a thread of its own."""

    def __init__(
        self,
        paths: Paths,
        clock: Clock,
        describe: Callable[[], EngineRecord],
        ailment: Callable[[], str],
    ) -> None:
        """Read nothing yet.

        Args:
            paths: The watch's files.
            clock: The time.
            describe: How the engine is.
            ailment: What keeps the engine from being well, or empty.
        """
        self._paths = paths
        self._clock = clock
        self._describe = describe
        self._ailment = ailment
        self._one_at_a_time = asyncio.Lock()

    def health(self) -> Answer:
        """Whether the engine is well, in a word and no detail: anybody may ask."""
        well = not self._ailment()
        return json_answer(200 if well else 503, {"ok": well})

    async def metrics(self) -> Answer:
        """Everything that is watched, as Prometheus reads it."""
        from sentinel_tui.commands.exporting.prometheus import CONTENT_TYPE

        async with self._one_at_a_time:
            text = await asyncio.to_thread(_metrics, self._paths)
        return Answer(200, text.encode(), CONTENT_TYPE)

    async def status(self) -> Answer:
        """How every service is; the same as `sentinel status --json`."""
        engine, now_ms = asdict(self._describe()), self._clock.now_ms()
        async with self._one_at_a_time:
            body = await asyncio.to_thread(_status, self._paths, engine, now_ms)
        return Answer(200, body)


def _metrics(paths: Paths) -> str:
    from sentinel_tui.commands.exporting.prometheus import prometheus_text

    with closing(Reader(paths)) as reader:
        return prometheus_text(
            reader.services(),
            reader.incidents(open_only=True),
            watching=True,
            view_events=reader.view_events_received(),
        )


def _status(paths: Paths, engine: dict[str, Any], now_ms: int) -> bytes:
    from sentinel_tui.commands.context import Context
    from sentinel_tui.commands.spec import Arguments
    from sentinel_tui.commands.watching import status

    def ask(
        verb: str, /, *, key: str = "", timeout_s: float = 5.0, **arguments: object
    ) -> dict[str, Any]:
        """What this engine says of itself, which is all that the command asks for."""
        return engine

    with closing(Reader(paths)) as reader:
        answer = status(Context(reader, ask, now_ms, UTC), Arguments())
    return json.dumps(answer.data).encode() + b"\n"
