"""Estimates of unique viewers: which days are read, how they are kept, and what trouble does."""

from __future__ import annotations

import asyncio
from contextlib import closing

import pytest
from bunny_world import NOON_MS

from sentinel_tui.clock import FakeClock
from sentinel_tui.config.model import Config
from sentinel_tui.domain.video.catalog import DAY_MS, LibraryRole, Video
from sentinel_tui.engine.edges import Edges
from sentinel_tui.engine.workers.uniques import Uniques
from sentinel_tui.errors import PlatformRefused
from sentinel_tui.paths import Paths
from sentinel_tui.store.queries import Reader
from sentinel_tui.store.videos import register_libraries, save_videos
from sentinel_tui.store.writer import StoreWriter

TODAY_MS = NOON_MS - NOON_MS % DAY_MS
VIEWERS = 3
LOGS_KEPT_MS = 3 * DAY_MS
"""For how long Bunny keeps logs, by its own documentation."""


class Logs:
    """The logs of a pull zone, at the outermost edge: the same viewers each day."""

    def __init__(self) -> None:
        self.asked: list[tuple[int, int]] = []
        self.refuses = False

    async def unique_viewers(self, from_ms: int, to_ms: int) -> dict[str, dict[int, int]]:
        self.asked.append((from_ms, to_ms))
        if self.refuses:
            raise PlatformRefused("Bunny gives no logs", "switch logging on", status=404)
        return {"film": dict.fromkeys(range(from_ms, to_ms, DAY_MS), VIEWERS)}


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock(NOON_MS)


@pytest.fixture
def logs() -> Logs:
    return Logs()


@pytest.fixture
async def uniques(clock: FakeClock, writer: StoreWriter, logs: Logs) -> Uniques:
    def write(db) -> None:
        register_libraries(db, {"previews": LibraryRole.PUBLIC})
        film = Video("film", "previews", "A film", 60.0, TODAY_MS - 9 * DAY_MS)
        save_videos(db, "previews", [film], NOON_MS, whole=True)

    await writer.run(write)
    edges = Edges(None, logs=lambda *_: logs)  # type: ignore[arg-type] # nobody is looked at
    uniques = Uniques(clock, writer, edges, lambda: False)
    table = {"pull_zone": 7, "key": "env:ACCOUNT_KEY", "anonymised": "dropped"}
    library = {"name": "previews", "role": "public", "bunny_id": 1, "key": "env:K", "logs": table}
    uniques.go_by(Config.model_validate({"services": [], "videos": {"libraries": [library]}}))
    return uniques


async def pass_by(uniques: Uniques, clock: FakeClock, hours: int) -> None:
    """Have the worker run by itself for so long."""
    worker = asyncio.ensure_future(uniques.run(lambda: None))
    for _ in range(2 * hours):
        await clock.advance(1_800)
        await asyncio.sleep(0.005)
    worker.cancel()
    await asyncio.gather(worker, return_exceptions=True)


async def test_only_days_that_are_over_and_kept_are_read_and_each_once(
    uniques: Uniques, clock: FakeClock, logs: Logs, paths: Paths
) -> None:
    await pass_by(uniques, clock, hours=36)
    assert all(end_ms % DAY_MS == 0 for _, end_ms in logs.asked)
    assert logs.asked[0][0] >= NOON_MS - LOGS_KEPT_MS
    assert logs.asked[0][1] == TODAY_MS
    assert logs.asked[1:] == [(TODAY_MS, TODAY_MS + DAY_MS)]
    with closing(Reader(paths)) as reader:
        told = reader.uniques("film")
    days = range(logs.asked[0][0], TODAY_MS + DAY_MS, DAY_MS)
    assert told == dict.fromkeys(days, (VIEWERS, "dropped"))


async def test_logs_that_are_refused_are_told_and_asked_for_again_later(
    uniques: Uniques, clock: FakeClock, logs: Logs
) -> None:
    logs.refuses = True
    await pass_by(uniques, clock, hours=6)
    assert "switch logging on" in uniques.trouble
    assert 2 <= len(logs.asked) <= 7
    logs.refuses = False
    await pass_by(uniques, clock, hours=2)
    assert uniques.trouble == ""
