"""How many view events a second the engine takes in, how soon it answers, and what a kill costs.

The real engine as its own process, a store on disk, every batch committed with FULL before it is
answered; the clients in another process, each batch one viewer's, as players send them. Beside it,
in the same run, stand the same server that takes every event apart and answers 204 without storing
it, and one that does not even look at what it was sent. What counts is the work of one core: by the
clock, whatever else the machine does to its disk is measured too.

    python tests/bench/bench_ingest.py [--seconds 5] [--minutes 5] [--kills 100]
"""

from __future__ import annotations

import argparse
import asyncio
import json
import multiprocessing
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import psutil

sys.path.insert(0, str(Path(__file__).parents[1] / "scenarios"))

from ingest_kills import TOKEN, Teller, config_text, free_port, kill_and_count

from sentinel_tui.client import Client
from sentinel_tui.paths import Paths
from sentinel_tui.store.queries import Reader

CONNECTIONS = 8
BATCH_SIZES = (1, 20, 100, 250)
LEAST_BATCH, LEAST_EVENTS_PER_S, LEAST_RATIO = 20, 1_000.0, 0.3
STEADY_PER_S, STEADY_BATCH = 200, 10
WARM_UP_S, WITHIN_S = 2.0, 20.0

REFERENCE = """
import asyncio, sys
from sentinel_tui.clock import SystemClock
from sentinel_tui.config.ingest import IngestOptions
from sentinel_tui.engine.ingest.gate import Gate
from sentinel_tui.engine.ingest.messages import Answer
from sentinel_tui.engine.ingest.routes import Route, Routes, json_of
from sentinel_tui.engine.ingest.server import IngestServer
from sentinel_tui.engine.ingest.views import ViewReports

class Library:
    name, bunny_id = "previews", None

reports = ViewReports(b"key", [Library])

async def check(request, name):
    for raw in json_of(request):
        reports.event(raw, now_ms=SystemClock().now_ms())
    return Answer(204)

async def forget(request, name):
    return Answer(204)

async def main(port, token, handle):
    gate = Gate(SystemClock())
    source = {"name": "bench", "token": token, "scopes": ["views"], "per_s": 100_000,
              "burst": 1_000_000}
    gate.go_by(IngestOptions.model_validate({"sources": [source]}).sources)
    server = IngestServer(
        Routes(gate, (Route("POST", "/v1/views", handle, "views", needs_json=True),))
    )
    await server.start(f"127.0.0.1:{port}")
    await asyncio.sleep(86_400)

asyncio.run(main(int(sys.argv[1]), sys.argv[2], globals()[sys.argv[3]]))
"""


@dataclass
class Told:
    """What came of telling for a while."""

    events: int = 0
    seconds: float = 0.0
    cpu_s: float = 0.0
    took_s: list[float] = field(default_factory=list)

    @property
    def per_s(self) -> float:
        return self.events / self.seconds

    @property
    def per_cpu_s(self) -> float:
        return self.events / self.cpu_s

    @property
    def p99_ms(self) -> float:
        return statistics.quantiles(self.took_s, n=100)[98] * 1_000


def main() -> None:
    """Print all figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=5.0)
    parser.add_argument("--minutes", type=float, default=0.0)
    parser.add_argument("--kills", type=int, default=0)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        compare(Path(scratch), options.seconds)
        if options.minutes:
            go_on(Path(scratch) / "steady", options.minutes * 60)
        if options.kills:
            counted = kill_and_count(Path(scratch) / "kills", options.kills)
            print(f"{options.kills} kills: {counted}")


def compare(scratch: Path, seconds: float) -> None:
    """Events a second in batches of several sizes, against the server that stores nothing."""
    for size in BATCH_SIZES:
        with engine(scratch / f"batch-{size}") as (port, process):
            stored = measure(port, process, size, seconds)
        with reference("check") as (port, process):
            checked = measure(port, process, size, seconds)
        with reference("forget") as (port, process):
            only_read = measure(port, process, size, seconds)
        print(
            f"batches of {size:>3}: {stored.per_s:>8,.0f} events/s stored, p99 "
            f"{stored.p99_ms:.1f} ms; {stored.per_s / checked.per_s:.2f}x of "
            f"{checked.per_s:,.0f} checked, {stored.per_s / only_read.per_s:.2f}x of "
            f"{only_read.per_s:,.0f} only read"
        )
        ratio = stored.per_cpu_s / checked.per_cpu_s
        print(
            f"  by the second of a core: {stored.per_cpu_s:,.0f} stored, "
            f"{checked.per_cpu_s:,.0f} checked, {only_read.per_cpu_s:,.0f} only read"
        )
        if size >= LEAST_BATCH:
            verdict("events by the second of a core", stored.per_cpu_s, LEAST_EVENTS_PER_S)
            verdict("of the server that stores nothing", ratio, LEAST_RATIO)


def measure(port: int, process: psutil.Process, size: int, seconds: float) -> Told:
    """Tell a server for a while, and see what it costs it."""
    run_apart(port, size, WARM_UP_S)
    before_s = sum(process.cpu_times()[:2])
    told = run_apart(port, size, seconds)
    told.cpu_s = sum(process.cpu_times()[:2]) - before_s
    return told


def go_on(folder: Path, seconds: float) -> None:
    """A steady load: how soon it is answered, and what it does to the engine's memory."""
    with engine(folder) as (port, process):
        run_apart(port, STEADY_BATCH, WARM_UP_S, every_s=STEADY_BATCH / STEADY_PER_S)
        before_mb = process.memory_info().rss / 1e6
        told = run_apart(port, STEADY_BATCH, seconds, every_s=STEADY_BATCH / STEADY_PER_S)
        after_mb = process.memory_info().rss / 1e6
    print(
        f"{told.per_s:.0f} events/s for {told.seconds:.0f} s: p99 {told.p99_ms:.1f} ms, "
        f"max {max(told.took_s) * 1_000:.0f} ms, RSS {before_mb:.0f} -> {after_mb:.0f} MB"
    )


