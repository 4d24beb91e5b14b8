"""How each kind of argument is read from the words that follow, and said in words again."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any

from sentinel_tui.commands.hosting_kinds import (
    ALL_WORDS,
    UNTIL_WORDS,
    read_budget,
    read_commit,
    read_count,
    read_deploy,
    read_dry_run,
    read_everywhere,
    read_hours,
    read_plan,
    read_range,
    read_until,
    said_of_hosting,
)
from sentinel_tui.commands.spec import Argument, ArgumentKind, registered
from sentinel_tui.commands.spec import words as words_of
from sentinel_tui.commands.video_kinds import read_library, read_order
from sentinel_tui.commands.windows import read_window
from sentinel_tui.commands.words import STOP_WORDS, Word

EVERYTHING = "*"
"""The match that covers every service."""

_NUMBER = re.compile(r"(?:#|n°|no)?(0*[1-9]\d{0,8})", re.ASCII)
_QUOTES = "\"'“”«»‹›`"
_SENTENCE_ENDS = ".?,;"
_TEXT_BEGINNINGS = " :,;-–—"
_AND = frozenset({"and", "or", "et", "ou"})
_WELL = frozenset(
    words_of("healthy well up ok recovered recovery sain saine retabli retablissement guerison")
)

Read = tuple[Any, int]
"""An argument's value, and how many words said it."""


def read_argument(
    argument: Argument, words: Sequence[Word], services: Sequence[str]
) -> Read | None:
    """The argument that `words` begin with, or None when they begin with something else."""
    lead = 0
    while lead < len(words) and words[lead] in argument.after:
        lead += 1
    if argument.after and lead == 0:
        return None
    if lead == len(words):
        return None
    read = _READERS[argument.kind](argument, words[lead:], services)
    return None if read is None else (read[0], read[1] + lead)


def said(argument: Argument, value: Any) -> str:
    """The words that are read back as this value."""
    match argument.kind:
        case ArgumentKind.DURATION:
            plain = f"for {value.label}"
        case ArgumentKind.WINDOW:
            plain = value.label
        case ArgumentKind.UNTIL_HEALTHY:
            plain = "until healthy"
        case _:
            plain = said_of_hosting(argument.kind, value)
    return f"{argument.after[0]} {plain}" if argument.after else plain


def match_part(word: Word, services: Sequence[str]) -> str:
    """What a word covers in the language of matches, or empty when it is none of its words.

    A bare word must be the id of a service in full: a silence over nothing, for a slip of the
    finger, would be found out by the alarm at night.
    """
    part = word.typed.strip(_QUOTES).rstrip(_SENTENCE_ENDS).strip(_QUOTES)
    positive = part.removeprefix("!")
    if ":" in positive.strip(":") or "*" in positive:
        return part
    named = positive.lower().split(",")
    if all(name in services for name in named):
        return part[: len(part) - len(positive)] + positive.lower()
    return EVERYTHING if word in ALL_WORDS else ""


def _service(_: Argument, words: Sequence[Word], services: Sequence[str]) -> Read | None:
    return (str(words[0]), 1) if words[0] in services else None


def _time(_: Argument, words: Sequence[Word], __: Sequence[str]) -> Read | None:
    return read_window(words)


def _number(_: Argument, words: Sequence[Word], __: Sequence[str]) -> Read | None:
    number = _NUMBER.fullmatch(words[0])
    return (int(number.group(1)), 1) if number else None


def _choice(argument: Argument, words: Sequence[Word], _: Sequence[str]) -> Read | None:
    for choice, meaning in argument.choices.items():
        if words[0] in meaning:
            return choice, 1
    return None


def _topic(argument: Argument, words: Sequence[Word], services: Sequence[str]) -> Read | None:
    for spec in registered():
        if words[0] in spec.words:
            return spec.name, 1
    return _choice(argument, words, services)


def _match(_: Argument, words: Sequence[Word], services: Sequence[str]) -> Read | None:
    """Parts side by side must all hold; services side by side are alternatives, as people say."""
    parts: list[str] = []
    named: list[str] = []
    used = 0
    for place, word in enumerate(words, start=1):
        part = match_part(word, services)
        if part:
            (named if _is_bare(part) else parts).append(part)
            used = place
        elif not (named or parts) or word not in STOP_WORDS | _AND:
            break
    if not used:
        return None
    return " ".join([",".join(dict.fromkeys(named)), *parts] if named else parts), used


def _is_bare(part: str) -> bool:
    return not set(part) & set("!:*")


def _until_healthy(_: Argument, words: Sequence[Word], __: Sequence[str]) -> Read | None:
    if words[0] not in UNTIL_WORDS:
        return None
    for place, word in enumerate(words[1:], start=2):
        if word in _WELL:
            return True, place
        if word not in STOP_WORDS:
            return None
    return None


def _text(_: Argument, words: Sequence[Word], __: Sequence[str]) -> Read | None:
    text = " ".join(word.typed for word in words).lstrip(_TEXT_BEGINNINGS)
    return (text, len(words)) if text else None


def _channel(_: Argument, words: Sequence[Word], __: Sequence[str]) -> Read | None:
    if words[0] in STOP_WORDS:
        return None
    return words[0].typed.strip(_QUOTES).rstrip(_SENTENCE_ENDS) or str(words[0]), 1


_READERS: dict[ArgumentKind, Callable[[Argument, Sequence[Word], Sequence[str]], Read | None]] = {
    ArgumentKind.SERVICE: _service,
    ArgumentKind.WINDOW: _time,
    ArgumentKind.DURATION: _time,
    ArgumentKind.ALERT: _number,
    ArgumentKind.INCIDENT: _number,
    ArgumentKind.SILENCE: _number,
    ArgumentKind.CHOICE: _choice,
    ArgumentKind.TOPIC: _topic,
    ArgumentKind.MATCH: _match,
    ArgumentKind.UNTIL_HEALTHY: _until_healthy,
    ArgumentKind.TEXT: _text,
    ArgumentKind.CHANNEL: _channel,
    ArgumentKind.EVERYWHERE: read_everywhere,
    ArgumentKind.UNTIL: read_until,
    ArgumentKind.HOURS: read_hours,
    ArgumentKind.BUDGET: read_budget,
    ArgumentKind.COUNT: read_count,
    ArgumentKind.RANGE: read_range,
    ArgumentKind.PLAN: read_plan,
    ArgumentKind.COMMIT: read_commit,
    ArgumentKind.DEPLOY: read_deploy,
    ArgumentKind.ACTION: _number,
    ArgumentKind.TUNING: _number,
    ArgumentKind.DRY_RUN: read_dry_run,
    ArgumentKind.LIBRARY: read_library,
    ArgumentKind.ORDER: read_order,
}
