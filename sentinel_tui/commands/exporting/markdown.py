"""Small parts of Markdown, with everything that could be read as markup made plain."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

_MARKUP = re.compile(r"([\\`*_\[\]<>|~#&!])")


def plain(text: str) -> str:
    """Text that shows as it stands, wherever in a line: names and errors come from outside."""
    return _MARKUP.sub(r"\\\1", " ".join(text.split()))


def table(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    """A table; the cells are plain text."""
    return [
        f"| {' | '.join(columns)} |",
        f"|{' --- |' * len(columns)}",
        *(f"| {' | '.join(plain(cell) for cell in row)} |" for row in rows),
    ]
