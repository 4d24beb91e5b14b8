"""A recorded past: looks judged and stored through the real writer, as the engine does it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from functools import partial

from sentinel_tui.clock import FakeClock
from sentinel_tui.config.model import Config, RetentionOptions
from sentinel_tui.config.thresholds import thresholds_for
from sentinel_tui.domain.monitoring.judgement import judge
from sentinel_tui.domain.monitoring.observations import (
    FailurePhase,
    Observation,
    Outcome,
    PhaseTimings,
    WakeHint,
)
from sentinel_tui.domain.monitoring.states import CheckState
from sentinel_tui.domain.notifying.policy import Orders
from sentinel_tui.paths import Paths
from sentinel_tui.store import recorder
from sentinel_tui.store.writer import Database, Holder, StoreWriter

START_MS = 1_800_000_000_000
EVERY_MS = 30_000

CONFIG = Config.model_validate(
    {
        "services": [
            {
                "id": "curator",
                "role": "curator",
                "url": "http://127.0.0.1:1/",
                "sleeps": {"after": "15m", "expected_wake": "10s"},
            },
            {
                "id": "monetizer",
                "role": "monetizer",
                "url": "http://127.0.0.1:2/",
                "checks": [{"kind": "tcp", "name": "port", "host": "127.0.0.1", "port": 2}],
            },
            {
                "id": "public",
                "role": "public",
                "url": "http://127.0.0.1:3/",
                "depends_on": ["monetizer"],
            },
        ]
    }
)


def good(at_ms: int, latency_ms: float = 80.0) -> Observation:
    timings = PhaseTimings(first_byte_ms=latency_ms, total_ms=latency_ms)
    return Observation(at_ms, Outcome.OK, timings, latency_ms=latency_ms, status=200)


def failed(at_ms: int) -> Observation:
    return Observation(
        at_ms,
        Outcome.FAIL,
        PhaseTimings(first_byte_ms=12.0, total_ms=12.0),
        phase=FailurePhase.ASSERTION,
        status=500,
        error="status 500 is not in 200-299",
        kept="Internal Server Error",
    )


def hibernating(at_ms: int) -> Observation:
    return Observation(
        at_ms,
        Outcome.FAIL,
        PhaseTimings(total_ms=20.0),
        phase=FailurePhase.ASSERTION,
        status=429,
        error="hibernating",
        wake_hint=WakeHint.HIBERNATING,
    )


class Past:
    """Records looks as the engine would, one after the other."""

    def __init__(self, paths: Paths) -> None:
        self.paths = paths
        self.clock = FakeClock(START_MS)
        self._writer = StoreWriter.open(paths, self.clock, RetentionOptions(), Holder.here())
        services = {service.id: service for service in CONFIG.services}
        self.keys = self.run(lambda db: recorder.register(db, CONFIG.services))
        self._states = {
            name: {check.name or check.kind: CheckState() for check in service.all_checks}
            for name, service in services.items()
        }
        self._rules = {
            name: thresholds_for(service, service.all_checks[0])
            for name, service in services.items()
        }

    def run(self, job: Callable[[Database], object]) -> object:
        return asyncio.run(self._writer.run(job))

    def order(self, orders: Orders) -> None:
        self._writer.orders = orders

    def see(self, service: str, *looks: Observation, check: str = "http") -> None:
        for seen in looks:
            judgement = judge(service, check, self._states[service], seen, self._rules[service])
            self._states[service][check] = judgement.state
            pairs = [(self.keys[service, check], judgement)]
            self.run(partial(recorder.record, judgements=pairs, at_ms=seen.at_ms))

    def close(self) -> None:
        self._writer.close()
