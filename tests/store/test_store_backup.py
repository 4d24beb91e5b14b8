"""Copies of the store, and finding out that a file is damaged."""

from __future__ import annotations

import asyncio
import stat
from contextlib import closing
from functools import partial

import pytest
from store_looks import T0_MS, OpenWriter, Watch, bad, good
from store_wounds import zero_a_page

from sentinel_tui.errors import StoreError
from sentinel_tui.paths import Paths
from sentinel_tui.store.backup import backup, check
from sentinel_tui.store.queries import Reader

MINUTE_MS = 60_000


async def test_a_copy_holds_what_the_store_holds(watch: Watch, paths: Paths) -> None:
    await watch.see(good(T0_MS), bad(T0_MS + 1))
    copy = await asyncio.to_thread(backup, paths, paths.backups, T0_MS, 3)
    assert copy.name == "sentinel-20270115T080000Z.db"
    assert copy.parent == paths.backups
    with closing(Reader(paths)) as reader:
        alerts, services = reader.alerts(), reader.services()
    restored = Paths(paths.config, paths.data_dir.parent / "restored")
    restored.data_dir.mkdir(mode=0o700)
    copy.rename(restored.store)
    with closing(Reader(restored)) as reader:
        assert (reader.alerts(), reader.services()) == (alerts, services)


async def test_a_copy_is_for_its_owner_alone(watch: Watch, paths: Paths) -> None:
    copy = await asyncio.to_thread(backup, paths, paths.backups, T0_MS, 3)
    assert stat.S_IMODE(copy.stat().st_mode) == 0o600
    assert stat.S_IMODE(paths.backups.stat().st_mode) == 0o700


async def test_only_the_newest_copies_are_kept(watch: Watch, paths: Paths) -> None:
    paths.backups.mkdir()
    (paths.backups / "sentinel-before-the-move.db").write_text("the owner's own")
    for n in range(5):
        await asyncio.to_thread(backup, paths, paths.backups, T0_MS + n * MINUTE_MS, 2)
    assert sorted(copy.name for copy in paths.backups.iterdir()) == [
        "sentinel-20270115T080300Z.db",
        "sentinel-20270115T080400Z.db",
        "sentinel-before-the-move.db",
    ], "and nothing unfinished lies about"


async def test_the_engine_goes_on_writing_meanwhile(watch: Watch, paths: Paths) -> None:
    copying = asyncio.create_task(asyncio.to_thread(backup, paths, paths.backups, T0_MS, 3))
    for n in range(20):
        await watch.see(good(T0_MS + n))
    copy = await copying
    assert check(copy, immutable=True) == []
    with closing(Reader(paths)) as reader:
        assert reader.info().rows["metrics"] == 20


async def test_a_damaged_store_makes_no_copy(
    watch: Watch, open_writer: OpenWriter, paths: Paths
) -> None:
    await watch.see(*(bad(T0_MS + n, kept="x" * 900) for n in range(40)))
    watch.writer.close()
    zero_a_page(paths.store, "failures")
    with pytest.raises(StoreError):
        backup(paths, paths.backups, T0_MS, 3)
    assert list(paths.backups.iterdir()) == []


def test_a_sound_store_has_no_problems(open_writer: OpenWriter, paths: Paths) -> None:
    open_writer()
    assert check(paths.store) == check(paths.store, quick=True) == []


@pytest.mark.parametrize("quick", [False, True])
async def test_damage_is_found(watch: Watch, paths: Paths, quick: bool) -> None:
    await watch.see(*(bad(T0_MS + n, kept="x" * 900) for n in range(40)))
    watch.writer.close()
    zero_a_page(paths.store, "failures")
    assert check(paths.store, quick=quick)


def test_what_is_no_database_is_a_problem_too(paths: Paths) -> None:
    paths.data_dir.mkdir()
    paths.store.write_bytes(b"not a database at all" * 500)
    assert check(paths.store)


async def test_a_folder_that_cannot_be_written_is_told(watch: Watch, paths: Paths) -> None:
    paths.backups.write_text("a file where the folder should be")
    with pytest.raises(StoreError, match="cannot write"):
        await asyncio.to_thread(partial(backup, paths, paths.backups, T0_MS, 3))
