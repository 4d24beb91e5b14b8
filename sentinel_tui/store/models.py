"""The tables as they stand today.

Migrations build them; `tests/store` holds that both agree. Every table is STRICT, so that SQLite
refuses what PostgreSQL would refuse. Instants are integer milliseconds UTC, latencies integer
microseconds. What lasts as long as history itself (alerts, intents, events) names its service by
the owner's id, because it outlives the row of a service that was taken out.
"""

from __future__ import annotations

from peewee import (
    SQL,
    AutoField,
    BigIntegerField,
    BlobField,
    BooleanField,
    CompositeKey,
    FloatField,
    ForeignKeyField,
    IntegerField,
    Model,
    TextField,
)

from sentinel_tui.store import action_models, keeping_models, video_models
from sentinel_tui.store.alert_models import (
    Alert,
    Channel,
    Incident,
    IncidentNote,
    Message,
    Notification,
    Silence,
)
from sentinel_tui.store.strict_model import StrictModel

__all__ = ["TABLES", "Alert", "Incident", "IncidentNote", "Silence"]


class Service(StrictModel):
    """What is watched, and what it shows now."""

    key = AutoField()
    id = TextField(unique=True)
    name = TextField()
    role = TextField()
    position = IntegerField()
    tags = TextField()
    depends_on = TextField()
    sleeps = BooleanField()
    expected_wake_s = FloatField(null=True)
    gone = BooleanField(default=False)
    state = TextField()
    since_ms = BigIntegerField()
    reason = TextField()
    paused_ms = BigIntegerField(null=True)
    last_wake_ms = BigIntegerField(null=True)
    next_wake_ms = BigIntegerField(null=True)
    cold_start_us = BigIntegerField(null=True)
    suppressed_by = TextField(default="")

    class Meta:
        table_name = "services"


class Check(StrictModel):
    """One way to look at a service."""

    key = AutoField()
    service_key = ForeignKeyField(Service, column_name="service_key", index=False)
    name = TextField()
    kind = TextField()
    target = TextField()
    interval_s = FloatField()
    position = IntegerField()
    gone = BooleanField(default=False)

    class Meta:
        table_name = "checks"
        indexes = ((("service_key", "name"), True),)


class CheckState(StrictModel):
    """What the state machine remembers of a check, and its last look."""

    check_key = ForeignKeyField(Check, column_name="check_key", primary_key=True)
    verdict = TextField()
    sheet = TextField(null=True)
    since_ms = BigIntegerField()
    reason = TextField()
    last_ms = BigIntegerField(null=True)
    last_good_ms = BigIntegerField(null=True)
    burst_step = IntegerField()
    failed_cycles = IntegerField()
    first_failure_ms = BigIntegerField(null=True)
    good_cycles = IntegerField()
    first_good_ms = BigIntegerField(null=True)
    slow_looks = IntegerField()
    fast_looks = IntegerField()
    wake_started_ms = BigIntegerField(null=True)
    looked_ms = BigIntegerField(null=True)
    outcome = IntegerField(null=True)
    latency_us = BigIntegerField(null=True)
    status = IntegerField(null=True)
    phase = TextField(null=True)
    error = TextField(default="")
    dns_us = BigIntegerField(null=True)
    connect_us = BigIntegerField(null=True)
    tls_us = BigIntegerField(null=True)
    first_byte_us = BigIntegerField(null=True)
    body_us = BigIntegerField(null=True)
    total_us = BigIntegerField(default=0)
    certificate_ends_ms = BigIntegerField(null=True)
    next_ms = BigIntegerField(null=True)
    settled = TextField(null=True)
    flips = IntegerField(default=0)
    flapping = BooleanField(default=False)
    recent = TextField(default="[]")
    slow_limit_us = BigIntegerField(null=True)
    certificate = TextField(default="")

    class Meta:
        table_name = "check_states"


class Metric(StrictModel):
    """One observation. Appended in the order of time, a few bytes each."""

    at_ms = BigIntegerField()
    check_key = IntegerField()
    outcome = IntegerField()
    status = IntegerField(null=True)
    latency_us = BigIntegerField(null=True)

    class Meta:
        table_name = "metrics"
        primary_key = CompositeKey("at_ms", "check_key")
        without_rowid = True


class Rollup(StrictModel):
    """The observations of one check in one minute, hour or day (`layout.Floor`)."""

    floor = IntegerField()
    check_key = IntegerField()
    start_ms = BigIntegerField()
    count = IntegerField()
    failures = IntegerField()
    sum_us = BigIntegerField()
    min_us = BigIntegerField(null=True)
    max_us = BigIntegerField(null=True)
    histogram = BlobField()

    class Meta:
        table_name = "rollups"
        primary_key = CompositeKey("floor", "check_key", "start_ms")
        without_rowid = True


class UptimeDay(StrictModel):
    """How long a service was up, down and neither on one day (UTC)."""

    service_key = IntegerField()
    day_ms = BigIntegerField()
    up_ms = BigIntegerField()
    down_ms = BigIntegerField()
    excluded_ms = BigIntegerField()

    class Meta:
        table_name = "uptime_days"
        primary_key = CompositeKey("service_key", "day_ms")
        without_rowid = True


