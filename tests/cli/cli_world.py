"""A real Sentinel in processes of its own, and a real web service on loopback for it to watch."""

from __future__ import annotations

import json
import os
import pty
import subprocess
import sys
from contextlib import closing, suppress
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

TIMEOUT_S = 60


class Web(BaseHTTPRequestHandler):
    """`/` is well, everything else is not."""

    def do_GET(self) -> None:
        self.send_response(200 if self.path == "/" else 500)
        self.end_headers()
        self.wfile.write(b"hello")

    def log_message(self, *_: object) -> None:
        """Say nothing."""


class QuietServer(ThreadingHTTPServer):
    daemon_threads = True


@dataclass(frozen=True)
class Done:
    """A finished `sentinel`."""

    code: int
    out: str
    err: str

    @property
    def data(self) -> dict[str, Any]:
        read = json.loads(self.out)
        assert read["exit_code"] == self.code
        return read


@dataclass(frozen=True)
class Shell:
    """Runs `sentinel` on files of its own."""

    config: Path
    data_dir: Path

    def command(self, *words: str) -> list[str]:
        files = ["--config", str(self.config), "--data-dir", str(self.data_dir)]
        return [sys.executable, "-m", "sentinel_tui", *files, *words]

    def run(self, *words: str, **environment: str) -> Done:
        return run(self.command(*words), **environment)


def run(command: list[str], **environment: str) -> Done:
    """Run a command to its end; an unexpected error is one of the test."""
    done = subprocess.run(
        command,
        capture_output=True,
        text=True,
        timeout=TIMEOUT_S,
        stdin=subprocess.DEVNULL,
        env={**os.environ, **environment},
        check=False,
    )
    assert "Traceback" not in done.stderr, done.stderr
    return Done(done.returncode, done.stdout, done.stderr)


def run_at_terminal(shell: Shell, *words: str, typed: str, **environment: str) -> Done:
    """Run a command whose standard input is a terminal on which `typed` was typed ahead."""
    master, slave = pty.openpty()
    with closing(os.fdopen(master, "wb", buffering=0)) as keyboard:
        keyboard.write(typed.encode())
        done = subprocess.run(
            shell.command(*words),
            stdin=slave,
            capture_output=True,
            text=True,
            timeout=TIMEOUT_S,
            env={**os.environ, **environment},
            check=False,
        )
        with suppress(OSError):
            os.close(slave)
    assert "Traceback" not in done.stderr
    return Done(done.returncode, done.stdout, done.stderr)
