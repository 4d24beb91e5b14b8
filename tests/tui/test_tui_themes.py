"""Colours that can be read, and none where none is wanted."""

from __future__ import annotations

import pytest
from tui_screen import colours, environment, opened

from sentinel_tui.tui import themes
from sentinel_tui.tui.cells import Tone

PAINTED = [theme for theme in themes.ALL if theme is not themes.ANSI]
READ = ("text", "muted", "accent", "good", "warn", "bad", "busy")


def luminance(colour: str) -> float:
    """Relative luminance as WCAG 2 defines it."""
    channels = [int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5)]
    red, green, blue = (
        one / 12.92 if one <= 0.04045 else ((one + 0.055) / 1.055) ** 2.4 for one in channels
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("theme", PAINTED, ids=lambda theme: theme.name)
@pytest.mark.parametrize("field", READ)
@pytest.mark.parametrize("behind", ["background", "cursor", "raised"])
def test_text_can_be_read_on_whatever_lies_behind_it(theme, field, behind):
    least = 7.0 if theme is themes.HIGH_CONTRAST else 4.5
    assert contrast(getattr(theme, field), getattr(theme, behind)) >= least


@pytest.mark.parametrize("theme", themes.ALL, ids=lambda theme: theme.name)
@pytest.mark.parametrize("colourless", [True, False])
def test_every_tone_has_a_style(theme, colourless):
    assert set(themes.tone_styles(theme, colourless=colourless)) == set(Tone)


def test_without_colour_what_is_chosen_and_what_is_bad_still_stand_out():
    styles = themes.tone_styles(themes.ANSI, colourless=True)
    assert styles[Tone.CHOSEN].reverse
    assert styles[Tone.BAD].bold
    assert themes.cursor_style(themes.ANSI, colourless=True).reverse


@pytest.mark.parametrize(
    ("wanted", "environment", "name"),
    [
        ("", {}, "sentinel-dark"),
        ("", {"SSH_CONNECTION": "1 2 3 4"}, "ansi"),
        ("sentinel-light", {"SSH_CONNECTION": "1 2 3 4"}, "sentinel-light"),
        ("high-contrast", {}, "high-contrast"),
        ("no-such-theme", {}, "sentinel-dark"),
        ("sentinel-light", {"NO_COLOR": "1"}, "ansi"),
        ("", {"NO_COLOR": ""}, "sentinel-dark"),
    ],
)
def test_the_theme_suits_the_terminal_unless_the_owner_says(wanted, environment, name):
    assert themes.choose(wanted, environment).name == name


@pytest.mark.parametrize("name", [theme.name for theme in themes.ALL])
async def test_every_theme_opens_every_kind_of_page(watch, engine, name):
    async with opened(watch, theme=name) as screen:
        await screen.shows("min ")
        assert screen.app.current_theme.name == name
        for keys in (["2"], ["question_mark"], ["escape"], ["ctrl+p"], ["escape"], ["colon"]):
            await screen.press(*keys)


async def test_over_ssh_only_the_terminals_own_colours_are_used(watch, engine, monkeypatch):
    environment(monkeypatch, {"SSH_CONNECTION": "1 2 3 4"})
    async with opened(watch) as screen:
        await screen.shows("min ")
        assert colours(screen.app) <= {"cyan", "green", "yellow", "red", "blue"}


async def test_an_empty_no_color_is_none(watch, engine, monkeypatch):
    environment(monkeypatch, {"NO_COLOR": ""})
    async with opened(watch) as screen:
        await screen.shows("min ")
        assert themes.DARK.accent in colours(screen.app)
