"""Proposes more instances or a larger plan under load that lasts, and goes back afterwards."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import replace
from functools import partial
from statistics import median
from typing import TYPE_CHECKING

from sentinel_tui.domain.autonomy.actions import Action, Step
from sentinel_tui.domain.autonomy.policy import Verb
from sentinel_tui.domain.autonomy.scaling import (
    CALM_MS,
    SUSTAINED_MS,
    Load,
    Peak,
    Proposal,
    Raised,
    propose,
)
from sentinel_tui.domain.hosting import HostedService
from sentinel_tui.domain.keepalive.peaks import HourRate
from sentinel_tui.domain.keepalive.use import day_cell
from sentinel_tui.engine.acting.deciding import REMEMBERED_MS
from sentinel_tui.engine.acting.wants import Want
from sentinel_tui.engine.actuator import Actuator
from sentinel_tui.engine.hosted import Hosted
from sentinel_tui.engine.parts import Parts
from sentinel_tui.engine.watch import WatchedService
from sentinel_tui.errors import EngineError, PlatformError
from sentinel_tui.paths import Paths
from sentinel_tui.store import actions as rows
from sentinel_tui.store.queries import Reader

if TYPE_CHECKING:
    from sentinel_tui.platforms.render import Render

log = logging.getLogger(__name__)

SCALING = "scaling"
"""Who wants what load asks for."""

_EVERY_S = 60.0
_AFTER_FAILURE_S = 900.0
_BEYOND_MS = 300_000
"""Metrics come late: a little more is asked for than is needed."""
_REST_MS = 6 * 3_600_000

_MINUTE_S = 60.0
_HOUR_MS = 3_600_000
_CHANGES = frozenset({Verb.SCALE, Verb.PLAN})
_FOR_A_YES = frozenset({Step.PROPOSED, Step.WAITING})


class Scaling:
    """The worker that follows load."""

    def __init__(self, paths: Paths, parts: Parts, hosted: Hosted, actuator: Actuator) -> None:
        """Follow nothing yet.

        Args:
            paths: Where the store is.
            parts: The engine's parts.
            hosted: What the platform last said, and the way to it.
            actuator: Does, asks or suggests what is wanted.
        """
        self._paths = paths
        self._clock = parts.clock
        self._writer = parts.writer
        self._watch = parts.watch
        self._hosted = hosted
        self._actuator = actuator
        self._foresight = parts.keeping.foresight

    async def run(self, beat: Callable[[], None]) -> None:
        """Look at the load each minute, for ever; less often where it cannot be read."""
        while True:
            beat()
            wait_s = _EVERY_S
            try:
                await self.tend()
            except PlatformError as error:
                # The worker that asks the platform raises the alarm; here it is only patience.
                log.info("the load is not known: %s", error)
                wait_s = _AFTER_FAILURE_S
            until_s = self._clock.elapsed_s() + wait_s
            while (left_s := until_s - self._clock.elapsed_s()) > 0:
                beat()
                await self._clock.sleep(min(left_s, _EVERY_S))

    async def tend(self) -> None:
        """Look at the load of all paid services, once.

        Raises:
            PlatformError: The platform does not tell how busy they are.
        """
        client = self._hosted.client
        paid = [one for one in self._hosted.services.values() if not one.free]
        if client is None or not paid:
            return
        loads = await self._loads(client, paid)
        for hosted in paid:
            service = self._watch.services.get(hosted.service)
            if service is not None and not hosted.suspended:
                await self._look_at(service, hosted, loads.get(hosted.service, []))

    async def _look_at(
        self, service: WatchedService, hosted: HostedService, loads: Sequence[Load]
    ) -> None:
        now_ms = self._clock.now_ms()
        since = partial(rows.recent_actions, since_ms=now_ms - REMEMBERED_MS)
        changes = [
            one
            for one in await self._writer.run(since)
            if one.service == service.id and one.verb in _CHANGES and one.step is not Step.DRY_RUN
        ]
        last = changes[-1] if changes else None
        usual_ms, recent_ms = await asyncio.to_thread(_latencies, self._paths, service, now_ms)
        proposal = propose(
            [_with_latency(one, recent_ms, now_ms) for one in loads],
            hosted,
            now_ms=now_ms,
            usual_p95_ms=usual_ms,
            peak=self._expected(service.id, loads, now_ms),
            raised=_raised(changes),
        )
        if proposal is None:
            await self._call_off(last)
        elif last is None or not _rests(last, now_ms):
            await self._want(service.id, proposal, last)

    def _expected(self, service: str, loads: Sequence[Load], now_ms: int) -> Peak | None:
        """The busy hour that comes next, by the rhythm of the service."""
        profile = self._foresight.profiles.get(service)
        next_ms = now_ms - now_ms % _HOUR_MS + _HOUR_MS
        if profile is None:
            return None
        here = profile.hours[day_cell(self._foresight.cell_of(now_ms))]
        there = profile.hours[day_cell(self._foresight.cell_of(next_ms))]
        return expected_peak(here, there, loads, next_ms)

    async def _want(self, service: str, proposal: Proposal, last: Action | None) -> None:
        target = "/".join(str(value) for value in proposal.arguments.values())
        known = last is not None and last.by == SCALING and last.step in _FOR_A_YES
        # An open suggestion is taken up again by its key; what follows an ended one is a new one.
        begun_after = _named_after(last, known=known)
        want = Want(
            key=f"{SCALING}/{service}/{proposal.verb}/{target}/{begun_after}",
            service=service,
            verb=proposal.verb,
            by=SCALING,
            why=f"{proposal.reason}; expected: {proposal.effect}",
            arguments=proposal.arguments,
            automatic=True,
        )
        try:
            await self._actuator.want(want)
        except EngineError as error:
            log.info("%s is not scaled: %s", service, error)

    async def _call_off(self, last: Action | None) -> None:
        if last is not None and last.by == SCALING and last.step in _FOR_A_YES:
            await self._actuator.cancel(last, "the load is no longer so", SCALING)

    async def _loads(
        self, client: Render, services: Sequence[HostedService]
    ) -> dict[str, list[Load]]:
        """How busy services were lately, by their ids, the oldest first."""
        from sentinel_tui.platforms.render_metrics import cpu_shares, http_requests

        names = {one.host_id: one.service for one in services}
        end_ms = self._clock.now_ms()
        start_ms = end_ms - CALM_MS - _BEYOND_MS
        ids = list(names)
        used = await client.metric("cpu", ids, start_ms, end_ms)
        limits = await client.metric("cpu-limit", ids, start_ms, end_ms)
        came_in = http_requests(await client.metric("http-requests", ids, start_ms, end_ms), names)
        requests = {
            service: {one.at_ms: one.value / _MINUTE_S for one in readings}
            for service, readings in came_in.items()
        }
        return {
            service: [
                Load(one.at_ms, one.value, None, requests.get(service, {}).get(one.at_ms))
                for one in readings
            ]
            for service, readings in cpu_shares(used, limits, names).items()
        }


def expected_peak(
    here: HourRate, there: HourRate, loads: Sequence[Load], next_ms: int
) -> Peak | None:
    """What the next hour brings, if it is surely a busy one: what comes in now, in proportion.

    Args:
        here: How busy this hour usually is.
        there: How busy the next one usually is.
        loads: What came in lately.
        next_ms: When the next hour begins.
    """
    seen = [one.requests_per_s for one in loads if one.requests_per_s is not None]
    if not there.peak or not seen or here.rate <= 0:
        return None
    return Peak(next_ms, next_ms + _HOUR_MS, median(seen) * there.rate / here.rate)


def _named_after(last: Action | None, *, known: bool) -> int:
    """The number of the last change that is over, which the next one is named after."""
    if last is None:
        return 0
    return int(last.key.rpartition("/")[2]) if known else last.id


def _raised(changes: Sequence[Action]) -> Raised | None:
    """What a service was given by itself and has still; of changes in the order of time."""
    done = [one for one in changes if one.done_ms is not None and one.ended_ms is not None]
    last = done[-1] if done else None
    if last is None or last.by != SCALING or last.euros_per_month <= 0:
        return None
    return Raised(last.verb, last.snapshot.instances, last.snapshot.plan)


def _rests(last: Action, now_ms: int) -> bool:
    """Whether what was wanted last is under way, or came to nothing only a while ago."""
    if last.ended_ms is None:
        return last.step not in _FOR_A_YES or last.by != SCALING
    return last.done_ms is None and now_ms - last.ended_ms < _REST_MS


def _with_latency(load: Load, recent_ms: float | None, now_ms: int) -> Load:
    recent = now_ms - load.at_ms <= SUSTAINED_MS
    return replace(load, latency_p95_ms=recent_ms) if recent else load


def _latencies(
    paths: Paths, service: WatchedService, now_ms: int
) -> tuple[float | None, float | None]:
    """How long answers take as a rule at this hour, and how long they took lately; both p95."""
    key = next((one.key for one in service.checks.values() if one.scheduled), 0)
    with closing(Reader(paths)) as reader:
        usual = reader.usual_latencies(now_ms).get(key)
        recent = reader.summary(key, now_ms - SUSTAINED_MS, now_ms)
    return usual.p95_ms if usual else None, recent.p95_ms
