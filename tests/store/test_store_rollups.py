"""Rollups say what the observations themselves say, however late or often they are made."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from store_looks import QUICK, T0_MS, Watch, bad, good, rows_of

from sentinel_tui.domain.monitoring.observations import Outcome
from sentinel_tui.domain.stats.histogram import LatencyHistogram
from sentinel_tui.store import recorder
from sentinel_tui.store.database import Database
from sentinel_tui.store.history import uptimes_by_key
from sentinel_tui.store.layout import DAY_MS, Floor
from sentinel_tui.store.migrate import migrate
from sentinel_tui.store.rollups import roll_up

MIDNIGHT_MS = Floor.DAY.start_ms(T0_MS)
HOUR_MS, MINUTE_MS = 3_600_000, 60_000
TABLE = "SELECT floor, check_key, start_ms, count, failures, sum_us, min_us, max_us, histogram"

Look = tuple[int, int, int, int | None]
"""at_ms, check key, outcome, latency_us."""


def a_look(at_ms: int, key: int, outcome: Outcome, latency_us: int) -> Look:
    measured = outcome in (Outcome.OK, Outcome.SLOW)
    return at_ms, key, outcome.value, latency_us if measured else None


looks = st.lists(
    st.builds(
        a_look,
        st.integers(MIDNIGHT_MS - HOUR_MS, MIDNIGHT_MS + 2 * HOUR_MS),
        st.integers(1, 3),
        st.sampled_from(Outcome),
        st.integers(0, 120_000_000),
    ),
    max_size=60,
    unique_by=lambda look: look[:2],
)


@pytest.fixture(scope="module")
def db(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    """A store without a writer, with three checks."""
    db = Database(tmp_path_factory.mktemp("rollups") / "sentinel.db")
    db.connect()
    migrate(db)
    db.write(
        "INSERT INTO services VALUES (1, 's', 's', 'other', 0, '[]', '[]', 0, 0, 0, 'UP', 0, '', "
        "NULL, NULL, NULL, NULL, '')"
    )
    for key in (1, 2, 3):
        db.write("INSERT INTO checks VALUES (?, 1, ?, 'http', '', 30, 0, 0)", (key, f"c{key}"))
    yield db
    db.close()


@contextmanager
def emptied(db: Database) -> Iterator[None]:
    """One example, of which nothing is left."""
    with db.atomic() as transaction:
        yield
        transaction.rollback()


def insert(db: Database, seen: list[Look]) -> None:
    db.write_many(
        "INSERT INTO metrics (at_ms, check_key, outcome, latency_us) VALUES (?, ?, ?, ?)", seen
    )
    if seen:
        earliest_ms = min(look[0] for look in seen)
        db.write(
            "UPDATE marks SET at_ms = min(at_ms, ?) WHERE name = 'rebuild_from_ms'", (earliest_ms,)
        )


def added_up(seen: list[Look], until_ms: int) -> set[tuple[object, ...]]:
    """The rollups of some looks, computed directly."""
    buckets: dict[tuple[int, int, int], list[Look]] = {}
    for look in seen:
        if look[0] < until_ms:
            for floor in Floor:
                buckets.setdefault((floor, look[1], floor.start_ms(look[0])), []).append(look)
    return {(*bucket, *_sums(inside)) for bucket, inside in buckets.items()}


def _sums(seen: list[Look]) -> tuple[object, ...]:
    counted = [look for look in seen if look[2] != Outcome.INCONCLUSIVE]
    latencies_us = [latency_us for *_, latency_us in counted if latency_us is not None]
    return (
        len(counted),
        sum(outcome == Outcome.FAIL for _, _, outcome, _ in counted),
        sum(latencies_us),
        min(latencies_us, default=None),
        max(latencies_us, default=None),
        LatencyHistogram.of(latencies_us).to_bytes(),
    )


def rollups(db: Database) -> set[tuple[object, ...]]:
    return set(db.rows(f"{TABLE} FROM rollups"))


@settings(deadline=None, max_examples=40)
@given(looks)
def test_rollups_are_what_adding_up_directly_gives(db: Database, seen: list[Look]) -> None:
    with emptied(db):
        insert(db, seen)
        roll_up(db, MIDNIGHT_MS + 3 * HOUR_MS)
        assert rollups(db) == added_up(seen, MIDNIGHT_MS + 3 * HOUR_MS)


@settings(deadline=None, max_examples=40)
@given(looks, st.lists(st.integers(0, 3 * HOUR_MS), max_size=4), st.integers(0, 60))
def test_neither_replays_nor_late_looks_change_what_rollups_say(
    db: Database, seen: list[Look], passes: list[int], early: int
) -> None:
    with emptied(db):
        insert(db, seen[:early])
        for after_ms in sorted(passes):
            roll_up(db, MIDNIGHT_MS + after_ms)
        insert(db, seen[early:])
        until_ms = MIDNIGHT_MS + 3 * HOUR_MS
        roll_up(db, until_ms)
        once = rollups(db)
        roll_up(db, until_ms)
        assert rollups(db) == once == added_up(seen, until_ms)


@settings(deadline=None, max_examples=25)
@given(looks)
def test_the_minute_that_is_not_over_is_left_alone(db: Database, seen: list[Look]) -> None:
    now_ms = MIDNIGHT_MS + HOUR_MS + 30_123
    with emptied(db):
        insert(db, seen)
        roll_up(db, now_ms)
        assert rollups(db) == added_up(seen, Floor.MINUTE.start_ms(now_ms))


def test_an_empty_store_has_nothing_to_roll_up(db: Database) -> None:
    with emptied(db):
        roll_up(db, T0_MS)
        assert rollups(db) == set()


def test_a_clock_set_back_loses_nothing_and_counts_nothing_twice(db: Database) -> None:
    seen = [a_look(MIDNIGHT_MS + n * MINUTE_MS, 1, Outcome.OK, 1_000 + n) for n in range(90)]
    with emptied(db):
        insert(db, seen[:60])
        roll_up(db, MIDNIGHT_MS + HOUR_MS)
        roll_up(db, MIDNIGHT_MS + 20 * MINUTE_MS)
        insert(db, seen[60:])
        roll_up(db, MIDNIGHT_MS + 2 * HOUR_MS)
        assert rollups(db) == added_up(seen, MIDNIGHT_MS + 2 * HOUR_MS)


def test_an_hour_survives_the_pruning_of_its_minutes(db: Database) -> None:
    seen = [a_look(MIDNIGHT_MS + n * MINUTE_MS, 1, Outcome.OK, 1_000 + n) for n in range(120)]
    with emptied(db):
        insert(db, seen)
        roll_up(db, MIDNIGHT_MS + 2 * HOUR_MS)
        db.write("DELETE FROM rollups WHERE floor = ?", (Floor.MINUTE.value,))
        insert(db, [a_look(MIDNIGHT_MS + 3 * DAY_MS, 1, Outcome.OK, 5)])
        roll_up(db, MIDNIGHT_MS + 3 * DAY_MS + HOUR_MS)
        direct = added_up(seen, MIDNIGHT_MS + 2 * HOUR_MS)
        assert {row for row in direct if row[0] != Floor.MINUTE} <= rollups(db)


outages = st.lists(
    st.tuples(st.integers(0, 3 * DAY_MS), st.integers(1_000, DAY_MS // 2)), min_size=1, max_size=8
)


@settings(deadline=None, max_examples=25)
@given(outages, st.lists(st.tuples(st.integers(0, 3 * DAY_MS), st.integers(1, DAY_MS)), max_size=3))
def test_uptime_by_day_is_what_the_changes_say(
    db: Database, found: list[tuple[int, int]], gaps: list[tuple[int, int]]
) -> None:
    with emptied(db):
        changes = sorted(
            (MIDNIGHT_MS + start_ms + after_ms, state)
            for start_ms, length_ms in found
            for after_ms, state in ((0, "DOWN"), (length_ms, "UP"))
        )
        for at_ms, state in changes:
            db.write(
                "INSERT INTO state_changes (at_ms, service_key, before, after, reason) "
                "VALUES (?, 1, 'UNKNOWN', ?, '')",
                (at_ms, state),
            )
        roll_up(db, MIDNIGHT_MS + 2 * DAY_MS)
        for start_ms, length_ms in gaps:
            recorder.add_gap(db, MIDNIGHT_MS + start_ms, MIDNIGHT_MS + start_ms + length_ms, "off")
        roll_up(db, MIDNIGHT_MS + 4 * DAY_MS + 5)
        stored = db.rows("SELECT day_ms, up_ms, down_ms, excluded_ms FROM uptime_days")
        assert stored
        for day_ms, *counted in stored:
            direct = uptimes_by_key(db.raw, day_ms, day_ms + DAY_MS)[1]
            assert counted == [direct.up_ms, direct.down_ms, direct.excluded_ms]


async def test_a_tick_that_comes_late_reaches_its_rollup(watch: Watch) -> None:
    watch.rules = QUICK
    await watch.see(good(T0_MS), good(T0_MS + 5 * MINUTE_MS))
    await watch.writer.run(partial(roll_up, now_ms=T0_MS + 6 * MINUTE_MS))
    await watch.see(bad(T0_MS + 2 * MINUTE_MS))
    await watch.writer.run(partial(roll_up, now_ms=T0_MS + 7 * MINUTE_MS))
    (hour,) = await rows_of(
        watch.writer, "SELECT count, failures FROM rollups WHERE floor = ?", Floor.HOUR.value
    )
    assert hour == (3, 1)
