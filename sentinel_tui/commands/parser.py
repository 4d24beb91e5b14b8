"""From a line of text to a command with its arguments, or to what might have been meant.

Pure, and it never raises. A guess is never run: a typo, an ambiguity, an unknown word or a missing
argument becomes a `Suggestion`. Where a mistake would cost something (`Danger`), abbreviations are
guesses too.
"""

from __future__ import annotations

from collections.abc import Sequence
from difflib import get_close_matches

from sentinel_tui.commands.arguments import fill
from sentinel_tui.commands.catalog import BY_NAME, CATALOG
from sentinel_tui.commands.reading import Invocation, Suggestion
from sentinel_tui.commands.spec import CommandSpec, Danger
from sentinel_tui.commands.windows import read_window
from sentinel_tui.commands.words import LONGEST_LINE, STOP_WORDS, Word, split_words

_SHORTEST_PREFIX = 3
_MOST_SUGGESTIONS = 6
_ALIKE = 0.7
_SPEC_OF_WORD = {word: spec for spec in CATALOG for word in spec.words}
_ABOUT_A_SERVICE = ("why", "metrics", "history")
_STARTS = tuple(BY_NAME[name].usage for name in ("status", "alerts", "why", "metrics", "help"))


def parse(text: str, services: Sequence[str]) -> Invocation | Suggestion:
    """Read one line.

    Args:
        text: What was typed, in English or French.
        services: The ids of the services there are.
    """
    if len(text) > LONGEST_LINE:
        return Suggestion(f"a command is at most {LONGEST_LINE} characters long", _STARTS)
    words = split_words(text)
    if not words:
        return Suggestion("nothing was asked", _STARTS)
    for index, word in enumerate(words):
        if word in _SPEC_OF_WORD:
            return _filled(_SPEC_OF_WORD[word], _without(words, index), services)
    return _by_prefix(words, services) or _unknown(words, services)


def parse_arguments(
    spec: CommandSpec, words: Sequence[str], services: Sequence[str]
) -> Invocation | Suggestion:
    """Read the arguments of a command that is already known, as on the command line."""
    line = " ".join(words)
    if len(line) > LONGEST_LINE:
        return Suggestion(f"arguments are at most {LONGEST_LINE} characters long", (spec.usage,))
    return _filled(spec, split_words(line), services)


def _filled(
    spec: CommandSpec, words: Sequence[Word], services: Sequence[str]
) -> Invocation | Suggestion:
    """The command with its arguments; where another command was named too, both are suggested."""
    result = fill(spec, words, services)
    if isinstance(result, Invocation):
        return result
    others = {_SPEC_OF_WORD[word].usage for word in words if word in _SPEC_OF_WORD}
    others.discard(spec.usage)
    return Suggestion(result.message, (*result.usages, *sorted(others))[:_MOST_SUGGESTIONS])


def _by_prefix(words: Sequence[Word], services: Sequence[str]) -> Invocation | Suggestion | None:
    """The command that a word is the beginning of."""
    for index in _open_words(words, services):
        specs = _specs_beginning_with(words[index])
        if not specs:
            continue
        if len(specs) > 1:
            return Suggestion(
                f"“{words[index]}” could be several commands", tuple(one.usage for one in specs)
            )
        rest = _without(words, index)
        if specs[0].danger is Danger.NONE:
            return _filled(specs[0], rest, services)
        return Suggestion(
            f"“{words[index]}” may mean {specs[0].name}, which runs only when it is typed in full",
            _lines(specs[0], rest, services),
        )
    return None


def _unknown(words: Sequence[Word], services: Sequence[str]) -> Suggestion:
    """What a line without a command word might have meant."""
    for index in _open_words(words, services):
        alike = get_close_matches(words[index], list(_SPEC_OF_WORD), cutoff=_ALIKE)
        specs = list(dict.fromkeys(_SPEC_OF_WORD[word] for word in alike))
        if specs:
            rest = _without(words, index)
            lines = [line for spec in specs for line in _lines(spec, rest, services)]
            return Suggestion(
                f"there is no command “{words[index]}”", tuple(lines[:_MOST_SUGGESTIONS])
            )
    named = [word for word in words if word in services]
    if named:
        return Suggestion(
            f"what about {named[0]}?", tuple(f"{name} {named[0]}" for name in _ABOUT_A_SERVICE)
        )
    return Suggestion("this is no command", _STARTS)


def _open_words(words: Sequence[Word], services: Sequence[str]) -> list[int]:
    """Where words stand that are neither services, stretches of time nor without meaning."""
    found, index = [], 0
    while index < len(words):
        window = read_window(words[index:])
        if window is None and words[index] not in services and words[index] not in STOP_WORDS:
            found.append(index)
        index += window[1] if window else 1
    return found


def _specs_beginning_with(word: str) -> list[CommandSpec]:
    if len(word) < _SHORTEST_PREFIX:
        return []
    return [spec for spec in CATALOG if any(known.startswith(word) for known in spec.words)]


def _lines(spec: CommandSpec, words: Sequence[Word], services: Sequence[str]) -> tuple[str, ...]:
    """Lines to type when this command was meant."""
    result = fill(spec, words, services)
    return (result.text,) if isinstance(result, Invocation) else result.usages


def _without(words: Sequence[Word], index: int) -> list[Word]:
    return [*words[:index], *words[index + 1 :]]
