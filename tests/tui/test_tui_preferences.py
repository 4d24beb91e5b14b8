"""What the screen reads of the configuration, however broken the rest of it is."""

from __future__ import annotations

import pytest

from sentinel_tui.domain.video.insights import Language
from sentinel_tui.tui.preferences import Preferences, read_preferences


def read(folder, text: str) -> Preferences:
    file = folder / "sentinel.toml"
    file.write_text(text, encoding="utf-8")
    return read_preferences(file)


def test_without_a_file_nothing_is_configured(folder):
    assert read_preferences(folder / "none.toml") == Preferences(configured=False)


def test_the_owner_is_heard(folder):
    heard = read(
        folder,
        """
        [display]
        theme = "high-contrast"
        time_zone = "Europe/Paris"
        mouse = true
        ascii = true
        [keys]
        "probe.now" = "x"
        [videos]
        language = "fr"
        """,
    )
    keys, french = {"probe.now": "x"}, Language.FRENCH
    assert heard == Preferences("high-contrast", "Europe/Paris", True, True, keys, language=french)


@pytest.mark.parametrize(
    "text",
    [
        "this is no toml [",
        'display = "dark"',
        "keys = 3",
        '[display]\ntheme = 3\ntime_zone = ["UTC"]\nmouse = "yes"\nascii = 1',
        '[display]\ntime_zone = "Nowhere/Land"',
        '[display]\ntime_zone = "../../etc/passwd"',
        '[display]\ntime_zone = "/etc/passwd"',
        '[keys]\n"probe.now" = 3',
        '[videos]\nlanguage = "de"',
        "\x00",
    ],
)
def test_what_is_wrong_stays_at_its_default_and_stops_nothing(folder, text):
    assert read(folder, text) == Preferences()


def test_a_file_that_may_not_be_read_stops_nothing(folder):
    (folder / "sentinel.toml").mkdir()
    assert read_preferences(folder / "sentinel.toml") == Preferences()


def test_text_of_the_file_is_cleaned_before_it_can_reach_the_screen(folder):
    heard = read(folder, '[keys]\n"\\u001b[2J" = "x"')
    assert list(heard.keys) == ["·[2J"]
