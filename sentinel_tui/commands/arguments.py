"""The arguments of a command, read from its words in any order."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from difflib import get_close_matches
from typing import Any

from sentinel_tui.commands.argument_kinds import read_argument
from sentinel_tui.commands.reading import Invocation, Suggestion
from sentinel_tui.commands.spec import (
    Argument,
    ArgumentKind,
    Arguments,
    CommandSpec,
    Danger,
)
from sentinel_tui.commands.windows import Window, is_bare_number
from sentinel_tui.commands.words import STOP_WORDS, Word

_SHORTEST_PREFIX = 2
_MOST_SUGGESTIONS = 6
_TIMES = (ArgumentKind.WINDOW, ArgumentKind.DURATION)
_NAMING = (ArgumentKind.SERVICE, ArgumentKind.MATCH)
"""Kinds of argument in which a service is named."""


def fill(
    spec: CommandSpec, words: Sequence[Word], services: Sequence[str]
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
    words: Sequence[Word],
    services: Sequence[str],
    found: dict[ArgumentKind, Any],
) -> int:
    """Understand the first of `words`; how many words that took, 0 when it means nothing here."""
    missing = [one for one in spec.arguments if one.kind not in found]
    for argument in missing:
        if argument.follows is not None and argument.follows not in found:
            continue
        read = read_argument(argument, words, services)
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
    missing = _missing(spec, found)
    if not missing:
        return given
    lines: tuple[str, ...] = (spec.usage,)
    if missing[0].kind is ArgumentKind.SERVICE and services:
        lines = tuple(_with_service(given, service) for service in services[:_MOST_SUGGESTIONS])
    return Suggestion(f"{spec.name} needs {_ARTICLES[missing[0].kind]}", lines)


def _missing(spec: CommandSpec, found: dict[ArgumentKind, Any]) -> list[Argument]:
    """The arguments without which the command makes no sense, and that nothing else stands for."""
    replaced = {one.instead_of for one in spec.arguments if one.kind in found}
    return [
        one
        for one in spec.arguments
        if one.required and one.kind not in found and one.kind not in replaced
    ]


def _not_understood(
    spec: CommandSpec, words: Sequence[Word], index: int, services: Sequence[str]
) -> Suggestion:
    word = words[index]
    if not any(one.kind in _NAMING for one in spec.arguments):
        return Suggestion(f"{spec.name} does not understand “{word}”", (spec.usage,))
    if word in services:
        several = spec.argument(ArgumentKind.MATCH) is not None
        takes = "its services side by side" if several else "one service at a time"
        return Suggestion(f"{spec.name} takes {takes}", (spec.usage,))
    if is_bare_number(word):
        return Suggestion(f"{word} of what? write it like {word}h or {word}d", (spec.usage,))
    alike = _services_beginning_with(word, services) or get_close_matches(word, services)
    if not alike:
        return Suggestion(f"{spec.name} does not understand “{word}”", (spec.usage,))
    lines: list[str] = []
    for service in alike[:_MOST_SUGGESTIONS]:
        corrected = fill(spec, [*words[:index], Word(service), *words[index + 1 :]], services)
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


_ARTICLES = {
    ArgumentKind.SERVICE: "a service",
    ArgumentKind.WINDOW: "a stretch of time such as 24h",
    ArgumentKind.DURATION: "a stretch of time such as 2h",
    ArgumentKind.ALERT: "the number of an alert, as `alerts` shows it",
    ArgumentKind.INCIDENT: "the number of an incident, as `incidents` shows it",
    ArgumentKind.SILENCE: "the number of a silence, as `silences` shows it",
    ArgumentKind.MATCH: "services by name, or words such as tag:shop",
    ArgumentKind.UNTIL_HEALTHY: "an end",
    ArgumentKind.TEXT: "some text",
    ArgumentKind.CHANNEL: "the name of a channel, as `notify` shows it",
    ArgumentKind.CHOICE: "one of its words",
    ArgumentKind.TOPIC: "a command",
    ArgumentKind.EVERYWHERE: "a service, or all",
    ArgumentKind.UNTIL: "a time of day such as 18:00",
    ArgumentKind.HOURS: "a number of hours such as 312.5",
    ArgumentKind.BUDGET: "hours a month, such as budget=500",
    ArgumentKind.COUNT: "a number of instances, 1 to 100",
    ArgumentKind.RANGE: "the fewest and the most instances, such as 1-3",
    ArgumentKind.PLAN: "one of Render's plans, such as starter",
    ArgumentKind.COMMIT: "a commit",
    ArgumentKind.DEPLOY: "a deploy, as `deploys` shows it",
    ArgumentKind.ACTION: "the number of an action, as `actions` shows it",
    ArgumentKind.TUNING: "the number of a tuning, as `tune` shows it",
    ArgumentKind.DRY_RUN: "nothing more",
    ArgumentKind.LIBRARY: "a library, as `libraries` shows it",
    ArgumentKind.ORDER: "something to order by, such as `by views`",
}
