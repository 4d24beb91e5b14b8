"""What is watched, as it stands, and who watches."""

from __future__ import annotations

import json
from typing import Any

from sentinel_tui.domain.keepalive.awake import Cause
from sentinel_tui.domain.monitoring.observations import FailurePhase, Outcome
from sentinel_tui.domain.monitoring.states import State
from sentinel_tui.domain.records import (
    CheckRecord,
    ColdStartRecord,
    EngineRecord,
    FailureRecord,
    ServiceRecord,
    WorkerRecord,
)
from sentinel_tui.store.driver import Connection
from sentinel_tui.store.rows import timings_from_row, to_ms

_SHOWN = (
    # As `CheckState.state` has it.
    "coalesce(t.sheet, CASE WHEN t.flapping AND t.verdict <> 'DOWN' THEN 'FLAPPING' "
    "ELSE t.verdict END)"
)
_CHECKS = (
    "SELECT c.service_key, c.key, c.name, c.kind, c.target, c.interval_s, "  # noqa: S608 (own SQL)
    f"{_SHOWN}, t.since_ms, t.reason, t.looked_ms, t.outcome, t.latency_us, "
    "t.status, t.phase, t.error, t.next_ms, t.certificate_ends_ms, "
    "t.dns_us, t.connect_us, t.tls_us, t.first_byte_us, t.body_us, t.total_us "
    "FROM checks c JOIN check_states t ON t.check_key = c.key "
    "WHERE NOT c.gone ORDER BY c.service_key, c.position"
)
_SERVICES = (
    "SELECT key, id, name, role, state, since_ms, reason, tags, depends_on, sleeps, "
    "expected_wake_s, paused_ms, last_wake_ms, next_wake_ms, cold_start_us, suppressed_by "
    "FROM services WHERE NOT gone ORDER BY position"
)


def services(connection: Connection) -> list[ServiceRecord]:
    """See `queries.Reader.services`."""
    check_rows = connection.execute(_CHECKS).fetchall()
    service_rows = connection.execute(_SERVICES).fetchall()
    ids = {row[0]: row[1] for row in service_rows}
    checks: dict[int, list[CheckRecord]] = {key: [] for key in ids}
    for row in check_rows:
        if row[0] in ids:
            checks[row[0]].append(_check(ids[row[0]], row))
    return [_service(row, tuple(checks[row[0]])) for row in service_rows]


def failures(connection: Connection, service: str, limit: int) -> list[FailureRecord]:
    """See `queries.Reader.failures`."""
    sql = (
        "SELECT f.at_ms, s.id, c.name, f.phase, f.status, f.error, f.kept, f.address, "
        "f.dns_us, f.connect_us, f.tls_us, f.first_byte_us, f.body_us, f.total_us "
        "FROM failures f JOIN checks c ON c.key = f.check_key "
        "JOIN services s ON s.key = c.service_key WHERE s.id = ? ORDER BY f.id DESC LIMIT ?"
    )
    return [_failure(row) for row in connection.execute(sql, (service, limit)).fetchall()]


def cold_starts(connection: Connection, service: str, limit: int) -> list[ColdStartRecord]:
    """See `queries.Reader.cold_starts`."""
    sql = (
        "SELECT w.at_ms, s.id, w.duration_us / 1000.0, w.cause, w.deploy FROM cold_starts w "
        "JOIN services s ON s.key = w.service_key WHERE s.id = ? ORDER BY w.id DESC LIMIT ?"
    )
    return [
        ColdStartRecord(at_ms, name, duration_ms, Cause(cause), deploy)
        for at_ms, name, duration_ms, cause, deploy in connection.execute(
            sql, (service, limit)
        ).fetchall()
    ]


def engine(connection: Connection) -> EngineRecord | None:
    """See `queries.Reader.engine`."""
    sql = (
        "SELECT pid, host, version, started_ms, beat_ms, stopped_ms, lag_s, config_error, "
        "trouble, workers FROM engine WHERE id = 1"
    )
    rows = connection.execute(sql).fetchall()
    return _engine(rows[0]) if rows else None


def _check(service: str, row: tuple[Any, ...]) -> CheckRecord:
    return CheckRecord(
        key=row[1],
        service=service,
        name=row[2],
        kind=row[3],
        target=row[4],
        interval_s=row[5],
        state=State(row[6]),
        since_ms=row[7],
        reason=row[8],
        last_ms=row[9],
        outcome=None if row[10] is None else Outcome(row[10]),
        latency_ms=to_ms(row[11]),
        status=row[12],
        phase=FailurePhase(row[13]) if row[13] else None,
        error=row[14],
        next_ms=row[15],
        certificate_ends_ms=row[16],
        timings=timings_from_row(row[17:]),
    )


def _service(row: tuple[Any, ...], checks: tuple[CheckRecord, ...]) -> ServiceRecord:
    return ServiceRecord(
        id=row[1],
        name=row[2],
        role=row[3],
        state=State(row[4]),
        since_ms=row[5],
        reason=row[6],
        checks=checks,
        tags=tuple(json.loads(row[7])),
        depends_on=tuple(json.loads(row[8])),
        sleeps=bool(row[9]),
        expected_wake_s=row[10],
        paused=row[11] is not None,
        last_wake_ms=row[12],
        next_wake_ms=row[13],
        cold_start_ms=to_ms(row[14]),
        suppressed_by=row[15],
    )


def _failure(row: tuple[Any, ...]) -> FailureRecord:
    return FailureRecord(
        at_ms=row[0],
        service=row[1],
        check=row[2],
        phase=FailurePhase(row[3]),
        status=row[4],
        error=row[5],
        kept=row[6],
        address=row[7],
        timings=timings_from_row(row[8:]),
    )


def _engine(row: tuple[Any, ...]) -> EngineRecord:
    return EngineRecord(
        pid=row[0],
        host=row[1],
        version=row[2],
        started_ms=row[3],
        beat_ms=row[4],
        stopped_ms=row[5],
        lag_s=row[6],
        config_error=row[7],
        trouble=row[8],
        workers=tuple(WorkerRecord(**worker) for worker in json.loads(row[9])),
    )
