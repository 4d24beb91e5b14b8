# ruff: noqa: D106 (a `Meta` is peewee's way of naming options, no class to explain)
"""The tables of videos as they stand today: what is counted and reported, and what it tells."""

from __future__ import annotations

from peewee import (
    SQL,
    AutoField,
    BigIntegerField,
    BlobField,
    BooleanField,
    CompositeKey,
    FloatField,
    IntegerField,
    TextField,
)

from sentinel_tui.store.strict_model import StrictModel


class VideoLibrary(StrictModel):
    """A library of videos as the configuration names it, and how far it has been read."""

    key = AutoField()
    name = TextField(unique=True)
    role = TextField()
    position = IntegerField()
    gone = BooleanField(default=False)
    read_ms = BigIntegerField(null=True)
    counted_to_ms = BigIntegerField(null=True)
    waiting = IntegerField(default=0)
    trouble = TextField(default="")

    class Meta:
        table_name = "libraries"


class VideoRow(StrictModel):
    """A video as its platform last described it, and how far its own counts have been read.

    `seen_ms` is when something about it last changed, and 0 where only players told of it; that
    it is still there follows from its library's `read_ms`. `search` holds its words, folded.
    """

    key = AutoField()
    id = TextField(unique=True)
    library = TextField()
    title = TextField()
    length_s = FloatField(default=0.0)
    published_ms = BigIntegerField()
    status = TextField()
    views = IntegerField(default=0)
    watch_s = FloatField(default=0.0)
    average_watch_s = FloatField(default=0.0)
    width = IntegerField(default=0)
    height = IntegerField(default=0)
    frame_rate = FloatField(default=0.0)
    codecs = TextField(default="[]")
    resolutions = TextField(default="[]")
    storage_bytes = BigIntegerField(default=0)
    collection = TextField(default="")
    category = TextField(default="")
    description = TextField(default="")
    tags = TextField(default="[]")
    chapters = TextField(default="[]")
    captions = TextField(default="[]")
    full = TextField(default="")
    search = TextField(default="")
    first_ms = BigIntegerField()
    seen_ms = BigIntegerField(default=0)
    gone_ms = BigIntegerField(null=True)
    read_ms = BigIntegerField(null=True)
    read_views = IntegerField(default=0)
    counted_from_ms = BigIntegerField(null=True)
    counted_to_ms = BigIntegerField(null=True)
    heat_views = IntegerField(default=0)

    class Meta:
        table_name = "videos"
        indexes = ((("library", "published_ms"), False),)


class VideoDay(StrictModel):
    """What was watched of a video on a day (UTC) on which it was watched at all.

    `hourly` holds the views of its 24 hours in as many bytes each as the largest takes, or null.
    """

    video_key = IntegerField()
    day_ms = BigIntegerField()
    views = IntegerField()
    watch_s = FloatField()
    hourly = BlobField(null=True)

    class Meta:
        table_name = "video_days"
        primary_key = CompositeKey("video_key", "day_ms")
        without_rowid = True


class LibraryHour(StrictModel):
    """What was watched of a library in an hour in which it was watched at all."""

    library_key = IntegerField()
    hour_ms = BigIntegerField()
    views = IntegerField()
    watch_s = FloatField()

    class Meta:
        table_name = "library_hours"
        primary_key = CompositeKey("library_key", "hour_ms")
        without_rowid = True


class VideoHeat(StrictModel):
    """A heatmap as a platform told it; the newest few of each video."""

    video_key = IntegerField()
    at_ms = BigIntegerField()
    views = IntegerField()
    segments = TextField()

    class Meta:
        table_name = "video_heat"
        primary_key = CompositeKey("video_key", "at_ms")
        without_rowid = True


class UniqueEstimate(StrictModel):
    """About how many people watched a video on a day, by the log of its delivery."""

    video_key = IntegerField()
    day_ms = BigIntegerField()
    viewers = IntegerField()
    mode = TextField()

    class Meta:
        table_name = "unique_estimates"
        primary_key = CompositeKey("video_key", "day_ms")
        without_rowid = True


