"""Every screen reads as it was last looked at and found good."""

from __future__ import annotations

import pytest
from tui_screen import colours, opened, reversed_text

from sentinel_tui.tui.panes.tabs import TABS

SIZES = ((80, 24), (120, 40))
LOADED = {
    "status": "min ",
    "alerts": "nobody has it in hand",
    "behaviour": "needs",
    "video": "[[videos.libraries]]",
    "recommendations": "needs",
}
VIEWS = ("open", "acknowledged", "silenced", "past")
TOLD = {"open": "note", "acknowledged": "by cli", "silenced": "until 16:40", "past": "ended"}


def size_id(size: tuple[int, int]) -> str:
    return f"{size[0]}x{size[1]}"


async def turned_to(screen, tab) -> None:
    await screen.loaded()
    await screen.press(tab.number)
    await screen.shows(LOADED[tab.id])
    if tab.id == "alerts":
        await screen.until(lambda: "DOWN " in screen.text)


@pytest.mark.parametrize("tab", TABS, ids=lambda tab: tab.id)
@pytest.mark.parametrize("size", SIZES, ids=size_id)
async def test_a_tab_reads_as_it_should(watch, engine, golden, tab, size):
    async with opened(watch, size=size) as screen:
        await turned_to(screen, tab)
        golden(f"{tab.id}-{size_id(size)}", screen.text)


@pytest.mark.parametrize("tab", TABS, ids=lambda tab: tab.id)
@pytest.mark.parametrize("size", SIZES, ids=size_id)
async def test_a_tab_needs_no_colour(watch, engine, golden, monkeypatch, tab, size):
    monkeypatch.setenv("NO_COLOR", "1")
    async with opened(watch, size=size) as screen:
        await turned_to(screen, tab)
        assert colours(screen.app) == set()
        golden(f"{tab.id}-{size_id(size)}-no-color", reversed_text(screen.app))


@pytest.mark.parametrize("tab", TABS, ids=lambda tab: tab.id)
@pytest.mark.parametrize("size", SIZES, ids=size_id)
async def test_a_tab_bears_hostile_text(hostile_watch, engine, golden, tab, size):
    async with opened(hostile_watch, size=size) as screen:
        await turned_to(screen, tab)
        golden(f"{tab.id}-{size_id(size)}-hostile", screen.text)


async def test_a_compact_terminal_shows_every_service(watch, engine, golden):
    async with opened(watch, size=(60, 16)) as screen:
        await screen.loaded()
        golden("status-60x16", screen.text)


async def test_a_terminal_too_small_is_told_the_size_it_needs(watch, engine, golden):
    async with opened(watch, size=(59, 15)) as screen:
        await screen.shows("needs a larger terminal")
        golden("too-small", screen.text)


async def test_a_terminal_that_grows_shows_everything_again(watch, engine):
    async with opened(watch, size=(59, 15)) as screen:
        await screen.shows("needs a larger terminal")
        await screen.pilot.resize_terminal(80, 24)
        await screen.shows("Public site", "min ")


async def test_keys_work_again_after_a_terminal_was_too_small(watch, engine):
    async with opened(watch) as screen:
        await screen.loaded()
        table = screen.app.focused
        await screen.pilot.resize_terminal(59, 15)
        await screen.shows("needs a larger terminal")
        await screen.pilot.resize_terminal(80, 24)
        await screen.shows("Public site", "min ")
        await screen.until(lambda: screen.app.focused is table)


@pytest.mark.parametrize("size", SIZES, ids=size_id)
async def test_the_page_of_a_service(watch, engine, golden, size):
    async with opened(watch, size=size) as screen:
        await screen.loaded()
        await screen.press("enter")
        await screen.shows("last look")
        golden(f"service-{size_id(size)}", screen.text)


async def test_the_page_of_a_hostile_service(hostile_watch, engine, golden):
    async with opened(hostile_watch, size=(120, 40)) as screen:
        await screen.loaded()
        await screen.press("enter")
        await screen.shows("last look")
        golden("service-120x40-hostile", screen.text)


@pytest.mark.parametrize("size", SIZES, ids=size_id)
async def test_services_that_another_one_covers(night, engine, golden, size):
    async with opened(night, size=size) as screen:
        await screen.shows("min ", "covered by Gateway", "channel pager", "✖1")
        if size == SIZES[1]:
            await screen.shows("Lately")
        golden(f"night-status-{size_id(size)}", screen.text)


