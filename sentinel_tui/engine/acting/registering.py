"""What becomes of a want, ruled and written down in one transaction.

So two wants never pass the same guard, and what the rules count is what is written.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from sentinel_tui.domain.autonomy.actions import Action, Step
from sentinel_tui.domain.autonomy.policy import APPROVAL_MS, DAY_MS, Answer, Ruling, Wish
from sentinel_tui.engine.acting.deciding import Deciding, Standing
from sentinel_tui.engine.acting.journal import name, note, write_step
from sentinel_tui.engine.acting.wants import Want
from sentinel_tui.errors import EngineError
from sentinel_tui.store import actions as rows
from sentinel_tui.store.database import Database

_SUGGESTED_FOR_MS = DAY_MS
_STEPS = {
    Answer.DO: Step.APPROVED,
    Answer.ASK: Step.WAITING,
    Answer.SUGGEST: Step.PROPOSED,
}
"""Where an action begins, by what was ruled; what is refused becomes none."""


@dataclass(frozen=True, slots=True)
class Decision:
    """What becomes of a want.

    Attributes:
        ruling: What was decided, and why.
        action: The action it became, or None where it became none.
    """

    ruling: Ruling
    action: Action | None


def register(
    db: Database, deciding: Deciding, want: Want, standing: Standing, euros_per_month: float
) -> Decision:
    """Rule on a want and write down what it becomes, inside a job of the writer.

    Args:
        db: The store.
        deciding: Applies the owner's rules.
        want: What is wanted; its key is looked for first.
        standing: How things stand.
        euros_per_month: What it adds to the monthly bill.
    """
    now_ms = standing.surroundings.now_ms
    known = deciding.known(db, want.key)
    if known is not None and known.step is not Step.PROPOSED:
        return Decision(Ruling(Answer.DO, known.note), known)
    wish = wish_of(want, euros_per_month)
    ruling = deciding.ruling(db, wish, standing.surroundings, but=(want.undoes,))
    step = _STEPS.get(ruling.answer)
    if step is None:
        return Decision(ruling, known)
    if known is not None:
        return Decision(ruling, _upgraded(db, known, step, ruling, now_ms))
    action = rows.propose(db, _action(want, standing, step, ruling, euros_per_month))
    if action.incident:
        note(db, action, now_ms, want.by)
    return Decision(ruling, action)


def register_yes(
    db: Database, deciding: Deciding, action: Action, standing: Standing, by: str
) -> Action:
    """Write down the owner's yes to an action, inside a job of the writer.

    Raises:
        EngineError: It may not be done now, or waited too long.
    """
    now = standing.surroundings
    ruling = deciding.ruling(db, Wish(action.service, action.verb, by_owner=True), now)
    if ruling.answer is not Answer.DO:
        raise EngineError(f"{name(action)} may not be done now: {ruling.reason}")
    if action.expires_ms is not None and action.expires_ms <= now.now_ms:
        raise EngineError(f"{name(action)} waited too long for a yes", "ask for it again")
    return write_step(
        db,
        action_id=action.id,
        step=Step.APPROVED,
        at_ms=now.now_ms,
        by=by,
        text=f"{by} said yes",
    )


def wish_of(want: Want, euros_per_month: float) -> Wish:
    """A want as the rules know it."""
    return Wish(
        want.service,
        want.verb,
        by_owner=not want.automatic,
        euros_per_month=euros_per_month,
    )


def _upgraded(db: Database, known: Action, step: Step, ruling: Ruling, now_ms: int) -> Action:
    """A suggestion that what kept it back no longer keeps back."""
    if step is Step.PROPOSED:
        return known
    return write_step(
        db,
        action_id=known.id,
        step=step,
        at_ms=now_ms,
        by=known.by,
        text=ruling.reason,
        expires_ms=now_ms + APPROVAL_MS,
    )


def _action(
    want: Want, standing: Standing, step: Step, ruling: Ruling, euros_per_month: float
) -> Action:
    now_ms = standing.surroundings.now_ms
    expires_ms = {
        Step.WAITING: now_ms + APPROVAL_MS,
        Step.PROPOSED: now_ms + _SUGGESTED_FOR_MS,
    }
    action = Action(
        id=0,
        key=want.key,
        service=want.service,
        verb=want.verb,
        by=want.by,
        why=want.why,
        automatic=want.automatic,
        step=step,
        created_ms=now_ms,
        arguments=want.arguments,
        snapshot=standing.snapshot,
        expires_ms=expires_ms.get(step),
        note=ruling.reason,
        euros_per_month=euros_per_month,
        undoes=want.undoes,
        incident=want.incident,
    )
    if want.dry_run and step is Step.APPROVED:
        return replace(action, step=Step.DRY_RUN, note="it would have been done now")
    return action
