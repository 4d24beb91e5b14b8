"""The videos there are, what their platforms count of them, and what their owner calls them."""

from __future__ import annotations

import json
import struct
from collections.abc import Iterable, Sequence
from typing import Any

from sentinel_tui.domain.video.catalog import (
    Chapter,
    DayCount,
    Heat,
    HourCount,
    Library,
    LibraryRole,
    Video,
    VideoStatus,
)
from sentinel_tui.store.driver import Connection
from sentinel_tui.text import fold

HOURS_A_DAY = 24

_WIDTHS = {HOURS_A_DAY * struct.calcsize(f"<{code}"): code for code in "BHIQ"}
"""By how many bytes the views of a day's hours take, the code of one hour's."""

_LISTED = "(v.seen_ms > 0 OR l.read_ms IS NULL)"
"""Where a library's list has been read, only what it lists counts as a video."""

_LIBRARIES = (
    "SELECT l.name, l.role, (SELECT count(*) FROM videos v WHERE v.library = l.name "  # noqa: S608 (own words)
    f"AND v.gone_ms IS NULL AND {_LISTED}), l.read_ms, l.counted_to_ms, l.waiting, l.trouble "
    "FROM libraries l WHERE NOT l.gone ORDER BY l.position"
)
_VIDEOS = (
    "SELECT v.id, v.library, v.title, v.length_s, v.published_ms, v.status, v.views, v.watch_s, "
    "v.average_watch_s, v.width, v.height, v.frame_rate, v.codecs, v.resolutions, "
    "v.storage_bytes, v.collection, v.category, v.description, v.tags, v.chapters, v.captions, "
    "v.full, CASE WHEN v.gone_ms IS NULL AND v.seen_ms > 0 "
    "THEN max(v.seen_ms, coalesce(l.read_ms, 0)) ELSE v.seen_ms END, v.gone_ms "
    "FROM videos v JOIN libraries l ON l.name = v.library WHERE "
)
_SHOWN = f"NOT l.gone AND {_LISTED} "
_MATCHES = (
    "AND v.gone_ms IS NULL AND NOT EXISTS "
    "(SELECT 1 FROM json_each(?) WHERE instr(v.search, value) = 0) "
    "ORDER BY v.views DESC, v.key LIMIT ?"
)
_DAYS = (
    "SELECT v.id, d.day_ms, d.views, d.watch_s, d.hourly FROM videos v "
    "JOIN video_days d ON d.video_key = v.key "
)
_IN_WINDOW = "AND d.day_ms >= ? AND d.day_ms < ? ORDER BY v.key, d.day_ms"
_CHOSEN = "SELECT value FROM json_each(?)"
_KNOWN_TO = (
    # A count that has not moved says that nobody watched since; one of 0 that nobody ever did.
    "CASE WHEN v.views = v.read_views AND v.seen_ms > 0 "
    "AND (v.views = 0 OR v.counted_to_ms IS NOT NULL) "
    "THEN max(coalesce(v.counted_to_ms, 0), v.seen_ms, coalesce(l.read_ms, 0)) "
    "ELSE v.counted_to_ms END"
)
_KNOWN_DAYS = (
    f"SELECT v.id, coalesce(v.counted_from_ms, v.published_ms), {_KNOWN_TO} "  # noqa: S608 (own words)
    "FROM videos v JOIN libraries l ON l.name = v.library WHERE NOT l.gone AND v.gone_ms IS NULL "
)
_NEWEST_HEAT = (
    "SELECT v.id, h.at_ms, h.views, h.segments FROM videos v JOIN video_heat h "
    "ON h.video_key = v.key AND h.at_ms = "
    "(SELECT max(at_ms) FROM video_heat WHERE video_key = v.key) "
)


def libraries(connection: Connection) -> list[Library]:
    """See `queries.Reader.libraries`."""
    rows = connection.execute(_LIBRARIES).fetchall()
    return [Library(name, LibraryRole(role), *rest) for name, role, *rest in rows]


def videos(connection: Connection, library: str, *, gone: bool) -> list[Video]:
    """See `queries.Reader.videos`."""
    sql = _VIDEOS + _SHOWN + "AND (? = '' OR v.library = ?) AND (? OR v.gone_ms IS NULL) "
    sql += "ORDER BY v.published_ms DESC, v.key"
    return [video_from_row(row) for row in connection.execute(sql, (library, library, gone))]


def videos_of(connection: Connection, library: str) -> list[Video]:
    """All that was ever listed of a library, also what is gone."""
    rows = connection.execute(_VIDEOS + "v.library = ?", (library,)).fetchall()
    return [video_from_row(row) for row in rows]


def video(connection: Connection, video_id: str) -> Video | None:
    """See `queries.Reader.video`."""
    rows = connection.execute(_VIDEOS + "v.id = ?", (video_id,)).fetchall()
    return video_from_row(rows[0]) if rows else None


def find_videos(connection: Connection, words: str, limit: int) -> list[Video]:
    """See `queries.Reader.find_videos`."""
    sql = f"{_VIDEOS}{_SHOWN}{_MATCHES}"
    sought = json.dumps(fold(words).split())
    return [video_from_row(row) for row in connection.execute(sql, (sought, limit)).fetchall()]


def days(
    connection: Connection, video_ids: Sequence[str], start_ms: int, end_ms: int
) -> dict[str, tuple[DayCount, ...]]:
    """See `queries.Reader.days`."""
    sql = f"{_DAYS} WHERE v.id IN ({_CHOSEN}) {_IN_WINDOW}"
    rows = connection.execute(sql, (json.dumps(list(video_ids)), start_ms, end_ms)).fetchall()
    found: dict[str, tuple[DayCount, ...]] = dict.fromkeys(video_ids, ())
    return {**found, **_by_video(rows)}


