"""Videos read as they were last looked at and found good."""

from __future__ import annotations

import pytest
from tui_screen import colours, opened, reversed_text
from tui_videos import STUDIED_MS

SIZES = ((80, 24), (120, 40))
VIEWS = {
    "compare": "Go on to the full",
    "trends": "questions asked together",
    "hours": "×1 is what is usual",
    "insights": "Not enough data",
    "themes": "Seems to be",
}


def size_id(size: tuple[int, int]) -> str:
    return f"{size[0]}x{size[1]}"


async def turned_to_videos(screen, sign: str = "Sourdough") -> None:
    """The tab with everything on it that is read at the start."""
    await screen.shows("engine 4711")
    await screen.press("4")
    await screen.shows(sign, "h watched")


@pytest.mark.parametrize("size", SIZES, ids=size_id)
async def test_the_tab_view_by_view_and_the_page_of_a_video(videos, engine, golden, size):
    async with opened(videos, size=size) as screen:
        await turned_to_videos(screen)
        golden(f"videos-list-{size_id(size)}", screen.text)
        for name, sign in VIEWS.items():
            await screen.press("v")
            await screen.shows(sign)
            golden(f"videos-{name}-{size_id(size)}", screen.text)
        await screen.press("v", "enter")
        await screen.shows("Figures, and what each rests on")
        golden(f"videos-page-{size_id(size)}", screen.text)
        await screen.press("v", "pagedown")
        await screen.shows("Views since upload")
        await screen.until(lambda: "Time watched" not in screen.text)
        golden(f"videos-page-further-{size_id(size)}", screen.text)


@pytest.mark.parametrize("size", SIZES, ids=size_id)
async def test_videos_need_no_colour(videos, engine, golden, monkeypatch, size):
    monkeypatch.setenv("NO_COLOR", "1")
    async with opened(videos, size=size) as screen:
        await turned_to_videos(screen)
        golden(f"videos-list-{size_id(size)}-no-color", reversed_text(screen.app))
        await screen.press("enter")
        await screen.shows("Figures, and what each rests on")
        assert colours(screen.app) == set()


@pytest.mark.parametrize("size", SIZES, ids=size_id)
async def test_videos_bear_hostile_text(hostile_videos, engine, golden, size):
    async with opened(hostile_videos, size=size) as screen:
        await turned_to_videos(screen)
        golden(f"videos-list-{size_id(size)}-hostile", screen.text)
        await screen.press("V")
        await screen.shows("Seems to be")
        golden(f"videos-themes-{size_id(size)}-hostile", screen.text)
        await screen.press("V")
        await screen.shows("Not enough data")
        golden(f"videos-insights-{size_id(size)}-hostile", screen.text)
        await screen.press("v", "v", "enter", "G")
        await screen.shows("Description")
        golden(f"videos-page-{size_id(size)}-hostile", screen.text)


async def test_libraries_that_are_still_to_be_read(unread_videos, engine, golden):
    async with opened(unread_videos) as screen:
        await turned_to_videos(screen, "reading: 3 of 8 videos")
        golden("videos-unread-80x24", screen.text)
        await screen.press("v")
        await screen.shows("Nothing yet")
        await screen.press("V", "enter")
        await screen.shows("no study has been made")
        golden("videos-unread-page-80x24", screen.text)


async def test_videos_on_a_terminal_with_ascii_only(videos, engine, golden):
    async with opened(videos, ascii=True) as screen:
        await turned_to_videos(screen)
        assert all(char.isascii() or char.isalpha() for char in screen.text)
        golden("videos-list-ascii", screen.text)
        await screen.press("enter")
        await screen.shows("Figures, and what each rests on")
        golden("videos-page-ascii", screen.text)


async def test_an_instant_before_the_study_knows_nothing_of_it(videos, engine, golden):
    async with opened(videos, replay_ms=STUDIED_MS - 60_000) as screen:
        await screen.press("4")
        await screen.shows("not studied yet")
        golden("videos-replay-80x24", screen.text)


@pytest.mark.parametrize("size", SIZES, ids=size_id)
async def test_what_an_outage_cost_in_views(videos, engine, golden, size):
    async with opened(videos, size=size) as screen:
        await screen.shows("engine 4711")
        await screen.press("2", "v", "v", "v")
        await screen.shows("✖ CRITICAL", "recovered")
        await screen.press("enter")
        await screen.shows("views fewer", "min ")
        golden(f"videos-lost-{size_id(size)}", screen.text)
