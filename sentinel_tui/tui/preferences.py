"""What the screen needs of the configuration, read without judging the rest of it.

The screen must open when the file is broken, and quickly: the whole model takes a third of a
second to import, which is more than all of the first paint. So only `[display]`, `[keys]` and a
few entries of other tables are read, and what is wrong in them is left at its default; the engine
and `sentinel config check` name every mistake.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from sentinel_tui.domain.video.insights import Language
from sentinel_tui.text import clean_text, parse_duration_s

if TYPE_CHECKING:
    from sentinel_tui.tui.bells import Bell

DEFAULT_ZONE = "UTC"
DEFAULT_ACKNOWLEDGED_S = 4 * 3_600.0
DEFAULT_BUDGET_H = 750.0
DEFAULT_RESERVE = 0.1
_MOST_RESERVE = 0.9


@dataclass(frozen=True, slots=True)
class Preferences:
    """How the owner wants the screen; see `[display]` and `[keys]` in the configuration.

    Attributes:
        theme: The theme, or empty for the one that suits the terminal.
        time_zone: The zone in which times are shown.
        mouse: Whether the terminal reports the mouse.
        ascii: Whether everything is drawn with ASCII.
        keys: The owner's keys by binding id.
        bells: How this terminal rings for each channel of kind terminal, by the channel's name.
        objectives: Which share of the time a service should be up, in percent, by its id.
        acknowledged_s: For how long an acknowledgement counts.
        budget_h: Instance-hours of a month; see `[render]`.
        reserve: Which share of them no plan touches.
        language: In which language insights are told; see `[videos]`.
        configured: Whether there is a configuration at all.
        read_only: Whether nothing may be changed from this screen; asked for when it is opened.
    """

    theme: str = ""
    time_zone: str = DEFAULT_ZONE
    mouse: bool = False
    ascii: bool = False
    keys: Mapping[str, str] = field(default_factory=dict)
    bells: Mapping[str, Bell] = field(default_factory=dict)
    objectives: Mapping[str, float] = field(default_factory=dict)
    acknowledged_s: float = DEFAULT_ACKNOWLEDGED_S
    budget_h: float = DEFAULT_BUDGET_H
    reserve: float = DEFAULT_RESERVE
    language: Language = Language.ENGLISH
    configured: bool = True
    read_only: bool = False


def read_preferences(config: Path) -> Preferences:
    """The preferences in a configuration, as far as they can be read."""
    try:
        tables = tomllib.loads(config.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return Preferences(configured=False)
    except (OSError, ValueError):
        return Preferences()
    display = _table(tables, "display")
    return Preferences(
        theme=_text(display.get("theme")),
        time_zone=_zone(_text(display.get("time_zone"))),
        mouse=display.get("mouse") is True,
        ascii=display.get("ascii") is True,
        keys={
            clean_text(binding, 60): clean_text(keys, 60)
            for binding, keys in _table(tables, "keys").items()
            if isinstance(keys, str)
        },
        bells={
            clean_text(one.get("name"), 60): _bell(one)
            for one in _entries(tables, "channels")
            if one.get("kind") == "terminal"
        },
        objectives={
            clean_text(one.get("id"), 60): float(one["objective"])
            for one in _entries(tables, "services")
            if isinstance(one.get("objective"), int | float)
        },
        acknowledged_s=_seconds(_table(tables, "notifications").get("acknowledged_for")),
        budget_h=_positive(_table(tables, "render").get("budget_hours"), DEFAULT_BUDGET_H),
        reserve=_share(_table(tables, "render").get("reserve")),
        language=_language(_table(tables, "videos").get("language")),
    )


def _table(tables: dict[str, Any], name: str) -> dict[str, Any]:
    table = tables.get(name)
    return table if isinstance(table, dict) else {}


def _entries(tables: dict[str, Any], name: str) -> list[dict[str, Any]]:
    entries = tables.get(name)
    return [one for one in entries if isinstance(one, dict)] if isinstance(entries, list) else []


def _bell(channel: dict[str, Any]) -> Bell:
    # Imported here: few have such a channel, and the first picture waits for this.
    from sentinel_tui.tui.bells import NO_DESKTOP, Bell

    desktop = _text(channel.get("desktop")) or NO_DESKTOP
    return Bell(audible=channel.get("bell") is not False, desktop=desktop)


def _seconds(duration: object) -> float:
    try:
        return parse_duration_s(str(duration))
    except ValueError:
        return DEFAULT_ACKNOWLEDGED_S


def _positive(value: object, default: float) -> float:
    return float(value) if isinstance(value, int | float) and value > 0 else default


def _share(percent: object) -> float:
    if not isinstance(percent, int | float) or not 0 <= percent <= _MOST_RESERVE * 100:
        return DEFAULT_RESERVE
    return percent / 100


def _language(value: object) -> Language:
    return Language.FRENCH if value == Language.FRENCH else Language.ENGLISH


def _text(value: object) -> str:
    return clean_text(value, 60) if isinstance(value, str) else ""


def _zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        # Unknown, a path instead of a name, or a folder: each has an exception of its own.
        return DEFAULT_ZONE
    return name
