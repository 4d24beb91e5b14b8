# ruff: noqa: D101, D106 (a frozen copy; `store.video_models` explains the tables of today)
"""Videos, what is counted and reported of them, and what is made of it."""

from typing import Any

from peewee import (
    SQL,
    AutoField,
    BigIntegerField,
    BlobField,
    BooleanField,
    CompositeKey,
    FloatField,
    IntegerField,
    Model,
    TextField,
)


class _Strict(Model):
    class Meta:
        strict_tables = True
        legacy_table_names = False


class VideoLibrary(_Strict):
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


class VideoRow(_Strict):
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


class VideoDay(_Strict):
    video_key = IntegerField()
    day_ms = BigIntegerField()
    views = IntegerField()
    watch_s = FloatField()
    hourly = BlobField(null=True)

    class Meta:
        table_name = "video_days"
        primary_key = CompositeKey("video_key", "day_ms")
        without_rowid = True


class LibraryHour(_Strict):
    library_key = IntegerField()
    hour_ms = BigIntegerField()
    views = IntegerField()
    watch_s = FloatField()

    class Meta:
        table_name = "library_hours"
        primary_key = CompositeKey("library_key", "hour_ms")
        without_rowid = True


class VideoHeat(_Strict):
    video_key = IntegerField()
    at_ms = BigIntegerField()
    views = IntegerField()
    segments = TextField()

    class Meta:
        table_name = "video_heat"
        primary_key = CompositeKey("video_key", "at_ms")
        without_rowid = True


class UniqueEstimate(_Strict):
    video_key = IntegerField()
    day_ms = BigIntegerField()
    viewers = IntegerField()
    mode = TextField()

    class Meta:
        table_name = "unique_estimates"
        primary_key = CompositeKey("video_key", "day_ms")
        without_rowid = True


class ViewEventRow(_Strict):
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


class Viewing(_Strict):
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


class UserAction(_Strict):
    id = TextField(primary_key=True)
    action = TextField()
    service = TextField()
    timestamp = BigIntegerField(index=True)
    context = TextField()
    duration_ms = FloatField(null=True)
    received_ms = BigIntegerField()

    class Meta:
        table_name = "user_actions"


class VideoAnalysis(_Strict):
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


class ContentTrend(_Strict):
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


class StudyRow(_Strict):
    at_ms = BigIntegerField()
    day_ms = BigIntegerField(unique=True)
    from_ms = BigIntegerField()
    method = TextField()
    questions = IntegerField()
    data = TextField()

    class Meta:
        table_name = "studies"


class ThemeWord(_Strict):
    video = TextField()
    theme = TextField()
    rejected = BooleanField()
    at_ms = BigIntegerField()
    author = TextField()

    class Meta:
        table_name = "themes"
        indexes = ((("video", "rejected"), False),)


TABLES: tuple[type[Model], ...] = (
    VideoLibrary,
    VideoRow,
    VideoDay,
    LibraryHour,
    VideoHeat,
    UniqueEstimate,
    ViewEventRow,
    Viewing,
    UserAction,
    VideoAnalysis,
    ContentTrend,
    StudyRow,
    ThemeWord,
)


def up(migrator: Any, db: Any) -> None:
    """Make the new tables."""
    with db.bind_ctx(TABLES):
        db.create_tables(TABLES)
