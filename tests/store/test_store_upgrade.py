"""A store of the first layout is brought up to today's, with all that is in it."""

from __future__ import annotations

from contextlib import closing
from functools import partial
from pathlib import Path

import pytest
from playhouse.migrations import Runner
from store_looks import T0_MS, OpenWriter, Watch, bad, good, rows_of, service
from store_telling import Desk, orders

from sentinel_tui.domain.monitoring.states import CheckState, State
from sentinel_tui.paths import Paths
from sentinel_tui.store import migrate, recorder
from sentinel_tui.store.backup import check
from sentinel_tui.store.database import Database
from sentinel_tui.store.driver import open_reader, sqlite
from sentinel_tui.store.guard import create_private, prepare_folder
from sentinel_tui.store.layout import APPLICATION_ID, DAY_MS, LAYOUT_VERSION
from sentinel_tui.store.queries import Reader
from sentinel_tui.store.salvage import salvage

FIRST_LAYOUT = 1
ROOTS = "SELECT count(*) FROM sqlite_master WHERE rootpage > 0"
"""How many tables and indexes there are."""
LOOKS = 200_000


@pytest.fixture
def first_layout(paths: Paths) -> Path:
    """A store as the first Sentinel made it, after a while of watching."""
    prepare_folder(paths)
    create_private(paths.store)
    db = Database(paths.store)
    db.connect()
    db.pragma("journal_mode", "WAL")
    folder = Path(migrate.__file__).parent / "migrations"
    Runner(db, str(folder)).up("0001_first")
    db.pragma("application_id", APPLICATION_ID)
    db.pragma("user_version", FIRST_LAYOUT)
    with db.atomic():
        fill(db)
    db.close()
    return paths.store


def fill(db: Database) -> None:
    """A service that is down, one past and one open alert, and many looks."""
    db.write(
        "INSERT INTO services (key, id, name, role, position, tags, depends_on, sleeps, gone, "
        "state, since_ms, reason) VALUES (1, 'curator', 'Curator', 'other', 0, '[]', '[]', 0, 0, "
        "'DOWN', ?, 'HTTP 503')",
        (T0_MS,),
    )
    db.write("INSERT INTO checks VALUES (1, 1, 'http', 'http', 'https://example.org/', 30, 0, 0)")
    db.write(
        "INSERT INTO check_states (check_key, verdict, since_ms, reason, last_ms, burst_step, "
        "failed_cycles, first_failure_ms, good_cycles, slow_looks, fast_looks, error, total_us) "
        "VALUES (1, 'DOWN', ?, 'HTTP 503', ?, 0, 1, ?, 0, 0, 0, 'HTTP 503', 0)",
        (T0_MS, T0_MS, T0_MS),
    )
    db.write(
        "INSERT INTO alerts (fingerprint, rule, severity, service, check_name, opened_ms, "
        "resolved_ms, reason, resolution) VALUES "
        "('down/curator/http', 'down', 'CRITICAL', 'curator', 'http', ?, ?, 'gone', 'recovered'), "
        "('down/curator/http', 'down', 'CRITICAL', 'curator', 'http', ?, NULL, 'HTTP 503', '')",
        (T0_MS - DAY_MS, T0_MS - DAY_MS + 1, T0_MS),
    )
    db.write("INSERT INTO engine_lease VALUES (1, 4, 'host:1::x', ?, ?, ?)", (T0_MS,) * 3)
    db.write_many(
        "INSERT INTO metrics VALUES (?, 1, 0, 200, 80000)",
        ((T0_MS - LOOKS * 1_000 + n * 1_000,) for n in range(LOOKS)),
    )


def layout(store: Path) -> int:
    with closing(open_reader(store)) as connection:
        return int(connection.execute("PRAGMA user_version").fetchone()[0])


