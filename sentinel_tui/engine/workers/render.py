"""Asks the hosting platform, round after round, how its services are and who came.

A round is few calls: one for all services, one for who came to them, and one for each that sleeps.
Deploys and events are asked for one by one, where something changed and otherwise more seldom.
"""

from __future__ import annotations

import logging
import random
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from sentinel_tui.clock import Clock
from sentinel_tui.config.model import Config
from sentinel_tui.domain.hosting import HostedService
from sentinel_tui.domain.monitoring.alerts import Finding, Rule, Severity, fingerprint
from sentinel_tui.engine.edges import Edges
from sentinel_tui.engine.hosted import Hosted
from sentinel_tui.engine.ledger import Ledger
from sentinel_tui.engine.own_alerts import OwnAlerts
from sentinel_tui.engine.watch import Watch
from sentinel_tui.errors import PlatformError, PlatformRefused, PlatformUnavailable, SecretError
from sentinel_tui.text import clean_text

if TYPE_CHECKING:
    from sentinel_tui.platforms.render import Render
    from sentinel_tui.platforms.render_metrics import Readings

log = logging.getLogger(__name__)

_BEAT_EVERY_S = 30.0
_JITTER = 0.1
_DETAILS_EVERY_MS = (120_000, 600_000)
_DETAILS_APART_MS = 6_000
"""The details of ten services in a minute are far from what the platform allows."""
_METRICS_OF_MS = 600_000
"""Requests are told late: those of the last minutes are asked for again."""
_METRICS_WINDOW_MS = 3_300_000
_METRICS_WINDOWS = 12
"""What was missed is asked for by the hour, as Render gives it, and half a day in each round."""
_METRICS_KEPT_MS = 7 * 24 * 3_600_000
"""For how long Render keeps them where nothing is paid."""
_METRICS_AGAIN_MS = 3_600_000
_EVENTS_OVERLAP_MS = 300_000
_FIRST_EVENTS_MS = 24 * 3_600_000
_UNREADABLE_MS = 600_000
_MINUTE_MS = 60_000
_STATUS_EVERY_MS = 120_000
_KEY_REFUSED = (401, 403)
_NO_METRICS = (402, 403, 404)


