"""CPU that a look costs, against a plain shared httpx client that sends the same requests.

100 endpoints on loopback, served by another process; a fresh connection for each request. Spread
over time as the scheduler does it, and back to back.

    python tests/bench/bench_probing.py [--looks 1000] [--rate 100] [--rounds 3]
"""

from __future__ import annotations

import argparse
import asyncio
import ssl
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

import httpx
import trustme

from sentinel_tui.config.checks import HttpCheck
from sentinel_tui.domain.monitoring.observations import Outcome
from sentinel_tui.probes.prober import Prober

ENDPOINTS = 100
SERVER = """
import asyncio, ssl, sys

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

async def main(count, pem):
    context = None
    if pem:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(pem)
    loop = asyncio.get_running_loop()
    servers = [
        await loop.create_server(Endpoint, "127.0.0.1", 0, ssl=context) for _ in range(count)
    ]
    print(*(server.sockets[0].getsockname()[1] for server in servers), flush=True)
    await asyncio.sleep(86_400)

asyncio.run(main(int(sys.argv[1]), sys.argv[2] if len(sys.argv) > 2 else ""))
"""

Look = Callable[[int], Awaitable[None]]


async def cpu_s_per_1000(look: Look, looks: int, rate: float) -> float:
    """CPU seconds of this process for 1,000 looks, started `rate` a second."""
    loop = asyncio.get_running_loop()
    gap_s = 1 / rate
    cpu, begin = time.process_time(), loop.time()
    tasks = []
    for number in range(looks):
        wait_s = begin + number * gap_s - loop.time()
        if wait_s > 0:
            await asyncio.sleep(wait_s)
        tasks.append(asyncio.create_task(look(number)))
        if number % 50 == 0:
            await asyncio.sleep(0)
    await asyncio.gather(*tasks)
    return (time.process_time() - cpu) / looks * 1_000


async def one_after_another(look: Look, looks: int) -> float:
    """The same without any pause between two looks."""
    cpu = time.process_time()
    for number in range(looks):
        await look(number)
    return (time.process_time() - cpu) / looks * 1_000


async def compare(urls: list[str], ca_file: Path | None, options: argparse.Namespace) -> None:
    checks = [HttpCheck(url=url, ca_file=ca_file) for url in urls]
    verify = ssl.create_default_context(cafile=str(ca_file)) if ca_file else True
    limits = httpx.Limits(max_keepalive_connections=0)
    async with httpx.AsyncClient(limits=limits, verify=verify) as client, Prober() as prober:

        async def plain(number: int) -> None:
            answer = await client.get(urls[number % len(urls)])
            assert answer.status_code == 200

        async def ours(number: int) -> None:
            seen = await prober.look(checks[number % len(checks)])
            assert seen.outcome is Outcome.OK, seen

        for look in (plain, ours):
            await one_after_another(look, 100)
        ways = {
            f"spread, {options.rate:.0f}/s": lambda look: cpu_s_per_1000(
                look, options.looks, options.rate
            ),
            "one after another": lambda look: one_after_another(look, options.looks),
        }
        for name, measure in ways.items():
            rounds = [(await measure(plain), await measure(ours)) for _ in range(options.rounds)]
            theirs = statistics.median(first for first, _ in rounds)
            own = statistics.median(second for _, second in rounds)
            scheme = urls[0].partition(":")[0].upper()
            print(
                f"{scheme:5} {name:18} CPU-s per 1,000: httpx client {theirs:.2f},"
                f" Prober {own:.2f}, ratio {own / theirs:.2f}"
            )


def run(scheme: str, pem: str, ca_file: Path | None, options: argparse.Namespace) -> None:
    command = [sys.executable, "-c", SERVER, str(ENDPOINTS), *([pem] if pem else [])]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        try:
            assert server.stdout is not None
            ports = server.stdout.readline().split()
            urls = [f"{scheme}://127.0.0.1:{port}/health" for port in ports]
            asyncio.run(compare(urls, ca_file, options))
        finally:
            server.terminate()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--looks", type=int, default=1_000)
    parser.add_argument("--rate", type=float, default=100)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    run("http", "", None, options)
    with tempfile.TemporaryDirectory() as folder:
        authority = trustme.CA()
        pem, ca_file = Path(folder) / "server.pem", Path(folder) / "ca.pem"
        authority.issue_cert("127.0.0.1").private_key_and_cert_chain_pem.write_to_path(str(pem))
        authority.cert_pem.write_to_path(str(ca_file))
        run("https", str(pem), ca_file, options)


if __name__ == "__main__":
    main()
