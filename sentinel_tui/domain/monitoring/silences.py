"""Silences and maintenance: what the owner does not want to hear of, or is working on."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class SilenceKind(StrEnum):
    """What lies over the matched services. The words are stored."""

    SILENCE = "silence"
    """Nobody is told; watching, states, alerts and uptime go on as ever."""
    MAINTENANCE = "maintenance"
    """Shown as MAINT, outside uptime; no alert opens, nobody is told."""


@dataclass(frozen=True, slots=True)
class Silence:
    """A silence or a maintenance, once or one occurrence of a recurring window.

    Attributes:
        id: Its number, as in `unsilence 3`.
        kind: Which of the two.
        match: What it covers, in the language of `matching`.
        start_ms: Since when.
        end_ms: Until when at the latest; None until healthy or ended by hand.
        until_healthy: It ends by itself as soon as every matched service is healthy.
        reason: Why, or empty.
        by: Who, such as `tui`, `cli`, or "window NAME" for a recurring one.
        ended_ms: When it really ended, or None while it goes on.
    """

    id: int
    kind: SilenceKind
    match: str
    start_ms: int
    end_ms: int | None
    until_healthy: bool
    reason: str
    by: str
    ended_ms: int | None = None

    def holds(self, at_ms: int) -> bool:
        """Whether it lies over the matched services at an instant."""
        end_ms = self.end_ms if self.ended_ms is None else self.ended_ms
        return self.start_ms <= at_ms and (end_ms is None or at_ms < end_ms)


@dataclass(frozen=True, slots=True)
class Window:
    """A recurring maintenance.

    Attributes:
        name: The owner's name for it.
        match: What it covers.
        cron: When it begins, in the zone.
        zone: IANA name of that zone.
        duration_s: How long it lasts.
        until_healthy: It ends sooner, when every matched service is healthy again.
    """

    name: str
    match: str
    cron: str
    zone: str
    duration_s: float
    until_healthy: bool = False
