"""Bunny's account of a video, taken over into Sentinel's words."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from sentinel_tui.domain.video.catalog import Chapter, Video, VideoStatus
from sentinel_tui.platforms.bunny_values import amount, count, instant_ms, line, tables, words
from sentinel_tui.text import clean_block

FULL = "sentinel.full"
"""The property of a meta tag in which an owner says which video a preview is of, by its id."""

_TAGS = frozenset({"tags", "keywords"})
_STATUSES = {
    0: VideoStatus.CREATED,
    1: VideoStatus.UPLOADED,
    2: VideoStatus.PROCESSING,
    3: VideoStatus.TRANSCODING,
    4: VideoStatus.FINISHED,
    5: VideoStatus.FAILED,
    6: VideoStatus.FAILED,
    7: VideoStatus.FINISHED,
    8: VideoStatus.FINISHED,
}
"""By the numbers of a video; those of its webhooks are others. The last two can be played."""
_NO_CATEGORY = frozenset({"untagged", "unknown"})
_ID = re.compile(r"[A-Za-z0-9-]{1,64}")
_LONGEST_TITLE = 300
_LONGEST_WORD = 60
_LONGEST_DESCRIPTION = 2_000
_MOST_WORDS = 50
_MOST_CHAPTERS = 200


class Unreadable(ValueError):
    """A video without that by which it could be told or counted; says what is missing.

    Attributes:
        name: What it can be called all the same: its id, else its title, else nothing.
    """

    def __init__(self, name: str, missing: str) -> None:
        super().__init__(f"{name or 'a video without an id'}: its {missing} cannot be read")
        self.name = name


def video_of(
    row: Mapping[str, Any], library: str, collections: Mapping[str, str], seen_ms: int
) -> Video:
    """A video as Bunny describes it.

    Of what is missing or of another kind than described, the field is left at its default. Counts
    are another matter: taken for 0 they would be wrong.

    Args:
        row: A VideoModel of Bunny's description, or whatever came in its place.
        library: The owner's name of the library.
        collections: The names of its collections by their ids.
        seen_ms: When Bunny told of it.

    Raises:
        Unreadable: Its id, the instant of its upload or its views cannot be read.
    """
    identity = video_id(row.get("guid"))
    title = line(row.get("title"), _LONGEST_TITLE)
    published_ms = instant_ms(row.get("dateUploaded"))
    views = count(row.get("views"))
    if not identity:
        raise Unreadable(title, "id")
    if published_ms is None:
        raise Unreadable(identity, "date of upload")
    if views is None:
        raise Unreadable(identity, "number of views")
    watch_s, average_watch_s = _watched(row, identity, views)
    meta = _meta_tags(row.get("metaTags"))
    return Video(
        id=identity,
        library=library,
        title=title or identity,
        length_s=amount(row.get("length")) or 0.0,
        published_ms=published_ms,
        status=_status(row.get("status")),
        views=views,
        watch_s=watch_s,
        average_watch_s=average_watch_s,
        width=count(row.get("width")) or 0,
        height=count(row.get("height")) or 0,
        frame_rate=amount(row.get("framerate")) or 0.0,
        codecs=words(row.get("outputCodecs"), _LONGEST_WORD, _MOST_WORDS),
        resolutions=words(row.get("availableResolutions"), _LONGEST_WORD, _MOST_WORDS),
        storage_bytes=count(row.get("storageSize")) or 0,
        collection=collections.get(collection_of(row), ""),
        category=_category(row.get("category")),
        description=_description(row.get("description")),
        tags=_tags(meta),
        chapters=_chapters(row.get("chapters")),
        captions=_captions(row.get("captions")),
        full=next((video_id(value) for name, value in meta if name == FULL), ""),
        seen_ms=seen_ms,
    )


def video_id(value: object) -> str:
    """The id of a video, or empty for what could be none."""
    text = value.strip() if isinstance(value, str) else ""
    return text if _ID.fullmatch(text) else ""


def collection_of(row: Mapping[str, Any]) -> str:
    """The id of the collection that a video lies in, or empty."""
    return line(row.get("collectionId"), _LONGEST_WORD)


def collection_names(rows: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    """The names of collections by their ids; one without a name goes by its id."""
    named = {}
    for row in rows:
        identity = line(row.get("guid"), _LONGEST_WORD)
        if identity:
            named[identity] = line(row.get("name"), _LONGEST_TITLE) or identity
    return named


def _watched(row: Mapping[str, Any], identity: str, views: int) -> tuple[float, float]:
    """How long it was watched in all and by a view, in seconds; one makes up for the other."""
    whole_s, average_s = amount(row.get("totalWatchTime")), amount(row.get("averageWatchTime"))
    if not views:
        return whole_s or 0.0, average_s or 0.0
    if whole_s is None and average_s is None:
        raise Unreadable(identity, "watch time")
    if whole_s is None:
        return views * (average_s or 0.0), average_s or 0.0
    return whole_s, whole_s / views if average_s is None else average_s


def _status(value: object) -> VideoStatus:
    number = count(value)
    return VideoStatus.UNKNOWN if number is None else _STATUSES.get(number, VideoStatus.UNKNOWN)


def _category(value: object) -> str:
    """What Bunny takes a video to be about; it has two words for not knowing."""
    category = line(value, _LONGEST_WORD)
    return "" if category.casefold() in _NO_CATEGORY else category


def _description(value: object) -> str:
    return clean_block(value, _LONGEST_DESCRIPTION) if isinstance(value, str) else ""


def _meta_tags(value: object) -> list[tuple[str, Any]]:
    return [
        (line(row.get("property"), _LONGEST_WORD).casefold(), row.get("value"))
        for row in tables(value, _MOST_WORDS)
    ]


def _tags(meta: Iterable[tuple[str, Any]]) -> tuple[str, ...]:
    found: dict[str, None] = {}
    for name, value in meta:
        if name in _TAGS:
            found |= dict.fromkeys(
                word.lower() for word in words(value, _LONGEST_WORD, _MOST_WORDS)
            )
    return tuple(found)[:_MOST_WORDS]


def _chapters(value: object) -> tuple[Chapter, ...]:
    """The chapters that have a beginning before their end, in the order of the video."""
    found = []
    for row in tables(value, _MOST_CHAPTERS):
        start_s, end_s = amount(row.get("start")), amount(row.get("end"))
        if start_s is not None and end_s is not None and start_s < end_s:
            found.append(Chapter(line(row.get("title"), _LONGEST_TITLE), start_s, end_s))
    return tuple(sorted(found, key=lambda chapter: chapter.start_s))


def _captions(value: object) -> tuple[str, ...]:
    codes = (line(row.get("srclang"), _LONGEST_WORD) for row in tables(value, _MOST_WORDS))
    return tuple(dict.fromkeys(filter(None, codes)))
