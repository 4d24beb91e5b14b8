"""A store that the third layout's own program left behind goes on with all that is in it.

`third_layout.db.gz` was written by that program: twelve minutes of the demo with outages that
restarts ended, services that fell asleep, and what their platform said of them.
"""

from __future__ import annotations

from contextlib import closing
from functools import partial
from pathlib import Path

import pytest
from left_behind import layout, leave_behind, rows, tables
from store_looks import OpenWriter
from store_videos import LIBRARIES, a_card, a_study, a_video, an_event

from sentinel_tui.clock import FakeClock
from sentinel_tui.config.model import RetentionOptions
from sentinel_tui.domain.autonomy.actions import Step
from sentinel_tui.domain.keepalive.modes import Mode
from sentinel_tui.paths import Paths
from sentinel_tui.store import recorder
from sentinel_tui.store.backup import check
from sentinel_tui.store.database import Database
from sentinel_tui.store.layout import DAY_MS, HOUR_MS, LAYOUT_VERSION
from sentinel_tui.store.past import PastReader
from sentinel_tui.store.queries import Reader
from sentinel_tui.store.retention import prune
from sentinel_tui.store.salvage import salvage

THIRD_LAYOUT = 3
STOPPED_MS = 1_795_397_372_881
"""When the program that wrote it stopped."""


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock(STOPPED_MS + HOUR_MS)


@pytest.fixture
def third_layout(paths: Paths) -> Path:
    store = leave_behind(paths, "third_layout.db.gz")
    assert layout(store) == THIRD_LAYOUT
    return store


async def test_it_goes_on_with_every_row_it_had(
    third_layout: Path, open_writer: OpenWriter, paths: Paths
) -> None:
    named = tables(third_layout)
    before = rows(third_layout, named)
    assert sum(map(len, before.values())) > 500
    open_writer()
    assert layout(third_layout) == LAYOUT_VERSION
    assert check(third_layout) == []
    assert rows(third_layout, named) == before
    (copy,) = paths.backups.glob(f"*before-{LAYOUT_VERSION}*")
    assert layout(copy) == THIRD_LAYOUT
    assert rows(copy, named) == before


async def test_what_was_known_is_told_as_before(
    third_layout: Path, open_writer: OpenWriter, paths: Paths
) -> None:
    open_writer()
    with closing(Reader(paths)) as reader:
        assert [one.id for one in reader.services()] == [
            *("curator", "monetizer", "public", "sentinel")
        ]
        assert [one.cause for one in reader.incidents()] == [
            *("availability/monetizer", "availability/public")
        ]
        assert {(one.service, one.step) for one in reader.actions()} == {("public", Step.VERIFIED)}
        assert reader.broken_audit_entry() is None
        assert len(reader.audit()) == 4 * len(reader.actions())
        assert reader.plan() is not None
        assert reader.modes()["curator"].mode in set(Mode)
        assert reader.libraries() == reader.videos() == reader.card_rows() == reader.known(0) == []
        assert reader.study() is None
    with closing(PastReader(paths, STOPPED_MS - 60_000)) as past:
        assert past.cards() == past.viewings(0, STOPPED_MS) == []


async def test_what_is_new_works_at_once(
    third_layout: Path, open_writer: OpenWriter, paths: Paths
) -> None:
    def job(db: Database) -> None:
        recorder.register_libraries(db, LIBRARIES)
        recorder.save_videos(db, "previews", [a_video()], STOPPED_MS, whole=True)
        recorder.add_view_events(db, [an_event(STOPPED_MS - DAY_MS)], STOPPED_MS)
        recorder.fold_views(db, STOPPED_MS, 10)
        recorder.save_study(db, a_study(at_ms=STOPPED_MS))

    writer = open_writer()
    await writer.run(job)
    await writer.run(partial(prune, now_ms=STOPPED_MS + DAY_MS, limits=RetentionOptions()))
    with closing(Reader(paths)) as reader:
        assert reader.videos() == [a_video(seen_ms=STOPPED_MS)]
        assert reader.cards() == [a_card(at_ms=STOPPED_MS)]
        assert len(reader.viewings(0, STOPPED_MS)) == 1


async def test_a_damaged_one_is_saved_into_todays(third_layout: Path, tmp_path: Path) -> None:
    named = tables(third_layout)
    saved = salvage(third_layout, tmp_path / "saved.db")
    assert saved.holes == 0
    assert layout(tmp_path / "saved.db") == LAYOUT_VERSION
    assert rows(tmp_path / "saved.db", named) == rows(third_layout, named)
