"""What the public may know: names, states, days and incidents; no target, no error, no address."""

from __future__ import annotations

from dataclasses import dataclass

from sentinel_tui.domain.monitoring.alerts import Severity
from sentinel_tui.domain.monitoring.states import State
from sentinel_tui.domain.monitoring.uptime import Uptime


@dataclass(frozen=True, slots=True)
class Day:
    """One day of a service.

    Attributes:
        start_ms: When it begins, UTC.
        uptime: How long the service was up and down in it; all zero before it was watched.
    """

    start_ms: int
    uptime: Uptime

    @property
    def known(self) -> bool:
        """Whether anything of it counts."""
        return self.uptime.up_ms + self.uptime.down_ms > 0


@dataclass(frozen=True, slots=True)
class PublicService:
    """One service.

    Attributes:
        id: Its id, for file names.
        name: Its display name.
        state: What it shows.
        days: Its days, the oldest first, today last.
    """

    id: str
    name: str
    state: State
    days: tuple[Day, ...]

    @property
    def uptime(self) -> Uptime:
        """All its days together."""
        return sum((day.uptime for day in self.days), Uptime())

    @property
    def days_with_outage(self) -> tuple[Day, ...]:
        """Days on which it was down for a while."""
        return tuple(day for day in self.days if day.uptime.down_ms)


@dataclass(frozen=True, slots=True)
class PublicIncident:
    """One incident: which services, how bad, from when until when; None while it is open."""

    names: tuple[str, ...]
    severity: Severity
    opened_ms: int
    resolved_ms: int | None


@dataclass(frozen=True, slots=True)
class Board:
    """A status page's content.

    Attributes:
        title: Its heading.
        at_ms: When it was put together.
        seen_ms: As of when its states are: `at_ms` while an engine watches, else the last look;
            None when there never was one.
        services: In the order of the configuration.
        incidents: Newest first.
        incident_days: How many days of incidents there are.
    """

    title: str
    at_ms: int
    seen_ms: int | None
    services: tuple[PublicService, ...]
    incidents: tuple[PublicIncident, ...]
    incident_days: int

    @property
    def watched(self) -> bool:
        """Whether its states are of now."""
        return self.seen_ms == self.at_ms
