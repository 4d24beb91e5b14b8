"""What tests of the engine are made with: a clock, a network edge, and a handle on an engine."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import closing, suppress
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from sentinel_tui.client import Client
from sentinel_tui.clock import Clock, FakeClock
from sentinel_tui.config.checks import Check
from sentinel_tui.config.model import Config
from sentinel_tui.config.secrets import Secret
from sentinel_tui.domain.monitoring.alerts import Rule
from sentinel_tui.domain.monitoring.observations import (
    FailurePhase,
    Observation,
    Outcome,
    PhaseTimings,
    WakeHint,
)
from sentinel_tui.domain.monitoring.states import State
from sentinel_tui.domain.notifying.notices import Message
from sentinel_tui.domain.records import AlertRecord, EntryKind
from sentinel_tui.engine.engine import Engine
from sentinel_tui.errors import StoreFull
from sentinel_tui.paths import Paths
from sentinel_tui.platforms.notify.channel import DeliveryError
from sentinel_tui.platforms.render import Render
from sentinel_tui.sandbox.host import Host
from sentinel_tui.sandbox.port import LOOPBACK
from sentinel_tui.sandbox.render.api import KEY, RenderApi
from sentinel_tui.sandbox.render.service import RenderService
from sentinel_tui.sandbox.render.workspace import Workspace
from sentinel_tui.sandbox.troubles import How
from sentinel_tui.store.queries import Reader


@dataclass(frozen=True)
class Answer:
    """What the other side does in one look."""

    outcome: Outcome = Outcome.OK
    takes_s: float = 0.05
    status: int | None = 200
    hint: WakeHint | None = None
    error: str = ""
    kept: str = ""

    @classmethod
    def failing(cls, error: str = "refused", kept: str = "") -> Answer:
        return cls(Outcome.FAIL, status=None, error=error, kept=kept)

    @classmethod
    def waking(cls, status: int = 503, takes_s: float = 0.05) -> Answer:
        return cls(Outcome.FAIL, takes_s, status, WakeHint.HIBERNATING, "it is being started")


@dataclass(frozen=True)
class Looked:
    """A look that the engine took."""

    check: str
    at_s: float
    attempt: int
    timeout_s: float | None


@dataclass
class Network:
    """The outermost edge, scripted: answers by check name, and remembers who was looked at."""

    clock: FakeClock
    answers: Callable[[str], Answer] = field(default=lambda check: Answer())
    looks: list[Looked] = field(default_factory=list)
    under_way: int = 0
    most_under_way: int = 0
    online: bool = True
    """Whether the witnesses of our own network answer."""
    asked: int = 0

    async def ask(self, witness: str) -> bool:
        self.asked += 1
        return self.online

    async def look(
        self, check: Check, *, attempt: int = 0, timeout_s: float | None = None
    ) -> Observation:
        self.looks.append(Looked(check.name, self.clock.elapsed_s(), attempt, timeout_s))
        at_ms, answer = self.clock.now_ms(), self.answers(check.name)
        self.under_way += 1
        self.most_under_way = max(self.most_under_way, self.under_way)
        try:
            await self.clock.sleep(answer.takes_s)
        finally:
            self.under_way -= 1
        good = answer.outcome in (Outcome.OK, Outcome.SLOW)
        return Observation(
            at_ms=at_ms,
            outcome=answer.outcome,
            timings=PhaseTimings(total_ms=answer.takes_s * 1_000),
            latency_ms=answer.takes_s * 1_000 if good else None,
            phase=None if good else FailurePhase.CONNECT,
            status=answer.status,
            error=answer.error,
            kept=answer.kept,
            wake_hint=answer.hint,
            attempt=attempt,
        )

    def times_s(self, check: str) -> list[float]:
        return [look.at_s for look in self.looks if look.check == check]


class Platform:
    """A workspace of the Render look-alike, asked over a real socket, and the way to its services.

    Attributes:
        key: With which key the engine asks.
        starts_in_s: How long a sleeping service holds a request before it answers.
    """

    def __init__(self, clock: FakeClock, free_hours: float = 750.0) -> None:
        self.key = KEY
        self.starts_in_s = 30.0
        self.workspace = Workspace(clock, free_hours=free_hours)
        self.api = RenderApi(self.workspace, clock)
        self.under_way = 0
        self._clock = clock
        self._host = Host(self.api, clock)
        self._host.start()

    def add(self, name: str, plan: str = "free") -> RenderService:
        return self.workspace.add(name, f"http://{name}.test", plan)

    def named(self, name: str) -> RenderService:
        return next(one for one in self.workspace.services.values() if one.name == name)

    def answer(self, name: str) -> Answer:
        """What a request to a service gets; it keeps the service awake, or starts it."""
        service = self.named(name)
        if service.suspenders:
            self.workspace.visit(service)
            return Answer(Outcome.FAIL, status=503, error="Service Suspended")
        if self.workspace.awake(service):
            self.workspace.visit(service)
            return Answer() if service.works else Answer(Outcome.FAIL, status=500, error="500")
        self.workspace.start(service, self.starts_in_s, fails=False)
        return Answer(takes_s=self.starts_in_s)

    def client(self, config: Config, clock: Clock) -> Any:
        """Makes the engine's client: the real one, with an eye on whether it is asking."""
        if config.render is None or config.render.key is None:
            return None
        url = f"http://{LOOPBACK}:{self._host.port}/v1"
        return _Watched(self, Render(Secret(self.key), clock, base_url=url, allow_private=True))

    async def settle(self) -> None:
        """Give calls that are under way the real time they need, unless they wait for the clock."""
        for _ in range(100):
            if not self.under_way:
                return
            await asyncio.sleep(0.001)
            await self._clock.settle(1)

    async def fail(self, for_s: float) -> None:
        """Answer every call with a 500 for so long."""
        await self._host.break_by(How.ERROR, for_s)

    async def stop(self) -> None:
        await self._host.stop()


