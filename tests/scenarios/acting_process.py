"""An engine as a process of its own that dies by SIGKILL at a chosen step, on a clock that hurries.

Both sides of the loopback go by the same hurried clock, so that a minute of looking for what became
of a call takes two seconds.
"""

from __future__ import annotations

import asyncio
import os
import signal
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any, TypeVar

from acting_world import WRITES

from sentinel_tui.clock import Clock
from sentinel_tui.config.loader import load
from sentinel_tui.config.model import Config
from sentinel_tui.domain.autonomy.actions import Step
from sentinel_tui.engine.edges import Edges
from sentinel_tui.engine.engine import Engine
from sentinel_tui.engine.lock import EngineLock
from sentinel_tui.engine.ways_out import channels_on_demand, hosting_on_demand
from sentinel_tui.paths import Paths
from sentinel_tui.platforms.render import Render
from sentinel_tui.probes.prober import Prober
from sentinel_tui.store.database import Database
from sentinel_tui.store.writer import Holder, StoreWriter

T = TypeVar("T")

KEY_VARIABLE = "SENTINEL_TEST_RENDER_KEY"
PLACES = ("approved", "sending", "sent", "done")
"""Right before the row that says it begins, before the call, after the call, after the last row."""


@dataclass(frozen=True)
class HurriedClock:
    """The machine's clock, only faster, and the same in every process."""

    origin_s: float
    speed: float = 30.0

    def now_ms(self) -> int:
        return 1_800_014_400_000 + round((self.elapsed_s() - 1_000.0) * 1_000)

    def elapsed_s(self) -> float:
        return 1_000.0 + (time.monotonic() - self.origin_s) * self.speed

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(max(0.0, seconds) / self.speed)


class Executioner:
    """Kills its own process when it comes to a place for the so-manieth time."""

    def __init__(self, place: str, times: int) -> None:
        self._place = place
        self._left = times

    def reached(self, place: str) -> None:
        if place == self._place:
            self._left -= 1
            if self._left == 0:
                os.kill(os.getpid(), signal.SIGKILL)


class _Client:
    """The real client, with the executioner beside it."""

    def __init__(self, client: Render, executioner: Executioner) -> None:
        self._client = client
        self._executioner = executioner

    def __getattr__(self, name: str) -> Any:
        method = getattr(self._client, name)
        return partial(self._write, method) if name in WRITES else method

    async def _write(self, method: Callable[..., Any], *args: Any, **options: Any) -> Any:
        self._executioner.reached("sending")
        answer = await method(*args, **options)
        self._executioner.reached("sent")
        return answer


class _Writer:
    """The real writer, with the executioner beside it."""

    def __init__(self, writer: StoreWriter, executioner: Executioner) -> None:
        vars(self).update(_writer=writer, _executioner=executioner)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._writer, name)

    def __setattr__(self, name: str, value: Any) -> None:
        setattr(self._writer, name, value)

    async def run(self, job: Callable[[Database], T], **how: Any) -> T:
        words = job.keywords if isinstance(job, partial) else {}
        if "standing" in words and "number" in words:
            self._executioner.reached("approved")
        result = await self._writer.run(job, **how)
        if words.get("step") is Step.DONE:
            self._executioner.reached("done")
        return result


def be_engine(paths: Paths, clock: HurriedClock, key: str, place: str, times: int) -> None:
    """Be an engine until somebody says stop, or until the executioner comes."""
    os.environ[KEY_VARIABLE] = key
    asyncio.run(_watch(paths, clock, Executioner(place, times)))


async def _watch(paths: Paths, clock: HurriedClock, executioner: Executioner) -> None:
    def hosting(config: Config, own_clock: Clock) -> Any:
        client = hosting_on_demand(config, own_clock)
        return None if client is None else _Client(client, executioner)

    lock = EngineLock.take(paths.lock, clock.now_ms())
    config = load(paths.config).config
    writer = StoreWriter.open(paths, clock, config.retention, Holder.here())
    try:
        async with Prober(clock=clock) as prober:
            edges = Edges(prober.look, None, channels_on_demand, hosting)
            engine = await Engine.start(paths, clock, config, _Writer(writer, executioner), edges)
            await engine.stopping.wait()
            await engine.stop()
    finally:
        writer.close()
        lock.release()
