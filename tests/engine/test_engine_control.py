"""The control socket answers whoever speaks its language, and survives everybody else."""

from __future__ import annotations

import asyncio
import json
import socket as socket_module
import stat
from collections.abc import AsyncIterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from sentinel_tui.engine.control import ControlServer, Json, Request
from sentinel_tui.errors import EngineError, UsageError


class Answering:
    """Stands for the engine behind the socket."""

    def __init__(self) -> None:
        self.requests: list[Request] = []

    async def __call__(self, request: Request) -> Json:
        self.requests.append(request)
        match request.verb:
            case "refuse":
                raise EngineError("not today", "try tomorrow")
            case "break":
                raise ZeroDivisionError
            case _:
                return {"verb": request.verb}


@pytest.fixture
def answering() -> Answering:
    return Answering()


@pytest.fixture
async def socket(tmp_path: Path, answering: Answering) -> AsyncIterator[Path]:
    server = ControlServer(tmp_path / "engine.sock", answering)
    await server.start()
    yield tmp_path / "engine.sock"
    await server.stop()


async def _say(socket: Path, *lines: bytes) -> list[dict[str, Any]]:
    """Send lines on one connection and read an answer for each, or until it closes."""
    reader, writer = await asyncio.open_unix_connection(str(socket))
    answers = []
    try:
        for line in lines:
            writer.write(line + b"\n")
            await writer.drain()
            answer = await asyncio.wait_for(reader.readline(), 10)
            if not answer:
                break
            answers.append(json.loads(answer))
    finally:
        writer.close()
    return answers


def _request(verb: str, **arguments: Any) -> bytes:
    return json.dumps({"id": 7, "verb": verb, "arguments": arguments}).encode()


async def test_a_request_is_answered_under_its_id(socket: Path) -> None:
    assert await _say(socket, _request("status")) == [
        {"id": 7, "ok": True, "data": {"verb": "status"}}
    ]


async def test_several_requests_on_one_connection(socket: Path) -> None:
    answers = await _say(socket, _request("one"), _request("two"))
    assert [answer["data"]["verb"] for answer in answers] == ["one", "two"]


async def test_a_refusal_says_why_and_how_to_mend_it(socket: Path) -> None:
    assert await _say(socket, _request("refuse")) == [
        {"id": 7, "ok": False, "error": "not today", "hint": "try tomorrow", "code": 5}
    ]


async def test_a_fault_in_the_engine_tells_no_details_and_ends_nothing(socket: Path) -> None:
    broken, after = await _say(socket, _request("break"), _request("status"))
    assert broken["ok"] is False
    assert "ZeroDivisionError" in broken["error"]
    assert after["ok"] is True


@pytest.mark.parametrize(
    "garbage",
    [
        b"",
        b"hello",
        b"\xff\xfe\x00",
        b"[1, 2]",
        b"null",
        b"{}",
        b'{"verb": 3}',
        b'{"verb": "x", "arguments": []}',
        b'{"verb": "x", "arguments": {"a": NaN}}',
        b'{"verb": "x", "arguments": {"a": 1e999}}',
        b'{"verb": "x", "arguments": {"a": ' + b"9" * 5_000 + b"}}",
        b"[" * 30_000,
        b'{"verb": "x", "arguments": {"a": [[[[[[1]]]]]]}}',
        b'{"verb": "x", "arguments": {"a": [' + b"1," * 200 + b"1]}}",
    ],
)
async def test_garbage_is_refused_and_the_connection_goes_on(
    socket: Path, answering: Answering, garbage: bytes
) -> None:
    refused, after = await _say(socket, garbage, _request("status"))
    assert refused["ok"] is False
    assert refused["code"] == UsageError.exit_code
    assert after["ok"] is True
    assert [request.verb for request in answering.requests] == ["status"]


async def test_an_endless_line_is_refused_and_cut_off(socket: Path, answering: Answering) -> None:
    reader, writer = await asyncio.open_unix_connection(str(socket))
    writer.write(b"x" * 70_000)
    answer = json.loads(await asyncio.wait_for(reader.readline(), 10))
    assert answer["ok"] is False
    assert "64 kB" in answer["error"]
    with suppress(ConnectionResetError):
        assert await asyncio.wait_for(reader.read(), 10) == b""
    writer.close()
    assert answering.requests == []
    assert (await _say(socket, _request("status")))[0]["ok"] is True


async def test_every_text_is_cleaned_at_the_border(socket: Path, answering: Answering) -> None:
    hostile = "\x1b]52;c;x\x07" + "\u202e" + "a" * 10_000
    await _say(
        socket,
        json.dumps(
            {
                "id": hostile,
                "verb": "wake\x1b",
                "arguments": {"service\x00": hostile, "list": [{"deep": hostile}]},
                "key": hostile,
                "source": hostile,
            }
        ).encode(),
    )
    (request,) = answering.requests
    texts = [
        request.id,
        request.verb,
        request.key,
        request.source,
        *request.arguments,
        request.arguments["service·"],
        request.arguments["list"][0]["deep"],
    ]
    assert all(text.isprintable() and len(text) <= 500 for text in texts)


async def test_only_the_owner_can_open_the_socket(socket: Path) -> None:
    facts = socket.stat()
    assert stat.S_ISSOCK(facts.st_mode)
    assert stat.S_IMODE(facts.st_mode) == 0o600


async def test_a_socket_left_by_a_killed_engine_is_replaced(tmp_path: Path) -> None:
    path = tmp_path / "engine.sock"
    with socket_module.socket(socket_module.AF_UNIX) as left:
        left.bind(str(path))
    server = ControlServer(path, Answering())
    await server.start()
    assert (await _say(path, _request("status")))[0]["ok"] is True
    await server.stop()


async def test_a_path_too_long_for_a_socket_is_explained(tmp_path: Path) -> None:
    deep = tmp_path / ("d" * 120)
    deep.mkdir()
    with pytest.raises(EngineError, match="no control socket") as refused:
        await ControlServer(deep / "engine.sock", Answering()).start()
    assert "--data-dir" in refused.value.hint


async def test_stopping_removes_the_socket_and_ends_idle_connections(tmp_path: Path) -> None:
    path = tmp_path / "engine.sock"
    server = ControlServer(path, Answering())
    await server.start()
    reader, writer = await asyncio.open_unix_connection(str(path))
    writer.write(_request("status") + b"\n")
    await reader.readline()
    await server.stop()
    assert await asyncio.wait_for(reader.read(), 10) == b""
    assert not path.exists()
    writer.close()


async def test_stopping_leaves_the_socket_of_another_engine_where_it_is(tmp_path: Path) -> None:
    path = tmp_path / "engine.sock"
    old, new = ControlServer(path, Answering()), ControlServer(path, Answering())
    await old.start()
    await new.start()
    await old.stop()
    assert (await _say(path, _request("status")))[0]["ok"] is True
    await new.stop()
    assert not path.exists()


async def test_too_many_connections_are_turned_away(socket: Path) -> None:
    crowd = [await asyncio.open_unix_connection(str(socket)) for _ in range(70)]
    turned_away = 0
    for reader, _ in crowd[64:]:
        answer = json.loads(await asyncio.wait_for(reader.readline(), 10))
        turned_away += answer["error"] == "too many connections"
    assert turned_away == 6
    for _, writer in crowd:
        writer.close()
