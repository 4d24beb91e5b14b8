"""When a service was awake, put together from whatever shows it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Cause(StrEnum):
    """What woke a service. The words are stored and shown."""

    PLAN = "plan"
    """Sentinel, because somebody was expected."""
    OWNER = "owner"
    """The owner's own wish."""
    VISIT = "visit"
    """Somebody came, and met a cold start."""
    DEPLOY = "deploy"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Stretch:
    """A stretch in which a service was awake.

    Attributes:
        service: Which.
        start_ms: Since when.
        end_ms: Until when; where `open`, until when it stays awake if nothing more is seen.
        cause: What woke it.
        open: Whether more may follow.
    """

    service: str
    start_ms: int
    end_ms: int
    cause: Cause
    open: bool = False


class Sign(StrEnum):
    """What shows whether a service is awake."""

    ANSWERED = "answered"
    """It answered a request of ours, which keeps it awake from then on."""
    VISITED = "visited"
    """Somebody else's request reached it."""
    RUNNING = "running"
    """Its platform says that an instance runs."""
    STOPPED = "stopped"
    """Its platform says that none runs."""
    DEPLOYED = "deployed"
    """A deploy went live, which starts it."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """One sign, at one instant."""

    service: str
    at_ms: int
    sign: Sign
    cause: Cause = Cause.UNKNOWN
