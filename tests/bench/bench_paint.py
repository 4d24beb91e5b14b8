"""How soon the screen is there, and how little it costs once it is.

First paint is compared with a Textual app of five empty tabs in the same run; both are seen through
a pseudo-terminal. The store holds 30 days of 100 services, every 30 s.

Run: python tests/bench/bench_paint.py [FOLDER]     FOLDER: keeps the big store for the next run
"""

from __future__ import annotations

import asyncio
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path

import psutil

TESTS = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(TESTS.parent), str(TESTS / "pty"), str(TESTS / "tui"), str(TESTS / "bench")]

from big_store import build_store  # noqa: E402
from pty_terminal import Terminal  # noqa: E402
from tui_engine import ControlDouble, listening  # noqa: E402
from tui_past import NOW_MS, ORDINARY, Past  # noqa: E402

from sentinel_tui.domain.monitoring.judgement import judge  # noqa: E402
from sentinel_tui.domain.monitoring.observations import (  # noqa: E402
    Observation,
    Outcome,
    PhaseTimings,
)
from sentinel_tui.domain.monitoring.states import Thresholds  # noqa: E402
from sentinel_tui.domain.records import EngineRecord  # noqa: E402
from sentinel_tui.paths import Paths  # noqa: E402
from sentinel_tui.store import recorder  # noqa: E402
from sentinel_tui.store.writer import StoreWriter  # noqa: E402

ROUNDS = 11
VISIBLE_CHARACTERS = 40
OBSERVED_S = 20.0
MOST_PAINT_RATIO = 1.6
MOST_IDLE_CPU_PERCENT = 0.5
MOST_LIVE_BYTES_PER_S = 2_000

FIVE_EMPTY_TABS = """
from textual.app import App
from textual.widgets import TabbedContent, TabPane

class Five(App):
    def compose(self):
        with TabbedContent():
            for title in ("Status", "Alerts", "Behaviour", "Video Analytics", "Recommendations"):
                yield TabPane(title)

Five().run(mouse=False)
"""


def opened(command: list[str], **environment: str) -> Terminal:
    return Terminal(command, environment={"PYTHONPATH": str(TESTS.parent), **environment})


def sentinel(paths: Paths) -> Terminal:
    """`sentinel`, as an owner types it."""
    return opened(
        [sys.executable, "-m", "sentinel_tui"],
        SENTINEL_CONFIG=str(paths.config),
        SENTINEL_DATA_DIR=str(paths.data_dir),
    )


def watch_in(folder: Path) -> Paths:
    paths = Paths(config=folder / "sentinel.toml", data_dir=folder / "data")
    folder.mkdir(parents=True, exist_ok=True)
    paths.config.touch()
    return paths


def engine_double() -> ControlDouble:
    now_ms = time.time_ns() // 1_000_000
    return ControlDouble(EngineRecord(os.getpid(), "bench", "bench", now_ms, now_ms))


def something_visible(terminal: Terminal) -> bool:
    return sum(not char.isspace() for char in terminal.text) >= VISIBLE_CHARACTERS


def compare_first_paint(paths: Paths) -> bool:
    """Interleaved, so that whatever else the machine does falls on both alike."""
    took: dict[str, list[float]] = {"five": [], "paint": [], "rows": []}
    with listening(paths, engine_double()):
        for _ in range(ROUNDS):
            with opened([sys.executable, "-c", FIVE_EMPTY_TABS]) as terminal:
                took["five"].append(terminal.read_until(something_visible))
            with sentinel(paths) as terminal:
                took["paint"].append(terminal.read_until(something_visible))
                took["rows"].append(terminal.read_until(terminal.shows("Service 0")))
    five, paint, rows = (statistics.median(took[name][1:]) for name in ("five", "paint", "rows"))
    print(f"five empty tabs, first paint     {five * 1_000:7.0f} ms   1.00x")
    print(f"sentinel, first paint            {paint * 1_000:7.0f} ms   {paint / five:.2f}x")
    print(f"sentinel, first services shown   {rows * 1_000:7.0f} ms   {rows / five:.2f}x")
    print(f"promised: first paint at most {MOST_PAINT_RATIO}x\n")
    return paint / five <= MOST_PAINT_RATIO


