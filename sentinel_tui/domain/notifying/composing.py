"""What a message says: a title to be understood at one glance on a phone, and plain lines below.

What is told is how things stand while the message is put together, not how they stood when its
notices were written: an alarm and a recovery that both could not go out become one late line.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from sentinel_tui.domain.monitoring.alerts import Severity
from sentinel_tui.domain.monitoring.incidents import (
    NO_LONGER_WATCHED,
    Incident,
    headline,
    max_severity,
    past_headline,
)
from sentinel_tui.domain.notifying.notices import Message, Notice, NoticeKind
from sentinel_tui.text import clean_block, clean_text, format_duration, shorten

Told = tuple[Notice, Incident | None]
"""A notice and the incident it is about, as that stands now; None for a test."""

_TITLE_CELLS = 120
_MOST_BODY = 8_000
_LATE_MS = 300_000
"""A recovery that goes out so long after it was due says so."""
_SIGNS = {Severity.CRITICAL: "✖", Severity.WARNING: "▲"}
_RECOVERED = "●"
_MOST_URGENT_FIRST = (
    NoticeKind.ESCALATION,
    NoticeKind.ALARM,
    NoticeKind.RISEN,
    NoticeKind.REMINDER,
    NoticeKind.RECOVERY,
)
_OPENINGS = {
    NoticeKind.ESCALATION: "nobody took it on: ",
    NoticeKind.REMINDER: "still open: ",
}


def batch(due: Sequence[Told], *, digest: bool = False) -> tuple[Told, ...]:
    """Which of a channel's due notices make its next message; none when none can go out yet.

    A test goes by itself, then everything about CRITICAL incidents, then the rest. All notices of
    one incident go together. The alarm of an incident that is over waits for its recovery.

    Args:
        due: The notices that are due, those of a message that failed among them.
        digest: Put everything into one message, because the channel is at its cap.
    """
    for notice, incident in due:
        if incident is None:
            return ((notice, incident),)
    recovered = {notice.incident for notice, _ in due if notice.kind is NoticeKind.RECOVERY}
    ready = [
        (notice, incident)
        for notice, incident in due
        if incident is not None and (incident.open or incident.id in recovered)
    ]
    if not digest:
        severity = max_severity(incident.severity for _, incident in ready)
        ready = [told for told in ready if told[1].severity is severity]
    return tuple(ready)


def compose(
    told: Sequence[Told], now_ms: int, zone: str, names: Mapping[str, str] | None = None
) -> Message:
    """The message that tells these notices.

    Args:
        told: What `batch` put together: at least one notice, all of one channel.
        now_ms: Now.
        zone: IANA name of the zone in which times are told.
        names: Of each service's id, its display name.

    Returns:
        The message, not tried yet. Its key follows from its notices, so that putting it together
        again gives the same one.
    """
    newest = max((notice for notice, _ in told), key=lambda one: (one.created_ms, one.key))
    told_of = _Telling(now_ms, ZoneInfo(zone), names or {})
    lines = [told_of.line(incident, kinds) for incident, kinds in _by_incident(told)]
    title, body, kind, severity = _words(lines, newest)
    return Message(
        key=newest.key if len(told) == 1 else f"{newest.key}+{len(told) - 1}",
        channel=newest.channel,
        severity=severity,
        title=shorten(clean_text(title), _TITLE_CELLS),
        body=clean_block(body, _MOST_BODY),
        kind=kind,
        incidents=tuple(line.incident for line in lines),
        created_ms=now_ms,
        next_try_ms=now_ms,
    )


@dataclass(frozen=True, slots=True)
class _Line:
    """What is said of one incident."""

    incident: int
    severity: Severity
    kind: NoticeKind
    subject: str
    text: str
    details: tuple[str, ...]


def _by_incident(told: Iterable[Told]) -> list[tuple[Incident, list[Notice]]]:
    """The incidents, the open and the severe first, each with its notices."""
    notices: dict[int, list[Notice]] = {}
    incidents: dict[int, Incident] = {}
    for notice, incident in told:
        if incident is not None:
            incidents[incident.id] = incident
            notices.setdefault(incident.id, []).append(notice)
    ordered = sorted(incidents.values(), key=_urgency)
    return [(incident, notices[incident.id]) for incident in ordered]


def _urgency(incident: Incident) -> tuple[bool, bool, int]:
    return not incident.open, incident.severity is not Severity.CRITICAL, incident.opened_ms


def _words(lines: Sequence[_Line], newest: Notice) -> tuple[str, str, NoticeKind, Severity]:
    """Title, body, kind and severity of the message that is made of these lines."""
    if not lines:
        title = f"{_RECOVERED} test: Sentinel can reach you over {newest.channel}"
        return title, "This is only a test. Nothing is wrong.", NoticeKind.TEST, newest.severity
    severity = max_severity(line.severity for line in lines)
    kind = min((line.kind for line in lines), key=_MOST_URGENT_FIRST.index)
    if len(lines) == 1:
        return lines[0].text, "\n".join(lines[0].details), kind, severity
    return _digest_title(lines), "\n".join(line.text for line in lines), kind, severity


def _digest_title(lines: Sequence[_Line]) -> str:
    going_on = [line for line in lines if line.kind is not NoticeKind.RECOVERY]
    over = len(lines) - len(going_on)
    subjects = ", ".join(dict.fromkeys(line.subject for line in lines))
    if not going_on:
        return f"{_RECOVERED} {over} recovered: {subjects}"
    severity = max_severity(line.severity for line in going_on)
    counted = f"{len(going_on)} open" + (f", {over} recovered" if over else "")
    return f"{_SIGNS[severity]} {severity} {counted}: {subjects}"


@dataclass(frozen=True, slots=True)
class _Telling:
    """Puts incidents into words, at one moment and in one place."""

    now_ms: int
    place: ZoneInfo
    names: Mapping[str, str]

    def line(self, incident: Incident, notices: Sequence[Notice]) -> _Line:
        """What is said of an incident that these notices are about."""
        kind = min((notice.kind for notice in notices), key=_MOST_URGENT_FIRST.index)
        if incident.resolved_ms is not None:
            text = self._past(incident, incident.resolved_ms, notices)
            kind = NoticeKind.RECOVERY
        else:
            kind = NoticeKind.ALARM if kind is NoticeKind.RECOVERY else kind
            text = self._present(incident, kind)
        services = [self.names.get(service, service) for service in incident.services]
        return _Line(
            incident=incident.id,
            severity=incident.severity,
            kind=kind,
            subject=services[0] if services else headline(incident)[0],
            text=text,
            details=tuple(self._details(incident, services)),
        )

    def _present(self, incident: Incident, kind: NoticeKind) -> str:
        happened, reason = headline(incident)
        mark = f"{_SIGNS[incident.severity]} {incident.severity}"
        if kind is NoticeKind.RISEN:
            mark = f"{_SIGNS[incident.severity]} now {incident.severity}:"
        since = f"{_OPENINGS.get(kind, '')}{happened} since {self._clock(incident.opened_ms)}"
        return f"{mark} {since} ({reason})" if reason else f"{mark} {since}"

    def _past(self, incident: Incident, resolved_ms: int, notices: Sequence[Notice]) -> str:
        first_news = any(notice.kind is not NoticeKind.RECOVERY for notice in notices)
        waited_ms = self.now_ms - min(notice.due_ms for notice in notices)
        span = self._span(incident.opened_ms, resolved_ms)
        lasted = _lasted(resolved_ms - incident.opened_ms)
        opening = "" if first_news else self._ending(incident)
        ending = ", delivered late" if first_news or waited_ms > _LATE_MS else ""
        return f"{_RECOVERED} {opening}{past_headline(incident)} {span} ({lasted}){ending}"

    def _ending(self, incident: Incident) -> str:
        gone = headline(incident)[1] == NO_LONGER_WATCHED
        return f"{NO_LONGER_WATCHED}: " if gone else "recovered: "

    def _details(self, incident: Incident, services: Sequence[str]) -> Iterable[str]:
        happened, reason = headline(incident)
        if incident.resolved_ms is None:
            yield f"{happened} since {self._clock(incident.opened_ms)}"
        else:
            span = self._span(incident.opened_ms, incident.resolved_ms)
            yield f"{past_headline(incident)} {span}"
        if reason:
            yield f"Why: {reason}"
        if services:
            yield f"Services: {', '.join(services)}"
        if incident.reopened:
            yield f"It came back {_times(incident.reopened)}."
        yield f"Incident {incident.id}"

    def _span(self, start_ms: int, end_ms: int) -> str:
        start, end = self._local(start_ms), self._local(end_ms)
        if start.date() == end.date():
            return f"{self._clock(start_ms)} to {end:%H:%M}"
        today = "today " if end.date() == self._local(self.now_ms).date() else ""
        return f"{self._clock(start_ms)} to {today}{self._clock(end_ms)}"

    def _clock(self, at_ms: int) -> str:
        """The time of day, with the date when it is not today's."""
        at = self._local(at_ms)
        today = at.date() == self._local(self.now_ms).date()
        return f"{at:%H:%M}" if today else f"{at.day} {at:%b %H:%M}"

    def _local(self, at_ms: int) -> datetime:
        return datetime.fromtimestamp(at_ms / 1_000, self.place)


def _lasted(length_ms: int) -> str:
    minutes = round(length_ms / 60_000)
    return f"{minutes} min" if 0 < minutes < 60 else format_duration(length_ms / 1_000)


def _times(count: int) -> str:
    return "once" if count == 1 else f"{count} times"
