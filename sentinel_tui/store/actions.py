"""Actions on disk: each step is a row of the audit, written with the step itself.

The row of an action says how it stands; the audit says how it came there, and is only ever added
to. Whoever gives these jobs to the writer gives them as durable ones: what is about to be sent
must be known after a power cut.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from sentinel_tui.domain.autonomy.actions import ENDED, Action, Freeze, Step, allowed
from sentinel_tui.errors import StoreError
from sentinel_tui.store import action_models, action_reading
from sentinel_tui.store.action_reading import (
    FIRST_DIGEST,
    SELECT_ACTIONS,
    action_from_row,
    action_values,
    digest_of,
)
from sentinel_tui.store.database import Database

_COLUMNS = (
    "key",
    "service",
    "verb",
    "author",
    "why",
    "automatic",
    "step",
    "created_ms",
    "arguments",
    "snapshot",
    "expires_ms",
    "approved_ms",
    "approved_by",
    "started_ms",
    "done_ms",
    "ended_ms",
    "remote",
    "effect",
    "note",
    "euros_per_month",
    "undoes",
    "incident_id",
)
"""In the order of `action_reading.action_values`."""

_ADD = (
    f"INSERT INTO actions ({', '.join(_COLUMNS)}) "  # noqa: S608 (own columns)
    f"VALUES ({', '.join('?' * len(_COLUMNS))})"
)
_CHANGE = (
    f"UPDATE actions SET {', '.join(f'{column} = ?' for column in _COLUMNS)} "  # noqa: S608 (own columns)
    "WHERE id = ?"
)


def propose(db: Database, action: Action) -> Action:
    """Write down an action that somebody wants, at whatever step it begins.

    Args:
        db: The store.
        action: The action; its number is given here.

    Returns:
        The action as stored, or the one that is there under the same key.
    """
    known = db.row(SELECT_ACTIONS + "WHERE key = ?", (action.key,))
    if known is not None:
        return action_from_row(known)
    begun = _dated(action, action.created_ms, action.by)
    db.write(_ADD, action_values(begun))
    (number,) = db.rows("SELECT last_insert_rowid()")[0]
    stored = replace(begun, id=number)
    _audit(db, stored, action.created_ms, action.by, action.why)
    return stored


def advance(
    db: Database, action_id: int, step: Step, at_ms: int, by: str, text: str, **changes: Any
) -> Action:
    """Bring an action to another step; one that is already there stays as it is.

    Args:
        db: The store.
        action_id: The action's number.
        step: The step it comes to. The instant that belongs to it (`approved_ms`, `started_ms`,
            `done_ms`, `ended_ms`) is noted by itself.
        at_ms: When.
        by: Who brought it there.
        text: What happened, in one line; it becomes the action's note.
        **changes: Other fields of the `Action` that change with it, such as `remote`.

    Raises:
        StoreError: There is no such action, or no such step from where it stands.
    """
    action = _known(db, action_id)
    if action.step is step:
        return action
    if not allowed(action.step, step):
        raise StoreError(
            f"action {action_id} ({action.verb} of {action.service}) is {action.step}; "
            f"it cannot become {step}",
            "`actions` shows how each one stands",
        )
    moved = _dated(replace(action, step=step, note=text, **changes), at_ms, by)
    db.write(_CHANGE, (*action_values(moved), action_id))
    _audit(db, moved, at_ms, by, text)
    return moved


def open_actions(db: Database) -> list[Action]:
    """The actions from which something may still follow, the oldest first."""
    return _actions(db, "WHERE ended_ms IS NULL ORDER BY id")


def recent_actions(db: Database, since_ms: int) -> list[Action]:
    """The actions that were wanted or begun at an instant or later, the oldest first."""
    return _actions(db, "WHERE created_ms >= ? OR started_ms >= ? ORDER BY id", since_ms, since_ms)


def action_by_id(db: Database, action_id: int) -> Action | None:
    """An action, or None when there is no such number."""
    return action_reading.action(db.raw, action_id)


def verify_audit(db: Database) -> int | None:
    """The number of the first entry of the audit that is not as it was written, or None."""
    return action_reading.broken_audit_entry(db.raw)


def freeze(db: Database, at_ms: int, by: str, reason: str) -> Freeze:
    """Stop all actions; where that is so already, the first freeze stands."""
    known = frozen(db)
    if known is not None:
        return known
    db.insert(action_models.Freeze, at_ms=at_ms, author=by, reason=reason)
    return Freeze(at_ms, by, reason)


def unfreeze(db: Database, at_ms: int, by: str) -> None:
    """Allow actions again; where nothing is frozen, nothing happens."""
    db.write(
        "UPDATE freezes SET ended_ms = ?, ended_by = ? WHERE ended_ms IS NULL",
        (at_ms, by),
    )


def frozen(db: Database) -> Freeze | None:
    """Who stopped all actions, or None."""
    return action_reading.frozen(db.raw)


def _known(db: Database, action_id: int) -> Action:
    action = action_by_id(db, action_id)
    if action is None:
        raise StoreError(f"there is no action {action_id}", "`actions` lists them")
    return action


def _actions(db: Database, which: str, *values: int) -> list[Action]:
    return [action_from_row(row) for row in db.rows(SELECT_ACTIONS + which, values)]


def _dated(action: Action, at_ms: int, by: str) -> Action:
    """The action with the instants that belong to its step, as far as they are not known."""
    match action.step:
        case Step.APPROVED:
            return replace(
                action,
                approved_ms=action.approved_ms or at_ms,
                approved_by=action.approved_by or by,
            )
        case Step.STARTED:
            return replace(action, started_ms=action.started_ms or at_ms)
        case Step.DONE:
            return replace(action, done_ms=action.done_ms or at_ms)
        case step if step in ENDED:
            return replace(action, ended_ms=action.ended_ms or at_ms)
        case _:
            return action


def _audit(db: Database, action: Action, at_ms: int, by: str, text: str) -> None:
    last = db.row("SELECT id, digest FROM audit ORDER BY id DESC LIMIT 1")
    number, before = last or (0, FIRST_DIGEST)
    said = (
        number + 1,
        at_ms,
        action.id,
        action.service,
        action.verb.value,
        action.step.value,
        by,
        text,
    )
    db.write(
        "INSERT INTO audit (id, at_ms, action_id, service, verb, step, author, text, digest) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (*said, digest_of(before, said)),
    )
