"""What a command answers, and how that reads as text and as JSON."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from sentinel_tui.errors import SentinelError
from sentinel_tui.text import cell_width, shorten

_GAP = "  "
_NARROWEST = 4
_LAST_COLUMN_AT_LEAST = 24
"""The last column holds sentences: it is wrapped, and keeps at least this many cells."""


@dataclass(frozen=True, slots=True)
class Table:
    """Rows under headings; the last column is wrapped where a line is too short for it.

    Attributes:
        columns: The headings.
        rows: One cell of plain text for each heading.
        numbers: Headings whose cells are set to the right.
    """

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    numbers: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Answer:
    """What a command answers.

    Attributes:
        title: The answer in one line.
        lines: What more there is to say, below the table.
        table: Rows, when there are several things alike.
        data: The same for programs; its keys are stable.
        exit_code: What the command line exits with: 0 all is well, 1 something needs a look,
            2 something is down, or the code of an error.
    """

    title: str
    lines: tuple[str, ...] = ()
    table: Table | None = None
    data: dict[str, Any] = field(default_factory=dict)
    exit_code: int = 0


def refusal(error: SentinelError) -> Answer:
    """The answer that says why a command could not be run."""
    return Answer(
        title=str(error),
        lines=(error.hint,) if error.hint else (),
        data={"error": str(error), "hint": error.hint},
        exit_code=error.exit_code,
    )


def as_text(answer: Answer, width: int | None = 80) -> str:
    """The answer as plain lines of at most `width` cells; None for lines as long as they come."""
    lines = _wrapped(answer.title, width)
    if answer.table is not None and answer.table.rows:
        lines += ["", *_table_lines(answer.table, width)]
    if answer.lines:
        lines.append("")
        for line in answer.lines:
            lines += _wrapped(line, width)
    return "\n".join(line.rstrip() for line in lines)


def as_json(answer: Answer) -> str:
    """The answer's data as JSON, with its exit code."""
    return to_json({**answer.data, "exit_code": answer.exit_code})


def to_json(data: object) -> str:
    """JSON as every command prints it: readable, UTF-8, keys in the order they were given."""
    return json.dumps(data, ensure_ascii=False, indent=2, allow_nan=False)


def _table_lines(table: Table, width: int | None) -> list[str]:
    widths = _column_widths(table, width)
    lines = _row_lines(table, table.columns, widths)
    for row in table.rows:
        lines += _row_lines(table, row, widths)
    return lines


def _column_widths(table: Table, width: int | None) -> list[int]:
    """The cells each column gets: its own, unless the line is too short for all of them."""
    widths = [
        max(cell_width(row[index]) for row in (table.columns, *table.rows))
        for index in range(len(table.columns))
    ]
    if width is None:
        return widths
    room = width - len(_GAP) * (len(widths) - 1)
    others = sum(widths[:-1])
    widths[-1] = min(widths[-1], max(_LAST_COLUMN_AT_LEAST, room - others))
    while sum(widths) > room and max(widths) > _NARROWEST:
        widths[widths.index(max(widths))] -= 1
    return widths


def _row_lines(table: Table, row: Sequence[str], widths: Sequence[int]) -> list[str]:
    *first, last = row
    start = _GAP.join(
        _set_into(shorten(cell, cells), cells, heading in table.numbers)
        for cell, cells, heading in zip(first, widths[:-1], table.columns[:-1], strict=True)
    )
    parts = _wrapped(last, widths[-1])
    if table.columns[-1] in table.numbers:
        parts = [_set_into(part, widths[-1], to_the_right=True) for part in parts]
    if not first:
        return parts
    indent = " " * cell_width(start)
    return [
        f"{start if number == 0 else indent}{_GAP}{part}".rstrip()
        for number, part in enumerate(parts)
    ]


def _set_into(text: str, cells: int, to_the_right: bool) -> str:
    blank = " " * max(0, cells - cell_width(text))
    return blank + text if to_the_right else text + blank


def _wrapped(line: str, width: int | None) -> list[str]:
    """The line broken at spaces; what follows keeps its indentation, and no word is lost."""
    if width is None or cell_width(line) <= width:
        return [line]
    indent = line[: len(line) - len(line.lstrip())][: max(0, width // 2)]
    lines, current = [], indent
    # Not at every blank: French keeps its signs to the word before them with blanks of its own.
    for word in filter(None, line.split(" ")):
        for piece in _pieces(word, max(1, width - len(indent))):
            gap = " " if current.strip() else ""
            if current.strip() and cell_width(current) + len(gap) + cell_width(piece) > width:
                lines.append(current)
                current, gap = indent, ""
            current += gap + piece
    return [*lines, current]


def _pieces(word: str, cells: int) -> list[str]:
    """A word that is longer than a line, cut into pieces that fit."""
    pieces, current, used = [], "", 0
    for char in word:
        char_cells = cell_width(char)
        if current and used + char_cells > cells:
            pieces.append(current)
            current, used = "", 0
        current += char
        used += char_cells
    return [*pieces, current]
