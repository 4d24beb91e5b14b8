"""Files of events, one a line: JSON objects, or CSV with a heading of the same names."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sentinel_tui.errors import UsageError
from sentinel_tui.text import clean_text

ACTION_FIELDS = frozenset({"id", "action", "service", "t", "context", "duration_ms"})
"""What an action says of itself; other columns of a table are what else was told with it."""

_NUMBERS = frozenset({"t", "position", "duration_ms"})
_JSON, _CSV = ".jsonl", ".csv"


@dataclass(frozen=True, slots=True)
class Line:
    """One event of a file.

    Attributes:
        number: The line it ends on, from 1.
        event: What stands there, or None where that is no JSON object.
    """

    number: int
    event: dict[str, Any] | None


def read_events(path: Path, *, actions: bool = False) -> Iterator[Line]:
    """The events of a file, one after the other; a large file is never in memory as a whole.

    Args:
        path: A file that ends in .jsonl or .csv.
        actions: Whether it tells of actions rather than views.

    Raises:
        UsageError: The file cannot be read, or is of another kind.
    """
    kind = path.suffix.lower()
    if kind not in (_JSON, _CSV):
        raise UsageError(f"{path} is neither {_JSON} nor {_CSV}", "one event a line, either way")
    try:
        with path.open(encoding="utf-8-sig", errors="surrogateescape", newline="") as file:
            if kind == _JSON:
                yield from (_from_json(number, text) for number, text in _filled(file))
            else:
                reader = csv.DictReader(file, restkey="", restval="")
                for row in reader:
                    yield Line(reader.line_num, _from_row(row, actions=actions))
    except (OSError, csv.Error) as error:
        raise UsageError(f"{path} cannot be read: {clean_text(error, 200)}") from None


def _filled(file: Iterator[str]) -> Iterator[tuple[int, str]]:
    return ((number, text) for number, text in enumerate(file, start=1) if text.strip())


def _from_json(number: int, text: str) -> Line:
    try:
        event = json.loads(text) if _is_utf8(text) else None
    except (ValueError, RecursionError):
        event = None
    return Line(number, event if isinstance(event, dict) else None)


def _is_utf8(text: str) -> bool:
    """Whether nothing in it was written in another encoding, and would be guessed at."""
    return not any("\udc80" <= character <= "\udcff" for character in text)


def _from_row(row: dict[str, Any], *, actions: bool) -> dict[str, Any] | None:
    """A row as the object it stands for; a cell that is empty is not told."""
    if "" in row or None in row:
        return None  # More cells than headings.
    if not all(map(_is_utf8, row.values())):
        return None
    told = {name: _value(name, cell) for name, cell in row.items() if cell}
    if not actions:
        return told
    event: dict[str, Any] = {name: one for name, one in told.items() if name in ACTION_FIELDS}
    besides = {name: one for name, one in told.items() if name not in ACTION_FIELDS}
    if besides:
        event["context"] = besides
    return event


def _value(name: str, cell: str) -> str | float:
    if name in _NUMBERS:
        try:
            return float(cell)
        except ValueError:
            return cell
    return cell
