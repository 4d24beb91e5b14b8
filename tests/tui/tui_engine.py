"""Stands where the engine's control socket is: answers, and notes what it was asked."""

from __future__ import annotations

import json
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from typing import Any

from sentinel_tui.client import Client
from sentinel_tui.domain.records import EngineRecord
from sentinel_tui.paths import Paths

HARMLESS = {
    "allowed": "do",
    "reason": "you asked for it",
    "consequence": "It is away for a few seconds.",
    "euros_per_month": 0.0,
    "type": "",
}
"""What the engine says of a wish that speaks nothing against."""


class ControlDouble:
    """A control socket that does nothing and remembers everything."""

    def __init__(self, record: EngineRecord) -> None:
        self.record = record
        self.asked: list[tuple[str, dict[str, Any]]] = []
        self.answers: dict[str, dict[str, Any]] = {
            "probe": {"looks": []},
            "consider": dict(HARMLESS),
            "act": {"action": 3, "step": "approved", "note": ""},
            "approve": {"action": 2, "step": "approved", "note": ""},
        }
        self.may_answer = threading.Event()
        self.may_answer.set()

    def answer(self, request: dict[str, Any]) -> dict[str, Any]:
        verb = request["verb"]
        if verb == "status":
            return {"id": request["id"], "ok": True, "data": asdict(self.record)}
        self.asked.append((verb, request["arguments"]))
        self.may_answer.wait(10)
        return {"id": request["id"], "ok": True, "data": self.answers.get(verb, {})}


class StandbyClient(Client):
    """A client that never starts a process: what listens on the socket is all there is."""

    def ensure_engine(self, *, wait_s: float = 10.0) -> bool:
        return False


@contextmanager
def listening(paths: Paths, double: ControlDouble) -> Iterator[ControlDouble]:
    """The double, listening on the control socket of `paths`."""

    class Handler(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            for raw in self.rfile:
                self.wfile.write(json.dumps(double.answer(json.loads(raw))).encode() + b"\n")

    class Server(socketserver.ThreadingUnixStreamServer):
        daemon_threads = True

        def handle_error(self, request: Any, client_address: Any) -> None:
            """A client that hangs up is no fault."""

    paths.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    paths.socket.unlink(missing_ok=True)
    with Server(str(paths.socket), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        try:
            yield double
        finally:
            server.shutdown()
            thread.join()
            paths.socket.unlink(missing_ok=True)
