"""Uptime and states over time, from the changes of what services showed."""

from __future__ import annotations

from collections.abc import Sequence

from sentinel_tui.domain.monitoring import uptime as domain
from sentinel_tui.domain.monitoring.states import State
from sentinel_tui.domain.monitoring.uptime import Span, Uptime
from sentinel_tui.store.driver import Connection
from sentinel_tui.store.layout import Floor, Mark
from sentinel_tui.store.rows import mark

_SILENCE_MS = 60_000
"""An engine that said nothing for longer than this is not watching."""


def uptimes(connection: Connection, start_ms: int, end_ms: int) -> dict[str, Uptime]:
    """The uptime of each configured service, by id: whole days as counted, edges from changes."""
    ids = _configured(connection)
    first_day_ms = Floor.DAY.start_ms(start_ms - 1) + Floor.DAY.length_ms
    last_day_ms = Floor.DAY.start_ms(min(end_ms, mark(connection, Mark.COUNTED) or 0))
    if first_day_ms >= last_day_ms:
        counted = uptimes_by_key(connection, start_ms, end_ms)
        return {name: counted.get(key, Uptime()) for key, name in ids.items()}
    parts = [
        uptimes_by_key(connection, start_ms, first_day_ms),
        _whole_days(connection, first_day_ms, last_day_ms),
        uptimes_by_key(connection, last_day_ms, end_ms),
    ]
    return {
        name: sum((part.get(key, Uptime()) for part in parts), Uptime())
        for key, name in ids.items()
    }


def uptimes_by_key(connection: Connection, start_ms: int, end_ms: int) -> dict[int, Uptime]:
    """The uptime of every service, by its key, from its changes alone."""
    return {key: domain.uptime(held) for key, held in _spans(connection, start_ms, end_ms).items()}


def state_cells(
    connection: Connection, start_ms: int, end_ms: int, cells: int
) -> dict[str, list[State | None]]:
    """See `queries.Reader.state_cells`."""
    spans = _spans(connection, start_ms, end_ms)
    return {
        name: domain.state_cells(spans.get(key, []), start_ms, end_ms, cells)
        for key, name in _configured(connection).items()
    }


def _configured(connection: Connection) -> dict[int, str]:
    rows = connection.execute("SELECT key, id FROM services WHERE NOT gone").fetchall()
    return dict(rows)


def _whole_days(connection: Connection, first_ms: int, last_ms: int) -> dict[int, Uptime]:
    # Joined so that each service is one seek; a range over the day alone would read the table.
    rows = connection.execute(
        "SELECT service_key, sum(up_ms), sum(down_ms), sum(excluded_ms) "
        "FROM services CROSS JOIN uptime_days "
        "ON service_key = services.key AND day_ms >= ? AND day_ms < ? GROUP BY service_key",
        (first_ms, last_ms),
    ).fetchall()
    return {row[0]: Uptime(*row[1:]) for row in rows}


def _spans(connection: Connection, start_ms: int, end_ms: int) -> dict[int, list[Span]]:
    """What each service showed in a window, by its key."""
    if start_ms >= end_ms:
        return {}
    gaps = _gaps(connection, start_ms, end_ms)
    return {
        key: domain.spans(changes, gaps, start_ms, end_ms)
        for key, changes in _changes(connection, start_ms, end_ms).items()
    }


def _changes(
    connection: Connection, start_ms: int, end_ms: int
) -> dict[int, list[tuple[int, State]]]:
    """The changes in a window, and before them the one that says what held at its start."""
    changes: dict[int, list[tuple[int, State]]] = {}
    held = connection.execute(
        "SELECT key, (SELECT after FROM state_changes WHERE service_key = key "
        "AND check_key IS NULL AND at_ms < ? ORDER BY at_ms DESC, id DESC LIMIT 1) FROM services",
        (start_ms,),
    ).fetchall()
    for key, state in held:
        if state is not None:
            changes[key] = [(start_ms, State(state))]
    rows = connection.execute(
        "SELECT service_key, at_ms, after FROM state_changes "
        "WHERE check_key IS NULL AND at_ms >= ? AND at_ms < ? ORDER BY at_ms, id",
        (start_ms, end_ms),
    ).fetchall()
    for key, at_ms, state in rows:
        changes.setdefault(key, []).append((at_ms, State(state)))
    return changes


def _gaps(connection: Connection, start_ms: int, end_ms: int) -> Sequence[tuple[int, int]]:
    """When Sentinel was not watching: what it noted, and the silence of an engine that is gone."""
    gaps: list[tuple[int, int]] = connection.execute(
        "SELECT from_ms, to_ms FROM gaps WHERE to_ms > ? AND from_ms < ? ORDER BY from_ms",
        (start_ms, end_ms),
    ).fetchall()
    beat = connection.execute("SELECT beat_ms FROM engine WHERE id = 1").fetchone()
    if beat is not None and beat[0] + _SILENCE_MS < end_ms:
        gaps.append((beat[0], end_ms))
    return gaps
