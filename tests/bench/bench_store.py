"""What the store weighs, how fast it takes rows, and how fast it answers the Status screen.

    python tests/bench/bench_store.py [--days 30] [--services 100] [--keep PATH]

Every time stands beside a reference of the same run: plain `executemany` for writing, a query over
the raw observations for reading. `--keep` builds the store at PATH, or reuses the one there.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from functools import partial
from pathlib import Path
from statistics import median

sys.path.insert(0, str(Path(__file__).parent))

from big_keeping import SERVICES, build_keeping
from big_store import (
    DAY_MS,
    END_MS,
    INTERVAL_MS,
    build_store,
    insert_looks,
    looks,
    paths_in,
)
from big_videos import VIDEOS, YEAR_AGO_MS, build_videos

from sentinel_tui.clock import SystemClock
from sentinel_tui.config.model import RetentionOptions, Service
from sentinel_tui.domain.monitoring.judgement import Judgement, judge
from sentinel_tui.domain.monitoring.observations import Observation, Outcome, PhaseTimings
from sentinel_tui.domain.monitoring.states import CheckState, Thresholds
from sentinel_tui.domain.video.events import PlayerEvent, ViewEvent
from sentinel_tui.paths import Paths
from sentinel_tui.store import recorder
from sentinel_tui.store.driver import SQLITE_VERSION, Connection, open_reader, sqlite
from sentinel_tui.store.queries import Reader
from sentinel_tui.store.writer import Holder, StoreWriter

HOUR_MS = 3_600_000
TICK_ROWS = 100
TICKS = 300
EVENTS_A_BATCH = 500
MOST_BYTES_PER_ROW, MOST_ROLLUP_MB, LEAST_ROWS_PER_S, MOST_QUERY_MS = 30.0, 60.0, 20_000.0, 20.0


def main() -> None:
    """Print all figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--days", type=int, default=30)
    parser.add_argument("--services", type=int, default=100)
    parser.add_argument("--keep", type=Path)
    options = parser.parse_args()
    print("SQLite", ".".join(map(str, SQLITE_VERSION)))
    with tempfile.TemporaryDirectory() as scratch:
        bytes_per_row = weigh_rows(Path(scratch))
        measure_writing(Path(scratch))
        paths = paths_in(options.keep or Path(scratch) / "big")
        if not paths.store.exists():
            started = time.perf_counter()
            build_store(paths, options.days, options.services)
            print(f"built {paths.store} in {time.perf_counter() - started:.0f} s")
        weigh_store(paths, bytes_per_row)
        measure_reading(paths, options.days)
        measure_keeping(Path(scratch))
        measure_videos(Path(scratch))


def weigh_rows(scratch: Path) -> float:
    """How many bytes an observation takes, put in with the statements of the engine."""
    paths = paths_in(scratch / "rows")
    with opened(paths) as writer:
        rows = asyncio.run(fill(writer))
    used = used_bytes(paths.store)
    with opened(paths_in(scratch / "empty")) as writer:
        asyncio.run(register(writer, TICK_ROWS))
    bytes_per_row = (used - used_bytes(scratch / "empty" / "sentinel.db")) / rows
    verdict("bytes per raw row", bytes_per_row, MOST_BYTES_PER_ROW)
    return bytes_per_row


async def fill(writer: StoreWriter) -> int:
    """A day of observations; returns how many."""
    keys = await register(writer, TICK_ROWS)
    end_ms = END_MS + DAY_MS
    await writer.run(partial(insert_looks, keys=keys, start_ms=END_MS, end_ms=end_ms))
    return DAY_MS // INTERVAL_MS * len(keys)


def weigh_store(paths: Paths, bytes_per_row: float) -> None:
    """What lies in the big store beside the observations."""
    with closing(open_reader(paths.store)) as connection:
        rows = connection.execute("SELECT count(*) FROM metrics").fetchone()[0]
    used = used_bytes(paths.store)
    print(f"{rows:,} observations in {used / 1e6:.0f} MB")
    verdict("rollups and history, MB", (used - rows * bytes_per_row) / 1e6, MOST_ROLLUP_MB)


