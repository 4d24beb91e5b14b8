"""The hours of a plan that lie ahead of a service, by the clock on the owner's wall."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, tzinfo
from itertools import groupby
from typing import TYPE_CHECKING, Any

from sentinel_tui.domain.keepalive.hours_ledger import HOUR_MS
from sentinel_tui.domain.keepalive.week import PlannedHour, cell_at

if TYPE_CHECKING:
    from sentinel_tui.domain.keepalive.week import PlanRecord

HOURS_AHEAD = 24
_KEPT_FROM = 0.5
"""An hour counts as kept where the plan takes at least this much of its sleep."""


@dataclass(frozen=True, slots=True)
class Coming:
    """One hour to come of one service.

    Attributes:
        at_ms: When it begins.
        hour: What the plan says of it.
    """

    at_ms: int
    hour: PlannedHour

    @property
    def kept(self) -> bool:
        """Whether the service is kept awake in it, at least for the better part."""
        return self.hour.kept >= _KEPT_FROM


@dataclass(frozen=True, slots=True)
class Ahead:
    """The coming day of one service.

    Attributes:
        service: Which.
        hours: Its hours, the present one first.
        zone: The owner's.
    """

    service: str
    hours: tuple[Coming, ...]
    zone: tzinfo

    @property
    def cost_h(self) -> float:
        """What keeping it awake costs beyond what visitors spend."""
        return sum(one.hour.cost_h for one in self.hours)

    @property
    def visits(self) -> float:
        """Visits that would find it asleep if nobody kept it awake."""
        return sum(one.hour.visits for one in self.hours)

    @property
    def cold(self) -> float:
        """How many of them meet a cold start all the same."""
        return sum(one.hour.cold for one in self.hours)

    @property
    def kept_hours(self) -> int:
        """In how many of the hours it is kept awake."""
        return sum(1 for one in self.hours if one.kept)

    @property
    def best(self) -> Coming:
        """The hour with the most visits."""
        return max(self.hours, key=lambda one: one.hour.visits)

    @property
    def spans(self) -> str:
        """The kept hours as people say them: "08–12, 14–19", or "–" for none."""
        parts = []
        for kept, together in groupby(self.hours, key=lambda one: one.kept):
            if kept:
                hours = list(together)
                ends_ms = hours[-1].at_ms + HOUR_MS
                parts.append(f"{self._wall(hours[0].at_ms):%H}–{self._wall(ends_ms):%H}")
        return ", ".join(parts) or "–"

    def clock(self, one: Coming) -> str:
        """When an hour begins: "14:00"."""
        return f"{self._wall(one.at_ms):%H:%M}"

    def _wall(self, at_ms: int) -> datetime:
        return datetime.fromtimestamp(at_ms / 1_000, self.zone)


def ahead(plan: PlanRecord, service: str, now_ms: int, zone: tzinfo) -> Ahead:
    """The coming 24 hours of a service, as a plan has them.

    Args:
        plan: The plan; it must know the service.
        service: Which.
        now_ms: The present.
        zone: The owner's zone, in which the plan was made.
    """
    week = {one.cell: one for one in plan.weeks[service]}
    now = datetime.fromtimestamp(now_ms / 1_000, zone)
    first_ms = round(now.replace(minute=0, second=0, microsecond=0).timestamp() * 1_000)
    instants = [first_ms + number * HOUR_MS for number in range(HOURS_AHEAD)]
    hours = tuple(Coming(at_ms, week[cell_at(at_ms, str(zone))]) for at_ms in instants)
    return Ahead(service, hours, zone)


def day_data(day: Ahead) -> dict[str, Any]:
    """The coming day of a service, for programs."""
    return {
        "service": day.service,
        "kept_hours": day.kept_hours,
        "cost_h": round(day.cost_h, 3),
        "visits": round(day.visits, 3),
        "cold": round(day.cold, 3),
        "hours": [{"at_ms": one.at_ms, **hour_data(one.hour)} for one in day.hours],
    }


def hour_data(hour: PlannedHour) -> dict[str, Any]:
    """One hour of the week of a plan, for programs."""
    return {
        "cell": hour.cell,
        "kept": round(hour.kept, 3),
        "visits": round(hour.visits, 4),
        "cold": round(hour.cold, 4),
        "cost_h": round(hour.cost_h, 4),
    }
