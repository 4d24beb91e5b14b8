"""Incidents on disk: each alert is part of one, written in the transaction of the alert itself."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace

from sentinel_tui.domain.monitoring.alerts import Rule
from sentinel_tui.domain.monitoring.check_state import State
from sentinel_tui.domain.monitoring.incidents import (
    REOPEN_S,
    Incident,
    Note,
    acknowledged,
    place,
    settle,
)
from sentinel_tui.domain.records import AlertRecord
from sentinel_tui.errors import StoreError
from sentinel_tui.store import alert_models
from sentinel_tui.store.database import Database, Value
from sentinel_tui.store.incident_reading import SELECT_INCIDENTS, incident_from_row
from sentinel_tui.store.queueing import hurry, queue
from sentinel_tui.store.rows import SELECT_ALERTS, alert_from_row

_WITHOUT_INCIDENT = (
    "WHERE resolved_ms IS NULL AND NOT EXISTS "
    "(SELECT 1 FROM incidents WHERE incidents.id = alerts.incident_id) ORDER BY id"
)
_NEXT_NUMBER = (
    # A number is never given twice, not even where a damaged store lost the incidents that had it:
    # what was told of them would be taken for told of another.
    "SELECT 1 + max(coalesce((SELECT max(id) FROM incidents), 0), "
    "coalesce((SELECT max(incident_id) FROM alerts), 0), "
    "coalesce((SELECT max(incident_id) FROM notifications), 0))"
)


def follow(db: Database, changed: Sequence[AlertRecord], at_ms: int) -> list[AlertRecord]:
    """Bring the incidents, and what is told of them, in line with alerts that just changed.

    Args:
        db: The store.
        changed: The alerts that opened, rose or resolved, each as it then stood.
        at_ms: Now.

    Returns:
        The same alerts, each with the number of its incident.
    """
    known: dict[int, Incident] = {}
    opened_ms = [min(alert.opened_ms, at_ms) for alert in changed if alert.open]
    if opened_ms:
        lately_ms = min(opened_ms) - round(REOPEN_S * 1_000)
        known = {one.id: one for one in incidents_since(db, lately_ms)}
    placed = [
        replace(alert, incident=_place(db, alert, known, at_ms)) if alert.open else alert
        for alert in changed
    ]
    for incident_id in dict.fromkeys(alert.incident for alert in placed):
        # Alerts may have none: of a store from before incidents, or of a damaged one.
        incident = find_incident(db, incident_id)
        if incident is not None:
            queue(db, _settle(db, incident, at_ms), at_ms)
    if any(alert.rule is Rule.OFFLINE and not alert.open for alert in placed):
        hurry(db, at_ms)
    return placed


def adopt(db: Database, at_ms: int) -> None:
    """Put open alerts into incidents that have none: of an older store, or of a damaged one."""
    rows = db.rows(SELECT_ALERTS + _WITHOUT_INCIDENT)
    follow(db, [replace(alert_from_row(row), incident=0) for row in rows], at_ms)


def acknowledge_incident(db: Database, incident_id: int, at_ms: int, by: str) -> Incident:
    """Note that somebody takes care of an incident, and with it of all its open alerts.

    Doing it again changes nothing while it counts, and renews it afterwards.

    Args:
        db: The store.
        incident_id: The incident's number.
        at_ms: When.
        by: Who, such as `tui` or `cli`.

    Raises:
        StoreError: There is no such incident, or it is over.
    """
    incident = load_incident(db, incident_id)
    if not incident.open:
        raise StoreError(f"incident {incident_id} is already over")
    renewed = not acknowledged(incident, db.orders.policy, at_ms)
    db.write(
        "UPDATE alerts SET acknowledged_ms = ?, acknowledged_by = ? "
        "WHERE incident_id = ? AND resolved_ms IS NULL AND (? OR acknowledged_ms IS NULL)",
        (at_ms, by, incident_id, renewed),
    )
    if renewed:
        db.write(
            "UPDATE incidents SET acknowledged_ms = ?, acknowledged_by = ? WHERE id = ?",
            (at_ms, by, incident_id),
        )
        incident = load_incident(db, incident_id)
        queue(db, incident, at_ms)
    return incident


def add_note(db: Database, incident_id: int, at_ms: int, by: str, text: str) -> Note:
    """Write down what somebody has to say about an incident.

    Raises:
        StoreError: There is no such incident.
    """
    load_incident(db, incident_id)
    db.insert(alert_models.IncidentNote, incident_id=incident_id, at_ms=at_ms, author=by, text=text)
    return Note(at_ms, by, text)


def load_incident(db: Database, incident_id: int) -> Incident:
    """An incident as it stands.

    Raises:
        StoreError: There is no such incident.
    """
    incident = find_incident(db, incident_id)
    if incident is None:
        raise StoreError(f"there is no incident {incident_id}", "`incidents` lists them")
    return incident


def find_incident(db: Database, incident_id: int) -> Incident | None:
    """An incident as it stands, or None when there is no such incident."""
    row = db.row(SELECT_INCIDENTS + "WHERE id = ?", (incident_id,))
    return incident_from_row(row) if row else None


def incidents_since(db: Database, since_ms: int) -> list[Incident]:
    """The incidents that are open, or ended at an instant or later; oldest first."""
    rows = db.rows(
        SELECT_INCIDENTS + "WHERE resolved_ms IS NULL OR resolved_ms >= ? ORDER BY id", (since_ms,)
    )
    return [incident_from_row(row) for row in rows]


def _place(db: Database, alert: AlertRecord, known: dict[int, Incident], at_ms: int) -> int:
    """Put an open alert into its incident, which is known from then on; returns its number."""
    own = known.get(alert.incident)
    candidates = list(known.values()) if own is None else [own]

    def is_down(service: str) -> bool:
        row = db.row("SELECT state FROM services WHERE id = ?", (service,))
        return row is not None and row[0] == State.DOWN

    placed = place(alert, candidates, db.orders, is_down, at_ms)
    if own is not None and placed.id != own.id:
        # Its cause looks different by now; what was told as one story stays one.
        return own.id
    number = placed.id or _add(db, placed)
    if placed.id and placed != known[number]:
        _put(db, placed, number)
    known[number] = replace(placed, id=number)
    db.write("UPDATE alerts SET incident_id = ? WHERE id = ?", (number, alert.id))
    return number


def _settle(db: Database, incident: Incident, at_ms: int) -> Incident:
    """Let an incident be what its alerts make it."""
    rows = db.rows(SELECT_ALERTS + "WHERE incident_id = ? ORDER BY id", (incident.id,))
    settled = settle(incident, [alert_from_row(row) for row in rows], at_ms)
    if settled != incident:
        _put(db, settled, incident.id)
    return settled


def _add(db: Database, incident: Incident) -> int:
    row = db.row(_NEXT_NUMBER)
    return db.insert(
        alert_models.Incident,
        id=row[0] if row else 1,
        cause=incident.cause,
        title=incident.title,
        severity=incident.severity,
        services=json.dumps(incident.services),
        opened_ms=incident.opened_ms,
    )


def _put(db: Database, incident: Incident, number: int) -> None:
    values: tuple[Value, ...] = (
        incident.cause,
        incident.title,
        incident.severity,
        json.dumps(incident.services),
        incident.opened_ms,
        incident.resolved_ms,
        incident.reopened,
        incident.acknowledged_ms,
        incident.acknowledged_by,
        number,
    )
    db.write(
        "UPDATE incidents SET cause = ?, title = ?, severity = ?, services = ?, opened_ms = ?, "
        "resolved_ms = ?, reopened = ?, acknowledged_ms = ?, acknowledged_by = ? WHERE id = ?",
        values,
    )
