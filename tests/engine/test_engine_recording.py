"""A full disk stops no look, loses no change, and says so."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import AsyncIterator, Iterator
from contextlib import closing, suppress
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from engine_world import Answer, Network, Watching, service

from sentinel_tui.clock import FakeClock
from sentinel_tui.config.model import Service
from sentinel_tui.domain.monitoring.alerts import Rule
from sentinel_tui.domain.monitoring.judgement import judge
from sentinel_tui.domain.monitoring.observations import Observation, Outcome
from sentinel_tui.domain.monitoring.states import CheckState, State, Thresholds
from sentinel_tui.domain.records import EntryKind
from sentinel_tui.engine import recording as recording_module
from sentinel_tui.engine.recording import Recording
from sentinel_tui.errors import EngineError, StoreFull
from sentinel_tui.paths import Paths
from sentinel_tui.store.database import Database
from sentinel_tui.store.recorder import add_event, begin_intent, register
from sentinel_tui.store.writer import StoreWriter


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A device of its own with room for little more than a store."""
    point = tmp_path / "disk"
    point.mkdir()
    mount = shutil.which("mount")
    made = mount and subprocess.run(
        [mount, "-t", "tmpfs", "-o", "size=8m,mode=0700", "tmpfs", str(point)],
        capture_output=True,
        check=False,
    )
    if not made or made.returncode:
        pytest.skip("mounting is not permitted here")
    yield point
    subprocess.run(["umount", "--lazy", str(point)], check=True)


def _allow_no_growth(db: Database) -> None:
    """From now on a large row finds no room; small ones fit into pages that are there."""
    db.pragma("max_page_count", db.pragma("page_count"))


def _allow_growth(db: Database) -> None:
    db.pragma("max_page_count", 1_000_000)


async def _outage_with_a_full_store(
    engine: Watching, network: Network, fill: Any, make_room: Any
) -> None:
    await engine.advance(40)
    await fill()
    network.answers = lambda check: Answer.failing(kept="k" * 1_000)
    network.looks.clear()
    with pytest.raises(StoreFull):
        await engine.advance(150)
    assert len(network.looks) >= 12
    assert "no space left" in (await engine.ask("status"))["trouble"]
    await make_room()
    await engine.advance(30)
    assert "no space left" not in (await engine.ask("status"))["trouble"]
    assert engine.state("curator") is State.DOWN
    with closing(engine.read()) as reader:
        (alert,) = [one for one in reader.alerts() if one.rule is Rule.DOWN]
        changes = [
            one.state
            for one in reader.timeline(0, engine.clock.now_ms() + 1, limit=1_000)
            if one.kind is EntryKind.STATE
        ]
    assert alert.open
    assert changes == [State.DOWN, State.SUSPECT, State.UP]


async def test_a_store_that_may_not_grow_says_so_and_records_later(
    watching, network: Network
) -> None:
    async with watching(service("curator")) as engine:
        writer: StoreWriter = engine.engine.parts.writer

        async def fill() -> None:
            await writer.run_alone(_allow_no_growth)

        async def make_room() -> None:
            await writer.run_alone(_allow_growth)

        await _outage_with_a_full_store(engine, network, fill, make_room)


async def test_a_full_disk_says_so_and_records_later(
    small_disk: Path, watching_on, network: Network
) -> None:
    async with watching_on(small_disk / "data", service("curator")) as engine:
        filler = small_disk / "filler"

        async def fill() -> None:
            with filler.open("wb", buffering=0) as file, suppress(OSError):
                while True:
                    file.write(bytes(4_096))

        async def make_room() -> None:
            filler.unlink()

        await _outage_with_a_full_store(engine, network, fill, make_room)


async def test_an_engine_with_a_full_disk_can_still_be_stopped(watching) -> None:
    async with watching(service("curator")) as engine:
        await engine.advance(20)
        writer: StoreWriter = engine.engine.parts.writer
        await writer.run_alone(_allow_no_growth)
        with pytest.raises(StoreFull):
            await _want_things_until_full(writer)
        with pytest.raises(EngineError, match="no space left"):
            await engine.ask("pause", service="curator")
        assert await engine.ask("stop") == {"stopping": True}


async def _want_things_until_full(writer: StoreWriter) -> None:
    want = partial(begin_intent, key=None, verb="wake", service="curator", source="", at_ms=1)
    for _ in range(1_000):
        await writer.run(partial(want, arguments={"why": "x" * 200}))


@pytest.fixture
async def recording(
    paths: Paths, clock: FakeClock, writer: StoreWriter
) -> AsyncIterator[tuple[Recording, int]]:
    """A recording whose store takes nothing, and the number of a check in it."""
    key = await writer.run(_one_check)
    await writer.run_alone(_allow_no_growth)
    return Recording(writer, clock), key


def _one_check(db: Database) -> int:
    options = Service.model_validate(service("curator"))
    return register(db, [options])["curator", "curator"]


async def test_only_plain_samples_are_given_up_oldest_first(
    recording: tuple[Recording, int], writer: StoreWriter, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recording_module, "_MOST_WAITING", 100)
    waiting, key = recording
    states = {"curator": CheckState()}
    changes = 0
    for n in range(1_000):
        # A blip every fiftieth look: each is two changes, which must not be lost.
        outcome = Outcome.FAIL if n % 50 == 25 else Outcome.OK
        kept = "k" * 1_000 if outcome is Outcome.FAIL else ""
        at_ms = 1_800_000_000_000 + n * 30_000
        seen = Observation(at_ms, outcome, error="refused", kept=kept)
        judgement = judge("curator", "curator", states, seen, Thresholds())
        states["curator"] = judgement.state
        changes += judgement.change is not None
        waiting.add(key, judgement)
    with pytest.raises(StoreFull):
        await waiting.flush()
    assert waiting.waiting <= 100
    assert waiting.given_up == 1_000 - waiting.waiting
    await writer.run_alone(_allow_growth)
    await waiting.flush()
    stored = await writer.run(lambda db: db.rows("SELECT count(*) FROM state_changes"))
    assert stored == [(2 * changes,)]


async def test_an_entry_that_breaks_our_own_code_holds_up_nothing(
    paths: Paths, clock: FakeClock, writer: StoreWriter
) -> None:
    def broken(db: Database) -> None:
        raise ZeroDivisionError

    recording = Recording(writer, clock)
    for at_ms, job in enumerate([_event(1), broken, _event(2)]):
        recording.note(job)
        assert recording.waiting == at_ms + 1
    await recording.flush()
    assert recording.waiting == 0
    assert await writer.run(lambda db: db.rows("SELECT at_ms FROM events")) == [(1,), (2,)]


def _event(at_ms: int) -> Any:
    return lambda db: add_event(db, at_ms, EntryKind.ENGINE, "something")
