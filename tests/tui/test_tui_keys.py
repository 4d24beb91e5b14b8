"""What keys do: to the screen, and through the control socket to the engine."""

from __future__ import annotations

import asyncio

import pytest
from textual.widgets import Input
from tui_screen import opened

from sentinel_tui.tui.screens.confirm import ConfirmScreen
from sentinel_tui.tui.screens.help import HelpScreen
from sentinel_tui.tui.screens.service import ServiceScreen
from sentinel_tui.tui.widgets.live_table import LiveTable


@pytest.fixture
async def screen(watch, engine):
    async with opened(watch) as screen:
        await screen.shows("min ", "engine 4711 watches")
        yield screen


def table(screen) -> LiveTable:
    return screen.app.query_one("#services", LiveTable)


async def test_the_cursor_chooses_whose_latency_is_drawn(screen):
    await screen.shows("Public site · http")
    await screen.press("j")
    await screen.shows("Monetizer · http")
    await screen.press("k", "G")
    await screen.shows("Sentinel · heartbeat")
    await screen.press("g")
    await screen.shows("Public site · http")


@pytest.mark.parametrize(
    ("key", "asked"),
    [
        ("n", ("probe", {"service": "public"})),
        ("w", ("wake", {"service": "public"})),
        ("p", ("pause", {"service": "public", "until_ms": None})),
    ],
)
async def test_a_key_on_a_service_asks_the_engine(screen, engine, key, asked):
    await screen.press(key)
    await screen.until(lambda: asked in engine.asked)
    assert len(engine.asked) == 1


async def test_a_key_acts_on_all_marked_services_and_asks_before_it_pauses_several(screen, engine):
    await screen.press("space", "space", "p")
    await screen.shows("Pause Public site, Monetizer?")
    assert engine.asked == []
    await screen.press("y")
    await screen.until(lambda: len(engine.asked) == 2)
    assert {verb for verb, _ in engine.asked} == {"pause"}
    assert {arguments["service"] for _, arguments in engine.asked} == {"public", "monetizer"}


@pytest.mark.parametrize("key", ["n", "escape", "enter"])
async def test_only_y_means_yes(screen, engine, key):
    await screen.press("space", "space", "p")
    await screen.until(lambda: isinstance(screen.app.screen, ConfirmScreen))
    await screen.press(key)
    await screen.until(lambda: not isinstance(screen.app.screen, ConfirmScreen))
    assert engine.asked == []


async def test_what_the_engine_did_is_told(screen, engine):
    engine.answers["probe"] = {
        "looks": [
            {
                "service": "public",
                "check": "http",
                "outcome": "ok",
                "latency_ms": 87.0,
                "error": "",
                "state": "UP",
            }
        ]
    }
    await screen.press("n")
    await screen.until(lambda: any("87 ms" in told for told in screen.told))


async def test_the_screen_goes_on_while_the_engine_takes_its_time(screen, engine):
    engine.may_answer.clear()
    await screen.press("n")
    await screen.until(lambda: engine.asked != [])
    await screen.press("j")
    await screen.shows("Monetizer · http")
    engine.may_answer.set()


async def test_the_filter_narrows_rows_while_it_is_typed(screen):
    await screen.press("slash")
    await screen.type("pub")
    await screen.until(lambda: "Monetizer" not in screen.text)
    assert "Public site" in screen.text
    await screen.press("enter")
    assert isinstance(screen.app.focused, LiveTable)
    await screen.press("escape")
    await screen.shows("Monetizer", "Curator")


async def test_a_filter_that_nothing_passes_says_so(screen):
    await screen.press("slash")
    await screen.type("zzz")
    await screen.shows("no service has these words")


async def test_rows_are_sorted_by_the_next_column(screen):
    assert "State▾" in screen.text
    await screen.press("s")
    await screen.shows("Service▾")
    first = next(line for line in screen.text.splitlines() if "● UP" in line)
    assert "Curator" in first


async def test_the_cursor_stays_with_its_service_when_the_order_changes(screen):
    await screen.press("j")
    assert table(screen).cursor_key == "monetizer"
    await screen.press("s", "s")
    assert table(screen).cursor_key == "monetizer"


async def test_the_range_of_the_chart_is_changed(screen):
    await screen.press("minus")
    await screen.shows("Sat 9", "min ")
    await screen.press("plus", "plus")
    await screen.shows("12:15", "min ")


