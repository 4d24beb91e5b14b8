"""One incident told whole: what happened, what was lost, who was told, and the course of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from sentinel_tui.domain.monitoring.incidents import Note
from sentinel_tui.domain.notifying.notices import Message, Notice, NoticeKind, NoticeStatus
from sentinel_tui.domain.records import TimelineEntry
from sentinel_tui.domain.video.lost import Lost
from sentinel_tui.text import cell_width, format_duration
from sentinel_tui.tui.cells import BLANK, Line, Span, Tone, cut, fit, joined, line, muted, wrap
from sentinel_tui.tui.view_models.cases import Case, cause_of, until, what_happened
from sentinel_tui.tui.view_models.lost_views import lost_view_lines
from sentinel_tui.tui.view_models.timeline import timeline_lines
from sentinel_tui.tui.view_models.words import Times, counted, lasting, sentence, severity_cell

_DOT = muted(" · ")
_INDENT = Span("  ")
_HANGING = 6
_MOST_NAMED = 4
_NAME_CELLS = 20
_STATUS_CELLS = 12

_STATUSES = {
    NoticeStatus.QUEUED: Span("◐ waits", Tone.WARN),
    NoticeStatus.SENDING: Span("↻ sending", Tone.BUSY),
    NoticeStatus.SENT: Span("✓ sent", Tone.GOOD),
    NoticeStatus.DEAD: Span("✖ given up", Tone.BAD),
    NoticeStatus.DROPPED: Span("– dropped", Tone.MUTED),
}
_KINDS = {
    NoticeKind.ALARM: "the alarm",
    NoticeKind.RISEN: "that it got worse",
    NoticeKind.REMINDER: "a reminder",
    NoticeKind.ESCALATION: "an escalation",
    NoticeKind.RECOVERY: "the recovery",
    NoticeKind.TEST: "a test",
}


@dataclass(frozen=True, slots=True)
class Loss:
    """What an incident cost one service.

    Attributes:
        service: The service's id.
        down_ms: How long it was down meanwhile.
        failed_looks: How many looks at it failed.
    """

    service: str
    down_ms: int
    failed_looks: int


@dataclass(frozen=True, slots=True)
class IncidentStory:
    """Everything that is told of an incident.

    Attributes:
        case: The incident, its alerts and how it is to be taken now.
        names: What services are called, by id.
        losses: What it cost each service, those that lost something.
        lost_views: What it cost each library of videos.
        uncounted: The libraries of which no hour of it is counted yet.
        notices: Who was told, or is to be, the oldest first.
        messages: The messages that carry them, by key.
        notes: What was written down, the oldest first.
        timeline: What happened, the oldest first.
    """

    case: Case
    names: Mapping[str, str]
    losses: Sequence[Loss] = ()
    lost_views: Sequence[Lost] = ()
    uncounted: Sequence[str] = ()
    notices: Sequence[Notice] = ()
    messages: Mapping[str, Message] | None = None
    notes: Sequence[Note] = ()
    timeline: Sequence[TimelineEntry] = ()


def head_lines(story: IncidentStory, times: Times, width: int) -> list[Line]:
    """The incident in three or four lines: what, why, since when, and whom it touches."""
    case, incident = story.case, story.case.incident
    number = f"incident {incident.id}" if incident.id else f"alert {case.alerts[0].id}"
    if incident.id:
        number += f" · {counted(len(case.alerts), 'alert')}"
    what = (*severity_cell(incident.severity), Span(f"  {what_happened(incident)}", Tone.STRONG))
    lines = [
        (*cut(what, max(1, width - cell_width(number) - 2)), muted(f"  {number}")),
        cut(line(sentence(cause_of(case))), width),
    ]
    lines += wrap(joined(_course(case, times), _DOT), width)
    touched = joined(_touched(story), _DOT)
    return [*lines, cut(touched, width)] if touched else lines


def body_lines(story: IncidentStory, times: Times, width: int) -> list[Line]:
    """Everything below the chart, from top to bottom."""
    sections = (
        (
            "Lost",
            [*_losses(story, times), *lost_view_lines(story.lost_views, story.uncounted)],
        ),
        ("Told", list(_told(story, times))),
        ("Notes", list(_notes(story.notes, times))),
        ("Alerts", list(_alerts(story, times))),
        ("Timeline", _timeline(story, times)),
    )
    lines: list[Line] = []
    for title, told in sections:
        if told:
            lines += [line(Span(title, Tone.ACCENT)), *told, BLANK]
    return [part for one in lines[:-1] for part in wrap(one, width, _HANGING)]


def glimpse_lines(story: IncidentStory, times: Times, width: int) -> list[Line]:
    """The incident as it is told below the rows: its head, who was told, and the newest first."""
    told = [cut((muted("told "), *one), width) for one in _told_in_short(story, times)]
    happened = [cut(one, width) for one in reversed(_timeline(story, times, indent=""))]
    return [*head_lines(story, times, width), *told, BLANK, *happened]


def _course(case: Case, times: Times) -> Iterator[Line]:
    incident = case.incident
    long = lasting(incident.opened_ms, incident.resolved_ms, times)
    began = times.second(incident.opened_ms)
    if incident.resolved_ms is None:
        yield line(Span("open", Tone.WARN), muted(" for "), long, muted(" since "), began)
    else:
        yield line(
            began, muted(" to "), times.second(incident.resolved_ms), muted(" lasted "), long
        )
    if incident.reopened:
        yield line(muted("came back "), counted(incident.reopened, "time"))
    if incident.acknowledged_ms is not None:
        by = f" by {incident.acknowledged_by}" if incident.acknowledged_by else ""
        expired = "" if case.acknowledged or not incident.open else ", which has expired"
        at = times.second(incident.acknowledged_ms)
        yield line(Span("✓ ", Tone.ACCENT), muted("acknowledged "), f"{at}{by}{expired}")
    if case.silence is not None:
        yield line(muted("‖ silenced "), until(case.silence, times))
    elif incident.open and incident.acknowledged_ms is None:
        yield line(muted("nobody has it in hand"))


def _touched(story: IncidentStory) -> Iterator[Line]:
    case, names = story.case, story.names
    touched = [service for service in case.incident.services if service not in case.covered]
    if len(touched) > 1:
        yield line(muted("touches "), _listed(touched, names))
    if case.covered:
        yield line(muted("covers "), _listed(case.covered, names))


def _listed(services: Sequence[str], names: Mapping[str, str]) -> str:
    named = ", ".join(names.get(one, one) for one in services[:_MOST_NAMED])
    others = len(services) - _MOST_NAMED
    return f"{named} and {others} more" if others > 0 else named


def _losses(story: IncidentStory, times: Times) -> Iterator[Line]:
    names = [story.names.get(loss.service, loss.service) for loss in story.losses]
    cells = min(_NAME_CELLS, max((cell_width(name) for name in names), default=0))
    for name, loss in zip(names, story.losses, strict=True):
        down = f"down {format_duration(loss.down_ms / 1_000)}" if loss.down_ms else "not down"
        failed = f"  × {counted(loss.failed_looks, 'failed look')}" if loss.failed_looks else ""
        yield (
            _INDENT,
            *fit(line(Span(name, Tone.STRONG)), cells),
            Span(f"  {down}", Tone.BAD if loss.down_ms else Tone.MUTED),
            muted(failed),
        )


def _told(story: IncidentStory, times: Times) -> Iterator[Line]:
    """A line for each notice: when, how far it came, over which channel, and of what."""
    instants = [times.second(_instant(notice)) for notice in story.notices]
    cells = max((len(one) for one in instants), default=0)
    channel_cells = max((cell_width(one.channel) for one in story.notices), default=0)
    for at, notice in zip(instants, story.notices, strict=True):
        yield (
            _INDENT,
            muted(f"{at:>{cells}}  "),
            *fit(line(_STATUSES[notice.status]), _STATUS_CELLS),
            *fit(line(Span(notice.channel, Tone.STRONG)), min(_NAME_CELLS, channel_cells)),
            muted(f"  {_KINDS[notice.kind]}"),
            muted(_why_not_yet(notice, story, times)),
        )


def _instant(notice: Notice) -> int:
    """When it was sent; for what was not, when that was decided."""
    return notice.created_ms if notice.sent_ms is None else notice.sent_ms


def _why_not_yet(notice: Notice, story: IncidentStory, times: Times) -> str:
    if notice.status is NoticeStatus.QUEUED and notice.due_ms > times.now_ms:
        return f", due {times.second(notice.due_ms)}"
    if notice.status is NoticeStatus.DROPPED:
        return ", no longer news when it was due"
    message = (story.messages or {}).get(notice.message)
    if message is None or not message.error or notice.status is NoticeStatus.SENT:
        return ""
    again = ""
    if message.next_try_ms is not None and notice.status is NoticeStatus.SENDING:
        again = f", again {times.second(message.next_try_ms)}"
    return f", {counted(message.attempts, 'try', 'tries')}: {message.error}{again}"


def _told_in_short(story: IncidentStory, times: Times) -> Iterator[Line]:
    """Everybody in one line: the last word of each channel, but for what it need not be told."""
    wanted = [one for one in story.notices if one.status is not NoticeStatus.DROPPED]
    last = {notice.channel: notice for notice in wanted}
    if last:
        yield joined((_last_word(notice, times) for notice in last.values()), _DOT)


def _last_word(notice: Notice, times: Times) -> Line:
    since = "" if notice.status is NoticeStatus.SENT else "since "
    told = f" {_KINDS[notice.kind]} {since}{times.minute(_instant(notice))}"
    return line(f"{notice.channel} ", _STATUSES[notice.status], muted(told))


def _notes(notes: Sequence[Note], times: Times) -> Iterator[Line]:
    for note in notes:
        yield line(_INDENT, muted(f"{times.second(note.at_ms)}  {note.by}  "), note.text)


def _alerts(story: IncidentStory, times: Times) -> Iterator[Line]:
    """Its alerts, where there is more than the one that the head tells of."""
    if len(story.case.alerts) < 2:
        return
    for alert in reversed(story.case.alerts):
        name = story.names.get(alert.service, alert.service)
        check = f" · {alert.check}" if alert.check else ""
        ended = "open" if alert.resolved_ms is None else f"to {times.second(alert.resolved_ms)}"
        yield (
            _INDENT,
            *fit(severity_cell(alert.severity), 11),
            muted(f"{times.second(alert.opened_ms)} {ended}  "),
            Span(f"{name}{check}  "),
            muted(alert.reason),
        )


def _timeline(story: IncidentStory, times: Times, indent: str = "  ") -> list[Line]:
    services = story.case.incident.services
    names = {**story.names, services[0]: ""} if len(services) == 1 else story.names
    return [line(Span(indent), *one) for one in timeline_lines(story.timeline, names, times)]
