"""What is wrong with a configuration, and how to say it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from sentinel_tui.errors import ConfigError

_BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")


@dataclass(frozen=True, slots=True)
class Problem:
    """One mistake, or one thing worth a warning.

    Attributes:
        file: The configuration file.
        line: Where it is, counted from 1.
        key: What it is about: `services[0].checks[1].timeout`; empty for the file as a whole.
        message: What is wrong with it.
        expected: What may stand there; may be empty.
        mend: What to do about it; may be empty.
    """

    file: Path
    line: int
    key: str
    message: str
    expected: str = ""
    mend: str = ""

    def __str__(self) -> str:
        subject = f"{self.key}: {self.message}" if self.key else self.message
        parts = [subject]
        if self.expected:
            parts.append(f"expected {self.expected}")
        if self.mend:
            parts.append(self.mend)
        return f"{self.file}:{self.line}: {'; '.join(parts)}"


class Wording(NamedTuple):
    """The parts of a `Problem` that are about the mistake itself."""

    message: str
    expected: str = ""
    mend: str = ""


class ConfigInvalid(ConfigError):
    """The configuration holds mistakes.

    Attributes:
        problems: Every one of them, in the order of their lines.
    """

    def __init__(self, problems: Sequence[Problem]) -> None:
        count = "one mistake" if len(problems) == 1 else f"{len(problems)} mistakes"
        listed = "\n".join(f"  {problem}" for problem in problems)
        super().__init__(
            f"the configuration holds {count}:\n{listed}",
            "mend the lines named and try `sentinel config check`",
        )
        self.problems = tuple(problems)


class ConfigMissing(ConfigError):
    """There is no configuration yet."""


def dotted(path: Sequence[str | int]) -> str:
    """A path as people write it: `services[0].checks[1]."odd key"`."""
    text = ""
    for part in path:
        if isinstance(part, int):
            text += f"[{part}]"
            continue
        key = part if _BARE_KEY.fullmatch(part) else f'"{part}"'
        text += f".{key}" if text else key
    return text


def suggestion(word: str, known: Sequence[str]) -> str:
    """`did you mean "…"?`, when something known is near enough; else an empty string."""
    # Here, because a file without mistakes never needs it.
    import difflib

    near = difflib.get_close_matches(word, known, n=1)
    return f'did you mean "{near[0]}"?' if near else ""
