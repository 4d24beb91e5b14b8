"""Acting from the screen: asked first, named, stopped at once, and never from a view that looks."""

from __future__ import annotations

import asyncio

import pytest
from tui_engine import HARMLESS
from tui_kept import Kept
from tui_past import MINUTE_MS, NOW_MS
from tui_screen import opened

from sentinel_tui.store import actions

DANGEROUS = {**HARMLESS, "consequence": "It goes back to dep-pq1.", "type": "public"}
PAID = {**HARMLESS, "allowed": "ask", "reason": "it costs", "euros_per_month": 18.0}


@pytest.fixture
async def screen(kept, engine):
    async with opened(kept) as screen:
        await screen.shows("min ", "engine 4711 watches", "waits for your yes")
        yield screen


def asked(engine, *verbs: str) -> list[tuple[str, dict[str, object]]]:
    """What the engine was asked to do, apart from what would follow from it."""
    return [one for one in engine.asked if one[0] in verbs or (not verbs and one[0] != "consider")]


async def test_a_banner_says_what_waits_and_its_key_asks_with_all_that_follows(screen, engine):
    engine.answers["consider"] = DANGEROUS
    await screen.shows("Roll Public site back to dep-pq1 waits for your yes until 13:08: Y")
    await screen.press("Y")
    await screen.shows("Roll public back to dep-pq1?", "It goes back to dep-pq1.", "Cost: nothing")
    await screen.shows("Wanted by healing: the last deploy made it slower", "13:08:00")
    assert asked(engine) == []


async def test_what_is_dangerous_wants_the_name_typed(screen, engine):
    engine.answers["consider"] = DANGEROUS
    await screen.press("Y")
    await screen.shows("Roll public back to dep-pq1?")
    await screen.press("enter")
    await screen.press("y")
    await screen.shows("type public")
    await screen.type("publik")
    await screen.press("enter")
    await screen.shows("type public")
    await screen.type("public")
    await screen.press("enter")
    await screen.until(lambda: asked(engine) == [("approve", {"action": 2})])
    assert "type public" not in screen.text


async def test_no_drops_what_waits_and_escape_leaves_it(screen, engine):
    await screen.press("Y")
    await screen.shows("not now")
    await screen.press("escape")
    await screen.until(lambda: "not now" not in screen.text)
    assert asked(engine) == []
    await screen.press("Y")
    await screen.shows("not now")
    await screen.press("n")
    await screen.until(lambda: asked(engine) == [("reject", {"action": 2})])


async def test_keys_of_a_service_ask_what_would_follow(screen, engine):
    engine.answers["consider"] = PAID
    await screen.press("enter")
    await screen.shows("last look", "R Restart")
    await screen.press("R", "R")
    await screen.shows("Restart public?", "+18.00 € a month", "it costs")
    await screen.press("y")
    wanted = [("act", {"service": "public", "verb": "restart"})]
    await screen.until(lambda: asked(engine) == wanted)
    assert len(asked(engine, "consider")) == 1
    assert "Restart public?" not in screen.text


async def test_what_cannot_be_is_refused_before_anybody_is_asked(screen, engine):
    why = "free services run one instance"
    engine.answers["consider"] = {**HARMLESS, "allowed": "refuse", "reason": why}
    await screen.press("enter")
    await screen.shows("R Restart")
    await screen.press("R")
    await screen.until(lambda: any(why in told for told in screen.told))
    assert "Restart public?" not in screen.text
    assert asked(engine) == []


async def test_a_service_without_a_platform_has_no_such_keys(screen):
    await screen.press("j", "enter")
    await screen.shows("pay.example.com", "m Mode")
    assert "Restart" not in screen.text


async def test_the_mode_key_begins_the_command(screen):
    await screen.press("enter")
    await screen.shows("last look")
    await screen.press("m")
    await screen.shows(": mode public")


async def test_one_key_stops_all_actions_and_a_yes_allows_them_again(screen, engine):
    await screen.press("F")
    await screen.until(lambda: [verb for verb, _ in asked(engine)] == ["freeze"])
    await write(screen.app.paths, lambda db: actions.freeze(db, NOW_MS, "tui", "I am looking"))
    await screen.shows("FROZEN since 13:00 by tui", "I am looking", "waits for your yes")
    await screen.press("F")
    await screen.shows("Allow actions again?")
    await screen.press("y")
    await screen.until(lambda: [verb for verb, _ in asked(engine)] == ["freeze", "unfreeze"])
    await write(screen.app.paths, lambda db: actions.unfreeze(db, NOW_MS, "tui"))
    await screen.until(lambda: "FROZEN" not in screen.text)


async def test_a_file_that_stops_all_actions_is_told_too(kept, engine):
    kept.frozen.touch()
    async with opened(kept) as screen:
        await screen.shows("FROZEN since", "by a file")


async def write(paths, job) -> None:
    writer = Kept(paths).open()
    await writer.run(job)
    await asyncio.to_thread(writer.close)


async def test_the_audit_tells_each_step_with_who_why_and_when(screen, engine):
    await screen.press("A")
    await screen.shows("◐ 1 for your yes", "2 actions", "y Approve", "n Reject")
    await screen.press("j")
    await screen.shows("allowed by", "✓ done", "▲ helpless", "effect", "u Undo")
    assert "y Approve" not in screen.text
    await screen.press("k", "y")
    await screen.shows("Roll public back to dep-pq1?", "n no, drop it")
    await screen.press("escape", "n")
    await screen.until(lambda: asked(engine) == [("reject", {"action": 2})])
    await screen.press("escape")
    await screen.shows("Health")


@pytest.fixture
async def viewer(kept, engine):
    async with opened(kept, read_only=True) as screen:
        await screen.shows("min ", "read-only ● engine 4711 watches", "waits for your yes")
        yield screen


async def test_a_read_only_screen_offers_nothing_and_refuses_everything(viewer, engine):
    assert "Probe" not in viewer.text
    assert ": Y" not in viewer.text
    await viewer.press("n", "Y", "F", "A")
    await viewer.shows("1 for your yes")
    assert "Approve" not in viewer.text
    await viewer.press("y")
    await viewer.until(lambda: len(viewer.told) == 3)
    assert all("read-only" in told for told in viewer.told)
    await viewer.press("colon")
    await viewer.type("restart public")
    await viewer.press("enter")
    await viewer.shows("▸ restart public")
    await viewer.until(lambda: "ERROR" not in viewer.text and "read-only view" in viewer.text)
    assert engine.asked == []


async def test_a_read_only_screen_starts_no_engine(kept):
    async with opened(kept, read_only=True) as screen:
        await screen.shows("No engine is watching")
        assert "starts one" not in screen.text
        assert "starting" not in screen.text


async def test_of_the_past_everything_is_shown_as_it_was_and_nothing_asked(kept, engine):
    async with opened(kept, size=(120, 40), replay_ms=NOW_MS - 150 * MINUTE_MS) as screen:
        await screen.shows("REPLAY", "min ", "Mode")
        assert "waits for your yes" not in screen.text
        await screen.press("A")
        await screen.shows("nothing was done yet")
        await screen.press("escape", "less_than_sign")
        await screen.until(lambda: "09:30:00" in screen.text and "Mode" not in screen.text)
