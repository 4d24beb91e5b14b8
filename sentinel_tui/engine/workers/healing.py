"""Climbs the healing ladder for services that are down: wake, look, restart, roll back, call.

Each rung is wanted from the actuator, which does it, asks, or only suggests it; the next one comes
when the one before has ended and the service is still down. What was tried is on the incident.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, field

from sentinel_tui.domain.autonomy.actions import Step
from sentinel_tui.domain.autonomy.ladder import Climb, Deploy, Rung, Trouble, next_rung
from sentinel_tui.domain.autonomy.policy import Verb
from sentinel_tui.domain.hosting import HostedDeploy
from sentinel_tui.domain.monitoring.dependencies import RulingKind
from sentinel_tui.domain.monitoring.judgement import service_state
from sentinel_tui.domain.monitoring.states import State
from sentinel_tui.engine.acting.cases import Case, Cases
from sentinel_tui.engine.acting.wants import Arguments, Want, rollback_key
from sentinel_tui.engine.actuator import Actuator
from sentinel_tui.engine.hosted import Hosted
from sentinel_tui.engine.parts import Parts
from sentinel_tui.engine.watch import WatchedService
from sentinel_tui.errors import EngineError
from sentinel_tui.paths import Paths
from sentinel_tui.store.queries import Reader

HEALING = "healing"
"""Who wants what the ladder wants, and writes its notes."""

_EVERY_S = 5.0
_ASK_AGAIN_S = 30.0
_MINUTE_MS = 60_000
_DEPLOYS_WORTH_A_LOOK = 5
_VERBS = {Rung.WAKE: Verb.WAKE, Rung.RESTART: Verb.RESTART, Rung.ROLLBACK: Verb.ROLLBACK}


@dataclass(slots=True)
class _Patient:
    """A service that is down.

    Attributes:
        down_since_ms: Since when.
        probed: Whether it was looked at again.
        climbed_s: Elapsed time at which its ladder was last looked up.
        hindrances: What kept rungs back and was noted, without its figures.
    """

    down_since_ms: int
    probed: bool = False
    climbed_s: float = field(default=float("-inf"))
    hindrances: set[str] = field(default_factory=set)


class Healing:
    """The worker that heals.

    Attributes:
        enabled: Whether it climbs at all.
    """

    def __init__(self, paths: Paths, parts: Parts, hosted: Hosted, actuator: Actuator) -> None:
        """Heal nothing yet.

        Args:
            paths: Where the store is.
            parts: The engine's parts.
            hosted: What the platform last said.
            actuator: Does, asks or suggests what is wanted.
        """
        self.enabled = True
        self._paths = paths
        self._parts = parts
        self._clock = parts.clock
        self._hosted = hosted
        self._actuator = actuator
        self._cases = Cases(paths, parts.clock, parts.writer)
        self._patients: dict[str, _Patient] = {}

    async def run(self, beat: Callable[[], None]) -> None:
        """Climb for whatever is down, for ever."""
        while True:
            beat()
            if self.enabled:
                await self.tend(beat)
            await self._clock.sleep(_EVERY_S)

    async def tend(self, beat: Callable[[], None]) -> None:
        """Take each service that is down one rung on, if its time has come."""
        for service in list(self._parts.watch.services.values()):
            beat()
            patient = self._patients.get(service.id)
            if self._needs_help(service):
                patient = patient or _Patient(_down_since_ms(service))
                self._patients[service.id] = patient
                await self._climb_in_time(service, patient)
            elif patient is not None and not _down(service):
                del self._patients[service.id]
                await self._call_off(service.id)

    def _needs_help(self, service: WatchedService) -> bool:
        """Whether it is confirmed down, by itself, and nobody wants it left alone."""
        if service_state(service.states) is not State.DOWN or service.paused:
            return False
        return self._parts.dependents.rule_service(service).kind is RulingKind.RAISE

    async def _climb_in_time(self, service: WatchedService, patient: _Patient) -> None:
        now_s = self._clock.elapsed_s()
        if now_s - patient.climbed_s < _ASK_AGAIN_S:
            return
        patient.climbed_s = now_s
        case = await self._cases.of(service.id, patient.down_since_ms)
        if case is not None and not case.in_hand:
            await self._climb(service, patient, case)

    async def _climb(self, service: WatchedService, patient: _Patient, case: Case) -> None:
        resting = await self._actuator.resting(service.id)
        climb = next_rung(await self._trouble(service, patient), case.tried, resting=resting)
        match climb.rung:
            case Rung.PROBE:
                patient.probed = True
                await self._look(service)
            case Rung.OWNER:
                # Where nothing was tried, the alarm itself has told the owner all there is.
                if case.actions:
                    await self._cases.hand_over(case, HEALING, climb.reason)
            case rung:
                await self._want(patient, case, climb, _VERBS[rung])

    async def _look(self, service: WatchedService) -> None:
        checks = [one for one in service.checks.values() if one.scheduled and not one.busy]
        await asyncio.gather(*map(self._parts.probing.look_now, checks))

    async def _want(self, patient: _Patient, case: Case, climb: Climb, verb: Verb) -> None:
        arguments: Arguments = {"deploy": climb.deploy} if verb is Verb.ROLLBACK else {}
        success = await self._actuator.success(case.service, verb)
        want = Want(
            key=self._key(case, verb),
            service=case.service,
            verb=verb,
            by=HEALING,
            why=f"{climb.reason} ({verb}: {success.words})",
            arguments=arguments,
            automatic=True,
            incident=case.incident.id,
        )
        try:
            decision = await self._actuator.want(want)
        except EngineError as error:
            await self._note_hindrance(patient, case, verb, str(error))
            return
        waits = decision.action is None or decision.action.step is Step.PROPOSED
        if waits:
            await self._note_hindrance(patient, case, verb, decision.ruling.reason)

    def _key(self, case: Case, verb: Verb) -> str:
        """The name of this attempt: a new one after one that never reached the platform.

        Each outage has its own, for an incident may stay open from one to the next.
        """
        attempt = case.attempts(verb)
        live = self._hosted.live_deploy(case.service)
        if verb is Verb.ROLLBACK and live is not None:
            return rollback_key(live.id, attempt)
        outage = f"{case.incident.id}.{case.down_since_ms}"
        return f"{HEALING}/{outage}/{case.service}/{verb}/{attempt}"

    async def _note_hindrance(self, patient: _Patient, case: Case, verb: Verb, reason: str) -> None:
        """Write on the incident what keeps the next rung back, once for each reason."""
        words = "".join(letter for letter in f"{verb} {reason}" if not letter.isdigit())
        if words not in patient.hindrances:
            patient.hindrances.add(words)
            await self._cases.note(case.incident, HEALING, f"{verb} would be next, but {reason}")

    async def _call_off(self, service: str) -> None:
        """Take back what waits for a yes that it no longer needs."""
        for action in await self._actuator.waiting(service, HEALING):
            await self._actuator.cancel(action, f"{service} is no longer down", HEALING)

    async def _trouble(self, service: WatchedService, patient: _Patient) -> Trouble:
        return Trouble(
            down_since_ms=patient.down_since_ms,
            may_sleep=service.wake_check is not None,
            probed=patient.probed,
            platform_knows=self._hosted.client is not None and service.id in self._hosted.host_ids,
            deploys=await self._deploys(service.id),
        )

    async def _deploys(self, service: str) -> tuple[Deploy, ...]:
        """The deploys that were live, the newest first, with how long each was healthy."""
        was_live = [one for one in self._hosted.deploys.get(service, ()) if one.live_ms is not None]
        was_live.sort(key=lambda one: one.live_ms or 0, reverse=True)
        worth_a_look = was_live[:_DEPLOYS_WORTH_A_LOOK]
        return await asyncio.to_thread(
            _with_health, self._paths, service, worth_a_look, self._clock.now_ms()
        )


def _with_health(
    paths: Paths, service: str, deploys: list[HostedDeploy], now_ms: int
) -> tuple[Deploy, ...]:
    found = []
    with closing(Reader(paths)) as reader:
        until_ms = now_ms
        for deploy in deploys:
            live_ms = deploy.live_ms or until_ms
            uptime = reader.uptimes(live_ms, until_ms).get(service) if live_ms < until_ms else None
            up_ms = uptime.up_ms if uptime else 0
            found.append(Deploy(deploy.id, live_ms, up_ms / _MINUTE_MS))
            until_ms = live_ms
    return tuple(found)


def _down(service: WatchedService) -> bool:
    """Whether any of its checks is confirmed down, whatever lies over that."""
    return any(state.verdict is State.DOWN for state in service.states.values())


def _down_since_ms(service: WatchedService) -> int:
    down = [one.since_ms for one in service.states.values() if one.verdict is State.DOWN]
    return min(down)
