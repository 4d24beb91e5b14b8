"""Hours in which the owner wants a service watched in another mode."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, field_validator

from sentinel_tui.config.base import Mistake, Options
from sentinel_tui.config.durations import Seconds
from sentinel_tui.config.values import Cron, Line, ServiceId, TimeZone


class ModeHours(Options):
    """Hours of a mode that come back by themselves; where two overlap, the later in the file."""

    name: Line = Field(min_length=1, max_length=60)
    """How these hours are called."""
    cron: Cron
    """When they begin, as a cron expression."""
    zone: TimeZone | None = None
    """The time zone that is meant; that of `[display]` when left out."""
    duration_s: Seconds = Field(alias="duration", ge=60, le=604_800)
    """How long they last."""
    mode: Literal["hyper-vigilant", "normal", "economy"]
    """How closely to watch: often and kept awake, as configured, or letting sleepers sleep."""
    services: list[ServiceId] = Field(default_factory=list)
    """For which services; empty for all."""

    @field_validator("cron")
    @classmethod
    def _comes_at_all(cls, cron: str) -> str:
        if not cron:
            raise Mistake("is empty", "five fields: minute hour day month weekday")
        return cron
