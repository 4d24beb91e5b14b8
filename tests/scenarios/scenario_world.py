"""What scenarios are made with: the sandbox, a whole engine, and one clock that moves both.

Everything in between is real: sockets, the probes, the store, the channels. So whenever the clock
has moved on, whatever it set off is waited for before it moves again; and the event loop's own
deadlines go by the same clock, so that a look at a service that hangs takes no time of ours.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from contextlib import asynccontextmanager, closing, contextmanager
from functools import partial
from typing import Any, TypeVar

from sentinel_tui.client import Client
from sentinel_tui.clock import Clock, FakeClock
from sentinel_tui.config.checks import Check
from sentinel_tui.config.model import Config
from sentinel_tui.domain.monitoring.alerts import Rule
from sentinel_tui.domain.monitoring.incidents import Incident
from sentinel_tui.domain.monitoring.observations import Observation
from sentinel_tui.domain.monitoring.states import State
from sentinel_tui.domain.notifying.notices import Message
from sentinel_tui.domain.records import AlertRecord, EntryKind
from sentinel_tui.engine.edges import Edges as WaysOut
from sentinel_tui.engine.engine import Engine
from sentinel_tui.engine.own_network import Questions
from sentinel_tui.paths import Paths
from sentinel_tui.platforms.notify.channel import Channel
from sentinel_tui.platforms.notify.factory import channels_for
from sentinel_tui.probes.prober import Prober
from sentinel_tui.sandbox.http.messages import Request, Response, json_response
from sentinel_tui.sandbox.services.application import Application
from sentinel_tui.sandbox.world import World
from sentinel_tui.store.database import Database
from sentinel_tui.store.queries import Reader
from sentinel_tui.store.writer import Holder, StoreWriter

T = TypeVar("T")
Watched = TypeVar("Watched", bound="Watching")

_STEP_S = 1.0
_PATIENCE = 40
_NAP_S = 0.0003
_MOST_ROUNDS = 1_000
_IDLE_ROUNDS = 3
_ANSWER_WITHIN_S = 30.0


class UnderWay:
    """What goes on outside the clock's sight: sockets, and threads that the loop waits for.

    Something that does not end for a while waits for the clock itself, such as a look at a service
    that hangs: it had its share of patience, and is not waited for any longer.
    """

    def __init__(self) -> None:
        self._fresh: dict[object, int] = {}

    async def follow(self, work: Awaitable[T]) -> T:
        """What `work` returns; the clock waits for it."""
        mark = object()
        self._fresh[mark] = _PATIENCE
        try:
            return await work
        finally:
            self._fresh.pop(mark, None)

    async def nap(self) -> bool:
        """Give it a moment of real time; returns whether there was anything to wait for."""
        if not self._fresh:
            return False
        await asyncio.to_thread(time.sleep, _NAP_S)
        self._fresh = {mark: left - 1 for mark, left in self._fresh.items() if left > 1}
        return True


class SharedClock(FakeClock):
    """A fake clock that goes on when nothing at all is left to do: no task, no socket, no thread.

    What is sent over loopback can be read at once, so a loop that has been idle for some rounds
    has nothing more to expect from its sockets.

    Attributes:
        under_way: What it waits for besides.
    """

    def __init__(self, now_ms: int) -> None:
        super().__init__(now_ms)
        self.under_way = UnderWay()

    async def settle(self, rounds: int = _MOST_ROUNDS) -> None:
        await self._until_idle(rounds)
        while await self.under_way.nap():
            await self._until_idle(rounds)

    async def _until_idle(self, rounds: int) -> None:
        ready = asyncio.get_running_loop()._ready  # type: ignore[attr-defined]
        idle = 0
        for _ in range(rounds):
            await asyncio.sleep(0)
            idle = 0 if ready else idle + 1
            if idle == _IDLE_ROUNDS:
                return


class Steady(Application):
    """A service of which nothing is wrong unless somebody breaks it."""

    def __init__(self, name: str) -> None:
        self.name = name

    async def answer(self, request: Request) -> Response:
        return json_response(status="ok")


class WatchedChannel:
    """A real channel; a test may hold it up before or after it delivered, for ever."""

    def __init__(self, channel: Channel, under_way: UnderWay, tripwire: Tripwire) -> None:
        self._channel = channel
        self._under_way = under_way
        self._tripwire = tripwire

    async def send(self, message: Message) -> None:
        await self._tripwire.reached("claimed")
        await self._under_way.follow(self._channel.send(message))
        await self._tripwire.reached("delivered")


class Tripwire:
    """Holds the engine up at a chosen place, so that it can be killed there.

    Attributes:
        place: Where, or empty for nowhere.
        tripped: Whether it got there.
    """

    def __init__(self) -> None:
        self.place = ""
        self.tripped = False

    async def reached(self, place: str) -> None:
        if place == self.place:
            self.tripped = True
            await asyncio.Event().wait()


class Edges:
    """The real ways out of an engine, watched."""

    def __init__(
        self, under_way: UnderWay, prober: Prober, questions: Questions, tripwire: Tripwire
    ) -> None:
        self._under_way = under_way
        self._prober = prober
        self._questions = questions
        self._tripwire = tripwire

    async def look(
        self, check: Check, *, attempt: int = 0, timeout_s: float | None = None
    ) -> Observation:
        look = self._prober.look(check, attempt=attempt, timeout_s=timeout_s)
        return await self._under_way.follow(look)

    async def ask(self, witness: str) -> bool | None:
        return await self._under_way.follow(self._questions.ask(witness))

    def channels(self, config: Config, clock: Clock) -> Mapping[str, Channel]:
        real = channels_for(config, clock)
        return {
            name: WatchedChannel(one, self._under_way, self._tripwire) for name, one in real.items()
        }


class WatchedWriter:
    """The store's real writer; the clock stands still while it writes."""

    def __init__(self, writer: StoreWriter, under_way: UnderWay) -> None:
        self._writer = writer
        self._under_way = under_way

    def __getattr__(self, name: str) -> Any:
        return getattr(self._writer, name)

    def __setattr__(self, name: str, value: Any) -> None:
        own = name in ("_writer", "_under_way")
        object.__setattr__(self if own else self._writer, name, value)

    async def run(self, job: Callable[[Database], T], **how: Any) -> T:
        return await self._under_way.follow(self._writer.run(job, **how))


