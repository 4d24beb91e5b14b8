"""Everything that is known of one incident, read together."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sentinel_tui.domain.monitoring.incidents import Incident, Note, headline, past_headline
from sentinel_tui.domain.monitoring.uptime import Uptime
from sentinel_tui.domain.notifying.notices import Notice
from sentinel_tui.domain.records import AlertRecord, TimelineEntry
from sentinel_tui.errors import UsageError

if TYPE_CHECKING:
    from sentinel_tui.commands.context import Context

_MOST_EVENTS = 500
_MOST_NOTICES = 200


@dataclass(frozen=True, slots=True)
class Story:
    """One incident with all that belongs to it.

    Attributes:
        incident: The incident.
        alerts: Its alerts.
        notes: What somebody wrote down, oldest first.
        notices: What channels were told, or are to be told, oldest first.
        timeline: What happened, oldest first.
        lost_ms: How long each of its services was down between its beginning and its end.
    """

    incident: Incident
    alerts: tuple[AlertRecord, ...]
    notes: tuple[Note, ...]
    notices: tuple[Notice, ...]
    timeline: tuple[TimelineEntry, ...]
    lost_ms: Mapping[str, int]


def read_story(context: Context, incident_id: int) -> Story:
    """The story of an incident up to now.

    Raises:
        UsageError: There is no such incident.
    """
    store = context.store
    incident = store.incident(incident_id)
    if incident is None:
        raise UsageError(f"there is no incident {incident_id}", "`incidents` shows those there are")
    ended_ms = context.now_ms if incident.resolved_ms is None else incident.resolved_ms
    uptimes = store.uptimes(incident.opened_ms, max(ended_ms, incident.opened_ms))
    return Story(
        incident=incident,
        alerts=tuple(store.incident_alerts(incident_id)),
        notes=tuple(store.notes(incident_id)),
        notices=tuple(reversed(store.notices(incident_id, limit=_MOST_NOTICES))),
        timeline=tuple(store.incident_timeline(incident_id, limit=_MOST_EVENTS)),
        lost_ms={name: uptimes.get(name, Uptime()).down_ms for name in incident.services},
    )


def title_now(incident: Incident) -> str:
    """What happened and why, told as over once it is: "public was down: status 500"."""
    if incident.open:
        return incident.title
    told, (_, reason) = past_headline(incident), headline(incident)
    return f"{told}: {reason}" if reason else told
