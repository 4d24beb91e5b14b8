"""What a month was like: availability, latency and incidents of every service, with the method."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from sentinel_tui.domain.monitoring import slo, uptime
from sentinel_tui.domain.monitoring.incidents import Incident
from sentinel_tui.domain.monitoring.slo import Budget, Objective
from sentinel_tui.domain.monitoring.uptime import StateTimes
from sentinel_tui.domain.records import LatencySummary, ServiceRecord
from sentinel_tui.domain.schedule import wall_ms

METHOD = (
    f"Availability: {uptime.METHOD}. Warm availability is UP of UP and DOWN; reachable "
    "availability counts the time of waking as reached; planned sleep is its share of all the "
    "time that is known. Latency: percentiles of all looks at a service's first check, within 2 %, "
    f"without cold starts. Budget: {slo.METHOD}."
)

_NO_LATENCY = LatencySummary()
_MONTH = re.compile(r"([0-9]{4})-(0[1-9]|1[0-2])")


@dataclass(frozen=True, slots=True)
class ServiceReport:
    """One service's month.

    Attributes:
        id: Its id.
        name: Its display name.
        sleeps: Whether it falls asleep by plan: then three numbers tell its availability.
        times: How long it was in each state.
        latency: The latency of its first check.
        incidents: How many incidents touched it.
        objective: What it is meant to achieve, or None.
        budget: Its error budget of the month, or None without an objective.
    """

    id: str
    name: str
    sleeps: bool
    times: StateTimes
    latency: LatencySummary
    incidents: int
    objective: Objective | None
    budget: Budget | None


@dataclass(frozen=True, slots=True)
class Report:
    """A month of everything that is watched.

    Attributes:
        month: Which, such as "2026-10".
        zone: IANA name of the zone in which the month is meant.
        start_ms: Its first instant.
        end_ms: Where the report ends: the month's end, or when it was made.
        complete: Whether the whole month is in it.
        services: The services, in the order of the configuration.
        incidents: The incidents of the month, the oldest first.
        method: How all this is counted, in one line.
    """

    month: str
    zone: str
    start_ms: int
    end_ms: int
    complete: bool
    services: tuple[ServiceReport, ...]
    incidents: tuple[Incident, ...]
    method: str


def month_bounds(month: str, zone: str) -> tuple[int, int]:
    """The first instant of a month, and of the one after it.

    Args:
        month: Which, such as "2026-10".
        zone: IANA name of the zone in which it is meant.

    Raises:
        ValueError: `month` is not written like that.
    """
    found = _MONTH.fullmatch(month)
    if found is None:
        raise ValueError(f"{month!r} is no month; write it like 2026-10")
    year, number = int(found[1]), int(found[2])
    following = (year + number // 12, number % 12 + 1)
    try:
        return wall_ms(date(year, number, 1), 0, zone), wall_ms(date(*following, 1), 0, zone)
    except (ValueError, OverflowError) as error:
        raise ValueError(f"{month!r} lies outside of the calendar") from error


def assemble(
    month: str,
    zone: str,
    now_ms: int,
    services: Sequence[ServiceRecord],
    times: Mapping[str, StateTimes],
    latencies: Mapping[int, LatencySummary],
    incidents: Sequence[Incident],
    objectives: Mapping[str, Objective] | None = None,
) -> Report:
    """Put a month's report together.

    Args:
        month: Which, such as "2026-10".
        zone: IANA name of the zone in which it is meant.
        now_ms: Now; a month that goes on is reported up to here.
        services: The services as configured.
        times: Of each service's id, how long it was in each state within the month.
        latencies: Of each check's key, its latency within the month.
        incidents: Those that were open at any time within the month, in any order.
        objectives: Of each service's id, its objective.

    Raises:
        ValueError: `month` is no month, or has not begun.
    """
    start_ms, end_ms = month_bounds(month, zone)
    if start_ms >= now_ms:
        raise ValueError(f"{month} has not begun")
    length_s = (end_ms - start_ms) / 1_000
    touched = Counter(service for incident in incidents for service in incident.services)
    rows = []
    for service in services:
        asked = (objectives or {}).get(service.id)
        # What is asked of any window of its length is asked of the month.
        objective = replace(asked, window_s=length_s) if asked else None
        held = times.get(service.id, StateTimes())
        rows.append(_service(service, held, latencies, touched[service.id], objective))
    return Report(
        month=month,
        zone=zone,
        start_ms=start_ms,
        end_ms=min(end_ms, now_ms),
        complete=end_ms <= now_ms,
        services=tuple(rows),
        incidents=tuple(sorted(incidents, key=lambda one: (one.opened_ms, one.id))),
        method=METHOD,
    )


def _service(
    service: ServiceRecord,
    times: StateTimes,
    latencies: Mapping[int, LatencySummary],
    incidents: int,
    objective: Objective | None,
) -> ServiceReport:
    primary = service.primary
    return ServiceReport(
        id=service.id,
        name=service.name,
        sleeps=service.sleeps,
        times=times,
        latency=latencies.get(primary.key, _NO_LATENCY) if primary else _NO_LATENCY,
        incidents=incidents,
        objective=objective,
        budget=slo.budget(times, objective) if objective else None,
    )
