"""With what viewers' tokens are hashed: from the configuration, or made once and kept."""

from __future__ import annotations

import os
import secrets
import stat
from contextlib import suppress
from pathlib import Path

from sentinel_tui.config.ingest import IngestOptions
from sentinel_tui.config.redaction import remember
from sentinel_tui.errors import SecretError
from sentinel_tui.paths import Paths

_BYTES = 32


def viewer_key(paths: Paths, options: IngestOptions | None) -> bytes:
    """The key; made and written down where there is none yet.

    Args:
        paths: The watch's files.
        options: What the configuration says of ingest, or None.

    Raises:
        SecretError: The key cannot be read or made, or others can read it.
    """
    if options is not None and options.viewer_key is not None:
        return options.viewer_key.reveal().encode()
    path = paths.viewer_key
    try:
        with suppress(FileExistsError):
            _make(path)
        return _read(path)
    except OSError as error:
        raise SecretError(
            f"the key for viewers' tokens cannot be kept at {path}: {error.strerror}",
            "see to the folder, or name a key: ingest.viewer_key",
        ) from None


def _make(path: Path) -> None:
    """Write a new key down, whole or not at all.

    Raises:
        FileExistsError: There is one.
        OSError: It cannot be written.
    """
    if path.exists():
        return
    draft = path.with_suffix(f".{os.getpid()}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
    try:
        with open(descriptor, "w", encoding="ascii") as file:
            file.write(secrets.token_hex(_BYTES) + "\n")
            file.flush()
            os.fsync(file.fileno())
        # A link, unlike a rename, never takes the place of a key that is in use.
        os.link(draft, path)
    finally:
        draft.unlink()


def _read(path: Path) -> bytes:
    if path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
        raise SecretError(
            f"the key for viewers' tokens, {path}, is open to others", f"chmod 600 {path}"
        )
    key = path.read_text("ascii", "replace").strip()
    if len(key) < _BYTES:
        raise SecretError(
            f"{path} holds no key for viewers' tokens",
            "put the key back from a backup; with a new one, viewers are strangers again",
        )
    remember(key)
    return key.encode()
