"""Numbers, names and groups of videos in words, in English and French with their typography.

French keeps a number and its sign together, and a sentence and its colon, by spaces that do not
break; a title may end a line, but no line begins with a mark.
"""

from __future__ import annotations

from typing import NamedTuple

from sentinel_tui.domain.video.trends import Topic
from sentinel_tui.text import shorten

NBSP = "\u00a0"
"""Before a colon, a percent sign and a unit, and inside quotation marks."""
THIN_NBSP = "\u202f"
"""Between thousands, and before a semicolon."""

_LONGEST_NAME = 60
_ONE_DIGIT_BELOW = 10
_PERCENT_DIGIT_BELOW = 0.1
_MINUTE_S = 60
_SECONDS_BELOW_S = 119.5


class Told(NamedTuple):
    """The same in both languages."""

    english: str
    french: str


def both(text: str) -> Told:
    """What needs no translation."""
    return Told(text, text)


def count(number: float) -> Told:
    """A whole number, such as 1,234 and 1 234."""
    english = f"{round(number):,}"
    return Told(english, english.replace(",", THIN_NBSP))


def percent(share: float) -> Told:
    """A share; small ones with a digit more."""
    digits = 1 if 0 < share < _PERCENT_DIGIT_BELOW else 0
    return _french(f"{share * 100:.{digits}f}", "%", f"{NBSP}%")


def change(ratio: float) -> Told:
    """By how much a ratio is above or below 1, such as +12% or −7%."""
    part = round((ratio - 1) * 100)
    return _french(f"{'−' if part < 0 else '+'}{abs(part):,}", "%", f"{NBSP}%")


def factor(ratio: float) -> Told:
    """A ratio as a number, such as 2.1."""
    digits = 1 if ratio < _ONE_DIGIT_BELOW else 0
    return _french(f"{ratio:.{digits}f}", "", "")


def duration(length_s: float) -> Told:
    """A length, in seconds below two minutes and in minutes above."""
    if length_s < _SECONDS_BELOW_S:
        return Told(f"{length_s:.0f} s", f"{length_s:.0f}{NBSP}s")
    minutes = count(length_s / _MINUTE_S)
    return Told(f"{minutes.english} min", f"{minutes.french}{NBSP}min")


def quoted(name: str) -> Told:
    """A name, cut where it is long, between the quotation marks of each language."""
    name = shorten(name, _LONGEST_NAME)
    return Told(f"“{name}”", f"«{NBSP}{name}{NBSP}»")


def listed(parts: list[Told]) -> Told:
    """Some things, one after the other."""
    return Told(", ".join(one.english for one in parts), ", ".join(one.french for one in parts))


def trait(topic: Topic, group: str) -> Told:
    """What a video of a group is like, to follow a noun."""
    if topic is Topic.TAG:
        name = quoted(group)
        return Told(f"tagged {name.english}", f"portant le mot-clé {name.french}")
    if topic is Topic.TITLE:
        name = quoted(group)
        return Told(f"with {name.english} in the title", f"avec {name.french} dans le titre")
    if topic is Topic.LIBRARY:
        name = quoted(group)
        return Told(f"in the library {name.english}", f"de la bibliothèque {name.french}")
    return _TRAITS.get(group, both(group))


def _french(number: str, english_sign: str, french_sign: str) -> Told:
    french = number.replace(",", THIN_NBSP).replace(".", ",")
    return Told(number + english_sign, french + french_sign)


_TRAITS = {
    "up to 1 min": Told("of up to 1 min", f"d’au plus 1{NBSP}min"),
    "1 to 5 min": Told("of 1 to 5 min", f"de 1 à 5{NBSP}min"),
    "5 to 15 min": Told("of 5 to 15 min", f"de 5 à 15{NBSP}min"),
    "over 15 min": Told("of over 15 min", f"de plus de 15{NBSP}min"),
    "Monday": Told("published on Monday", "publiées le lundi"),
    "Tuesday": Told("published on Tuesday", "publiées le mardi"),
    "Wednesday": Told("published on Wednesday", "publiées le mercredi"),
    "Thursday": Told("published on Thursday", "publiées le jeudi"),
    "Friday": Told("published on Friday", "publiées le vendredi"),
    "Saturday": Told("published on Saturday", "publiées le samedi"),
    "Sunday": Told("published on Sunday", "publiées le dimanche"),
    "night": Told("published at night", "publiées la nuit"),
    "morning": Told("published in the morning", "publiées le matin"),
    "afternoon": Told("published in the afternoon", "publiées l’après-midi"),
    "evening": Told("published in the evening", "publiées le soir"),
}
