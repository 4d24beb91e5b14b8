"""What an incident brings into the outbox, written in the transaction of what it tells of.

`planning` decides; here it is shown what there is, and what it decides is written down. Both are
repeatable: the same incident asked about twice adds nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from sentinel_tui.domain.monitoring.alerts import Rule
from sentinel_tui.domain.monitoring.incidents import REOPEN_S, Incident
from sentinel_tui.domain.monitoring.matching import matches
from sentinel_tui.domain.monitoring.silences import Silence, SilenceKind
from sentinel_tui.domain.monitoring.states import State
from sentinel_tui.domain.notifying.notices import Notice, NoticeStatus
from sentinel_tui.domain.notifying.planning import Standing, plan
from sentinel_tui.domain.notifying.policy import NotifyPolicy, Orders
from sentinel_tui.domain.records import AlertRecord
from sentinel_tui.store.database import Database
from sentinel_tui.store.outbox_reading import SELECT_NOTICES, notice_from_row
from sentinel_tui.store.rows import SELECT_ALERTS, alert_from_row
from sentinel_tui.store.silencing import active

_DOUBT_MS = round(1.6 * REOPEN_S * 1_000)
"""So long after its end an incident may be in doubt: until a relapse that would bring it back is
confirmed, and not until it is looked at no more."""

_ADD = (
    "INSERT OR IGNORE INTO notifications (key, incident_id, channel, kind, severity, created_ms, "
    "due_ms, status, sent_ms, message_key) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
)


def queue(db: Database, incident: Incident, now_ms: int) -> None:
    """Write the notices that an incident still lacks, and drop those that are no longer news."""
    open_alerts = [
        alert_from_row(row)
        for row in db.rows(
            SELECT_ALERTS + "WHERE incident_id = ? AND resolved_ms IS NULL", (incident.id,)
        )
    ]
    standing = _standing(open_alerts, active(db, now_ms), db.orders)
    planned = plan(
        incident,
        told(db, incident.id),
        _sparing_the_broken(db.orders.policy, open_alerts),
        replace(standing, in_doubt=_is_in_doubt(db, incident, now_ms)),
        now_ms,
        tags=db.orders.tags,
    )
    drop(db, planned.dropped)
    if planned.new:
        gone = {name for (name,) in db.rows("SELECT name FROM channels WHERE gone")}
        add(db, (notice for notice in planned.new if notice.channel not in gone))


def told(db: Database, incident_id: int) -> list[Notice]:
    """All notices of an incident, in the order in which they were written."""
    rows = db.rows(SELECT_NOTICES + "WHERE incident_id = ? ORDER BY rowid", (incident_id,))
    return [notice_from_row(row) for row in rows]


def add(db: Database, notices: Iterable[Notice]) -> None:
    """Write notices; one that is already there stays as it is."""
    db.write_many(
        _ADD,
        (
            (
                notice.key,
                notice.incident,
                notice.channel,
                notice.kind,
                notice.severity,
                notice.created_ms,
                notice.due_ms,
                notice.status,
                notice.sent_ms,
                notice.message,
            )
            for notice in notices
        ),
    )


def drop(db: Database, keys: Iterable[str]) -> None:
    """Mark queued notices as no longer news."""
    db.write_many(
        "UPDATE notifications SET status = ? WHERE key = ? AND status = ?",
        ((NoticeStatus.DROPPED, key, NoticeStatus.QUEUED) for key in keys),
    )


def hurry(db: Database, now_ms: int) -> None:
    """Try at once what could not go out: the reason for that may be over."""
    db.write("UPDATE messages SET next_try_ms = ? WHERE next_try_ms > ?", (now_ms, now_ms))


def _sparing_the_broken(policy: NotifyPolicy, alerts: Sequence[AlertRecord]) -> NotifyPolicy:
    """The policy without the channels of which the alerts say that they take no messages.

    A channel that could be told that it does not work would have nothing to be told.
    """
    broken = {alert.fingerprint for alert in alerts if alert.rule is Rule.CHANNEL}
    if not broken:
        return policy
    channels = (one for one in policy.channels if f"{Rule.CHANNEL}/{one.name}" not in broken)
    return replace(policy, channels=tuple(channels))


def _standing(
    alerts: Sequence[AlertRecord], silences: Sequence[Silence], orders: Orders
) -> Standing:
    """What lies over an incident: a silence that covers only some of its alerts hides none."""
    maintenance = [one for one in silences if one.kind is SilenceKind.MAINTENANCE]
    return Standing(
        silenced=_all_covered(alerts, silences, orders),
        maintenance=_all_covered(alerts, maintenance, orders),
        rules=tuple(dict.fromkeys(alert.rule for alert in alerts)),
    )


def _is_in_doubt(db: Database, incident: Incident, now_ms: int) -> bool:
    """Whether a service that just recovered fails again, until that is confirmed or was a blip."""
    if incident.resolved_ms is None or now_ms - incident.resolved_ms >= _DOUBT_MS:
        return False
    rows = db.rows("SELECT id FROM services WHERE state = ?", (State.SUSPECT.value,))
    return any(service in incident.services for (service,) in rows)


def _all_covered(
    alerts: Sequence[AlertRecord], silences: Sequence[Silence], orders: Orders
) -> bool:
    return bool(alerts) and all(
        any(_covers(silence, alert, orders) for silence in silences) for alert in alerts
    )


def _covers(silence: Silence, alert: AlertRecord, orders: Orders) -> bool:
    return matches(
        silence.match,
        service=alert.service,
        tags=orders.tags.get(alert.service, ()),
        rule=alert.rule,
        severity=alert.severity,
    )
