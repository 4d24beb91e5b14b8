"""Writing TOML: the few forms that a configuration needs."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence

_BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")
_UNITS_S = ((86_400, "d"), (3_600, "h"), (60, "m"), (1, "s"))
_LONGEST_WITH_UNIT_S = 1e12


def toml_key(key: str) -> str:
    """A key as TOML writes it, quoted where it has to be."""
    return key if _BARE_KEY.fullmatch(key) else toml_text(key)


def toml_text(text: str) -> str:
    """Text in quotes. JSON's escapes are TOML's too; only DEL has to be escaped besides."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def toml_value(value: object) -> str:
    """A value on one line; tables are written inline."""
    match value:
        case bool():
            return "true" if value else "false"
        case str():
            return toml_text(value)
        case Mapping():
            pairs = [f"{toml_key(str(key))} = {toml_value(one)}" for key, one in value.items()]
            return "{ " + ", ".join(pairs) + " }" if pairs else "{}"
        case Sequence():
            return "[" + ", ".join(toml_value(one) for one in value) + "]"
        case _:
            return repr(value)


def toml_duration(seconds: float) -> str:
    """A duration in the largest unit that takes it whole: `"5m"`; else the number of seconds."""
    if 0 < seconds < _LONGEST_WITH_UNIT_S:
        for unit_s, unit in _UNITS_S:
            if seconds % unit_s == 0:
                return toml_text(f"{int(seconds // unit_s)}{unit}")
    return repr(seconds)
