"""Where a store may lie, and how much room it needs."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest
from store_looks import T0_MS, Watch, bad, good, rows_of, service

from sentinel_tui.clock import FakeClock
from sentinel_tui.config.model import RetentionOptions
from sentinel_tui.domain.records import EntryKind
from sentinel_tui.errors import StoreFull
from sentinel_tui.paths import Paths
from sentinel_tui.store.guard import Room, Space, file_system, processes_with
from sentinel_tui.store.recorder import add_event
from sentinel_tui.store.writer import Holder, StoreWriter

MOUNTS = r"""
22 1 254:1 / / rw,relatime shared:1 - ext4 /dev/vda1 rw
30 22 0:26 / /home/ann rw shared:2 - nfs4 server:/export rw
31 22 0:27 / /mnt/my\040disk rw - fuse.sshfs ann@host:/ rw
32 22 0:28 / /home/ann/local rw - xfs /dev/vdb1 rw
33 32 0:29 / /home/ann/local rw - cifs //server/share rw
""".strip()


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/srv/data", "ext4"),
        ("/home/annabel", "ext4"),
        ("/home/ann/data", "nfs4"),
        ("/mnt/my disk/sentinel", "fuse.sshfs"),
        ("/home/ann/local/share", "cifs"),
    ],
)
def test_the_file_system_is_that_of_the_nearest_and_topmost_mount(path: str, kind: str) -> None:
    assert file_system(Path(path), MOUNTS) == kind


MB, GB = 1_000_000, 1_000_000_000


@pytest.mark.parametrize(
    ("free", "total", "room"),
    [
        (150 * MB, 1 * GB, Room.SCARCE),
        (150 * MB, 4_000 * GB, Room.SCARCE),
        (1_500 * MB, 100 * GB, Room.SCARCE),
        (900 * MB, 2 * GB, Room.LOW),
        (5 * GB, 100 * GB, Room.LOW),
        (5 * GB, 20 * GB, Room.AMPLE),
        (40 * GB, 4_000 * GB, Room.AMPLE),
    ],
)
def test_how_much_room_is_enough(free: int, total: int, room: Room) -> None:
    space = Space(free, total)
    assert space.room is room
    assert bool(space.warning(Path("/data"))) is (room is not Room.AMPLE)


def test_processes_that_hold_a_file_are_named(tmp_path: Path) -> None:
    held = tmp_path / "log"
    held.touch()
    with held.open("rb") as handle, subprocess.Popen(["sleep", "60"], stdin=handle) as holder:
        try:
            assert processes_with(held) == [holder.pid]
        finally:
            holder.kill()


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Paths]:
    """A store's folder on a device of 8 MB."""
    folder = tmp_path / "disk"
    folder.mkdir(mode=0o700)
    mounted = os.geteuid() == 0 and not subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=8m,mode=0700", "tmpfs", str(folder)],
        check=False,
        capture_output=True,
    ).returncode  # fmt: skip
    if not mounted:
        pytest.skip("a small device can only be mounted by root")
    yield Paths(tmp_path / "sentinel.toml", folder)
    subprocess.run(["umount", str(folder)], check=True)


@pytest.fixture
def writer_on_small_disk(small_disk: Paths) -> Iterator[StoreWriter]:
    writer = StoreWriter.open(small_disk, FakeClock(T0_MS), RetentionOptions(), Holder.here())
    yield writer
    writer.close()


async def test_on_a_small_device_samples_are_given_up_first(
    writer_on_small_disk: StoreWriter, small_disk: Paths
) -> None:
    writer = writer_on_small_disk
    watch = Watch(writer)
    await watch.configure(service())
    opened = await watch.see(good(T0_MS), bad(T0_MS + 30_000))
    assert len(opened) == 1
    assert await rows_of(writer, "SELECT count(*) FROM metrics") == [(0,)]
    assert "single observations are not" in writer.trouble
    assert not (small_disk.data_dir / "ballast").exists(), "there is no room to reserve"


async def test_a_device_that_fills_up_stops_nothing_for_good(
    writer_on_small_disk: StoreWriter, small_disk: Paths
) -> None:
    writer = writer_on_small_disk
    await writer.run(partial(add_event, at_ms=1, kind=EntryKind.ENGINE, text="before"))
    hog = small_disk.data_dir / "hog"
    with pytest.raises(OSError, match="space"):
        hog.write_bytes(bytes(16 * MB))
    large = partial(add_event, at_ms=1, kind=EntryKind.ENGINE, text="x" * 2_000_000)
    with pytest.raises(StoreFull):
        await writer.run(large, durable=True)
    assert await rows_of(writer, "SELECT text FROM events") == [("before",)], "reading goes on"
    hog.unlink()
    await writer.run(large, durable=True)
    assert await rows_of(writer, "SELECT count(*) FROM events") == [(2,)]
