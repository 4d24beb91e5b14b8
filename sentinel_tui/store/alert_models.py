# ruff: noqa: D106 (a `Meta` is peewee's way of naming options, no class to explain)
"""The tables of alerting as they stand today: alerts, incidents, what is told, and silences."""

from __future__ import annotations

from peewee import SQL, AutoField, BigIntegerField, BooleanField, IntegerField, TextField

from sentinel_tui.store.strict_model import StrictModel


class Alert(StrictModel):
    """A rule that holds or held; open while `resolved_ms` is null."""

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
    incident_id = IntegerField(default=0, index=True)

    class Meta:
        table_name = "alerts"


Alert.add_index(
    Alert.index(
        Alert.fingerprint, unique=True, where=SQL("resolved_ms IS NULL"), name="alerts_open"
    )
)


class Incident(StrictModel):
    """Alerts with one cause; open while `resolved_ms` is null. At most one is open for a cause."""

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


class IncidentNote(StrictModel):
    """What somebody wrote down about an incident."""

    id = AutoField()
    incident_id = IntegerField(index=True)
    at_ms = BigIntegerField(index=True)
    author = TextField()
    text = TextField()

    class Meta:
        table_name = "incident_notes"


class Notification(StrictModel):
    """The outbox: one thing one channel is to be told, written with what it tells of."""

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


class Message(StrictModel):
    """What goes out over a channel once; unfinished while `next_try_ms` is not null.

    `unsure` says that an engine died while it was being sent: it may have arrived.
    """

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


class Channel(StrictModel):
    """How a notification channel does."""

    name = TextField(primary_key=True)
    kind = TextField()
    last_sent_ms = BigIntegerField(null=True)
    failing_since_ms = BigIntegerField(null=True)
    error = TextField(default="")
    gone = BooleanField(default=False)

    class Meta:
        table_name = "channels"


class Silence(StrictModel):
    """A silence or a maintenance; over once `ended_ms` is not null."""

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
