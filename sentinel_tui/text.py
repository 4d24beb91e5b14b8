"""Text that came from outside made harmless, and numbers made readable.

`clean_text` is the border: every string from the network, a file, the owner or an exception
passes it once, before it is stored or shown. Nothing behind the border cleans again.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

REPLACEMENT = "·"
"""Stands where a character was taken out, so that a reader sees something was there."""

_MAX_MARKS_PER_BASE = 2
_MARKS = frozenset({"Mn", "Me"})
# Printable by Python's account, and yet nothing shows: fillers, joiners and inherent vowels.
_INVISIBLE = re.compile("[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u3164\uffa0]")
# Vowels and finals of Hangul written as parts: they are drawn inside the syllable's first cell.
_JOINED_JAMO = re.compile("[\u1160-\u11ff\ud7b0-\ud7ff]")
# They only choose between two drawings of the character before, and terminals disagree on how wide
# the other one is. Nothing is lost without them, so they leave no trace.
_VARIATION_SELECTORS = re.compile("[\ufe00-\ufe0f\U000e0100-\U000e01ef]")
_LINE_BREAKS = re.compile("\r\n|[\r\n\x0b\x0c\x1c-\x1e\u0085\u2028\u2029]")


def clean_text(value: object, limit: int = 500) -> str:
    """One harmless line: no controls, no hidden characters, no line breaks, at most `limit` long.

    Cleaning what is clean changes nothing.

    Args:
        value: Anything; what is not a string is turned into one.
        limit: The most characters kept; a cut is marked with an ellipsis.
    """
    text = value if isinstance(value, str) else str(value)
    if text.isascii() and text.isprintable() and len(text) <= limit:
        return " ".join(text.split()) if "  " in text else text.strip()
    # Cutting first bounds the work for a hostile megabyte.
    return _cut(" ".join(_harmless(text.strip()[: limit * 4]).split()), limit)


def clean_block(value: object, limit: int = 1_024) -> str:
    """Like `clean_text`, but lines stay lines: for the kept answer of a failed check."""
    lines = _LINE_BREAKS.split(str(value)[: limit * 4])
    return _cut("\n".join(_harmless(line.expandtabs(4)) for line in lines), limit)


def _harmless(line: str) -> str:
    if line.isascii() and line.isprintable():
        return line
    line = _INVISIBLE.sub(REPLACEMENT, _VARIATION_SELECTORS.sub("", line))
    if not line.isprintable():
        line = "".join(_shown(char) for char in line)
    return _limit_marks(unicodedata.normalize("NFC", line))


def _shown(char: str) -> str:
    """The character, or what stands for one that no terminal should be sent.

    What Python calls not printable is just that: controls, formats such as the bidirectional
    ones, surrogates, private and unassigned code points, line separators, and unusual spaces.
    """
    if char.isprintable():
        return char
    return " " if char.isspace() else REPLACEMENT


def _limit_marks(line: str) -> str:
    """Drop the combining marks that would climb over the neighbouring lines, or have no base."""
    kept, marks = [], _MAX_MARKS_PER_BASE
    for char in line:
        if unicodedata.category(char) in _MARKS:
            marks += 1
        else:
            marks = _MAX_MARKS_PER_BASE if char == " " else 0
        if marks <= _MAX_MARKS_PER_BASE:
            kept.append(char)
    return "".join(kept)


def _cut(text: str, limit: int) -> str:
    return text if len(text) <= limit else text[: max(0, limit - 1)] + "…"[:limit]


@lru_cache(maxsize=4_096)
def cell_width(text: str) -> int:
    """How many terminal cells `text` takes."""
    if text.isascii():
        return len(text)
    return sum(_char_width(char) for char in text)


def _char_width(char: str) -> int:
    if unicodedata.category(char)[0] == "M" or _JOINED_JAMO.match(char):
        return 0
    return 2 if unicodedata.east_asian_width(char) in "WF" else 1


def shorten(text: str, cells: int) -> str:
    """`text` within `cells` terminal cells, the cut marked with an ellipsis."""
    if cell_width(text) <= cells:
        return text
    room, kept = cells - 1, []
    for char in text:
        room -= _char_width(char)
        if room < 0:
            break
        kept.append(char)
    return "".join(kept) + "…" if cells > 0 else ""


def fold(text: str) -> str:
    """Without accents, ligatures or case, so that "Mémoire" finds "memoire" and "cœur" "coeur"."""
    # Decomposed on both sides: some letters lose their case only then, others fold into new ones.
    folded = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    plain = "".join(char for char in folded if not unicodedata.combining(char))
    return plain.replace("œ", "oe").replace("æ", "ae")


_UNITS_S = {
    "ms": 0.001,
    "s": 1,
    "m": 60,
    "min": 60,
    "h": 3_600,
    "d": 86_400,
    "j": 86_400,
    "w": 604_800,
}
_LONGEST_DURATION = 60
_DURATION = re.compile(r"(\d+(?:\.\d+)?)\s*(ms|min|[smhdjw])", re.IGNORECASE)


def parse_duration_s(text: str) -> float:
    """Seconds in "90", "30s", "1h30m", "7d" or "7j".

    Raises:
        ValueError: `text` is no duration, and the message says what one looks like.
    """
    stripped = text.strip().casefold()
    if len(stripped) <= _LONGEST_DURATION:
        if re.fullmatch(r"\d+(?:\.\d+)?", stripped):
            return float(stripped)
        parts = _DURATION.findall(stripped)
        if parts and not _DURATION.sub("", stripped).strip():
            return float(sum(float(number) * _UNITS_S[unit] for number, unit in parts))
    raise ValueError(f"{clean_text(text, 40)!r} is no duration; write it like 30s, 5m, 1h30m or 7d")


def format_duration(seconds: float) -> str:
    """A duration in its two largest units: "45s", "3m 20s", "2h 05m", "4d 3h"."""
    whole = round(max(0.0, seconds))
    if whole < 60:
        return f"{whole}s"
    if whole < 3_600:
        return f"{whole // 60}m {whole % 60:02d}s" if whole % 60 else f"{whole // 60}m"
    if whole < 86_400:
        minutes = whole % 3_600 // 60
        return f"{whole // 3_600}h {minutes:02d}m" if minutes else f"{whole // 3_600}h"
    hours = whole % 86_400 // 3_600
    return f"{whole // 86_400}d {hours}h" if hours else f"{whole // 86_400}d"


def format_latency(latency_ms: float | None) -> str:
    """A latency with the digits that matter: "0.4 ms", "87 ms", "1.24 s"; "–" for none."""
    if latency_ms is None:
        return "–"
    if round(latency_ms, 1) < 10:
        return f"{latency_ms:.1f} ms"
    if round(latency_ms) < 1_000:
        return f"{latency_ms:.0f} ms"
    return f"{latency_ms / 1_000:.2f} s"


def format_ratio(ratio: float | None) -> str:
    """A ratio as a percentage that never rounds up to 100: "99.98 %"; "–" for none."""
    if ratio is None:
        return "–"
    if ratio >= 1:
        return "100 %"
    return f"{min(ratio * 100, 99.99):.2f} %"


def format_bytes(size_bytes: float) -> str:
    """A size in decimal units: "41 MB"."""
    for unit in ("B", "kB", "MB"):
        if abs(round(size_bytes)) < 1_000:
            return f"{size_bytes:.0f} {unit}"
        size_bytes /= 1_000
    return f"{size_bytes:.1f} GB"


def spreadsheet_text(text: str) -> str:
    """A text as a cell that no spreadsheet takes for a formula."""
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t", "\r")) else text
