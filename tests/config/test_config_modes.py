"""The calendar of modes."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from sentinel_tui.config.loader import ConfigInvalid, load
from sentinel_tui.config.modes import calendar_for
from sentinel_tui.domain.keepalive.modes import Mode

WriteConfig = Callable[..., Path]

_HEAD = """\
[display]
time_zone = "Europe/Paris"
[[services]]
id = "shop"
url = "https://shop.example"
"""
_NIGHT = """\
[[modes]]
name = "night"
cron = "0 23 * * *"
duration = "8h"
mode = "economy"
"""


def test_hours_come_as_they_were_written_in_the_zone_of_the_owner(
    write_config: WriteConfig,
) -> None:
    day = _NIGHT.replace("night", "launch").replace("economy", "hyper-vigilant")
    text = _HEAD + _NIGHT + day + 'zone = "UTC"\nservices = ["shop"]\n'
    night, launch = calendar_for(load(write_config(text)).config)
    assert (night.name, night.mode, night.services) == ("night", Mode.ECONOMY, ())
    assert (night.cron, night.zone, night.duration_s) == ("0 23 * * *", "Europe/Paris", 28_800)
    assert (launch.mode, launch.zone, launch.services) == (Mode.HYPER_VIGILANT, "UTC", ("shop",))


@pytest.mark.parametrize("mode", list(Mode))
def test_every_mode_can_be_asked_for(write_config: WriteConfig, mode: Mode) -> None:
    path = write_config(_HEAD + _NIGHT.replace("economy", mode))
    assert [one.mode for one in calendar_for(load(path).config)] == [mode]


@pytest.mark.parametrize(
    ("written", "instead", "line", "expected"),
    [
        ('mode = "economy"', 'mode = "eco"', 10, '"hyper-vigilant", "normal", "economy"'),
        ('cron = "0 23 * * *"', 'cron = ""', 8, "five fields"),
        ('cron = "0 23 * * *"', 'cron = "0 25 * * *"', 8, "five fields"),
        ('duration = "8h"', 'duration = "10s"', 9, "1m"),
        ('mode = "economy"', 'mode = "economy"\nservices = ["shpo"]', 11, 'did you mean "shop"'),
    ],
)
def test_a_mistake_is_named_with_its_line_and_what_is_expected(
    write_config: WriteConfig, written: str, instead: str, line: int, expected: str
) -> None:
    with pytest.raises(ConfigInvalid) as invalid:
        load(write_config(_HEAD + _NIGHT.replace(written, instead)))
    (problem,) = invalid.value.problems
    assert problem.line == line
    assert expected in str(problem)


def test_each_has_a_name_of_its_own(write_config: WriteConfig) -> None:
    with pytest.raises(ConfigInvalid, match="already taken on line 7"):
        load(write_config(_HEAD + _NIGHT + _NIGHT))
