"""What a status page shows, read from the store."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sentinel_tui.commands.exporting.board import Board, Day, PublicIncident, PublicService
from sentinel_tui.commands.standing import find_engine
from sentinel_tui.domain.monitoring.incidents import Incident
from sentinel_tui.domain.monitoring.uptime import Uptime

if TYPE_CHECKING:
    from sentinel_tui.commands.context import Context
    from sentinel_tui.store.queries import Reader

_DAY_MS = 86_400_000
_DAYS = 90
_INCIDENT_DAYS = 14
_MOST_INCIDENTS = 100
_FOR_THE_PUBLIC = "availability/"
"""The causes that visitors notice; what expires in weeks or troubles Sentinel is no news."""


def gather_board(context: Context, title: str) -> Board:
    """The services with their last 90 days, and the incidents of the last 14.

    Raises:
        StoreError: Nothing was recorded yet.
    """
    store, now_ms = context.store, context.now_ms
    services = store.services()
    looks_ms = [check.last_ms or 0 for service in services for check in service.checks]
    seen_ms = now_ms if find_engine(context).watching else max(looks_ms, default=0) or None
    days = _days_of_all(store, now_ms)
    names = {service.id: service.name for service in services}
    incidents = store.incidents(
        limit=_MOST_INCIDENTS, start_ms=now_ms - _INCIDENT_DAYS * _DAY_MS, end_ms=now_ms
    )
    told = [_public(incident, names) for incident in incidents]
    return Board(
        title=title,
        at_ms=now_ms,
        seen_ms=seen_ms,
        services=tuple(
            PublicService(
                id=service.id,
                name=service.name,
                state=service.state,
                days=tuple(
                    Day(start_ms, uptimes.get(service.id, Uptime())) for start_ms, uptimes in days
                ),
            )
            for service in services
        ),
        incidents=tuple(incident for incident in told if incident is not None),
        incident_days=_INCIDENT_DAYS,
    )


def _days_of_all(store: Reader, now_ms: int) -> list[tuple[int, dict[str, Uptime]]]:
    """The uptime of every service on each day: its start, and by service id."""
    today_ms = now_ms - now_ms % _DAY_MS
    starts_ms = [today_ms - back * _DAY_MS for back in range(_DAYS - 1, -1, -1)]
    return [
        (start_ms, store.uptimes(start_ms, min(start_ms + _DAY_MS, now_ms)))
        for start_ms in starts_ms
    ]


def _public(incident: Incident, names: dict[str, str]) -> PublicIncident | None:
    touched = tuple(names[one] for one in incident.services if one in names)
    if not touched or not incident.cause.startswith(_FOR_THE_PUBLIC):
        return None
    return PublicIncident(touched, incident.severity, incident.opened_ms, incident.resolved_ms)
