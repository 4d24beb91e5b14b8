"""What the owner allows Sentinel to do by itself."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, ValidationInfo, field_validator

from sentinel_tui.config.base import Mistake, Options
from sentinel_tui.config.durations import Seconds
from sentinel_tui.config.values import Match, ServiceId


class PermissionRule(Options):
    """How far Sentinel may go; of several rules that fit, the last one counts.

    Where no rule fits, Sentinel wakes what sleeps, and only suggests everything else.
    """

    services: list[ServiceId] = Field(default_factory=list)
    """At which services; empty for all."""
    match: Match = ""
    """At which services, by a matcher such as `tag:shop`, instead of naming them."""
    verb: Literal[
        "*",
        "wake",
        "restart",
        "deploy",
        "rollback",
        "suspend",
        "resume",
        "scale",
        "plan",
        "autoscale",
        "auto-deploy",
    ]
    """With what; `*` for everything."""
    level: Literal["observe", "suggest", "confirm", "auto"]
    """Never, only suggest it, do it when you say yes, or do it. `auto` of `*` still asks before a
    rollback or what costs money, unless you accepted that too."""
    per_hour: int | None = Field(default=None, ge=1, le=60)
    """The most times an hour; left out, what is usual for the verb."""
    per_day: int | None = Field(default=None, ge=1, le=1_000)
    """The most times in 24 hours; left out, what is usual for the verb."""
    cooldown_s: Seconds | None = Field(default=None, alias="cooldown", le=604_800)
    """The least time from the end of one to the next; left out, what is usual for the verb."""
    euros_per_month: float | None = Field(default=None, ge=0, le=100_000)
    """The most it may add to the monthly bill; left out, what `[autonomy]` allows in all."""

    @field_validator("match")
    @classmethod
    def _instead_of_names(cls, match: str, info: ValidationInfo) -> str:
        if match and info.data.get("services"):
            raise Mistake("stands beside services", "either of the two", "remove one of them")
        return match


class AutonomyOptions(Options):
    """What Sentinel may do by itself. Nothing is allowed that no rule allows."""

    dry_run: bool = False
    """Only write down what would have been done."""
    i_accept_automatic_rollback: bool = False
    """Let rules with `auto` roll back, and change what you pay, without asking you."""
    euros_per_month: float = Field(default=0.0, ge=0, le=100_000)
    """The most that all automatic actions together may add to the monthly bill."""
    heal: bool = True
    """Climb the healing ladder for what is down: wake, look again, restart, roll back, tell you."""
    tune: Literal["off", "suggest", "auto"] = "suggest"
    """Whether intervals and thresholds are tuned from what was measured."""
    rules: list[PermissionRule] = Field(default_factory=list, max_length=200)
    """How far Sentinel may go, service by service and verb by verb."""
