"""Maintenance that comes back by itself."""

from __future__ import annotations

from pydantic import Field, field_validator

from sentinel_tui.config.base import Mistake, Options
from sentinel_tui.config.durations import Seconds
from sentinel_tui.config.values import Cron, Line, Match, TimeZone


class MaintenanceWindow(Options):
    """A recurring maintenance: shown as MAINT, outside uptime, nobody is told."""

    name: Line = Field(min_length=1, max_length=60)
    """How the window is called."""
    match: Match
    """What it covers: `service:api`, `tag:shop`; empty for everything."""
    cron: Cron
    """When it begins, as a cron expression."""
    zone: TimeZone | None = None
    """The time zone that is meant; that of `[display]` when left out."""
    duration_s: Seconds = Field(alias="duration", ge=60, le=604_800)
    """How long it lasts."""
    until_healthy: bool = False
    """End it sooner, as soon as everything it covers is healthy."""

    @field_validator("cron")
    @classmethod
    def _comes_at_all(cls, cron: str) -> str:
        if not cron:
            raise Mistake("is empty", "five fields: minute hour day month weekday")
        return cron
