# ruff: noqa: D101, D106 (a frozen copy; `store.models` explains the tables of today)
"""The tables of the first layout, frozen."""

from typing import Any

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


class _Strict(Model):
    class Meta:
        strict_tables = True
        legacy_table_names = False


class Service(_Strict):
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

    class Meta:
        table_name = "services"


class Check(_Strict):
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


class CheckState(_Strict):
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

    class Meta:
        table_name = "check_states"


class Metric(_Strict):
    at_ms = BigIntegerField()
    check_key = IntegerField()
    outcome = IntegerField()
    status = IntegerField(null=True)
    latency_us = BigIntegerField(null=True)

    class Meta:
        table_name = "metrics"
        primary_key = CompositeKey("at_ms", "check_key")
        without_rowid = True


class Rollup(_Strict):
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


class UptimeDay(_Strict):
    service_key = IntegerField()
    day_ms = BigIntegerField()
    up_ms = BigIntegerField()
    down_ms = BigIntegerField()
    excluded_ms = BigIntegerField()

    class Meta:
        table_name = "uptime_days"
        primary_key = CompositeKey("service_key", "day_ms")
        without_rowid = True


class StateChange(_Strict):
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


class Alert(_Strict):
    fingerprint = TextField()
    rule = TextField()
    severity = TextField()
    service = TextField()
    check_name = TextField()
    opened_ms = BigIntegerField(index=True)
    resolved_ms = BigIntegerField(null=True, index=True)
    acknowledged_ms = BigIntegerField(null=True)
    acknowledged_by = TextField(null=True)
    reason = TextField()
    resolution = TextField(default="")

    class Meta:
        table_name = "alerts"


Alert.add_index(
    Alert.index(
        Alert.fingerprint, unique=True, where=SQL("resolved_ms IS NULL"), name="alerts_open"
    )
)


class Failure(_Strict):
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


class ColdStart(_Strict):
    at_ms = BigIntegerField(index=True)
    service_key = ForeignKeyField(Service, column_name="service_key")
    duration_us = BigIntegerField()

    class Meta:
        table_name = "cold_starts"


class Intent(_Strict):
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


class Event(_Strict):
    at_ms = BigIntegerField(index=True)
    kind = TextField()
    service = TextField()
    text = TextField()

    class Meta:
        table_name = "events"


class Gap(_Strict):
    from_ms = BigIntegerField()
    to_ms = BigIntegerField(index=True)
    reason = TextField()

    class Meta:
        table_name = "gaps"


class Engine(_Strict):
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


class EngineLease(_Strict):
    id = IntegerField(primary_key=True)
    epoch = IntegerField()
    holder = TextField()
    taken_ms = BigIntegerField()
    renewed_ms = BigIntegerField()
    released_ms = BigIntegerField(null=True)

    class Meta:
        table_name = "engine_lease"


class Mark(_Strict):
    name = TextField(primary_key=True)
    at_ms = BigIntegerField()

    class Meta:
        table_name = "marks"


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
)


def up(migrator: Any, db: Any) -> None:
    """Make the tables."""
    with db.bind_ctx(TABLES):
        db.create_tables(TABLES)
