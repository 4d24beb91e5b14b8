"""Alerts on disk: at most one open for each fingerprint, whatever is replayed or restarted."""

from __future__ import annotations

from sentinel_tui.domain.monitoring.alerts import Finding, Severity
from sentinel_tui.domain.monitoring.incidents import NO_LONGER_WATCHED
from sentinel_tui.domain.records import AlertRecord
from sentinel_tui.errors import StoreError
from sentinel_tui.store import models
from sentinel_tui.store.database import Database
from sentinel_tui.store.incidents import acknowledge_incident, follow
from sentinel_tui.store.rows import SELECT_ALERTS, alert_from_row


def raise_finding(
    db: Database,
    finding: Finding,
    service: str = "",
    check: str = "",
    *,
    now_ms: int | None = None,
) -> AlertRecord | None:
    """Open, raise or resolve the alert that a finding is about, and tell whom it concerns.

    Args:
        db: The store.
        finding: What holds, or no longer holds.
        service: The service's id; empty for Sentinel itself.
        check: The check's name, or empty.
        now_ms: Now, where the finding is dated back; None where it is of this moment.

    Returns:
        The alert as it now stands, or None when nothing about it changed.
    """
    alert = change_alert(db, finding, service, check)
    if alert is None:
        return None
    return follow(db, [alert], finding.at_ms if now_ms is None else now_ms)[0]


def change_alert(
    db: Database, finding: Finding, service: str = "", check: str = ""
) -> AlertRecord | None:
    """The alert's own part of `raise_finding`; whoever calls this has its incident follow.

    An alert that turns from WARNING to CRITICAL is no longer acknowledged: what was acknowledged
    was the lesser one.
    """
    row = db.row(
        SELECT_ALERTS + "WHERE fingerprint = ? AND resolved_ms IS NULL", (finding.fingerprint,)
    )
    before = alert_from_row(row) if row else None
    if before is None:
        return _open(db, finding, service, check) if finding.holds else None
    if not finding.holds:
        return _resolve(db, before, finding.at_ms, finding.reason)
    if before.severity is Severity.WARNING and finding.severity is Severity.CRITICAL:
        return _make_critical(db, before, finding)
    return None


def acknowledge(db: Database, alert_id: int, at_ms: int, by: str) -> AlertRecord:
    """Note that somebody takes care of an alert, and with it of its whole incident.

    Doing it again changes nothing while it counts.

    Args:
        db: The store.
        alert_id: The alert's number.
        at_ms: When.
        by: Who, such as `tui` or `cli`.

    Raises:
        StoreError: There is no such alert, or it is over.
    """
    alert = _alert(db, alert_id)
    if alert is None:
        raise StoreError(f"there is no alert {alert_id}", "`alerts all` lists them")
    if not alert.open:
        raise StoreError(f"alert {alert_id} is already over: {alert.resolution}")
    if alert.incident:
        acknowledge_incident(db, alert.incident, at_ms, by)
    elif alert.acknowledged_ms is None:
        db.write(
            "UPDATE alerts SET acknowledged_ms = ?, acknowledged_by = ? WHERE id = ?",
            (at_ms, by, alert_id),
        )
    return _known(db, alert_id)


def resolve_gone(db: Database, at_ms: int) -> list[AlertRecord]:
    """Resolve the open alerts of services and checks that are no longer configured."""
    checks = set(
        db.rows(
            "SELECT s.id, c.name FROM checks c JOIN services s ON s.key = c.service_key "
            "WHERE NOT c.gone AND NOT s.gone"
        )
    )
    watched = checks | {(service, "") for service, _ in checks} | {("", "")}
    rows = db.rows(SELECT_ALERTS + "WHERE resolved_ms IS NULL")
    gone = [
        _resolve(db, alert, at_ms, NO_LONGER_WATCHED)
        for alert in map(alert_from_row, rows)
        if (alert.service, alert.check) not in watched
    ]
    return follow(db, gone, at_ms)


def _open(db: Database, finding: Finding, service: str, check: str) -> AlertRecord:
    number = db.insert(
        models.Alert,
        fingerprint=finding.fingerprint,
        rule=finding.rule,
        severity=finding.severity,
        service=service,
        check_name=check,
        opened_ms=finding.at_ms,
        reason=finding.reason,
    )
    return _known(db, number)


def _resolve(db: Database, alert: AlertRecord, at_ms: int, resolution: str) -> AlertRecord:
    db.write(
        "UPDATE alerts SET resolved_ms = ?, resolution = ? WHERE id = ?",
        (max(at_ms, alert.opened_ms), resolution, alert.id),
    )
    return _known(db, alert.id)


def _make_critical(db: Database, alert: AlertRecord, finding: Finding) -> AlertRecord:
    db.write(
        "UPDATE alerts SET severity = ?, reason = ?, acknowledged_ms = NULL, "
        "acknowledged_by = NULL WHERE id = ?",
        (finding.severity, finding.reason, alert.id),
    )
    return _known(db, alert.id)


def _known(db: Database, alert_id: int) -> AlertRecord:
    alert = _alert(db, alert_id)
    assert alert is not None  # noqa: S101 (just read or written in this transaction)
    return alert


def _alert(db: Database, alert_id: int) -> AlertRecord | None:
    row = db.row(SELECT_ALERTS + "WHERE id = ?", (alert_id,))
    return alert_from_row(row) if row else None
