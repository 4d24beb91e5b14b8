"""Weeks of an engine in seconds: a whole engine, and a workspace of four free services.

The engine's workers look at the clock every five minutes here, so that a month has nine thousand
moments and not millions; visitors come and services start to the millisecond. Everything else is as
in life: the engine with all its workers, the store, the doors of the services, and the platform's
API behind its real client. Only the sockets are left out, on both sides.
"""

from __future__ import annotations

import asyncio
import heapq
import time
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import asynccontextmanager, contextmanager
from math import ceil
from typing import Any, TypeVar
from urllib.parse import urlsplit

from scenario_world import WatchedWriter, one_time

from sentinel_tui.clock import FakeClock
from sentinel_tui.config.checks import Check
from sentinel_tui.config.model import Config
from sentinel_tui.domain.monitoring.observations import (
    FailurePhase,
    Observation,
    Outcome,
    PhaseTimings,
    WakeHint,
)
from sentinel_tui.engine.edges import Edges
from sentinel_tui.engine.engine import Engine
from sentinel_tui.paths import Paths
from sentinel_tui.platforms import guard
from sentinel_tui.platforms.transport import Answer, NoAnswer
from sentinel_tui.sandbox.http.messages import Request, Response, json_response
from sentinel_tui.sandbox.render.api import KEY, RenderApi
from sentinel_tui.sandbox.render.service import RenderService
from sentinel_tui.sandbox.render.workspace import Workspace
from sentinel_tui.sandbox.services.render_edge import RenderEdge, SleepHabits
from sentinel_tui.sandbox.visitors import HOURS_OF_WEEK, Visitors
from sentinel_tui.store.writer import Holder, StoreWriter

T = TypeVar("T")

DAY_S = 86_400.0
NAMES = ("public", "curator", "monetizer", "admin")
HABITS = SleepHabits(after_s=900.0, wakes_in_s=(30.0, 50.0), one_start_fails_in=0)

_MOMENT_S = 300.0
_NAP_S = 0.0002
_POLL_S = 45.0
"""Waited for in two steps, and so for ten minutes of this clock."""
_LATENCY_MS = 80.0
_API = "http://127.0.0.1:9/v1"


class Writing:
    """What the store's thread does; the clock waits for it."""

    def __init__(self) -> None:
        self.waiting = 0

    async def follow(self, work: Awaitable[T]) -> T:
        """What `work` returns."""
        self.waiting += 1
        try:
            return await work
        finally:
            self.waiting -= 1


class HurriedClock(FakeClock):
    """A clock on which whoever sleeps, sleeps until another five minutes have begun.

    Attributes:
        writing: What it waits for besides.
    """

    def __init__(self, now_ms: int) -> None:
        super().__init__(now_ms)
        self.writing = Writing()

    async def sleep(self, seconds: float) -> None:
        if seconds <= 0:
            await asyncio.sleep(0)
            return
        until_s = ceil((self._elapsed_s + seconds) / _MOMENT_S) * _MOMENT_S
        await super().sleep(until_s - self._elapsed_s)

    async def sleep_exactly(self, seconds: float) -> None:
        await super().sleep(seconds)

    async def advance(self, seconds: float) -> None:
        await self.settle()
        end_s = self._elapsed_s + seconds
        while self._sleepers and self._sleepers[0][0] <= end_s:
            self._move_to(max(self._sleepers[0][0], self._elapsed_s))
            while self._sleepers and self._sleepers[0][0] <= self._elapsed_s:
                _, _, done = heapq.heappop(self._sleepers)
                if not done.done():
                    done.set_result(None)
            await self.settle()
        self._move_to(end_s)

    async def settle(self, rounds: int = 0) -> None:
        """Run everything that is ready to run, and what follows from it."""
        ready = asyncio.get_running_loop()._ready  # type: ignore[attr-defined]
        while True:
            await asyncio.sleep(0)
            if ready:
                continue
            if not self.writing.waiting:
                return
            time.sleep(_NAP_S)


class Exact:
    """The same clock for those who sleep for as long as they say."""

    def __init__(self, clock: HurriedClock) -> None:
        self.now_ms = clock.now_ms
        self.elapsed_s = clock.elapsed_s
        self.sleep = clock.sleep_exactly


class AtOnce(ThreadPoolExecutor):
    """Does what it is given before it answers: no time passes while a thread would work."""

    def submit(self, work: Callable[..., Any], /, *args: Any, **named: Any) -> Future[Any]:
        done: Future[Any] = Future()
        try:
            done.set_result(work(*args, **named))
        except BaseException as error:
            done.set_exception(error)
        return done


