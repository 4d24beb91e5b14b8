"""Files written for others to read: whole or not at all."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

from sentinel_tui.errors import SentinelError

_MODE = 0o644
"""Others read what is exported: a web server, node_exporter."""


def write_whole(path: Path, text: str) -> None:
    """Write a file so that whoever reads it meanwhile sees the old one or the new one.

    Raises:
        SentinelError: It cannot be written; what stood there still does.
    """
    partial = path.with_name(f".{path.name}.{os.getpid()}.unfinished")
    try:
        try:
            _write(partial, text.encode())
            partial.replace(path)
        finally:
            with suppress(FileNotFoundError):
                partial.unlink()
    except OSError as error:
        raise SentinelError(
            f"cannot write {path}: {error.strerror}", "see to its folder and its permissions"
        ) from None


def _write(path: Path, content: bytes) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _MODE)
    with os.fdopen(descriptor, "wb") as file:
        # Whatever the shell's umask: a private file would be no use to anybody it is meant for.
        os.fchmod(descriptor, _MODE)
        file.write(content)
        file.flush()
        os.fsync(descriptor)