async def test_an_older_store_goes_on_with_all_it_knew(
    first_layout: Path, open_writer: OpenWriter, paths: Paths
) -> None:
    writer = open_writer()
    assert layout(first_layout) == LAYOUT_VERSION
    assert check(first_layout) == []
    watch = Watch(writer)
    await watch.configure(service("curator"))
    assert watch.states["curator", "http"] == CheckState(
        verdict=State.DOWN,
        since_ms=T0_MS,
        reason="HTTP 503",
        last_ms=T0_MS,
        failed_cycles=1,
        first_failure_ms=T0_MS,
    )
    assert await rows_of(writer, "SELECT count(*) FROM metrics") == [(LOOKS,)]
    await watch.see(good(T0_MS + 30_000), bad(T0_MS + 60_000))
    with closing(Reader(paths)) as reader:
        assert [alert.id for alert in reader.alerts()] == [3, 2, 1]


async def test_a_copy_is_made_before_the_store_is_changed(
    first_layout: Path, open_writer: OpenWriter, paths: Paths
) -> None:
    open_writer()
    (copy,) = paths.backups.glob(f"*before-{LAYOUT_VERSION}*")
    assert layout(copy) == FIRST_LAYOUT
    with closing(open_reader(copy)) as connection:
        assert connection.execute("SELECT count(*) FROM metrics").fetchone() == (LOOKS,)


async def test_an_upgrade_rewrites_no_row_that_is_there(first_layout: Path) -> None:
    with closing(open_reader(first_layout)) as connection:
        pages_before = connection.execute("PRAGMA page_count").fetchone()[0]
    db = Database(first_layout)
    db.connect()
    db.rows("PRAGMA wal_checkpoint(TRUNCATE)")
    (roots_before,) = db.rows(ROOTS)[0]
    migrate.migrate(db)
    (roots,) = db.rows(ROOTS)[0]
    wal = first_layout.with_name(first_layout.name + "-wal")
    written = wal.stat().st_size // db.pragma("page_size")
    db.close()
    # The root of each new table and index has its place at the head of the file, so that the page
    # which lies there has to move; how many rows there are makes no difference.
    assert written < 3 * (roots - roots_before) < pages_before / 2


async def test_an_alert_that_is_open_becomes_an_incident_and_is_told_once(
    first_layout: Path, open_writer: OpenWriter, paths: Paths
) -> None:
    desk = Desk(open_writer())
    await desk.do(recorder.register, services=[service("curator")])
    await desk.employ(orders("mail"))
    await desk.after(minutes=1)
    await desk.after(minutes=1)
    assert len(await desk.deliver()) == 1
    with closing(Reader(paths)) as reader:
        (incident,) = reader.incidents()
        assert (incident.cause, incident.opened_ms) == ("availability/curator", T0_MS)
        assert [alert.incident for alert in reader.alerts()] == [incident.id, 0]


async def test_a_damaged_store_of_the_first_layout_is_saved_into_todays(
    first_layout: Path, tmp_path: Path
) -> None:
    saved = salvage(first_layout, tmp_path / "saved.db")
    assert saved.rows["metrics"] == LOOKS
    assert saved.rows["alerts"] == 2
    assert saved.rows["check_states"] == 1
    assert saved.holes == 0
    assert layout(tmp_path / "saved.db") == LAYOUT_VERSION
    with closing(sqlite.connect(tmp_path / "saved.db")) as connection:
        found = connection.execute("SELECT verdict, flips, recent FROM check_states").fetchall()
    assert found == [("DOWN", 0, "[]")]


async def test_a_killed_upgrade_is_completed_by_the_next_start(
    first_layout: Path, open_writer: OpenWriter
) -> None:
    db = Database(first_layout)
    db.connect()
    folder = Path(migrate.__file__).parent / "migrations"
    Runner(db, str(folder)).up()
    db.close()
    assert layout(first_layout) == FIRST_LAYOUT, "killed before the header was written"
    writer = open_writer()
    await writer.run(partial(recorder.tend, now_ms=T0_MS))
    assert layout(first_layout) == LAYOUT_VERSION
