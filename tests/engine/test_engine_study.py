"""Studies: when they are made, in which process, and what becomes of those that fail."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
from bunny_world import NOON_MS

from sentinel_tui.clock import FakeClock
from sentinel_tui.config.model import Config
from sentinel_tui.domain.video.catalog import DAY_MS, DayCount, LibraryRole, Video
from sentinel_tui.domain.video.study import Study
from sentinel_tui.engine.edges import Edges
from sentinel_tui.engine.libraries import Libraries
from sentinel_tui.engine.recording import Recording
from sentinel_tui.engine.studying import Order, make, study_apart
from sentinel_tui.engine.workers.study import Studies
from sentinel_tui.errors import EngineError
from sentinel_tui.paths import Paths
from sentinel_tui.store.queries import Reader
from sentinel_tui.store.videos import register_libraries, save_videos
from sentinel_tui.store.watching import save_days
from sentinel_tui.store.writer import StoreWriter

ROLES = {"previews": LibraryRole.PUBLIC, "courses": LibraryRole.PRIVATE}
ORDER = Order({"previews": LibraryRole.PUBLIC}, "Europe/Paris", NOON_MS - 366 * DAY_MS, NOON_MS)


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock(NOON_MS)


@pytest.fixture
async def known(writer: StoreWriter) -> list[str]:
    """Videos of two libraries in the store, by their ids."""

    def write(db) -> None:
        register_libraries(db, ROLES)
        for library in ROLES:
            videos = [_video(library, number) for number in range(6)]
            save_videos(db, library, videos, NOON_MS, whole=True)
            for video in videos:
                from_ms = video.published_ms
                days = [DayCount(from_ms + day * DAY_MS, 3, 90.0) for day in range(20)]
                save_days(db, video.id, days, from_ms, NOON_MS)

    await writer.run(write)
    return [f"previews-{number}" for number in range(6)]


def _video(library: str, number: int) -> Video:
    published_ms = NOON_MS - NOON_MS % DAY_MS - (40 + 7 * number) * DAY_MS
    return Video(
        id=f"{library}-{number}",
        library=library,
        title=f"{library} {number}",
        length_s=60.0,
        published_ms=published_ms,
        views=60,
        watch_s=1_800.0,
        average_watch_s=30.0,
    )


async def test_a_study_made_apart_is_the_study_of_the_libraries_it_was_asked_for(
    known: list[str], paths: Paths
) -> None:
    apart = await study_apart(paths, ORDER)
    assert sorted(card.video for card in apart.cards) == known
    assert apart == make(paths, ORDER)


async def test_whoever_asks_for_a_study_never_loads_what_reckons_it(
    known: list[str], paths: Paths
) -> None:
    program = (
        "import asyncio, sys\n"
        "from pathlib import Path\n"
        "import sentinel_tui.engine.engine\n"
        "from sentinel_tui.domain.video.catalog import LibraryRole\n"
        "from sentinel_tui.engine.studying import Order, study_apart\n"
        "from sentinel_tui.paths import Paths\n"
        "paths = Paths(Path(sys.argv[1]), Path(sys.argv[2]))\n"
        f"order = Order({{'previews': LibraryRole.PUBLIC}}, 'UTC', 0, {NOON_MS})\n"
        "print(len(asyncio.run(study_apart(paths, order)).cards), 'numpy' in sys.modules)\n"
    )
    command = [sys.executable, "-c", program, str(paths.config), str(paths.data_dir)]
    done = await asyncio.to_thread(
        subprocess.run, command, capture_output=True, text=True, check=True
    )
    assert done.stdout.split() == [str(len(known)), "False"]


async def test_a_study_that_takes_too_long_is_ended(known: list[str], paths: Paths) -> None:
    children = _children()
    with pytest.raises(EngineError, match="not done within"):
        await study_apart(paths, ORDER, longest_s=0.01)
    assert _children() == children


async def test_a_study_that_is_given_up_leaves_no_process_and_never_saw_a_key(
    known: list[str], paths: Paths, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BUNNY_FILMS_KEY", "never-to-be-seen")
    children = _children()
    study = asyncio.create_task(study_apart(paths, ORDER))
    while _children() == children:
        await asyncio.sleep(0.01)
    (child,) = _children() - children
    assert b"never-to-be-seen" not in Path(f"/proc/{child}/environ").read_bytes()
    study.cancel()
    await asyncio.gather(study, return_exceptions=True)
    assert _children() == children


async def test_without_a_store_it_says_why_there_is_no_study(tmp_path: Path) -> None:
    nowhere = Paths(tmp_path / "sentinel.toml", tmp_path / "nowhere")
    with pytest.raises(EngineError, match=r"the study failed: .*nowhere"):
        await study_apart(nowhere, ORDER)


def test_the_process_ends_with_whoever_asked_for_it(paths: Paths) -> None:
    # It would study for a minute, were it not for the end of its input.
    program = (
        "import time; from sentinel_tui.engine import studying; "
        "studying.make = lambda *_: time.sleep(60); studying.main()"
    )
    wanted = {"config": "", "data_dir": "", "roles": {}, "zone": "UTC", "from_ms": 0, "now_ms": 0}
    with subprocess.Popen([sys.executable, "-c", program], stdin=subprocess.PIPE) as process:
        assert process.stdin is not None
        process.stdin.write(json.dumps(wanted).encode() + b"\n")
        process.stdin.close()
        assert process.wait(timeout=20) == 1


class Studying:
    """The worker, with studies made in this process and counted."""

    def __init__(self, clock: FakeClock, paths: Paths, writer: StoreWriter) -> None:
        self.clock = clock
        self.made_ms: list[int] = []
        self.fails = False
        self.libraries = Libraries(Recording(writer, clock))
        edges = Edges(None, study=self._study)  # type: ignore[arg-type] # nobody is looked at
        self.studies = Studies(paths, clock, writer, self.libraries, edges)

    def go_by(self, **options: object) -> None:
        libraries = [{"name": name, "role": role.value} for name, role in ROLES.items()]
        config = Config.model_validate(
            {"services": [], "videos": {"study_cron": "", **options, "libraries": libraries}}
        )
        self.libraries.go_by(config.videos.libraries)
        self.studies.go_by(config)

    async def pass_by(self, seconds: float) -> None:
        """Have the worker run by itself for so long."""
        worker = asyncio.ensure_future(self.studies.run(lambda: None))
        until_s = self.clock.elapsed_s() + seconds
        while self.clock.elapsed_s() < until_s:
            await self.clock.advance(5)
            await asyncio.sleep(0.002)
        worker.cancel()
        await asyncio.gather(worker, return_exceptions=True)

    async def _study(self, paths: Paths, order: Order) -> Study:
        self.made_ms.append(order.now_ms)
        if self.fails:
            raise EngineError("the study failed: for a test")
        return make(paths, order)


@pytest.fixture
def studying(clock: FakeClock, paths: Paths, writer: StoreWriter, known: list[str]) -> Studying:
    studying = Studying(clock, paths, writer)
    studying.go_by()
    return studying


async def test_what_came_out_is_in_the_store(studying: Studying, paths: Paths) -> None:
    study = await studying.studies.study()
    with closing(Reader(paths)) as reader:
        head = reader.study()
        cards = reader.cards()
    assert head is not None
    assert head.at_ms == study.at_ms == NOON_MS
    assert {card.video for card in cards} == {card.video for card in study.cards}


async def test_a_reading_that_changed_something_is_studied_and_not_too_often(
    studying: Studying,
) -> None:
    await studying.pass_by(60)
    assert studying.made_ms == []
    studying.libraries.note_change()
    await studying.pass_by(60)
    assert len(studying.made_ms) == 1
    studying.libraries.note_change()
    await studying.pass_by(600)
    assert len(studying.made_ms) == 1
    await studying.pass_by(600)
    assert len(studying.made_ms) == 2
    assert studying.made_ms[1] - studying.made_ms[0] >= 900_000


async def test_it_is_studied_by_the_clock_of_the_owners_zone(studying: Studying) -> None:
    studying.go_by(study_cron="3 * * * *")
    await studying.pass_by(400)
    assert [ms // 60_000 % 60 for ms in studying.made_ms] == [3]


async def test_a_study_that_failed_is_told_and_made_again(studying: Studying) -> None:
    studying.fails = True
    studying.libraries.note_change()
    await studying.pass_by(60)
    assert "for a test" in studying.studies.trouble
    studying.fails = False
    await studying.pass_by(1_000)
    assert len(studying.made_ms) == 2
    assert studying.studies.trouble == ""


async def test_an_engine_that_comes_back_does_not_study_what_was_just_studied(
    studying: Studying,
) -> None:
    studying.studies.remember(NOON_MS - 60_000)
    studying.libraries.note_change()
    await studying.pass_by(600)
    assert studying.made_ms == []


def _children() -> set[str]:
    """The processes that this one started and that have not ended."""
    return set(Path(f"/proc/{os.getpid()}/task/{os.getpid()}/children").read_text().split())
