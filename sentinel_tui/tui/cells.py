"""Lines as the screen shows them: runs of text that carry a meaning instead of a colour.

Text in a line is always literal. Nothing here reads markup, so nothing a service answers can
style, link or break the screen.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import NamedTuple

from sentinel_tui.text import cell_width, shorten


class Tone(StrEnum):
    """What a run of text means. A theme turns it into a colour; words and signs say it too."""

    TEXT = "text"
    STRONG = "strong"
    MUTED = "muted"
    FAINT = "faint"
    """Lines that hold the others apart."""
    ACCENT = "accent"
    GOOD = "good"
    WARN = "warn"
    BAD = "bad"
    BUSY = "busy"
    """Asleep, waking: neither good nor bad."""
    CHOSEN = "chosen"
    """The one of several that is on: a tab, a range."""
    BANNER = "banner"
    """What must not be overlooked: that all else on the screen is of another time."""


_SHOWN_ON_BLANKS = frozenset({Tone.CHOSEN, Tone.BANNER})


class Span(NamedTuple):
    """A run of text in one tone."""

    text: str
    tone: Tone = Tone.TEXT


Line = tuple[Span, ...]
"""One line of the screen, or one cell of a table."""

BLANK: Line = ()


def line(*parts: str | Span) -> Line:
    """A line of the given parts; a plain string is in the tone of text."""
    return tuple(Span(part) if isinstance(part, str) else part for part in parts)


def muted(text: str) -> Span:
    """Text that steps back."""
    return Span(text, Tone.MUTED)


def plain(parts: Line) -> str:
    """The text of a line, without its tones."""
    return "".join(span.text for span in parts)


def line_width(parts: Line) -> int:
    """How many terminal cells a line takes."""
    return sum(cell_width(span.text) for span in parts)


def joined(lines: Iterable[Line], separator: Span) -> Line:
    """Lines set one after the other, held apart by the separator."""
    spans: list[Span] = []
    for parts in lines:
        spans += [separator, *parts] if spans else parts
    return tuple(spans)


def cut(parts: Line, cells: int) -> Line:
    """The line within `cells`; a cut is marked with an ellipsis."""
    if line_width(parts) <= cells:
        return parts
    kept: list[Span] = []
    room = cells
    for span in parts:
        width = cell_width(span.text)
        if width >= room:
            # One cell too many makes `shorten` mark the cut even where a span ends at the edge.
            kept.append(replace_text(span, shorten(span.text + " ", room)))
            break
        kept.append(span)
        room -= width
    return tuple(kept)


def wrap(parts: Line, cells: int, indent: int = 0) -> list[Line]:
    """The line broken at spaces into lines of at most `cells`; nothing of it is lost.

    Args:
        parts: The line.
        cells: The width.
        indent: How far the lines after the first are set in.
    """
    lines: list[list[Span]] = [[]]
    used = 0
    for span in parts:
        for piece in _pieces(span.text, max(1, cells - indent)):
            fits = used + cell_width(piece) <= cells or used <= indent
            if not fits:
                lines.append([Span(" " * indent)])
                used = indent
            shown = piece if fits else piece.lstrip(" ")
            lines[-1].append(Span(shown, span.tone))
            used += cell_width(shown)
    return [merged(one) for one in lines]


def fit(parts: Line, cells: int, *, right: bool = False) -> Line:
    """The line in exactly `cells`: cut where it is longer, filled up where it is shorter."""
    short = cut(parts, cells)
    blank = Span(" " * (cells - line_width(short)))
    if not blank.text:
        return short
    return (blank, *short) if right else (*short, blank)


def spread(left: Line, right: Line, cells: int) -> Line:
    """Two lines at the two edges; the right one is left out where there is no room for both."""
    gap = cells - line_width(left) - line_width(right)
    return (*left, Span(" " * gap), *right) if gap >= 2 else cut(left, cells)


def replace_text(span: Span, text: str) -> Span:
    """The same tone with other text."""
    return Span(text, span.tone)


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table.

    Attributes:
        id: Which cell of a row it shows.
        title: Its heading.
        cells: Its width.
        right: Whether its cells stand at the right edge, as numbers do.
        keep: How long it stays when the table gets narrow; the lowest is folded away first.
        most: How wide it may grow into room that is left over; 0 for not at all.
    """

    id: str
    title: str
    cells: int
    right: bool = False
    keep: int = 0
    most: int = 0


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a table.

    Attributes:
        key: What it stands for; the cursor and marks stay with it wherever it moves.
        cells: Its cells by column.
    """

    key: str
    cells: Mapping[str, Line]


def fold_columns(columns: Sequence[Column], width: int, gap: int = 1) -> tuple[Column, ...]:
    """The columns that fit into `width`, those that may grow grown into what is left over."""
    shown = list(columns)
    while len(shown) > 1 and _taken(shown, gap) > width:
        shown.remove(min(shown, key=lambda column: column.keep))
    spare = width - _taken(shown, gap)
    for index, column in enumerate(shown):
        grown = min(spare, column.most - column.cells)
        if grown > 0:
            shown[index] = replace(column, cells=column.cells + grown)
            spare -= grown
    return tuple(shown)


def _pieces(text: str, cells: int) -> list[str]:
    """Words with the spaces before them; words longer than a line in pieces that fit."""
    pieces = []
    for word in re.findall(r" *[^ ]+| +$", text):
        rest = word
        while cell_width(rest) > cells:
            head = _head(rest, cells)
            pieces.append(head)
            rest = rest[len(head) :]
        pieces.append(rest)
    return pieces


def _head(word: str, cells: int) -> str:
    """As much of a word as fits, at least one character of it."""
    used = 0
    for index, char in enumerate(word):
        used += cell_width(char)
        if used > cells:
            return word[: max(1, index)]
    return word


def merged(spans: Sequence[Span]) -> Line:
    """The same line in as few spans as look the same; each one costs the terminal 40 bytes.

    Blanks have no colour of their own, so they join whatever stands beside them, but for tones
    with a background: those show on blanks too.
    """
    merged: list[Span] = []
    for span in spans:
        if not merged or not _look_the_same(merged[-1], span):
            merged.append(span)
            continue
        before = merged[-1]
        tone = span.tone if before.text.isspace() else before.tone
        merged[-1] = Span(before.text + span.text, tone)
    return tuple(merged)


def _look_the_same(before: Span, after: Span) -> bool:
    if before.tone is after.tone:
        return True
    if not _SHOWN_ON_BLANKS.isdisjoint((before.tone, after.tone)):
        return False
    return before.text.isspace() or after.text.isspace()


def _taken(columns: Sequence[Column], gap: int) -> int:
    return sum(column.cells for column in columns) + gap * (len(columns) - 1)
