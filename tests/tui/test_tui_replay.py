"""The past on the screen: everything as it was, clearly marked, and nothing to be changed."""

from __future__ import annotations

import asyncio

import pytest
from tui_past import HOUR_MS, MINUTE_MS, NOW_MS, Past
from tui_screen import opened

from sentinel_tui.tui.replay import Replay

FIRST_MS = NOW_MS - 9 * HOUR_MS


@pytest.fixture
async def screen(night, engine):
    async with opened(night) as screen:
        await screen.shows("min ", "channel pager")
        await screen.press("2")
        await screen.shows("Gateway is DOWN", "note")
        await screen.press("R")
        await screen.shows("REPLAY Fri 2027-01-15 12:48:00", "min ")
        yield screen


def test_steps_never_lead_past_the_present():
    replay = Replay(NOW_MS - MINUTE_MS)
    assert replay.stepped(HOUR_MS, NOW_MS).at_ms == NOW_MS
    assert replay.stepped(-HOUR_MS, NOW_MS).at_ms == NOW_MS - MINUTE_MS - HOUR_MS


def test_jumps_lead_to_the_nearest_mark_or_nowhere():
    replay = Replay(50, (10, 40, 50, 60, 90))
    assert replay.jumped(1, NOW_MS).at_ms == 60
    assert replay.jumped(-1, NOW_MS).at_ms == 40
    assert Replay(90, (10, 90)).jumped(1, NOW_MS).at_ms == 90
    assert Replay(5).jumped(-1, NOW_MS).at_ms == 5


async def test_a_key_on_an_incident_shows_the_moment_it_began(screen):
    assert "Health" in screen.text
    await screen.until(lambda: "DOWN     Gateway" in screen.text)
    await screen.press("comma")
    await screen.shows("12:47:00", "UP       Gateway")
    await screen.press("full_stop")
    await screen.shows("12:48:00", "DOWN     Gateway")


async def test_steps_of_an_hour_and_jumps_to_start_and_end(screen):
    await screen.press("less_than_sign")
    await screen.shows("11:48:00")
    await screen.press("greater_than_sign")
    await screen.shows("12:48:00")
    await screen.press("less_than_sign", "right_parenthesis")
    await screen.shows("12:48:00")


async def test_the_banner_stands_on_every_tab_and_page(screen):
    for key, told in (("2", "acknowledged"), ("3", "When you"), ("1", "Health")):
        await screen.press(key)
        await screen.shows(told, "REPLAY Fri")
    await screen.press("enter")
    await screen.shows("example.com/health", "REPLAY Fri")
    await screen.press("escape", "2")
    await screen.shows("Gateway is DOWN")
    await screen.press("enter")
    await screen.shows("Timeline", "REPLAY Fri")


async def test_the_badge_and_the_lists_are_those_of_then(screen):
    await screen.press("comma")
    await screen.until(lambda: "✖1" not in screen.text)
    await screen.press("2")
    await screen.until(lambda: "Gateway is DOWN" not in screen.text)


async def test_escape_leads_back_to_the_present_and_live_data_returns(screen):
    await screen.press("comma", "escape")
    await screen.until(lambda: "REPLAY" not in screen.text)
    await screen.shows("DOWN     Gateway", "✖1")
    await asyncio.to_thread(Past(screen.app.paths).open().close)


async def test_escape_leaves_a_page_first(screen):
    await screen.press("enter")
    await screen.shows("example.com/health")
    await screen.press("escape")
    await screen.shows("Health", "REPLAY")


async def test_escape_drops_a_filter_first(screen):
    await screen.press("slash")
    await screen.type("shop")
    await screen.press("enter", "escape")
    await screen.shows("Feeds", "REPLAY", "esc Now")
    await screen.press("escape")
    await screen.until(lambda: "REPLAY" not in screen.text)


async def test_nothing_can_be_changed_in_the_past_and_that_is_said(screen, engine):
    await screen.press("n", "w")
    await screen.press("2", "a")
    await screen.until(lambda: len(screen.told) >= 3)
    assert all("nothing can be changed in the past" in told for told in screen.told)
    assert engine.asked == []


async def test_the_footer_offers_nothing_that_acts(screen):
    assert "Probe" not in screen.text
    assert "+1m" in screen.text
    await screen.press("escape")
    await screen.shows("Probe")
    assert "+1m" not in screen.text


async def test_the_console_answers_as_of_then_and_refuses_to_act(screen, engine):
    await screen.press("comma", "colon")
    await screen.type("status")
    await screen.press("enter")
    await screen.shows("▸ status", "● UP")
    await screen.press("colon")
    await screen.type("probe shop")
    await screen.press("enter")
    await screen.shows("nothing can be changed in the past")
    assert engine.asked == []


async def test_a_step_over_which_nothing_happened_changes_no_row(night, engine):
    async with opened(night, replay_ms=NOW_MS - 7 * HOUR_MS) as screen:
        await screen.shows("REPLAY Fri 2027-01-15 06:00:00", "min ")
        before = rows(screen)
        await screen.press("full_stop")
        await screen.shows("06:01:00")
        assert len(before) > 5
        assert rows(screen) == before


def rows(screen) -> list[str]:
    """State and name of each service, without the figures, which go on changing."""
    return [line[:28] for line in screen.text.splitlines() if "● UP" in line]


async def test_a_replay_from_the_command_line_starts_no_engine(night):
    async with opened(night, replay_ms=FIRST_MS) as screen:
        await screen.shows("REPLAY Fri 2027-01-15 04:00:00", "DOWN     Blog")
        assert "starting an engine" not in screen.text
        await screen.until(lambda: screen.app.outlook.replay.marks != ())
        await screen.press("right_parenthesis")
        assert screen.app.outlook.replay.at_ms in screen.app.outlook.replay.marks
        assert screen.app.outlook.replay.at_ms > FIRST_MS
        await screen.press("escape")
        await screen.shows("DOWN     Gateway", "e Start engine")


async def test_an_instant_before_everything_shows_nothing_and_no_mistake(night, engine):
    async with opened(night, replay_ms=NOW_MS - 900 * HOUR_MS) as screen:
        await screen.shows("REPLAY", "no service")


async def test_the_future_is_the_present(night, engine):
    async with opened(night, replay_ms=NOW_MS + HOUR_MS) as screen:
        await screen.shows("REPLAY Fri 2027-01-15 13:00:00", "min ")
