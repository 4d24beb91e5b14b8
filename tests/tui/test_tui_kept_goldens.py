"""What is kept awake and acted upon reads as it was last looked at and found good."""

from __future__ import annotations

import pytest
from tui_engine import HARMLESS
from tui_past import MINUTE_MS, NOW_MS
from tui_screen import colours, opened, reversed_text

from sentinel_tui.tui.widgets.live_table import LiveTable

SIZES = ((80, 24), (120, 40))
BACK = "Public site goes back to dep-pq1 (Warmer colours); it answers again in a minute"
DANGEROUS = {**HARMLESS, "consequence": BACK, "type": "public"}


def size_id(size: tuple[int, int]) -> str:
    return f"{size[0]}x{size[1]}"


async def loaded(screen, banner: str) -> None:
    """Everything that is read at the start was read; where there is room, what happened lately."""
    tall = screen.app.size.height >= SIZES[1][1]
    lately = ["Lately"] if tall else []
    await screen.shows("min ", banner, "Hours", "vigilant", "engine 4711", "Y Answer", *lately)
    sign = "X1" if screen.app.look.ascii else "✖1"
    await screen.until(lambda: sign in screen.text.partition("\n")[0] and bars_fit(screen))


def bars_fit(screen) -> bool:
    """Whether bars were read for the room that the column of modes left them."""
    cells = screen.app.query_one("#services", LiveTable).column_cells("bar")
    first = next(one for one in screen.text.splitlines() if " DOWN " in one and "%" in one)
    return len(first.split()[-1]) == cells


async def turned_to_week(screen) -> None:
    """The page of the curator, with its week in sight."""
    await screen.press("j", "j", "enter")
    await screen.shows("last look")
    if screen.app.size.height < SIZES[1][1]:
        await screen.press("pagedown")
    await screen.shows("kept awake  ", "Busy and quiet hours")


@pytest.mark.parametrize("size", SIZES, ids=size_id)
async def test_the_dashboard_the_page_and_the_audit(kept, engine, golden, size):
    engine.answers["consider"] = DANGEROUS
    async with opened(kept, size=size) as screen:
        await loaded(screen, "waits for your yes")
        golden(f"kept-status-{size_id(size)}", screen.text)
        await turned_to_week(screen)
        golden(f"kept-week-{size_id(size)}", screen.text)
        await screen.press("pagedown")
        golden(f"kept-cold-starts-{size_id(size)}", screen.text)
        await screen.press("A")
        await screen.shows("◐ waiting       healing")
        golden(f"kept-audit-{size_id(size)}", screen.text)
        await screen.press("y")
        await screen.shows("not now")
        golden(f"kept-approval-{size_id(size)}", screen.text)
        await screen.press("y")
        await screen.shows("type public")
        golden(f"kept-typed-{size_id(size)}", screen.text)


@pytest.mark.parametrize("size", SIZES, ids=size_id)
async def test_it_needs_no_colour(kept, engine, golden, monkeypatch, size):
    monkeypatch.setenv("NO_COLOR", "1")
    async with opened(kept, size=size) as screen:
        await loaded(screen, "waits for your yes")
        golden(f"kept-status-{size_id(size)}-no-color", reversed_text(screen.app))
        await turned_to_week(screen)
        golden(f"kept-week-{size_id(size)}-no-color", reversed_text(screen.app))
        assert colours(screen.app) == set()


@pytest.mark.parametrize("size", SIZES, ids=size_id)
async def test_it_bears_hostile_text(hostile_kept, engine, golden, size):
    engine.answers["consider"] = {**DANGEROUS, "consequence": "[bold]x[/] \x1b[2J [/nope]"}
    async with opened(hostile_kept, size=size) as screen:
        await loaded(screen, "FROZEN")
        golden(f"kept-status-{size_id(size)}-hostile", screen.text)
        await screen.press("enter")
        await screen.shows("last look", "R Restart")
        golden(f"kept-service-{size_id(size)}-hostile", screen.text)
        await screen.press("A")
        await screen.shows("◐ waiting       healing")
        golden(f"kept-audit-{size_id(size)}-hostile", screen.text)
        await screen.press("y")
        await screen.shows("not now")
        golden(f"kept-approval-{size_id(size)}-hostile", screen.text)


async def test_it_in_ascii(kept, engine, golden):
    async with opened(kept, ascii=True) as screen:
        await loaded(screen, "waits for your yes")
        golden("kept-status-ascii", screen.text)
        await turned_to_week(screen)
        golden("kept-week-ascii", screen.text)
        await screen.press("A")
        await screen.shows(": waiting       healing")
        assert screen.text.isascii()
        golden("kept-audit-ascii", screen.text)


async def test_it_as_it_was(kept, engine, golden):
    async with opened(kept, replay_ms=NOW_MS - 150 * MINUTE_MS) as screen:
        await screen.shows("REPLAY", "min ", "Hours", "vigilant", "engine 4711")
        golden("kept-replay-80x24", screen.text)
