# ruff: noqa: D101, D106 (a frozen copy; `store.models` explains the tables of today)
"""Hosting, awake time, visits, modes, plans, actions with their audit, tunings and freezes.

Every added column has a default, so that SQLite only notes it in its schema: the rows that are
there stay as they lie, however many there are.
"""

from typing import Any

from peewee import (
    SQL,
    AutoField,
    BigIntegerField,
    BooleanField,
    FloatField,
    IntegerField,
    Model,
    TextField,
)

_ADDED_COLUMNS = (
    ("cold_starts", "cause TEXT NOT NULL DEFAULT 'plan'"),
    ("cold_starts", "deploy TEXT NOT NULL DEFAULT ''"),
)

_APPEND_ONLY = (
    "CREATE TRIGGER audit_is_never_changed BEFORE UPDATE ON audit "
    "BEGIN SELECT RAISE(ABORT, 'the audit is never changed'); END",
    "CREATE TRIGGER audit_is_never_deleted BEFORE DELETE ON audit "
    "BEGIN SELECT RAISE(ABORT, 'the audit is never deleted'); END",
    # INSERT OR REPLACE deletes without asking the trigger above.
    "CREATE TRIGGER audit_is_never_replaced BEFORE INSERT ON audit "
    "WHEN NEW.id IN (SELECT id FROM audit) "
    "BEGIN SELECT RAISE(ABORT, 'the audit is never replaced'); END",
)


class _Strict(Model):
    class Meta:
        strict_tables = True
        legacy_table_names = False


class HostedService(_Strict):
    service = TextField()
    since_ms = BigIntegerField()
    host_id = TextField()
    workspace = TextField()
    plan = TextField()
    instances = IntegerField()
    suspenders = TextField()
    auto_deploy = BooleanField()
    running = BooleanField(null=True)
    seen_ms = BigIntegerField()

    class Meta:
        table_name = "hosted_services"
        indexes = ((("service", "since_ms"), True),)


class HostedDeploy(_Strict):
    deploy = TextField(unique=True)
    service = TextField()
    status = TextField()
    revision = TextField()
    message = TextField()
    occasion = TextField()
    created_ms = BigIntegerField(index=True)
    live_ms = BigIntegerField(null=True, index=True)
    ended_ms = BigIntegerField(null=True, index=True)

    class Meta:
        table_name = "deploys"
        indexes = ((("service", "created_ms"), False),)


class HostEvent(_Strict):
    event = TextField(unique=True)
    service = TextField()
    at_ms = BigIntegerField(index=True)
    kind = TextField()
    text = TextField()

    class Meta:
        table_name = "host_events"
        indexes = ((("service", "at_ms"), False),)


class AwakeStretch(_Strict):
    service = TextField()
    start_ms = BigIntegerField()
    end_ms = BigIntegerField(index=True)
    cause = TextField()
    open = BooleanField()

    class Meta:
        table_name = "awake_stretches"
        indexes = ((("service", "start_ms"), True),)


AwakeStretch.add_index(
    AwakeStretch.index(AwakeStretch.service, where=SQL("open"), name="awake_stretches_open")
)


class Visit(_Strict):
    service_key = IntegerField()
    at_ms = BigIntegerField()
    source = TextField()
    count = IntegerField()

    class Meta:
        table_name = "visits"
        indexes = ((("service_key", "at_ms", "source"), True),)


class HoursCorrection(_Strict):
    at_ms = BigIntegerField(index=True)
    used_h = FloatField()
    author = TextField()

    class Meta:
        table_name = "hours_corrections"


class ModeSetting(_Strict):
    service = TextField()
    mode = TextField()
    at_ms = BigIntegerField()
    until_ms = BigIntegerField(null=True)
    author = TextField()
    ended_ms = BigIntegerField(null=True, index=True)

    class Meta:
        table_name = "mode_settings"


ModeSetting.add_index(
    ModeSetting.index(
        ModeSetting.service, unique=True, where=SQL("ended_ms IS NULL"), name="mode_settings_open"
    )
)


class ModeChange(_Strict):
    service = TextField()
    at_ms = BigIntegerField(index=True)
    mode = TextField()
    reason = TextField()

    class Meta:
        table_name = "mode_changes"
        indexes = ((("service", "at_ms"), False),)


class Plan(_Strict):
    made_ms = BigIntegerField(index=True)
    reason = TextField()
    budget_h = FloatField()
    used_h = FloatField()
    natural_h = FloatField()
    allowed_h = FloatField()
    threshold = FloatField(null=True)
    forecast_p50_h = FloatField(null=True)
    forecast_p90_h = FloatField(null=True)
    exhausted_ms = BigIntegerField(null=True)
    weeks = TextField()
    profiles = TextField()

    class Meta:
        table_name = "plans"


class Action(_Strict):
    id = AutoField()
    key = TextField(unique=True)
    service = TextField()
    verb = TextField()
    arguments = TextField()
    author = TextField()
    why = TextField()
    automatic = BooleanField()
    step = TextField()
    snapshot = TextField()
    created_ms = BigIntegerField(index=True)
    expires_ms = BigIntegerField(null=True)
    approved_ms = BigIntegerField(null=True)
    approved_by = TextField()
    started_ms = BigIntegerField(null=True, index=True)
    done_ms = BigIntegerField(null=True)
    ended_ms = BigIntegerField(null=True)
    remote = TextField()
    effect = TextField(null=True)
    note = TextField()
    euros_per_month = FloatField()
    undoes = IntegerField()
    incident_id = IntegerField()

    class Meta:
        table_name = "actions"
        indexes = ((("service", "id"), False),)


Action.add_index(Action.index(Action.id, where=SQL("ended_ms IS NULL"), name="actions_open"))


class AuditEntry(_Strict):
    id = AutoField()
    at_ms = BigIntegerField(index=True)
    action_id = IntegerField(index=True)
    service = TextField()
    verb = TextField()
    step = TextField()
    author = TextField()
    text = TextField()
    digest = TextField()

    class Meta:
        table_name = "audit"


class Tuning(_Strict):
    id = AutoField()
    service = TextField()
    check_name = TextField()
    knob = TextField()
    before = FloatField()
    after = FloatField()
    why = TextField()
    at_ms = BigIntegerField(index=True)
    undone_ms = BigIntegerField(null=True, index=True)
    undone_by = TextField(default="")

    class Meta:
        table_name = "tunings"


class Freeze(_Strict):
    at_ms = BigIntegerField(index=True)
    author = TextField()
    reason = TextField()
    ended_ms = BigIntegerField(null=True, index=True)
    ended_by = TextField(default="")

    class Meta:
        table_name = "freezes"


TABLES: tuple[type[Model], ...] = (
    HostedService,
    HostedDeploy,
    HostEvent,
    AwakeStretch,
    Visit,
    HoursCorrection,
    ModeSetting,
    ModeChange,
    Plan,
    Action,
    AuditEntry,
    Tuning,
    Freeze,
)


def up(migrator: Any, db: Any) -> None:
    """Make the new tables, and add the new columns to the old ones."""
    with db.bind_ctx(TABLES):
        db.create_tables(TABLES)
    for table, column in _ADDED_COLUMNS:
        db.execute_sql(f"ALTER TABLE {table} ADD COLUMN {column}")
    for trigger in _APPEND_ONLY:
        db.execute_sql(trigger)