async def test_times_are_told_in_the_other_zone(screen):
    assert "since 10:00" in screen.text
    await screen.press("t")
    await screen.shows("since 09:00", "UTC")
    await screen.press("t")
    await screen.shows("since 10:00", "Europe/Paris")


async def test_enter_opens_the_page_of_a_service_and_escape_leaves_it(screen):
    await screen.press("j", "enter")
    await screen.shows("https://pay.example.com/health", "first byte")
    assert isinstance(screen.app.screen, ServiceScreen)
    await screen.press("escape")
    await screen.shows("Health", "Monetizer · http")


async def test_the_page_of_a_service_probes_it_too(screen, engine):
    await screen.press("enter")
    await screen.shows("last look")
    await screen.press("n")
    await screen.until(lambda: ("probe", {"service": "public"}) in engine.asked)


async def test_tabs_are_reached_by_number_and_by_neighbour(screen):
    await screen.press("2")
    await screen.shows("acknowledged 0")
    await screen.press("right_square_bracket")
    await screen.shows("When you and your viewers")
    await screen.press("left_square_bracket", "left_square_bracket")
    await screen.shows("Health")


async def test_a_number_leads_out_of_a_page(screen):
    await screen.press("enter")
    await screen.shows("last look")
    await screen.press("2")
    await screen.shows("acknowledged 0")


async def test_help_is_one_key_away_from_everywhere(screen):
    await screen.press("question_mark")
    await screen.until(lambda: isinstance(screen.app.screen, HelpScreen))
    await screen.press("G")
    await screen.shows("silences [all]")
    await screen.press("escape")
    await screen.shows("Health")


async def test_the_footer_shows_only_what_is_valid(screen):
    assert "Probe" in screen.text
    assert "Ack" not in screen.text
    assert "Start engine" not in screen.text
    assert "Break" not in screen.text
    await screen.press("2")
    await screen.shows("Ack")
    assert "Probe" not in screen.text
    await screen.press("3")
    await screen.until(lambda: "Ack" not in screen.text)


async def test_an_engine_can_be_started_only_where_none_watches(watch):
    async with opened(watch) as screen:
        await screen.shows("No engine is watching", "e Start engine")


async def test_the_demo_has_a_key_to_break_a_service(watch, engine):
    broken = []

    def breaks(service: str, how: str) -> str:
        broken.append((service, how))
        return f"{service} answers 500 for a while"

    async with opened(watch, demo=breaks) as screen:
        await screen.shows("min ")
        await screen.press("b")
        await screen.until(lambda: "public answers 500 for a while" in screen.told)
        assert broken == [("public", "500")]


async def test_a_key_can_be_the_owners(watch, engine):
    async with opened(watch, keys={"probe.now": "x,f5"}) as screen:
        await screen.shows("min ", "x Probe")
        await screen.press("n")
        await screen.press("x")
        await screen.until(lambda: engine.asked != [])
        assert [verb for verb, _ in engine.asked] == ["probe"]


async def test_a_key_that_cannot_be_is_told(watch, engine):
    async with opened(watch, keys={"probe.now": "ctrl+m", "no.such": "x"}) as screen:
        await screen.until(lambda: len(screen.told) == 2)
        assert "ctrl+m" in screen.told[0]
        assert "no.such" in screen.told[1]


async def test_typed_numbers_and_colons_belong_to_the_line_that_is_typed_in(screen):
    await screen.press("slash")
    await screen.type("2:?q")
    focused = screen.app.focused
    assert isinstance(focused, Input)
    assert focused.value == "2:?q"


async def test_nothing_is_read_while_nobody_looks(screen, watch):
    read = []
    screen.app.outlook.read = lambda *asked: read.append(asked)
    from textual.events import AppBlur, AppFocus

    screen.app.post_message(AppBlur())
    await screen.pilot.pause()
    await asyncio.to_thread(write_something, watch)
    await screen.pilot.pause()
    assert read == []
    screen.app.post_message(AppFocus())
    await screen.until(lambda: read != [])


def write_something(paths) -> None:
    from functools import partial

    from tui_past import NOW_MS, Past

    from sentinel_tui.domain.records import EntryKind
    from sentinel_tui.store import recorder

    writer = Past(paths).open()
    event = partial(recorder.add_event, at_ms=NOW_MS, kind=EntryKind.ENGINE, text="hello")
    asyncio.run(writer.run(event))
    writer.close()


async def test_times_of_an_open_page_are_told_in_the_other_zone_too(screen):
    await screen.press("enter")
    await screen.shows("last look 12:59:30")
    await screen.press("t")
    await screen.shows("last look 11:59:30")
