"""The sandbox as a whole: which services there are, started, broken, mended and stopped."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence

from sentinel_tui.clock import Clock
from sentinel_tui.errors import UsageError
from sentinel_tui.sandbox.bunny.look_alike import BunnyLookAlike
from sentinel_tui.sandbox.films import PREVIEWS, Film
from sentinel_tui.sandbox.http.messages import Request
from sentinel_tui.sandbox.network import Network, NetworkTrouble, network_trouble_named
from sentinel_tui.sandbox.place import Place
from sentinel_tui.sandbox.render.look_alike import RenderLookAlike
from sentinel_tui.sandbox.render.service import FREE, STARTER, Refused
from sentinel_tui.sandbox.render.workspace import BUILD_S, FREE_HOURS, Workspace
from sentinel_tui.sandbox.services.application import Application
from sentinel_tui.sandbox.services.curator import Curator
from sentinel_tui.sandbox.services.inbox import Inbox
from sentinel_tui.sandbox.services.monetizer import Monetizer
from sentinel_tui.sandbox.services.public import Public
from sentinel_tui.sandbox.services.render_edge import SleepHabits, is_loading
from sentinel_tui.sandbox.services.witness import Witness
from sentinel_tui.sandbox.troubles import How, how_named
from sentinel_tui.sandbox.viewing import Audience
from sentinel_tui.text import clean_text, format_duration

DEFAULT_SEED = 1
DEFAULT_BREAK_S = 60.0
LONGEST_BREAK_S = 86_400.0

NETWORK = "network"
"""What the network is called where something is broken or mended."""

_FOLLOW_EVERY_S = 0.5
_WITNESSES = 3
_SITE = Public.name
_NOBODY_WATCHES = (How.ERROR, How.REFUSE, How.HANG, How.DRIP)
_BROWSER = Request("GET", "/", headers={"accept": "text/html"})
_INBOX_KEY = b"the key of the demo, no secret"


PLANS: Mapping[str, str] = {"curator": FREE, "monetizer": STARTER, "public": STARTER}
"""Which services lie in the look-alike's workspace, and on what plan."""