@contextmanager
def engine(folder: Path) -> Iterator[tuple[int, psutil.Process]]:
    """An engine that listens: its port, and its process."""
    folder.mkdir(parents=True)
    paths, port = Paths(folder / "sentinel.toml", folder / "data"), free_port()
    paths.config.write_text(config_text(port))
    client = Client(paths, "bench")
    client.ensure_engine(wait_s=WITHIN_S)
    try:
        wait_for(port)
        yield port, psutil.Process(client.ask("status")["pid"])
    finally:
        process = psutil.Process(client.ask("status")["pid"])
        client.ask("stop")
        with suppress(psutil.NoSuchProcess):
            process.wait(WITHIN_S)
    with closing(Reader(paths)) as reader:
        reader.services()


@contextmanager
def reference(handle: str) -> Iterator[tuple[int, psutil.Process]]:
    """The same server, storing nothing: its port, and its process."""
    port = free_port()
    process = subprocess.Popen([sys.executable, "-c", REFERENCE, str(port), TOKEN, handle])
    try:
        wait_for(port)
        yield port, psutil.Process(process.pid)
    finally:
        process.kill()
        process.wait(WITHIN_S)


def wait_for(port: int) -> None:
    """Wait until somebody listens."""
    give_up_s = time.monotonic() + WITHIN_S
    while time.monotonic() < give_up_s:
        with suppress(OSError), closing(Teller(port)):
            return
        time.sleep(0.05)
    raise TimeoutError(f"nobody listens on port {port}")


def run_apart(port: int, size: int, seconds: float, every_s: float = 0.0) -> Told:
    """Tell from a process of its own, so that the client's work is not the server's."""
    context = multiprocessing.get_context("spawn")
    with context.Pool(1) as pool:
        return pool.apply(tell, (port, size, seconds, every_s))


def tell(port: int, size: int, seconds: float, every_s: float) -> Told:
    """Tell batches on several connections, one after the other on each."""
    return asyncio.run(_tell(port, size, seconds, every_s))


async def _tell(port: int, size: int, seconds: float, every_s: float) -> Told:
    told, started_s = Told(), time.monotonic()
    lanes = CONNECTIONS if not every_s else 1
    await asyncio.gather(
        *(_lane(port, lane, size, started_s + seconds, every_s, told) for lane in range(lanes))
    )
    told.seconds = time.monotonic() - started_s
    return told


async def _lane(port: int, lane: int, size: int, end_s: float, every_s: float, told: Told) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    template = json.dumps(
        [
            {
                "id": f"%%-{one:03}-0123456789abcdef",
                "viewer_token": "@@",
                "video_id": f"5f6c0a3e-0000-4000-8000-{lane:012}",
                "library": "previews",
                "event": "progress",
                "t": int(time.time() * 1_000),
                "position": one * 10.5,
            }
            for one in range(size)
        ],
        separators=(",", ":"),
    )
    batch, next_s = 0, time.monotonic()
    while time.monotonic() < end_s:
        told_by = template.replace("%%", f"{os.getpid():x}-{lane}-{batch:08}")
        body = told_by.replace("@@", f"viewer-{lane}-{batch % 500}").encode()
        head = (
            f"POST /v1/views HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer {TOKEN}\r\n"
            f"content-type: application/json\r\ncontent-length: {len(body)}\r\n\r\n"
        )
        before_s = time.perf_counter()
        writer.write(head.encode() + body)
        answer = await reader.readuntil(b"\r\n\r\n")
        status = int(answer[9:12])
        if status == 202:
            await reader.readexactly(int(answer.partition(b"content-length: ")[2].split(b"\r")[0]))
        elif status != 204:
            raise ValueError(answer)
        told.took_s.append(time.perf_counter() - before_s)
        told.events += size
        batch += 1
        if every_s:
            next_s += every_s
            await asyncio.sleep(max(0.0, next_s - time.monotonic()))
    writer.close()


def verdict(what: str, figure: float, least: float) -> None:
    """Say whether a figure is as good as it has to be."""
    word = "ok" if figure >= least else "TOO LOW"
    print(f"  {what}: {figure:,.2f}, at least {least:,.2f}: {word}")


if __name__ == "__main__":
    main()
