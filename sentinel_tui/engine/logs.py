"""What the engine says when no terminal listens: a small rotating file without secrets."""

from __future__ import annotations

import logging
import os
import sys
from io import TextIOWrapper
from logging.handlers import RotatingFileHandler
from pathlib import Path

from sentinel_tui.config.redaction import RedactingFilter

_FORMAT = "%(asctime)s %(levelname)s %(name)s: %(message)s"
_ROTATE_AT_BYTES = 1_000_000
_KEPT = 2
_TALKATIVE = ("httpx", "httpcore", "h11", "h2", "hpack", "asyncio")


class _PrivateFileHandler(RotatingFileHandler):
    """A rotating file that only its owner reads, from its first moment on."""

    def _open(self) -> TextIOWrapper:
        return open(self.baseFilename, "a", encoding="utf-8", opener=_open_private)


def set_up(path: Path, *, foreground: bool) -> None:
    """Log into a file from now on, and to standard error as well in the foreground.

    Args:
        path: The log file; rotated when it grows beyond a megabyte, two old ones are kept.
        foreground: Whether somebody watches standard error, such as a terminal or systemd.
    """
    handlers: list[logging.Handler] = [
        _PrivateFileHandler(path, maxBytes=_ROTATE_AT_BYTES, backupCount=_KEPT)
    ]
    if foreground:
        handlers.append(logging.StreamHandler(sys.stderr))
    for handler in handlers:
        handler.addFilter(RedactingFilter())
    logging.basicConfig(level=logging.INFO, format=_FORMAT, handlers=handlers, force=True)
    # These write whole URLs at INFO, and what they write at WARNING the probes say better.
    for name in _TALKATIVE:
        logging.getLogger(name).setLevel(logging.WARNING)


def _open_private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)
