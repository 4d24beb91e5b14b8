"""Whether an action helped: extra looks at its service, compared with those from before.

What only changes a setting is verified at the platform. Everything else is verified by looks: the
service has to become healthy in time, and must not be slower or fail more often than it did.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from dataclasses import dataclass

from sentinel_tui.domain.autonomy.actions import Action, Step
from sentinel_tui.domain.autonomy.deploying import Judgement, Verdict, judge_deploy
from sentinel_tui.domain.autonomy.policy import Verb
from sentinel_tui.domain.autonomy.reconciling import Found, RemoteView, outcome
from sentinel_tui.domain.autonomy.verification import Effect, effect
from sentinel_tui.domain.hosting import DeployStatus, HostedDeploy
from sentinel_tui.domain.monitoring.judgement import service_state
from sentinel_tui.domain.monitoring.states import HEALTHY, State
from sentinel_tui.engine.acting.looks import looks_after, looks_before
from sentinel_tui.engine.hosted import Hosted
from sentinel_tui.engine.parts import Parts
from sentinel_tui.engine.watch import WatchedService
from sentinel_tui.errors import PlatformError, StoreError
from sentinel_tui.paths import Paths

LOOK_EVERY_S = 15.0
"""How often a service is looked at besides its own rhythm, while an effect is awaited."""
HEALTHY_WITHIN_S = 300.0
"""How long a service may take to become healthy, and how long at least a deploy is watched."""

_LONGEST_DEPLOY_S = 3_600.0
_SETTINGS = frozenset({Verb.SUSPEND, Verb.AUTO_DEPLOY, Verb.AUTOSCALE})
_DEPLOYS = frozenset({Verb.DEPLOY, Verb.ROLLBACK})


@dataclass(frozen=True, slots=True)
class Result:
    """What came of an action in the end.

    Attributes:
        step: Where it leads.
        text: Why, in one line.
        effect: What the looks said, or None where none were needed.
    """

    step: Step
    text: str
    effect: Effect | None = None


class Verifying:
    """Watches what came of actions."""

    def __init__(self, paths: Paths, parts: Parts, hosted: Hosted) -> None:
        """Watch nothing yet.

        Args:
            paths: Where the store is.
            parts: The engine's parts.
            hosted: What the platform last said.
        """
        self._paths = paths
        self._clock = parts.clock
        self._watch = parts.watch
        self._probing = parts.probing
        self._recording = parts.recording
        self._hosted = hosted

    async def verify(self, action: Action, trouble_since_ms: int) -> Result:
        """What came of an action that the platform did; waits until that is known.

        Args:
            action: It was done.
            trouble_since_ms: Since when the service is not what it was: looks before that are what
                later ones are compared with.
        """
        if action.verb in _SETTINGS:
            return await self._verify_setting(action)
        live_ms = action.done_ms or self._clock.now_ms()
        if action.verb in _DEPLOYS:
            deploy = await self._finished_deploy(action)
            if isinstance(deploy, Result):
                return deploy
            live_ms = deploy.live_ms or live_ms
        if action.verb is Verb.DEPLOY:
            return _of_deploy(await self.judge(action.service, trouble_since_ms, live_ms))
        return await self._verify_by_looks(action, trouble_since_ms, live_ms)

    async def judge(self, service: str, before_ms: int, live_ms: int) -> Judgement:
        """What to make of a deploy that went live; waits until that is known.

        Args:
            service: Of which service.
            before_ms: Looks before this are what later ones are compared with.
            live_ms: Since when it is live.
        """
        until_s = self._clock.elapsed_s() + HEALTHY_WITHIN_S
        while True:
            watched = self._watch.service(service)
            await self.look(watched)
            judged = judge_deploy(
                await looks_before(self._paths, watched, before_ms),
                await looks_after(self._paths, watched, live_ms, self._clock.now_ms()),
                healthy=_healthy(watched, live_ms),
                # Once it is confirmed down there is nothing to wait for.
                in_time=self._clock.elapsed_s() < until_s and not _went_down(watched, live_ms),
            )
            if judged.verdict is not Verdict.WAIT:
                return judged
            await self._clock.sleep(LOOK_EVERY_S)

    async def look(self, service: WatchedService) -> None:
        """Look at a service besides its rhythm; what is being looked at anyway is left alone."""
        checks = [one for one in service.checks.values() if one.scheduled and not one.busy]
        if not service.paused:
            await asyncio.gather(*map(self._probing.look_now, checks))
            with suppress(StoreError):
                await self._recording.flush()

    async def _verify_setting(self, action: Action) -> Result:
        """Whether the platform is set as wanted: asked until it is, or until its time is over."""
        if action.verb is Verb.AUTOSCALE:
            # The platform tells nobody how it is set; that it took the call is all there is.
            return Result(Step.VERIFIED, "the platform took it")
        until_s = self._clock.elapsed_s() + HEALTHY_WITHIN_S
        while self._clock.elapsed_s() < until_s:
            try:
                view = RemoteView(await self._hosted.refresh(action.service))
            except PlatformError:
                pass
            else:
                now_ms = self._clock.now_ms()
                if isinstance(outcome(action, view, reads=0, now_ms=now_ms), Found):
                    return Result(Step.VERIFIED, "the platform shows it")
            await self._clock.sleep(LOOK_EVERY_S)
        return Result(Step.HELPLESS, "the platform took it and does not show it")

    async def _finished_deploy(self, action: Action) -> HostedDeploy | Result:
        """The deploy that an action ordered, once it is live; or what came of it instead."""
        until_s = self._clock.elapsed_s() + _LONGEST_DEPLOY_S
        while self._clock.elapsed_s() < until_s:
            with suppress(PlatformError):
                await self._hosted.refresh(action.service)
            deploy = self._ordered(action)
            if deploy is not None and deploy.status is not DeployStatus.UNDER_WAY:
                return deploy if deploy.status is DeployStatus.LIVE else _never_judged(deploy)
            await self._clock.sleep(LOOK_EVERY_S)
        return Result(Step.UNKNOWN, "the deploy is still not live after an hour")

    def _ordered(self, action: Action) -> HostedDeploy | None:
        known = self._hosted.deploys.get(action.service, ())
        if action.remote:
            return next((one for one in known if one.id == action.remote), None)
        # It was only queued when it was ordered: the first of our kind since then is it.
        since_ms = action.started_ms or action.created_ms
        later = [one for one in known if one.created_ms >= since_ms and one.trigger == "api"]
        return min(later, key=lambda one: one.created_ms, default=None)

    async def _verify_by_looks(self, action: Action, before_ms: int, since_ms: int) -> Result:
        until_s = self._clock.elapsed_s() + HEALTHY_WITHIN_S
        while True:
            service = self._watch.service(action.service)
            await self.look(service)
            if action.verb is Verb.WAKE and _healthy(service, since_ms):
                return Result(Step.VERIFIED, "it is awake and healthy")
            in_time = self._clock.elapsed_s() < until_s
            came = effect(
                await looks_before(self._paths, service, before_ms),
                await looks_after(self._paths, service, since_ms, self._clock.now_ms()),
                healthy=_healthy(service, since_ms),
                in_time=in_time,
            )
            if came is not Effect.TOO_EARLY or not in_time:
                return _of_looks(action, came, broke=_went_down(service, since_ms))
            await self._clock.sleep(LOOK_EVERY_S)


def _never_judged(deploy: HostedDeploy) -> Result:
    """What came of a deploy that nobody will ever look at."""
    if deploy.status is DeployStatus.REPLACED:
        return Result(Step.HELPLESS, "a later deploy took its place before it could be judged")
    return Result(Step.HELPLESS, f"the deploy {deploy.status}; what ran before it runs still")


def _of_deploy(judged: Judgement) -> Result:
    if judged.verdict is Verdict.ROLL_BACK:
        return Result(Step.WORSE, judged.reason, judged.effect)
    return Result(Step.VERIFIED, judged.reason, judged.effect)


def _of_looks(action: Action, came: Effect, *, broke: bool) -> Result:
    match came:
        case Effect.SLOWER | Effect.MORE_ERRORS:
            return Result(Step.WORSE, f"{came} than before it", came)
        case Effect.NOT_HEALED if broke:
            return Result(Step.WORSE, f"{action.service} went down after it", came)
        case Effect.NOT_HEALED:
            within_min = HEALTHY_WITHIN_S / 60
            text = f"{action.service} was not healthy within {within_min:.0f} min"
            return Result(Step.HELPLESS, text, came)
        case Effect.TOO_EARLY:
            return Result(Step.VERIFIED, "healthy; too few looks to compare its speed", came)
    return Result(Step.VERIFIED, "healthy, and no worse than before", came)


def _healthy(service: WatchedService, since_ms: int) -> bool:
    """Whether it is confirmed healthy by looks since an instant."""
    looked = [one.state for one in service.checks.values() if one.scheduled]
    fresh = all(one.last_ms is not None and one.last_ms >= since_ms for one in looked)
    return fresh and service_state(service.states) in HEALTHY


def _went_down(service: WatchedService, since_ms: int) -> bool:
    """Whether it is confirmed down, and was not before an instant."""
    down = [one.since_ms for one in service.states.values() if one.verdict is State.DOWN]
    return bool(down) and min(down) >= since_ms
