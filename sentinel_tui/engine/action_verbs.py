"""Verbs about what is done to services: act, consider, approve, reject, undo, freeze, tune."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import asdict, replace
from functools import partial
from uuid import uuid4

from sentinel_tui.clock import Clock
from sentinel_tui.domain.autonomy.actions import Action
from sentinel_tui.domain.autonomy.policy import Verb
from sentinel_tui.domain.hosting import DeployStatus
from sentinel_tui.engine.acting.freezing import Freezing
from sentinel_tui.engine.acting.journal import name
from sentinel_tui.engine.acting.registering import Decision
from sentinel_tui.engine.acting.tunings import Tunings
from sentinel_tui.engine.acting.wants import Arguments as Given
from sentinel_tui.engine.acting.wants import Want
from sentinel_tui.engine.actuator import Actuator
from sentinel_tui.engine.arguments import Arguments
from sentinel_tui.engine.control import Json
from sentinel_tui.engine.hosted import Hosted
from sentinel_tui.errors import EngineError, UsageError

Verbs = dict[str, Callable[[Arguments], Awaitable[Json]]]

_DANGEROUS = frozenset({Verb.ROLLBACK, Verb.SUSPEND, Verb.PLAN})
_TAKES: dict[Verb, tuple[str, ...]] = {
    Verb.DEPLOY: ("commit",),
    Verb.ROLLBACK: ("deploy",),
    Verb.SCALE: ("instances",),
    Verb.PLAN: ("plan",),
    Verb.AUTOSCALE: ("on", "least", "most", "cpu_percent"),
    Verb.AUTO_DEPLOY: ("on",),
}
"""What each verb takes besides the service."""

_CONSEQUENCES = {
    Verb.WAKE: "it is asked until it answers; being awake may cost hours",
    Verb.RESTART: "every instance is replaced; requests may fail meanwhile",
    Verb.DEPLOY: "it is built and goes live; what made it worse is rolled back or told",
    Verb.ROLLBACK: "what an earlier deploy was goes live; auto-deploy stays as it is, so that the "
    "next commit undoes this",
    Verb.SUSPEND: "nobody can reach it until it is resumed",
    Verb.RESUME: "it runs again and can be reached",
    Verb.SCALE: "so many instances run, and are paid for",
    Verb.PLAN: "it runs on the other plan, is paid for so, and may restart",
    Verb.AUTOSCALE: "the platform runs as many instances as the load needs, and bills them",
    Verb.AUTO_DEPLOY: "new commits are deployed by themselves, or no longer",
}


class ActionVerbs:
    """Does what the owner says about acting.

    Attributes:
        asking: What changes nothing, by verb.
        changing: What it does, by verb.
    """

    def __init__(
        self,
        clock: Clock,
        hosted: Hosted,
        actuator: Actuator,
        freezing: Freezing,
        tunings: Tunings,
    ) -> None:
        """Do nothing yet.

        Args:
            clock: The time.
            hosted: What the platform last said.
            actuator: Decides what is wanted, and sees to it.
            freezing: The stop for everything.
            tunings: What Sentinel tuned.
        """
        self._clock = clock
        self._hosted = hosted
        self._actuator = actuator
        self._freezing = freezing
        self._tunings = tunings
        self.asking: Verbs = {"consider": self._consider}
        self.changing: Verbs = {
            "act": self._act,
            "restart": self._restart,
            "approve": partial(self._answer, actuator.approve),
            "reject": partial(self._answer, actuator.reject),
            "undo": self._undo,
            "freeze": self._freeze,
            "unfreeze": self._unfreeze,
            "undo_tuning": self._undo_tuning,
        }

    async def _act(self, arguments: Arguments) -> Json:
        return await self._carry_out(arguments, _verb(arguments))

    async def _restart(self, arguments: Arguments) -> Json:
        return await self._carry_out(arguments, Verb.RESTART)

    async def _carry_out(self, arguments: Arguments, verb: Verb) -> Json:
        want = self._want(arguments, verb)
        return await self._shown(want.service, await self._actuator.want(want))

    async def _consider(self, arguments: Arguments) -> Json:
        want = self._want(arguments, _verb(arguments), "undoes")
        want = replace(want, undoes=arguments.number("undoes", None) or 0)
        ruling, euros_per_month = await self._actuator.consider(want)
        success = await self._actuator.success(want.service, want.verb)
        dangerous = want.verb in _DANGEROUS or euros_per_month > 0
        return {
            "service": want.service,
            "verb": want.verb,
            "arguments": dict(want.arguments),
            "allowed": ruling.answer,
            "reason": ruling.reason,
            "consequence": _CONSEQUENCES[want.verb],
            "success": success.words,
            "euros_per_month": euros_per_month,
            "type": want.service if dangerous else "",
        }

    async def _answer(
        self, decide: Callable[[int, str], Awaitable[Action]], arguments: Arguments
    ) -> Json:
        arguments.expect("action")
        decided = await decide(arguments.number("action"), arguments.source)
        return _told(await self._actuator.answered(decided))

    async def _undo(self, arguments: Arguments) -> Json:
        arguments.expect("action")
        number = arguments.number("action")
        key = _key(arguments)
        decision = await self._actuator.undo(number, key, arguments.source)
        return await self._shown("", decision)

    async def _freeze(self, arguments: Arguments) -> Json:
        arguments.expect("reason")
        frozen = await self._freezing.freeze(arguments.source, arguments.text("reason", ""))
        return {"frozen": True, **asdict(frozen)}

    async def _unfreeze(self, arguments: Arguments) -> Json:
        arguments.expect()
        await self._freezing.unfreeze(arguments.source)
        return {"frozen": False}

    async def _undo_tuning(self, arguments: Arguments) -> Json:
        arguments.expect("tuning")
        undone = await self._tunings.undo(arguments.number("tuning"), arguments.source)
        return asdict(undone)

    async def _shown(self, service: str, decision: Decision) -> Json:
        """How an action that the owner wanted stands by now.

        Raises:
            EngineError: It was refused.
        """
        if decision.action is None:
            raise EngineError(f"{service}: {decision.ruling.reason}".removeprefix(": "))
        return _told(await self._actuator.answered(decision.action))

    def _want(self, arguments: Arguments, verb: Verb, *also: str) -> Want:
        takes = _TAKES.get(verb, ())
        arguments.expect("service", "verb", "dry_run", "why", *takes, *also)
        service = arguments.text("service")
        return Want(
            key=_key(arguments),
            service=service,
            verb=verb,
            by=arguments.source,
            why=arguments.text("why", "you asked for it"),
            arguments=self._given(service, verb, arguments),
            dry_run=arguments.flag("dry_run", default=False),
        )

    def _given(self, service: str, verb: Verb, arguments: Arguments) -> Given:
        match verb:
            case Verb.DEPLOY:
                commit = arguments.text("commit", "")
                return {"commit": commit} if commit else {}
            case Verb.ROLLBACK:
                return {"deploy": arguments.text("deploy", "") or self._deploy_before(service)}
            case Verb.SCALE:
                return {"instances": arguments.number("instances")}
            case Verb.PLAN:
                return {"plan": arguments.text("plan")}
            case Verb.AUTO_DEPLOY:
                return {"on": arguments.flag("on", default=True)}
            case Verb.AUTOSCALE if not arguments.flag("on", default=True):
                return {"on": False}
            case Verb.AUTOSCALE:
                least, most = arguments.number("least"), arguments.number("most")
                cpu_percent = arguments.number("cpu_percent", None)
                given: dict[str, str | int | bool] = {"on": True, "least": least, "most": most}
                return given if cpu_percent is None else {**given, "cpu_percent": cpu_percent}
        return {}

    def _deploy_before(self, service: str) -> str:
        """The deploy that was live before the one that is."""
        known = self._hosted.deploys.get(service, ())
        was_live = [one for one in known if one.status is DeployStatus.REPLACED]
        if not was_live:
            raise EngineError(
                f"{service} has no earlier deploy that was live", "`deploys` lists what there is"
            )
        return max(was_live, key=lambda one: one.live_ms or one.created_ms).id


def _verb(arguments: Arguments) -> Verb:
    word = arguments.text("verb")
    try:
        return Verb(word)
    except ValueError:
        raise UsageError(
            f"nothing called {word!r} can be done to a service", f"it is one of: {', '.join(Verb)}"
        ) from None


def _key(arguments: Arguments) -> str:
    """The key of what the owner wants: that of the request, so that it repeated acts once."""
    return f"{arguments.source}/{arguments.key or uuid4().hex}"


def _told(action: Action) -> Json:
    return {
        "action": action.id,
        "service": action.service,
        "verb": action.verb,
        "step": action.step,
        "note": action.note,
        "title": name(action),
        "remote": action.remote,
        "euros_per_month": action.euros_per_month,
    }
