"""`sentinel init --render`: services of a workspace taken over with what is known of them."""

from __future__ import annotations

import asyncio
import tomllib
from collections.abc import AsyncIterator

import pytest
from cli_world import Done, Shell

from sentinel_tui.clock import SystemClock
from sentinel_tui.sandbox.host import Host
from sentinel_tui.sandbox.port import LOOPBACK
from sentinel_tui.sandbox.render.api import KEY, RenderApi
from sentinel_tui.sandbox.render.workspace import Workspace


@pytest.fixture
async def api() -> AsyncIterator[str]:
    """A stand-in for Render's API with three services."""
    clock = SystemClock()
    workspace = Workspace(clock)
    workspace.add("Curator", "https://curator.onrender.com")
    workspace.add("shop", "https://shop.example.com", "starter")
    workspace.add("public", "https://public.onrender.com/")
    host = Host(RenderApi(workspace, clock), clock)
    host.start()
    yield f"http://{LOOPBACK}:{host.port}/v1"
    await host.stop()


async def init(shell: Shell, api: str, *words: str, key: str = KEY) -> Done:
    """Run the command while the stand-in answers."""
    command = ("init", "--render", "--render-api", api, *words)
    return await asyncio.to_thread(shell.run, *command, RENDER_API_KEY=key)


async def test_all_web_services_are_taken_over_where_nobody_chooses(shell, api):
    done = await init(shell, api)
    assert done.code == 0, done.err
    services = tomllib.loads(shell.config.read_text())["services"]
    assert [one["id"] for one in services] == ["curator", "shop", "public"]
    assert [one["url"] for one in services] == [
        "https://curator.onrender.com/health",
        "https://shop.example.com/health",
        "https://public.onrender.com/health",
    ]
    assert ["sleeps" in one for one in services] == [True, False, True]
    assert len({one["render_service_id"] for one in services}) == 3
    assert shell.run("config", "check", RENDER_API_KEY=KEY).code == 0


async def test_what_is_written_lets_the_platform_be_asked_again_without_the_key_in_it(shell, api):
    assert (await init(shell, api)).code == 0
    written = shell.config.read_text()
    assert KEY not in written
    render = tomllib.loads(written)["render"]
    assert render["key"] == "env:RENDER_API_KEY"
    assert render["api"] == api
    assert render["workspace"].startswith("tea-")
    loaded = await asyncio.to_thread(shell.run, "config", "check", RENDER_API_KEY=KEY)
    assert loaded.code == 0, loaded.out + loaded.err


async def test_only_the_named_ones_are_taken(shell, api):
    assert (await init(shell, api, "shop")).code == 0
    services = tomllib.loads(shell.config.read_text())["services"]
    assert [one["id"] for one in services] == ["shop"]


async def test_an_unknown_name_is_answered_with_the_known_ones(shell, api):
    done = await init(shell, api, "shpo")
    assert done.code == 64
    assert "shpo" in done.err
    assert "Curator, shop, public" in done.err
    assert not shell.config.exists()


async def test_a_key_that_opens_nothing_is_said_so_and_not_shown(shell, api):
    done = await init(shell, api, key="rnd_of_somebody_else")
    assert done.code == 7
    assert "401" in done.err
    assert "rnd_of_somebody_else" not in done.err + done.out


def test_a_key_written_out_is_refused_and_not_repeated(shell):
    done = shell.run("init", "--render", "--render-key", "rnd_written_out")
    assert done.code == 6
    assert "rnd_written_out" not in done.err + done.out
    assert "env:RENDER_API_KEY" in done.err


def test_without_a_key_it_says_where_one_is_looked_for(shell):
    done = shell.run("init", "--render", "--render-key", "env:SENTINEL_TEST_NO_SUCH_KEY")
    assert done.code == 6
    assert "SENTINEL_TEST_NO_SUCH_KEY" in done.err
