"""What tests of the engine are made with: a clock, a network edge, and a handle on an engine."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import closing, suppress
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from sentinel_tui.client import Client
from sentinel_tui.clock import FakeClock
from sentinel_tui.config.checks import Check
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

    def __init__(self, paths: Paths, clock: FakeClock, engine: Engine) -> None:
        self.paths = paths
        self.clock = clock
        self.engine = engine
        self.watch = engine.parts.watch

    async def advance(self, seconds: float) -> None:
        """Let time pass, and everything that was seen in it reach the store.

        The store is real and takes real time: each step waits for it, so that the engine never
        sees the clock run away while it writes.
        """
        step_s = 1.0 if seconds <= 60 else 5.0
        steps, rest_s = divmod(seconds, step_s)
        for passing_s in [step_s] * int(steps) + [rest_s]:
            await self.clock.advance(passing_s)
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