def measure_writing(scratch: Path) -> None:
    """Rows a second through `record`, and in bulk, against plain `executemany`."""
    with opened(paths_in(scratch / "ticks")) as writer:
        per_tick = asyncio.run(record_ticks(writer))
    with opened(paths_in(scratch / "bulk")) as writer:
        bulk = asyncio.run(insert_bulk(writer))
    plain = plain_executemany(scratch / "plain.db")
    verdict("rows/s, ticks of 100 through record()", per_tick, LEAST_ROWS_PER_S, least=True)
    verdict("rows/s, bulk", bulk, LEAST_ROWS_PER_S, least=True)
    print(f"  plain executemany of 100 a commit: {plain:,.0f} rows/s")
    print(f"  record() {per_tick / plain:.2f}x, bulk {bulk / plain:.2f}x of it")


async def record_ticks(writer: StoreWriter) -> float:
    """Each row with its state, as the engine records it; judging is done beforehand."""
    services = [Service(id=f"s{number}", url="http://localhost/") for number in range(TICK_ROWS)]
    keys = await writer.run(partial(recorder.register, services=services))
    states = await writer.run(recorder.load_states)
    ticks = [judged_tick(tick, keys, states) for tick in range(TICKS)]
    started = time.perf_counter()
    await asyncio.gather(
        *(writer.run(partial(recorder.record, judgements=tick, at_ms=END_MS)) for tick in ticks)
    )
    return TICKS * TICK_ROWS / (time.perf_counter() - started)


def judged_tick(
    tick: int, keys: dict[tuple[str, str], int], states: dict[tuple[str, str], CheckState]
) -> list[tuple[int, Judgement]]:
    """One look at each check, judged; moves the states on."""
    judged = []
    for place, ((service, check), key) in enumerate(keys.items()):
        latency_ms = 40.0 + (tick * 7 + place) % 50
        seen = Observation(
            END_MS + tick * INTERVAL_MS + place,
            Outcome.OK,
            PhaseTimings(1.0, 8.0, 17.0, 12.0, 2.0, latency_ms),
            latency_ms=latency_ms,
            status=200,
        )
        judgement = judge(service, check, {check: states[service, check]}, seen, Thresholds())
        states[service, check] = judgement.state
        judged.append((key, judgement))
    return judged


