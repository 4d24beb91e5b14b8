"""Uptime and states over time, from the changes of what services showed."""

from __future__ import annotations

from collections.abc import Sequence

from sentinel_tui.domain.monitoring import uptime as domain
from sentinel_tui.domain.monitoring.states import State
from sentinel_tui.domain.monitoring.uptime import Span, StateTimes, Uptime
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


def state_times(
    connection: Connection, start_ms: int, end_ms: int, service: str
) -> dict[str, StateTimes]:
    """See `queries.Reader.state_times`."""
    spans = _spans(connection, start_ms, end_ms, service)
    return {
        name: domain.state_times(spans.get(key, []))
        for key, name in _configured(connection).items()
        if service in ("", name)
    }


def bad_windows(
    connection: Connection, now_ms: int, windows_s: Sequence[int]
) -> dict[str, dict[int, tuple[int, int]]]:
    """See `queries.Reader.bad_windows`."""
    spans = _spans(connection, now_ms - max(windows_s, default=0) * 1_000, now_ms)
    return {
        name: {
            window_s: _good_and_bad_ms(spans.get(key, []), now_ms - window_s * 1_000)
            for window_s in windows_s
        }
        for key, name in _configured(connection).items()
    }


def _good_and_bad_ms(held: Sequence[Span], start_ms: int) -> tuple[int, int]:
    counted = domain.uptime(
        Span(max(span.start_ms, start_ms), span.end_ms, span.state)
        for span in held
        if span.end_ms > start_ms
    )
    return counted.up_ms, counted.down_ms


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


def _spans(
    connection: Connection, start_ms: int, end_ms: int, service: str = ""
) -> dict[int, list[Span]]:
    """What each service showed in a window, by its key; or only the one of this id."""
    if start_ms >= end_ms:
        return {}
    gaps = _gaps(connection, start_ms, end_ms)
    return {
        key: domain.spans(changes, gaps, start_ms, end_ms)
        for key, changes in _changes(connection, start_ms, end_ms, service).items()
    }


def _changes(
    connection: Connection, start_ms: int, end_ms: int, service: str
) -> dict[int, list[tuple[int, State]]]:
    """The changes in a window, and before them the one that says what held at its start."""
    changes: dict[int, list[tuple[int, State]]] = {}
    held = connection.execute(
        "SELECT key, (SELECT after FROM state_changes WHERE service_key = key "
        "AND check_key IS NULL AND at_ms < ? ORDER BY at_ms DESC, id DESC LIMIT 1) "
        "FROM services WHERE ? IN ('', id)",
        (start_ms, service),
    ).fetchall()
    for key, state in held:
        if state is not None:
            changes[key] = [(start_ms, State(state))]
    # Joined so that each service is one seek, as with whole days.
    rows = connection.execute(
        "SELECT s.key, h.at_ms, h.after FROM services s CROSS JOIN state_changes h "
        "ON h.service_key = s.key AND h.check_key IS NULL AND h.at_ms >= ? AND h.at_ms < ? "
        "WHERE ? IN ('', s.id) ORDER BY s.key, h.at_ms, h.id",
        (start_ms, end_ms, service),
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
