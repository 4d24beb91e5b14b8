"""Actions: what waits for a yes, what is under way, what came of it, and saying yes or no."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sentinel_tui.commands.answers import Answer, Table
from sentinel_tui.commands.attending import frozen_lines, is_frozen
from sentinel_tui.commands.confirming import described, money, request
from sentinel_tui.commands.spec import (
    ANY_SERVICE,
    Argument,
    ArgumentKind,
    Arguments,
    Danger,
    Wanted,
    command,
    words,
)
from sentinel_tui.commands.standing import engine_data, find_engine, worst_exit
from sentinel_tui.commands.steps import (
    SAID,
    action_data,
    action_words,
    standing_exit,
    step_exit,
    wanted_of,
)
from sentinel_tui.commands.wording import counted, moment, until
from sentinel_tui.domain.autonomy.actions import Step
from sentinel_tui.errors import UsageError

if TYPE_CHECKING:
    from sentinel_tui.commands.context import Context
    from sentinel_tui.domain.autonomy.actions import Action

ACT_TIMEOUT_S = 60.0
"""The platform is asked how things are, then to act, and each may take ten seconds."""

_MOST_ROWS = 50
_ACTION = Argument(ArgumentKind.ACTION, "N", required=True)
_ALSO_ENDED = Argument(ArgumentKind.CHOICE, "all", choices={"all": words("all past toutes tout")})
_OPEN = (Step.PROPOSED, Step.WAITING)


def act(context: Context, given: Arguments, wanted: Wanted) -> Answer:
    """Have something done at a service's platform, and tell how far it came.

    Args:
        context: What commands work with.
        given: The arguments of the command.
        wanted: What is to be done.

    Raises:
        SentinelError: The engine refuses, or none answers.
    """
    dry_run = {"dry_run": True} if given.dry_run else {}
    wish = {**request(wanted), **dry_run}
    result = context.ask("act", timeout_s=ACT_TIMEOUT_S, **wish)
    return _told(described(wanted), result)


@command(
    "actions",
    en="action approvals",
    fr="actions approbations",
    arguments=(_ALSO_ENDED, ANY_SERVICE),
    fillers="open waiting en-cours",
)
def actions(context: Context, given: Arguments) -> Answer:
    """Show what waits for your yes or is under way, or all."""
    store = context.store
    found = store.actions(open_only=not given.choice, service=given.service, limit=_MOST_ROWS)
    engine = find_engine(context)
    code = max((standing_exit(one.step) for one in found if not one.ended), default=0)
    return Answer(
        title=_list_title(found, given, context),
        lines=(*frozen_lines(context), *_list_lines(found)),
        table=Table(
            ("#", "WHAT", "BY", "SINCE", "STEP", "WHY AND WHAT CAME OF IT"),
            tuple(_row(one, context) for one in found),
            numbers=frozenset({"#"}),
        ),
        data={
            "actions": [action_data(one) for one in found],
            "waiting": sum(1 for one in found if one.step in _OPEN),
            "frozen": is_frozen(context),
            "complete": len(found) < _MOST_ROWS,
            "engine": engine_data(engine),
        },
        exit_code=worst_exit(code, engine),
    )


def _approved(context: Context, given: Arguments) -> Wanted:
    return wanted_of(find_action(context, given.action or 0))


@command(
    "approve",
    en="allow",
    fr="approuve approuver autorise autoriser",
    arguments=(_ACTION,),
    danger=Danger.CONFIRMED,
    acts=True,
    fillers="action number numero no n°",
    wants=_approved,
)
def approve(context: Context, given: Arguments) -> Answer:
    """Say yes to an action that waits for it."""
    action = find_action(context, given.action or 0)
    result = context.ask("approve", timeout_s=ACT_TIMEOUT_S, action=action.id)
    return _told(action_words(action), result)


@command(
    "reject",
    en="refuse decline",
    fr="rejette rejeter refuse refuser",
    arguments=(_ACTION,),
    danger=Danger.SPELLED_OUT,
    acts=True,
    fillers="action number numero no n°",
)
def reject(context: Context, given: Arguments) -> Answer:
    """Say no to an action that waits for a yes."""
    action = find_action(context, given.action or 0)
    result = context.ask("reject", action=action.id)
    return Answer(
        title=f"Action {action.id}, {action_words(action)}, is taken back; nothing was changed.",
        data={**action_data(action), **result},
    )


def _undone(context: Context, given: Arguments) -> Wanted:
    from sentinel_tui.domain.autonomy.undoing import undo_of

    action = find_action(context, given.action or 0)
    undo = undo_of(action, action.snapshot)
    if undo is None:
        raise UsageError(
            f"action {action.id}, {action_words(action)}, cannot be taken back",
            "`audit` tells what it did",
        )
    verb, arguments = undo
    return Wanted(action.service, verb, arguments, undoes=action.id)


@command(
    "undo",
    en="take-back",
    fr="annule annuler",
    arguments=(_ACTION,),
    danger=Danger.CONFIRMED,
    acts=True,
    fillers="action number numero no n°",
    wants=_undone,
)
def undo(context: Context, given: Arguments) -> Answer:
    """Take an action back, as far as it can be."""
    wanted = _undone(context, given)
    result = context.ask("undo", timeout_s=ACT_TIMEOUT_S, action=given.action)
    return _told(described(wanted), result)


def find_action(context: Context, number: int) -> Action:
    """An action by its number.

    Raises:
        UsageError: There is none.
    """
    found = context.store.action(number)
    if found is None:
        raise UsageError(f"there is no action {number}", "`actions all` shows those there are")
    return found


def _told(what: str, result: dict[str, Any]) -> Answer:
    step = Step(result["step"])
    note = result.get("note", "")
    number = result["action"]
    lines = [note] if note else []
    if step in _OPEN:
        lines.append(f"`approve {number}` says yes to it, `reject {number}` no.")
    elif step is not Step.DRY_RUN:
        lines.append(f"`audit {number}` tells how it goes on.")
    return Answer(
        title=f"{what[:1].upper()}{what[1:]}: action {number} {SAID[step]}.",
        lines=tuple(lines),
        data=result,
        exit_code=step_exit(step),
    )


def _list_title(found: list[Action], given: Arguments, context: Context) -> str:
    about = f", {given.service}" if given.service else ""
    if not found:
        kind = "was ever acted on" if given.choice else "waits for a yes or is under way"
        return f"Nothing {kind}{about}"
    kind = "" if given.choice else " open"
    return (
        f"{counted(len(found), f'action{kind}', f'actions{kind}')}{about} (times in {context.zone})"
    )


def _list_lines(found: list[Action]) -> list[str]:
    waiting = [one.id for one in found if one.step in _OPEN]
    if not waiting:
        return []
    return [f"`approve {waiting[0]}` says yes to number {waiting[0]}, `reject {waiting[0]}` no."]


def _row(one: Action, context: Context) -> tuple[str, ...]:
    parts = [one.why]
    if one.euros_per_month:
        parts.append(money(one.euros_per_month))
    if one.note and one.note != one.why:
        parts.append(one.note)
    if one.step in _OPEN and one.expires_ms is not None:
        parts.append(f"your yes counts until {until(one.expires_ms, context.now_ms)}")
    return (
        str(one.id),
        action_words(one),
        one.by,
        moment(one.created_ms, context.now_ms, context.zone),
        one.step,
        "; ".join(part for part in parts if part),
    )