async def insert_bulk(writer: StoreWriter) -> float:
    """Many rows in one transaction, through the same writer."""
    keys = await register(writer, TICK_ROWS)
    started = time.perf_counter()
    await writer.run(partial(insert_looks, keys=keys, start_ms=END_MS, end_ms=END_MS + DAY_MS // 4))
    return DAY_MS // 4 // INTERVAL_MS * TICK_ROWS / (time.perf_counter() - started)


def plain_executemany(path: Path) -> float:
    """The reference: the same rows into one compact table, 100 a commit, nothing else."""
    with closing(sqlite.connect(str(path), isolation_level=None)) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = NORMAL")
        connection.execute(
            "CREATE TABLE m (at INTEGER, k INTEGER, o INTEGER, s INTEGER, l INTEGER, "
            "PRIMARY KEY (at, k)) WITHOUT ROWID"
        )
        keys = list(range(TICK_ROWS))
        rows = list(looks(keys, END_MS, END_MS + TICKS * INTERVAL_MS))
        started = time.perf_counter()
        for first in range(0, len(rows), TICK_ROWS):
            connection.execute("BEGIN IMMEDIATE")
            connection.executemany(
                "INSERT INTO m VALUES (?, ?, ?, ?, ?)", rows[first : first + TICK_ROWS]
            )
            connection.execute("COMMIT")
        return len(rows) / (time.perf_counter() - started)


def measure_reading(paths: Paths, days: int) -> None:
    """What the Status screen asks, against the same from the raw observations."""
    with closing(Reader(paths)) as reader, closing(open_reader(paths.store)) as raw:
        key = reader.services()[-1].checks[0].key
        day_ago_ms, month_ago_ms = END_MS - DAY_MS, END_MS - days * DAY_MS
        compare("latest states", reader.services, partial(raw_latest, raw))
        compare(
            "24 h chart of one check",
            lambda: reader.series(key, day_ago_ms, END_MS, 144),
            partial(raw_chart, raw, key, day_ago_ms),
        )
        compare(
            f"{days}-day uptime of all",
            lambda: reader.uptimes(month_ago_ms, END_MS),
            partial(raw_uptime, raw, month_ago_ms),
        )
        for name, query in status_queries(reader, key, days):
            compare(name, query)


def status_queries(reader: Reader, key: int, days: int) -> list[tuple[str, Callable[[], object]]]:
    """The other queries of the screen."""
    return [
        ("24 h uptime of all", lambda: reader.uptimes(END_MS - DAY_MS, END_MS)),
        ("state bars of 12 h", lambda: reader.state_cells(END_MS - DAY_MS // 2, END_MS, 24)),
        ("1 h chart", lambda: reader.series(key, END_MS - HOUR_MS, END_MS, 120)),
        ("7 d chart", lambda: reader.series(key, END_MS - 7 * DAY_MS, END_MS, 168)),
        (f"{days} d chart", lambda: reader.series(key, END_MS - days * DAY_MS, END_MS, 144)),
        ("1 h percentiles of all", lambda: reader.summaries(END_MS - HOUR_MS, END_MS)),
        ("24 h percentiles of all", lambda: reader.summaries(END_MS - DAY_MS, END_MS)),
        ("7 d percentiles of all", lambda: reader.summaries(END_MS - 7 * DAY_MS, END_MS)),
        ("open alerts", lambda: reader.alerts(open_only=True)),
        ("timeline of 24 h", lambda: reader.timeline(END_MS - DAY_MS, END_MS)),
        ("engine", reader.engine),
        ("has anything changed", reader.data_version),
    ]


def measure_keeping(scratch: Path) -> None:
    """What a year of keeping awake and acting weighs, and how fast it is read on each repaint."""
    paths = paths_in(scratch / "keeping")
    started = time.perf_counter()
    build_keeping(paths)
    print(
        f"a year of {len(SERVICES)} services kept awake: {used_bytes(paths.store) / 1e6:.0f} MB, "
        f"built in {time.perf_counter() - started:.0f} s"
    )
    with closing(Reader(paths)) as reader:
        for name, query in keeping_queries(reader):
            compare(name, query)
        visits_ms = median_ms(lambda: reader.visits(SERVICES[0], END_MS - 30 * DAY_MS), 3)
        audit_ms = median_ms(reader.broken_audit_entry, 3)
        print(f"  30 days of minutes of visits, read whole: {visits_ms:.0f} ms")
        print(f"  the audit, verified whole: {audit_ms:.0f} ms")
    with closing(Reader(paths)) as fresh:
        print(f"  a new plan, read for the first time: {median_ms(fresh.plan, 1):.1f} ms")


def keeping_queries(reader: Reader) -> list[tuple[str, Callable[[], object]]]:
    """What screens ask on each repaint about keeping awake and acting."""
    service, day_ago_ms, month_ago_ms = SERVICES[0], END_MS - DAY_MS, END_MS - 31 * DAY_MS
    return [
        ("awake time of a month", lambda: reader.awake(month_ago_ms, END_MS)),
        ("hosted services", reader.hosted),
        ("modes of all", reader.modes),
        ("mode strip of 24 h", lambda: reader.mode_changes(service, day_ago_ms, END_MS)),
        ("modes set by hand", reader.mode_settings),
        ("the plan", reader.plan),
        ("last deploys of one", lambda: reader.deploys(service)),
        ("deploys in a chart", lambda: reader.deploys(service, day_ago_ms, END_MS)),
        ("host events in a chart", lambda: reader.host_events(service, day_ago_ms, END_MS)),
        ("open actions", lambda: reader.actions(open_only=True)),
        ("last actions", reader.actions),
        ("last of the audit", reader.audit),
        ("tunings in force", lambda: reader.tunings(live_only=True)),
        ("frozen", reader.frozen),
        ("correction", reader.correction),
        ("timeline of 24 h with all that", lambda: reader.timeline(day_ago_ms, END_MS)),
        ("timeline of one service", lambda: reader.timeline(day_ago_ms, END_MS, service=service)),
    ]


def measure_videos(scratch: Path) -> None:
    """What a year of two thousand videos weighs, and how fast it is read and told."""
    paths = paths_in(scratch / "videos")
    started = time.perf_counter()
    build_videos(paths)
    print(
        f"a year of {VIDEOS} videos: {used_bytes(paths.store) / 1e6:.0f} MB, "
        f"built in {time.perf_counter() - started:.0f} s"
    )
    with closing(Reader(paths)) as reader:
        for name, query, most_ms in video_queries(reader):
            verdict(f"{name}, ms", median_ms(query, 5), most_ms)
    with opened(paths_in(scratch / "events")) as writer:
        verdict("view events/s, batches of 500", asyncio.run(tell(writer)), 10_000, least=True)


def video_queries(reader: Reader) -> list[tuple[str, Callable[[], object], float]]:
    """What screens and studies ask about videos, and how long it may take."""
    video = reader.videos()[0].id
    return [
        ("the table of all videos", reader.card_rows, 50.0),
        ("all videos", reader.videos, 80.0),
        ("all figures with their sources", reader.cards, 100.0),
        ("one video's figures", lambda: reader.card(video), 5.0),
        ("what the study says", reader.study, 20.0),
        ("a year of hours", lambda: reader.hours("", YEAR_AGO_MS, END_MS), 40.0),
        ("a year of one video", lambda: reader.days([video], YEAR_AGO_MS, END_MS), 5.0),
        ("all that a study needs", lambda: reader.known(YEAR_AGO_MS), 2_000.0),
    ]


async def tell(writer: StoreWriter) -> float:
    """Store batches of view events one after the other; returns how many a second."""
    events = [
        ViewEvent(
            f"{number % 997:032x}",
            f"video-{number % 499}",
            "full",
            PlayerEvent.PROGRESS,
            END_MS + number,
            1.0,
            f"{number * 2_654_435_761 % 2**32:032x}",
        )
        for number in range(40 * EVENTS_A_BATCH)
    ]
    started = time.perf_counter()
    for start in range(0, len(events), EVENTS_A_BATCH):
        batch = events[start : start + EVENTS_A_BATCH]
        await writer.run(
            partial(recorder.add_view_events, events=batch, received_ms=END_MS), durable=True
        )
    return len(events) / (time.perf_counter() - started)


def raw_latest(raw: Connection) -> object:
    """The newest row of each check."""
    return raw.execute("SELECT check_key, max(at_ms) FROM metrics GROUP BY check_key").fetchall()


def raw_chart(raw: Connection, key: int, start_ms: int) -> object:
    """All looks of one check over a day, cut into slices by hand."""
    slices: dict[int, list[int]] = {}
    for at_ms, latency_us in raw.execute(
        "SELECT at_ms, latency_us FROM metrics WHERE at_ms >= ? AND check_key = ?", (start_ms, key)
    ).fetchall():
        if latency_us is not None:
            slices.setdefault((at_ms - start_ms) // 600_000, []).append(latency_us)
    return {index: sorted(found)[len(found) // 2] for index, found in slices.items()}


def raw_uptime(raw: Connection, start_ms: int) -> object:
    """The share of good looks."""
    return raw.execute(
        "SELECT check_key, avg(outcome < 2) FROM metrics WHERE at_ms >= ? GROUP BY check_key",
        (start_ms,),
    ).fetchall()


def compare(
    name: str, query: Callable[[], object], reference: Callable[[], object] | None = None
) -> None:
    """Print the median time of a query, and how many times longer the reference takes."""
    taken_ms = median_ms(query, 9)
    verdict(f"{name}, ms", taken_ms, MOST_QUERY_MS)
    if reference is not None:
        reference_ms = median_ms(reference, 1)
        print(f"  from raw rows {reference_ms:.1f} ms: {reference_ms / taken_ms:.0f}x")


def median_ms(work: Callable[[], object], times: int) -> float:
    """The median time of some work."""
    taken = []
    for _ in range(times):
        started = time.perf_counter()
        work()
        taken.append((time.perf_counter() - started) * 1_000)
    return median(taken)


def verdict(name: str, figure: float, limit: float, *, least: bool = False) -> None:
    """Print a figure beside what was promised."""
    good = figure >= limit if least else figure <= limit
    bound = "at least" if least else "at most"
    print(f"{'ok  ' if good else 'MISS'} {name}: {figure:,.2f} ({bound} {limit:,.0f})")


@contextmanager
def opened(paths: Paths) -> Iterator[StoreWriter]:
    """A writer that is closed afterwards."""
    with closing(
        StoreWriter.open(paths, SystemClock(), RetentionOptions(), Holder.here())
    ) as writer:
        yield writer


async def register(writer: StoreWriter, count: int) -> list[int]:
    """Some services; returns the keys of their checks."""
    services = [Service(id=f"s{number}", url="http://localhost/") for number in range(count)]
    return list((await writer.run(partial(recorder.register, services=services))).values())


def used_bytes(store: Path) -> int:
    """The size of a store without its free pages."""
    with closing(open_reader(store)) as connection:

        def pragma(name: str) -> int:
            return int(connection.execute(f"PRAGMA {name}").fetchone()[0])

        return (pragma("page_count") - pragma("freelist_count")) * pragma("page_size")


if __name__ == "__main__":
    main()
