"""Each step of an action on its way into the store, and what the owner hears of it.

A step, the audit entry that belongs to it and the note on the incident that it is about are one
durable transaction: whatever is cut off, they tell the same story.
"""

from __future__ import annotations

from functools import partial
from typing import Any

from sentinel_tui.clock import Clock
from sentinel_tui.domain.autonomy.actions import Action, Step
from sentinel_tui.domain.monitoring.alerts import Finding, Rule, Severity, fingerprint
from sentinel_tui.engine.own_alerts import OwnAlerts
from sentinel_tui.store import actions as rows
from sentinel_tui.store.database import Database
from sentinel_tui.store.recorder import add_note
from sentinel_tui.store.writer import StoreWriter

SENTINEL = "sentinel"
"""Who brings an action on, where it is neither the owner nor one of the workers."""


class Journal:
    """Writes steps of actions down."""

    def __init__(self, clock: Clock, writer: StoreWriter, own_alerts: OwnAlerts) -> None:
        """Write nothing yet.

        Args:
            clock: The time.
            writer: The store's writing side.
            own_alerts: Told of actions that a human has to see to.
        """
        self._clock = clock
        self._writer = writer
        self._own_alerts = own_alerts

    async def advance(
        self, action: Action, step: Step, text: str, by: str = SENTINEL, **changes: Any
    ) -> Action:
        """Bring an action to another step, and return only when a power cut cannot undo that.

        Raises:
            StoreError: It cannot come there from where it stands, or cannot be written.
        """
        job = partial(
            write_step,
            action_id=action.id,
            step=step,
            at_ms=self._clock.now_ms(),
            by=by,
            text=text,
            **changes,
        )
        return await self._writer.run(job, durable=True)

    def call_for_help(self, action: Action) -> None:
        """Raise an alert about an action that a human has to see to."""
        self._tell(action, holds=True, reason=f"{name(action)} is {action.step}: {action.note}")

    def end_call(self, action: Action, reason: str) -> None:
        """End the alert about what was done to the service of an action; harmless without one."""
        self._tell(action, holds=False, reason=reason)

    def _tell(self, action: Action, *, holds: bool, reason: str) -> None:
        finding = Finding(
            fingerprint=fingerprint(Rule.ACTION, action.service),
            rule=Rule.ACTION,
            holds=holds,
            severity=Severity.WARNING,
            at_ms=self._clock.now_ms(),
            reason=reason,
        )
        self._own_alerts.tell(finding, action.service)


def write_step(
    db: Database, *, action_id: int, step: Step, at_ms: int, by: str, text: str, **changes: Any
) -> Action:
    """Bring an action to another step, inside a job of the writer; see `store.actions.advance`."""
    before = rows.action_by_id(db, action_id)
    action = rows.advance(db, action_id, step, at_ms, by, text, **changes)
    if action.incident and before is not None and before.step is not step:
        note(db, action, at_ms, by)
    return action


def note(db: Database, action: Action, at_ms: int, by: str) -> None:
    """Write on the incident of an action how far it has come."""
    words = f"{name(action)} (action {action.id}) is {action.step}"
    text = f"{words}: {action.note}" if action.note else words
    add_note(db, action.incident, at_ms, by, text)


def name(action: Action) -> str:
    """An action in a few words, such as `restart of public`."""
    return f"{action.verb} of {action.service}"
