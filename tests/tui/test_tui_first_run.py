"""The first run: a URL or two become a configuration that can be read."""

from __future__ import annotations

import stat

import pytest
from textual.widgets import Input
from tui_screen import opened

from sentinel_tui.clock import SystemClock
from sentinel_tui.config.loader import load
from sentinel_tui.sandbox.host import Host
from sentinel_tui.sandbox.port import LOOPBACK
from sentinel_tui.sandbox.render.api import KEY, RenderApi
from sentinel_tui.sandbox.render.workspace import Workspace


async def test_addresses_become_a_configuration(paths):
    async with opened(paths, configured=False) as screen:
        await screen.shows("What should be watched?")
        screen.app.screen.query_one(
            Input
        ).value = "https://curator.onrender.com/health, https://www.example.com"
        await screen.press("enter")
        await screen.shows("1 Status")
    config = load(paths.config).config
    assert [service.id for service in config.services] == ["curator", "example"]
    assert config.services[0].sleeps is not None
    assert stat.S_IMODE(paths.config.stat().st_mode) == 0o600


async def test_what_cannot_be_requested_is_told_and_nothing_is_written(paths):
    async with opened(paths, configured=False) as screen:
        await screen.shows("What should be watched?")
        screen.app.screen.query_one(Input).value = "ftp://example.com"
        await screen.press("enter")
        await screen.shows("✖")
        assert not paths.config.exists()
        screen.app.screen.query_one(Input).value = ""
        await screen.press("enter")
        await screen.shows("type the address")


async def test_a_configuration_that_appeared_meanwhile_is_not_overwritten(paths):
    async with opened(paths, configured=False) as screen:
        await screen.shows("What should be watched?")
        paths.config.write_text("# mine")
        screen.app.screen.query_one(Input).value = "https://example.com"
        await screen.press("enter")
        await screen.shows("✖")
    assert paths.config.read_text() == "# mine"


async def test_looking_around_first_is_possible(paths):
    async with opened(paths, configured=False) as screen:
        await screen.shows("What should be watched?")
        await screen.press("escape")
        await screen.shows("nothing was recorded yet")
    assert not paths.config.exists()


async def test_an_address_can_be_typed_with_its_colons_and_numbers(paths):
    async with opened(paths, configured=False) as screen:
        await screen.shows("What should be watched?")
        await screen.type("http://127.0.0.1:8000/")
        assert screen.app.screen.query_one(Input).value == "http://127.0.0.1:8000/"


@pytest.fixture
async def workspace(monkeypatch):
    """A Render workspace that a key in the environment opens."""
    clock = SystemClock()
    held = Workspace(clock)
    held.add("Curator", "https://curator.onrender.com")
    held.add("shop", "https://shop.example.com", "starter")
    host = Host(RenderApi(held, clock), clock)
    host.start()
    monkeypatch.setenv("RENDER_API_KEY", KEY)
    monkeypatch.setenv("RENDER_API_URL", f"http://{LOOPBACK}:{host.port}/v1")
    yield held
    await host.stop()


async def ask_render(screen):
    await screen.shows("What should be watched?", "RENDER_API_KEY is set")
    screen.app.screen.query_one(Input).value = "render"
    await screen.press("enter")


async def test_services_of_render_are_listed_and_the_chosen_ones_taken_over(paths, workspace):
    async with opened(paths, configured=False) as screen:
        await ask_render(screen)
        await screen.shows("Curator", "free, sleeps", "shop", "always on")
        screen.app.screen.query_one(Input).value = "nobody"
        await screen.press("enter")
        await screen.shows("no web service called 'nobody'")
        screen.app.screen.query_one(Input).value = "Curator"
        await screen.press("enter")
        await screen.shows("1 Status")
    config = load(paths.config).config
    assert [one.id for one in config.services] == ["curator"]
    assert config.services[0].costs_hours
    assert KEY not in paths.config.read_text()


async def test_all_of_them_are_one_word(paths, workspace):
    async with opened(paths, configured=False) as screen:
        await ask_render(screen)
        await screen.shows("always on")
        screen.app.screen.query_one(Input).value = "all"
        await screen.press("enter")
        await screen.shows("1 Status")
    assert len(load(paths.config).config.services) == 2


async def test_where_render_does_not_tell_addresses_do(paths, workspace, monkeypatch):
    monkeypatch.setenv("RENDER_API_KEY", "rnd_wrong")
    async with opened(paths, configured=False) as screen:
        await ask_render(screen)
        await screen.shows("✖", "unauthorized")
        screen.app.screen.query_one(Input).value = "https://example.com"
        await screen.press("enter")
        await screen.shows("1 Status")
    assert len(load(paths.config).config.services) == 1
