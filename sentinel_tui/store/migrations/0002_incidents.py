# ruff: noqa: D101, D106 (a frozen copy; `store.models` explains the tables of today)
"""Incidents, notifications, silences and usual latencies.

Every added column has a default, so that SQLite only notes it in its schema: the rows that are
there stay as they lie, however many there are.
"""

from typing import Any

from peewee import (
    SQL,
    AutoField,
    BigIntegerField,
    BooleanField,
    CompositeKey,
    IntegerField,
    Model,
    TextField,
)

_ADDED_COLUMNS = (
    ("services", "suppressed_by TEXT NOT NULL DEFAULT ''"),
    ("check_states", "settled TEXT"),
    ("check_states", "flips INTEGER NOT NULL DEFAULT 0"),
    ("check_states", "flapping INTEGER NOT NULL DEFAULT 0"),
    ("check_states", "recent TEXT NOT NULL DEFAULT '[]'"),
    ("check_states", "slow_limit_us INTEGER"),
    ("check_states", "certificate TEXT NOT NULL DEFAULT ''"),
    ("alerts", "incident_id INTEGER NOT NULL DEFAULT 0"),
)


class _Strict(Model):
    class Meta:
        strict_tables = True
        legacy_table_names = False


class Incident(_Strict):
    id = AutoField()
    cause = TextField()
    title = TextField()
    severity = TextField()
    services = TextField()
    opened_ms = BigIntegerField(index=True)
    resolved_ms = BigIntegerField(null=True, index=True)
    reopened = IntegerField(default=0)
    acknowledged_ms = BigIntegerField(null=True)
    acknowledged_by = TextField(default="")

    class Meta:
        table_name = "incidents"


Incident.add_index(
    Incident.index(
        Incident.cause, unique=True, where=SQL("resolved_ms IS NULL"), name="incidents_open"
    )
)


class IncidentNote(_Strict):
    id = AutoField()
    incident_id = IntegerField(index=True)
    at_ms = BigIntegerField(index=True)
    author = TextField()
    text = TextField()

    class Meta:
        table_name = "incident_notes"


class Notification(_Strict):
    key = TextField(primary_key=True)
    incident_id = IntegerField(index=True)
    channel = TextField()
    kind = TextField()
    severity = TextField()
    created_ms = BigIntegerField(index=True)
    due_ms = BigIntegerField()
    status = TextField()
    sent_ms = BigIntegerField(null=True, index=True)
    message_key = TextField(default="", index=True)

    class Meta:
        table_name = "notifications"


Notification.add_index(
    Notification.index(
        Notification.channel,
        Notification.due_ms,
        where=SQL("status = 'queued'"),
        name="notifications_queued",
    )
)


class Message(_Strict):
    key = TextField(primary_key=True)
    channel = TextField()
    severity = TextField()
    kind = TextField()
    title = TextField()
    body = TextField()
    incidents = TextField()
    created_ms = BigIntegerField(index=True)
    attempts = IntegerField(default=0)
    next_try_ms = BigIntegerField(null=True)
    sent_ms = BigIntegerField(null=True)
    error = TextField(default="")
    dead = BooleanField(default=False)
    unsure = BooleanField(default=False)

    class Meta:
        table_name = "messages"
        indexes = ((("channel", "sent_ms"), False),)


Message.add_index(
    Message.index(
        Message.channel,
        Message.next_try_ms,
        where=SQL("next_try_ms IS NOT NULL"),
        name="messages_unfinished",
    )
)


class Channel(_Strict):
    name = TextField(primary_key=True)
    kind = TextField()
    last_sent_ms = BigIntegerField(null=True)
    failing_since_ms = BigIntegerField(null=True)
    error = TextField(default="")
    gone = BooleanField(default=False)

    class Meta:
        table_name = "channels"


class Silence(_Strict):
    id = AutoField()
    kind = TextField()
    match = TextField()
    start_ms = BigIntegerField(index=True)
    end_ms = BigIntegerField(null=True)
    until_healthy = BooleanField(default=False)
    reason = TextField(default="")
    author = TextField()
    ended_ms = BigIntegerField(null=True, index=True)

    class Meta:
        table_name = "silences"


class UsualLatency(_Strict):
    check_key = IntegerField()
    slot = IntegerField()
    median_us = BigIntegerField()
    days = IntegerField()

    class Meta:
        table_name = "usual_latencies"
        primary_key = CompositeKey("check_key", "slot")
        without_rowid = True


TABLES: tuple[type[Model], ...] = (
    Incident,
    IncidentNote,
    Notification,
    Message,
    Channel,
    Silence,
    UsualLatency,
)


def up(migrator: Any, db: Any) -> None:
    """Make the new tables, and add the new columns to the old ones."""
    with db.bind_ctx(TABLES):
        db.create_tables(TABLES)
    for table, column in _ADDED_COLUMNS:
        db.execute_sql(f"ALTER TABLE {table} ADD COLUMN {column}")
    db.execute_sql("CREATE INDEX alerts_incident_id ON alerts (incident_id)")
    db.execute_sql(
        "CREATE INDEX changes_of_check ON state_changes (check_key, at_ms) "
        "WHERE check_key IS NOT NULL"
    )
