"""The engine's log is private, small, and without secrets."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from pathlib import Path

import pytest

from sentinel_tui.config.secrets import Secret
from sentinel_tui.engine import logs


@pytest.fixture
def log_file(tmp_path: Path) -> Iterator[Path]:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    root.handlers.clear()
    logs.set_up(tmp_path / "engine.log", foreground=False)
    yield tmp_path / "engine.log"
    for handler in root.handlers:
        handler.close()
    root.handlers[:] = handlers
    root.setLevel(level)


def test_the_file_is_private(log_file: Path) -> None:
    logging.getLogger("sentinel_tui").info("hello")
    assert log_file.stat().st_mode & 0o777 == 0o600
    assert "hello" in log_file.read_text()


def test_secrets_do_not_reach_it_in_messages_or_tracebacks(log_file: Path) -> None:
    secret = Secret("tr0ub4dor-and-3").reveal()
    try:
        raise ValueError(f"bad token {secret}")
    except ValueError:
        logging.getLogger("sentinel_tui.engine").exception("with %s", secret)
    text = log_file.read_text()
    assert "ValueError: bad token" in text
    assert secret not in text


def test_terminal_commands_do_not_reach_it(log_file: Path) -> None:
    logging.getLogger("sentinel_tui").warning("title \x1b]0;owned\x07")
    assert "\x1b" not in log_file.read_text()


def test_it_stays_small_and_private_when_rotated(log_file: Path) -> None:
    line = "x" * 10_000
    for _ in range(400):
        logging.getLogger("sentinel_tui").info(line)
    files = sorted(log_file.parent.glob("engine.log*"))
    assert len(files) == 3
    assert sum(file.stat().st_size for file in files) < 3_100_000
    assert {file.stat().st_mode & 0o777 for file in files} == {0o600}


def test_libraries_that_log_whole_urls_are_silenced(log_file: Path) -> None:
    logging.getLogger("httpx").info("HTTP Request: GET http://user:pw@host/?token=x")
    logging.getLogger("httpcore.connection").info("connect")
    assert log_file.read_text() == ""
