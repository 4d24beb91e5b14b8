"""How everybody else speaks with the engine: find it, start it, ask it.

Imports nothing heavy, because every command and the first screen pass through here.
"""

from __future__ import annotations

import json
import os
import socket
import sys
import sysconfig
import threading
import time
import uuid
from contextlib import suppress
from pathlib import Path
from typing import Any

from sentinel_tui.errors import EngineError, EngineGone, SentinelError, UsageError
from sentinel_tui.paths import Paths
from sentinel_tui.text import clean_block, clean_text

_CONNECT_S = 2.0
_LARGEST_ANSWER_BYTES = 8_000_000
_LOOK_AGAIN_S = 0.05
_LOG_TAIL_BYTES = 2_000
_LOOKS_ONLY = frozenset({"status", "consider"})
"""Verbs that change nothing."""


class Client:
    """Speaks with the engine of one store.

    Attributes:
        read_only: Whether it only looks: nothing can be changed or started through it.
    """

    def __init__(self, paths: Paths, source: str = "cli", *, read_only: bool = False) -> None:
        """Speak with nobody yet.

        Args:
            paths: Whose engine.
            source: Who asks, for the history: cli, tui, …
            read_only: Ask only how things are; refuse to have anything changed or started.
        """
        self._paths = paths
        self._source = source
        self.read_only = read_only

    def ask(
        self, verb: str, /, *, key: str = "", timeout_s: float = 5.0, **arguments: object
    ) -> dict[str, Any]:
        """Have the engine do something, and wait until it is done.

        Args:
            verb: What to do.
            key: Give the same one again to repeat a request without doing it twice; one of its
                own is made when it is left out.
            timeout_s: How long to wait for the answer.
            arguments: With what.

        Raises:
            UsageError: It would change something, and this client only looks.
            EngineGone: No engine listens, or it went away or did not answer in time.
            EngineError: The engine refuses, and says why.
        """
        if self.read_only and verb not in _LOOKS_ONLY:
            raise read_only_refusal()
        request = {
            "id": 1,
            "verb": verb,
            "arguments": arguments,
            "key": key or uuid.uuid4().hex,
            "source": self._source,
        }
        answer = self._exchange(json.dumps(request).encode() + b"\n", timeout_s)
        if answer.get("ok") is True:
            return dict(answer.get("data") or {})
        raise _refusal(answer)

    def engine_runs(self) -> bool:
        """Whether an engine listens."""
        try:
            self._connect().close()
        except EngineGone:
            return False
        return True

    def ensure_engine(self, *, wait_s: float = 10.0) -> bool:
        """Start an engine when none runs, apart from this process and its terminal.

        Args:
            wait_s: How long the engine may take to listen.

        Returns:
            Whether one was started.

        Raises:
            EngineError: It did not come up; the message says why as far as its log tells.
            UsageError: This client only looks.
        """
        if self.engine_runs():
            return False
        if self.read_only:
            raise read_only_refusal()
        log_length = self._log_length()
        pid = self._spawn()
        give_up_s = time.monotonic() + wait_s
        while not self.engine_runs():
            if _has_ended(pid):
                # An engine that lost the race against another one ends too, and leaves one running.
                if self.engine_runs():
                    return False
                raise EngineError("the engine could not start", self._last_words(log_length))
            if time.monotonic() > give_up_s:
                raise EngineError(
                    f"the engine did not answer within {wait_s:.0f} s", f"see {self._paths.log}"
                )
            # The client is synchronous on purpose: commands start without an event loop.
            time.sleep(_LOOK_AGAIN_S)
        threading.Thread(target=_reap, args=(pid,), daemon=True).start()
        return True

    def _exchange(self, request: bytes, timeout_s: float) -> dict[str, Any]:
        with self._connect() as connection:
            connection.settimeout(timeout_s)
            try:
                connection.sendall(request)
                with connection.makefile("rb") as answers:
                    line = answers.readline(_LARGEST_ANSWER_BYTES)
            except TimeoutError:
                raise EngineGone(
                    f"the engine did not answer within {timeout_s:g} s",
                    "it may be busy; try again, or restart it: sentinel stop",
                ) from None
            except OSError as error:
                raise EngineGone(f"the engine went away: {error.strerror}") from None
        try:
            answer = json.loads(line)
        except ValueError:
            raise EngineGone("the engine went away before it answered") from None
        if not isinstance(answer, dict):
            raise EngineGone("what listens on the control socket is no engine")
        return answer

    def _connect(self) -> socket.socket:
        connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        connection.settimeout(_CONNECT_S)
        try:
            connection.connect(str(self._paths.socket))
        except OSError:
            connection.close()
            raise EngineGone("no engine runs", "start one with: sentinel engine") from None
        return connection

    def _spawn(self) -> int:
        """Start an engine in a session of its own, so that it outlives this terminal."""
        self._paths.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
        log_flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND
        return os.posix_spawn(
            sys.executable,
            self._command(),
            _environment(),
            file_actions=[
                (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0),
                (os.POSIX_SPAWN_OPEN, 1, str(self._paths.log), log_flags, 0o600),
                (os.POSIX_SPAWN_DUP2, 1, 2),
            ],
            setsid=True,
        )

    def _command(self) -> list[str]:
        config, data_dir = self._paths.config.absolute(), self._paths.data_dir.absolute()
        options = ["--config", str(config), "--data-dir", str(data_dir)]
        # -P, because a folder that somebody happens to be in must not lend the engine its modules.
        return [sys.executable, "-P", "-m", "sentinel_tui", *options, "engine"]

    def _log_length(self) -> int:
        return self._paths.log.stat().st_size if self._paths.log.exists() else 0

    def _last_words(self, from_byte: int) -> str:
        """What an engine that ended wrote to its log before it did."""
        return _tail(self._paths.log, from_byte) or f"see {self._paths.log}"


def read_only_refusal() -> UsageError:
    """What whoever only looks is told when something would be changed."""
    return UsageError(
        "this is a read-only view: nothing can be changed or started from here",
        "leave out --read-only",
    )


def _has_ended(pid: int) -> bool:
    """Whether a child has ended; it has, too, where somebody else has waited for it."""
    try:
        return os.waitpid(pid, os.WNOHANG)[0] == pid
    except ChildProcessError:
        return True


def _reap(pid: int) -> None:
    """Wait for a child's end, or it would haunt the list of processes until our own."""
    with suppress(ChildProcessError):
        os.waitpid(pid, 0)


def _environment() -> dict[str, str]:
    """Ours, and the way to this very code where it is not installed."""
    folder = str(Path(__file__).resolve().parents[1])
    if folder == sysconfig.get_path("purelib"):
        return dict(os.environ)
    python_path = os.pathsep.join(filter(None, [folder, os.environ.get("PYTHONPATH")]))
    return {**os.environ, "PYTHONPATH": python_path}


def _tail(path: Path, from_byte: int) -> str:
    try:
        with path.open("rb") as log:
            size = log.seek(0, os.SEEK_END)
            log.seek(max(from_byte, size - _LOG_TAIL_BYTES))
            return clean_block(log.read().decode(errors="replace"), _LOG_TAIL_BYTES).strip()
    except OSError:
        return ""


def _refusal(answer: dict[str, Any]) -> SentinelError:
    """The engine's refusal as the error it was in the engine, as far as callers tell them apart."""
    message = clean_text(answer.get("error") or "the engine refuses")
    hint = clean_text(answer.get("hint") or "")
    kind = UsageError if answer.get("code") == UsageError.exit_code else EngineError
    return kind(message, hint)
