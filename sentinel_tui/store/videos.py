"""Libraries and their videos, written down as platforms tell them."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from sentinel_tui.domain.video.catalog import DAY_MS, Library, LibraryRole, Video
from sentinel_tui.store import video_reading
from sentinel_tui.store.database import Database, Value
from sentinel_tui.text import fold

_PUT_LIBRARY = (
    "INSERT INTO libraries (name, role, position, gone, waiting, trouble) "
    "VALUES (?, ?, ?, 0, 0, '') ON CONFLICT (name) "
    "DO UPDATE SET role = excluded.role, position = excluded.position, gone = 0"
)
_COLUMNS = (
    *("id", "library", "title", "length_s", "published_ms", "status", "views", "watch_s"),
    *("average_watch_s", "width", "height", "frame_rate", "codecs", "resolutions"),
    *("storage_bytes", "collection", "category", "description", "tags", "chapters", "captions"),
    *("full", "search", "seen_ms"),
)
_INSERT = (
    f"INSERT INTO videos ({', '.join(_COLUMNS)}, first_ms, read_views, heat_views) "  # noqa: S608 (own columns)
    f"VALUES ({', '.join('?' * len(_COLUMNS))}, ?, 0, 0) ON CONFLICT (id) "
)
_PUT_VIDEO = (
    _INSERT
    + "DO UPDATE SET "
    + ", ".join(f"{column} = excluded.{column}" for column in _COLUMNS[1:])
    + ", gone_ms = NULL"
)
_READ_ANEW = (
    "UPDATE videos SET read_ms = NULL, read_views = 0, counted_from_ms = NULL, "
    "counted_to_ms = NULL, heat_views = 0 WHERE id = ?"
)
_TO_READ = (
    # What was never read waits behind what changed: it is older news.
    "SELECT id, views, counted_to_ms, heat_views FROM videos WHERE library = ? "  # noqa: S608 (own number)
    "AND gone_ms IS NULL AND seen_ms > 0 AND (read_ms IS NULL OR views <> read_views "
    # Its platform told no counts of it that day; it may by now.
    "OR (views > 0 AND counted_to_ms IS NULL AND read_ms <= "
    f"(SELECT read_ms FROM libraries WHERE name = videos.library) - {DAY_MS})) "
    "ORDER BY read_ms IS NULL, abs(views - read_views) DESC, views DESC, key LIMIT ?"
)


@dataclass(frozen=True, slots=True)
class VideoChanges:
    """What a list of videos brought, as ids.

    Attributes:
        new: Not known before, or back after being gone.
        moved: Watched since the last list.
        gone: No longer in the list, which was a whole one.
        went_back: With fewer views than before: replaced, or counted anew. What was known of
            their counts no longer holds, and they are to be read from the beginning.
    """

    new: tuple[str, ...] = ()
    moved: tuple[str, ...] = ()
    gone: tuple[str, ...] = ()
    went_back: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ToRead:
    """A video whose own counts are to be read.

    Attributes:
        video: Its id.
        views: How many views it has by its library's list.
        counted_to_ms: Until when its daily counts are known, or None.
        heat_views: How many views it had when its heatmap was last read; 0 for never.
    """

    video: str
    views: int
    counted_to_ms: int | None
    heat_views: int


def register_libraries(db: Database, roles: Mapping[str, LibraryRole]) -> None:
    """Bring the libraries in line with the configuration.

    One that was taken out keeps its videos and is no longer shown; one that comes back is the same
    as before.

    Args:
        db: The store.
        roles: The libraries by name, in their order.
    """
    db.write("UPDATE libraries SET gone = 1")
    db.write_many(
        _PUT_LIBRARY,
        ((name, role.value, place) for place, (name, role) in enumerate(roles.items())),
    )


def save_library(db: Database, library: Library) -> None:
    """Note how far the reading of a registered library has come: what waits, and what is wrong.

    How many videos it holds, when it was read and until when it is counted follow from
    `save_videos` and `save_hours`, and are left alone here.
    """
    db.write(
        "UPDATE libraries SET role = ?, waiting = ?, trouble = ? WHERE name = ?",
        (library.role.value, library.waiting, library.trouble, library.name),
    )


def save_videos(
    db: Database, library: str, videos: Sequence[Video], at_ms: int, *, whole: bool
) -> VideoChanges:
    """Note the videos of a library as its platform lists them.

    Args:
        db: The store.
        library: The owner's name of it.
        videos: What is listed; of an id that occurs twice, as lists that move under the reader's
            hands have them, the last one counts.
        at_ms: When it was listed.
        whole: Whether the list is all there is, so that what it lacks is gone.
    """
    known = {one.id: one for one in video_reading.videos_of(db.raw, library)}
    told = {one.id: replace(one, library=library, seen_ms=at_ms, gone_ms=None) for one in videos}
    fresh = [one for one in told.values() if _differs(one, known.get(one.id))]
    db.write_many(_PUT_VIDEO, ((*_video_values(one), at_ms) for one in fresh))
    went_back = [one.id for one in fresh if one.id in known and one.views < known[one.id].views]
    db.write_many(_READ_ANEW, ((one,) for one in went_back))
    gone = [one.id for one in known.values() if not _is_new(one) and one.id not in told]
    if whole:
        db.write_many("UPDATE videos SET gone_ms = ? WHERE id = ?", ((at_ms, one) for one in gone))
        db.write("UPDATE libraries SET read_ms = ? WHERE name = ?", (at_ms, library))
    return VideoChanges(
        new=tuple(one.id for one in fresh if _is_new(known.get(one.id))),
        moved=tuple(one.id for one in fresh if one.id in known and _moved(one, known[one.id])),
        gone=tuple(gone) if whole else (),
        went_back=tuple(went_back),
    )


def note_video(db: Database, video: Video, at_ms: int) -> None:
    """Note a video that only players told of; what a platform says of it takes its place."""
    db.write(_INSERT + "DO NOTHING", (*_video_values(video), at_ms))


def to_read(db: Database, library: str, limit: int) -> list[ToRead]:
    """Videos whose counts moved since they were read, the most moved first.

    Those that were never read follow, the most viewed first.
    """
    return [ToRead(*row) for row in db.rows(_TO_READ, (library, limit))]


def mark_read(db: Database, video: str, views: int, counted_to_ms: int | None, at_ms: int) -> None:
    """Note that a video's counts were read.

    Args:
        db: The store.
        video: Its id.
        views: How many views it had by the list for which it was read.
        counted_to_ms: Until when its daily counts are known now; None when they still are not.
        at_ms: When it was read.
    """
    db.write(
        "UPDATE videos SET read_ms = ?, read_views = ?, counted_to_ms = ? WHERE id = ?",
        (at_ms, views, counted_to_ms, video),
    )


def libraries(db: Database) -> list[Library]:
    """All configured libraries and how far they have been read, in their order."""
    return video_reading.libraries(db.raw)


def _is_new(known: Video | None) -> bool:
    """Whether the platform did not list it the last time, or ever."""
    return known is None or known.gone_ms is not None or not known.seen_ms


def _differs(told: Video, known: Video | None) -> bool:
    """Whether there is anything to write; most videos are listed just as they were."""
    return known is None or replace(told, seen_ms=known.seen_ms) != known


def _moved(told: Video, known: Video) -> bool:
    return (told.views, told.watch_s) != (known.views, known.watch_s)


def _video_values(video: Video) -> tuple[Value, ...]:
    words = (video.title, video.collection, video.id, *video.tags)
    return (
        video.id,
        video.library,
        video.title,
        video.length_s,
        video.published_ms,
        video.status.value,
        video.views,
        video.watch_s,
        video.average_watch_s,
        video.width,
        video.height,
        video.frame_rate,
        json.dumps(video.codecs),
        json.dumps(video.resolutions),
        video.storage_bytes,
        video.collection,
        video.category,
        video.description,
        json.dumps(video.tags, ensure_ascii=False),
        json.dumps(
            [(one.title, one.start_s, one.end_s) for one in video.chapters], ensure_ascii=False
        ),
        json.dumps(video.captions),
        video.full,
        fold(" ".join(words)),
        video.seen_ms,
    )
