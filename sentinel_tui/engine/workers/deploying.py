"""Watches new deploys, whoever made them, and makes those the owner wants made by themselves.

A deploy that brings errors or slowness is gone back from, as far as the policy allows. One that
takes the service down is the healing ladder's; one that Sentinel ordered is judged with its action.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from functools import partial

from sentinel_tui.config.hosting import DeployOptions
from sentinel_tui.domain.autonomy.deploying import Judgement, Verdict
from sentinel_tui.domain.autonomy.policy import Verb
from sentinel_tui.domain.autonomy.verification import Effect
from sentinel_tui.domain.hosting import DeployStatus, HostedDeploy
from sentinel_tui.domain.monitoring.states import State
from sentinel_tui.engine.acting.prechecks import Prechecks
from sentinel_tui.engine.acting.verifying import Verifying
from sentinel_tui.engine.acting.wants import Want, rollback_key
from sentinel_tui.engine.actuator import Actuator
from sentinel_tui.engine.hosted import Hosted
from sentinel_tui.engine.parts import Parts
from sentinel_tui.engine.watch import WatchedService
from sentinel_tui.errors import EngineError, PlatformError
from sentinel_tui.store import actions as rows

log = logging.getLogger(__name__)

DEPLOYING = "deploying"
"""Who wants what follows from deploys."""

_EVERY_S = 15.0
_COMMITS_EVERY_S = 120.0
_FRESH_MS = 900_000
_WANTED_AGAIN_S = 30.0
_TRIES = 20
_BY_HAND_BACK = "rollback"


class Deploying:
    """The worker that watches deploys."""

    def __init__(
        self,
        parts: Parts,
        hosted: Hosted,
        actuator: Actuator,
        verifying: Verifying,
        prechecks: Prechecks,
    ) -> None:
        """Watch nothing yet.

        Args:
            parts: The engine's parts.
            hosted: What the platform last said.
            actuator: Does, asks or suggests what is wanted.
            verifying: Judges deploys.
            prechecks: Tells of commits and their tests.
        """
        self._parts = parts
        self._clock = parts.clock
        self._watch = parts.watch
        self._hosted = hosted
        self._actuator = actuator
        self._verifying = verifying
        self._prechecks = prechecks
        self._judged: set[str] = set()
        self._judging: set[asyncio.Task[None]] = set()
        self._commits_s = float("-inf")

    async def run(self, beat: Callable[[], None]) -> None:
        """Watch what goes live, and look for new commits, for ever."""
        try:
            while True:
                beat()
                await self.tend()
                await self._clock.sleep(_EVERY_S)
        finally:
            for task in self._judging:
                task.cancel()
            await asyncio.gather(*self._judging, return_exceptions=True)

    async def tend(self) -> None:
        """Look at what is live, once."""
        for service in list(self._watch.services.values()):
            live = self._hosted.live_deploy(service.id)
            if live is not None and live.id not in self._judged and self._is_fresh(live):
                self._judged.add(live.id)
                if not await self._is_ours(live):
                    self._begin(service, live)
        if self._clock.elapsed_s() - self._commits_s >= _COMMITS_EVERY_S:
            self._commits_s = self._clock.elapsed_s()
            await self._look_for_commits()

    def _is_fresh(self, deploy: HostedDeploy) -> bool:
        live_ms = deploy.live_ms or 0
        return self._clock.now_ms() - live_ms < _FRESH_MS and deploy.trigger != _BY_HAND_BACK

    async def _is_ours(self, deploy: HostedDeploy) -> bool:
        """Whether one of our actions made it, and judges it."""
        since_ms = deploy.created_ms - _FRESH_MS
        recent = await self._parts.writer.run(partial(rows.recent_actions, since_ms=since_ms))
        return any(one.remote == deploy.id for one in recent)

    def _begin(self, service: WatchedService, live: HostedDeploy) -> None:
        if any(state.verdict is State.DOWN for state in service.states.values()):
            # It was down before, or is already: either way the healing ladder has it.
            return
        task = asyncio.create_task(self._judge(service.id, live), name=f"deploy {live.id}")
        self._judging.add(task)
        task.add_done_callback(self._ended)

    async def _judge(self, service: str, live: HostedDeploy) -> None:
        live_ms = live.live_ms or self._clock.now_ms()
        judged = await self._verifying.judge(service, live.created_ms, live_ms)
        if judged.verdict is Verdict.ROLL_BACK and judged.effect is not Effect.NOT_HEALED:
            await self._go_back(service, live, judged)

    async def _go_back(self, service: str, bad: HostedDeploy, judged: Judgement) -> None:
        """Want the deploy before it back; again for a while where something keeps that back."""
        before = self._before(service, bad)
        if before is None:
            log.info("%s: %s, and there is no earlier deploy", service, judged.reason)
            return
        want = Want(
            key=rollback_key(bad.id),
            service=service,
            verb=Verb.ROLLBACK,
            by=DEPLOYING,
            why=f"since {bad.id} is live {judged.reason}",
            arguments={"deploy": before.id},
            automatic=True,
        )
        for _ in range(_TRIES):
            live = self._hosted.live_deploy(service)
            if live is None or live.id != bad.id:
                return
            try:
                decision = await self._actuator.want(want)
            except EngineError as error:
                log.info("%s cannot be rolled back now: %s", service, error)
            else:
                if decision.action is not None:
                    return
            await self._clock.sleep(_WANTED_AGAIN_S)

    def _before(self, service: str, bad: HostedDeploy) -> HostedDeploy | None:
        known = self._hosted.deploys.get(service, ())
        earlier = [
            one
            for one in known
            if one.status is DeployStatus.REPLACED and one.created_ms < bad.created_ms
        ]
        return max(earlier, key=lambda one: one.live_ms or one.created_ms, default=None)

    async def _look_for_commits(self) -> None:
        """Want new commits deployed where the owner wants that by itself."""
        for service in list(self._watch.services.values()):
            options, hosted = service.options.deploy, self._hosted.services.get(service.id)
            if options is None or not options.automatic or hosted is None:
                continue
            # Where the platform deploys by itself there is nothing to do but to watch.
            if not hosted.auto_deploy and not self._hosted.deploying(service.id):
                await self._look_for_commit(service.id, options)

    async def _look_for_commit(self, service: str, options: DeployOptions) -> None:
        try:
            head = await self._prechecks.newest(options)
        except PlatformError as error:
            log.info("the newest commit of %s is not known: %s", options.repo, error)
            return
        known = self._hosted.deploys.get(service, ())
        if any(one.commit and head.commit.startswith(one.commit) for one in known):
            return
        if not await self._prechecks.passed(options, head.commit):
            return
        want = Want(
            key=f"{DEPLOYING}/{service}/{head.commit}",
            service=service,
            verb=Verb.DEPLOY,
            by=DEPLOYING,
            why=f"its tests passed: {head.message}",
            arguments={"commit": head.commit},
            automatic=True,
        )
        try:
            await self._actuator.want(want)
        except EngineError as error:
            log.info("%s is not deployed by itself: %s", service, error)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._judging.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            log.error("a deploy could not be judged", exc_info=error)
