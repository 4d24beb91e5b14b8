"""Views that were not watched while something was down, reckoned when an incident is looked at."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sentinel_tui.domain.monitoring.alerts import Severity
from sentinel_tui.domain.monitoring.incidents import Incident
from sentinel_tui.domain.video.catalog import DAY_MS, HOUR_MS
from sentinel_tui.domain.video.lost import Lost
from sentinel_tui.tui.view_models.words import Times

if TYPE_CHECKING:
    from sentinel_tui.store.queries import Reader

_LEARNT_FROM_MS = 8 * 7 * DAY_MS + DAY_MS
_MOST_OUTAGES = 500


def read_lost_views(reader: Reader, incident: Incident, times: Times) -> list[Lost]:
    """Read what each library lost while an incident lasted; nothing for a mere warning.

    Args:
        reader: The store.
        incident: The incident.
        times: Where the owner lives, whose weeks have a shape, and the present.
    """
    if incident.severity is not Severity.CRITICAL:
        return []
    libraries = reader.libraries()
    if not libraries:
        return []
    # Imported here: most watches have no library.
    from sentinel_tui.domain.video.losing import lost

    end_ms = times.now_ms if incident.resolved_ms is None else incident.resolved_ms
    start_ms = incident.opened_ms - _LEARNT_FROM_MS
    outages = _outages(reader, incident, start_ms, times.now_ms)
    found = (
        lost(
            reader.hours(library.name, start_ms, end_ms),
            incident.opened_ms,
            end_ms,
            library=library.name,
            outages=outages,
            zone=times.zone,
            counted_to_ms=library.counted_to_ms,
        )
        for library in libraries
        if library.counted_to_ms is not None
    )
    return [one for one in found if one is not None]


def uncounted_libraries(reader: Reader, incident: Incident) -> list[str]:
    """The libraries of which not one hour of an outage is counted yet."""
    if incident.severity is not Severity.CRITICAL:
        return []
    counted_ms = incident.opened_ms // HOUR_MS * HOUR_MS + HOUR_MS
    return [one.name for one in reader.libraries() if (one.counted_to_ms or 0) < counted_ms]


def _outages(reader: Reader, but: Incident, start_ms: int, now_ms: int) -> list[tuple[int, int]]:
    """Other outages before, which say nothing about what is usual."""
    before = reader.incidents(start_ms=start_ms, end_ms=but.opened_ms, limit=_MOST_OUTAGES)
    return [
        (one.opened_ms, now_ms if one.resolved_ms is None else one.resolved_ms)
        for one in before
        if one.severity is Severity.CRITICAL and one.id != but.id
    ]
