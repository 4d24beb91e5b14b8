"""What the store tells, for screens, commands and exports.

A reader has a connection of its own that can only read. It belongs to one thread; every method
reads one consistent moment, fetches all its rows, and leaves nothing open that could hold up the
writer. Importing it costs next to nothing: no peewee.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sentinel_tui.domain.monitoring.observations import FailurePhase, Outcome
from sentinel_tui.domain.monitoring.states import State
from sentinel_tui.domain.monitoring.uptime import Uptime
from sentinel_tui.domain.records import (
    AlertRecord,
    CheckRecord,
    ColdStartRecord,
    EngineRecord,
    FailureRecord,
    LatencySummary,
    SeriesPoint,
    ServiceRecord,
    TimelineEntry,
    WorkerRecord,
)
from sentinel_tui.errors import StoreError
from sentinel_tui.paths import Paths
from sentinel_tui.store import history, latency, timeline
from sentinel_tui.store.driver import Connection, open_reader, sqlite, store_error
from sentinel_tui.store.identity import layout_of
from sentinel_tui.store.info import StoreInfo, read_info
from sentinel_tui.store.layout import LAYOUT_VERSION
from sentinel_tui.store.rows import SELECT_ALERTS, alert_from_row, timings_from_row, to_ms

_HOUR_MS = 3_600_000
_WEEK_MS = 7 * 24 * _HOUR_MS

_CHECKS = (
    "SELECT c.service_key, c.key, c.name, c.kind, c.target, c.interval_s, "
    "coalesce(t.sheet, t.verdict), t.since_ms, t.reason, t.looked_ms, t.outcome, t.latency_us, "
    "t.status, t.phase, t.error, t.next_ms, t.certificate_ends_ms, "
    "t.dns_us, t.connect_us, t.tls_us, t.first_byte_us, t.body_us, t.total_us "
    "FROM checks c JOIN check_states t ON t.check_key = c.key "
    "WHERE NOT c.gone ORDER BY c.service_key, c.position"
)
_SERVICES = (
    "SELECT key, id, name, role, state, since_ms, reason, tags, depends_on, sleeps, "
    "expected_wake_s, paused_ms, last_wake_ms, next_wake_ms, cold_start_us "
    "FROM services WHERE NOT gone ORDER BY position"
)


class Reader:
    """Reads a store that a running engine may be writing.

    Args:
        paths: The watch whose store is read.

    Raises:
        StoreError: There is no store yet, or it cannot be read.
        StoreTooNew: A newer Sentinel wrote it.
    """

    def __init__(self, paths: Paths) -> None:
        self._path = paths.store
        self._reopened = 0
        self._usual: tuple[int, dict[int, LatencySummary]] = (0, {})
        self._open()

    def close(self) -> None:
        """Let go of the store."""
        self._connection.close()

    def data_version(self) -> int:
        """A number that differs from the last one when anything was written in between.

        Raises:
            StoreError: The store cannot be read.
        """
        if _inode(self._path) != self._inode:
            # Salvage put another file in its place; the old one never changes again.
            self.close()
            self._open()
            self._reopened += 1
        with self._snapshot() as connection:
            version: int = connection.execute("PRAGMA data_version").fetchone()[0]
        return (self._reopened << 32) + version

    def services(self) -> list[ServiceRecord]:
        """All configured services as they stand, in the order of the configuration."""
        with self._snapshot() as connection:
            check_rows = connection.execute(_CHECKS).fetchall()
            service_rows = connection.execute(_SERVICES).fetchall()
        ids = {row[0]: row[1] for row in service_rows}
        checks: dict[int, list[CheckRecord]] = {key: [] for key in ids}
        for row in check_rows:
            if row[0] in ids:
                checks[row[0]].append(_check(ids[row[0]], row))
        return [_service(row, tuple(checks[row[0]])) for row in service_rows]

    def uptimes(self, start_ms: int, end_ms: int) -> dict[str, Uptime]:
        """How long each service was up, down and neither, by service id."""
        with self._snapshot() as connection:
            return history.uptimes(connection, start_ms, end_ms)

    def state_cells(self, start_ms: int, end_ms: int, cells: int) -> dict[str, list[State | None]]:
        """The worst state in each of `cells` equal slices of the window, by service id."""
        with self._snapshot() as connection:
            return history.state_cells(connection, start_ms, end_ms, cells)

    def series(self, check_key: int, start_ms: int, end_ms: int, points: int) -> list[SeriesPoint]:
        """A check's latency in `points` equal slices; those without a look hold None.

        A slice narrower than what was kept of its time shows the whole minute or hour it lies in.
        """
        with self._snapshot() as connection:
            return latency.series(connection, check_key, start_ms, end_ms, points)

    def summaries(self, start_ms: int, end_ms: int) -> dict[int, LatencySummary]:
        """Latency of every check over a window, by check key.

        A window of more than two hours is read from hours, so its start is rounded down to one.
        """
        with self._snapshot() as connection:
            return latency.summaries(connection, start_ms, end_ms)

    def summary(self, check_key: int, start_ms: int, end_ms: int) -> LatencySummary:
        """Latency of one check over a window.

        A window of a day or more is read from hours, so its start is rounded down to one.
        """
        with self._snapshot() as connection:
            return latency.summary(connection, check_key, start_ms, end_ms)

    def usual_latencies(self, now_ms: int) -> dict[int, LatencySummary]:
        """Latency of every check over the week before the current hour, by check key.

        What is going on right now does not count as usual, and so is read once an hour only.
        """
        hour_ms = now_ms - now_ms % _HOUR_MS
        if self._usual[0] != hour_ms:
            self._usual = (hour_ms, self.summaries(hour_ms - _WEEK_MS, hour_ms))
        return self._usual[1]

    def alerts(
        self,
        *,
        open_only: bool = False,
        service: str = "",
        limit: int = 200,
        before_id: int | None = None,
    ) -> list[AlertRecord]:
        """Alerts, newest first.

        Args:
            open_only: Only those that still hold.
            service: Only those of this service's id.
            limit: The most to return.
            before_id: Only older ones than this: the last of the page before.
        """
        sql = SELECT_ALERTS + (
            "WHERE (? OR resolved_ms IS NULL) AND (? = '' OR service = ?) "
            "AND (? IS NULL OR id < ?) ORDER BY id DESC LIMIT ?"
        )
        values = (not open_only, service, service, before_id, before_id, limit)
        with self._snapshot() as connection:
            return [alert_from_row(row) for row in connection.execute(sql, values).fetchall()]

    def alert(self, alert_id: int) -> AlertRecord | None:
        """One alert, or None when there is no such number."""
        with self._snapshot() as connection:
            rows = connection.execute(SELECT_ALERTS + "WHERE id = ?", (alert_id,)).fetchall()
        return alert_from_row(rows[0]) if rows else None

    def timeline(
        self, start_ms: int, end_ms: int, *, service: str = "", limit: int = 200
    ) -> list[TimelineEntry]:
        """What happened in a window, newest first.

        Args:
            start_ms: Start of the window.
            end_ms: End of the window.
            service: Only of this service's id.
            limit: The most to return.
        """
        with self._snapshot() as connection:
            return timeline.timeline(connection, start_ms, end_ms, service, limit)

    def failures(self, service: str, limit: int = 20) -> list[FailureRecord]:
        """The last failed looks at a service with the answers that were kept, newest first."""
        sql = (
            "SELECT f.at_ms, s.id, c.name, f.phase, f.status, f.error, f.kept, f.address, "
            "f.dns_us, f.connect_us, f.tls_us, f.first_byte_us, f.body_us, f.total_us "
            "FROM failures f JOIN checks c ON c.key = f.check_key "
            "JOIN services s ON s.key = c.service_key WHERE s.id = ? ORDER BY f.id DESC LIMIT ?"
        )
        with self._snapshot() as connection:
            rows = connection.execute(sql, (service, limit)).fetchall()
        return [_failure(row) for row in rows]

    def cold_starts(self, service: str, limit: int = 20) -> list[ColdStartRecord]:
        """The last wakes of a service, newest first."""
        sql = (
            "SELECT w.at_ms, s.id, w.duration_us / 1000.0 FROM cold_starts w "
            "JOIN services s ON s.key = w.service_key WHERE s.id = ? ORDER BY w.id DESC LIMIT ?"
        )
        with self._snapshot() as connection:
            return [
                ColdStartRecord(*row)
                for row in connection.execute(sql, (service, limit)).fetchall()
            ]

    def engine(self) -> EngineRecord | None:
        """The engine as it last described itself; None when none ever ran."""
        sql = (
            "SELECT pid, host, version, started_ms, beat_ms, stopped_ms, lag_s, config_error, "
            "trouble, workers FROM engine WHERE id = 1"
        )
        with self._snapshot() as connection:
            rows = connection.execute(sql).fetchall()
        return _engine(rows[0]) if rows else None

    def info(self) -> StoreInfo:
        """How large the store is and what it holds; counts rows, so it may take a second."""
        with self._snapshot() as connection:
            return read_info(connection, self._path)

    def _open(self) -> None:
        self._inode = _inode(self._path)
        if self._inode is None:
            raise StoreError(
                f"there is no store at {self._path} yet", "start the engine: sentinel engine"
            )
        self._connection = open_reader(self._path)
        try:
            with self._snapshot() as connection:
                if layout_of(connection, self._path) < LAYOUT_VERSION:
                    raise StoreError(
                        f"{self._path} is still being made or upgraded",
                        "try again in a moment; if it stays so, restart the engine",
                    )
        except StoreError:
            self.close()
            raise

    @contextmanager
    def _snapshot(self) -> Iterator[Connection]:
        """One consistent moment of the store, and Sentinel's own errors for what goes wrong."""
        try:
            self._connection.execute("BEGIN")
            try:
                yield self._connection
            finally:
                # An error of the disk may have ended the transaction already.
                if self._connection.in_transaction:
                    self._connection.execute("ROLLBACK")
        except sqlite.Error as error:
            raise store_error(error, self._path) from error


def _inode(path: Path) -> int | None:
    try:
        return path.stat().st_ino
    except FileNotFoundError:
        return None


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
