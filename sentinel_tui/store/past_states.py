"""Services and checks as they were: their rows, which the present overwrites, filled anew.

A service is what its last change made it, and a check what its last change and its last look did.
Both are left out before they were first seen. What was configured is not kept over time: names,
targets, intervals and dependencies are those of today, and what was taken out of the configuration
is shown up to its last look.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sentinel_tui.domain.monitoring.observations import Outcome
from sentinel_tui.domain.monitoring.states import State
from sentinel_tui.domain.stats.histogram import LatencyHistogram
from sentinel_tui.store.driver import Connection
from sentinel_tui.store.layout import Floor

_LOOKED_LATELY_MS = (120_000, Floor.HOUR.length_ms)
"""Windows in which the last looks of all checks are looked for at once, the nearest first."""

_STILL_WATCHED = (
    "EXISTS (SELECT 1 FROM main.checks c JOIN main.check_states t ON t.check_key = c.key "
    "WHERE c.service_key = s.key AND t.looked_ms >= :now)"
)
_FILL_SERVICES = (
    "INSERT INTO temp.services (key, id, name, role, position, tags, depends_on, sleeps, "  # noqa: S608 (own SQL)
    "expected_wake_s, gone, state, since_ms, reason, paused_ms, last_wake_ms, next_wake_ms, "
    "cold_start_us, suppressed_by) "
    "SELECT s.key, s.id, s.name, s.role, s.position, s.tags, s.depends_on, s.sleeps, "
    "s.expected_wake_s, 0, h.after, h.at_ms, h.reason, "
    "CASE WHEN h.after = 'PAUSED' THEN h.at_ms END, "
    # A wake that found the service awake leaves no trace once the next one follows.
    "CASE WHEN s.last_wake_ms <= :now THEN s.last_wake_ms "
    "ELSE w.at_ms - w.duration_us / 1000 END, "
    "CASE WHEN s.last_wake_ms <= :now THEN s.next_wake_ms END, w.duration_us, '' "
    "FROM main.services s JOIN main.state_changes h ON h.id = ("
    "SELECT id FROM main.state_changes WHERE service_key = s.key AND check_key IS NULL "
    "AND at_ms <= :now ORDER BY at_ms DESC, id DESC LIMIT 1) "
    "LEFT JOIN main.cold_starts w ON w.id = ("
    "SELECT id FROM main.cold_starts WHERE service_key = s.key AND at_ms <= :now "
    "ORDER BY id DESC LIMIT 1) "
    f"WHERE NOT s.gone OR {_STILL_WATCHED}"
)
_SUPPRESS = (
    # Whose alarm was withheld follows from the states and the alerts that were open.
    "UPDATE temp.services AS child SET suppressed_by = coalesce(("
    "SELECT parent.id FROM json_each(child.depends_on) AS named "
    "JOIN temp.services AS parent ON parent.id = named.value "
    "WHERE parent.state = 'DOWN' ORDER BY named.key LIMIT 1), '') "
    "WHERE child.state IN ('DOWN', 'DEGRADED', 'FLAPPING') AND NOT EXISTS ("
    "SELECT 1 FROM main.alerts WHERE service = child.id AND opened_ms <= :now "
    "AND (resolved_ms IS NULL OR resolved_ms > :now) "
    "AND rule IN ('down', 'degraded', 'flapping'))"
)
_FILL_CHECKS = (
    "INSERT INTO temp.checks (key, service_key, name, kind, target, interval_s, position, gone) "
    "SELECT c.key, c.service_key, c.name, c.kind, c.target, c.interval_s, c.position, 0 "
    "FROM main.checks c JOIN temp.services s ON s.key = c.service_key "
    "JOIN main.check_states t ON t.check_key = c.key WHERE NOT c.gone OR t.looked_ms >= :now"
)
_LAST_CHANGES = (
    "SELECT c.key, h.at_ms, h.after, h.reason FROM temp.checks c "
    "JOIN main.state_changes h ON h.id = ("
    "SELECT id FROM main.state_changes WHERE check_key = c.key AND at_ms <= ? "
    "ORDER BY at_ms DESC, id DESC LIMIT 1)"
)
_FILL_STATE = (
    "INSERT INTO temp.check_states (check_key, verdict, since_ms, reason, last_ms, looked_ms, "
    "outcome, status, latency_us, phase, error, dns_us, connect_us, tls_us, first_byte_us, "
    "body_us, total_us, flapping) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0)"
)


@dataclass(frozen=True, slots=True)
class _Look:
    """The last look at a check, as far as it was kept."""

    at_ms: int
    outcome: Outcome
    status: int | None
    latency_us: float | None


def rebuild(connection: Connection, at_ms: int) -> None:
    """Fill services and checks with what they were at an instant; within a transaction.

    Args:
        connection: A connection on which `past_views.lay_views` was run.
        at_ms: The instant.
    """
    for table in ("check_states", "checks", "services"):
        connection.execute(f"DELETE FROM temp.{table}")  # noqa: S608 (own names)
    connection.execute(_FILL_SERVICES, {"now": at_ms})
    connection.execute(_SUPPRESS, {"now": at_ms})
    connection.execute(_FILL_CHECKS, {"now": at_ms})
    keys = [key for (key,) in connection.execute("SELECT key FROM temp.checks").fetchall()]
    changes = {row[0]: row[1:] for row in connection.execute(_LAST_CHANGES, (at_ms,)).fetchall()}
    looks = _last_looks(connection, keys, at_ms)
    connection.executemany(
        _FILL_STATE,
        (
            _state_row(connection, key, changes.get(key), looks.get(key))
            for key in keys
            if key in changes or key in looks
        ),
    )


def _state_row(
    connection: Connection, key: int, change: Sequence[Any] | None, look: _Look | None
) -> tuple[Any, ...]:
    since_ms, shown, reason = change or (0, State.UNKNOWN.value, "not looked at yet")
    if look is None:
        return (key, shown, since_ms, reason, *(None,) * 5, None, "", *(None,) * 5, 0)
    outcome = look.outcome
    if shown == State.WAKING and outcome is Outcome.INCONCLUSIVE:
        # A failed look at a waking service is counted as one that says nothing.
        outcome = Outcome.FAIL
    failure = _failure(connection, key, look.at_ms) if outcome is Outcome.FAIL else None
    seen = (look.at_ms, look.at_ms, int(outcome), look.status, look.latency_us)
    return (key, shown, since_ms, reason, *seen, *(failure or (None, "", *(None,) * 5, 0)))


def _failure(connection: Connection, key: int, at_ms: int) -> tuple[Any, ...] | None:
    """What was kept of a failed look: its phase, its error and its timings."""
    row: tuple[Any, ...] | None = connection.execute(
        "SELECT phase, error, dns_us, connect_us, tls_us, first_byte_us, body_us, total_us "
        "FROM main.failures WHERE check_key = ? AND at_ms = ?",
        (key, at_ms),
    ).fetchone()
    return row


def _last_looks(connection: Connection, keys: Iterable[int], at_ms: int) -> dict[int, _Look]:
    """The last look at each check before an instant."""
    found: dict[int, _Look] = {}
    missing = set(keys)
    until_ms = at_ms + 1
    for window_ms in _LOOKED_LATELY_MS:
        if missing:
            from_ms = at_ms - window_ms
            found = {**_newest(connection, from_ms, until_ms), **found}
            missing -= found.keys()
            until_ms = from_ms
    found.update(_older(connection, missing, until_ms))
    return found


def _newest(connection: Connection, from_ms: int, until_ms: int) -> dict[int, _Look]:
    """The newest look at each check in a window."""
    rows = connection.execute(
        "SELECT check_key, max(at_ms), outcome, status, latency_us FROM main.metrics "
        "WHERE at_ms >= ? AND at_ms < ? GROUP BY check_key",
        (from_ms, until_ms),
    ).fetchall()
    return {row[0]: _Look(row[1], Outcome(row[2]), *row[3:]) for row in rows}


def _older(
    connection: Connection, keys: Iterable[int], until_ms: int
) -> Iterator[tuple[int, _Look]]:
    """The newest look at checks that are looked at rarely, found by the hour it lies in."""
    for key in keys:
        hour = connection.execute(
            "SELECT start_ms, count, failures, histogram FROM main.rollups "
            "WHERE floor = ? AND check_key = ? AND start_ms <= ? ORDER BY start_ms DESC LIMIT 1",
            (int(Floor.HOUR), key, until_ms),
        ).fetchone()
        if hour is None:
            continue
        start_ms, count, failures, histogram = hour
        look = connection.execute(
            "SELECT at_ms, outcome, status, latency_us FROM main.metrics "
            "WHERE at_ms >= ? AND at_ms < ? AND check_key = ? ORDER BY at_ms DESC LIMIT 1",
            (start_ms, start_ms + Floor.HOUR.length_ms, key),
        ).fetchone()
        if look is not None:
            yield key, _Look(look[0], Outcome(look[1]), *look[2:])
            continue
        # Single looks are no longer kept: the hour as a whole stands for its last one.
        failed = count > 0 and failures == count
        median_us = LatencyHistogram.from_bytes(histogram).quantile_us(0.5)
        yield key, _Look(start_ms, Outcome.FAIL if failed else Outcome.OK, None, median_us)
