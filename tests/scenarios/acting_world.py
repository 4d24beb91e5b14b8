"""What scenarios of acting are made with: services at a look-alike of Render, and the way to it."""

from __future__ import annotations

import asyncio
import inspect
import time
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager, closing
from dataclasses import replace
from functools import partial
from typing import Any, TypeVar

from scenario_world import (
    Edges,
    SharedClock,
    Tripwire,
    UnderWay,
    WatchedWriter,
    Watching,
    engine_of,
    service,
    until_stopped,
)

from sentinel_tui.client import Client
from sentinel_tui.clock import Clock
from sentinel_tui.config.checks import Check
from sentinel_tui.config.model import Config
from sentinel_tui.config.secrets import Secret
from sentinel_tui.domain.autonomy.actions import Action, AuditEntry, Step
from sentinel_tui.domain.autonomy.policy import Verb
from sentinel_tui.domain.monitoring.observations import Observation
from sentinel_tui.engine.acting.wants import Want
from sentinel_tui.engine.edges import Edges as WaysOut
from sentinel_tui.engine.own_network import Questions
from sentinel_tui.paths import Paths
from sentinel_tui.platforms.render import Render
from sentinel_tui.probes.prober import Prober
from sentinel_tui.sandbox.render.service import RenderService
from sentinel_tui.sandbox.world import World
from sentinel_tui.store.database import Database

T = TypeVar("T")

Start = Callable[..., AbstractAsyncContextManager["Acted"]]

_ANSWER_WITHIN_S, _NAP_S, _STEP_S = 30.0, 0.0003, 5.0
CHANGES = ("POST", "PUT", "PATCH", "DELETE")
SETTLED_S = 130.0
"""From then on Sentinel has watched for long enough to do anything by itself."""


WRITES = frozenset(
    {
        "restart",
        "start_deploy",
        "roll_back",
        "suspend",
        "resume",
        "scale",
        "set_plan",
        "set_auto_deploy",
        "set_autoscaling",
        "stop_autoscaling",
    }
)
"""What of the client changes something."""


class FollowedRender:
    """The real client; the clock stands still while it talks, and a test may hold it up for ever.

    The places are `sending` (before a change) and `sent` (after one, before anybody learns of it).
    """

    def __init__(self, client: Render, under_way: UnderWay, tripwire: Tripwire) -> None:
        self._client = client
        self._under_way = under_way
        self._tripwire = tripwire

    def __getattr__(self, name: str) -> Any:
        method = getattr(self._client, name)
        if not inspect.iscoroutinefunction(method):
            return method

        async def followed(*args: Any, **options: Any) -> Any:
            if name in WRITES:
                await self._tripwire.reached("sending")
            answer = await self._under_way.follow(method(*args, **options))
            if name in WRITES:
                await self._tripwire.reached("sent")
            return answer

        return followed


class TimedEdges(Edges):
    """The real ways out; a look at a slow service takes as long as it says on the shared clock.

    Probes measure in real time, in which everything in here answers at once.
    """

    world: World

    async def look(
        self, check: Check, *, attempt: int = 0, timeout_s: float | None = None
    ) -> Observation:
        seen = await super().look(check, attempt=attempt, timeout_s=timeout_s)
        hosted = self.world.render.workspace.services.values()
        live = next(
            (one.live for one in hosted if str(getattr(check, "url", "")).startswith(one.url)), None
        )
        if live is None or seen.latency_ms is None:
            return seen
        return replace(seen, latency_ms=seen.latency_ms + live.slow_by_s * 1_000)


class TrippedWriter(WatchedWriter):
    """The real writer; a test may hold an action up for ever before its beginning is written.

    The place is `approved`: it may be sent, and nothing says yet that it is.
    """

    tripwire = Tripwire()

    async def run(self, job: Callable[[Database], T], **how: Any) -> T:
        if (
            isinstance(job, partial)
            and job.func.__name__ == "_begin"
            and "standing" in job.keywords
        ):
            await self.tripwire.reached("approved")
        return await super().run(job, **how)


