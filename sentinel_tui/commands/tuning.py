"""`tune`: what Sentinel changed by itself from data, and taking it back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sentinel_tui.commands.answers import Answer, Table
from sentinel_tui.commands.spec import Argument, ArgumentKind, Arguments, command, words
from sentinel_tui.commands.standing import engine_data, find_engine, worst_exit
from sentinel_tui.commands.wording import counted, moment
from sentinel_tui.domain.autonomy.actions import Knob, Tuning
from sentinel_tui.errors import UsageError
from sentinel_tui.text import format_duration

if TYPE_CHECKING:
    from sentinel_tui.commands.context import Context

_UNDO = Argument(
    ArgumentKind.CHOICE, "undo", choices={"undo": words("undo annule annuler defais")}, acts=True
)
_TUNING = Argument(ArgumentKind.TUNING, "N", follows=ArgumentKind.CHOICE)
_SECONDS = frozenset({Knob.INTERVAL, Knob.WAKE_LEAD})


@command(
    "tune",
    en="tuning tunings",
    fr="réglage réglages",
    arguments=(_UNDO, _TUNING),
    fillers="number numero no n°",
)
def tune(context: Context, given: Arguments) -> Answer:
    """Show what was tuned from data and why, or undo one."""
    if given.choice:
        return _take_back(context, given.tuning)
    found, engine = context.store.tunings(), find_engine(context)
    live = [one for one in found if one.undone_ms is None]
    title = f"{counted(len(found), 'tuning')}, {len(live)} in force (times in {context.zone})"
    return Answer(
        title=title if found else "Nothing was tuned: everything is as you configured it",
        lines=(f"`tune undo {live[0].id}` takes number {live[0].id} back.",) if live else (),
        table=Table(
            ("#", "WHEN", "SERVICE", "WHAT", "FROM", "TO", "WHY"),
            tuple(_row(one, context) for one in found),
            numbers=frozenset({"#", "FROM", "TO"}),
        ),
        data={
            "tunings": [tuning_data(one) for one in found],
            "live": len(live),
            "engine": engine_data(engine),
        },
        exit_code=worst_exit(0, engine),
    )


def tuning_data(one: Tuning) -> dict[str, Any]:
    """A change that Sentinel made by itself, for programs."""
    return {
        "id": one.id,
        "service": one.service,
        "check": one.check,
        "knob": one.knob,
        "before": one.before,
        "after": one.after,
        "why": one.why,
        "at_ms": one.at_ms,
        "undone_ms": one.undone_ms,
        "undone_by": one.undone_by,
    }


def _take_back(context: Context, number: int | None) -> Answer:
    if number is None:
        raise UsageError("tune undo needs the number of a tuning", "`tune` shows them")
    result = context.ask("undo_tuning", tuning=number)
    return Answer(
        title=f"Tuning {number} is taken back; what you configured holds again.",
        data={"tuning": number, **result},
    )


def _row(one: Tuning, context: Context) -> tuple[str, ...]:
    why = one.why
    if one.undone_ms is not None:
        at = moment(one.undone_ms, context.now_ms, context.zone)
        why += f" (taken back at {at} by {one.undone_by})"
    return (
        str(one.id),
        moment(one.at_ms, context.now_ms, context.zone),
        f"{one.service}/{one.check}" if one.check else one.service,
        one.knob.replace("_", " "),
        _value(one.knob, one.before),
        _value(one.knob, one.after),
        why,
    )


def _value(knob: Knob, value: float) -> str:
    return format_duration(value) if knob in _SECONDS else f"{value:g}"
