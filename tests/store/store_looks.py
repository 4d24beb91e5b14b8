"""Looks to put into a store, and a watch that judges and records them as an engine does."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from sentinel_tui.config.model import Service
from sentinel_tui.domain.monitoring.judgement import Judgement, judge
from sentinel_tui.domain.monitoring.observations import (
    FailurePhase,
    Observation,
    Outcome,
    PhaseTimings,
)
from sentinel_tui.domain.monitoring.states import CheckState, Thresholds
from sentinel_tui.domain.records import AlertRecord
from sentinel_tui.store import recorder
from sentinel_tui.store.writer import Database, StoreWriter

OpenWriter = Callable[..., StoreWriter]

T0_MS = 1_800_000_000_000
"""A Friday morning, UTC: 08:00 on 2027-01-15."""


def service(name: str = "curator", /, **options: object) -> Service:
    return Service.model_validate({"id": name, "url": "https://example.org/health", **options})


def good(at_ms: int, latency_ms: float = 80.0) -> Observation:
    timings = PhaseTimings(1.5, 8.25, 17.0, 41.0, 2.0, latency_ms)
    return Observation(at_ms, Outcome.OK, timings, latency_ms=latency_ms, status=200)


def bad(at_ms: int, **facts: object) -> Observation:
    defaults: dict[str, object] = {
        "phase": FailurePhase.ASSERTION,
        "status": 503,
        "error": "HTTP 503",
        "kept": "upstream is gone",
        "address": "192.0.2.7",
    }
    timings = PhaseTimings(total_ms=12.0)
    return Observation(at_ms, Outcome.FAIL, timings, **{**defaults, **facts})


QUICK = Thresholds(burst_s=(), confirm_cycles=1, recover_cycles=1, recover_after_s=0)
"""One failure is DOWN, one good look is UP."""


@dataclass
class Watch:
    """Judges and records looks as an engine does."""

    writer: StoreWriter
    rules: Thresholds = QUICK
    keys: dict[tuple[str, str], int] = field(default_factory=dict)
    states: dict[tuple[str, str], CheckState] = field(default_factory=dict)

    async def configure(self, *services: Service) -> None:
        """Register services and load what is known of them."""

        def job(db: Database) -> None:
            self.keys = recorder.register(db, services)
            self.states = recorder.load_states(db)

        await self.writer.run(job)

    def judge(self, name: str, seen: Observation, check: str = "http") -> tuple[int, Judgement]:
        """Judge a look and remember the new state."""
        checks = {other: state for (owner, other), state in self.states.items() if owner == name}
        judgement = judge(name, check, checks, seen, self.rules)
        self.states[name, check] = judgement.state
        return self.keys[name, check], judgement

    async def see(
        self, *looks: Observation, name: str = "curator", check: str = "http"
    ) -> list[AlertRecord]:
        """Judge and record looks at one check, one tick each."""
        alerts = []
        for seen in looks:
            judged = [self.judge(name, seen, check)]

            def job(
                db: Database, judged: list[tuple[int, Judgement]] = judged
            ) -> list[AlertRecord]:
                return recorder.record(db, judged, judged[0][1].seen.at_ms)

            alerts += await self.writer.run(job)
        return alerts


async def rows_of(writer: StoreWriter, sql: str, *values: object) -> list[tuple[object, ...]]:
    """What a query on the writing connection yields."""
    return await writer.run(lambda db: db.rows(sql, values))
