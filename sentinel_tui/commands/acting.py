"""Commands that ask the engine for something about a service, an alert or an incident."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sentinel_tui.commands.answers import Answer, Table
from sentinel_tui.commands.spec import (
    ANY_SERVICE,
    INCIDENT,
    SERVICE,
    Argument,
    ArgumentKind,
    Arguments,
    Danger,
    command,
    words,
)
from sentinel_tui.commands.wording import exit_code, listed, moment, signed
from sentinel_tui.domain.monitoring.states import State
from sentinel_tui.text import format_duration, format_latency

if TYPE_CHECKING:
    from sentinel_tui.commands.context import Context

_LOOK_TIMEOUT_S = 90.0
"""The longest check deadline, and time for looks that are already under way."""

_WAKE_TIMEOUT_S = 630.0
"""A little more than the longest wake timeout that can be configured."""

_DURATION = Argument(ArgumentKind.DURATION, "for 2h")
_ALERT = Argument(ArgumentKind.ALERT, "ALERT", required=True)
_OR_INCIDENT = Argument(
    ArgumentKind.INCIDENT,
    "incident N",
    after=words("incident number numero no n°"),
    instead_of=ArgumentKind.ALERT,
)
_VERSION = Argument(ArgumentKind.TEXT, "VERSION", follows=ArgumentKind.SERVICE)
_NOTE = Argument(ArgumentKind.TEXT, "TEXT", required=True, follows=ArgumentKind.INCIDENT)


@command(
    "probe",
    en="check test look",
    fr="sonde sonder vérifie vérifier teste tester",
    arguments=(ANY_SERVICE,),
    acts=True,
    fillers="now maintenant tout tous everything every",
)
def probe(context: Context, given: Arguments) -> Answer:
    """Look at a service now, or at all of them."""
    wanted = {"service": given.service} if given.service else {}
    looks = context.ask("probe", timeout_s=_LOOK_TIMEOUT_S, **wanted)["looks"]
    states = [State(look["state"]) for look in looks]
    good = sum(1 for look in looks if look["outcome"] in ("ok", "slow"))
    return Answer(
        title=f"{good} of {len(looks)} looks went well" if looks else "There is nothing to look at",
        table=Table(
            ("SERVICE", "CHECK", "SAW", "LATENCY", "STATE", "ERROR"),
            tuple(
                (
                    look["service"],
                    look["check"],
                    look["outcome"],
                    format_latency(look["latency_ms"]),
                    signed(State(look["state"])),
                    look["error"],
                )
                for look in looks
            ),
            numbers=frozenset({"LATENCY"}),
        ),
        data={"looks": looks},
        exit_code=exit_code(states),
    )


@command(
    "wake",
    en="awaken rouse",
    fr="réveille réveiller réveillez",
    arguments=(SERVICE,),
    acts=True,
    waits="the service to answer",
    fillers="up now maintenant",
)
def wake(context: Context, given: Arguments) -> Answer:
    """Wake a sleeping service, and wait until it answers."""
    result = context.ask("wake", timeout_s=_WAKE_TIMEOUT_S, service=given.service)
    state = State(result["state"])
    return Answer(
        title=_woken(given.service, state, result),
        lines=(f"It said: {result['error']}",) if result["error"] else (),
        data=result,
        exit_code=exit_code([state]),
    )


@command(
    "pause",
    en="hold",
    fr="interromps interrompre",
    arguments=(SERVICE, _DURATION),
    danger=Danger.SPELLED_OUT,
    acts=True,
)
def pause(context: Context, given: Arguments) -> Answer:
    """Stop looking at a service, for good or a while."""
    until_ms = None
    if given.duration is not None:
        until_ms = context.now_ms + given.duration.seconds * 1_000
    result = context.ask("pause", service=given.service, until_ms=until_ms)
    return Answer(
        title=f"{given.service} is paused {_until(until_ms, context)}.",
        lines=(
            f"No looks, no alerts, no wakes until then; `resume {given.service}` ends it early."
            if until_ms is not None
            else f"No looks, no alerts, no wakes until `resume {given.service}`.",
        ),
        data={"service": given.service, "until_ms": until_ms, **result},
    )


@command(
    "resume",
    en="unpause continue",
    fr="reprends reprendre reprend continue continuer",
    arguments=(SERVICE,),
    acts=True,
    fillers="watching surveillance surveiller",
)
def resume(context: Context, given: Arguments) -> Answer:
    """Look at a paused service again."""
    result = context.ask("resume", service=given.service)
    return Answer(
        title=f"{given.service} is watched again.",
        data={"service": given.service, **result},
    )


@command(
    "ack",
    en="acknowledge",
    fr="acquitte acquitter acquittez",
    arguments=(_ALERT, _OR_INCIDENT),
    danger=Danger.SPELLED_OUT,
    acts=True,
    fillers="alert alerte number numero no n°",
)
def ack(context: Context, given: Arguments) -> Answer:
    """Acknowledge an alert or an incident; it stays open."""
    if given.incident is not None:
        result = context.ask("acknowledge", incident=given.incident)
        return Answer(
            title=f"Incident {given.incident} is acknowledged; it stays open until its cause is "
            "gone.",
            lines=("No reminders until it ends, gets worse or the acknowledgement runs out.",),
            data={"incident": given.incident, **result},
        )
    result = context.ask("acknowledge", alert=given.alert)
    return Answer(
        title=f"Alert {given.alert} is acknowledged; it stays open until its cause is gone.",
        data={"alert": given.alert, **result},
    )


@command(
    "note",
    en="jot",
    fr="note noter notez",
    arguments=(INCIDENT, _NOTE),
    danger=Danger.SPELLED_OUT,
    acts=True,
    fillers="add write down ajoute ajouter ecris number numero no n° incident",
)
def note(context: Context, given: Arguments) -> Answer:
    """Write a note down in the timeline of an incident."""
    result = context.ask("note", incident=given.incident, text=given.text)
    return Answer(
        title=f"Noted in incident {given.incident}.",
        data={"incident": given.incident, "text": given.text, **result},
    )


@command(
    "deployed",
    en="deploy-done released",
    fr="deploye livre",
    arguments=(SERVICE, _VERSION),
    danger=Danger.SPELLED_OUT,
    acts=True,
)
def deployed(context: Context, given: Arguments) -> Answer:
    """Note in the timeline that a service was deployed just now."""
    result = context.ask("deployed", service=given.service, text=given.text)
    return Answer(
        title=f"Noted that {given.service} was deployed.",
        lines=("Incidents that begin soon after show it in their timeline.",),
        data={"service": given.service, "text": given.text, **result},
    )


@command(
    "escalate",
    en="escalation",
    fr="escalade escalader",
    arguments=(INCIDENT,),
    danger=Danger.SPELLED_OUT,
    acts=True,
    fillers="number numero no n° incident now maintenant",
)
def escalate(context: Context, given: Arguments) -> Answer:
    """Tell the channels of the next escalation step now."""
    result = context.ask("escalate", incident=given.incident)
    channels = result.get("channels", [])
    told = f"is told to {listed(channels)}" if channels else "has no further step to take"
    return Answer(
        title=f"Incident {given.incident} {told}.",
        lines=() if channels else ("[[notifications.escalation]] names who else is told.",),
        data={"incident": given.incident, **result},
    )


def _woken(service: str, state: State, result: dict[str, Any]) -> str:
    if state is not State.UP:
        return f"{service} is {signed(state)}."
    if result["cold_start_ms"] is None:
        return f"{service} is awake; it answered in {format_latency(result['latency_ms'])}."
    return f"{service} is awake; that took {format_duration(result['cold_start_ms'] / 1_000)}."


def _until(until_ms: int | None, context: Context) -> str:
    if until_ms is None:
        return "until you resume it"
    return f"until {moment(until_ms, context.now_ms, context.zone)}"
