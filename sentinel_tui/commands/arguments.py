"""The arguments of a command, read from its words in any order."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from difflib import get_close_matches
from typing import Any

from sentinel_tui.commands.reading import Invocation, Suggestion
from sentinel_tui.commands.spec import (
    Argument,
    ArgumentKind,
    Arguments,
    CommandSpec,
    Danger,
    registered,
)
from sentinel_tui.commands.windows import Window, is_bare_number, read_window
from sentinel_tui.commands.words import STOP_WORDS

_SHORTEST_PREFIX = 2
_MOST_SUGGESTIONS = 6
_ALERT_NUMBER = re.compile(r"(?:#|n°|no)?(\d{1,9})", re.ASCII)
_TIMES = (ArgumentKind.WINDOW, ArgumentKind.DURATION)

_Read = tuple[Any, int]
"""An argument's value, and how many words said it."""


def fill(
    spec: CommandSpec, words: Sequence[str], services: Sequence[str]
) -> Invocation | Suggestion:
    """Read all of `words` as arguments of `spec`.

    Every word must be understood: what is neither an argument nor a word without meaning makes a
    suggestion, so that "do not wake curator" never wakes anything.
    """
    found: dict[ArgumentKind, Any] = {}
    index = 0
    while index < len(words):
        used = _take(spec, words[index:], services, found)
        if used == 0:
            return _not_understood(spec, words, index, services)
        index += used
    return _complete(spec, found, services)


def _take(
    spec: CommandSpec,
    words: Sequence[str],
    services: Sequence[str],
    found: dict[ArgumentKind, Any],
) -> int:
    """Understand the first of `words`; how many words that took, 0 when it means nothing here."""
    missing = [one for one in spec.arguments if one.kind not in found]
    for argument in missing:
        read = _READERS[argument.kind](argument, words, services)
        if read is not None:
            found[argument.kind] = read[0]
            return read[1]
    word = words[0]
    if word in STOP_WORDS or word in spec.fillers or word in spec.words:
        return 1
    beginnings = _services_beginning_with(word, services)
    wanted = any(one.kind is ArgumentKind.SERVICE for one in missing)
    if wanted and len(beginnings) == 1 and spec.danger is Danger.NONE:
        found[ArgumentKind.SERVICE] = beginnings[0]
        return 1
    return 0


def _complete(
    spec: CommandSpec, found: dict[ArgumentKind, Any], services: Sequence[str]
) -> Invocation | Suggestion:
    for kind in _TIMES:
        window: Window | None = found.get(kind)
        if window is not None and not window.sensible:
            return Suggestion(
                f"{spec.name} takes a time between a minute and 400 days", (spec.usage,)
            )
    given = Invocation(spec, replace(Arguments(), **found))
    missing = [one for one in spec.arguments if one.required and one.kind not in found]
    if not missing:
        return given
    lines: tuple[str, ...] = (spec.usage,)
    if missing[0].kind is ArgumentKind.SERVICE and services:
        lines = tuple(_with_service(given, service) for service in services[:_MOST_SUGGESTIONS])
    return Suggestion(f"{spec.name} needs {_ARTICLES[missing[0].kind]}", lines)


def _not_understood(
    spec: CommandSpec, words: Sequence[str], index: int, services: Sequence[str]
) -> Suggestion:
    word = words[index]
    if spec.argument(ArgumentKind.SERVICE) is None:
        return Suggestion(f"{spec.name} does not understand “{word}”", (spec.usage,))
    if word in services:
        return Suggestion(f"{spec.name} takes one service at a time", (spec.usage,))
    if is_bare_number(word):
        return Suggestion(f"{word} of what? write it like {word}h or {word}d", (spec.usage,))
    alike = _services_beginning_with(word, services) or get_close_matches(word, services)
    if not alike:
        return Suggestion(f"{spec.name} does not understand “{word}”", (spec.usage,))
    lines: list[str] = []
    for service in alike[:_MOST_SUGGESTIONS]:
        corrected = fill(spec, [*words[:index], service, *words[index + 1 :]], services)
        lines += [corrected.text] if isinstance(corrected, Invocation) else corrected.usages
    return Suggestion(
        f"{spec.name} does not know “{word}”", tuple(dict.fromkeys(lines))[:_MOST_SUGGESTIONS]
    )


def _with_service(given: Invocation, service: str) -> str:
    return Invocation(given.spec, replace(given.arguments, service=service)).text


def _services_beginning_with(word: str, services: Sequence[str]) -> list[str]:
    if len(word) < _SHORTEST_PREFIX:
        return []
    return [service for service in services if service.startswith(word)]


def _service(_: Argument, words: Sequence[str], services: Sequence[str]) -> _Read | None:
    return (words[0], 1) if words[0] in services else None


def _time(_: Argument, words: Sequence[str], __: Sequence[str]) -> _Read | None:
    return read_window(words)


def _alert(_: Argument, words: Sequence[str], __: Sequence[str]) -> _Read | None:
    number = _ALERT_NUMBER.fullmatch(words[0])
    return (int(number.group(1)), 1) if number else None


def _choice(argument: Argument, words: Sequence[str], _: Sequence[str]) -> _Read | None:
    for choice, meaning in argument.choices.items():
        if words[0] in meaning:
            return choice, 1
    return None


def _topic(argument: Argument, words: Sequence[str], services: Sequence[str]) -> _Read | None:
    for spec in registered():
        if words[0] in spec.words:
            return spec.name, 1
    return _choice(argument, words, services)


_READERS: dict[ArgumentKind, Callable[[Argument, Sequence[str], Sequence[str]], _Read | None]] = {
    ArgumentKind.SERVICE: _service,
    ArgumentKind.WINDOW: _time,
    ArgumentKind.DURATION: _time,
    ArgumentKind.ALERT: _alert,
    ArgumentKind.CHOICE: _choice,
    ArgumentKind.TOPIC: _topic,
}

_ARTICLES = {
    ArgumentKind.SERVICE: "a service",
    ArgumentKind.WINDOW: "a stretch of time such as 24h",
    ArgumentKind.DURATION: "a stretch of time such as 2h",
    ArgumentKind.ALERT: "the number of an alert, as `alerts` shows it",
    ArgumentKind.CHOICE: "one of its words",
    ArgumentKind.TOPIC: "a command",
}
