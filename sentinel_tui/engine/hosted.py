"""What the hosting platform last said of the services: shared by whoever plans and whoever acts."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

from sentinel_tui.clock import Clock
from sentinel_tui.domain.hosting import DeployStatus, HostedDeploy, HostedService, HostEvent
from sentinel_tui.engine.recording import Recording
from sentinel_tui.errors import PlatformUnavailable
from sentinel_tui.store.recorder import save_deploys, save_events, save_services

if TYPE_CHECKING:
    from sentinel_tui.platforms.render import Render

_MOST_DEPLOYS = 20
_FRESH_FOR_S = 300.0
_EVENTS_OF_MS = 3_600_000
"""How far back a single service is asked about; what lies further back the worker has read."""


@dataclass(frozen=True, slots=True)
class HostedPast:
    """What an earlier engine knew of the platform.

    Attributes:
        services: The services.
        deploys: Their deploys.
    """

    services: Sequence[HostedService] = ()
    deploys: Sequence[HostedDeploy] = ()


class Hosted:
    """The platform's services and deploys, as they were when it was asked last.

    Attributes:
        client: Asks the platform, or None where no key is configured.
        host_ids: The platform's names of the services it is asked about, by their ids.
        services: What it said, by the services' ids.
        deploys: The deploys of each service, the newest first.
        asked_ms: When it last answered as it should, or None.
        trouble: Why it cannot be read, or empty.
        incident: Whether the platform itself says that it has trouble.
        fresh_for_s: For how long what it says counts as being so.
        listeners: Told of each deploy that appears or gets on.
    """

    def __init__(self, clock: Clock, recording: Recording, past: HostedPast) -> None:
        """Know what an earlier engine knew, and ask nobody yet.

        Args:
            clock: The time.
            recording: The way into the store.
            past: What an earlier engine left.
        """
        self.client: Render | None = None
        self.host_ids: Mapping[str, str] = {}
        self.services: dict[str, HostedService] = {one.service: one for one in past.services}
        self.deploys: dict[str, tuple[HostedDeploy, ...]] = {}
        self.asked_ms: int | None = None
        self.trouble = ""
        self.incident = False
        self.fresh_for_s = _FRESH_FOR_S
        self.listeners: list[Callable[[HostedDeploy], None]] = []
        self._clock = clock
        self._recording = recording
        for service in {one.service for one in past.deploys}:
            own = [one for one in past.deploys if one.service == service]
            self.deploys[service] = _newest_first(own)

    def go_by(self, client: Render | None, host_ids: Mapping[str, str]) -> None:
        """Ask about these services from now on, and forget the others.

        Args:
            client: Asks the platform, or None where no key is configured.
            host_ids: The platform's names of the services, by their ids.
        """
        self.client = client
        self.host_ids = dict(host_ids)
        self.services = {
            service: seen
            for service, seen in self.services.items()
            if host_ids.get(service) == seen.host_id
        }
        self.deploys = {
            service: known for service, known in self.deploys.items() if service in host_ids
        }

    def live_deploy(self, service: str) -> HostedDeploy | None:
        """The deploy of a service that runs."""
        known = self.deploys.get(service, ())
        return next((one for one in known if one.status is DeployStatus.LIVE), None)

    def deploying(self, service: str) -> bool:
        """Whether a deploy of a service is under way."""
        known = self.deploys.get(service, ())
        return any(one.status is DeployStatus.UNDER_WAY for one in known)

    async def refresh(self, service: str) -> HostedService:
        """Ask about one service now: what it is, what runs of it, its deploys and its events.

        Raises:
            PlatformUnavailable: No platform is connected that knows the service.
            PlatformError: It does not answer as it should.
        """
        client, host_id = self._place(service)
        now_ms = self._clock.now_ms()
        await self.read_service(service)
        await self.read_deploys(service)
        await self.read_events(service, now_ms - _EVENTS_OF_MS)
        running = bool(await client.instances(host_id))
        self.take([replace(self.services[service], running=running, seen_ms=now_ms)])
        return self.services[service]

    async def read_service(self, service: str) -> None:
        """Ask what one service is; whether it runs stays as it was known.

        Raises:
            PlatformError: It does not answer as it should, or knows no such service.
        """
        from sentinel_tui.platforms.render_hosting import hosted_service

        client, host_id = self._place(service)
        seen = hosted_service(await client.service(host_id), service, self._clock.now_ms())
        self.take([replace(seen, running=self.running(service))])

    async def read_deploys(self, service: str) -> None:
        """Ask for the deploys of one service.

        Raises:
            PlatformError: It does not answer as it should.
        """
        from sentinel_tui.platforms.render_hosting import hosted_deploy

        client, host_id = self._place(service)
        deploys = await client.deploys(host_id, limit=_MOST_DEPLOYS)
        now_ms = self._clock.now_ms()
        self._take_deploys(service, [hosted_deploy(one, service, now_ms) for one in deploys])

    async def read_events(self, service: str, since_ms: int) -> None:
        """Ask what happened to one service since an instant.

        Raises:
            PlatformError: It does not answer as it should.
        """
        from sentinel_tui.platforms.render_hosting import host_event

        client, host_id = self._place(service)
        events = await client.events(host_id, since_ms, self._clock.now_ms())
        self._take_events([host_event(one, service) for one in events])

    def running(self, service: str) -> bool | None:
        """Whether an instance ran a moment ago; None where nobody knows."""
        seen = self.services.get(service)
        if seen is None or self._clock.now_ms() - seen.seen_ms > self.fresh_for_s * 1_000:
            return None
        return seen.running

    def take(self, services: Iterable[HostedService]) -> None:
        """Take in what the platform said of some services."""
        taken = list(services)
        self.services.update({one.service: one for one in taken})
        if taken:
            self._recording.note(partial(save_services, services=taken))

    def forget(self, service: str) -> None:
        """Go by nothing that was said of a service: the platform does not know it any more."""
        self.services.pop(service, None)

    def _place(self, service: str) -> tuple[Render, str]:
        host_id = self.host_ids.get(service)
        if self.client is None or host_id is None:
            raise PlatformUnavailable(
                f"no platform is connected that knows {service}",
                f"give {service} its render_service_id, and the [render] table a key",
            )
        return self.client, host_id

    def _take_deploys(self, service: str, deploys: Sequence[HostedDeploy]) -> None:
        known = {one.id: one for one in self.deploys.get(service, ())}
        changed = [one for one in deploys if known.get(one.id) != one]
        if not changed:
            return
        # Of a service seen for the first time, what is over was no news when it happened.
        news = [one for one in changed if known or one.status is DeployStatus.UNDER_WAY]
        known.update({one.id: one for one in deploys})
        self.deploys[service] = _newest_first(known.values())
        self._recording.note(partial(save_deploys, deploys=changed))
        for deploy in sorted(news, key=lambda one: one.created_ms):
            for listener in self.listeners:
                listener(deploy)

    def _take_events(self, events: Sequence[HostEvent]) -> None:
        if events:
            self._recording.note(partial(save_events, events=list(events)))


def _newest_first(deploys: Iterable[HostedDeploy]) -> tuple[HostedDeploy, ...]:
    newest = sorted(deploys, key=lambda one: one.created_ms, reverse=True)
    return tuple(newest[:_MOST_DEPLOYS])
