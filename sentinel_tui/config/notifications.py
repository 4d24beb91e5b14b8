"""How the owner wants to be told: waits, reminders, quiet hours, escalation."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from sentinel_tui.config.base import Options
from sentinel_tui.config.channels import ChannelName
from sentinel_tui.config.durations import Seconds
from sentinel_tui.config.hours import QuietHours


class EscalationStep(Options):
    """Who else is told when nobody acknowledged in time."""

    after_s: Seconds = Field(alias="after", gt=0)
    """This long after the incident began."""
    channels: list[ChannelName] = Field(min_length=1)
    """Names of the channels."""
    least: Literal["warning", "critical"] = "critical"
    """The least severity that goes this far."""


class NotificationOptions(Options):
    """When channels are told of an incident."""

    wait_critical_s: Seconds = Field(default=20.0, alias="wait_critical", le=3_600)
    """How long a CRITICAL waits for others with the same cause, so that one message tells all."""
    wait_warning_s: Seconds = Field(default=60.0, alias="wait_warning", le=3_600)
    """The same for a WARNING."""
    update_every_s: Seconds = Field(default=300.0, alias="update_every", ge=1)
    """The least time between two messages of one channel about one incident."""
    remind_critical_s: Seconds = Field(default=14_400.0, alias="remind_critical", ge=60)
    """An open CRITICAL that nobody acknowledged is told again after this."""
    remind_warning_s: Seconds = Field(default=86_400.0, alias="remind_warning", ge=60)
    """The same for a WARNING."""
    acknowledged_for_s: Seconds = Field(default=14_400.0, alias="acknowledged_for", ge=60)
    """An acknowledgement counts for this long."""
    quiet_hours: QuietHours | None = None
    """Hours in which a WARNING waits."""
    escalation: list[EscalationStep] = Field(default_factory=list)
    """Who else is told, step by step, while nobody acknowledges."""
