"""The sign of life goes out while Sentinel is well, and only then."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from typing import Any

import pytest
from engine_world import Answer, Network, Watching, service

from sentinel_tui.clock import FakeClock

_SECRET = "/ping/5ecret-0f-the-0wner"


class _Outside:
    """A real server that counts the signs of life."""

    def __init__(self) -> None:
        self.paths: list[str] = []
        self.status = 200
        self.port = 0

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        request = await reader.readuntil(b"\r\n\r\n")
        self.paths.append(request.split()[1].decode())
        writer.write(f"HTTP/1.1 {self.status} X\r\ncontent-length: 0\r\n\r\n".encode())
        await writer.drain()
        writer.close()

    def option(self) -> dict[str, Any]:
        url = f"http://127.0.0.1:{self.port}{_SECRET}"
        return {"heartbeat": {"url": url, "every": "60s", "allow_private": True}}


@pytest.fixture
async def outside() -> AsyncIterator[_Outside]:
    outside = _Outside()
    server = await asyncio.start_server(outside.answer, "127.0.0.1", 0)
    outside.port = server.sockets[0].getsockname()[1]
    yield outside
    server.close()


async def _minutes(engine: Watching, minutes: int) -> None:
    for _ in range(minutes):
        await engine.advance(60)
        # The request takes real time.
        await asyncio.sleep(0.05)
        await engine.clock.settle()


def _trouble(engine: Watching) -> str:
    workers = engine.engine.describe().workers
    return next(worker.error for worker in workers if worker.name == "heartbeat")


async def test_a_sign_of_life_goes_out_each_minute(watching, outside: _Outside) -> None:
    async with watching(service("shop"), **outside.option()) as engine:
        await _minutes(engine, 5)
        assert outside.paths == [_SECRET] * len(outside.paths)
        assert 4 <= len(outside.paths) <= 6
        assert _trouble(engine) == ""


async def test_while_sentinel_is_offline_it_is_held_back(
    watching, network: Network, outside: _Outside
) -> None:
    async with watching(service("shop"), **outside.option()) as engine:
        await _minutes(engine, 2)
        network.online = False
        network.answers = lambda check: Answer.failing()
        await _minutes(engine, 2)
        count = len(outside.paths)
        await _minutes(engine, 3)
        assert len(outside.paths) == count
        assert "offline" in _trouble(engine)
        network.online = True
        network.answers = lambda check: Answer()
        await _minutes(engine, 2)
        assert len(outside.paths) > count
        assert _trouble(engine) == ""


async def test_while_the_store_is_in_trouble_it_is_held_back(
    watching, outside: _Outside, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with watching(service("shop"), **outside.option()) as engine:
        await _minutes(engine, 2)
        count = len(outside.paths)
        monkeypatch.setattr(engine.engine.parts.recording, "trouble", "the disk is full")
        assert engine.engine._crew.ailment() != ""
        monkeypatch.setattr(engine.engine.parts.recording, "flush", _refuse)
        await engine.clock.advance(60)
        await asyncio.sleep(0.05)
        assert len(outside.paths) == count
        assert "store" in _trouble(engine)
        monkeypatch.undo()


async def _refuse() -> None:
    return None


async def test_what_goes_wrong_is_shown_and_no_secret_with_it(
    watching, outside: _Outside, caplog: pytest.LogCaptureFixture, clock: FakeClock
) -> None:
    caplog.set_level(logging.DEBUG)
    async with watching(service("shop"), **outside.option()) as engine:
        outside.status = 404
        await _minutes(engine, 2)
        assert "404" in _trouble(engine)
        status = await engine.ask("status")
        assert _SECRET not in str(status)
        assert "404" in str(status)
    assert "404" in caplog.text
    assert _SECRET not in caplog.text
