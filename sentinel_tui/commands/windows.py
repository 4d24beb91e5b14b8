"""Stretches of time as people say them: `24h`, `7 jours`, `1h30`, `last 30 minutes`."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

_MINUTE_S = 60
_HOUR_S = 3_600
_DAY_S = 86_400
SHORTEST_S = 60
LONGEST_S = 400 * _DAY_S

_UNITS_S = {
    "s sec second seconds seconde secondes": 1,
    "m min mins minute minutes": _MINUTE_S,
    "h hr hrs hour hours heure heures": _HOUR_S,
    "d day days j jour jours": _DAY_S,
    "w week weeks semaine semaines": 7 * _DAY_S,
    "month months mois": 30 * _DAY_S,
}
_UNIT_S = {word: seconds for words, seconds in _UNITS_S.items() for word in words.split()}
_ALONE = frozenset({"minute", "hour", "heure", "day", "jour", "week", "semaine", "month", "mois"})
"""Units that mean one of them when no number stands before: "the last hour"."""

_NUMBER = re.compile(r"\d{1,9}(?:[.,]\d{1,6})?", re.ASCII)
_PART = re.compile(r"(\d{1,9}(?:[.,]\d{1,6})?)([a-z]+)", re.ASCII)
_FRENCH_HOURS = re.compile(r"(\d{1,4})h(\d{2})", re.ASCII)


@dataclass(frozen=True, slots=True)
class Window:
    """A stretch of time of whole seconds."""

    seconds: int

    @property
    def label(self) -> str:
        """The shortest way to write it that is read back as the same: "90m", "24h", "7d"."""
        if self.seconds % _DAY_S == 0 and self.seconds > _DAY_S:
            return f"{self.seconds // _DAY_S}d"
        if self.seconds % _HOUR_S == 0:
            return f"{self.seconds // _HOUR_S}h"
        if self.seconds % _MINUTE_S == 0:
            return f"{self.seconds // _MINUTE_S}m"
        return f"{self.seconds}s"

    @property
    def sensible(self) -> bool:
        """Whether it is neither too short to hold a look nor longer than anything is kept."""
        return SHORTEST_S <= self.seconds <= LONGEST_S


def read_window(words: Sequence[str]) -> tuple[Window, int] | None:
    """The window that folded words begin with, and how many of the words say it.

    Returns:
        None when they begin with something else. A number without a unit is something else.
    """
    if not words:
        return None
    if _NUMBER.fullmatch(words[0]) and len(words) > 1 and words[1] in _UNIT_S:
        return _window(_number(words[0]) * _UNIT_S[words[1]]), 2
    if words[0] in _ALONE:
        return _window(_UNIT_S[words[0]]), 1
    seconds = _seconds_in_one_word(words[0])
    return None if seconds is None else (_window(seconds), 1)


def is_bare_number(word: str) -> bool:
    """Whether a word could be a window if it said of what."""
    return _NUMBER.fullmatch(word) is not None


def _window(seconds: float) -> Window:
    return Window(round(seconds))


def _seconds_in_one_word(word: str) -> float | None:
    hours_and_minutes = _FRENCH_HOURS.fullmatch(word)
    if hours_and_minutes:
        hours, minutes = hours_and_minutes.groups()
        return int(hours) * _HOUR_S + int(minutes) * _MINUTE_S
    parts = _PART.findall(word)
    if not parts or _PART.sub("", word) or any(unit not in _UNIT_S for _, unit in parts):
        return None
    return sum(_number(number) * _UNIT_S[unit] for number, unit in parts)


def _number(text: str) -> float:
    return float(text.replace(",", "."))
