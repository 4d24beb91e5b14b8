"""What is usual is learnt from the hours that are over."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import partial

import pytest
from store_looks import Watch, rows_of, service

from sentinel_tui.domain.monitoring.baseline import slot, usual_ms
from sentinel_tui.domain.stats.histogram import RELATIVE_ERROR
from sentinel_tui.store import recorder
from sentinel_tui.store.baselines import LEARNT_DAYS
from sentinel_tui.store.layout import DAY_MS, HOUR_MS
from sentinel_tui.store.rollups import roll_up
from sentinel_tui.store.writer import Database, StoreWriter

MONDAY = datetime(2026, 11, 2, tzinfo=UTC)
MONDAY_MS = round(MONDAY.timestamp() * 1_000)
STEP_MS = 600_000


def look_every_day(db: Database, key: int, days: int) -> None:
    """Looks that take as many ms as their hour says, ten times as many at the week-end."""
    rows = []
    for at_ms in range(MONDAY_MS, MONDAY_MS + days * DAY_MS, STEP_MS):
        moment = datetime.fromtimestamp(at_ms / 1_000, UTC)
        latency_ms = (moment.hour + 1) * (10 if moment.weekday() >= 5 else 1)
        rows.append((at_ms, key, latency_ms * 1_000))
    db.write_many(
        "INSERT INTO metrics (at_ms, check_key, outcome, status, latency_us) "
        "VALUES (?, ?, 0, 200, ?)",
        rows,
    )


@pytest.fixture
async def key(watch: Watch) -> int:
    return watch.keys["curator", "http"]


async def learn(writer: StoreWriter, key: int, days: int) -> dict[int, tuple[float, int]]:
    await writer.run(partial(look_every_day, key=key, days=days))
    return await pass_at(writer, key, MONDAY_MS + days * DAY_MS)


async def pass_at(writer: StoreWriter, key: int, now_ms: int) -> dict[int, tuple[float, int]]:
    await writer.run(partial(roll_up, now_ms=now_ms))
    await writer.run(partial(recorder.learn_usual, now_ms=now_ms))
    return (await writer.run(recorder.load_usual)).get(key, {})


async def test_each_hour_of_weekdays_and_week_ends_has_its_own_median(
    writer: StoreWriter, key: int
) -> None:
    usual = await learn(writer, key, days=14)
    assert sorted(usual) == list(range(48))
    for at in (MONDAY + timedelta(hours=9), MONDAY + timedelta(days=5, hours=9)):
        at_ms = round(at.timestamp() * 1_000)
        median_ms, days = usual[slot(at_ms)]
        weekend = at.weekday() >= 5
        assert median_ms == pytest.approx(100 if weekend else 10, rel=2 * RELATIVE_ERROR)
        assert days == (4 if weekend else 10)
        assert usual_ms(usual, at_ms) == median_ms


async def test_an_hour_that_is_not_over_teaches_nothing(writer: StoreWriter, key: int) -> None:
    await writer.run(partial(look_every_day, key=key, days=1))
    usual = await pass_at(writer, key, MONDAY_MS + 3 * HOUR_MS + HOUR_MS // 2)
    assert sorted(usual) == [0, 1, 2]


async def test_hours_of_failures_teach_nothing(writer: StoreWriter, key: int) -> None:
    await rows_of(
        writer,
        "INSERT INTO metrics (at_ms, check_key, outcome) VALUES (?, ?, 2)",
        MONDAY_MS + 1_000,
        key,
    )
    assert await pass_at(writer, key, MONDAY_MS + 2 * HOUR_MS) == {}


async def test_each_pass_learns_only_the_hours_that_ended_since(
    writer: StoreWriter, key: int
) -> None:
    await learn(writer, key, days=3)
    await rows_of(writer, "DELETE FROM usual_latencies")
    later_ms = MONDAY_MS + 3 * DAY_MS + 2 * HOUR_MS
    assert sorted(await pass_at(writer, key, later_ms)) == [0, 1]
    assert sorted(await pass_at(writer, key, later_ms)) == [0, 1], "again: nothing new"


async def test_old_habits_are_forgotten(writer: StoreWriter, key: int) -> None:
    usual = await learn(writer, key, days=5)
    assert usual[3][1] == 5
    usual = await pass_at(writer, key, MONDAY_MS + (LEARNT_DAYS + 2) * DAY_MS)
    assert usual[3][1] == 3
    assert await pass_at(writer, key, MONDAY_MS + (LEARNT_DAYS + 6) * DAY_MS) == {}


async def test_what_is_no_longer_watched_is_not_learnt(watch: Watch, key: int) -> None:
    await watch.configure(service("public"))
    assert await learn(watch.writer, key, days=1) == {}
