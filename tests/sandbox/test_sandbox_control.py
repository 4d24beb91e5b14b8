"""Orders over the control socket: obeyed, refused with a reason, and only from the owner."""

from __future__ import annotations

import asyncio
import json
import socket
import stat
from collections.abc import AsyncIterator
from pathlib import Path
from threading import Thread

import pytest

from sentinel_tui.errors import SentinelError, UsageError
from sentinel_tui.paths import Paths
from sentinel_tui.sandbox.control import break_in, demo_runs, mend_in, socket_path
from sentinel_tui.sandbox.control_server import SandboxControl
from sentinel_tui.sandbox.troubles import How
from sentinel_tui.sandbox.world import World


@pytest.fixture
def paths(tmp_path: Path) -> Paths:
    return Paths(tmp_path / "sentinel.toml", tmp_path)


@pytest.fixture
async def control(paths: Paths, world: World) -> AsyncIterator[SandboxControl]:
    control = SandboxControl(socket_path(paths), world)
    control.start()
    yield control
    await control.stop()


async def say(paths: Paths, line: bytes) -> dict:
    """What the socket answers to a line, whatever it is."""
    reader, writer = await asyncio.open_unix_connection(socket_path(paths))
    try:
        writer.write(line + b"\n")
        return json.loads(await asyncio.wait_for(reader.readline(), 10))
    finally:
        writer.close()


async def test_a_service_is_broken_from_elsewhere(
    control: SandboxControl, paths: Paths, world: World
) -> None:
    said = await asyncio.to_thread(break_in, paths, "public", "hang", 90)
    assert said == "public takes requests and never answers for 1m 30s"
    assert world.troubles["public"] is How.HANG


async def test_and_mended(control: SandboxControl, paths: Paths, world: World) -> None:
    await asyncio.to_thread(break_in, paths, "public")
    assert await asyncio.to_thread(mend_in, paths, "public") == "public is well again"
    assert world.troubles["public"] is None


@pytest.mark.parametrize(
    ("name", "how", "for_s", "words"),
    [
        ("shop", "500", 60, "no service 'shop'"),
        ("public", "explode", 60, "'explode'"),
        ("public", "sleep", 60, "never sleeps"),
        ("public", "500", -5, "at most a day"),
    ],
)
async def test_what_cannot_be_done_is_refused_with_a_hint(
    control: SandboxControl, paths: Paths, name: str, how: str, for_s: float, words: str
) -> None:
    with pytest.raises(UsageError, match=words) as refused:
        await asyncio.to_thread(break_in, paths, name, how, for_s)
    assert refused.value.hint


@pytest.mark.parametrize(
    "line",
    [
        b"",
        b"hello",
        b"[]",
        b"{}",
        b'{"verb": "stop"}',
        b'{"verb": "break", "service": 7, "how": "500", "for_s": 1}',
        b'{"verb": "break", "service": "public", "how": "500", "for_s": "long"}',
        b'{"verb": "break", "service": "public", "how": "500", "for_s": NaN}',
        b"[" * 3_000,
        b"\xff\xfe",
    ],
)
async def test_nonsense_is_refused_and_breaks_nothing(
    control: SandboxControl, paths: Paths, world: World, line: bytes
) -> None:
    answer = await say(paths, line)
    assert answer["ok"] is False
    assert answer["code"] == UsageError.exit_code
    assert set(world.troubles.values()) == {None}


async def test_an_endless_line_is_not_listened_to(control: SandboxControl, paths: Paths) -> None:
    reader, writer = await asyncio.open_unix_connection(socket_path(paths))
    writer.write(b"x" * 100_000)
    assert await asyncio.wait_for(reader.read(), 10) == b""
    writer.close()


async def test_only_the_owner_can_open_the_socket(control: SandboxControl, paths: Paths) -> None:
    mode = stat.S_IMODE(socket_path(paths).stat().st_mode)
    assert mode & (stat.S_IRWXG | stat.S_IRWXO) == 0


async def test_a_second_sandbox_does_not_take_the_socket_over(
    control: SandboxControl, paths: Paths, world: World
) -> None:
    with pytest.raises(SentinelError, match="another demo runs"):
        SandboxControl(socket_path(paths), world).start()
    assert await asyncio.to_thread(demo_runs, paths)


async def test_a_socket_left_behind_by_a_killed_sandbox_is_no_obstacle(
    paths: Paths, world: World
) -> None:
    with socket.socket(socket.AF_UNIX) as dead:
        dead.bind(str(socket_path(paths)))
    assert not demo_runs(paths)
    control = SandboxControl(socket_path(paths), world)
    control.start()
    assert await asyncio.to_thread(demo_runs, paths)
    await control.stop()
    assert not socket_path(paths).exists()


async def test_a_control_that_never_listened_can_be_stopped(paths: Paths, world: World) -> None:
    await SandboxControl(socket_path(paths), world).stop()


async def test_a_path_too_long_for_a_socket_is_explained(world: World, tmp_path: Path) -> None:
    folder = tmp_path / ("long" * 30)
    folder.mkdir()
    with pytest.raises(SentinelError, match="no control socket") as refused:
        SandboxControl(folder / "sandbox.sock", world).start()
    assert "SENTINEL_DEMO_DIR" in refused.value.hint


def test_without_a_demo_the_error_says_how_to_start_one(paths: Paths) -> None:
    for order in (break_in, mend_in):
        with pytest.raises(SentinelError, match="no demo runs") as refused:
            order(paths, "public")
        assert "sentinel demo" in refused.value.hint


def test_a_sandbox_that_dies_in_the_middle_is_told(paths: Paths) -> None:
    with socket.socket(socket.AF_UNIX) as dying:
        dying.bind(str(socket_path(paths)))
        dying.listen()

        def die() -> None:
            connection, _ = dying.accept()
            connection.close()

        thread = Thread(target=die)
        thread.start()
        with pytest.raises(SentinelError, match="went away"):
            break_in(paths, "public")
        thread.join()
