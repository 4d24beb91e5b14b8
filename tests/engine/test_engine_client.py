"""The client says clearly what became of a request, whoever is on the other side."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from sentinel_tui.client import Client
from sentinel_tui.errors import EngineError, EngineGone, UsageError
from sentinel_tui.paths import Paths

Behaviour = Callable[[socket.socket], None]


@contextmanager
def _other_side(paths: Paths, behaviour: Behaviour) -> Iterator[None]:
    """Something that listens where the engine would, for one connection."""
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(paths.socket))
        listening.listen()

        def serve() -> None:
            connection, _ = listening.accept()
            with connection:
                behaviour(connection)

        thread = threading.Thread(target=serve)
        thread.start()
        yield
        thread.join(10)


def _answering(answer: bytes) -> Behaviour:
    def behave(connection: socket.socket) -> None:
        connection.recv(65_536)
        connection.sendall(answer)

    return behave


def test_no_socket_and_a_left_over_socket_mean_no_engine(paths: Paths) -> None:
    client = Client(paths)
    assert client.engine_runs() is False
    with socket.socket(socket.AF_UNIX) as left:
        left.bind(str(paths.socket))
    assert client.engine_runs() is False
    with pytest.raises(EngineGone, match="no engine runs") as gone:
        client.ask("status")
    assert gone.value.hint == "start one with: sentinel engine"


def test_a_request_carries_verb_arguments_source_and_a_key_of_its_own(paths: Paths) -> None:
    asked = []

    def behave(connection: socket.socket) -> None:
        asked.append(json.loads(connection.recv(65_536)))
        connection.sendall(b'{"ok": true, "data": {"n": 1}}\n')

    for _ in range(2):
        with _other_side(paths, behave):
            assert Client(paths, "tui").ask("wake", service="curator") == {"n": 1}
        paths.socket.unlink()
    first, second = asked
    assert (first["verb"], first["source"]) == ("wake", "tui")
    assert first["arguments"] == {"service": "curator"}
    assert first["key"] != second["key"]


@pytest.mark.parametrize(
    "answer", [b"", b"half an answ", b"nonsense\n", b"[]\n", b"\xff\xff\n"], ids=repr
)
def test_whoever_does_not_answer_properly_is_gone(paths: Paths, answer: bytes) -> None:
    with _other_side(paths, _answering(answer)), pytest.raises(EngineGone):
        Client(paths).ask("status")


def test_an_engine_that_does_not_answer_in_time_is_gone(paths: Paths) -> None:
    asked_in_vain = threading.Event()
    with _other_side(paths, lambda connection: asked_in_vain.wait(10) and None):
        with pytest.raises(EngineGone, match=r"within 0\.05 s"):
            Client(paths).ask("status", timeout_s=0.05)
        asked_in_vain.set()


@pytest.mark.parametrize(("code", "kind"), [(64, UsageError), (5, EngineError), (4, EngineError)])
def test_a_refusal_is_raised_with_its_hint(paths: Paths, code: int, kind: type[Exception]) -> None:
    answer = {"ok": False, "error": "no \x1b[2J", "hint": "try again", "code": code}
    with (
        _other_side(paths, _answering(json.dumps(answer).encode() + b"\n")),
        pytest.raises(kind, match=r"no ·\[2J") as refused,
    ):
        Client(paths).ask("wake", service="curator")
    assert refused.value.hint == "try again"


def test_importing_the_client_loads_nothing_heavy() -> None:
    loaded = subprocess.run(
        [sys.executable, "-c", "import sentinel_tui.client, sys; print(*sys.modules)"],
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    ).stdout.split()
    heavy = {"asyncio", "httpx", "pydantic", "peewee", "sqlite3", "click", "textual", "numpy"}
    assert heavy & set(loaded) == set()
