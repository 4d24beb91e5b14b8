"""Everything that happened, in one line each."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from sentinel_tui.domain.monitoring.alerts import Severity
from sentinel_tui.domain.monitoring.incidents import Incident
from sentinel_tui.domain.monitoring.matching import matches
from sentinel_tui.domain.monitoring.states import State
from sentinel_tui.domain.records import EntryKind, TimelineEntry
from sentinel_tui.store.driver import Connection
from sentinel_tui.store.keeping_timeline import OF_KEEPING
from sentinel_tui.store.layout import FAILURES_KEPT
from sentinel_tui.store.timeline_source import OF_ANY, Row, Source
from sentinel_tui.text import format_duration

_AROUND_MS = 10 * 60_000
"""What happened so long before an incident, and after it, is told with it."""

_FOR_EVER_MS = 1 << 62


def timeline(
    connection: Connection, start_ms: int, end_ms: int, service: str, limit: int
) -> list[TimelineEntry]:
    """See `queries.Reader.timeline`."""
    services = [service] if service else []
    values = {
        "start": start_ms,
        "end": end_ms,
        "services": json.dumps(services),
        "limit": limit,
    }
    entries = _read(connection, (*_OF_INCIDENTS, *_OF_SERVICES), values)
    entries += _silences(connection, values, services)
    return _newest_first(entries)[:limit]


def incident_timeline(
    connection: Connection, incident: Incident, limit: int
) -> list[TimelineEntry]:
    """See `queries.Reader.incident_timeline`."""
    services = list(incident.services) or [""]
    ends_ms = _FOR_EVER_MS if incident.resolved_ms is None else incident.resolved_ms + _AROUND_MS
    around = {
        "start": incident.opened_ms - _AROUND_MS,
        "end": ends_ms,
        "services": json.dumps(services),
        "limit": limit,
    }
    # What belongs to it is told however late it came, such as a note on the day after.
    entries = _read(connection, _OF_ONE_INCIDENT, {"incident": incident.id, "limit": limit})
    entries += _read(connection, (*_OF_SERVICES, (_FAILED_LOOKS, _failed_looks)), around)
    entries += _silences(connection, around, services)
    return _newest_first(entries)[:limit][::-1]


def _read(
    connection: Connection, sources: Iterable[Source], values: Mapping[str, Any]
) -> list[TimelineEntry]:
    return [
        entry(row) for sql, entry in sources for row in connection.execute(sql, values).fetchall()
    ]


def _newest_first(entries: list[TimelineEntry]) -> list[TimelineEntry]:
    # Stable, so that what happened in the same millisecond stays newest first.
    return sorted(entries, key=lambda entry: entry.at_ms, reverse=True)


_ROOT = "coalesce(json_extract(i.services, '$[0]'), '')"
_TOUCHES_ANY = (
    "(:services = '[]' OR EXISTS (SELECT 1 "
    "FROM json_each(i.services) one JOIN json_each(:services) other ON one.value = other.value))"
)


def _which(instant: str, incident: str, about: str, *, own: bool) -> str:
    """What is chosen: all that belongs to the incident, or all of a window about the services."""
    if own:
        return f"{incident} = :incident AND {instant} IS NOT NULL"
    return f"{instant} >= :start AND {instant} < :end AND {about}"


def _alert_query(instant: str, extra: str = "''", *, own: bool) -> str:
    which = _which(instant, "incident_id", OF_ANY.format(column="service"), own=own)
    return (
        f"SELECT {instant}, service, rule, severity, reason, {extra} FROM alerts "  # noqa: S608 (own SQL)
        f"WHERE {which} ORDER BY {instant} DESC, id DESC LIMIT :limit"
    )


def _notes_query(*, own: bool) -> str:
    which = _which("n.at_ms", "n.incident_id", _TOUCHES_ANY, own=own)
    return (
        f"SELECT n.at_ms, {_ROOT}, n.author, n.text FROM incident_notes n "  # noqa: S608 (own SQL)
        f"JOIN incidents i ON i.id = n.incident_id WHERE {which} "
        "ORDER BY n.at_ms DESC, n.id DESC LIMIT :limit"
    )


def _notifications_query(*, own: bool) -> str:
    which = _which("n.sent_ms", "n.incident_id", _TOUCHES_ANY, own=own)
    return (
        f"SELECT n.sent_ms, {_ROOT}, n.kind, n.channel, n.severity "  # noqa: S608 (own SQL)
        f"FROM notifications n JOIN incidents i ON i.id = n.incident_id WHERE {which} "
        "ORDER BY n.sent_ms DESC, n.key DESC LIMIT :limit"
    )


_STATES = (
    "SELECT h.at_ms, s.id, h.after, h.reason FROM state_changes h "  # noqa: S608 (own SQL)
    "JOIN services s ON s.key = h.service_key WHERE h.check_key IS NULL "
    f"AND h.at_ms >= :start AND h.at_ms < :end AND {OF_ANY.format(column='s.id')} "
    "ORDER BY h.at_ms DESC, h.id DESC LIMIT :limit"
)
_COLD_STARTS = (
    "SELECT w.at_ms, s.id, w.duration_us FROM cold_starts w "  # noqa: S608 (own SQL)
    "JOIN services s ON s.key = w.service_key WHERE w.at_ms >= :start AND w.at_ms < :end "
    f"AND {OF_ANY.format(column='s.id')} ORDER BY w.at_ms DESC LIMIT :limit"
)
_INTENTS = (
    "SELECT created_ms, service, verb, source, status FROM intents "  # noqa: S608 (own SQL)
    "WHERE created_ms >= :start AND created_ms < :end "
    f"AND {OF_ANY.format(column='service')} ORDER BY created_ms DESC LIMIT :limit"
)
_FAILED_LOOKS = (
    # One line for each way in which a check failed, where it failed so first.
    "SELECT min(f.at_ms), s.id, c.name, f.error, count(*) FROM failures f "  # noqa: S608 (own SQL)
    "JOIN checks c ON c.key = f.check_key JOIN services s ON s.key = c.service_key "
    f"WHERE f.at_ms >= :start AND f.at_ms < :end AND {OF_ANY.format(column='s.id')} "
    "GROUP BY f.check_key, f.error ORDER BY min(f.at_ms) DESC LIMIT :limit"
)
_GAPS = (
    "SELECT from_ms, to_ms, reason FROM gaps WHERE to_ms > :start AND from_ms < :end "
    "ORDER BY from_ms DESC LIMIT :limit"
)
_EVENTS = (
    "SELECT at_ms, service, kind, text FROM events WHERE at_ms >= :start AND at_ms < :end "  # noqa: S608 (own SQL)
    f"AND {OF_ANY.format(column='service')} ORDER BY at_ms DESC, id DESC LIMIT :limit"
)
_SILENCES = (
    "SELECT kind, match, author, reason, start_ms, end_ms, until_healthy, ended_ms FROM silences "
    "WHERE (start_ms >= :start AND start_ms < :end) OR (ended_ms >= :start AND ended_ms < :end) "
    "ORDER BY id DESC LIMIT :limit"
)


def _opened(row: Row) -> TimelineEntry:
    at_ms, service, rule, severity, reason, _ = row
    return TimelineEntry(
        at_ms, EntryKind.ALERT, service, f"{rule}: {reason}", severity=Severity(severity)
    )


def _acknowledged(row: Row) -> TimelineEntry:
    at_ms, service, rule, severity, _, by = row
    return TimelineEntry(
        at_ms, EntryKind.ACKNOWLEDGED, service, f"{rule} by {by}", severity=Severity(severity)
    )


def _resolved(row: Row) -> TimelineEntry:
    at_ms, service, rule, severity, _, resolution = row
    return TimelineEntry(
        at_ms, EntryKind.RESOLVED, service, f"{rule}: {resolution}", severity=Severity(severity)
    )


def _note(row: Row) -> TimelineEntry:
    at_ms, service, author, text = row
    return TimelineEntry(at_ms, EntryKind.NOTE, service, f"{author}: {text}")


def _notification(row: Row) -> TimelineEntry:
    at_ms, service, kind, channel, severity = row
    return TimelineEntry(
        at_ms,
        EntryKind.NOTIFICATION,
        service,
        f"{kind} sent over {channel}",
        severity=Severity(severity),
    )


def _state(row: Row) -> TimelineEntry:
    at_ms, service, after, reason = row
    return TimelineEntry(at_ms, EntryKind.STATE, service, reason, state=State(after))


def _cold_start(row: Row) -> TimelineEntry:
    at_ms, service, duration_us = row
    text = f"awake after {format_duration(duration_us / 1_000_000)}"
    return TimelineEntry(at_ms, EntryKind.COLD_START, service, text)


def _intent(row: Row) -> TimelineEntry:
    at_ms, service, verb, source, status = row
    return TimelineEntry(at_ms, EntryKind.INTENT, service, f"{verb} by {source}: {status}")


def _gap(row: Row) -> TimelineEntry:
    from_ms, to_ms, reason = row
    lasted = format_duration((to_ms - from_ms) / 1_000)
    return TimelineEntry(from_ms, EntryKind.GAP, "", f"not watching for {lasted}: {reason}")


def _event(row: Row) -> TimelineEntry:
    at_ms, service, kind, text = row
    return TimelineEntry(at_ms, EntryKind(kind), service, text)


def _failed_looks(row: Row) -> TimelineEntry:
    at_ms, service, check, error, count = row
    # Older ones than are kept are not counted any more.
    least = "at least " if count >= FAILURES_KEPT else ""
    often = f" ({least}{count} looks)" if count > 1 else ""
    return TimelineEntry(at_ms, EntryKind.LOOK, service, f"{check}: {error}{often}")


def _silences(
    connection: Connection, values: Mapping[str, Any], services: list[str]
) -> list[TimelineEntry]:
    """The beginnings and ends of silences in a window, as far as they cover the services."""
    rows = connection.execute(_SILENCES, values).fetchall()
    tags = dict(connection.execute("SELECT id, tags FROM services").fetchall()) if rows else {}
    tags_of = {one: json.loads(tags.get(one, "[]")) for one in services}
    entries: list[TimelineEntry] = []
    for kind, match, *rest in rows:
        if not services or any(matches(match, service=one, tags=tags_of[one]) for one in services):
            entries += _of_silence(f"{kind} of {match or 'everything'}", *rest)
    return [one for one in entries if values["start"] <= one.at_ms < values["end"]]


def _of_silence(
    what: str,
    author: str,
    reason: str,
    start_ms: int,
    end_ms: int | None,
    until_healthy: int,
    ended_ms: int | None,
) -> list[TimelineEntry]:
    limits = ["until healthy"] if until_healthy else []
    if end_ms is not None:
        limits.insert(0, f"for {format_duration((end_ms - start_ms) / 1_000)}")
    text = " ".join((what, *limits, f"by {author}")) + (f": {reason}" if reason else "")
    began = TimelineEntry(start_ms, EntryKind.SILENCE, "", text)
    if ended_ms is None:
        return [began]
    return [TimelineEntry(ended_ms, EntryKind.SILENCE, "", f"{what} ended"), began]


def _incident_sources(*, own: bool) -> tuple[Source, ...]:
    return (
        (_notifications_query(own=own), _notification),
        (_notes_query(own=own), _note),
        (_alert_query("resolved_ms", "resolution", own=own), _resolved),
        (_alert_query("acknowledged_ms", "acknowledged_by", own=own), _acknowledged),
        (_alert_query("opened_ms", own=own), _opened),
    )


_OF_INCIDENTS = _incident_sources(own=False)
_OF_ONE_INCIDENT = _incident_sources(own=True)
_OF_SERVICES: tuple[Source, ...] = (
    (_STATES, _state),
    (_COLD_STARTS, _cold_start),
    (_INTENTS, _intent),
    (_GAPS, _gap),
    (_EVENTS, _event),
    *OF_KEEPING,
)
