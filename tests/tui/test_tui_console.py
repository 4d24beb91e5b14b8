"""The console: what is typed is what runs, and nothing that was typed ahead is lost."""

from __future__ import annotations

import asyncio

import pytest
from textual.events import Key
from textual.widgets import Input
from tui_screen import opened

from sentinel_tui.tui.vocabulary import completions, must_ask_before
from sentinel_tui.tui.widgets.console import Console


@pytest.fixture
async def screen(watch, engine):
    async with opened(watch) as screen:
        await screen.shows("min ", "engine 4711 watches")
        yield screen


def line(screen) -> str:
    return screen.app.query_one(Console).query_one(Input).value


async def test_a_line_is_answered_above_it(screen):
    await screen.press("colon")
    await screen.type("why public")
    await screen.press("enter")
    await screen.shows("▸ why public", "Needs: monetizer")
    assert line(screen) == ""


async def test_what_is_typed_ahead_in_one_packet_is_kept(screen):
    for char in ":status":
        name = {":": "colon"}.get(char, char)
        screen.app.post_message(Key(name, char))
    screen.app.post_message(Key("enter", "\r"))
    await screen.shows("▸ status", "of 4 services are well")


async def test_what_is_typed_before_the_first_picture_is_kept(watch, engine):
    async with opened(watch) as screen:
        for char in ":status":
            screen.app.post_message(Key({":": "colon"}.get(char, char), char))
        screen.app.post_message(Key("enter", "\r"))
        await screen.shows("▸ status", "of 4 services are well")


async def test_lines_are_answered_in_the_order_in_which_they_were_typed(screen, engine):
    engine.may_answer.clear()
    await screen.press("colon")
    await screen.type("probe public")
    await screen.press("enter")
    await screen.type("help why")
    await screen.press("enter")
    await screen.until(lambda: engine.asked != [])
    assert "▸ help why" not in screen.text
    engine.may_answer.set()
    await screen.shows("▸ help why")
    assert screen.text.index("▸ probe public") < screen.text.index("▸ help why")


async def test_lines_are_recalled(screen):
    await screen.press("colon")
    for text in ("alerts", "status"):
        await screen.type(text)
        await screen.press("enter")
    await screen.press("up")
    assert line(screen) == "status"
    await screen.press("up", "up")
    assert line(screen) == "alerts"
    await screen.press("down", "down")
    assert line(screen) == ""


async def test_a_line_is_completed_but_not_run(screen, engine):
    await screen.press("colon")
    await screen.type("metrics pub")
    await screen.press("tab")
    await screen.until(lambda: line(screen) == "metrics public")
    assert "▸" not in screen.text


async def test_a_typo_runs_nothing_and_says_what_might_be_meant(screen, engine):
    await screen.press("colon")
    await screen.type("probee public")
    await screen.press("enter")
    await screen.shows("▸ probee public")
    assert engine.asked == []


async def test_escape_leaves_and_the_answers_stay(screen):
    await screen.press("colon")
    await screen.type("help why")
    await screen.press("enter")
    await screen.shows("▸ help why")
    await screen.press("escape")
    await screen.until(lambda: "▸" not in screen.text)
    await screen.press("colon")
    await screen.shows("▸ help why")


async def test_the_console_opens_over_any_page(screen):
    await screen.press("enter")
    await screen.shows("last look")
    await screen.press("colon")
    await screen.type("alerts")
    assert line(screen) == "alerts"


async def test_what_could_do_harm_is_asked_about_by_name(screen, engine):
    await screen.press("colon")
    await screen.type("restart curator")
    await screen.press("enter")
    await screen.shows("Restart curator?")
    await screen.press("enter")
    assert "Restart curator?" in screen.text
    await screen.press("n")
    await screen.until(lambda: "Restart curator?" not in screen.text)
    assert verbs(engine) == ["consider"]
    await screen.press("up", "enter")
    await screen.shows("Restart curator?", "away for a few seconds")
    await screen.press("y")
    await screen.until(lambda: verbs(engine) == ["consider", "consider", "act"])
    assert engine.asked[-1] == ("act", {"service": "curator", "verb": "restart"})


def verbs(engine) -> list[str]:
    return [verb for verb, _ in engine.asked]


async def test_a_long_answer_is_shown_from_its_beginning(screen):
    await screen.press("colon")
    await screen.type("help")
    await screen.press("enter")
    await screen.shows("▸ help")
    await screen.press("pagedown")
    await screen.until(lambda: "▸ help" not in screen.text)


async def test_an_answer_is_literal_text(hostile_watch, engine):
    async with opened(hostile_watch) as screen:
        await screen.shows("min ")
        await screen.press("colon")
        await screen.type("why service-2")
        await screen.press("enter")
        await screen.shows("[bold red]x[/] [@click=app.quit]go[/]")


async def test_the_palette_puts_what_needs_words_into_the_console(screen, engine):
    await screen.press("ctrl+p")
    await screen.type("probe")
    await screen.shows("Run: probe [SERVICE]")
    await screen.press("enter")
    await screen.until(lambda: isinstance(screen.app.focused, Input) and line(screen) == "probe ")
    assert engine.asked == []


async def test_the_palette_runs_what_only_reads(screen):
    await screen.press("ctrl+p")
    await screen.type("run status")
    await screen.shows("Run: status")
    await screen.press("enter")
    await screen.shows("▸ status")


async def test_the_palette_leads_to_a_service(screen):
    await screen.press("ctrl+p")
    await screen.type("open cur")
    await screen.shows("Open: curator")
    await screen.press("enter")
    await screen.shows("https://curator.example.com/health")


def test_every_command_can_be_completed():
    lines = completions(["curator"])
    assert {"status", "metrics curator", "restart curator", "help"} <= set(lines)


@pytest.mark.parametrize("text", ["status", "restart", "restart curato", "probe curator", ""])
def test_only_what_would_run_and_could_do_harm_is_asked_about(text):
    assert not must_ask_before(text, ["curator"])


async def test_an_errand_that_fails_by_our_mistake_leaves_the_screen_standing(screen, monkeypatch):
    from sentinel_tui.commands import context

    def mistaken(text, context):
        raise ZeroDivisionError("token=hunter2")

    monkeypatch.setattr(context, "execute", mistaken)
    await screen.press("colon")
    await screen.type("status")
    await screen.press("enter")
    await screen.shows("this command failed: ZeroDivisionError")
    assert "hunter2" not in screen.text
    await asyncio.sleep(0)