class ViewEventRow(StrictModel):
    """A report of a player; `folded` once it is part of a row of `viewings`.

    `whose` stands for viewer, video and library together in an index that is quick to write.
    """

    key = AutoField()
    id = TextField(unique=True)
    viewer = TextField()
    video = TextField()
    library = TextField()
    whose = BigIntegerField()
    event = TextField()
    at_ms = BigIntegerField()
    position_s = FloatField()
    received_ms = BigIntegerField(index=True)
    folded = BooleanField(default=False)

    class Meta:
        table_name = "view_events"
        indexes = ((("whose", "at_ms"), False),)


ViewEventRow.add_index(
    ViewEventRow.index(ViewEventRow.key, where=SQL("NOT folded"), name="view_events_unfolded")
)


class Viewing(StrictModel):
    """One viewer's playing of one video, put together from reports that have fallen silent.

    `reports` is from how many, and null once it is known that they are no longer all kept.
    """

    viewer = TextField()
    video = TextField()
    library = TextField()
    start_ms = BigIntegerField(index=True)
    last_ms = BigIntegerField()
    watch_s = FloatField()
    furthest_s = FloatField()
    ended = BooleanField()
    folded_ms = BigIntegerField()
    reports = IntegerField(null=True)

    class Meta:
        table_name = "viewings"
        indexes = (
            (("video", "viewer", "library", "start_ms"), True),
            (("video", "start_ms"), False),
        )


class UserAction(StrictModel):
    """Something the owner did; `timestamp` is in milliseconds, as every instant."""

    id = TextField(primary_key=True)
    action = TextField()
    service = TextField()
    timestamp = BigIntegerField(index=True)
    context = TextField()
    duration_ms = FloatField(null=True)
    received_ms = BigIntegerField()

    class Meta:
        table_name = "user_actions"


class VideoAnalysis(StrictModel):
    """A video's figures by the last study of a day; what is unknown is null.

    Those that are shown in tables are columns; `data` holds all of them, with their sources.
    """

    id = AutoField()
    video_id = TextField()
    library = TextField()
    views = IntegerField(null=True)
    watch_time_sec = FloatField(null=True)
    completion_rate = FloatField(null=True)
    engagement_score = FloatField(null=True)
    timestamp = BigIntegerField()
    day_ms = BigIntegerField(index=True)
    method = TextField()
    average_watched = FloatField(null=True)
    completion_low = FloatField(null=True)
    completion_high = FloatField(null=True)
    completion_basis = TextField()
    completion_confidence = FloatField(null=True)
    score_low = FloatField(null=True)
    score_high = FloatField(null=True)
    score_confidence = FloatField(null=True)
    expected_hold = FloatField(null=True)
    reach = FloatField(null=True)
    reach_low = FloatField(null=True)
    reach_high = FloatField(null=True)
    reach_basis = TextField()
    reach_confidence = FloatField(null=True)
    data = TextField()

    class Meta:
        table_name = "video_analytics"
        indexes = ((("video_id", "day_ms"), True),)


class ContentTrend(StrictModel):
    """An answer of the last study of a day, with its evidence in `data`."""

    id = AutoField()
    trend_type = TextField()
    pattern = TextField()
    confidence = FloatField(null=True)
    data = TextField()
    detected_at = BigIntegerField()
    outcome = TextField()
    day_ms = BigIntegerField(index=True)

    class Meta:
        table_name = "content_trends"


class StudyRow(StrictModel):
    """The last study of a day: what it says of libraries and of all videos together, as JSON."""

    at_ms = BigIntegerField()
    day_ms = BigIntegerField(unique=True)
    from_ms = BigIntegerField()
    method = TextField()
    questions = IntegerField()
    data = TextField()

    class Meta:
        table_name = "studies"


class ThemeWord(StrictModel):
    """What the owner said of a video's theme: that it is this one, or, where rejected, is not."""

    video = TextField()
    theme = TextField()
    rejected = BooleanField()
    at_ms = BigIntegerField()
    author = TextField()

    class Meta:
        table_name = "themes"
        indexes = ((("video", "rejected"), False),)
