"""Actions in words and for programs: what they are, and how far they have come."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from sentinel_tui.commands.confirming import described
from sentinel_tui.commands.spec import Wanted
from sentinel_tui.domain.autonomy.actions import Step

if TYPE_CHECKING:
    from sentinel_tui.domain.autonomy.actions import Action, AuditEntry

SAID: Mapping[Step, str] = {
    Step.PROPOSED: "is only proposed; nothing happens unless you approve it",
    Step.WAITING: "waits for your yes",
    Step.APPROVED: "is about to be sent",
    Step.STARTED: "was sent; whether the platform did it is being found out",
    Step.DONE: "is done; whether it helped is being watched",
    Step.VERIFIED: "is done, and did what it was for",
    Step.HELPLESS: "is done, and did not help",
    Step.WORSE: "is done, and made things worse",
    Step.FAILED: "was refused by the platform; nothing was changed",
    Step.NOT_EXECUTED: "never reached the platform; nothing was changed",
    Step.UNKNOWN: "may or may not have been done; look at the platform's own page",
    Step.CANCELLED: "was cancelled before it was sent; nothing was changed",
    Step.EXPIRED: "was not answered in time; nothing was changed",
    Step.DRY_RUN: "would have been sent now; nothing was changed",
}
"""What each step means to whoever reads it."""

_WELL = frozenset({Step.APPROVED, Step.STARTED, Step.DONE, Step.VERIFIED, Step.DRY_RUN})
_SEEN_TO = frozenset({Step.CANCELLED, Step.EXPIRED})


def step_exit(step: Step) -> int:
    """What a command that ends with this step exits with: 0 well, 1 look at it, 2 made it worse."""
    if step in (Step.WORSE, Step.UNKNOWN):
        return 2
    return 0 if step in _WELL else 1


def standing_exit(step: Step) -> int:
    """The same for a list of what there is: what was taken back needs no look any more."""
    return 0 if step in _SEEN_TO else step_exit(step)


def wanted_of(action: Action) -> Wanted:
    """What an action does, as commands describe it."""
    return Wanted(action.service, action.verb, action.arguments)


def action_words(action: Action) -> str:
    """An action in words: "scale public to 2 instances"."""
    return described(wanted_of(action))


def action_data(action: Action) -> dict[str, Any]:
    """An action, open or past, for programs."""
    return {
        "id": action.id,
        "service": action.service,
        "verb": action.verb,
        "arguments": dict(action.arguments),
        "by": action.by,
        "why": action.why,
        "automatic": action.automatic,
        "step": action.step,
        "created_ms": action.created_ms,
        "expires_ms": action.expires_ms,
        "approved_ms": action.approved_ms,
        "approved_by": action.approved_by,
        "started_ms": action.started_ms,
        "done_ms": action.done_ms,
        "ended_ms": action.ended_ms,
        "remote": action.remote,
        "effect": action.effect,
        "note": action.note,
        "euros_per_month": action.euros_per_month,
        "undoes": action.undoes,
        "incident": action.incident,
    }


def audit_data(entry: AuditEntry) -> dict[str, Any]:
    """One step of one action, for programs."""
    return {
        "id": entry.id,
        "at_ms": entry.at_ms,
        "action": entry.action,
        "service": entry.service,
        "verb": entry.verb,
        "step": entry.step,
        "by": entry.by,
        "text": entry.text,
        "digest": entry.digest,
    }
