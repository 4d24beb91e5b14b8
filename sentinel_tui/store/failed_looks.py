"""How many looks failed, and in how many cycles: so that one look never spends a whole budget."""

from __future__ import annotations

from collections.abc import Iterable

from sentinel_tui.domain.monitoring.observations import Outcome
from sentinel_tui.store.driver import Connection
from sentinel_tui.store.layout import Floor, Mark
from sentinel_tui.store.rows import mark

_SAME_CYCLE = 0.5
"""A failed look belongs to the cycle of the one before it when less than this share of the check's
interval lies between them: the fresh looks of a confirmation follow within seconds."""

_LONGEST_RAW_MS = 6 * Floor.HOUR.length_ms

_Failed = dict[int, tuple[int, int]]
"""By check key: failed looks, cycles in which one failed."""


def failed_looks(connection: Connection, start_ms: int, end_ms: int) -> dict[str, tuple[int, int]]:
    """See `queries.Reader.failed_looks`."""
    first_ms, last_ms = _whole_hours(connection, start_ms, end_ms)
    parts = [
        _from_looks(connection, start_ms, first_ms),
        _from_hours(connection, first_ms, last_ms),
        _from_looks(connection, last_ms, end_ms),
    ]
    found: dict[str, tuple[int, int]] = {}
    for service, check_key in connection.execute(
        "SELECT s.id, c.key FROM services s "
        "LEFT JOIN checks c ON c.service_key = s.key AND NOT c.gone WHERE NOT s.gone"
    ).fetchall():
        seen = [found.get(service, (0, 0)), *(part.get(check_key, (0, 0)) for part in parts)]
        found[service] = (sum(looks for looks, _ in seen), sum(cycles for _, cycles in seen))
    return found


def _whole_hours(connection: Connection, start_ms: int, end_ms: int) -> tuple[int, int]:
    """The part of a window that is read from hours; empty, and at its end, where none is."""
    rolled_ms = mark(connection, Mark.ROLLED)
    if rolled_ms is None or end_ms - start_ms <= _LONGEST_RAW_MS:
        return end_ms, end_ms
    first_ms = Floor.HOUR.start_ms(start_ms - 1) + Floor.HOUR.length_ms
    return first_ms, max(first_ms, Floor.HOUR.start_ms(min(end_ms, rolled_ms)))


def _from_looks(connection: Connection, start_ms: int, end_ms: int) -> _Failed:
    rows = connection.execute(
        "SELECT m.check_key, m.at_ms, c.interval_s FROM metrics m "
        "JOIN checks c ON c.key = m.check_key "
        "WHERE m.at_ms >= ? AND m.at_ms < ? AND m.outcome = ?",
        (start_ms, end_ms, int(Outcome.FAIL)),
    ).fetchall()
    failed_ms: dict[tuple[int, float], list[int]] = {}
    for check_key, at_ms, interval_s in rows:
        failed_ms.setdefault((check_key, interval_s), []).append(at_ms)
    return {
        check_key: (len(found_ms), _cycles(found_ms, interval_s))
        for (check_key, interval_s), found_ms in failed_ms.items()
    }


def _from_hours(connection: Connection, start_ms: int, end_ms: int) -> _Failed:
    """What whole hours counted; no more cycles in each than the check has in an hour."""
    rows = connection.execute(
        "SELECT c.key, sum(r.failures), sum(min(r.failures, max(1, 3600 / c.interval_s))) "
        "FROM checks c CROSS JOIN rollups r "
        "ON r.floor = ? AND r.check_key = c.key AND r.start_ms >= ? AND r.start_ms < ? "
        "GROUP BY c.key",
        (int(Floor.HOUR), start_ms, end_ms),
    ).fetchall()
    return {check_key: (looks, round(cycles)) for check_key, looks, cycles in rows}


def _cycles(failed_ms: Iterable[int], interval_s: float) -> int:
    count = 0
    begun_ms: float = float("-inf")
    for at_ms in failed_ms:
        if at_ms - begun_ms >= interval_s * _SAME_CYCLE * 1_000:
            count += 1
            begun_ms = at_ms
    return count
