"""Exports of videos as files: a table of how each was watched, or a list of heatmaps."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import isfinite
from pathlib import Path
from typing import Any

from sentinel_tui.errors import UsageError
from sentinel_tui.text import clean_text

_NEEDED = ("video_id", "length_s", "views", "completed")
_MOST_SEGMENTS = 10_000


@dataclass(frozen=True, slots=True)
class VideoRow:
    """How one video was watched.

    Attributes:
        video_id: Its name.
        length_s: Its length.
        views: How often it was begun; at least once.
        completed: How many of these views reached 90 % of it.
        hold: The mean share of it that was watched.
    """

    video_id: str
    length_s: float
    views: int
    completed: int
    hold: float


@dataclass(frozen=True, slots=True)
class Heat:
    """The heatmap of one video.

    Attributes:
        video_id: Its name, or its number where the file has one.
        length_s: Its length.
        average_watch_s: How long it is watched on average.
        heat: Of each segment, how much it is watched.
    """

    video_id: str | int
    length_s: float
    average_watch_s: float
    heat: tuple[float, ...]


def read_video_table(path: Path) -> list[VideoRow]:
    """The videos of a CSV file with a heading.

    It needs the columns `video_id`, `length_s`, `views`, `completed`, and `hold` or `watch_s`, the
    mean seconds watched. Videos without a view are left out: nothing is known of them.

    Raises:
        UsageError: The file cannot be read, or a line of it is not as it should be.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file)
            _check_columns(path, reader.fieldnames or ())
            rows = [_video(f"{path}:{reader.line_num}", row) for row in reader]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise UsageError(f"{path} cannot be read: {clean_text(error, 200)}") from None
    return [row for row in rows if row.views > 0]


def read_heatmaps(path: Path) -> list[Heat]:
    """The heatmaps of a JSON file: a list of objects.

    Each has `video_id`, `length_s`, `average_watch_s`, and `heatmap`, an object from the number of
    a segment to its heat as Bunny gives it. Segments that are left out are cold; keys that are no
    numbers are passed over.

    Raises:
        UsageError: The file cannot be read, or holds something else.
    """
    try:
        held = json.loads(path.read_bytes())
    except (OSError, ValueError, RecursionError) as error:
        raise UsageError(f"{path} cannot be read: {clean_text(error, 200)}") from None
    if not isinstance(held, list):
        raise UsageError(f"{path} holds no list of videos", "a JSON array of objects")
    return [_heat(f"{path}: video {number}", one) for number, one in enumerate(held, start=1)]


def _check_columns(path: Path, columns: Iterable[str]) -> None:
    missing = [name for name in _NEEDED if name not in columns]
    if "hold" not in columns and "watch_s" not in columns:
        missing.append("hold")
    if missing:
        raise UsageError(
            f"{path} has no column {', '.join(missing)}",
            f"the first line names the columns: {', '.join(_NEEDED)}, and hold or watch_s",
        )


def _video(place: str, row: Mapping[str, str | None]) -> VideoRow:
    length_s = _number(place, row, "length_s", above=0)
    views = _count(place, row, "views")
    completed = _count(place, row, "completed")
    if completed > views:
        raise UsageError(f"{place}: more views completed than there were")
    if not views:
        hold = 0.0
    elif row.get("hold"):
        hold = _number(place, row, "hold")
    else:
        hold = _number(place, row, "watch_s") / length_s
    return VideoRow(clean_text(row["video_id"] or "", 200), length_s, views, completed, hold)


def _heat(place: str, one: object) -> Heat:
    if not isinstance(one, dict) or not isinstance(one.get("heatmap"), dict):
        raise UsageError(f"{place} has no heatmap", 'such as {"0": 100, "1": 63}')
    segments = {int(key): value for key, value in one["heatmap"].items() if key.isdecimal()}
    count = max(segments, default=-1) + 1
    if not 0 < count <= _MOST_SEGMENTS:
        raise UsageError(f"{place}: its heatmap has no segments that could be drawn")
    heat = [_number(place, segments, key) if key in segments else 0.0 for key in range(count)]
    if not sum(heat):
        raise UsageError(f"{place}: its heatmap is cold everywhere")
    name = one.get("video_id", "")
    return Heat(
        name if isinstance(name, int) else clean_text(name, 200),
        _number(place, one, "length_s", above=0),
        _number(place, one, "average_watch_s"),
        tuple(heat),
    )


def _count(place: str, row: Mapping[str, Any], name: str) -> int:
    value = _number(place, row, name)
    if value != int(value):
        raise UsageError(f"{place}: {name} is {value:g}, which is no whole number")
    return int(value)


def _number(place: str, row: Mapping[Any, Any], name: object, above: float | None = None) -> float:
    written = row.get(name)
    try:
        if written is None or isinstance(written, bool):
            raise ValueError
        value = float(written)
    except (TypeError, ValueError):
        raise UsageError(f"{place}: {name} is {_quoted(written)}, which is no number") from None
    if not isfinite(value) or value < 0 or (above is not None and value <= above):
        raise UsageError(f"{place}: {name} is {value:g}, which it cannot be")
    return value


def _quoted(written: object) -> str:
    return "missing" if written in (None, "") else repr(clean_text(written, 40))
