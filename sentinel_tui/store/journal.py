"""What happened beside the looks: intents, events, gaps, and how the engine is."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import Any

from sentinel_tui.domain.records import EngineRecord, EntryKind
from sentinel_tui.store import models
from sentinel_tui.store.database import Database
from sentinel_tui.store.layout import Mark
from sentinel_tui.store.marks import lower_mark

STARTED = "started"
"""The status of an intent that has not ended."""

ABANDONED = "abandoned"
"""The status of an intent whose engine was killed before it ended."""


@dataclass(frozen=True, slots=True)
class IntentRecord:
    """Something somebody wanted changed.

    Attributes:
        id: Its number.
        verb: What was wanted, such as `wake`.
        service: Of which service, or empty.
        status: `started`, or the status it was finished with.
        result: What came of it; empty until then.
    """

    id: int
    verb: str
    service: str
    status: str
    result: dict[str, Any]


def begin_intent(
    db: Database,
    *,
    key: str | None,
    verb: str,
    service: str,
    arguments: dict[str, Any],
    source: str,
    at_ms: int,
) -> int:
    """Write down what is wanted before it takes effect.

    Args:
        db: The store.
        key: Makes the wish unique: the same key again yields the first one's row. None for none.
        verb: What is wanted.
        service: Of which service, or empty.
        arguments: With which arguments.
        source: Who wants it, such as `tui` or `cli`.
        at_ms: Since when.

    Returns:
        The intent's number.
    """
    known = db.row("SELECT id FROM intents WHERE key = ?", (key,)) if key else None
    if known:
        return int(known[0])
    return db.insert(
        models.Intent,
        key=key or None,
        verb=verb,
        service=service,
        arguments=json.dumps(arguments),
        source=source,
        status=STARTED,
        created_ms=at_ms,
    )


def finish_intent(
    db: Database, intent_id: int, status: str, result: dict[str, Any], at_ms: int
) -> None:
    """Write down how an intent ended; what ended stays as it is."""
    db.write(
        "UPDATE intents SET status = ?, result = ?, finished_ms = ? "
        "WHERE id = ? AND finished_ms IS NULL",
        (status, json.dumps(result), at_ms, intent_id),
    )


def abandon_intents(db: Database, before_ms: int) -> None:
    """Close what an engine that was killed had begun: nobody knows any more what came of it.

    Args:
        db: The store.
        before_ms: Since when another engine watches; what was wanted from it stays open.
    """
    result = json.dumps({"error": "Sentinel ended before this was done", "hint": "ask again"})
    db.write(
        "UPDATE intents SET status = ?, result = ?, finished_ms = ? "
        "WHERE finished_ms IS NULL AND created_ms < ?",
        (ABANDONED, result, before_ms, before_ms),
    )


def intent(db: Database, intent_id: int) -> IntentRecord | None:
    """An intent as it stands, for whoever asks with the same key again; None if unknown."""
    row = db.row("SELECT id, verb, service, status, result FROM intents WHERE id = ?", (intent_id,))
    if row is None:
        return None
    number, verb, service, status, result = row
    return IntentRecord(number, verb, service, status, json.loads(result))


def add_event(db: Database, at_ms: int, kind: EntryKind, text: str, service: str = "") -> None:
    """Add a line to the timeline."""
    db.insert(models.Event, at_ms=at_ms, kind=kind, service=service, text=text)


def add_gap(db: Database, from_ms: int, to_ms: int, reason: str) -> None:
    """Note that Sentinel was not watching between two instants; nothing there counts as uptime."""
    if from_ms < to_ms:
        db.insert(models.Gap, from_ms=from_ms, to_ms=to_ms, reason=reason)
        lower_mark(db, Mark.COUNTED, from_ms)


def beat(db: Database, engine: EngineRecord) -> None:
    """Replace what the engine last said about itself."""
    db.write(
        "INSERT OR REPLACE INTO engine (id, pid, host, version, started_ms, beat_ms, stopped_ms, "
        "lag_s, config_error, trouble, workers) VALUES (1, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            engine.pid,
            engine.host,
            engine.version,
            engine.started_ms,
            engine.beat_ms,
            engine.stopped_ms,
            engine.lag_s,
            engine.config_error,
            engine.trouble,
            json.dumps([asdict(worker) for worker in engine.workers]),
        ),
    )


def last_beat_ms(db: Database) -> int | None:
    """When an engine of this store last showed life, or None."""
    row = db.row("SELECT beat_ms FROM engine WHERE id = 1")
    return int(row[0]) if row else None
