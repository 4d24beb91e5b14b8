"""Where a store may lie, who may touch it, and how much room is left for it."""

from __future__ import annotations

import os
import re
import stat
from contextlib import suppress
from dataclasses import dataclass
from enum import IntEnum
from pathlib import Path

from sentinel_tui.errors import StoreUnsafe
from sentinel_tui.paths import Paths
from sentinel_tui.text import format_bytes

BALLAST_BYTES = 16 * 1_048_576
"""Kept free of use, and given up when the device is full, so that tidying up has room."""

_MOUNTS = Path("/proc/self/mountinfo")
_NETWORK_FILE_SYSTEMS = ("nfs", "cifs", "smb", "9p", "fuse", "ncpfs", "afs", "ceph", "glusterfs")
_OTHERS_MAY_WRITE = stat.S_IWGRP | stat.S_IWOTH


@dataclass(frozen=True, slots=True)
class _Shortage:
    """Space is short below so many bytes, or below a share where that is not much either.

    A share alone would mislead: 2 % of a large disk holds the store many times over.
    """

    bytes: int
    share: float
    share_counts_below_bytes: int

    def holds(self, free_bytes: int, total_bytes: int) -> bool:
        small_share = free_bytes < self.share * total_bytes
        return free_bytes < self.bytes or (
            small_share and free_bytes < self.share_counts_below_bytes
        )


_LOW = _Shortage(1_000_000_000, 0.10, 10_000_000_000)
_SCARCE = _Shortage(200_000_000, 0.02, 2_000_000_000)


def prepare_folder(paths: Paths) -> None:
    """Make the store's folder, or make sure that the one there is fit for it.

    Raises:
        StoreUnsafe: It lies on a network file system, belongs to somebody else, or others may
            write to it or to the store.
    """
    paths.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    _refuse_network(paths.data_dir)
    refuse_others(paths.data_dir)
    if paths.store.exists():
        refuse_others(paths.store)


def refuse_others(path: Path) -> None:
    """Make sure that only its owner can change a file or a folder.

    Raises:
        StoreUnsafe: It is not ours, or others may write to it.
    """
    facts = path.stat()
    if facts.st_uid != os.geteuid():
        raise StoreUnsafe(
            f"{path} belongs to another user",
            "run Sentinel as the user who owns it, or choose another place with --data-dir",
        )
    if facts.st_mode & _OTHERS_MAY_WRITE:
        raise StoreUnsafe(f"others may write to {path}", f"run: chmod go-w {path}")


def create_private(path: Path) -> None:
    """Make an empty file that only its owner can read.

    Only ever a new one: opening and closing an existing store would drop SQLite's locks on it.

    Raises:
        FileExistsError: There is one already.
    """
    os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY | os.O_CLOEXEC, 0o600))


def _refuse_network(folder: Path) -> None:
    if not _MOUNTS.exists():
        return
    kind = file_system(folder.resolve(), _MOUNTS.read_text())
    if kind.startswith(_NETWORK_FILE_SYSTEMS):
        raise StoreUnsafe(
            f"{folder} lies on a file system of kind {kind}, whose locks SQLite cannot trust",
            "choose a folder on a local disk with --data-dir",
        )


def file_system(path: Path, mounts: str) -> str:
    """The kind of file system that a path lies on.

    Args:
        path: An absolute path without symbolic links.
        mounts: What `/proc/self/mountinfo` says.

    Returns:
        Such as `ext4`; empty when no mount holds the path.
    """
    best, kind = -1, ""
    for line in mounts.splitlines():
        fields, _, rest = line.partition(" - ")
        point = Path(_unescape(fields.split(" ")[4]))
        # Of two mounts on the same point the later one lies on top.
        if path.is_relative_to(point) and len(point.parts) >= best:
            best, kind = len(point.parts), rest.split(" ", 1)[0]
    return kind


def _unescape(field: str) -> str:
    return re.sub(r"\\([0-7]{3})", lambda found: chr(int(found[1], 8)), field)


class Room(IntEnum):
    """How much space is left."""

    AMPLE = 0
    LOW = 1
    SCARCE = 2
    """Single observations are no longer recorded, so that alerts and intents still can be."""


@dataclass(frozen=True, slots=True)
class Space:
    """The space on the device that holds the store."""

    free_bytes: int
    total_bytes: int

    @classmethod
    def of(cls, folder: Path) -> Space:
        """What is free to an ordinary user."""
        facts = os.statvfs(folder)
        return cls(facts.f_bavail * facts.f_frsize, facts.f_blocks * facts.f_frsize)

    @property
    def room(self) -> Room:
        """Whether that is enough."""
        if _SCARCE.holds(self.free_bytes, self.total_bytes):
            return Room.SCARCE
        return Room.LOW if _LOW.holds(self.free_bytes, self.total_bytes) else Room.AMPLE

    def warning(self, folder: Path) -> str:
        """What the owner should know about it, or an empty string."""
        match self.room:
            case Room.AMPLE:
                return ""
            case Room.LOW:
                return f"only {format_bytes(self.free_bytes)} free for {folder}"
            case Room.SCARCE:
                return (
                    f"only {format_bytes(self.free_bytes)} free for {folder}: states and alerts "
                    "are recorded, single observations are not"
                )


class Ballast:
    """A file that holds space in reserve."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / "ballast"

    def lay(self) -> None:
        """Take the reserve, where there is ample room and it is not there yet."""
        if self._path.exists() or Space.of(self._path.parent).room is not Room.AMPLE:
            return
        try:
            create_private(self._path)
            _take_space(self._path, BALLAST_BYTES)
        except OSError:
            self.drop()

    def drop(self) -> bool:
        """Give the reserve up; returns whether there was one."""
        try:
            self._path.unlink()
        except FileNotFoundError:
            return False
        return True


def _take_space(path: Path, size_bytes: int) -> None:
    """Make a file hold so many bytes of the device; one that is only long holds none."""
    with path.open("r+b") as file:
        if hasattr(os, "posix_fallocate"):
            os.posix_fallocate(file.fileno(), 0, size_bytes)
        else:
            file.write(bytes(size_bytes))


@dataclass(frozen=True, slots=True)
class OpenFiles:
    """Which files the writing connection has open, by inode.

    When somebody replaces or deletes the store under a running engine, SQLite goes on writing into
    a file that nobody else can see. Comparing inodes finds that before the next commit.
    """

    store: int
    wal: int | None

    @classmethod
    def at(cls, path: Path) -> OpenFiles:
        """The files that lie at a store's path now."""
        return cls(_inode(path) or 0, _inode(wal_path(path)))


def wal_path(store: Path) -> Path:
    """Where SQLite keeps the write-ahead log of a store."""
    return store.with_name(store.name + "-wal")


def processes_with(path: Path) -> list[int]:
    """The processes of this user that have a file open, where the system tells."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        # Processes end while we look, and those of other users do not tell.
        with suppress(OSError), os.scandir(process / "fd") as open_files:
            if any(os.readlink(file) == str(path) for file in open_files):
                found.append(int(process.name))
    return sorted(set(found) - {os.getpid()})


def _inode(path: Path) -> int | None:
    try:
        return path.stat().st_ino
    except FileNotFoundError:
        return None
