"""The first run: a URL or two become a configuration that can be read."""

from __future__ import annotations

import stat

from textual.widgets import Input
from tui_screen import opened

from sentinel_tui.config.loader import load


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