@pytest.mark.parametrize("view", VIEWS)
@pytest.mark.parametrize("size", SIZES, ids=size_id)
async def test_the_views_of_incidents(night, engine, golden, size, view):
    async with opened(night, size=size) as screen:
        await turned_to_view(screen, view)
        golden(f"night-alerts-{view}-{size_id(size)}", screen.text)


async def turned_to_view(screen, view) -> None:
    await screen.shows("min ", "channel pager")
    await screen.press("2")
    await screen.shows("open 2")
    await screen.press(*"v" * VIEWS.index(view))
    await screen.shows(TOLD[view])


@pytest.mark.parametrize("size", SIZES, ids=size_id)
async def test_the_page_of_an_incident(night, engine, golden, size):
    async with opened(night, size=size) as screen:
        await turned_to_view(screen, "open")
        await screen.press("enter")
        await screen.shows("12:50", "Lost")
        golden(f"night-incident-{size_id(size)}", screen.text)
        await screen.press("G")
        golden(f"night-incident-end-{size_id(size)}", screen.text)


async def test_the_page_of_an_incident_that_is_over(night, engine, golden):
    async with opened(night) as screen:
        await turned_to_view(screen, "past")
        await screen.press("enter")
        await screen.shows("04:15", "Lost")
        golden("night-incident-past-80x24", screen.text)


@pytest.mark.parametrize("size", SIZES, ids=size_id)
async def test_incidents_need_no_colour(night, engine, golden, monkeypatch, size):
    monkeypatch.setenv("NO_COLOR", "1")
    async with opened(night, size=size) as screen:
        await turned_to_view(screen, "silenced")
        golden(f"night-alerts-silenced-{size_id(size)}-no-color", reversed_text(screen.app))
        await screen.press("R")
        await screen.shows("REPLAY", "DEGRADED Shop", "min ")
        assert colours(screen.app) == set()
        golden(f"night-replay-{size_id(size)}-no-color", reversed_text(screen.app))


@pytest.mark.parametrize("size", SIZES, ids=size_id)
async def test_incidents_bear_hostile_text(hostile_night, engine, golden, size):
    async with opened(hostile_night, size=size) as screen:
        await turned_to_view(screen, "open")
        golden(f"night-alerts-{size_id(size)}-hostile", screen.text)
        await screen.press("enter")
        await screen.shows("12:50", "Lost")
        golden(f"night-incident-{size_id(size)}-hostile", screen.text)


async def test_incidents_in_ascii(night, engine, golden):
    async with opened(night, ascii=True) as screen:
        await screen.shows("min ", "channel pager")
        await screen.press("2")
        await screen.shows("open 2", "note")
        assert screen.text.isascii()
        golden("night-alerts-ascii", screen.text)
        await screen.press("enter")
        await screen.shows("12:50", "Lost")
        assert screen.text.isascii()
        golden("night-incident-ascii", screen.text)


@pytest.mark.parametrize("size", SIZES, ids=size_id)
async def test_the_dashboard_as_it_was(night, engine, golden, size):
    async with opened(night, size=size) as screen:
        await turned_to_view(screen, "open")
        await screen.press("R")
        await screen.shows("REPLAY Fri 2027-01-15 12:48:00", "DOWN     Gateway", "min ")
        await screen.press("comma", "comma", "comma")
        await screen.shows("12:45:00", "UP       Gateway")
        await screen.until(lambda: "✖1" not in screen.text)
        golden(f"night-replay-{size_id(size)}", screen.text)


async def test_how_long_to_silence_is_asked(night, engine, golden):
    async with opened(night) as screen:
        await turned_to_view(screen, "open")
        await screen.press("z")
        await screen.shows("Silence service:gateway")
        golden("night-silence-80x24", screen.text)


@pytest.mark.parametrize("size", SIZES, ids=size_id)
async def test_the_help_page(watch, engine, golden, size):
    async with opened(watch, size=size) as screen:
        await screen.loaded()
        await screen.press("question_mark")
        await screen.shows("Everywhere")
        golden(f"help-{size_id(size)}", screen.text)


async def test_the_first_run(paths, golden):
    async with opened(paths, configured=False) as screen:
        await screen.shows("What should be watched?")
        text = screen.text.replace(str(paths.config.parent), "CONFIG")
        golden("first-run", text)


async def test_a_store_without_a_row_yet(paths, golden):
    async with opened(paths) as screen:
        await screen.shows("nothing was recorded yet", "No engine is watching")
        golden("empty", screen.text)


async def test_everything_in_ascii(watch, engine, golden):
    async with opened(watch, ascii=True) as screen:
        await screen.loaded()
        assert screen.text.isascii()
        golden("status-ascii", screen.text)
