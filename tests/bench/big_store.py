"""Builds a store as an engine leaves it after weeks of watching, for the benchmarks.

Rows go in day by day in the order of time, with a roll-up and a pruning after each day, so the
file has the shape, the free pages and the rollups that a real one has.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from sentinel_tui import __version__
from sentinel_tui.clock import FakeClock
from sentinel_tui.config.model import RetentionOptions, Service, Sleeps
from sentinel_tui.domain.monitoring.alerts import Finding, Rule, Severity, fingerprint
from sentinel_tui.domain.monitoring.judgement import Judgement
from sentinel_tui.domain.monitoring.observations import (
    FailurePhase,
    Observation,
    Outcome,
    PhaseTimings,
)
from sentinel_tui.domain.monitoring.states import CheckState, State, Transition
from sentinel_tui.domain.records import EngineRecord, EntryKind, WorkerRecord
from sentinel_tui.paths import Paths
from sentinel_tui.store import recorder
from sentinel_tui.store.retention import checkpoint, prune
from sentinel_tui.store.rollups import roll_up
from sentinel_tui.store.writer import Database, Holder, StoreWriter

END_MS = 1_800_014_400_000
"""The instant at which the built store ends: noon of a day, UTC."""

INTERVAL_MS = 30_000
DAY_MS = 86_400_000
_LIMITS = RetentionOptions()
_INCIDENTS_A_DAY = 2
_ROLES = ("curator", "monetizer", "public", "other")


def build_store(paths: Paths, days: int = 30, services: int = 100) -> None:
    """Build a store that ends at `END_MS`.

    Args:
        paths: Where; the folder must not hold a store yet.
        days: How many days it spans.
        services: How many services it watches, one check each, every 30 s.
    """
    asyncio.run(_build(paths, days, services))


async def _build(paths: Paths, days: int, count: int) -> None:
    clock = FakeClock(END_MS)
    writer = StoreWriter.open(paths, clock, _LIMITS, Holder.here())
    services = [_service(number) for number in range(count)]
    keys = list((await writer.run(lambda db: recorder.register(db, services))).values())
    start_ms = END_MS - days * DAY_MS
    for day in range(days):
        day_ms = start_ms + day * DAY_MS
        until_ms = day_ms + DAY_MS
        await writer.run(partial(insert_looks, keys=keys, start_ms=day_ms, end_ms=until_ms))
        await writer.run(partial(_add_history, services=services, keys=keys, day_ms=day_ms))
        await writer.run(partial(roll_up, now_ms=until_ms))
        while await writer.run(partial(prune, now_ms=until_ms, limits=_LIMITS)):
            pass
        await writer.run_alone(checkpoint)
    await writer.run(partial(_finish, services=services, keys=keys))
    writer.close()


def insert_looks(db: Database, keys: list[int], start_ms: int, end_ms: int) -> None:
    """Insert the observations of a stretch in the order in which an engine makes them."""
    db.write_many(
        "INSERT INTO metrics (at_ms, check_key, outcome, status, latency_us) "
        "VALUES (?, ?, ?, ?, ?)",
        looks(keys, start_ms, end_ms),
    )


def looks(
    keys: list[int], start_ms: int, end_ms: int
) -> Iterator[tuple[int, int, int, int | None, int | None]]:
    """Observations with plausible latencies: a day's swing, a tail, some slow and failed ones."""
    dice = random.Random(start_ms)  # noqa: S311 (numbers for a benchmark)
    latencies_us = [round(dice.lognormvariate(11.3, 0.45)) for _ in range(9_973)]
    spread_ms = INTERVAL_MS / len(keys)
    drawn = 0
    for tick_ms in range(start_ms, end_ms, INTERVAL_MS):
        busy = 1.0 + 0.4 * ((tick_ms // 3_600_000) % 24 in range(17, 23))
        for place, key in enumerate(keys):
            drawn += 1
            at_ms = tick_ms + int(place * spread_ms) + drawn % 7
            latency_us = int(latencies_us[(drawn * 31 + key) % 9_973] * busy)
            if drawn % 397 == 0:
                yield at_ms, key, Outcome.FAIL, 503, None
            elif latency_us > 300_000:
                yield at_ms, key, Outcome.SLOW, 200, latency_us
            else:
                yield at_ms, key, Outcome.OK, 200, latency_us


def _service(number: int) -> Service:
    return Service(
        id=f"service-{number:03d}",
        name=f"Service {number}",
        role=_ROLES[number % len(_ROLES)],
        url=f"https://service-{number:03d}.example.org/health",
        tags=["video"] if number % 2 else [],
        sleeps=Sleeps() if number % 4 == 0 else None,
    )


def _add_history(db: Database, services: list[Service], keys: list[int], day_ms: int) -> None:
    """A few outages a day for each service, with their alerts, kept answers and cold starts."""
    dice = random.Random(day_ms)  # noqa: S311 (numbers for a benchmark)
    for service, key in zip(services, keys, strict=True):
        for incident in range(_INCIDENTS_A_DAY):
            at_ms = day_ms + (DAY_MS // _INCIDENTS_A_DAY) * incident + dice.randrange(3_600_000)
            _add_outage(db, service.id, key, at_ms, dice.randrange(30_000, 600_000))
        if service.sleeps:
            _add_cold_start(db, service.id, key, day_ms + dice.randrange(DAY_MS))


def _add_outage(db: Database, service: str, key: int, at_ms: int, length_ms: int) -> None:
    down = Observation(
        at_ms,
        Outcome.FAIL,
        PhaseTimings(total_ms=80.0),
        phase=FailurePhase.ASSERTION,
        status=503,
        error="HTTP 503",
    )
    up = Observation(
        at_ms + length_ms, Outcome.OK, PhaseTimings(total_ms=80.0), latency_ms=80.0, status=200
    )
    steps = (
        (down, State.UP, State.SUSPECT, at_ms, None),
        (down, State.SUSPECT, State.DOWN, at_ms, True),
        (up, State.DOWN, State.UP, at_ms + length_ms, False),
    )
    for seen, before, after, since_ms, holds in steps:
        judgement = _judgement(service, seen, before, after, since_ms, holds)
        recorder.record(db, [(key, judgement)], seen.end_ms)


def _judgement(
    service: str, seen: Observation, before: State, after: State, since_ms: int, holds: bool | None
) -> Judgement:
    reason = seen.error or "recovered"
    change = Transition(since_ms, before, after, reason)
    found = Finding(
        fingerprint(Rule.DOWN, service, "http"),
        Rule.DOWN,
        bool(holds),
        Severity.CRITICAL,
        since_ms,
        reason,
    )
    return Judgement(
        service=service,
        check="http",
        seen=seen,
        state=CheckState(after, None, since_ms, reason, seen.at_ms),
        change=change,
        service_state=after,
        service_change=change,
        findings=() if holds is None else (found,),
    )


def _add_cold_start(db: Database, service: str, key: int, at_ms: int) -> None:
    woke = Observation(at_ms, Outcome.OK, PhaseTimings(total_ms=23_000.0), status=200)
    state = CheckState(State.UP, None, at_ms, "awake", at_ms)
    judgement = Judgement(
        service, "http", woke, state, None, State.UP, None, cold_start_ms=woke.timings.total_ms
    )
    recorder.record(db, [(key, judgement)], woke.end_ms)


def _finish(db: Database, services: list[Service], keys: list[int]) -> None:
    """The last look of each service, one of them down, and a living engine."""
    for service, key in zip(services, keys, strict=True):
        at_ms = END_MS - INTERVAL_MS + key
        seen = Observation(
            at_ms,
            Outcome.OK,
            PhaseTimings(1.2, 8.4, 17.3, 41.0, 2.1, 70.0),
            latency_ms=70.0,
            status=200,
        )
        state = CheckState(State.UP, None, at_ms - DAY_MS, "answers as it should", at_ms, at_ms)
        judgement = Judgement(service.id, "http", seen, state, None, State.UP, None)
        recorder.record(db, [(key, judgement)], END_MS)
    recorder.set_next_looks(db, {key: END_MS + key for key in keys})
    _add_open_outage(db, services[0].id, keys[0])
    recorder.add_event(db, END_MS - DAY_MS, EntryKind.ENGINE, "engine started")
    recorder.beat(
        db,
        EngineRecord(
            pid=1,
            host="bench",
            version=__version__,
            started_ms=END_MS - DAY_MS,
            beat_ms=END_MS,
            workers=(WorkerRecord("probing", END_MS), WorkerRecord("rollup", END_MS)),
        ),
    )


def _add_open_outage(db: Database, service: str, key: int) -> None:
    seen = Observation(
        END_MS - 1_000,
        Outcome.FAIL,
        PhaseTimings(total_ms=80.0),
        phase=FailurePhase.ASSERTION,
        status=503,
        error="HTTP 503",
    )
    judgement = _judgement(service, seen, State.UP, State.DOWN, END_MS - 120_000, True)
    recorder.record(db, [(key, judgement)], END_MS)


def paths_in(folder: Path) -> Paths:
    """The paths of a store that a benchmark builds or reuses."""
    return Paths(config=folder / "sentinel.toml", data_dir=folder)
