"""Reading TOML that may be broken, and going on behind a mistake where that is safe.

The parser stops at the first thing it does not understand. Somebody who mends a file by hand
wants to know of all of them, so a line that is wrong by itself is set aside and the rest is read
again; where that could make the rest mean something else, reading ends.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from typing import Any

_MOST_MISTAKES = 20
_PLACE = re.compile(r" \(at (?:line (\d+), column \d+|end of document)\)$")
_ASSIGNMENT = re.compile(r"""\s*((?:[\w.-]|"[^"\n]*"|'[^'\n]*')+)\s*=""")
_UNCLOSED_HEADER = re.compile(r"(\s*)(\[\[?)([\w. -]+)\]?\s*(?:#.*)?")

PLACEHOLDER = "?"
"""Stands for a value that could not be read."""

_MENDS = (
    ("Invalid value", "a value", "text stands in quotes, true and false are lower case"),
    ("Illegal character '\\n'", "a closing quote on the same line", ""),
    ("Expected '='", "key = value", ""),
    ("Invalid statement", "key = value, or a [table]", ""),
    ("Cannot overwrite a value", "each key once", "remove one of the two"),
    ("Duplicate inline table key", "each key once", "remove one of the two"),
    ("Cannot declare", "each [table] once", "a list of tables is written [[table]]"),
    ("Unclosed inline table", "a closing } on the same line", ""),
    ("Unclosed array", "a closing ]", ""),
    ("Expected ']", "a closing bracket", ""),
    ("Unterminated string", "closing quotes", ""),
    ("Expected newline", "one key = value on a line", "text stands in quotes"),
    ("Values are nested", "values that are a few levels deep", ""),
    ("A number is too long", "a number of at most 19 digits", ""),
    ("Unescaped '\\'", "a known escape", "write \\\\, or put the text in single quotes"),
)


@dataclass(frozen=True, slots=True)
class SyntaxMistake:
    """Something that is not TOML.

    Attributes:
        line: Where, counted from 1.
        key: The key of that line, or an empty string.
        message: What the parser says.
        expected: What may stand there; may be empty.
        mend: What to do about it; may be empty.
    """

    line: int
    key: str
    message: str
    expected: str
    mend: str


@dataclass(frozen=True, slots=True)
class Parsed:
    """What could be read.

    Attributes:
        tables: The tables, or None when reading had to stop.
        text: The text they were read from: lines that are wrong are replaced, and none is added.
        mistakes: What is not TOML.
        set_aside: The lines whose values could not be read; what stands there means nothing.
    """

    tables: dict[str, Any] | None
    text: str
    mistakes: tuple[SyntaxMistake, ...]
    set_aside: frozenset[int]


def parse_toml(text: str) -> Parsed:
    """Read `text`; see the module's words on mistakes."""
    lines = text.replace("\r\n", "\n").split("\n")
    mistakes: list[SyntaxMistake] = []
    while True:
        tried = "\n".join(lines)
        tables, fault = _try(tried)
        if tables is not None:
            return Parsed(tables, tried, tuple(mistakes), _unread(lines, mistakes))
        line = _line_of(fault, lines)
        seen_before = any(mistake.line == line for mistake in mistakes)
        if not seen_before:
            mistakes.append(_describe(fault, line, lines[line - 1]))
        if seen_before or len(mistakes) >= _MOST_MISTAKES or not _set_aside(lines, line, fault):
            return Parsed(None, tried, tuple(mistakes), frozenset())


def _try(text: str) -> tuple[dict[str, Any] | None, str]:
    try:
        return tomllib.loads(text), ""
    except RecursionError:
        return None, "Values are nested too deeply"
    except tomllib.TOMLDecodeError as error:
        return None, str(error)
    except ValueError:
        return None, "A number is too long"


def _line_of(fault: str, lines: list[str]) -> int:
    place = _PLACE.search(fault)
    if place is None:
        return next((n for n, line in enumerate(lines, 1) if _try(line)[1] == fault), 1)
    if place[1]:
        return int(place[1])
    filled = [n for n, line in enumerate(lines, 1) if line.strip()]
    opening = [n for n in filled if '"""' in lines[n - 1] or "'''" in lines[n - 1]]
    if fault.startswith("Unterminated") and opening:
        return opening[-1]
    return filled[-1] if filled else 1


def _describe(fault: str, line: int, written: str) -> SyntaxMistake:
    found = _ASSIGNMENT.match(written)
    key, said = found[1] if found else "", _PLACE.sub("", fault)
    message = f"is not TOML: {said}"
    if _is_right_alone(written) and not said.startswith("Cannot"):
        return SyntaxMistake(line, key, message, "", "look above for a missing bracket or quote")
    for beginning, expected, mend in _MENDS:
        if said.startswith(beginning):
            return SyntaxMistake(line, key, message, expected, mend)
    return SyntaxMistake(line, key, message, "", "")


def _is_right_alone(written: str) -> bool:
    return _try(written)[0] is not None


def _set_aside(lines: list[str], line: int, fault: str) -> bool:
    """Take a wrong line out of the way; False where the rest would then mean something else."""
    written = lines[line - 1]
    header, assignment = _UNCLOSED_HEADER.fullmatch(written), _ASSIGNMENT.match(written)
    if fault.startswith("Cannot overwrite") and assignment:
        lines[line - 1] = ""
    elif _is_right_alone(written) or _runs_on(fault, written):
        return False
    elif header:
        lines[line - 1] = f"{header[2]}{header[3]}{']' * len(header[2])}"
    elif written.lstrip().startswith("["):
        return False
    else:
        lines[line - 1] = f'{assignment[0]} "{PLACEHOLDER}"' if assignment else ""
    return True


def _unread(lines: list[str], mistakes: list[SyntaxMistake]) -> frozenset[int]:
    """The wrong lines, but for table headers: those were mended, and mean what they say."""
    wrong = (mistake.line for mistake in mistakes)
    return frozenset(line for line in wrong if not lines[line - 1].startswith("["))


def _runs_on(fault: str, written: str) -> bool:
    """Whether the lines below belong to this one, and would be mistaken for options without it."""
    return fault.startswith("Unterminated") or written.count("{") > written.count("}")
