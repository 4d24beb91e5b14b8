"""What telling costs: an observation that changes nothing, one that is an alarm, and the outbox.

From the judgement to the commit, through `record()` and the store's writer on disk, as the engine
does it. What judging alone costs is `bench_judging.py`'s to say. Each figure also stands beside
plain `executemany` of the same run, which writes a row and knows nothing.

    python tests/bench/bench_alerts.py [--services 1000] [--rounds 5]
"""

from __future__ import annotations

import argparse
import asyncio
import sys
import tempfile
import time
from functools import partial
from pathlib import Path
from statistics import median

sys.path.insert(0, str(Path(__file__).parent))

from bench_store import opened, plain_executemany
from big_store import END_MS, INTERVAL_MS, paths_in

from sentinel_tui.config.model import Service
from sentinel_tui.domain.monitoring.judgement import Judgement, judge
from sentinel_tui.domain.monitoring.observations import (
    FailurePhase,
    Observation,
    Outcome,
    PhaseTimings,
)
from sentinel_tui.domain.monitoring.states import CheckState, Thresholds
from sentinel_tui.domain.notifying.policy import ChannelPolicy, NotifyPolicy, Orders
from sentinel_tui.store import recorder
from sentinel_tui.store.writer import StoreWriter

TICK_ROWS = 100
CHANNELS = ("phone", "mail")
NERVOUS = Thresholds(burst_s=(), confirm_cycles=1, recover_cycles=1, recover_after_s=0.0)
"""One failure is an alarm, one success its end: every tick of an outage costs all there is."""


class Fleet:
    """Services with one check each, on a store of their own, and how the last look left them."""

    def __init__(self, writer: StoreWriter, keys: dict[tuple[str, str], int]) -> None:
        self.writer = writer
        self.states = {service: CheckState() for service, _ in keys}
        self._keys = keys
        self._now_ms = END_MS

    async def tick(self, outcome: Outcome) -> float:
        """Seconds to judge a look at every service and have all that follows on disk."""
        self._now_ms += INTERVAL_MS
        seen = look(self._now_ms, outcome)
        begin = time.perf_counter()
        judged = [
            (key, self._judge(service, check, seen)) for (service, check), key in self._keys.items()
        ]
        groups = [judged[at : at + TICK_ROWS] for at in range(0, len(judged), TICK_ROWS)]
        for group in groups:
            job = partial(recorder.record, judgements=group, at_ms=self._now_ms)
            await self.writer.run(job)
        return time.perf_counter() - begin

    async def tend(self) -> float:
        """Seconds to go through the outbox when nothing about it changed."""
        begin = time.perf_counter()
        await self.writer.run(partial(recorder.tend, now_ms=self._now_ms + 1_000))
        return time.perf_counter() - begin

    def _judge(self, service: str, check: str, seen: Observation) -> Judgement:
        judgement = judge(service, check, {check: self.states[service]}, seen, NERVOUS)
        self.states[service] = judgement.state
        return judgement


def look(at_ms: int, outcome: Outcome) -> Observation:
    """One look, as a probe gives it."""
    failed = outcome is Outcome.FAIL
    return Observation(
        at_ms=at_ms,
        outcome=outcome,
        timings=PhaseTimings(1.0, 8.0, 17.0, 12.0, 2.0, 40.0),
        latency_ms=None if failed else 40.0,
        phase=FailurePhase.CONNECT if failed else None,
        error="connection refused" if failed else "",
        status=None if failed else 200,
    )


async def measure(writer: StoreWriter, services: int, rounds: int) -> dict[str, float]:
    """Seconds for each kind of tick and for the outbox, the medians of some rounds."""
    options = [Service(id=f"s{number}", url="http://localhost/") for number in range(services)]
    writer.orders = Orders(NotifyPolicy(channels=tuple(map(ChannelPolicy, CHANNELS))))
    channels = [(name, "webhook") for name in CHANNELS]
    await writer.run(partial(recorder.register_channels, channels=channels))
    keys = await writer.run(partial(recorder.register, services=options))
    fleet = Fleet(writer, keys)
    await fleet.tick(Outcome.OK)
    quiet = [await fleet.tick(Outcome.OK) for _ in range(rounds)]
    opening = await fleet.tick(Outcome.FAIL)
    staying = [await fleet.tick(Outcome.FAIL) for _ in range(rounds)]
    tending = [await fleet.tend() for _ in range(rounds)]
    ending = await fleet.tick(Outcome.OK)
    return {
        "an observation that changes nothing": median(quiet),
        "one that opens an alert, incident and outbox": opening,
        "one that fails on": median(staying),
        "one that ends them": ending,
        "tend": median(tending),
    }


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--services", type=int, default=1_000)
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        plain_us = 1e6 / plain_executemany(Path(scratch) / "plain.db")
        with opened(paths_in(Path(scratch) / "fleet")) as writer:
            times_s = asyncio.run(measure(writer, options.services, options.rounds))
    tend_ms = times_s.pop("tend") * 1_000
    print(f"reference, plain executemany {plain_us:33.2f} us a row")
    for what, seconds in times_s.items():
        each_us = seconds / options.services * 1e6
        print(f"{what:<48}{each_us:10.1f} us   {each_us / plain_us:7.1f} times the reference")
    print(
        f"tend() over {options.services:,} open incidents, {len(CHANNELS)} channels"
        f"{tend_ms:14.1f} ms   {tend_ms * 1_000 / options.services / plain_us:7.1f} times the "
        f"reference an incident"
    )


if __name__ == "__main__":
    main()