def settled(paths: Paths) -> Terminal:
    terminal = sentinel(paths)
    terminal.read_until(terminal.shows("min "))
    terminal.read_until_quiet(3.0)
    return terminal


def cost(terminal: Terminal, each_second: Callable[[], None] | None = None) -> tuple[float, float]:
    """CPU in percent and bytes a second while the screen is observed."""
    process = psutil.Process(terminal.pid)
    before = process.cpu_times()
    start_s = time.perf_counter()
    sent = 0
    while time.perf_counter() - start_s < OBSERVED_S:
        if each_second is not None:
            each_second()
        sent += terminal.read_for(1.0)
    lasted_s = time.perf_counter() - start_s
    after = process.cpu_times()
    used_s = after.user + after.system - before.user - before.system
    return 100 * used_s / lasted_s, sent / lasted_s


class Looks:
    """Records one look at each of two services, as an engine would."""

    def __init__(self, past: Past, writer: StoreWriter) -> None:
        self._writer = writer
        services = past.config.services
        self._keys = asyncio.run(writer.run(lambda db: recorder.register(db, services)))
        self._count = 0

    def record(self) -> None:
        self._count += 1
        asyncio.run(self._writer.run(self._job))

    def _job(self, db: object) -> None:
        now_ms = time.time_ns() // 1_000_000
        states = recorder.load_states(db)
        pairs = []
        for service in ("curator", "monetizer"):
            latency_ms = 80.0 + 7 * (self._count % 13)
            seen = Observation(
                now_ms,
                Outcome.OK,
                PhaseTimings(total_ms=latency_ms),
                latency_ms=latency_ms,
                status=200,
            )
            known = {"http": states[service, "http"]}
            judged = judge(service, "http", known, seen, Thresholds())
            pairs.append((self._keys[service, "http"], judged))
        recorder.record(db, pairs, now_ms)


def measure_running_costs(paths: Paths) -> bool:
    now_ms = time.time_ns() // 1_000_000
    shift_ms = now_ms - NOW_MS
    moved = partial(_moved, shift_ms=shift_ms)
    past = Past(paths, end_ms=now_ms, troubles=tuple(map(moved, ORDINARY)))
    past.write()
    with listening(paths, engine_double()), settled(paths) as terminal:
        idle_cpu, idle_bytes = cost(terminal)
        writer = past.open()
        live_cpu, live_bytes = cost(terminal, Looks(past, writer).record)
        writer.close()
    print("four services, Status at 80x24      CPU      bytes/s")
    print(f"nothing changes                 {idle_cpu:6.2f} % {idle_bytes:10.0f}")
    print(f"two looks stored every second   {live_cpu:6.2f} % {live_bytes:10.0f}")
    print(
        f"promised: idle at most {MOST_IDLE_CPU_PERCENT} % and 0 bytes/s; "
        f"live at most {MOST_LIVE_BYTES_PER_S} bytes/s"
    )
    quiet = idle_cpu <= MOST_IDLE_CPU_PERCENT and idle_bytes == 0
    return quiet and live_bytes <= MOST_LIVE_BYTES_PER_S


def _moved(trouble: object, shift_ms: int) -> object:
    return replace(trouble, start_ms=trouble.start_ms + shift_ms, end_ms=trouble.end_ms + shift_ms)


def main(arguments: list[str]) -> int:
    with tempfile.TemporaryDirectory(prefix="sentinel-") as scratch:
        big = watch_in(Path(arguments[0]) if arguments else Path(scratch) / "big")
        if not big.store.exists():
            print("building the big store; this takes a few minutes")
            build_store(big)
        soon = compare_first_paint(big)
        cheap = measure_running_costs(watch_in(Path(scratch) / "small"))
    return 0 if soon and cheap else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
