"""Keeps the engine's workers running: each for ever, whatever happens inside it."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial

from sentinel_tui.clock import Clock
from sentinel_tui.domain.monitoring.alerts import Finding, Rule, Severity, fingerprint
from sentinel_tui.domain.records import WorkerRecord
from sentinel_tui.text import clean_text

log = logging.getLogger(__name__)

_FIRST_RETRY_S = 1.0
_LONGEST_RETRY_S = 60.0
_ALERT_AFTER = 3
_STABLE_AFTER_S = 60.0
"""A worker that ran for this long since its last start is over its failures."""

Work = Callable[[Callable[[], None]], Awaitable[None]]
"""A worker: given a way to show life, it works until it fails or is cancelled."""


@dataclass(slots=True)
class _Worker:
    name: str
    work: Work
    beat_ms: int
    started_s: float
    failures: int = 0
    error: str = ""
    retry_ms: int | None = None
    proven: bool = False


class Supervisor:
    """Runs each worker for ever: starts it again when it fails, ever later, and says so."""

    def __init__(self, clock: Clock, on_finding: Callable[[Finding], None]) -> None:
        """Supervise nothing yet.

        Args:
            clock: Times the restarts.
            on_finding: Told when a worker keeps failing, and when it has run for a while.
        """
        self._clock = clock
        self._on_finding = on_finding
        self._workers: dict[str, _Worker] = {}
        self._tasks: dict[str, asyncio.Task[None]] = {}

    def start(self, name: str, work: Work) -> None:
        """Run `work` from now on, under a name that people see.

        Args:
            name: What the worker does, such as "probing".
            work: The worker; it shows life at least once a minute, and a return counts as a
                failure.
        """
        worker = _Worker(name, work, self._clock.now_ms(), self._clock.elapsed_s())
        self._workers[name] = worker
        self._tasks[name] = asyncio.create_task(self._run_for_ever(worker), name=name)

    def _beat(self, worker: _Worker) -> None:
        worker.beat_ms = self._clock.now_ms()
        ran_s = self._clock.elapsed_s() - worker.started_s
        if not worker.proven and ran_s >= _STABLE_AFTER_S:
            self._recover(worker)

    def records(self) -> tuple[WorkerRecord, ...]:
        """The workers as they stand."""
        return tuple(
            WorkerRecord(one.name, one.beat_ms, one.failures, one.error, one.retry_ms)
            for one in self._workers.values()
        )

    async def stop(self, *, but: str = "") -> None:
        """End all workers, or all but one, and wait until they have ended."""
        ending = [self._tasks.pop(name) for name in tuple(self._tasks) if name != but]
        for task in ending:
            task.cancel()
        await asyncio.gather(*ending, return_exceptions=True)

    async def _run_for_ever(self, worker: _Worker) -> None:
        while True:
            worker.started_s = self._clock.elapsed_s()
            worker.retry_ms = None
            error: BaseException = RuntimeError("ended by itself")
            try:
                await worker.work(partial(self._beat, worker))
            except asyncio.CancelledError as cancelled:
                task = asyncio.current_task()
                if task is None or task.cancelling():
                    raise
                # Something inside was cancelled, not the worker itself.
                error = cancelled
            except Exception as caught:
                error = caught
            wait_s = self._note_failure(worker, error)
            await self._clock.sleep(wait_s)

    def _note_failure(self, worker: _Worker, error: BaseException) -> float:
        """Write a failure down.

        Returns:
            Seconds until the worker is started again.
        """
        if self._clock.elapsed_s() - worker.started_s >= _STABLE_AFTER_S:
            self._recover(worker)
        worker.proven = False
        worker.failures += 1
        worker.error = clean_text(f"{type(error).__name__}: {error}", 200)
        wait_s = min(_LONGEST_RETRY_S, _FIRST_RETRY_S * 2.0 ** min(worker.failures - 1, 10))
        worker.retry_ms = self._clock.now_ms() + round(wait_s * 1_000)
        log.error("worker %s failed; again in %.0f s", worker.name, wait_s, exc_info=error)
        if worker.failures == _ALERT_AFTER:
            self._on_finding(self._finding(worker, holds=True))
        return wait_s

    def _recover(self, worker: _Worker) -> None:
        # Told even when it never failed here: an alert may be open from an earlier engine.
        self._on_finding(self._finding(worker, holds=False))
        worker.proven = True
        worker.failures = 0
        worker.error = ""

    def _finding(self, worker: _Worker, *, holds: bool) -> Finding:
        reason = f"worker {worker.name} keeps failing: {worker.error}" if holds else "runs again"
        return Finding(
            fingerprint=fingerprint(Rule.WORKER, worker.name),
            rule=Rule.WORKER,
            holds=holds,
            severity=Severity.WARNING,
            at_ms=self._clock.now_ms(),
            reason=reason,
        )