class Watching:
    """A running engine, and what a test wants to know of it."""

    def __init__(
        self, paths: Paths, clock: FakeClock, engine: Engine, network: dict[str, Any]
    ) -> None:
        self.engine = engine
        self.network = network
        self.killed = False
        self._paths = paths
        self._clock = clock

    async def kill(self) -> None:
        """End it where it stands: nothing is flushed, nobody says goodbye."""
        self.killed = True
        await self.engine._crew._supervisor.stop()
        await self.engine._control.stop()

    async def advance(self, seconds: float) -> None:
        """Let time pass; what was seen in it is in the store then."""
        await self._clock.advance(seconds)
        await self.engine.parts.recording.flush()

    async def reload(self, *services: dict[str, Any], **options: Any) -> None:
        """Have it take over another configuration, from its file, over its socket."""
        tables = {"services": services, "network": self.network, **options}
        lines = (f"{name} = {_toml(value)}\n" for name, value in tables.items())
        self._paths.config.write_text("".join(lines))
        await self.ask("reload")

    async def until(self, holds: Callable[[], bool], within_s: float) -> None:
        """Let time pass until something holds."""
        for _ in range(int(within_s / _STEP_S)):
            if holds():
                return
            await self.advance(_STEP_S)
        raise AssertionError(f"that did not come within {within_s:.0f} s")

    async def ask(self, verb: str, **arguments: Any) -> dict[str, Any]:
        """Ask over the real socket, from a thread as the command line does, while time passes."""
        ask = partial(Client(self._paths, "test").ask, verb, timeout_s=_ANSWER_WITHIN_S)
        asked = asyncio.create_task(asyncio.to_thread(partial(ask, **arguments)))
        while not asked.done():
            await self._clock.advance(0.1)
            await asyncio.to_thread(time.sleep, _NAP_S)
        return await asked

    def state(self, service: str) -> State:
        with closing(self.read()) as reader:
            return next(one.state for one in reader.services() if one.id == service)

    def down(self) -> set[str]:
        """Which services show DOWN."""
        with closing(self.read()) as reader:
            return {one.id for one in reader.services() if one.state is State.DOWN}

    def alerts(self, *rules: Rule) -> list[AlertRecord]:
        """Alerts of some rules, or all of them, oldest first."""
        with closing(self.read()) as reader:
            found = reader.alerts(limit=5_000)
        return [one for one in reversed(found) if not rules or one.rule in rules]

    def incidents(self) -> list[Incident]:
        """All incidents, oldest first."""
        with closing(self.read()) as reader:
            return reader.incidents()[::-1]

    def entries(self, *kinds: EntryKind) -> list[str]:
        """What the timeline tells, oldest first."""
        with closing(self.read()) as reader:
            entries = reader.timeline(0, self._clock.now_ms() + 1, limit=5_000)
        return [one.text for one in reversed(entries) if one.kind in kinds]

    def read(self) -> Reader:
        return Reader(self._paths)


@contextmanager
def one_time(loop: asyncio.AbstractEventLoop, clock: FakeClock) -> Iterator[None]:
    """Have the deadlines of the event loop itself go by the clock."""
    own = loop.time
    loop.time = clock.elapsed_s  # type: ignore[method-assign]
    try:
        yield
    finally:
        loop.time = own  # type: ignore[method-assign]


def service(identity: str, url: str, **options: Any) -> dict[str, Any]:
    """A service with one HTTP check."""
    check = {"kind": "http", "url": url, "interval": options.pop("interval", 30.0)}
    check["timeout"] = options.pop("timeout", 5.0)
    return {"id": identity, "checks": [check], **options}


def _toml(value: Any) -> str:
    """A value of a configuration as TOML, whose inline tables are JSON with another sign."""
    return json.dumps(value, separators=(", ", " = "))


def told(world: World) -> list[dict[str, Any]]:
    """What arrived in the sandbox's inbox, oldest first."""
    return [body["data"] for body in world.inbox.received.values()]


def titles(world: World) -> list[str]:
    """What arrived in the sandbox's inbox, as one reads it on a phone."""
    return [one["title"] for one in told(world)]


EdgesOf = Callable[[Prober, Questions], WaysOut]
"""Makes an engine's ways out of what looks at services and what asks witnesses."""


@asynccontextmanager
async def engine_of(
    paths: Paths,
    clock: SharedClock,
    config: Config,
    edges_of: EdgesOf,
    writing: type[WatchedWriter] = WatchedWriter,
) -> AsyncIterator[Engine]:
    """A whole engine on a real store; what it used is closed, but to end it is the caller's."""
    writer = StoreWriter.open(paths, clock, config.retention, Holder.here())
    questions = Questions()
    try:
        async with Prober(clock=clock) as prober:
            watched: Any = writing(writer, clock.under_way)
            yield await Engine.start(paths, clock, config, watched, edges_of(prober, questions))
    finally:
        questions.close()
        writer.close()


@asynccontextmanager
async def until_stopped(watching: Watched) -> AsyncIterator[Watched]:
    """Stop an engine at the end as an owner stops it, unless the scenario killed it."""
    try:
        yield watching
    finally:
        if not watching.killed:
            await watching.engine.stop()
