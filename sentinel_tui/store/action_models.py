# ruff: noqa: D106 (a `Meta` is peewee's way of naming options, no class to explain)
"""The tables of acting as they stand today: actions, their audit, tunings and freezes."""

from __future__ import annotations

from peewee import (
    SQL,
    AutoField,
    BigIntegerField,
    BooleanField,
    FloatField,
    IntegerField,
    TextField,
)

from sentinel_tui.store.strict_model import StrictModel


class Action(StrictModel):
    """One thing to be done to one service; open while `ended_ms` is null."""

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


class AuditEntry(StrictModel):
    """One step of one action. Triggers refuse every change of it, and its removal."""

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


class Tuning(StrictModel):
    """A knob that Sentinel turned; in force while `undone_ms` is null."""

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


class Freeze(StrictModel):
    """The owner stopped all actions; in force while `ended_ms` is null."""

    at_ms = BigIntegerField(index=True)
    author = TextField()
    reason = TextField()
    ended_ms = BigIntegerField(null=True, index=True)
    ended_by = TextField(default="")

    class Meta:
        table_name = "freezes"
