"""Alerts and incidents: what was found, what it was part of, and what somebody noted about it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from sentinel_tui.domain.monitoring.alerts import Severity
from sentinel_tui.domain.monitoring.incidents import Incident, Note
from sentinel_tui.domain.records import AlertRecord
from sentinel_tui.store.driver import Connection
from sentinel_tui.store.rows import SELECT_ALERTS, alert_from_row

SELECT_INCIDENTS = (
    "SELECT id, cause, title, severity, services, opened_ms, resolved_ms, reopened, "
    "acknowledged_ms, acknowledged_by FROM incidents "
)
"""Reads incidents with the columns in the order of an `Incident`'s fields."""

_CHOSEN = (
    "WHERE (:open_only = 0 OR resolved_ms IS NULL) AND (:before_id IS NULL OR id < :before_id) "
    "AND (:service = '' OR :service IN (SELECT value FROM json_each(services))) "
    "AND (:end_ms IS NULL OR opened_ms < :end_ms) "
    "AND (:start_ms IS NULL OR resolved_ms IS NULL OR resolved_ms > :start_ms) "
    "ORDER BY id DESC LIMIT :limit"
)


def alerts(
    connection: Connection, *, open_only: bool, service: str, limit: int, before_id: int | None
) -> list[AlertRecord]:
    """See `queries.Reader.alerts`."""
    sql = SELECT_ALERTS + (
        "WHERE (? OR resolved_ms IS NULL) AND (? = '' OR service = ?) "
        "AND (? IS NULL OR id < ?) ORDER BY id DESC LIMIT ?"
    )
    values = (not open_only, service, service, before_id, before_id, limit)
    return _alerts(connection, sql, values)


def alert(connection: Connection, alert_id: int) -> AlertRecord | None:
    """See `queries.Reader.alert`."""
    found = _alerts(connection, SELECT_ALERTS + "WHERE id = ?", (alert_id,))
    return found[0] if found else None


def incidents(
    connection: Connection,
    *,
    open_only: bool,
    service: str,
    limit: int,
    before_id: int | None,
    start_ms: int | None,
    end_ms: int | None,
) -> list[Incident]:
    """See `queries.Reader.incidents`."""
    values = {
        "open_only": open_only,
        "service": service,
        "limit": limit,
        "before_id": before_id,
        "start_ms": start_ms,
        "end_ms": end_ms,
    }
    rows = connection.execute(SELECT_INCIDENTS + _CHOSEN, values).fetchall()
    return [incident_from_row(row) for row in rows]


def incident(connection: Connection, incident_id: int) -> Incident | None:
    """See `queries.Reader.incident`."""
    rows = connection.execute(SELECT_INCIDENTS + "WHERE id = ?", (incident_id,)).fetchall()
    return incident_from_row(rows[0]) if rows else None


def incident_alerts(connection: Connection, incident_id: int) -> list[AlertRecord]:
    """See `queries.Reader.incident_alerts`."""
    sql = SELECT_ALERTS + "WHERE incident_id = ? ORDER BY opened_ms, id"
    return _alerts(connection, sql, (incident_id,))


def notes(connection: Connection, incident_id: int) -> list[Note]:
    """See `queries.Reader.notes`."""
    sql = "SELECT at_ms, author, text FROM incident_notes WHERE incident_id = ? ORDER BY at_ms, id"
    return [Note(*row) for row in connection.execute(sql, (incident_id,)).fetchall()]


def incident_from_row(row: Sequence[Any]) -> Incident:
    """The incident in a row of `SELECT_INCIDENTS`."""
    number, cause, title, severity, services, *rest = row
    return Incident(number, cause, title, Severity(severity), tuple(json.loads(services)), *rest)


def _alerts(connection: Connection, sql: str, values: Sequence[Any]) -> list[AlertRecord]:
    return [alert_from_row(row) for row in connection.execute(sql, values).fetchall()]
