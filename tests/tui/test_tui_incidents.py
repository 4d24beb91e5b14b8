"""What an owner does about incidents: on the tab, on the page of one, and through the engine."""

from __future__ import annotations

import pytest
from textual.widgets import Input
from tui_screen import opened

from sentinel_tui.tui.screens.confirm import ConfirmScreen
from sentinel_tui.tui.screens.incident import IncidentScreen
from sentinel_tui.tui.screens.silence import SilenceScreen


@pytest.fixture
async def screen(night, engine):
    async with opened(night) as screen:
        await screen.shows("min ", "channel pager")
        await screen.press("2")
        await screen.shows("Gateway is DOWN", "note")
        yield screen


async def turn_to(screen, view: str, told: str) -> None:
    views = ("open", "acknowledged", "silenced", "past")
    await screen.press(*"v" * views.index(view))
    await screen.shows(told)


async def test_a_key_goes_round_the_views_and_one_back(screen):
    for told in ("Shop is slow", "Blog is DOWN", "Blog was down", "Gateway is DOWN"):
        await screen.press("v")
        await screen.shows(told)
    await screen.press("V")
    await screen.shows("Blog was down")


@pytest.mark.parametrize("page", [False, True], ids=["tab", "page"])
async def test_an_incident_is_acknowledged(screen, engine, page):
    if page:
        await open_page(screen)
    await screen.press("a")
    await screen.until(lambda: engine.asked != [])
    assert engine.asked == [("acknowledge", {"incident": gateway(screen)})]


async def test_what_somebody_has_in_hand_is_not_acknowledged_again(screen, engine):
    await turn_to(screen, "acknowledged", "Shop is slow")
    await screen.press("a")
    await turn_to(screen, "silenced", "Blog was down")
    await screen.press("a", "v", "a")
    await screen.until(lambda: engine.asked != [])
    assert engine.asked == [("acknowledge", {"incident": gateway(screen)})]


async def test_all_marked_incidents_are_acknowledged(screen, engine):
    await screen.press("space", "space", "a")
    await screen.until(lambda: len(engine.asked) == 2)


@pytest.mark.parametrize("page", [False, True], ids=["tab", "page"])
async def test_a_note_is_typed_and_kept_as_it_was_typed(screen, engine, page):
    if page:
        await open_page(screen)
    await screen.press("m")
    await screen.type("Rebooted: it helps?")
    assert isinstance(screen.app.focused, Input)
    await screen.press("enter")
    await screen.until(lambda: engine.asked != [])
    assert engine.asked == [("note", {"incident": gateway(screen), "text": "Rebooted: it helps?"})]
    assert not isinstance(screen.app.focused, Input)


@pytest.mark.parametrize("keys", [("x", "escape"), ("enter",)], ids=["dropped", "empty"])
async def test_a_note_that_was_not_written_is_none(screen, engine, keys):
    await screen.press("m", *keys)
    await screen.until(lambda: not isinstance(screen.app.focused, Input))
    assert engine.asked == []


async def test_escalating_asks_before_it_wakes_somebody(screen, engine):
    await screen.press("x")
    await screen.shows("Tell the next step of the escalation now: Gateway is DOWN?")
    await screen.press("n")
    await screen.until(lambda: not isinstance(screen.app.screen, ConfirmScreen))
    assert engine.asked == []
    await screen.press("x", "y")
    await screen.until(lambda: engine.asked != [])
    assert engine.asked == [("escalate", {"incident": gateway(screen)})]


@pytest.mark.parametrize(
    ("key", "lasting_ms"), [("h", 3_600_000), ("f", 14_400_000), ("d", 86_400_000), ("u", None)]
)
async def test_a_silence_lasts_as_long_as_was_answered(screen, engine, key, lasting_ms):
    engine.answers["silence"] = {"silence": 5, "services": ["gateway"]}
    await screen.press("z")
    await screen.until(lambda: isinstance(screen.app.screen, SilenceScreen))
    await screen.press(key)
    await screen.until(lambda: engine.asked != [])
    verb, wanted = engine.asked[0]
    assert (verb, wanted["match"]) == ("silence", "service:gateway")
    if lasting_ms is None:
        assert wanted["until_healthy"] is True
        assert wanted.get("until_ms") is None
    else:
        assert wanted["until_ms"] == screen.app.outlook.now_ms + lasting_ms


@pytest.mark.parametrize("key", ["escape", "n"])
async def test_a_silence_may_be_thought_better_of(screen, engine, key):
    await screen.press("z", key)
    await screen.until(lambda: not isinstance(screen.app.screen, SilenceScreen))
    assert engine.asked == []


async def test_enter_typed_ahead_silences_nothing(screen, engine):
    await screen.press("z", "enter")
    assert isinstance(screen.app.screen, SilenceScreen)
    assert engine.asked == []


async def test_another_time_is_typed_in_the_console(screen):
    await screen.press("z", "o")
    await screen.until(lambda: isinstance(screen.app.focused, Input))
    assert screen.app.focused.value == "silence service:gateway "


@pytest.mark.parametrize(("rows", "number"), [(0, 1), (1, 2)], ids=["incident", "maintenance"])
async def test_the_same_key_ends_a_silence(screen, engine, rows, number):
    await turn_to(screen, "silenced", "Blog is DOWN")
    await screen.press(*["j"] * rows, "z")
    await screen.until(lambda: isinstance(screen.app.screen, ConfirmScreen))
    await screen.press("y")
    await screen.until(lambda: engine.asked != [])
    assert engine.asked == [("unsilence", {"silence": number})]


async def test_the_page_leads_to_the_service_and_back(screen):
    await open_page(screen)
    await screen.press("s")
    await screen.shows("https://gateway.example.com/health")
    await screen.press("escape")
    await screen.until(lambda: isinstance(screen.app.screen, IncidentScreen))
    await screen.press("escape")
    await screen.shows("open 2")


async def test_an_incident_that_is_not_there_is_told(screen):
    screen.app.open_incident(4_711)
    await screen.shows("there is no incident 4711")


async def test_the_page_follows_the_zone(screen):
    await open_page(screen)
    await screen.shows("since 12:48:00")
    await screen.press("t")
    await screen.shows("since 11:48:00")


async def open_page(screen) -> None:
    await screen.press("enter")
    await screen.shows("Lost", "12:50")


def gateway(screen) -> int:
    """The number of the gateway's incident."""
    found = [
        case.incident.id
        for case in screen.app.deck.get_child_by_id("alerts")._reading.cases
        if case.incident.open and case.incident.services[:1] == ("gateway",)
    ]
    return found[0]