def all_days(connection: Connection, start_ms: int) -> dict[str, tuple[DayCount, ...]]:
    """The days since an instant on which videos were watched, by video, the earliest first."""
    sql = f"{_DAYS} WHERE v.gone_ms IS NULL AND d.day_ms >= ? ORDER BY v.key, d.day_ms"
    return _by_video(connection.execute(sql, (start_ms,)))


def days_known(connection: Connection, video_id: str) -> tuple[int, int] | None:
    """See `queries.Reader.days_known`."""
    rows = connection.execute(_KNOWN_DAYS + "AND v.id = ?", (video_id,)).fetchall()
    return rows[0][1:] if rows and rows[0][2] is not None else None


def all_days_known(connection: Connection) -> dict[str, tuple[int, int | None]]:
    """From when to when the daily counts of videos are known, by video."""
    rows = connection.execute(_KNOWN_DAYS).fetchall()
    return {video_id: (from_ms, to_ms) for video_id, from_ms, to_ms in rows}


def hours(connection: Connection, library: str, start_ms: int, end_ms: int) -> list[HourCount]:
    """See `queries.Reader.hours`."""
    sql = (
        "SELECT hour_ms, sum(views), sum(watch_s) FROM library_hours WHERE library_key IN "
        "(SELECT key FROM libraries WHERE NOT gone AND (? = '' OR name = ?)) "
        "AND hour_ms >= ? AND hour_ms < ? GROUP BY hour_ms ORDER BY hour_ms"
    )
    rows = connection.execute(sql, (library, library, start_ms, end_ms)).fetchall()
    return [HourCount(*row) for row in rows]


def heat(connection: Connection, video_id: str) -> Heat | None:
    """See `queries.Reader.heat`."""
    rows = connection.execute(_NEWEST_HEAT + "WHERE v.id = ?", (video_id,)).fetchall()
    return _heat(rows[0]) if rows else None


def all_heat(connection: Connection) -> dict[str, Heat]:
    """The newest heatmap of each video that has one."""
    rows = connection.execute(_NEWEST_HEAT + "WHERE v.gone_ms IS NULL").fetchall()
    return {row[0]: _heat(row) for row in rows}


def uniques(connection: Connection, video_id: str) -> dict[int, tuple[int, str]]:
    """See `queries.Reader.uniques`."""
    sql = (
        "SELECT u.day_ms, u.viewers, u.mode FROM videos v "
        "JOIN unique_estimates u ON u.video_key = v.key WHERE v.id = ? ORDER BY u.day_ms"
    )
    rows = connection.execute(sql, (video_id,)).fetchall()
    return {day_ms: (viewers, mode) for day_ms, viewers, mode in rows}


def themes(connection: Connection) -> dict[str, str]:
    """See `queries.Reader.themes`."""
    sql = "SELECT video, theme FROM themes WHERE NOT rejected ORDER BY id"
    newest = dict(connection.execute(sql).fetchall())
    return {video_id: theme for video_id, theme in newest.items() if theme}


def rejected_themes(connection: Connection) -> set[tuple[str, str]]:
    """Themes that the owner said a video does not have: videos and themes."""
    sql = "SELECT DISTINCT video, theme FROM themes WHERE rejected"
    return {(video_id, theme) for video_id, theme in connection.execute(sql).fetchall()}


def video_from_row(row: Sequence[Any]) -> Video:
    """The video in a row of `_VIDEOS`."""
    *identity, status = row[:6]
    *counts, codecs, resolutions, storage, collection, category, description = row[6:18]
    tags, chapters, captions, *rest = row[18:]
    values = (
        *identity,
        VideoStatus(status),
        *counts,
        _words(codecs),
        _words(resolutions),
        storage,
        collection,
        category,
        description,
        _words(tags),
        tuple(Chapter(*one) for one in json.loads(chapters)) if chapters != "[]" else (),
        _words(captions),
        *rest,
    )
    return Video(*values)


def packed_hours(hourly: Sequence[int]) -> bytes | None:
    """The views of a day's hours, in as many bytes each as the largest takes; None for none.

    Raises:
        ValueError: They are not those of 24 hours, or one is negative.
    """
    if not hourly:
        return None
    if len(hourly) != HOURS_A_DAY or min(hourly) < 0:
        raise ValueError(f"a day has {HOURS_A_DAY} hours with 0 views or more, not {hourly}")
    widest = max(hourly)
    code = next(one for one in _WIDTHS.values() if widest < 256 ** struct.calcsize(f"<{one}"))
    return struct.pack(f"<{HOURS_A_DAY}{code}", *hourly)


def _hourly(packed: bytes) -> tuple[int, ...]:
    if len(packed) == HOURS_A_DAY:
        return tuple(packed)
    return struct.unpack(f"<{HOURS_A_DAY}{_WIDTHS[len(packed)]}", packed)


def _words(stored: str) -> tuple[str, ...]:
    return tuple(json.loads(stored)) if stored != "[]" else ()


def _by_video(rows: Iterable[Sequence[Any]]) -> dict[str, tuple[DayCount, ...]]:
    found: dict[str, list[DayCount]] = {}
    for video_id, at_ms, views, watch_s, hourly in rows:
        # One of these runs for every video and day of a year.
        day = DayCount(at_ms, views, watch_s, _hourly(hourly) if hourly else ())
        if video_id in found:
            found[video_id].append(day)
        else:
            found[video_id] = [day]
    return {video_id: tuple(days) for video_id, days in found.items()}


def _heat(row: Sequence[Any]) -> Heat:
    _, at_ms, views, segments = row
    return Heat(at_ms, views, tuple(json.loads(segments)))
