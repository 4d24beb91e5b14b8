"""What was told and what waits to be told, and how the channels do that carry it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from sentinel_tui.domain.monitoring.alerts import Severity
from sentinel_tui.domain.notifying.notices import (
    ChannelHealth,
    Message,
    Notice,
    NoticeKind,
    NoticeStatus,
)
from sentinel_tui.store.driver import Connection

SELECT_NOTICES = (
    "SELECT key, incident_id, channel, kind, severity, created_ms, due_ms, status, sent_ms, "
    "message_key FROM notifications "
)
"""Reads notices with the columns in the order of a `Notice`'s fields."""

SELECT_MESSAGES = (
    "SELECT key, channel, severity, title, body, kind, incidents, created_ms, attempts, "
    "next_try_ms, sent_ms, error, dead FROM messages "
)
"""Reads messages with the columns in the order of a `Message`'s fields."""

_CHANNELS = (
    "SELECT name, kind, last_sent_ms, failing_since_ms, error, "
    "(SELECT count(*) FROM notifications WHERE channel = name AND status = 'queued') + "
    "(SELECT count(*) FROM messages WHERE channel = name AND next_try_ms IS NOT NULL), "
    "(SELECT count(*) FROM messages WHERE channel = name AND dead) "
    "FROM channels WHERE NOT gone ORDER BY name"
)


def notices(connection: Connection, incident_id: int | None, limit: int) -> list[Notice]:
    """See `queries.Reader.notices`."""
    # Spelt out, so that those of one incident are found by their index.
    where, values = ("", ()) if incident_id is None else ("WHERE incident_id = ? ", (incident_id,))
    sql = SELECT_NOTICES + where + "ORDER BY created_ms DESC, key DESC LIMIT ?"
    return [notice_from_row(row) for row in connection.execute(sql, (*values, limit)).fetchall()]


def messages(
    connection: Connection, channel: str, limit: int, since_ms: int | None
) -> list[Message]:
    """See `queries.Reader.messages`."""
    sql = SELECT_MESSAGES + (
        "WHERE (? = '' OR channel = ?) AND (? IS NULL OR created_ms >= ?) "
        "ORDER BY created_ms DESC, key DESC LIMIT ?"
    )
    rows = connection.execute(sql, (channel, channel, since_ms, since_ms, limit)).fetchall()
    return [message_from_row(row) for row in rows]


def channels(connection: Connection) -> list[ChannelHealth]:
    """See `queries.Reader.channels`."""
    return [ChannelHealth(*row) for row in connection.execute(_CHANNELS).fetchall()]


def notice_from_row(row: Sequence[Any]) -> Notice:
    """The notice in a row of `SELECT_NOTICES`."""
    key, incident, channel, kind, severity, created_ms, due_ms, status, *rest = row
    return Notice(
        key,
        incident,
        channel,
        NoticeKind(kind),
        Severity(severity),
        created_ms,
        due_ms,
        NoticeStatus(status),
        *rest,
    )


def message_from_row(row: Sequence[Any]) -> Message:
    """The message in a row of `SELECT_MESSAGES`."""
    return Message(
        key=row[0],
        channel=row[1],
        severity=Severity(row[2]),
        title=row[3],
        body=row[4],
        kind=NoticeKind(row[5]),
        incidents=tuple(json.loads(row[6])),
        created_ms=row[7],
        attempts=row[8],
        next_try_ms=row[9],
        sent_ms=row[10],
        error=row[11],
        dead=bool(row[12]),
    )