class RenderRounds:
    """The worker that asks Render."""

    def __init__(
        self,
        clock: Clock,
        watch: Watch,
        hosted: Hosted,
        ledger: Ledger,
        own_alerts: OwnAlerts,
        edges: Edges,
        offline: Callable[[], bool],
    ) -> None:
        """Ask nobody yet.

        Args:
            clock: The time.
            watch: All that is watched.
            hosted: Keeps what Render says.
            ledger: Told who runs and who came.
            own_alerts: Told when Render cannot be asked.
            edges: The ways out.
            offline: Whether Sentinel's own network is gone.
        """
        self._clock = clock
        self._watch = watch
        self._hosted = hosted
        self._ledger = ledger
        self._own_alerts = own_alerts
        self._edges = edges
        self._offline = offline
        self._poll_s = 60.0
        self._workspace = ""
        self._status_url = ""
        self._jitter = random.Random()  # noqa: S311 (spreads calls over time, hides nothing)
        self._failing_since_ms: int | None = None
        self._refused = False
        self._detailed_ms: dict[str, int] = {}
        self._events_ms: dict[str, int] = {}
        self._status_ms = 0
        self._no_metrics_until_ms = 0
        self._metrics_up_to_ms: int | None = None

    def go_by(self, config: Config) -> None:
        """Ask by a configuration from now on."""
        host_ids = {
            one.id: one.render_service_id for one in config.services if one.render_service_id
        }
        self._hosted.trouble = ""
        try:
            client = self._edges.hosting(config, self._clock)
        except SecretError as error:
            client, self._hosted.trouble = None, f"the key cannot be read: {clean_text(error)}"
        self._hosted.go_by(client, host_ids)
        if config.render is not None:
            self._poll_s = config.render.poll_s
            self._workspace = config.render.workspace
            self._status_url = config.render.status_url
            self._hosted.fresh_for_s = max(300.0, 2 * self._poll_s)
        self._failing_since_ms, self._refused = None, False
        if client is None:
            self._tell(holds=bool(self._hosted.trouble))
        for service in self._watch.services:
            if client is None or service not in host_ids:
                self._tell_of(service, "Render is not asked about it", holds=False)

    async def run(self, beat: Callable[[], None]) -> None:
        """Ask, round after round, for ever."""
        while True:
            beat()
            if self._hosted.host_ids and not self._offline():
                await self.ask(beat)
            await self._wait(beat)

    async def ask(self, beat: Callable[[], None]) -> None:
        """Go one round."""
        client = self._hosted.client
        if client is None:
            return
        try:
            await self._ask_about_services(client, beat)
            await self._ask_for_metrics(client)
            await self._ask_for_details(beat)
        except PlatformError as error:
            self._note_failure(error)
        else:
            self._note_success()
        await self._ask_how_it_is()

    async def _ask_about_services(self, client: Render, beat: Callable[[], None]) -> None:
        from sentinel_tui.platforms.render_hosting import hosted_service

        names = {host_id: service for service, host_id in self._hosted.host_ids.items()}
        now_ms = self._clock.now_ms()
        seen = [one for one in await client.services(self._workspace) if one.id in names]
        told: list[HostedService] = []
        for one in seen:
            beat()
            service = names[one.id]
            running = await self._runs(client, service, one.id)
            told.append(hosted_service(one, service, now_ms, running=running))
            if self._changed(told[-1]):
                self._detailed_ms.pop(service, None)
        self._hosted.take(told)
        self._tell_of_unknown({one.service for one in told})

    def _tell_of_unknown(self, known: Collection[str]) -> None:
        """Tell which services Render does not list, and go by nothing that it said of them."""
        for service, host_id in self._hosted.host_ids.items():
            if service in known:
                self._tell_of(service, "Render lists it", holds=False)
                continue
            self._hosted.forget(service)
            reason = f"Render does not list {service} ({host_id}): was it removed, or moved?"
            self._tell_of(service, reason, holds=True)

    async def _runs(self, client: Render, service: str, host_id: str) -> bool | None:
        """Whether it is awake, asked only of what sleeps; None where instances do not tell."""
        watched = self._watch.services.get(service)
        if watched is None or watched.options.sleeps is None:
            return None
        instances = len(await client.instances(host_id))
        told = self._ledger.count_instances(service, self._clock.now_ms(), instances)
        return instances > 0 if told else None

    def _changed(self, told: HostedService) -> bool:
        """Whether it is other than it was told last, in more than that it slept or woke."""
        known = self._hosted.services.get(told.service)
        return known is None or replace(known, seen_ms=0, running=None) != replace(
            told, seen_ms=0, running=None
        )

    async def _ask_for_metrics(self, client: Render) -> None:
        """Who came, minute by minute, as far as the workspace's plan lets us know."""
        from sentinel_tui.platforms.render_metrics import http_requests

        now_ms = self._clock.now_ms()
        names = self._costly()
        if not names or now_ms < self._no_metrics_until_ms:
            return
        try:
            for start_ms, end_ms in self._windows(now_ms):
                series = await client.metric("http-requests", list(names), start_ms, end_ms - 1)
                self._metrics_up_to_ms = end_ms
                self._count_visits(http_requests(series, names), end_ms)
        except PlatformRefused as refused:
            if refused.status not in _NO_METRICS:
                raise
            log.info("Render tells no requests: %s", refused)
            self._no_metrics_until_ms = now_ms + _METRICS_AGAIN_MS

    def _windows(self, now_ms: int) -> Iterator[tuple[int, int]]:
        """Which stretches of time to ask for, so that nothing is missed, not even before a start.

        Of whole minutes only: the present one is not over yet.
        """
        end_ms = _whole_ms(now_ms)
        known_ms = self._metrics_up_to_ms or self._ledger.unwatched_since_ms or end_ms
        up_to_ms = max(min(_whole_ms(known_ms), end_ms), end_ms - _METRICS_KEPT_MS)
        for _ in range(_METRICS_WINDOWS):
            start_ms = up_to_ms - _METRICS_OF_MS
            up_to_ms = min(end_ms, start_ms + _METRICS_WINDOW_MS)
            yield start_ms, up_to_ms
            if up_to_ms == end_ms:
                return

    def _count_visits(self, readings: Readings, end_ms: int) -> None:
        for service, minutes in readings.items():
            requests = {one.at_ms: round(one.value) for one in minutes if one.at_ms < end_ms}
            self._ledger.count_requests(service, requests)

    def _costly(self) -> Mapping[str, str]:
        """The services that cost hours, by Render's names for them."""
        return {
            host_id: service
            for service, host_id in self._hosted.host_ids.items()
            if service in self._hosted.services
            and (watched := self._watch.services.get(service)) is not None
            and watched.costs_hours
        }

    async def _ask_for_details(self, beat: Callable[[], None]) -> None:
        soonest_ms, latest_ms = _DETAILS_EVERY_MS
        spread_ms = len(self._hosted.services) * _DETAILS_APART_MS
        every_ms = min(max(spread_ms, soonest_ms), latest_ms)
        garbled: PlatformError | None = None
        for service in tuple(self._hosted.services):
            since_ms = self._clock.now_ms() - self._detailed_ms.get(service, 0)
            if since_ms < every_ms and not self._hosted.deploying(service):
                continue
            beat()
            try:
                await self._ask_for_details_of(service)
            except (PlatformRefused, PlatformUnavailable):
                raise
            except PlatformError as error:
                # What is told of one service in a form of its own says nothing of the others.
                garbled = error
        if garbled is not None:
            raise garbled

    async def _ask_for_details_of(self, service: str) -> None:
        now_ms = self._clock.now_ms()
        await self._hosted.read_deploys(service)
        from_ms = self._events_ms.get(service, now_ms - _FIRST_EVENTS_MS)
        await self._hosted.read_events(service, from_ms - _EVENTS_OVERLAP_MS)
        self._detailed_ms[service] = self._events_ms[service] = now_ms

    async def _ask_how_it_is(self) -> None:
        """What Render's own status page says; silence there is no incident."""
        now_ms = self._clock.now_ms()
        if not self._status_url or now_ms - self._status_ms < _STATUS_EVERY_MS:
            return
        from sentinel_tui.platforms.statuspage import provider_status

        self._status_ms = now_ms
        try:
            self._hosted.incident = (await provider_status(self._status_url)).incident
        except PlatformError as error:
            log.info("the platform's status page: %s", error)
            self._hosted.incident = False

    def _note_success(self) -> None:
        self._hosted.asked_ms = self._clock.now_ms()
        self._hosted.trouble = ""
        self._failing_since_ms, self._refused = None, False
        self._tell(holds=False)

    def _note_failure(self, error: PlatformError) -> None:
        now_ms = self._clock.now_ms()
        self._refused = isinstance(error, PlatformRefused) and error.status in _KEY_REFUSED
        said = clean_text(error)
        self._hosted.trouble = f"Render refuses the key: {said}" if self._refused else said
        if self._failing_since_ms is None:
            log.warning("Render cannot be asked: %s", said)
            self._failing_since_ms = now_ms
        if self._refused or now_ms - self._failing_since_ms >= _UNREADABLE_MS:
            self._tell(holds=True)

    def _tell(self, *, holds: bool) -> None:
        self._tell_of("", self._hosted.trouble if holds else "it can be asked", holds=holds)

    def _tell_of(self, service: str, reason: str, *, holds: bool) -> None:
        """Tell that a service cannot be asked about, or none of them; or that it can again."""
        finding = Finding(
            fingerprint=fingerprint(Rule.HOSTING, service),
            rule=Rule.HOSTING,
            holds=holds,
            severity=Severity.WARNING,
            at_ms=self._clock.now_ms(),
            reason=reason,
        )
        self._own_alerts.tell(finding, service)

    async def _wait(self, beat: Callable[[], None]) -> None:
        """Wait for the next round, not always as long, so that many engines never ask at once."""
        left_s = self._poll_s * (1 + self._jitter.uniform(-_JITTER, _JITTER))
        while left_s > 0:
            beat()
            step_s = min(left_s, _BEAT_EVERY_S)
            await self._clock.sleep(step_s)
            left_s -= step_s


def _whole_ms(at_ms: int) -> int:
    return at_ms - at_ms % _MINUTE_MS
