"""A store that the second layout's own program left behind goes on with all that is in it.

`second_layout.db.gz` was written by that program: three minutes of the demo with an outage, a slow
service, two cold starts and a loss of the network.
"""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import pytest
from left_behind import layout, leave_behind, rows, tables
from store_keeping import a_deploy, a_plan, an_action
from store_looks import OpenWriter, service

from sentinel_tui.clock import FakeClock
from sentinel_tui.domain.keepalive.awake import Cause, Stretch
from sentinel_tui.domain.records import EntryKind
from sentinel_tui.paths import Paths
from sentinel_tui.store import recorder
from sentinel_tui.store.backup import check
from sentinel_tui.store.database import Database
from sentinel_tui.store.layout import HOUR_MS, LAYOUT_VERSION
from sentinel_tui.store.past import PastReader
from sentinel_tui.store.queries import Reader
from sentinel_tui.store.salvage import salvage

SECOND_LAYOUT = 2
STOPPED_MS = 1_795_379_269_582
"""When the program that wrote it stopped."""


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock(STOPPED_MS + HOUR_MS)


@pytest.fixture
def second_layout(paths: Paths) -> Path:
    store = leave_behind(paths, "second_layout.db.gz")
    assert layout(store) == SECOND_LAYOUT
    return store


async def test_it_goes_on_with_every_row_it_had(
    second_layout: Path, open_writer: OpenWriter, paths: Paths
) -> None:
    named = tables(second_layout)
    before = rows(second_layout, named)
    assert sum(map(len, before.values())) > 200
    open_writer()
    assert layout(second_layout) == LAYOUT_VERSION
    assert check(second_layout) == []
    assert rows(second_layout, named) == before
    (copy,) = paths.backups.glob(f"*before-{LAYOUT_VERSION}*")
    assert layout(copy) == SECOND_LAYOUT
    assert rows(copy, named) == before


async def test_what_was_known_is_told_as_before(
    second_layout: Path, open_writer: OpenWriter, paths: Paths
) -> None:
    open_writer()
    with closing(Reader(paths)) as reader:
        assert [one.id for one in reader.services()] == [
            "curator",
            "monetizer",
            "public",
            "sentinel",
        ]
        assert {(one.cause, one.deploy) for one in reader.cold_starts("curator")} == {
            (Cause.PLAN, "")
        }
        assert len(reader.cold_starts("curator")) == 2
        assert [one.cause for one in reader.incidents()] == [
            "availability/monetizer",
            "sentinel/offline",
            "availability/public",
        ]
        kinds = {one.kind for one in reader.timeline(0, STOPPED_MS + 1)}
        assert kinds >= {EntryKind.ALERT, EntryKind.COLD_START, EntryKind.GAP, EntryKind.INTENT}
        assert reader.hosted() == reader.modes() == {}
        assert reader.actions() == reader.audit() == reader.deploys() == reader.tunings() == []
        assert reader.plan() is reader.frozen() is reader.correction() is None
    with closing(PastReader(paths, STOPPED_MS - 60_000)) as past:
        assert [one.state for one in past.services() if one.id == "monetizer"] == ["DEGRADED"]


async def test_what_is_new_works_at_once(
    second_layout: Path, open_writer: OpenWriter, paths: Paths
) -> None:
    writer = open_writer()
    stretch = Stretch("curator", STOPPED_MS, STOPPED_MS + HOUR_MS, Cause.OWNER, open=True)

    def job(db: Database) -> None:
        recorder.register(db, [service("curator")])
        recorder.propose(db, an_action())
        recorder.save_deploys(db, [a_deploy()])
        recorder.save_plan(db, a_plan())
        recorder.save_stretches(db, [stretch])

    await writer.run(job)
    with closing(Reader(paths)) as reader:
        assert (reader.plan(), reader.deploys()) == (a_plan(), [a_deploy()])
        assert reader.actions() == [an_action(id=1)]
        assert reader.awake(STOPPED_MS, STOPPED_MS + 1) == [stretch]


async def test_a_damaged_one_is_saved_into_todays(second_layout: Path, tmp_path: Path) -> None:
    named = tables(second_layout)
    saved = salvage(second_layout, tmp_path / "saved.db")
    assert saved.holes == 0
    assert layout(tmp_path / "saved.db") == LAYOUT_VERSION
    assert rows(tmp_path / "saved.db", named) == rows(second_layout, named)
