"""Signs of life that services send by themselves, whichever way they come."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from sentinel_tui.clock import Clock
from sentinel_tui.domain.monitoring.judgement import Judgement
from sentinel_tui.engine.observer import Observer
from sentinel_tui.engine.recording import Recording
from sentinel_tui.engine.watch import Watch, WatchedCheck
from sentinel_tui.errors import EngineError, StoreError
from sentinel_tui.probes.heartbeat import beat_observation


class Beats:
    """Takes beats."""

    def __init__(self, clock: Clock, watch: Watch, observer: Observer, recording: Recording):
        """Take none yet.

        Args:
            clock: The time.
            watch: What is watched.
            observer: Judges beats.
            recording: The way into the store.
        """
        self._clock = clock
        self._watch = watch
        self._observer = observer
        self._recording = recording

    async def take(
        self, service: str, check: str = "", *, ok: bool = True, message: str = ""
    ) -> Judgement:
        """Take a beat, and have it in the store as far as that has room.

        Args:
            service: The id of the service that reports in.
            check: Which of its heartbeat checks; the first when left out.
            ok: Whether it says that all is well.
            message: What it says besides.

        Raises:
            UsageError: There is no such service.
            EngineError: It has no such check.
        """
        seen = beat_observation(self._clock.now_ms(), ok=ok, message=message)
        judgement = self._observer.take(self._check(service, check), seen)
        with suppress(StoreError):
            await self._recording.flush()
        return judgement

    def _check(self, service: str, check: str) -> WatchedCheck:
        checks = self._watch.service(service).checks.values()
        called = (one for one in checks if not one.scheduled and check in ("", one.name))
        found = next(called, None)
        if found is None:
            raise EngineError(
                f"{service} has no heartbeat check{f' called {check!r}' if check else ''}",
                'add one to its checks: { kind = "heartbeat", every = "1h" }',
            )
        return found


def look_data(judgement: Judgement) -> dict[str, Any]:
    """What a look or a beat showed, for programs."""
    return {
        "service": judgement.service,
        "check": judgement.check,
        "outcome": judgement.seen.outcome.word,
        "latency_ms": judgement.seen.latency_ms,
        "error": judgement.seen.error,
        "state": judgement.state.state,
    }