class StateChange(StrictModel):
    """A change of what a check shows, or, without a check, of what a whole service shows."""

    at_ms = BigIntegerField()
    service_key = ForeignKeyField(Service, column_name="service_key", index=False)
    check_key = ForeignKeyField(Check, column_name="check_key", null=True, index=False)
    before = TextField()
    after = TextField()
    reason = TextField()

    class Meta:
        table_name = "state_changes"


_SERVICE_LEVEL = SQL("check_key IS NULL")
StateChange.add_index(
    StateChange.index(
        StateChange.service_key, StateChange.at_ms, where=_SERVICE_LEVEL, name="changes_of_service"
    )
)
StateChange.add_index(
    StateChange.index(StateChange.at_ms, where=_SERVICE_LEVEL, name="changes_by_time")
)
StateChange.add_index(
    StateChange.index(
        StateChange.check_key,
        StateChange.at_ms,
        where=SQL("check_key IS NOT NULL"),
        name="changes_of_check",
    )
)


class Failure(StrictModel):
    """A failed look with the answer that was kept; the newest few of each check."""

    at_ms = BigIntegerField()
    check_key = ForeignKeyField(Check, column_name="check_key")
    phase = TextField()
    status = IntegerField(null=True)
    error = TextField()
    kept = TextField()
    address = TextField()
    dns_us = BigIntegerField(null=True)
    connect_us = BigIntegerField(null=True)
    tls_us = BigIntegerField(null=True)
    first_byte_us = BigIntegerField(null=True)
    body_us = BigIntegerField(null=True)
    total_us = BigIntegerField()

    class Meta:
        table_name = "failures"


class ColdStart(StrictModel):
    """One wake from sleep, dated to the first good answer."""

    at_ms = BigIntegerField(index=True)
    service_key = ForeignKeyField(Service, column_name="service_key")
    duration_us = BigIntegerField()
    cause = TextField(default="plan")
    deploy = TextField(default="")

    class Meta:
        table_name = "cold_starts"


class Intent(StrictModel):
    """Something somebody wanted changed: written before it takes effect."""

    key = TextField(null=True, unique=True)
    verb = TextField()
    service = TextField()
    arguments = TextField()
    source = TextField()
    status = TextField()
    result = TextField(default="{}")
    created_ms = BigIntegerField(index=True)
    finished_ms = BigIntegerField(null=True)

    class Meta:
        table_name = "intents"


class Event(StrictModel):
    """Anything else worth a line in the timeline."""

    at_ms = BigIntegerField(index=True)
    kind = TextField()
    service = TextField()
    text = TextField()

    class Meta:
        table_name = "events"


class Gap(StrictModel):
    """A stretch in which Sentinel itself was not watching."""

    from_ms = BigIntegerField()
    to_ms = BigIntegerField(index=True)
    reason = TextField()

    class Meta:
        table_name = "gaps"


class Engine(StrictModel):
    """The engine as it last described itself: one row."""

    id = IntegerField(primary_key=True)
    pid = IntegerField()
    host = TextField()
    version = TextField()
    started_ms = BigIntegerField()
    beat_ms = BigIntegerField()
    stopped_ms = BigIntegerField(null=True)
    lag_s = FloatField()
    config_error = TextField()
    trouble = TextField()
    workers = TextField()

    class Meta:
        table_name = "engine"


class EngineLease(StrictModel):
    """Who may write: one row; `released_ms` is null until a clean stop."""

    id = IntegerField(primary_key=True)
    epoch = IntegerField()
    holder = TextField()
    taken_ms = BigIntegerField()
    renewed_ms = BigIntegerField()
    released_ms = BigIntegerField(null=True)

    class Meta:
        table_name = "engine_lease"


class Mark(StrictModel):
    """An instant up to which something has been done (`layout.Mark`)."""

    name = TextField(primary_key=True)
    at_ms = BigIntegerField()

    class Meta:
        table_name = "marks"


class UsualLatency(StrictModel):
    """The median latency of a check at one hour of the day (`baselines.slot_of`)."""

    check_key = IntegerField()
    slot = IntegerField()
    median_us = BigIntegerField()
    days = IntegerField()

    class Meta:
        table_name = "usual_latencies"
        primary_key = CompositeKey("check_key", "slot")
        without_rowid = True


TABLES: tuple[type[Model], ...] = (
    Service,
    Check,
    CheckState,
    Metric,
    Rollup,
    UptimeDay,
    StateChange,
    Alert,
    Failure,
    ColdStart,
    Intent,
    Event,
    Gap,
    Engine,
    EngineLease,
    Mark,
    Incident,
    IncidentNote,
    Notification,
    Message,
    Channel,
    Silence,
    UsualLatency,
    keeping_models.HostedService,
    keeping_models.HostedDeploy,
    keeping_models.HostEvent,
    keeping_models.AwakeStretch,
    keeping_models.Visit,
    keeping_models.HoursCorrection,
    keeping_models.ModeSetting,
    keeping_models.ModeChange,
    keeping_models.Plan,
    action_models.Action,
    action_models.AuditEntry,
    action_models.Tuning,
    action_models.Freeze,
    video_models.VideoLibrary,
    video_models.VideoRow,
    video_models.VideoDay,
    video_models.LibraryHour,
    video_models.VideoHeat,
    video_models.UniqueEstimate,
    video_models.ViewEventRow,
    video_models.Viewing,
    video_models.UserAction,
    video_models.VideoAnalysis,
    video_models.ContentTrend,
    video_models.StudyRow,
    video_models.ThemeWord,
)
