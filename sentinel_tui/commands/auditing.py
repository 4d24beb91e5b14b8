"""`audit`: who had what done to which service, why, when, and what came of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from sentinel_tui.commands.actions import find_action
from sentinel_tui.commands.answers import Answer, Table
from sentinel_tui.commands.confirming import money
from sentinel_tui.commands.spec import (
    ANY_SERVICE,
    WINDOW,
    Argument,
    ArgumentKind,
    Arguments,
    command,
    words,
)
from sentinel_tui.commands.standing import engine_data, find_engine, worst_exit
from sentinel_tui.commands.steps import SAID, action_data, action_words, audit_data
from sentinel_tui.commands.windows import Window
from sentinel_tui.commands.wording import counted, moment, since

if TYPE_CHECKING:
    from sentinel_tui.commands.context import Context
    from sentinel_tui.domain.autonomy.actions import Action, AuditEntry

_MONTH = Window(30 * 86_400)
_MOST_ROWS = 500
_ACTION = Argument(ArgumentKind.ACTION, "action N", after=words("action number numero no n°"))


@command(
    "audit",
    en="trail",
    fr="audit piste",
    arguments=(ANY_SERVICE, _ACTION, WINDOW),
)
def audit(context: Context, given: Arguments) -> Answer:
    """Tell who had what done, why, when, and what came of it."""
    if given.action is not None:
        return _one(context, find_action(context, given.action))
    store, engine = context.store, find_engine(context)
    window = given.window or _MONTH
    start_ms = context.now_ms - window.seconds * 1_000
    read = store.audit(limit=_MOST_ROWS)
    found = [one for one in read if one.at_ms >= start_ms and given.service in ("", one.service)]
    broken = store.broken_audit_entry()
    about = f", {given.service}" if given.service else ""
    title = f"{counted(len(found), 'step')} over the last {window.label}{about}"
    cut = len(read) == _MOST_ROWS and read[-1].at_ms >= start_ms
    return Answer(
        title=f"{title} (times in {context.zone})"
        if found
        else f"Nothing was done over the last {window.label}{about}",
        lines=(
            *([f"Only the newest {_MOST_ROWS} are looked through."] if cut else []),
            *(
                [f"`audit action {found[0].action}` tells one from its wish to its end."]
                if found
                else []
            ),
            chain_line(broken, read),
        ),
        table=Table(
            ("WHEN", "#", "SERVICE", "WHAT", "STEP", "BY", "WHY AND WHAT CAME OF IT"),
            tuple(_row(one, context) for one in found),
            numbers=frozenset({"#"}),
        ),
        data={
            "from_ms": start_ms,
            "until_ms": context.now_ms,
            "steps": [audit_data(one) for one in found],
            "broken_entry": broken,
            "complete": not cut,
            "engine": engine_data(engine),
        },
        exit_code=2 if broken is not None else worst_exit(0, engine),
    )


def chain_line(broken: int | None, read: Sequence[AuditEntry]) -> str:
    """Whether what is written still is as it was written."""
    if broken is not None:
        return (
            f"Entry {broken} is not as it was written: somebody changed the store by hand. What "
            "comes after it proves nothing."
        )
    if not read:
        return "Every action is written down here before it is sent, and never changed after."
    return f"Unchanged since it was written: digest {read[0].digest[:16]} of entry {read[0].id}."


def _one(context: Context, action: Action) -> Answer:
    engine = find_engine(context)
    steps = list(reversed(context.store.audit(action=action.id, limit=_MOST_ROWS)))
    broken = context.store.broken_audit_entry()
    return Answer(
        title=f"Action {action.id}, {action_words(action)}: it {SAID[action.step]} "
        f"(times in {context.zone})",
        lines=(*_facts(action, context), chain_line(broken, list(reversed(steps)))),
        table=Table(
            ("WHEN", "STEP", "BY", "WHAT HAPPENED"),
            tuple(
                (moment(one.at_ms, context.now_ms, context.zone), one.step, one.by, one.text)
                for one in steps
            ),
        ),
        data={
            **action_data(action),
            "steps": [audit_data(one) for one in steps],
            "broken_entry": broken,
            "engine": engine_data(engine),
        },
        exit_code=2 if broken is not None else worst_exit(0, engine),
    )


def _facts(action: Action, context: Context) -> list[str]:
    who = f"Wanted by {action.by}" + (" by itself" if action.automatic else "")
    lines = [f"{who} {since(action.created_ms, context.now_ms)} ago: {action.why}"]
    if action.approved_by:
        lines.append(f"Approved by {action.approved_by}.")
    if action.effect is not None:
        lines.append(f"What came of it: {action.effect}.")
    if action.remote:
        lines.append(f"At the platform: {action.remote}.")
    if action.euros_per_month:
        lines.append(f"Cost: {money(action.euros_per_month)}.")
    if action.undoes:
        lines.append(f"It takes back action {action.undoes}.")
    if action.incident:
        lines.append(f"`incident {action.incident}` is what it was to end.")
    return lines


def _row(one: AuditEntry, context: Context) -> tuple[str, ...]:
    return (
        moment(one.at_ms, context.now_ms, context.zone),
        str(one.action),
        one.service,
        one.verb,
        one.step,
        one.by,
        one.text,
    )
