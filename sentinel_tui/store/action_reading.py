"""Actions with their audit, what Sentinel tuned, and whether the owner stopped it all."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from typing import Any

from sentinel_tui.domain.autonomy.actions import (
    Action,
    AuditEntry,
    Freeze,
    Knob,
    Snapshot,
    Step,
    Tuning,
)
from sentinel_tui.domain.autonomy.policy import Verb
from sentinel_tui.domain.autonomy.verification import Effect
from sentinel_tui.store.driver import Connection

FIRST_DIGEST = ""
"""What stands before the first entry of the audit."""

SELECT_ACTIONS = (
    "SELECT id, key, service, verb, author, why, automatic, step, created_ms, arguments, snapshot, "
    "expires_ms, approved_ms, approved_by, started_ms, done_ms, ended_ms, remote, effect, note, "
    "euros_per_month, undoes, incident_id FROM actions "
)
"""Reads actions with the columns in the order of an `Action`'s fields."""

SELECT_TUNINGS = (
    "SELECT service, check_name, knob, before, after, why, at_ms, id, undone_ms, undone_by "
    "FROM tunings "
)
"""Reads tunings with the columns in the order of a `Tuning`'s fields."""

SELECT_AUDIT = "SELECT id, at_ms, action_id, service, verb, step, author, text, digest FROM audit "
"""Reads the audit with the columns in the order of an `AuditEntry`'s fields."""

_UNAUDITED = (
    "SELECT 1 FROM actions WHERE step IS NOT (SELECT step FROM audit "
    "WHERE action_id = actions.id ORDER BY audit.id DESC LIMIT 1) LIMIT 1"
)


def actions(connection: Connection, *, open_only: bool, service: str, limit: int) -> list[Action]:
    """See `queries.Reader.actions`."""
    still_open = "WHERE ended_ms IS NULL " if open_only else "WHERE 1 "
    sql = SELECT_ACTIONS + still_open + "AND (? = '' OR service = ?) ORDER BY id DESC LIMIT ?"
    rows = connection.execute(sql, (service, service, limit)).fetchall()
    return [action_from_row(row) for row in rows]


def action(connection: Connection, action_id: int) -> Action | None:
    """See `queries.Reader.action`."""
    rows = connection.execute(SELECT_ACTIONS + "WHERE id = ?", (action_id,)).fetchall()
    return action_from_row(rows[0]) if rows else None


def audit(connection: Connection, action_id: int | None, limit: int) -> list[AuditEntry]:
    """See `queries.Reader.audit`."""
    which = "" if action_id is None else "WHERE action_id = :action "
    sql = SELECT_AUDIT + which + "ORDER BY id DESC LIMIT :limit"
    values = {"limit": limit} if action_id is None else {"action": action_id, "limit": limit}
    return [_entry(row) for row in connection.execute(sql, values).fetchall()]


def broken_audit_entry(connection: Connection) -> int | None:
    """See `queries.Reader.broken_audit_entry`."""
    before, place = FIRST_DIGEST, 0
    for place, row in enumerate(connection.execute(SELECT_AUDIT + "ORDER BY id").fetchall(), 1):
        *said, digest = row
        if row[0] != place or digest_of(before, said) != digest:
            return place
        before = digest
    # Entries cut off at the end leave the rest whole, but the actions further than it tells.
    return place + 1 if connection.execute(_UNAUDITED).fetchall() else None


def tunings(connection: Connection, *, live_only: bool) -> list[Tuning]:
    """See `queries.Reader.tunings`."""
    which = "WHERE undone_ms IS NULL " if live_only else ""
    rows = connection.execute(SELECT_TUNINGS + which + "ORDER BY id DESC").fetchall()
    return [tuning_from_row(row) for row in rows]


def frozen(connection: Connection) -> Freeze | None:
    """See `queries.Reader.frozen`."""
    sql = "SELECT at_ms, author, reason FROM freezes WHERE ended_ms IS NULL ORDER BY id LIMIT 1"
    rows = connection.execute(sql).fetchall()
    return Freeze(*rows[0]) if rows else None


def digest_of(before: str, said: Sequence[int | str]) -> str:
    """What seals an entry of the audit: a hash over it and the seal of the one before.

    Args:
        before: The digest of the entry before, or `FIRST_DIGEST`.
        said: The entry's columns up to its text, in the order of `SELECT_AUDIT`.

    Returns:
        SHA-256 in hex.
    """
    sealed = json.dumps([before, *said], ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(sealed.encode()).hexdigest()


def action_values(one: Action) -> tuple[int | float | str | None, ...]:
    """An action as values for its columns after `id`, in the order of `SELECT_ACTIONS`."""
    snapshot = one.snapshot
    return (
        one.key,
        one.service,
        one.verb.value,
        one.by,
        one.why,
        int(one.automatic),
        one.step.value,
        one.created_ms,
        json.dumps(dict(one.arguments)),
        json.dumps(
            {
                "live_deploy": snapshot.live_deploy,
                "instances": snapshot.instances,
                "plan": snapshot.plan,
                "suspended": snapshot.suspended,
                "auto_deploy": snapshot.auto_deploy,
            }
        ),
        one.expires_ms,
        one.approved_ms,
        one.approved_by,
        one.started_ms,
        one.done_ms,
        one.ended_ms,
        one.remote,
        None if one.effect is None else one.effect.value,
        one.note,
        one.euros_per_month,
        one.undoes,
        one.incident,
    )


def action_from_row(row: Sequence[Any]) -> Action:
    """The action in a row of `SELECT_ACTIONS`."""
    number, key, service, verb, by, why, automatic, step, created_ms, *rest = row
    arguments, snapshot, *instants, remote, effect, note, euros, undoes, incident = rest
    expires_ms, approved_ms, approved_by, started_ms, done_ms, ended_ms = instants
    return Action(
        id=number,
        key=key,
        service=service,
        verb=Verb(verb),
        by=by,
        why=why,
        automatic=bool(automatic),
        step=Step(step),
        created_ms=created_ms,
        arguments=json.loads(arguments),
        snapshot=Snapshot(**json.loads(snapshot)),
        expires_ms=expires_ms,
        approved_ms=approved_ms,
        approved_by=approved_by,
        started_ms=started_ms,
        done_ms=done_ms,
        ended_ms=ended_ms,
        remote=remote,
        effect=None if effect is None else Effect(effect),
        note=note,
        euros_per_month=euros,
        undoes=undoes,
        incident=incident,
    )


def tuning_from_row(row: Sequence[Any]) -> Tuning:
    """The tuning in a row of `SELECT_TUNINGS`."""
    service, check, knob, *rest = row
    return Tuning(service, check, Knob(knob), *rest)


def _entry(row: Sequence[Any]) -> AuditEntry:
    number, at_ms, action_id, service, verb, step, *rest = row
    return AuditEntry(number, at_ms, action_id, service, Verb(verb), Step(step), *rest)