class _Watched:
    """A client that says when one of its calls is under way."""

    def __init__(self, platform: Platform, client: Render) -> None:
        self._platform = platform
        self._client = client

    def __getattr__(self, name: str) -> Callable[..., Awaitable[Any]]:
        method = getattr(self._client, name)

        async def call(*arguments: Any, **options: Any) -> Any:
            self._platform.under_way += 1
            try:
                return await method(*arguments, **options)
            finally:
                self._platform.under_way -= 1

        return call


@dataclass
class Phone:
    """A channel that writes down what arrives, and can be out of reach."""

    reachable: bool = True
    arrived: list[Message] = field(default_factory=list)
    tries: int = 0

    async def send(self, message: Message) -> None:
        self.tries += 1
        if not self.reachable:
            raise DeliveryError("nobody answers")
        self.arrived.append(message)

    @property
    def titles(self) -> list[str]:
        return [message.title for message in self.arrived]


class Watching:
    """A running engine, and what a test wants to know of it."""

    def __init__(
        self, paths: Paths, clock: FakeClock, engine: Engine, platform: Platform | None = None
    ) -> None:
        self.paths = paths
        self.clock = clock
        self.engine = engine
        self.watch = engine.parts.watch
        self._platform = platform
        self._began_s = clock.elapsed_s()

    @property
    def hours(self) -> float:
        """For how long it has been watching."""
        return (self.clock.elapsed_s() - self._began_s) / 3_600

    async def advance(self, seconds: float, step_s: float | None = None) -> None:
        """Let time pass, and everything that was seen in it reach the store.

        The store is real and takes real time: each step waits for it, so that the engine never
        sees the clock run away while it writes.
        """
        step_s = step_s or (1.0 if seconds <= 60 else 5.0)
        steps, rest_s = divmod(seconds, step_s)
        for passing_s in [step_s] * int(steps) + [rest_s]:
            await self.clock.advance(passing_s)
            if self._platform is not None:
                await self._platform.settle()
            with suppress(StoreFull):
                await self.engine.parts.writer.run(lambda db: None)
        await self.engine.parts.recording.flush()

    async def ask(self, verb: str, *, step_s: float = 0.1, **arguments: Any) -> dict[str, Any]:
        """Ask over the real socket, from a thread as the command line does, while time passes."""
        ask = partial(Client(self.paths, "test").ask, verb, timeout_s=30.0, **arguments)
        asked = asyncio.create_task(asyncio.to_thread(ask))
        while not (await asyncio.wait([asked], timeout=0.01))[0]:
            await self.clock.advance(step_s)
        return await asked

    def state(self, service: str) -> State:
        with closing(self.read()) as reader:
            return next(one.state for one in reader.services() if one.id == service)

    def entries(self, *kinds: EntryKind) -> list[str]:
        """What the timeline tells, oldest first."""
        with closing(self.read()) as reader:
            entries = reader.timeline(0, self.clock.now_ms() + 1, limit=5_000)
        return [one.text for one in reversed(entries) if one.kind in kinds]

    def alerts(self, *rules: Rule) -> list[AlertRecord]:
        """Alerts of some rules, or all of them, oldest first."""
        with closing(self.read()) as reader:
            found = reader.alerts(limit=5_000)
        return [one for one in reversed(found) if not rules or one.rule in rules]

    def read(self) -> Reader:
        return Reader(self.paths)


def hosted(name: str, platform: Platform, **options: Any) -> dict[str, Any]:
    """A service that sleeps, costs hours, and is known to the platform by its id."""
    sleeps = options.pop("sleeps", {})
    host_id = platform.named(name).id
    return service(name, render_service_id=host_id, sleeps=sleeps, **options)


def service(name: str, **options: Any) -> dict[str, Any]:
    """A service with one HTTP check of its own name."""
    check = {
        "kind": "http",
        "name": name,
        "url": f"http://{name}.test/",
        "interval": options.pop("interval", 30.0),
        "timeout": options.pop("timeout", 10.0),
    }
    return {"id": name, "checks": [check], **options}
