"""The engine as a process of its own, on loopback services."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from sentinel_tui.paths import Paths

WITHIN_S = 20.0
"""A bound for what takes well under a second on an idle machine."""


class Services(ThreadingHTTPServer):
    """Loopback services: `/up` answers, `/flap` fails every third time, `/hang` never answers."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.asked = 0
        self.closing = threading.Event()

    def url(self, path: str) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/{path}"


class _Handler(BaseHTTPRequestHandler):
    server: Services

    def do_GET(self) -> None:
        self.server.asked += 1
        if self.path == "/hang":
            self.server.closing.wait(WITHIN_S)
            return
        failing = self.path == "/flap" and self.server.asked % 3 == 0
        self.send_response(500 if failing else 200)
        self.send_header("content-length", "2")
        self.end_headers()
        self.wfile.write(b"ok")

    def log_message(self, *args: Any) -> None:
        return


@contextmanager
def loopback_services() -> Iterator[Services]:
    server = Services()
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.closing.set()
        server.shutdown()
        server.server_close()
        thread.join(WITHIN_S)


class Notified:
    """Hears what the engine tells systemd."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._socket.settimeout(WITHIN_S)
        self._socket.bind(str(path))

    def wait_for(self, state: str) -> None:
        while self._socket.recv(1_000).decode() != state:
            continue

    def close(self) -> None:
        self._socket.close()


def command(paths: Paths, *words: str) -> list[str]:
    """A command line of Sentinel on these files."""
    options = ["--config", str(paths.config), "--data-dir", str(paths.data_dir)]
    return [sys.executable, "-m", "sentinel_tui", *options, *words]


@contextmanager
def engine_process(paths: Paths, notified: Notified) -> Iterator[subprocess.Popen[bytes]]:
    """An engine in the foreground that watches already."""
    process = subprocess.Popen(
        command(paths, "engine", "--foreground"),
        env={**os.environ, "NOTIFY_SOCKET": str(notified.path)},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        notified.wait_for("READY=1")
        yield process
    finally:
        process.kill()
        process.wait(WITHIN_S)
