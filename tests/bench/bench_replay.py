"""How fast a replay finds an instant, and how fast a month is reported.

    python tests/bench/bench_replay.py [--days 30] [--services 100] [--keep PATH]

Every time stands beside a query over the raw observations of the same run, which is what it would
take without rollups and without the log of states. `--keep` builds the store at PATH, or reuses
the one there and brings it up to the newest layout.
"""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from statistics import median

sys.path.insert(0, str(Path(__file__).parent))

from big_store import DAY_MS, END_MS, build_store, paths_in

from sentinel_tui.clock import FakeClock
from sentinel_tui.commands.overview import gather
from sentinel_tui.config.model import RetentionOptions
from sentinel_tui.domain.monitoring.report import Report, assemble, month_bounds
from sentinel_tui.domain.monitoring.report_text import to_markdown
from sentinel_tui.paths import Paths
from sentinel_tui.store.driver import SQLITE_VERSION, Connection, open_reader
from sentinel_tui.store.past import PastReader
from sentinel_tui.store.queries import Reader
from sentinel_tui.store.writer import Holder, StoreWriter

HOUR_MS = 3_600_000
SEEKS = 40
MOST_SEEK_MS, MOST_REPORT_MS = 100.0, 1_000.0
MONTH, ZONE = "2027-01", "Europe/Paris"


def main() -> None:
    """Print all figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--days", type=int, default=30)
    parser.add_argument("--services", type=int, default=100)
    parser.add_argument("--keep", type=Path)
    options = parser.parse_args()
    print("SQLite", ".".join(map(str, SQLITE_VERSION)))
    with tempfile.TemporaryDirectory() as scratch:
        paths = paths_in(options.keep or Path(scratch) / "big")
        if not paths.store.exists():
            started = time.perf_counter()
            build_store(paths, options.days, options.services)
            print(f"built {paths.store} in {time.perf_counter() - started:.0f} s")
        bring_up_to_date(paths)
        measure(paths, options.days)


def bring_up_to_date(paths: Paths) -> None:
    """Migrate a store that an earlier layout left."""
    StoreWriter.open(paths, FakeClock(END_MS), RetentionOptions(), Holder.here()).close()


def measure(paths: Paths, days: int) -> None:
    """Time seeks and reports against the raw observations."""
    with (
        closing(Reader(paths)) as reader,
        closing(PastReader(paths, END_MS)) as past,
        closing(open_reader(paths.store)) as raw,
    ):
        rows = raw.execute("SELECT count(*) FROM metrics").fetchone()[0]
        print(f"{rows:,} observations, {len(reader.services())} services, {days} days")
        measure_seeks(past, raw, days)
        measure_reports(reader, raw)


def measure_seeks(past: PastReader, raw: Connection, days: int) -> None:
    """Seek instants all over the store, and read the whole dashboard there."""
    instants = instants_in(days)
    seeks_ms = times_ms((lambda at_ms=at_ms: past.seek(at_ms)) for at_ms in instants)
    compare("replay: seek", seeks_ms, MOST_SEEK_MS, reference_ms(raw, _LATEST_STATES, END_MS))
    boards_ms = times_ms((lambda at_ms=at_ms: dashboard(past, at_ms)) for at_ms in instants)
    print(f"     seek and the whole dashboard: median {median(boards_ms):.1f} ms")


def dashboard(past: PastReader, at_ms: int) -> None:
    """Everything that the Status screen shows of an instant."""
    past.seek(at_ms)
    overview = gather(past, at_ms)
    primary = overview.services[0].record.primary if overview.services else None
    past.state_cells(at_ms - 12 * HOUR_MS, at_ms, 24)
    past.timeline(at_ms - DAY_MS, at_ms, limit=60)
    if primary is not None:
        past.series(primary.key, at_ms - DAY_MS, at_ms, 144)


def measure_reports(reader: Reader, raw: Connection) -> None:
    """Report the month that the store ends in, from reading to text."""
    start_ms, _ = month_bounds(MONTH, ZONE)
    reports_ms = times_ms([lambda: to_markdown(report(reader))] * 5)
    compare(
        "report of a month", reports_ms, MOST_REPORT_MS, reference_ms(raw, _AVAILABILITY, start_ms)
    )


def report(reader: Reader) -> Report:
    """The report of a month, as `sentinel report` makes it."""
    start_ms, end_ms = month_bounds(MONTH, ZONE)
    until_ms = min(end_ms, END_MS)
    return assemble(
        MONTH,
        ZONE,
        END_MS,
        reader.services(),
        reader.state_times(start_ms, until_ms),
        reader.summaries(start_ms, until_ms),
        reader.incidents(start_ms=start_ms, end_ms=until_ms, limit=10_000),
    )


_LATEST_STATES = (
    "SELECT check_key, max(at_ms), outcome FROM metrics WHERE at_ms <= ? GROUP BY check_key"
)
_AVAILABILITY = (
    "SELECT check_key, avg(outcome < 2), avg(latency_us) FROM metrics WHERE at_ms >= ? "
    "GROUP BY check_key"
)


def reference_ms(raw: Connection, sql: str, instant_ms: int) -> float:
    """How long the same takes from the raw observations."""
    started = time.perf_counter()
    raw.execute(sql, (instant_ms,)).fetchall()
    return (time.perf_counter() - started) * 1_000


def instants_in(days: int) -> list[int]:
    """Instants spread over the store, the same ones in every run."""
    dice = random.Random(days)  # noqa: S311 (instants for a benchmark)
    return [END_MS - dice.randrange(days * DAY_MS) for _ in range(SEEKS)]


def times_ms(works: Iterator[Callable[[], object]] | list[Callable[[], object]]) -> list[float]:
    """How long each of some works takes."""
    taken = []
    for work in works:
        started = time.perf_counter()
        work()
        taken.append((time.perf_counter() - started) * 1_000)
    return taken


def compare(name: str, taken_ms: list[float], limit_ms: float, raw_ms: float) -> None:
    """Print the slowest and the median time beside what was promised and beside the reference."""
    slowest_ms, usual_ms = max(taken_ms), median(taken_ms)
    good = "ok  " if slowest_ms <= limit_ms else "MISS"
    print(
        f"{good} {name}: median {usual_ms:.1f} ms, slowest of {len(taken_ms)} {slowest_ms:.1f} ms "
        f"(at most {limit_ms:,.0f} ms)"
    )
    print(f"     from raw rows {raw_ms:,.0f} ms: {raw_ms / usual_ms:,.0f}x")


if __name__ == "__main__":
    main()
