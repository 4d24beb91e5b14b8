"""A terminal for tests: runs a program on a pseudo-terminal and keeps what it shows and sends.

It answers the questions Textual asks a terminal as an xterm would, so that the program behaves as
it does for an owner.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import pty
import select
import signal
import struct
import termios
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Self

import pyte

_ANSWERS = (
    (b"\x1b[?2026$p", b"\x1b[?2026;2$y"),
    (b"\x1b[?2048$p", b"\x1b[?2048;0$y"),
    (b"\x1b[6n", b"\x1b[1;1R"),
)
_HIDDEN = ("COLUMNS", "LINES", "NO_COLOR", "SSH_CONNECTION", "TEXTUAL_THEME", "CI")
_READ_BYTES = 65_536


class Terminal:
    """A program on a pseudo-terminal of its own."""

    def __init__(
        self,
        command: Sequence[str],
        *,
        columns: int = 80,
        rows: int = 24,
        environment: Mapping[str, str] | None = None,
    ) -> None:
        self.started_s = time.perf_counter()
        self.raw = bytearray()
        self.ended = False
        self._screen = pyte.Screen(columns, rows)
        self._stream = pyte.ByteStream(self._screen)
        size = struct.pack("HHHH", rows, columns, 0, 0)
        self.pid, self._file = pty.fork()
        if self.pid == 0:
            fcntl.ioctl(0, termios.TIOCSWINSZ, size)
            os.execvpe(command[0], list(command), _environment(environment or {}))  # noqa: S606
        fcntl.ioctl(self._file, termios.TIOCSWINSZ, size)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def text(self) -> str:
        """What stands on the screen."""
        return "\n".join(line.rstrip() for line in self._screen.display)

    def read_until(self, there: Callable[[Self], bool], within_s: float = 20.0) -> float:
        """Read until something is there; seconds since the program was started.

        Raises:
            TimeoutError: It was not there in time.
        """
        give_up_s = time.perf_counter() + within_s
        while not there(self):
            if self.ended or time.perf_counter() > give_up_s:
                raise TimeoutError(f"the screen shows:\n{self.text}")
            self._read(0.02)
        return time.perf_counter() - self.started_s

    def read_for(self, seconds: float) -> int:
        """Read for so long; the number of bytes that came."""
        before = len(self.raw)
        end_s = time.perf_counter() + seconds
        while not self.ended and (left_s := end_s - time.perf_counter()) > 0:
            self._read(min(0.05, left_s))
        return len(self.raw) - before

    def read_until_quiet(self, quiet_s: float = 1.5, within_s: float = 20.0) -> None:
        """Read until nothing came for a while."""
        give_up_s = time.perf_counter() + within_s
        while self.read_for(quiet_s):
            if time.perf_counter() > give_up_s:
                raise TimeoutError(f"it never rests; the screen shows:\n{self.text}")

    def shows(self, text: str) -> Callable[[Self], bool]:
        """A condition for `read_until`."""
        return lambda terminal: text in terminal.text

    def send(self, keys: str) -> None:
        """Type, all in one packet."""
        os.write(self._file, keys.encode())

    def signal(self, number: signal.Signals) -> None:
        """Send the program a signal."""
        os.kill(self.pid, number)

    def hang_up(self) -> None:
        """Take the terminal away, as a broken connection does."""
        os.close(self._file)
        self._file = -1
        self.ended = True

    def wait(self, within_s: float = 10.0) -> int:
        """How the program ended: its exit code, or minus the signal.

        Raises:
            TimeoutError: It goes on.
        """
        give_up_s = time.perf_counter() + within_s
        while time.perf_counter() < give_up_s:
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            if pid:
                self.pid = 0
                return os.waitstatus_to_exitcode(status)
            if self.ended:
                select.select([], [], [], 0.02)
            else:
                self._read(0.02)
        raise TimeoutError("it goes on")

    def close(self) -> None:
        """End the program, if it has not ended, and take the terminal away."""
        if self.pid:
            os.kill(self.pid, signal.SIGTERM)
            try:
                self.wait()
            except TimeoutError:
                os.kill(self.pid, signal.SIGKILL)
                os.waitpid(self.pid, 0)
        if self._file >= 0:
            os.close(self._file)
            self._file = -1

    def _read(self, seconds: float) -> None:
        ready, _, _ = select.select([self._file], [], [], seconds)
        if not ready:
            return
        try:
            data = os.read(self._file, _READ_BYTES)
        except OSError:
            data = b""
        if not data:
            self.ended = True
            return
        self.raw += data
        for question, answer in _ANSWERS:
            if question in data:
                with contextlib.suppress(OSError):
                    os.write(self._file, answer)
        self._stream.feed(data)


def _environment(changes: Mapping[str, str]) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if name not in _HIDDEN}
    return {
        **kept,
        "TERM": "xterm-256color",
        "COLORTERM": "truecolor",
        "LANG": "C.UTF-8",
        **changes,
    }
