"""On which line of a TOML file each key and each element stands.

The parser of the standard library says nothing about positions, so this walks the same text once
more. It is only given text which that parser has accepted: it finds its way, it judges nothing.
"""

from __future__ import annotations

import re
import tomllib
from bisect import bisect_left
from collections.abc import Iterator, Mapping

Path = tuple[str | int, ...]
"""Where a value lies: keys, and numbers of elements from 0: `("services", 0, "url")`."""

_KEY_PART = re.compile(r"""[A-Za-z0-9_-]+|"(?:[^"\\\n]|\\.)*"|'[^'\n]*'""")
_BLANK = re.compile(r"(?:[ \t\r\n]|#[^\n]*)+")
_SPACE = re.compile(r"[ \t]*")
_STRING = re.compile(
    r'"""(?:[^\\]|\\.)*?"{3,5}(?!")'
    r"|'''.*?'{3,5}(?!')"
    r'|"(?:[^"\\\n]|\\.)*"'
    r"|'[^'\n]*'",
    re.DOTALL,
)
_SCALAR = re.compile(r"[^,\]}#\n]+")


def find_lines(text: str) -> dict[Path, int]:
    """The line, counted from 1, on which each key and each element of valid TOML begins.

    A table that is opened several times, or only by its subtables, has the line of the first.
    """
    return _Walk(text).lines


def nearest_line(lines: Mapping[Path, int], path: Path) -> int:
    """The line of `path`, or of the innermost table around it that the file has; else 1."""
    for length in range(len(path), 0, -1):
        if path[:length] in lines:
            return lines[path[:length]]
    return 1


class _Walk:
    """One pass over the text; `at` is where it stands."""

    def __init__(self, text: str) -> None:
        self.lines: dict[Path, int] = {}
        self._text = text
        self._at = 0
        self._breaks = [found.start() for found in re.finditer("\n", text)]
        self._last_element: dict[Path, int] = {}
        self._document()

    def _document(self) -> None:
        table: Path = ()
        self._skip(_BLANK)
        while self._at < len(self._text):
            if self._takes("[["):
                table = self._header(self._at - 2, is_array=True)
            elif self._takes("["):
                table = self._header(self._at - 1, is_array=False)
            else:
                self._pair(table)
            self._skip(_BLANK)

    def _header(self, start: int, *, is_array: bool) -> Path:
        path: Path = ()
        for part in self._key():
            path = (*path, part)
            self._note(path, start)
            if path in self._last_element:
                path = (*path, self._last_element[path])
        if is_array:
            # The array may have been entered just now; its name is what stands before the number.
            name = path[:-1] if isinstance(path[-1], int) else path
            number = self._last_element.get(name, -1) + 1
            self._last_element[name] = number
            path = (*name, number)
            self._note(path, start)
        self._at += 2 if is_array else 1
        return path

    def _pair(self, table: Path) -> None:
        start, path = self._at, table
        for part in self._key():
            path = (*path, part)
            self._note(path, start)
        self._skip(_SPACE)
        self._at += 1  # the equals sign
        self._skip(_SPACE)
        self._value(path)

    def _value(self, path: Path) -> None:
        if self._takes("["):
            for number in self._members("]"):
                self._note((*path, number), self._at)
                self._value((*path, number))
        elif self._takes("{"):
            for _ in self._members("}"):
                self._pair(path)
        elif not self._skip(_STRING):
            self._skip(_SCALAR)

    def _members(self, closing: str) -> Iterator[int]:
        """Stop before each member of an array or inline table; end after the closing bracket."""
        number = 0
        self._skip(_BLANK)
        while not self._takes(closing):
            yield number
            number += 1
            self._skip(_BLANK)
            self._takes(",")
            self._skip(_BLANK)

    def _key(self) -> Iterator[str]:
        while True:
            self._skip(_SPACE)
            start = self._at
            self._skip(_KEY_PART)
            yield _unquoted(self._text[start : self._at])
            self._skip(_SPACE)
            if not self._takes("."):
                return

    def _skip(self, pattern: re.Pattern[str]) -> bool:
        """Go past what matches here, if anything does."""
        found = pattern.match(self._text, self._at)
        self._at = found.end() if found else self._at
        return found is not None

    def _takes(self, symbol: str) -> bool:
        found = self._text.startswith(symbol, self._at)
        self._at += len(symbol) if found else 0
        return found

    def _note(self, path: Path, start: int) -> None:
        self.lines.setdefault(path, bisect_left(self._breaks, start) + 1)


def _unquoted(key: str) -> str:
    """A part of a key as the parser reads it; quoted ones may hold escapes."""
    if key[0] not in "\"'":
        return key
    plain: str = tomllib.loads(f"key = {key}")["key"]
    return plain