class Acted(Watching):
    """A running engine that acts, and what was done."""

    def __init__(self, watching: Watching, world: World) -> None:
        vars(self).update(vars(watching))
        self.world = world

    async def ask(self, word: str, /, **arguments: Any) -> dict[str, Any]:
        """Ask over the real socket, from a thread as the command line does, while time passes."""
        ask = partial(Client(self._paths, "test").ask, word, timeout_s=_ANSWER_WITHIN_S)
        asked = asyncio.create_task(asyncio.to_thread(partial(ask, **arguments)))
        while not asked.done():
            await self._clock.advance(0.1)
            await asyncio.to_thread(time.sleep, _NAP_S)
        return await asked

    async def until(self, holds: Callable[[], bool], within_s: float) -> None:
        """Let time pass until something holds; looked at every few seconds, for looking is dear."""
        for _ in range(int(within_s / _STEP_S) + 1):
            if holds():
                return
            await self.advance(_STEP_S)
        raise AssertionError(f"that did not come within {within_s:.0f} s")

    async def want(self, name: str, verb: Verb, **arguments: Any) -> None:
        """Want something as the owner does, and do not wait for what comes of it."""
        want = Want(f"test/{name}", name, verb, "test", "a test wants it", arguments)
        task = asyncio.create_task(self.engine._crew.acting.actuator.want(want))
        await self.advance(1)
        if task.done():
            task.result()

    def hosted(self, name: str) -> RenderService:
        return self.world.render.service(name)

    def actions(self, **options: Any) -> list[Action]:
        """All actions, oldest first."""
        with closing(self.read()) as reader:
            return sorted(reader.actions(limit=500, **options), key=lambda one: one.id)

    def steps(self, number: int) -> list[Step]:
        """The way of one action, by its audit."""
        return [one.step for one in self.audit() if one.action == number]

    def audit(self) -> list[AuditEntry]:
        with closing(self.read()) as reader:
            return sorted(reader.audit(limit=1_000), key=lambda one: one.id)

    def unclear(self) -> list[Action]:
        """Actions that nobody knows the outcome of yet."""
        return [one for one in self.actions() if one.step in (Step.APPROVED, Step.STARTED)]

    def notes(self) -> list[str]:
        with closing(self.read()) as reader:
            return [note.text for one in reader.incidents() for note in reader.notes(one.id)]

    async def until_step(self, number: int, *steps: Step, within_s: float = 900) -> Action:
        """Let time pass until an action came to one of some steps."""
        found: list[Action] = []

        def there() -> bool:
            found[:] = [one for one in self.actions() if one.id == number and one.step in steps]
            return bool(found)

        await self.until(there, within_s)
        return found[0]


def sent(world: World, of: str = "") -> list[str]:
    """The changing calls that reached the platform, as `POST …/restart`; or those of a service."""
    return [
        f"{method} {path}"
        for method, path in world.render.api.calls
        if method in CHANGES and of in path
    ]


def at_render(world: World, name: str, **options: Any) -> dict[str, Any]:
    """A service of the workspace, with one HTTP check that looks often."""
    host_id = world.render.service(name).id
    often = {"interval": 10.0, **options}
    return service(name, world.urls[name], render_service_id=host_id, **often)


def allowing(**levels: str) -> dict[str, Any]:
    """Rules of autonomy for all services, by verb."""
    rules = [{"verb": verb.replace("_", "-"), "level": level} for verb, level in levels.items()]
    return {"rules": rules}


def engines(world: World, clock: SharedClock, paths: Paths, tripwire: Tripwire) -> Start:
    """Starts engines that act; see `conftest.watching`."""

    def hosting(config: Config, engine_clock: Clock) -> Any:
        client = Render(
            Secret(world.render.key), engine_clock, base_url=world.render.url, allow_private=True
        )
        return FollowedRender(client, clock.under_way, tripwire)

    TrippedWriter.tripwire = tripwire

    @asynccontextmanager
    async def start(*services: dict[str, Any], **options: Any) -> AsyncIterator[Acted]:
        network = {"witnesses": world.witnesses, "quorum": 2}
        render = {"key": world.render.key, "api": world.render.url, "status_url": ""}
        tables = {"network": network, "render": render, **options}
        config = Config.model_validate({"services": list(services), **tables})

        def edges_of(prober: Prober, questions: Questions) -> WaysOut:
            edges = TimedEdges(clock.under_way, prober, questions, Tripwire())
            edges.world = world
            return WaysOut(edges.look, edges.ask, edges.channels, hosting)

        async with (
            engine_of(paths, clock, config, edges_of, TrippedWriter) as engine,
            until_stopped(Acted(Watching(paths, clock, engine, network), world)) as acted,
        ):
            yield acted

    return start