class Month:
    """Four free services of one workspace, and the people who come to them.

    Attributes:
        clock: Everybody's.
        workspace: The platform, which counts the hours.
        met: How many visitors were answered at once (`warm`), had to wait (`cold`), or found the
            service suspended (`refused`).
        first: How many of them came so long after the one before that only a plan could have the
            service awake.
    """

    def __init__(self, start_ms: int, free_hours: float, *, seed: int = 1) -> None:
        """Begin a month in which nobody has come yet.

        Args:
            start_ms: When it is.
            free_hours: What all services together may spend.
            seed: Decides when people come.
        """
        self.clock = HurriedClock(start_ms)
        self.met: Counter[str] = Counter()
        self.first = 0
        self._came_s: dict[str, float] = {}
        self._exact = Exact(self.clock)
        self.workspace = Workspace(self._exact, free_hours=free_hours)
        self._api = RenderApi(self.workspace, self._exact)
        self._doors = {name: self._door(name) for name in NAMES}
        self._visitors = Visitors(curves(), self._visit, self._exact, seed)

    @property
    def services(self) -> Mapping[str, RenderService]:
        """The services as the platform knows them, by name."""
        return {one.name: one for one in self.workspace.services.values()}

    @property
    def suspended(self) -> bool:
        """Whether the hours are used up."""
        return any("billing" in one.suspenders for one in self.services.values())

    def config(self, budget_hours: float, *, always_on: bool = False) -> Config:
        """What the owner wrote down.

        Args:
            budget_hours: What they say the workspace has.
            always_on: Whether they say that being awake costs nothing, as keep-alive scripts do.
        """
        services = [self._written(name, always_on=always_on) for name in NAMES]
        render = {"key": KEY, "api": _API, "status_url": "", "poll": _POLL_S}
        return Config.model_validate(
            {"services": services, "render": {**render, "budget_hours": budget_hours}}
        )

    @asynccontextmanager
    async def watched(self, paths: Paths, config: Config) -> AsyncIterator[Engine]:
        """Have an engine watch it, and people come."""
        asyncio.get_running_loop().set_default_executor(AtOnce())
        writer = StoreWriter.open(paths, self.clock, config.retention, Holder.here())
        with one_time(asyncio.get_running_loop(), self.clock), self._instead_of_sockets():
            watched: Any = WatchedWriter(writer, self.clock.writing)
            edges = Edges(self.look, _is_there)
            engine = await Engine.start(paths, self.clock, config, watched, edges)
            people = asyncio.create_task(self._visitors.come())
            try:
                yield engine
            finally:
                people.cancel()
                await engine.stop()
                writer.close()

    async def look(
        self, check: Check, *, attempt: int = 0, timeout_s: float | None = None
    ) -> Observation:
        """Look at a service through its door."""
        name = check.name.partition("/")[0] if "/" in check.name else _name_of(check)
        at_ms = self.clock.now_ms()
        response = await self._doors[name].answer(Request("GET", "/health"))
        took_ms = max(_LATENCY_MS, float(self.clock.now_ms() - at_ms))
        good = response is not None and response.status == 200
        return Observation(
            at_ms=at_ms,
            outcome=Outcome.OK if good else Outcome.FAIL,
            timings=PhaseTimings(total_ms=took_ms),
            latency_ms=took_ms if good else None,
            phase=None if good else FailurePhase.ASSERTION,
            status=response.status if response is not None else None,
            wake_hint=_hint(response),
            attempt=attempt,
        )

    async def _visit(self, name: str) -> None:
        """Somebody comes, and waits for as long as it takes."""
        service, door, now_s = self.services[name], self._doors[name], self.clock.elapsed_s()
        self.first += now_s - self._came_s.get(name, -DAY_S) > HABITS.after_s
        self._came_s[name] = now_s
        if service.suspenders:
            self.met["refused"] += 1
            return
        self.met["warm" if door.awake else "cold"] += 1
        await door.answer(Request("GET", "/"))

    def _door(self, name: str) -> RenderEdge:
        service = self.workspace.add(name, f"https://{name}.onrender.com")
        return RenderEdge(
            _well,
            service,
            self.workspace,
            HABITS,
            self._exact,
            seed=name,
            eviction_at=lambda at_s: None,
        )

    def _written(self, name: str, *, always_on: bool) -> dict[str, Any]:
        service = self.services[name]
        check = {"kind": "http", "url": f"{service.url}/health", "interval": 300.0}
        sleeps = {"costs_hours": not always_on, "expected_wake": 50.0}
        written = {"id": name, "checks": [check], "sleeps": sleeps}
        return written if always_on else {**written, "render_service_id": service.id}

    @contextmanager
    def _instead_of_sockets(self) -> Iterator[None]:
        real = guard.exchange
        guard.exchange = self._exchange
        try:
            yield
        finally:
            guard.exchange = real

    async def _exchange(
        self, method: str, url: str, *, headers: Mapping[str, str], body: bytes = b"", **_: Any
    ) -> Answer:
        parts = urlsplit(url)
        answered = await self._api.answer(Request(method, parts.path, parts.query, headers, body))
        if answered is None:
            raise NoAnswer("the API hung up", sent=True)
        return Answer(answered.status, dict(answered.headers), answered.body)


def curves() -> dict[str, list[float]]:
    """Visits an hour in each hour of the week: offices, evenings, and hardly anybody."""
    return {
        "public": [_evenings(cell) for cell in range(HOURS_OF_WEEK)],
        "curator": [_office(cell, 1.2) for cell in range(HOURS_OF_WEEK)],
        "monetizer": [_office(cell, 0.5) for cell in range(HOURS_OF_WEEK)],
        "admin": [0.02] * HOURS_OF_WEEK,
    }


def _evenings(cell: int) -> float:
    return 1.5 if 18 <= cell % 24 < 23 else 0.1


def _office(cell: int, rate: float) -> float:
    return rate if cell < 5 * 24 and 8 <= cell % 24 < 17 else 0.01


async def _well(request: Request) -> Response:
    return json_response(status="ok")


async def _is_there(witness: str) -> bool:
    return True


def _name_of(check: Check) -> str:
    return str(getattr(check, "url", "")).removeprefix("https://").partition(".")[0]


def _hint(response: Response | None) -> WakeHint | None:
    routing = dict(response.headers).get("x-render-routing", "") if response is not None else ""
    return WakeHint.HIBERNATING if routing.startswith("hibernate") else None
