"""Copies of the store: whole, compact, checked, and only then given their name."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

from sentinel_tui.errors import StoreError
from sentinel_tui.paths import Paths
from sentinel_tui.store.driver import open_reader, sqlite, store_error
from sentinel_tui.store.guard import create_private

_OUR_COPIES = "sentinel-????????T??????Z*.db"
"""What is let go of in time; a copy under any other name is the owner's."""


def backup(paths: Paths, folder: Path, now_ms: int, keep: int, note: str = "") -> Path:
    """Copy the store, verify the copy, and let go of the oldest ones.

    Runs on a reading connection of its own, so the engine goes on writing meanwhile; call it from
    a thread, for it takes seconds.

    Args:
        paths: The watch whose store is copied.
        folder: Where the copies lie; made when it is not there.
        now_ms: The instant in the copy's name.
        keep: How many copies to keep, this one included.
        note: Added to the name, such as `before-2`.

    Returns:
        The copy.

    Raises:
        StoreError: The store cannot be read, the copy cannot be written, or it is not sound.
    """
    moment = datetime.fromtimestamp(now_ms / 1_000, UTC).strftime("%Y%m%dT%H%M%SZ")
    target = folder / f"sentinel-{moment}{'-' + note if note else ''}.db"
    with _unfinished(target) as partial:
        _copy(paths.store, partial)
        problems = check(partial, immutable=True)
        if problems:
            raise StoreError(
                f"the copy of {paths.store} is not sound: {problems[0]}",
                "check the store with: sentinel store check",
            )
    _let_go(folder, keep)
    return target


def check(store: Path, *, quick: bool = False, immutable: bool = False) -> list[str]:
    """What is wrong with a store's file; empty when nothing is.

    Args:
        store: The file.
        quick: Leave out whether indexes agree with their tables; several times faster.
        immutable: The file is a finished copy that nobody writes to.

    Raises:
        StoreError: It cannot be opened at all.
    """
    pragma = "quick_check" if quick else "integrity_check"
    try:
        with closing(open_reader(store, immutable=immutable)) as connection:
            found = [str(row[0]) for row in connection.execute(f"PRAGMA {pragma}(20)").fetchall()]
    except sqlite.DatabaseError as error:
        return [str(error)]
    return [] if found == ["ok"] else found


@contextmanager
def _unfinished(target: Path) -> Iterator[Path]:
    """A private file that gets its name when the block ends well, and goes when it does not."""
    partial = target.with_name(f".{target.name}.unfinished")
    try:
        target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        partial.unlink(missing_ok=True)
        create_private(partial)
        yield partial
        _flush(partial)
        partial.rename(target)
        _flush(target.parent)
    except OSError as error:
        raise StoreError(
            f"cannot write {target}: {error.strerror}", "make room there, or see to its permissions"
        ) from error
    finally:
        with suppress(OSError):
            partial.unlink(missing_ok=True)


def _copy(store: Path, target: Path) -> None:
    try:
        with closing(open_reader(store)) as connection:
            # VACUUM INTO writes another file, which query_only would refuse.
            connection.execute("PRAGMA query_only = 0")
            connection.execute("VACUUM INTO ?", (str(target),))
    except sqlite.Error as error:
        raise store_error(error, store) from error


def _flush(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _let_go(folder: Path, keep: int) -> None:
    for old in sorted(folder.glob(_OUR_COPIES))[:-keep]:
        old.unlink(missing_ok=True)
