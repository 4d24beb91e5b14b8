"""Which services and alerts something is about: the small language of silences and channels.

Words joined by spaces must all hold. A word names a service (`api`, or `service:api`), a tag
(`tag:shop`), a rule (`rule:down`) or a severity (`severity:critical`). A comma joins alternatives
inside one word, `*` stands for anything, and a leading `!` turns a word round:

    tag:shop !service:checkout,search severity:critical

Nothing written matches everything. Case makes no difference.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

from sentinel_tui.domain.monitoring.alerts import Rule, Severity

_SUBJECTS = ("service", "tag", "rule", "severity")
_WORDS_OF = {"rule": tuple(Rule), "severity": tuple(word.casefold() for word in Severity)}
"""Subjects of which every possible value is known."""


def matches(
    match: str, *, service: str, tags: Iterable[str], rule: str = "", severity: str = ""
) -> bool:
    """Whether what is written covers one service, or one alert of it.

    Args:
        match: What is written.
        service: The service's id; empty for Sentinel itself.
        tags: Its tags.
        rule: The alert's rule, or empty where no alert is meant: then no named rule holds.
        severity: The alert's severity, or empty in the same way.

    Raises:
        ValueError: `match` is not in the language; `check_match` refuses it in time.
    """
    found = {"service": (service,), "tag": tuple(tags), "rule": (rule,), "severity": (severity,)}
    return all(
        word.negated is not any(map(word.covers, found[word.subject])) for word in _words(match)
    )


def check_match(match: str) -> None:
    """Refuse what is not in the language.

    Raises:
        ValueError: In one sentence, which word is wrong and what is allowed.
    """
    for word in _words(match):
        known = _WORDS_OF.get(word.subject)
        if known and not any(map(word.covers, known)):
            raise ValueError(
                f"there is no {word.subject} {word.written!r}; there is {', '.join(known)}"
            )


class _Word:
    """One word: a subject, its alternatives, and whether it is turned round."""

    __slots__ = ("_pattern", "negated", "subject", "written")

    def __init__(self, word: str) -> None:
        self.negated = word.startswith("!")
        subject, colon, values = word.removeprefix("!").rpartition(":")
        self.subject = subject.casefold() if colon else "service"
        self.written = values
        if self.subject not in _SUBJECTS:
            raise ValueError(
                f"{word!r} begins with {subject!r}; write service:, tag:, rule: or severity:"
            )
        if not all(values.split(",")):
            raise ValueError(f"{word!r} names nothing; write it like api or tag:shop,blog")
        patterns = (re.escape(value).replace(r"\*", ".*") for value in values.split(","))
        self._pattern = re.compile("|".join(patterns), re.IGNORECASE)

    def covers(self, value: str) -> bool:
        """Whether one of its alternatives is `value`."""
        return bool(value) and self._pattern.fullmatch(value) is not None


@lru_cache(maxsize=256)
def _words(match: str) -> tuple[_Word, ...]:
    return tuple(map(_Word, match.split()))
