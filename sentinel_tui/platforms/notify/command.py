"""A program of the owner's: the message on its standard input, its exit code as the answer."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import signal
import tempfile
from typing import IO

from sentinel_tui.config.channels import CommandChannel
from sentinel_tui.domain.notifying.notices import Message
from sentinel_tui.platforms.notify.channel import DeliveryError
from sentinel_tui.platforms.notify.payload import payload

_MOST_KEPT_BYTES = 4_096
_MOST_READ_BYTES = 1_048_576
"""A program that says more than this is left waiting until its time is up."""
_KILLED_WITHIN_S = 2.0
_PASSED_ON = ("PATH", "HOME", "USER", "LOGNAME", "LANG", "TZ", "XDG_RUNTIME_DIR")
"""What a program may see of the engine's environment, which may hold secrets besides."""


class Command:
    """Runs a program with its arguments, never a shell."""

    def __init__(self, options: CommandChannel) -> None:
        self._options = options

    async def send(self, message: Message) -> None:
        """See `Channel.send`.

        The program leads a process group of its own, so that whatever it started ends with it
        when its time is up.
        """
        with tempfile.TemporaryFile() as document, contextlib.closing(_Output()) as output:
            process = await self._start(message, document, output)
            try:
                async with asyncio.timeout(self._options.timeout_s):
                    await process.wait()
            except TimeoutError:
                raise DeliveryError(
                    f"{self._name} was killed: not done within {self._options.timeout_s:g} s"
                ) from None
            finally:
                if process.returncode is None:
                    await _kill(process)
            if process.returncode:
                said = output.last_line()
                raise DeliveryError(
                    f"{self._name} {_ended(process.returncode)}" + (f": {said}" if said else "")
                )

    @property
    def _name(self) -> str:
        return os.path.basename(self._options.argv[0])

    async def _start(
        self, message: Message, document: IO[bytes], output: _Output
    ) -> asyncio.subprocess.Process:
        try:
            # A file without a name, not a pipe: a program that reads nothing holds nobody up.
            document.write(json.dumps(payload(message), ensure_ascii=False).encode() + b"\n")
            document.seek(0)
            return await asyncio.create_subprocess_exec(
                *self._options.argv,
                stdin=document,
                stdout=output.write_end,
                stderr=output.write_end,
                env=_environment(message),
                start_new_session=True,
            )
        except (OSError, ValueError) as error:
            why = getattr(error, "strerror", None) or "it cannot be run"
            raise DeliveryError(f"{self._name} did not start: {why}") from None


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


def _environment(message: Message) -> dict[str, str]:
    passed_on = {name: os.environ[name] for name in _PASSED_ON if name in os.environ}
    return passed_on | {
        "SENTINEL_KEY": message.key,
        "SENTINEL_KIND": message.kind,
        "SENTINEL_SEVERITY": message.severity,
        "SENTINEL_TITLE": message.title,
    }


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
