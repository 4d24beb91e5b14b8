"""A study, in a process of its own: it reckons for seconds, and nobody waits for it.

The process is made for one study and ends with it. It reads the store itself, without writing to
it, and tells what came out on its standard output; when its standard input closes, whoever wanted
the study is gone, and it ends at once.
"""

from __future__ import annotations

import asyncio
import gc
import json
import os
import pickle
import sys
import threading
from asyncio.subprocess import PIPE, Process
from collections.abc import Awaitable, Callable, Mapping
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path

from sentinel_tui.domain.video.catalog import LibraryRole
from sentinel_tui.domain.video.study import Study
from sentinel_tui.errors import EngineError, SentinelError
from sentinel_tui.paths import Paths
from sentinel_tui.text import clean_text

_LONGEST_S = 300.0
_NICENESS = 10
"""The screen and the looks go first."""
_ONE_THREAD = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")
"""Arithmetic libraries would take every core for sums that need none of them."""
_PASSED_ON = ("HOME", "LANG", "LC_ALL", "PATH", "PYTHONPATH", "TMPDIR", "TZ")
"""What a study needs of the engine's environment, in which keys of platforms may stand."""


@dataclass(frozen=True, slots=True)
class Order:
    """What is to be studied.

    Attributes:
        roles: Whom each library is for; others are left out.
        zone: The zone by whose clocks days and hours are told.
        from_ms: From when on counts are looked at.
        now_ms: When the study is made.
    """

    roles: Mapping[str, LibraryRole]
    zone: str
    from_ms: int
    now_ms: int


MakeStudy = Callable[[Paths, Order], Awaitable[Study]]
"""Makes a study of the videos of a watch."""


async def study_apart(paths: Paths, order: Order, *, longest_s: float = _LONGEST_S) -> Study:
    """Make a study in a process of its own.

    Args:
        paths: The watch whose store is studied.
        order: What is to be studied.
        longest_s: How long it may take, in seconds of this machine; then it is ended.

    Returns:
        What came out.

    Raises:
        EngineError: Nothing came out, and why.
    """
    passed_on = {name: os.environ[name] for name in _PASSED_ON if name in os.environ}
    environment = passed_on | dict.fromkeys(_ONE_THREAD, "1")
    # -P, because a folder that somebody happens to be in must not lend it its modules.
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-P", "-m", __name__),
        stdin=PIPE,
        stdout=PIPE,
        stderr=PIPE,
        env=environment,
    )
    try:
        told, said = await asyncio.wait_for(_converse(process, paths, order), longest_s)
    except TimeoutError:
        raise EngineError(f"the study was ended: not done within {longest_s:g} s") from None
    finally:
        await _end(process)
    if process.returncode:
        raise EngineError(f"the study failed: {_last_line(said) or _ending(process.returncode)}")
    # Our own child wrote it. In a thread: thousands of videos' figures take a moment to unpack.
    study: Study = await asyncio.to_thread(pickle.loads, told)
    return study


async def _converse(process: Process, paths: Paths, order: Order) -> tuple[bytes, bytes]:
    """Hand over what is wanted, and hear all that is answered."""
    assert process.stdin is not None  # noqa: S101 (it was started with a pipe)
    assert process.stdout is not None  # noqa: S101 (with another)
    assert process.stderr is not None  # noqa: S101 (and with a third)
    process.stdin.write(_written(paths, order))
    with suppress(ConnectionError):
        await process.stdin.drain()
    told, said = await asyncio.gather(process.stdout.read(), process.stderr.read())
    await process.wait()
    return told, said


async def _end(process: Process) -> None:
    """Leave no process behind, whatever became of the study."""
    if process.returncode is None:
        with suppress(ProcessLookupError):
            process.kill()
        await process.wait()
    if process.stdin is not None:
        process.stdin.close()


def _written(paths: Paths, order: Order) -> bytes:
    wanted = {
        "config": str(paths.config),
        "data_dir": str(paths.data_dir.absolute()),
        "roles": dict(order.roles),
        "zone": order.zone,
        "from_ms": order.from_ms,
        "now_ms": order.now_ms,
    }
    return json.dumps(wanted).encode() + b"\n"


def _ending(returncode: int) -> str:
    """How a process ended that said nothing."""
    if returncode < 0:
        return f"signal {-returncode} ended it; where memory runs out, that is 9"
    return "it did not say why"


def _last_line(said: bytes) -> str:
    lines = said.decode("utf-8", "replace").split("\n")
    return clean_text(next((line for line in reversed(lines) if line.strip()), ""), 200)


def make(paths: Paths, order: Order) -> Study:
    """Make a study here and now.

    Args:
        paths: The watch whose store is studied.
        order: What is to be studied.

    Raises:
        StoreError: The store cannot be read.
    """
    from zoneinfo import ZoneInfo

    from sentinel_tui.domain.video.studying import study
    from sentinel_tui.store.queries import Reader

    with closing(Reader(paths)) as reader:
        known = [one for one in reader.known(order.from_ms) if one.video.library in order.roles]
    return study(known, order.roles, ZoneInfo(order.zone), order.now_ms)


def main() -> int:
    """Be the process that makes one study; returns its exit code."""
    wanted = json.loads(sys.stdin.buffer.readline())
    threading.Thread(target=_end_with_whoever_asked, daemon=True).start()
    # A process that is over in seconds has nothing to gain from looking for garbage.
    gc.disable()
    with suppress(OSError):  # under systemd, as its unit has it, nobody may say so
        os.nice(_NICENESS)
    paths = Paths(config=Path(wanted["config"]), data_dir=Path(wanted["data_dir"]))
    roles = {name: LibraryRole(role) for name, role in wanted["roles"].items()}
    try:
        made = make(paths, Order(roles, wanted["zone"], wanted["from_ms"], wanted["now_ms"]))
    except SentinelError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    sys.stdout.buffer.write(pickle.dumps(made, pickle.HIGHEST_PROTOCOL))
    sys.stdout.buffer.flush()
    return 0


def _end_with_whoever_asked() -> None:
    # The bare file, for a buffered one would be locked while this process ends.
    os.read(sys.stdin.fileno(), 1)
    os._exit(1)


if __name__ == "__main__":
    sys.exit(main())
