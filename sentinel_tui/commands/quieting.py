"""Silences and maintenance: what nobody is to be told of, or somebody is working on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sentinel_tui.commands.answers import Answer, Table
from sentinel_tui.commands.records import silence_data
from sentinel_tui.commands.spec import Argument, ArgumentKind, Arguments, Danger, command, words
from sentinel_tui.commands.standing import engine_data, find_engine, worst_exit
from sentinel_tui.commands.wording import counted, end_of, listed, moment
from sentinel_tui.domain.monitoring.matching import check_match
from sentinel_tui.domain.monitoring.silences import Silence, SilenceKind
from sentinel_tui.errors import UsageError

if TYPE_CHECKING:
    from sentinel_tui.commands.context import Context

_MOST_ROWS = 100
_MATCH = Argument(ArgumentKind.MATCH, "MATCH", required=True)
_DURATION = Argument(ArgumentKind.DURATION, "for 2h", required=True)
_UNTIL_HEALTHY = Argument(
    ArgumentKind.UNTIL_HEALTHY, "until healthy", instead_of=ArgumentKind.DURATION
)
_BECAUSE = Argument(
    ArgumentKind.TEXT,
    "because WHY",
    after=words("because car parce que reason raison"),
    follows=ArgumentKind.MATCH,
)
_ALSO_ENDED = Argument(ArgumentKind.CHOICE, "all", choices={"all": words("all past tout toutes")})
_SILENCE = Argument(ArgumentKind.SILENCE, "N", required=True)
_CONSEQUENCES = {
    SilenceKind.SILENCE: "Watching goes on and alerts open; nobody is told but of recoveries.",
    SilenceKind.MAINTENANCE: (
        "Looks go on, outside uptime, and open no alerts; at the end it is looked at at once."
    ),
}


@command(
    "silence",
    en="mute",
    fr="silence sourdine",
    arguments=(_MATCH, _DURATION, _UNTIL_HEALTHY, _BECAUSE),
    danger=Danger.SPELLED_OUT,
    acts=True,
    fillers="alerts alertes",
)
def silence(context: Context, given: Arguments) -> Answer:
    """Tell nobody about some services for a while; watching goes on."""
    return _lay(SilenceKind.SILENCE, context, given)


@command(
    "maintenance",
    en="maintain",
    fr="maintenance entretien",
    arguments=(_MATCH, _DURATION, _UNTIL_HEALTHY, _BECAUSE),
    danger=Danger.SPELLED_OUT,
    acts=True,
)
def maintenance(context: Context, given: Arguments) -> Answer:
    """Put services into maintenance: outside uptime, no alerts."""
    return _lay(SilenceKind.MAINTENANCE, context, given)


@command(
    "unsilence",
    en="unmute",
    fr="désilence",
    arguments=(_SILENCE,),
    danger=Danger.SPELLED_OUT,
    acts=True,
    fillers="silence maintenance number numero no n°",
)
def unsilence(context: Context, given: Arguments) -> Answer:
    """End a silence or a maintenance early."""
    result = context.ask("unsilence", silence=given.silence)
    return Answer(
        title=f"Silence {given.silence} has ended; what it held back is told again.",
        data={"silence": given.silence, **result},
    )


@command(
    "silences",
    en="mutes",
    fr="silences sourdines",
    arguments=(_ALSO_ENDED,),
    fillers="open active current en-cours maintenance",
)
def silences(context: Context, given: Arguments) -> Answer:
    """Show the silences and maintenances that go on, or all."""
    at_ms = None if given.choice else context.now_ms
    found = context.store.silences(active_at_ms=at_ms, limit=_MOST_ROWS)
    engine = find_engine(context)
    title = counted(len(found), "silence or maintenance", "silences and maintenances")
    title += "" if given.choice else " going on"
    return Answer(
        title=f"{title} (times in {context.zone})" if found else "Nothing is silenced",
        lines=("`unsilence 3` ends number 3 early.",) if found else (),
        table=Table(
            ("#", "WHAT", "COVERS", "SINCE", "UNTIL", "BY", "WHY"),
            tuple(_row(one, context) for one in found),
            numbers=frozenset({"#"}),
        ),
        data={
            "silences": [silence_data(one) for one in found],
            "complete": len(found) < _MOST_ROWS,
            "engine": engine_data(engine),
        },
        exit_code=worst_exit(0, engine),
    )


def _lay(kind: SilenceKind, context: Context, given: Arguments) -> Answer:
    _check(given.match)
    until_ms = None
    wanted: dict[str, Any] = {"match": given.match}
    if given.duration is not None:
        until_ms = context.now_ms + given.duration.seconds * 1_000
        wanted["until_ms"] = until_ms
    if given.until_healthy:
        wanted["until_healthy"] = True
    if given.text:
        wanted["reason"] = given.text
    result = context.ask(kind.value, **wanted)
    what = "silenced" if kind is SilenceKind.SILENCE else "in maintenance"
    return Answer(
        title=f"{given.match} is {what} {_until(until_ms, given.until_healthy, context)}.",
        lines=(
            _covered_line(given.match, result["services"]),
            f"{_CONSEQUENCES[kind]} `unsilence {result['silence']}` ends it early.",
        ),
        data=result,
    )


def _check(match: str) -> None:
    try:
        check_match(match)
    except ValueError as error:
        raise UsageError(str(error), "write it like: curator, tag:shop, rule:degraded") from None


def _covered_line(match: str, services: list[str]) -> str:
    if services:
        return f"It covers {listed(services)}."
    if "rule:" in match or "severity:" in match:
        return "It covers single alerts, no service as a whole."
    return "No service has that name or tag as things stand; `status` shows their names."


def _until(until_ms: int | None, until_healthy: bool, context: Context) -> str:
    parts = []
    if until_healthy:
        parts.append("until it is healthy")
    if until_ms is not None:
        at = moment(until_ms, context.now_ms, context.zone)
        parts.append(f"until {at}" if not parts else f"at the latest until {at}")
    return ", ".join(parts)


def _row(one: Silence, context: Context) -> tuple[str, ...]:
    return (
        str(one.id),
        one.kind,
        one.match or "everything",
        moment(one.start_ms, context.now_ms, context.zone),
        end_of(one, context.now_ms, context.zone),
        one.by,
        one.reason,
    )
