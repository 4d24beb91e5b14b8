"""Logs of visits as files: one visit or action a line, its time first."""

from __future__ import annotations

import csv
import gzip
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import IO

from sentinel_tui.errors import UsageError
from sentinel_tui.text import clean_text

_EPOCH_MS_FROM = 100_000_000_000
"""A plain number from here on is milliseconds since 1970, below it seconds."""


def read_visit_log(path: Path) -> list[datetime]:
    """The times in the first column of a CSV file, ascending; plain or gzip.

    Times are ISO 8601 or seconds or milliseconds since 1970. What has an offset counts by the clock
    on the wall there, because habits follow it. A first line without a time is a heading.

    Raises:
        UsageError: The file cannot be read, holds no times, or holds something else among them.
    """
    times: list[datetime] = []
    try:
        with _open(path) as file:
            for number, cell in _first_cells(file):
                moment = _moment(cell)
                if moment is not None:
                    times.append(moment)
                elif number > 1:
                    raise UsageError(
                        f"{path}:{number}: {clean_text(cell, 40)!r} is no time",
                        "the first column holds times such as 2026-10-02 09:20:39+02:00",
                    )
    except (OSError, EOFError, UnicodeDecodeError, csv.Error) as error:
        raise UsageError(f"{path} cannot be read: {clean_text(error, 200)}") from None
    if not times:
        raise UsageError(f"{path} holds no times", "one visit a line, its time in the first column")
    return sorted(times)


def first_monday(times: list[datetime]) -> datetime:
    """Midnight of the first Monday that a log covers."""
    day = times[0].replace(hour=0, minute=0, second=0, microsecond=0)
    return day + timedelta(days=-day.weekday() % 7)


def _open(path: Path) -> IO[str]:
    if path.suffix == ".gz":
        return gzip.open(path, "rt", encoding="utf-8", newline="")
    return path.open(encoding="utf-8", newline="")


def _first_cells(file: IO[str]) -> Iterator[tuple[int, str]]:
    reader = csv.reader(file)
    for row in reader:
        if row and row[0].strip():
            yield reader.line_num, row[0].strip()


def _moment(text: str) -> datetime | None:
    try:
        if text.replace(".", "", 1).isdecimal():
            number = float(text)
            seconds = number / 1_000 if number >= _EPOCH_MS_FROM else number
            return datetime.fromtimestamp(seconds, UTC).replace(tzinfo=None)
        return datetime.fromisoformat(text).replace(tzinfo=None)
    except (ValueError, OverflowError, OSError):
        return None