class World:
    """Services on loopback, behind a network, that live their lives until they are stopped.

    The same seed and the same clock give the same world.

    Attributes:
        inbox: Takes the messages that a watcher sends.
        render: Hosts the services, and has an API to look at them and act on them.
        bunny: Holds the films, and counts who watches them.
    """

    def __init__(
        self,
        clock: Clock,
        seed: int = DEFAULT_SEED,
        sleep_habits: SleepHabits | None = None,
        *,
        more: Sequence[Application] = (),
        plans: Mapping[str, str] = PLANS,
        free_hours: float = FREE_HOURS,
        build_s: float = BUILD_S,
        films: Sequence[Film] = (),
    ) -> None:
        """A world that does not run yet.

        Args:
            clock: Times everything in it.
            seed: Decides everything that looks like chance.
            sleep_habits: How services on the free plan sleep.
            more: Services besides curator, monetizer and public, by other names.
            plans: Which services the look-alike of Render hosts, and on what plan.
            free_hours: How long its free services may run in a month, all together.
            build_s: How long a deploy takes there.
            films: What can be watched. Previews are, where the public site works.
        """
        applications = (
            Curator(clock, seed),
            Monetizer(clock, seed),
            Public(clock, seed),
            *more,
        )
        self.inbox = Inbox(clock, _INBOX_KEY)
        self._clock = clock
        self._network = Network(clock, seed)
        habits = sleep_habits or SleepHabits()
        workspace = Workspace(
            clock, pays=True, free_hours=free_hours, idle_s=habits.after_s, build_s=build_s
        )
        self.render = RenderLookAlike(workspace, self._network, clock, habits, seed)
        self.bunny = BunnyLookAlike(Audience(films, seed), self._network, clock)
        self._services = {one.name: self._housed(one, plans.get(one.name)) for one in applications}
        self._witnesses = [self._housed(Witness()) for _ in range(_WITNESSES)]
        self._mail = self._housed(self.inbox)
        self._following: asyncio.Task[None] | None = None

    @property
    def urls(self) -> Mapping[str, str]:
        """Where each service says how it is, by name."""
        return {name: place.url for name, place in self._services.items()}

    @property
    def witnesses(self) -> list[str]:
        """Who can prove that the network is there, as a configuration names them."""
        return [place.url for place in self._witnesses]

    @property
    def inbox_url(self) -> str:
        """Where webhooks are taken."""
        return self._mail.url

    @property
    def troubles(self) -> Mapping[str, How | None]:
        """What is wrong with each service at this moment, by name."""
        return {name: place.host.trouble for name, place in self._services.items()}

    @property
    def network_trouble(self) -> NetworkTrouble | None:
        """What is wrong with the network at this moment; None when nothing is."""
        return self._network.trouble

    def start(self) -> None:
        """Open all services and the roads to them."""
        for place in self._places:
            place.host.start()
        self._network.open()
        for service in self.render.workspace.services.values():
            service.url = self._services[service.name].root
        self._following = asyncio.create_task(self._follow_troubles())

    async def stop(self) -> None:
        """Close all services and give their ports back."""
        if self._following is not None:
            self._following.cancel()
            await asyncio.gather(self._following, return_exceptions=True)
        await self._network.close()
        for place in self._places:
            await place.host.stop()

    async def break_service(
        self, name: str, how: str = How.ERROR, for_s: float = DEFAULT_BREAK_S
    ) -> str:
        """Break a service, the inbox, a platform's API or the network now.

        Args:
            name: Which service, or `inbox`, `render`, `bunny` or `network`.
            how: In which way: 500, refuse, hang, slow, drip, sleep, deploy; the network: cut, slow,
                lossy.
            for_s: For how long; a bad deploy stays until something else is deployed.

        Returns:
            What happens now, in one line.

        Raises:
            UsageError: There is no such service or way, or the time makes no sense.
        """
        if not 0 < for_s <= LONGEST_BREAK_S:
            raise UsageError(
                "a service is broken for more than nothing and at most a day",
                "write for how long, like 30s or 5m",
            )
        if name == NETWORK:
            trouble = network_trouble_named(how)
            await self._network.break_by(trouble, for_s)
            return f"the network {trouble.words}, for {format_duration(for_s)}"
        place, way = self._named(name), how_named(how)
        if way is How.DEPLOY:
            return self._deploy_badly(name)
        await place.host.break_by(way, for_s)
        await place.road.follow()
        if way is How.SLEEP:
            return f"{name} {way.words}; the next request wakes it"
        return f"{name} {way.words} for {format_duration(for_s)}"

    async def mend(self, name: str) -> str:
        """End what is wrong with a service, the inbox, a platform's API or the network.

        Returns:
            What happens now, in one line.

        Raises:
            UsageError: There is no such service.
        """
        if name == NETWORK:
            await self._network.mend()
            return "the network is well again"
        place = self._named(name)
        self.render.mend(name)
        await place.host.mend()
        await place.road.follow()
        return f"{name} is well again"

    async def visit(self, name: str) -> bool:
        """Have somebody come to a service with a browser; whether it answered for itself.

        Whoever finds it broken leaves at once.
        """
        host = self._services[name].host
        if host.trouble is not None:
            return False
        answer = await host.visit(_BROWSER)
        return answer is not None and not is_loading(answer)

    @property
    def _places(self) -> list[Place]:
        platforms = (self.render.place, self.bunny.place)
        return [*self._services.values(), *self._witnesses, self._mail, *platforms]

    def _housed(self, application: Application, plan: str | None = None) -> Place:
        """A place for an application: at the look-alike of Render where it has a plan there."""
        if plan is None:
            return Place.build(application, self._network, self._clock)
        return self.render.take_in(application, plan, self._network)

    def _deploy_badly(self, name: str) -> str:
        try:
            return self.render.deploy_badly(name)
        except (KeyError, Refused) as error:
            raise UsageError(
                f"nothing can be deployed to {name}: {clean_text(str(error), 80)}",
                "deploys go to services of the workspace that are not suspended",
            ) from None

    def _named(self, name: str) -> Place:
        places = {
            **self._services,
            self.inbox.name: self._mail,
            self.render.api.name: self.render.place,
            self.bunny.api.name: self.bunny.place,
        }
        if name not in places:
            raise UsageError(
                f"the demo has no service {clean_text(name, 40)!r}",
                f"it has: {', '.join(places)}, and the {NETWORK}",
            )
        return places[name]

    async def _follow_troubles(self) -> None:
        while True:
            for place in self._places:
                await place.host.follow_trouble()
            await self._network.follow()
            self._let_people_watch()
            await self._clock.sleep(_FOLLOW_EVERY_S)

    def _let_people_watch(self) -> None:
        """Have previews begun only while the site that shows them works."""
        audience, now_ms = self.bunny.audience, self._clock.now_ms()
        broken = self._services[_SITE].host.trouble in _NOBODY_WATCHES
        if broken or not self.render.works(_SITE):
            audience.close(PREVIEWS, now_ms)
        else:
            audience.open(PREVIEWS, now_ms)
