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
_UNSAFE = re.compile(
    "["
    "\x00-\x08\x0e-\x1f\x7f-\x9f"  # C0, DEL and C1: terminal commands
    "\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e"  # invisible and bidi
    "\u2060-\u206f\ufeff\ufff9-\ufffb"  # more of them
    "\ud800-\udfff"  # lone surrogates: no encoding takes them
    "\ufdd0-\ufdef\ufffe\uffff"  # noncharacters
    "\U000e0000-\U000e0fff"  # tags and invisible selectors
    "]"
)
_NONCHARACTERS = re.compile(
    "[" + "".join(chr(p * 0x10000 + o) for p in range(1, 17) for o in (0xFFFE, 0xFFFF)) + "]"
)
_SPACES = re.compile("[ \t\r\n\x0b\x0c\u0085\u2028\u2029]+")
_LINE_BREAKS = re.compile("\r\n|[\r\n\x0b\x0c\u0085\u2028\u2029]")


def clean_text(value: object, limit: int = 500) -> str:
    """One harmless line: no controls, no hidden characters, no line breaks, at most `limit` long.

    Args:
        value: Anything; what is not a string is turned into one.
        limit: The most characters kept; a cut is marked with an ellipsis.
    """
    # Cutting first bounds the work for a hostile megabyte; composing can only shorten what is left.
    text = _SPACES.sub(" ", str(value)[: limit * 4])
    return _cut(_harmless(text).strip(), limit)


def clean_block(value: object, limit: int = 1_024) -> str:
    """Like `clean_text`, but lines stay lines: for the kept answer of a failed check."""
    lines = _LINE_BREAKS.split(str(value)[: limit * 4])
    return _cut("\n".join(_harmless(line.expandtabs(4)) for line in lines), limit)


def _harmless(text: str) -> str:
    if text.isascii() and text.isprintable():
        return text
    text = _NONCHARACTERS.sub(REPLACEMENT, _UNSAFE.sub(REPLACEMENT, text))
    return _limit_marks(unicodedata.normalize("NFC", text))


def _limit_marks(text: str) -> str:
    """Drop the combining marks that would climb over the neighbouring lines."""
    kept, marks = [], 0
    for char in text:
        marks = marks + 1 if unicodedata.combining(char) else 0
        if marks <= _MAX_MARKS_PER_BASE:
            kept.append(char)
    return "".join(kept)


def _cut(text: str, limit: int) -> str:
    return text if len(text) <= limit else text[: limit - 1] + "…"


@lru_cache(maxsize=4_096)
def cell_width(text: str) -> int:
    """How many terminal cells `text` takes."""
    if text.isascii():
        return len(text)
    return sum(_char_width(char) for char in text)


def _char_width(char: str) -> int:
    if unicodedata.combining(char):
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
    """Without accents or case, so that "Mémoire" finds "memoire"."""
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return "".join(char for char in decomposed if not unicodedata.combining(char))


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
_DURATION = re.compile(r"(\d+(?:\.\d+)?)\s*(ms|min|[smhdjw])", re.IGNORECASE)


def parse_duration_s(text: str) -> float:
    """Seconds in "90", "30s", "1h30m", "7d" or "7j".

    Raises:
        ValueError: `text` is no duration, and the message says what one looks like.
    """
    stripped = text.strip().casefold()
    if re.fullmatch(r"\d+(?:\.\d+)?", stripped):
        return float(stripped)
    parts = _DURATION.findall(stripped)
    if not parts or _DURATION.sub("", stripped).strip():
        raise ValueError(
            f"{clean_text(text, 40)!r} is no duration; write it like 30s, 5m, 1h30m or 7d"
        )
    return float(sum(float(number) * _UNITS_S[unit] for number, unit in parts))


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
    if latency_ms < 10:
        return f"{latency_ms:.1f} ms"
    if latency_ms < 1_000:
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
        if abs(size_bytes) < 1_000:
            return f"{size_bytes:.0f} {unit}"
        size_bytes /= 1_000
    return f"{size_bytes:.1f} GB"
