"""What is asked before something is done: the object, what it costs, and what follows from it.

The engine is asked what would become of the wish, without doing anything; so the question tells
what is known now, and what could never be done is refused before anybody is asked.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from sentinel_tui.commands.spec import Danger, Wanted
from sentinel_tui.domain.autonomy.policy import Answer as PolicyAnswer
from sentinel_tui.domain.autonomy.policy import Verb
from sentinel_tui.domain.autonomy.prices import CAVEAT, added_euros
from sentinel_tui.errors import EngineError

if TYPE_CHECKING:
    from sentinel_tui.commands.context import Context
    from sentinel_tui.commands.reading import Invocation

_CONSIDER_TIMEOUT_S = 30.0
"""The engine may have to ask the platform first."""


@dataclass(frozen=True, slots=True)
class Question:
    """What somebody has to say yes to.

    Attributes:
        title: What would be done to what: "Roll public back to dep-abc?"
        lines: What follows from it, what it costs, and what speaks against it.
        typed: The name to type instead of a yes, for what is dangerous; else empty.
    """

    title: str
    lines: tuple[str, ...] = ()
    typed: str = ""


def asks_first(read: Invocation) -> bool:
    """Whether a line runs only after a yes; a dry run changes nothing and needs none."""
    return read.spec.danger is Danger.CONFIRMED and not read.arguments.dry_run


def question_for(read: Invocation, context: Context) -> Question:
    """What is to be asked before a confirmed command runs.

    Raises:
        EngineError: It cannot be done as things stand, and why.
        SentinelError: There is no such action, or no engine to ask.
    """
    if read.spec.wants is None:
        return Question(f"{_sentence(read.text)}?")
    wanted = read.spec.wants(context, read.arguments)
    told = consider(context, wanted)
    if told["allowed"] == PolicyAnswer.REFUSE:
        raise EngineError(f"{read.text}: {told['reason']}", _instead(context, wanted))
    whole = replace(wanted, arguments=told.get("arguments", wanted.arguments))
    priced = _has_price(context, whole)
    typed = told["type"] if priced else wanted.service
    return Question(f"{_sentence(described(whole))}?", _lines(told, priced=priced), typed)


def consider(context: Context, wanted: Wanted) -> dict[str, Any]:
    """What would become of a wish: `allowed`, `reason`, `consequence`, `euros_per_month`, `type`.

    Raises:
        SentinelError: No engine answers, or it does not know the service.
    """
    wish = request(wanted)
    if wanted.undoes:
        wish["undoes"] = wanted.undoes
    return context.ask("consider", timeout_s=_CONSIDER_TIMEOUT_S, **wish)


def request(wanted: Wanted) -> dict[str, Any]:
    """A wish as the engine's verbs `consider` and `act` take it."""
    return {"service": wanted.service, "verb": wanted.verb.value, **wanted.arguments}


def described(wanted: Wanted) -> str:
    """A wish in words: "scale public to 2 instances"."""
    service, given = wanted.service, wanted.arguments
    match wanted.verb:
        case Verb.DEPLOY:
            commit = given.get("commit")
            return (
                f"deploy {'commit ' + str(commit) if commit else 'the newest commit'} to {service}"
            )
        case Verb.ROLLBACK:
            deploy = given.get("deploy")
            return f"roll {service} back to {deploy or 'its previous deploy'}"
        case Verb.SCALE:
            count = given.get("instances")
            return f"scale {service} to {count} instance{'' if count == 1 else 's'}"
        case Verb.PLAN:
            return f"put {service} on plan {given.get('plan')}"
        case Verb.AUTOSCALE:
            return _autoscaling(wanted)
        case Verb.AUTO_DEPLOY:
            return f"switch automatic deploys of {service} {'on' if given.get('on') else 'off'}"
        case Verb.SUSPEND:
            return f"suspend {service} at its platform"
        case Verb.RESUME:
            return f"resume {service} at its platform"
        case _:
            return f"{wanted.verb} {service}"


def money(euros_per_month: float) -> str:
    """What something adds to the monthly bill: "+7.00 € a month", "−7.00 €", "nothing"."""
    if not euros_per_month:
        return "nothing"
    sign = "+" if euros_per_month > 0 else "−"
    return f"{sign}{abs(euros_per_month):.2f} € a month ({CAVEAT})"


def _instead(context: Context, wanted: Wanted) -> str:
    """What else may help where a restart is refused."""
    sleepers = [one.id for one in context.reader.services() if one.sleeps] if context.reader else []
    if wanted.verb is Verb.RESTART and wanted.service in sleepers:
        return f"if it only sleeps: wake {wanted.service}"
    return ""


def _autoscaling(wanted: Wanted) -> str:
    given = wanted.arguments
    if given.get("on") is False:
        return f"switch autoscaling of {wanted.service} off"
    return f"let {wanted.service} scale itself between {given.get('least')} and {given.get('most')}"


def _has_price(context: Context, wanted: Wanted) -> bool:
    """Whether it is known what a wish costs; no price at all must not read like no cost."""
    hosted = context.reader.hosted().get(wanted.service) if context.reader else None
    return hosted is None or added_euros(wanted.verb, wanted.arguments, hosted) is not None


def _lines(told: dict[str, Any], *, priced: bool) -> tuple[str, ...]:
    lines = [f"{_sentence(told['consequence'])}."] if told["consequence"] else []
    cost = money(told["euros_per_month"]) if priced else "not known; the platform's page tells it"
    lines.append(f"Cost: {cost}.")
    if told["allowed"] != PolicyAnswer.DO and told["reason"]:
        lines.append(f"Against it: {told['reason']}.")
    return tuple(lines)


def _sentence(words: str) -> str:
    """Words with a capital in front; names further on keep theirs."""
    return words[:1].upper() + words[1:]
