"""A message as programs read it."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from typing import Any

from sentinel_tui.domain.notifying.notices import Message


def payload(message: Message) -> dict[str, Any]:
    """The message for JSON, laid out as Standard Webhooks recommends: type, timestamp, data.

    The same message always gives the same payload, however often it is tried.
    """
    created = datetime.fromtimestamp(message.created_ms / 1_000, UTC)
    return {
        "type": f"incident.{message.kind}",
        "timestamp": created.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        "data": {
            "key": message.key,
            "channel": message.channel,
            "severity": message.severity,
            "title": message.title,
            "body": message.body,
            "incidents": list(message.incidents),
        },
    }


def world_wide_id(message: Message) -> str:
    """32 hexadecimal digits that stay with a message over every try, and are no other's.

    The key alone is not enough where messages of many senders meet: a store that was begun anew
    counts its incidents from 1 again, and mailboxes drop what they take for a double.
    """
    return hashlib.sha256(f"{message.key} {message.created_ms}".encode()).hexdigest()[:32]
