"""The notification channels: which there are, and how they do."""

from __future__ import annotations

from collections.abc import Sequence

from sentinel_tui.domain.monitoring.alerts import Finding, Rule, Severity, fingerprint
from sentinel_tui.domain.notifying.notices import NoticeStatus
from sentinel_tui.store.alerting import raise_finding
from sentinel_tui.store.database import Database

_GONE = "SELECT name FROM channels WHERE gone"


def register_channels(db: Database, channels: Sequence[tuple[str, str]]) -> None:
    """Bring the channels in line with the configuration.

    What waits for a channel that was taken out is told to nobody any more.

    Args:
        db: The store.
        channels: Name and kind of each, in the owner's order.
    """
    db.write("UPDATE channels SET gone = 1")
    db.write_many(
        "INSERT INTO channels (name, kind, error, gone) VALUES (?, ?, '', 0) "
        "ON CONFLICT (name) DO UPDATE SET kind = excluded.kind, gone = 0",
        channels,
    )
    db.write(
        "UPDATE channels SET failing_since_ms = NULL, error = '' WHERE gone",
    )
    # Whoever changed the configuration may just have mended what kept them waiting.
    db.write("UPDATE messages SET next_try_ms = created_ms WHERE next_try_ms IS NOT NULL")
    db.write(
        f"UPDATE messages SET next_try_ms = NULL, error = 'the channel was taken out' "  # noqa: S608 (own words)
        f"WHERE next_try_ms IS NOT NULL AND channel IN ({_GONE})"
    )
    db.write(
        f"UPDATE notifications SET status = ? WHERE status IN (?, ?) AND channel IN ({_GONE})",  # noqa: S608 (own words)
        (NoticeStatus.DROPPED, NoticeStatus.QUEUED, NoticeStatus.SENDING),
    )


def known_channels(db: Database) -> list[str]:
    """The names of the channels that are configured."""
    return [name for (name,) in db.rows("SELECT name FROM channels WHERE NOT gone ORDER BY rowid")]


def took(db: Database, channel: str, at_ms: int) -> None:
    """A channel took a message: it works, and what waits for it need not wait any longer."""
    db.write(
        "UPDATE channels SET last_sent_ms = ?, failing_since_ms = NULL, error = '' WHERE name = ?",
        (at_ms, channel),
    )
    db.write(
        "UPDATE messages SET next_try_ms = ? WHERE channel = ? AND next_try_ms > ?",
        (at_ms, channel, at_ms),
    )


def refused(db: Database, channel: str, at_ms: int, error: str) -> None:
    """A channel did not take a message."""
    db.write(
        "UPDATE channels SET failing_since_ms = coalesce(failing_since_ms, ?), error = ? "
        "WHERE name = ?",
        (at_ms, error, channel),
    )


def resolve_alerts_of_gone(db: Database, at_ms: int) -> None:
    """End the alerts of channels that are no longer configured."""
    for (name,) in db.rows(_GONE):
        over = Finding(
            fingerprint=fingerprint(Rule.CHANNEL, "", detail=name),
            rule=Rule.CHANNEL,
            holds=False,
            severity=Severity.WARNING,
            at_ms=at_ms,
            reason="no longer configured",
        )
        raise_finding(db, over)
