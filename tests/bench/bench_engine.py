"""What the engine costs: CPU for each look with all that follows, memory, and idling.

The real engine as its own process, a store on disk, 100 endpoints on loopback in another process,
a fresh connection for each request; against a plain shared httpx client that sends the same
requests at the same moments and forgets the answers.

    python tests/bench/bench_engine.py [--seconds 20] [--rounds 3]
"""

from __future__ import annotations

import argparse
import asyncio
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import httpx
import psutil

from sentinel_tui.client import Client
from sentinel_tui.paths import Paths
from sentinel_tui.store.queries import Reader

ENDPOINTS = 100
WARM_UP_S = 5.0
ROLLED_UP_S = 75.0
"""By then the first roll-up has run, and everything the engine ever imports is imported."""

SERVER = """
import asyncio, sys

ANSWER = (
    b"HTTP/1.1 200 OK\\r\\ncontent-type: application/json\\r\\n"
    b"content-length: 15\\r\\n\\r\\n" b'{"status":"ok"}'
)

class Endpoint(asyncio.Protocol):
    def connection_made(self, transport):
        self.transport, self.received = transport, b""

    def data_received(self, data):
        self.received += data
        if self.received.endswith(b"\\r\\n\\r\\n"):
            self.received = b""
            self.transport.write(ANSWER)

async def main(count):
    loop = asyncio.get_running_loop()
    servers = [await loop.create_server(Endpoint, "127.0.0.1", 0) for _ in range(count)]
    print(*(server.sockets[0].getsockname()[1] for server in servers), flush=True)
    await asyncio.sleep(86_400)

asyncio.run(main(int(sys.argv[1])))
"""


@contextmanager
def endpoints() -> Iterator[list[str]]:
    """URLs of loopback services in a process of their own."""
    with subprocess.Popen(
        [sys.executable, "-c", SERVER, str(ENDPOINTS)], stdout=subprocess.PIPE, text=True
    ) as server:
        assert server.stdout is not None
        ports = server.stdout.readline().split()
        yield [f"http://127.0.0.1:{port}/health" for port in ports]
        server.kill()


@contextmanager
def engine(folder: Path, urls: list[str], interval_s: float) -> Iterator[tuple[Paths, int]]:
    """An engine that watches these URLs: its files and its process."""
    paths = Paths(folder / "sentinel.toml", folder / "data")
    paths.config.write_text(
        "".join(
            f'[[services]]\nid = "service-{n}"\n'
            f'checks = [{{ kind = "http", url = "{url}", interval = {interval_s:g} }}]\n'
            for n, url in enumerate(urls)
        )
    )
    client = Client(paths, "bench")
    client.ensure_engine(wait_s=30)
    pid = client.ask("status")["pid"]
    try:
        yield paths, pid
    finally:
        client.ask("stop")
        while psutil.pid_exists(pid):
            time.sleep(0.05)


def looks_stored(paths: Paths) -> int:
    """How many observations are in the store."""
    with closing(Reader(paths)) as reader:
        return reader.info().rows["metrics"]


def cpu_s(pid: int) -> float:
    """CPU time a process has used, in user and kernel."""
    times = psutil.Process(pid).cpu_times()
    return times.user + times.system


def engine_cpu_ms(urls: list[str], seconds: float) -> tuple[float, float]:
    """CPU of one look with all that follows, and looks a second."""
    with tempfile.TemporaryDirectory() as folder, engine(Path(folder), urls, 1.0) as (paths, pid):
        time.sleep(WARM_UP_S)
        before_s, looks_before = cpu_s(pid), looks_stored(paths)
        time.sleep(seconds)
        spent_s, looks = cpu_s(pid) - before_s, looks_stored(paths) - looks_before
    return spent_s / looks * 1_000, looks / seconds


async def plain_looks(urls: list[str], seconds: float) -> float:
    """CPU of one request of a plain shared client, in milliseconds."""
    limits = httpx.Limits(max_keepalive_connections=0)
    async with httpx.AsyncClient(limits=limits, trust_env=False) as client:
        pending: set[asyncio.Task[httpx.Response]] = set()
        start_s = time.monotonic()
        spent_s, counted = 0.0, 0
        for number in range(int((WARM_UP_S + seconds) * ENDPOINTS)):
            if number == int(WARM_UP_S * ENDPOINTS):
                spent_s, counted = time.process_time(), number
            await asyncio.sleep(max(0.0, start_s + number / ENDPOINTS - time.monotonic()))
            task = asyncio.create_task(client.get(urls[number % ENDPOINTS]))
            pending.add(task)
            task.add_done_callback(pending.discard)
        await asyncio.gather(*pending)
        return (time.process_time() - spent_s) / (number + 1 - counted) * 1_000


def plain_cpu_ms(urls: list[str], seconds: float) -> float:
    """The same in a process of its own, so that neither carries what the other imported."""
    command = [sys.executable, __file__, "--plain", *urls, "--seconds", str(seconds)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return float(done.stdout)


def memory_mb(urls: list[str]) -> tuple[float, int]:
    """Resident memory with 100 services, and how many threads it has."""
    with tempfile.TemporaryDirectory() as folder, engine(Path(folder), urls, 30.0) as (_, pid):
        time.sleep(ROLLED_UP_S)
        process = psutil.Process(pid)
        return process.memory_info().rss / 1e6, process.num_threads()


def idle_cpu_percent(urls: list[str], seconds: float) -> float:
    """CPU share with four services at the usual interval."""
    with tempfile.TemporaryDirectory() as folder, engine(Path(folder), urls[:4], 30.0) as (_, pid):
        time.sleep(ROLLED_UP_S)
        before_s = cpu_s(pid)
        time.sleep(seconds)
        return (cpu_s(pid) - before_s) / seconds * 100


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--seconds", type=float, default=20.0)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--plain", nargs="+", default=[])
    options = parser.parse_args()
    if options.plain:
        print(asyncio.run(plain_looks(options.plain, options.seconds)))
        return
    ratios = []
    with endpoints() as urls:
        for _ in range(options.rounds):
            plain_ms = plain_cpu_ms(urls, options.seconds)
            ours_ms, rate = engine_cpu_ms(urls, options.seconds)
            ratios.append(ours_ms / plain_ms)
            print(
                f"CPU per look: plain httpx {plain_ms:.2f} ms, engine {ours_ms:.2f} ms "
                f"at {rate:.0f}/s: {ratios[-1]:.2f}x"
            )
        print(f"CPU ratio, median: {statistics.median(ratios):.2f}x (at most 1.5x)")
        memory, threads = memory_mb(urls)
        print(f"resident memory, 100 services: {memory:.1f} MB, {threads} threads (at most 60 MB)")
        idle = idle_cpu_percent(urls, 2 * options.seconds)
        print(f"idle CPU, 4 services: {idle:.2f} % (at most 1 %)")


if __name__ == "__main__":
    main()
