"""The videos there are, and what a platform counts of them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

HOUR_MS = 3_600_000
DAY_MS = 24 * HOUR_MS


class LibraryRole(StrEnum):
    """Whom a library is for. The words are those of the configuration."""

    PUBLIC = "public"
    PRIVATE = "private"


class VideoStatus(StrEnum):
    """How far a video has come. The words are shown."""

    CREATED = "created"
    UPLOADED = "uploaded"
    PROCESSING = "processing"
    TRANSCODING = "transcoding"
    FINISHED = "finished"
    FAILED = "failed"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Library:
    """A library of videos, and how far it has been read.

    Attributes:
        name: The owner's name for it.
        role: Whom it is for.
        videos: How many videos it holds.
        read_ms: When its list was last read whole, or None.
        counted_to_ms: Until when its own hourly counts are known, or None.
        waiting: How many of its videos changed and are still to be read.
        trouble: Why it cannot be read, or empty.
    """

    name: str
    role: LibraryRole
    videos: int = 0
    read_ms: int | None = None
    counted_to_ms: int | None = None
    waiting: int = 0
    trouble: str = ""


@dataclass(frozen=True, slots=True)
class Chapter:
    """A named part of a video, in seconds from its beginning."""

    title: str
    start_s: float
    end_s: float


@dataclass(frozen=True, slots=True)
class Video:
    """A video, as its platform describes it.

    Attributes:
        id: The platform's id, the same for as long as the video exists.
        library: The owner's name of the library it lies in.
        title: Its title.
        length_s: How long it is; 0 while that is not known.
        published_ms: When it was uploaded.
        status: How far it has come.
        views: How often it was begun so far, by the platform's count.
        watch_s: How long it was watched so far; what was played twice counts twice.
        average_watch_s: How long a view lasts on average.
        width: Of its picture, in pixels; 0 where unknown.
        height: Of its picture.
        frame_rate: Pictures a second; 0 where unknown.
        codecs: In which codecs it is kept.
        resolutions: In which resolutions, such as `720p`.
        storage_bytes: What all its renditions take together.
        collection: The name of the collection it lies in, or empty.
        category: What the platform takes it to be about, or empty.
        description: What its owner says of it.
        tags: Its owner's tags, in small letters.
        chapters: Its named parts.
        captions: The languages of its captions.
        full: The id of the full video that it is a preview of, where its owner says so; or empty.
        seen_ms: When the platform last told of it.
        gone_ms: Since when the platform no longer tells of it, or None.
    """

    id: str
    library: str
    title: str
    length_s: float
    published_ms: int
    status: VideoStatus = VideoStatus.FINISHED
    views: int = 0
    watch_s: float = 0.0
    average_watch_s: float = 0.0
    width: int = 0
    height: int = 0
    frame_rate: float = 0.0
    codecs: tuple[str, ...] = ()
    resolutions: tuple[str, ...] = ()
    storage_bytes: int = 0
    collection: str = ""
    category: str = ""
    description: str = ""
    tags: tuple[str, ...] = ()
    chapters: tuple[Chapter, ...] = ()
    captions: tuple[str, ...] = ()
    full: str = ""
    seen_ms: int = 0
    gone_ms: int | None = None

    @property
    def approximate_bitrate_bps(self) -> float | None:
        """Bits a second of all its renditions together, which is no rendition's own; or None."""
        if not self.storage_bytes or self.length_s <= 0:
            return None
        return 8 * self.storage_bytes / self.length_s


@dataclass(frozen=True, slots=True)
class HourCount:
    """What was watched in an hour.

    Attributes:
        at_ms: When the hour began; hours are those of UTC.
        views: How many views began.
        watch_s: How long was watched.
    """

    at_ms: int
    views: int
    watch_s: float


@dataclass(frozen=True, slots=True)
class DayCount:
    """What was watched of a video on a day.

    Attributes:
        at_ms: When the day began; days are those of UTC.
        views: How many views began.
        watch_s: How long was watched.
        hourly: Views of each of its 24 hours; empty where only the day's are known.
    """

    at_ms: int
    views: int
    watch_s: float
    hourly: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Heat:
    """How much each part of a video is watched, compared with its most watched one.

    Attributes:
        at_ms: When the platform told so.
        views: How many views the video had then.
        segments: Of each segment of equal length, 0 to 100.
    """

    at_ms: int
    views: int
    segments: tuple[float, ...]
