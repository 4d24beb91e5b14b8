"""What the screen needs of the configuration, read without judging the rest of it.

The screen must open when the file is broken, and quickly: the whole model takes a third of a
second to import, which is more than all of the first paint. So only `[display]` and `[keys]` are
read, and what is wrong in them is left at its default; the engine and `sentinel config check`
name every mistake.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from sentinel_tui.text import clean_text

DEFAULT_ZONE = "UTC"


@dataclass(frozen=True, slots=True)
class Preferences:
    """How the owner wants the screen; see `[display]` and `[keys]` in the configuration.

    Attributes:
        theme: The theme, or empty for the one that suits the terminal.
        time_zone: The zone in which times are shown.
        mouse: Whether the terminal reports the mouse.
        ascii: Whether everything is drawn with ASCII.
        keys: The owner's keys by binding id.
        configured: Whether there is a configuration at all.
    """

    theme: str = ""
    time_zone: str = DEFAULT_ZONE
    mouse: bool = False
    ascii: bool = False
    keys: Mapping[str, str] = field(default_factory=dict)
    configured: bool = True


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
    )


def _table(tables: dict[str, Any], name: str) -> dict[str, Any]:
    table = tables.get(name)
    return table if isinstance(table, dict) else {}


def _text(value: object) -> str:
    return clean_text(value, 60) if isinstance(value, str) else ""


def _zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        # Unknown, a path instead of a name, or a folder: each has an exception of its own.
        return DEFAULT_ZONE
    return name
