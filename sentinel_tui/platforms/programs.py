"""Programs of the owner's: run without a shell, and never waited for longer than they may take."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import IO

_MOST_KEPT_BYTES = 4_096
_MOST_READ_BYTES = 1_048_576
"""A program that says more than this is left waiting until its time is up."""
_KILLED_WITHIN_S = 2.0
_PASSED_ON = ("PATH", "HOME", "USER", "LOGNAME", "LANG", "TZ", "XDG_RUNTIME_DIR")
"""What a program may see of the engine's environment, which may hold secrets besides."""


class ProgramFailed(Exception):
    """A program did not start, was not done in time, or ended otherwise than with 0; says which."""


async def run_program(
    argv: Sequence[str],
    *,
    given: bytes = b"",
    environment: Mapping[str, str],
    timeout_s: float,
) -> None:
    """Run a program until it ends well.

    It leads a process group of its own, so that whatever it started ends with it when its time is
    up.

    Args:
        argv: The program and its arguments.
        given: What it finds on its standard input.
        environment: What it finds in its environment besides the path, the home and the like.
        timeout_s: How long it may take; then it is killed.

    Raises:
        ProgramFailed: It did not; the words end with the last line it said.
    """
    name = os.path.basename(argv[0])
    with tempfile.TemporaryFile() as document, contextlib.closing(_Output()) as output:
        process = await _start(_Start(argv, given, environment), document, output)
        try:
            async with asyncio.timeout(timeout_s):
                await process.wait()
        except TimeoutError:
            raise ProgramFailed(f"{name} was killed: not done within {timeout_s:g} s") from None
        finally:
            if process.returncode is None:
                await _kill(process)
        if process.returncode:
            said = output.last_line()
            raise ProgramFailed(
                f"{name} {_ended(process.returncode)}" + (f": {said}" if said else "")
            )


@dataclass(frozen=True, slots=True)
class _Start:
    argv: Sequence[str]
    given: bytes
    environment: Mapping[str, str]


async def _start(
    wanted: _Start, document: IO[bytes], output: _Output
) -> asyncio.subprocess.Process:
    try:
        # A file without a name, not a pipe: a program that reads nothing holds nobody up.
        document.write(wanted.given)
        document.seek(0)
        return await asyncio.create_subprocess_exec(
            *wanted.argv,
            stdin=document,
            stdout=output.write_end,
            stderr=output.write_end,
            env=_passed_on() | dict(wanted.environment),
            start_new_session=True,
        )
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or "it cannot be run"
        name = os.path.basename(wanted.argv[0])
        raise ProgramFailed(f"{name} did not start: {why}") from None


class _Output:
    """What a program says: the last of it is kept, the rest is read and forgotten, up to a limit.

    A pipe of our own, because asyncio's would wait for every process that has it open, also one
    that the program left behind.
    """

    def __init__(self) -> None:
        self._read_end, self.write_end = os.pipe()
        os.set_blocking(self._read_end, False)
        self._kept = b""
        self._left = _MOST_READ_BYTES
        asyncio.get_running_loop().add_reader(self._read_end, self._take)

    def last_line(self) -> str:
        """The last line that is not blank, or empty."""
        self._take()
        lines = self._kept.decode("utf-8", "replace").split("\n")
        return next((line for line in reversed(lines) if line.strip()), "")

    def close(self) -> None:
        asyncio.get_running_loop().remove_reader(self._read_end)
        os.close(self._read_end)
        os.close(self.write_end)

    def _take(self) -> None:
        with contextlib.suppress(BlockingIOError):
            part = os.read(self._read_end, 65_536)
            self._kept = (self._kept + part)[-_MOST_KEPT_BYTES:]
            self._left -= len(part)
        if self._left < 0:
            asyncio.get_running_loop().remove_reader(self._read_end)


def _passed_on() -> dict[str, str]:
    return {name: os.environ[name] for name in _PASSED_ON if name in os.environ}


async def _kill(process: asyncio.subprocess.Process) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(_KILLED_WITHIN_S):
            await process.wait()


def _ended(returncode: int) -> str:
    if returncode < 0:
        return f"was ended by signal {-returncode}"
    return f"exited with {returncode}"
