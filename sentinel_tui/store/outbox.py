"""The outbox: from what is to be told to what a channel took.

A notice is written with what it tells of. `claim` turns the due notices of a channel into one
message and keeps it, before anything is sent; so an engine that dies in between finds the message
again, with the same key and the same text. Only a message that is known not to have arrived is put
together anew, so that an alarm and its recovery that both could not go out become one.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace

from sentinel_tui.domain.monitoring.alerts import Severity
from sentinel_tui.domain.monitoring.incidents import REOPEN_S
from sentinel_tui.domain.notifying.composing import Told, batch, compose
from sentinel_tui.domain.notifying.notices import Message, Notice, NoticeKind, NoticeStatus
from sentinel_tui.domain.notifying.pace import (
    GIVE_UP_S,
    GIVE_UP_TRIES,
    WINDOW_S,
    may_send,
    must_digest,
    retry_in_s,
)
from sentinel_tui.domain.notifying.planning import escalation
from sentinel_tui.errors import StoreError
from sentinel_tui.store import alert_models
from sentinel_tui.store.channels import (
    known_channels,
    refused,
    register_channels,
    resolve_alerts_of_gone,
    took,
)
from sentinel_tui.store.database import Database
from sentinel_tui.store.incidents import adopt, find_incident, incidents_since, load_incident
from sentinel_tui.store.outbox_reading import (
    SELECT_MESSAGES,
    SELECT_NOTICES,
    message_from_row,
    notice_from_row,
)
from sentinel_tui.store.queueing import add, queue, told

__all__ = [
    "claim",
    "delivered",
    "escalate",
    "failed",
    "queue_test",
    "register_channels",
    "tend",
]

_SETTLED_MS = 2 * round(REOPEN_S * 1_000)
"""So long after its end an incident is still looked at: nothing about it changes later."""


def tend(db: Database, now_ms: int) -> int | None:
    """Bring the outbox in line with the incidents as they stand now.

    Reminders, escalations, and what ends with time: silences, quiet hours, acknowledgements.

    Args:
        db: The store.
        now_ms: Now.

    Returns:
        When something is due next, which may be past; None when nothing waits.
    """
    resolve_alerts_of_gone(db, now_ms)
    adopt(db, now_ms)
    _follow_clock(db, now_ms)
    for incident in incidents_since(db, now_ms - _SETTLED_MS):
        queue(db, incident, now_ms)
    row = db.row(
        "SELECT min(at_ms) FROM (SELECT min(due_ms) AS at_ms FROM notifications "
        "WHERE status = 'queued' UNION ALL "
        "SELECT min(next_try_ms) FROM messages WHERE next_try_ms IS NOT NULL)"
    )
    return None if row is None or row[0] is None else int(row[0])


def escalate(db: Database, incident_id: int, now_ms: int) -> list[str]:
    """Take the next step of the escalation at once.

    Returns:
        The channels that are told.

    Raises:
        StoreError: There is no such incident, it is over, or there is nobody left to tell.
    """
    incident = load_incident(db, incident_id)
    if not incident.open:
        raise StoreError(f"incident {incident_id} is already over")
    notices = escalation(incident, told(db, incident_id), db.orders.policy, now_ms)
    if not notices:
        raise StoreError(
            f"incident {incident_id} has nobody left to be told",
            "[[notifications.escalation]] in the configuration names channels for it",
        )
    add(db, notices)
    return [notice.channel for notice in notices]


def queue_test(db: Database, channel: str, now_ms: int) -> str:
    """Queue a test message, which goes out before everything else and is tried once.

    Returns:
        The key of its message.

    Raises:
        StoreError: There is no such channel.
    """
    channels = known_channels(db)
    if channel not in channels:
        known = f"there is {', '.join(channels)}" if channels else "[[channels]] makes one"
        raise StoreError(f"there is no channel {channel!r}", known)
    key = f"0/{NoticeKind.TEST}/{now_ms}/{channel}"
    add(db, [Notice(key, 0, channel, NoticeKind.TEST, Severity.WARNING, now_ms, now_ms)])
    return key


def claim(db: Database, channel: str, now_ms: int, zone: str) -> Message | None:
    """The message that a channel is to send now; its commit must be durable before it is sent.

    Args:
        db: The store.
        channel: The channel's name.
        now_ms: Now.
        zone: IANA name of the zone in which times are told.

    Returns:
        The message, counted as tried once more; None when nothing is due, while a channel that
        failed is left alone, and while it had its fill. News ends such a pause with one more try.
    """
    due = _due(db, channel, now_ms)
    begun = _unfinished(db, channel)
    if begun is None or any(notice.kind is NoticeKind.TEST for notice in due):
        return _put_together(db, channel, due, None, now_ms, zone)
    waits = begun.next_try_ms is not None and begun.next_try_ms > now_ms
    unsure = not begun.error or _is_unsure(db, begun)
    if waits and (unsure or not _has_news(due, begun)):
        return None
    if unsure:
        return _try(db, begun)
    return _put_together(db, channel, due, begun, now_ms, zone)


def delivered(db: Database, key: str, at_ms: int) -> None:
    """Note that a channel took a message; what ended before stays as it is."""
    message = _message(db, key)
    if message is None or message.next_try_ms is None:
        return
    db.write(
        "UPDATE messages SET sent_ms = ?, next_try_ms = NULL, error = '' WHERE key = ?",
        (at_ms, key),
    )
    db.write(
        "UPDATE notifications SET status = ?, sent_ms = ? WHERE message_key = ?",
        (NoticeStatus.SENT, at_ms, key),
    )
    took(db, message.channel, at_ms)


def failed(
    db: Database,
    key: str,
    at_ms: int,
    error: str,
    *,
    final: bool,
    retry_after_s: float | None = None,
    jitter: float = 0.0,
    unsure: bool = False,
) -> None:
    """Note that a channel did not take a message: it is tried again later, or given up.

    It is given up when the channel refuses it for good, or has not taken it for a day. A test is
    given up at once: whoever asked for it has the answer.

    Args:
        db: The store.
        key: The message's key.
        at_ms: When.
        error: Why, in one line.
        final: Whether the channel would never take it.
        retry_after_s: When the receiver asked to be tried again, or None.
        jitter: Between -1 and 1; see `pace.retry_in_s`.
        unsure: Whether it may have arrived all the same.
    """
    message = _message(db, key)
    if message is None or message.next_try_ms is None:
        return
    # A try without an error is one that never ended.
    error = error or "it did not say why"
    aged = at_ms - message.created_ms >= GIVE_UP_S * 1_000
    expired = aged and message.attempts >= GIVE_UP_TRIES
    if final or expired or message.kind is NoticeKind.TEST:
        _give_up(db, message, error)
    else:
        wait_s = retry_in_s(message.attempts, jitter, retry_after_s)
        db.write(
            "UPDATE messages SET next_try_ms = ?, error = ?, unsure = unsure OR ? WHERE key = ?",
            (at_ms + round(wait_s * 1_000), error, unsure, key),
        )
    refused(db, message.channel, at_ms, error)


def _follow_clock(db: Database, now_ms: int) -> None:
    """Bring back what was written before the clock was set back: it would wait for that long."""
    db.write(
        "UPDATE notifications SET due_ms = due_ms - (created_ms - ?), created_ms = ? "
        "WHERE status = ? AND created_ms > ?",
        (now_ms, now_ms, NoticeStatus.QUEUED, now_ms),
    )
    db.write(
        "UPDATE messages SET next_try_ms = ? WHERE next_try_ms > ? AND created_ms > ?",
        (now_ms, now_ms, now_ms),
    )


def _put_together(
    db: Database,
    channel: str,
    due: Sequence[Notice],
    earlier: Message | None,
    now_ms: int,
    zone: str,
) -> Message | None:
    """The next message of a channel: what is due, and what an earlier one could not bring."""
    carried = _notices_of(db, earlier) if earlier else []
    sent_ms = _sent_ms(db, channel, now_ms)
    chosen = batch(_with_incidents(db, [*carried, *due]), digest=must_digest(sent_ms, now_ms))
    is_test = any(notice.kind is NoticeKind.TEST for notice, _ in chosen)
    if not chosen or not (is_test or may_send(sent_ms, now_ms)):
        return None
    if earlier is None:
        return _begin(db, compose(chosen, now_ms, zone, db.orders.names), chosen)
    if {notice.key for notice, _ in chosen} == {notice.key for notice in carried}:
        return _try(db, earlier)
    _withdraw(db, earlier)
    message = compose(chosen, now_ms, zone, db.orders.names)
    # The channel is as patient, and as short of patience, as it was.
    return _begin(db, replace(message, attempts=earlier.attempts), chosen)


def _begin(db: Database, message: Message, told_of: Sequence[Told]) -> Message:
    """Keep a message before it is sent, under a key that none had before."""
    taken = db.row("SELECT 1 FROM messages WHERE key = ?", (message.key,))
    key = f"{message.key}/{message.created_ms}" if taken else message.key
    begun = replace(message, key=key, attempts=message.attempts + 1)
    db.insert(
        alert_models.Message,
        key=key,
        channel=begun.channel,
        severity=begun.severity,
        kind=begun.kind,
        title=begun.title,
        body=begun.body,
        incidents=json.dumps(begun.incidents),
        created_ms=begun.created_ms,
        attempts=begun.attempts,
        next_try_ms=begun.next_try_ms,
    )
    db.write_many(
        "UPDATE notifications SET status = ?, message_key = ? WHERE key = ?",
        ((NoticeStatus.SENDING, key, notice.key) for notice, _ in told_of),
    )
    return begun


def _try(db: Database, message: Message) -> Message:
    """Count one more try. Where the last one never ended, nobody knows whether it arrived."""
    db.write(
        "UPDATE messages SET attempts = attempts + 1, unsure = unsure OR error = '', error = '' "
        "WHERE key = ?",
        (message.key,),
    )
    return replace(message, attempts=message.attempts + 1, error="")


def _withdraw(db: Database, message: Message) -> None:
    """Take back a message that the channel did not take; its notices go out in another."""
    db.write(
        "UPDATE messages SET next_try_ms = NULL, error = ? WHERE key = ?",
        (f"told together with what followed; {message.error}", message.key),
    )
    db.write(
        "UPDATE notifications SET status = ?, message_key = '' WHERE message_key = ?",
        (NoticeStatus.QUEUED, message.key),
    )


def _give_up(db: Database, message: Message, error: str) -> None:
    db.write(
        "UPDATE messages SET next_try_ms = NULL, dead = 1, error = ? WHERE key = ?",
        (error, message.key),
    )
    db.write(
        "UPDATE notifications SET status = ? WHERE message_key = ?",
        (NoticeStatus.DEAD, message.key),
    )


def _due(db: Database, channel: str, now_ms: int) -> list[Notice]:
    rows = db.rows(
        SELECT_NOTICES + "WHERE channel = ? AND status = 'queued' AND due_ms <= ? "
        "ORDER BY due_ms, rowid",
        (channel, now_ms),
    )
    return [notice_from_row(row) for row in rows]


def _has_news(due: Sequence[Notice], begun: Message) -> bool:
    """Whether something fell due since a message was put together that is worth another try.

    What was put together again holds it, so that each piece of news ends one pause and no more.
    """
    return any(
        notice.due_ms > begun.created_ms and notice.kind is not NoticeKind.REMINDER
        for notice in due
    )


def _notices_of(db: Database, message: Message) -> list[Notice]:
    rows = db.rows(SELECT_NOTICES + "WHERE message_key = ? ORDER BY rowid", (message.key,))
    return [notice_from_row(row) for row in rows]


def _with_incidents(db: Database, notices: Sequence[Notice]) -> list[Told]:
    """Notices with what they are about, but for what was lost with a damaged store."""
    found = {number: find_incident(db, number) for number in {one.incident for one in notices}}
    return [
        (notice, found[notice.incident])
        for notice in notices
        if found[notice.incident] is not None or notice.kind is NoticeKind.TEST
    ]


def _unfinished(db: Database, channel: str) -> Message | None:
    """The message that a channel has begun and not ended, a test before any other."""
    row = db.row(
        SELECT_MESSAGES + "WHERE channel = ? AND next_try_ms IS NOT NULL "
        "ORDER BY kind <> ?, created_ms LIMIT 1",
        (channel, NoticeKind.TEST),
    )
    return message_from_row(row) if row else None


def _is_unsure(db: Database, message: Message) -> bool:
    """Whether one of its tries never ended, so that it may have arrived."""
    row = db.row("SELECT unsure FROM messages WHERE key = ?", (message.key,))
    return row is not None and bool(row[0])


def _message(db: Database, key: str) -> Message | None:
    row = db.row(SELECT_MESSAGES + "WHERE key = ?", (key,))
    return message_from_row(row) if row else None


def _sent_ms(db: Database, channel: str, now_ms: int) -> list[int]:
    """When a channel took its last messages."""
    rows = db.rows(
        "SELECT sent_ms FROM messages WHERE channel = ? AND sent_ms > ?",
        (channel, now_ms - round(WINDOW_S * 1_000)),
    )
    return [row[0] for row in rows]
