"""One engine for each store."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from sentinel_tui.engine.lock import EngineLock, holder_of
from sentinel_tui.errors import EngineBusy

_HOLD = """
import sys
from pathlib import Path
from sentinel_tui.engine.lock import EngineLock
lock = EngineLock.take(Path(sys.argv[1]), 1)
print("held", flush=True)
sys.stdin.read()
"""


def test_a_second_engine_is_told_who_holds_the_lock(tmp_path: Path) -> None:
    path = tmp_path / "engine.lock"
    lock = EngineLock.take(path, 1_000)
    with pytest.raises(EngineBusy, match=f"process {os.getpid()} on "):
        EngineLock.take(path, 2_000)
    lock.release()


def test_a_released_lock_can_be_taken_again(tmp_path: Path) -> None:
    path = tmp_path / "engine.lock"
    EngineLock.take(path, 1_000).release()
    lock = EngineLock.take(path, 2_000)
    holder = holder_of(path)
    lock.release()
    assert holder is not None
    assert holder.since_ms == 2_000


def test_releasing_twice_is_harmless(tmp_path: Path) -> None:
    path = tmp_path / "engine.lock"
    lock = EngineLock.take(path, 1)
    lock.release()
    successor = EngineLock.take(path, 2)
    lock.release()
    with pytest.raises(EngineBusy):
        EngineLock.take(path, 3)
    successor.release()


def test_the_lock_is_free_once_its_holder_was_killed(tmp_path: Path) -> None:
    path = tmp_path / "engine.lock"
    with subprocess.Popen(
        [sys.executable, "-c", _HOLD, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"held\n"
        with pytest.raises(EngineBusy, match=str(holder.pid)):
            EngineLock.take(path, 1)
        holder.kill()
        holder.wait(timeout=10)
    EngineLock.take(path, 2).release()


def test_a_child_does_not_keep_the_lock(tmp_path: Path) -> None:
    path = tmp_path / "engine.lock"
    lock = EngineLock.take(path, 1)
    with subprocess.Popen(
        [sys.executable, "-c", "import sys; sys.stdin.read()"], stdin=subprocess.PIPE
    ):
        lock.release()
        EngineLock.take(path, 2).release()


def test_the_lock_file_is_private(tmp_path: Path) -> None:
    path = tmp_path / "engine.lock"
    lock = EngineLock.take(path, 1)
    mode = path.stat().st_mode & 0o777
    lock.release()
    assert mode == 0o600


@pytest.mark.parametrize("content", [b"", b"garbage", b"[]", b'{"pid": "x"}', b"\xff\xfe"])
def test_an_illegible_lock_file_names_nobody(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "engine.lock"
    path.write_bytes(content)
    assert holder_of(path) is None
