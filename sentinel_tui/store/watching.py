"""How much videos are watched, by day, hour and moment, as platforms count it."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

from sentinel_tui.domain.video.catalog import DayCount, Heat, HourCount
from sentinel_tui.store.database import Database
from sentinel_tui.store.layout import DAY_MS
from sentinel_tui.store.video_reading import packed_hours

HEATS_KEPT = 8
"""Heatmaps kept of each video, the newest: to replay, and because each stands for more views."""

_PUT_DAY = (
    "INSERT INTO video_days (video_key, day_ms, views, watch_s, hourly) VALUES (?, ?, ?, ?, ?)"
)
_PUT_UNIQUES = (
    "INSERT INTO unique_estimates (video_key, day_ms, viewers, mode) "
    "SELECT key, ?, ?, ? FROM videos WHERE id = ? AND library = ? "
    "ON CONFLICT (video_key, day_ms) DO UPDATE SET viewers = excluded.viewers, mode = excluded.mode"
)


def save_days(db: Database, video: str, days: Sequence[DayCount], from_ms: int, to_ms: int) -> None:
    """Put the daily counts of a stretch in the place of what was known of it.

    What was known before the stretch goes on being known where the two touch.

    Args:
        db: The store.
        video: The video's id; of one that is not known nothing is kept.
        days: Its days within the stretch; one without a view may be left out, and is not stored.
        from_ms: Where the stretch begins: at the start of a day (UTC).
        to_ms: Until when the counts are complete.

    Raises:
        ValueError: The stretch does not begin with a day, or a day does not have 24 hours.
    """
    if from_ms % DAY_MS:
        raise ValueError("daily counts are replaced by whole days")
    row = db.row("SELECT key FROM videos WHERE id = ?", (video,))
    if row is None:
        return
    (key,) = row
    db.write(
        "DELETE FROM video_days WHERE video_key = ? AND day_ms >= ? AND day_ms < ?",
        (key, from_ms, to_ms),
    )
    db.write_many(
        _PUT_DAY,
        (
            (key, day.at_ms, day.views, day.watch_s, packed_hours(day.hourly))
            for day in days
            if from_ms <= day.at_ms < to_ms and (day.views or day.watch_s)
        ),
    )
    db.write(
        "UPDATE videos SET counted_from_ms = CASE WHEN counted_to_ms >= ?1 "
        "THEN min(counted_from_ms, ?1) ELSE ?1 END, counted_to_ms = ?2 WHERE key = ?3",
        (from_ms, to_ms, key),
    )


def save_hours(
    db: Database, library: str, hours: Sequence[HourCount], from_ms: int, to_ms: int
) -> None:
    """Put a library's hourly counts of a stretch in the place of what was known of it.

    Args:
        db: The store.
        library: A registered library.
        hours: Its hours within the stretch; one without a view may be left out.
        from_ms: Where the stretch begins, at the start of an hour.
        to_ms: Until when the counts are complete.
    """
    row = db.row("SELECT key FROM libraries WHERE name = ?", (library,))
    if row is None:
        return
    (key,) = row
    db.write(
        "DELETE FROM library_hours WHERE library_key = ? AND hour_ms >= ? AND hour_ms < ?",
        (key, from_ms, to_ms),
    )
    db.write_many(
        "INSERT INTO library_hours (library_key, hour_ms, views, watch_s) VALUES (?, ?, ?, ?)",
        (
            (key, hour.at_ms, hour.views, hour.watch_s)
            for hour in hours
            if from_ms <= hour.at_ms < to_ms and (hour.views or hour.watch_s)
        ),
    )
    db.write(
        "UPDATE libraries SET counted_to_ms = max(coalesce(counted_to_ms, 0), ?) WHERE key = ?",
        (to_ms, key),
    )


def save_heat(db: Database, video: str, heat: Heat) -> None:
    """Note a heatmap; of each video the newest `HEATS_KEPT` are kept."""
    row = db.row("UPDATE videos SET heat_views = ? WHERE id = ? RETURNING key", (heat.views, video))
    if row is None:
        return
    (key,) = row
    db.write(
        "INSERT OR REPLACE INTO video_heat (video_key, at_ms, views, segments) VALUES (?, ?, ?, ?)",
        (key, heat.at_ms, heat.views, json.dumps(heat.segments, separators=(",", ":"))),
    )
    db.write(
        "DELETE FROM video_heat WHERE video_key = ?1 AND at_ms <= (SELECT at_ms FROM video_heat "
        "WHERE video_key = ?1 ORDER BY at_ms DESC LIMIT 1 OFFSET ?2)",
        (key, HEATS_KEPT),
    )


def save_uniques(
    db: Database, library: str, mode: str, counts: Mapping[str, Mapping[int, int]]
) -> None:
    """Note about how many people watched, by the log of a library's delivery.

    Args:
        db: The store.
        library: Which library.
        mode: How the log's addresses were anonymised.
        counts: By video and start of day (UTC), how many. Videos that are not known are left out.
    """
    db.write_many(
        _PUT_UNIQUES,
        (
            (day_ms, viewers, mode, video, library)
            for video, by_day in counts.items()
            for day_ms, viewers in by_day.items()
        ),
    )
