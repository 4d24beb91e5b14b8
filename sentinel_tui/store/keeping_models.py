# ruff: noqa: D106 (a `Meta` is peewee's way of naming options, no class to explain)
"""The tables of keeping awake as they stand today: what platforms say, who was awake, and plans."""

from __future__ import annotations

from peewee import (
    SQL,
    BigIntegerField,
    BooleanField,
    FloatField,
    IntegerField,
    TextField,
)

from sentinel_tui.store.strict_model import StrictModel


class HostedService(StrictModel):
    """What a platform said of a service from `since_ms` until it said something else.

    The newest row of a service is asserted anew with each reading, which moves its `seen_ms`.
    """

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


class HostedDeploy(StrictModel):
    """A deploy as its platform last described it."""

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


class HostEvent(StrictModel):
    """Something that happened to a service, as its platform tells it."""

    event = TextField(unique=True)
    service = TextField()
    at_ms = BigIntegerField(index=True)
    kind = TextField()
    text = TextField()

    class Meta:
        table_name = "host_events"
        indexes = ((("service", "at_ms"), False),)


class AwakeStretch(StrictModel):
    """A stretch in which a service was awake."""

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


class Visit(StrictModel):
    """Use of a service in a minute or at an instant, as one source tells it."""

    service_key = IntegerField()
    at_ms = BigIntegerField()
    source = TextField()
    count = IntegerField()

    class Meta:
        table_name = "visits"
        indexes = ((("service_key", "at_ms", "source"), True),)


class HoursCorrection(StrictModel):
    """Hours of the month that the owner read off the platform's own page."""

    at_ms = BigIntegerField(index=True)
    used_h = FloatField()
    author = TextField()

    class Meta:
        table_name = "hours_corrections"


class ModeSetting(StrictModel):
    """A mode set by hand, for one service or, without a service, for all; over once ended."""

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


class ModeChange(StrictModel):
    """A service came into a mode."""

    service = TextField()
    at_ms = BigIntegerField(index=True)
    mode = TextField()
    reason = TextField()

    class Meta:
        table_name = "mode_changes"
        indexes = ((("service", "at_ms"), False),)


class Plan(StrictModel):
    """A plan as it was made: its figures, and the weeks and profiles of all services as JSON."""

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
