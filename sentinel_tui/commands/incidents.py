"""`incidents` and `incident`: what went wrong as whole stories, and one of them told in full."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from sentinel_tui.commands.answers import Answer, Table
from sentinel_tui.commands.records import (
    alert_data,
    entry_data,
    incident_data,
    note_data,
    notice_data,
)
from sentinel_tui.commands.spec import (
    ANY_SERVICE,
    INCIDENT,
    WINDOW,
    Argument,
    ArgumentKind,
    Arguments,
    command,
    words,
)
from sentinel_tui.commands.standing import engine_data, find_engine, worst_exit
from sentinel_tui.commands.story import Story, read_story, title_now
from sentinel_tui.commands.windows import Window
from sentinel_tui.commands.wording import counted, listed, moment, severity_exit, signed, since
from sentinel_tui.domain.notifying.notices import NoticeStatus
from sentinel_tui.text import format_duration

if TYPE_CHECKING:
    from sentinel_tui.commands.context import Context
    from sentinel_tui.domain.monitoring.incidents import Incident

_WEEK = Window(7 * 86_400)
_MOST_ROWS = 100
_MOST_EVENTS = 60
_VIEW = Argument(
    ArgumentKind.CHOICE,
    "open",
    choices={"open": words("open active current ouverts ouvert actifs en-cours")},
)


@command(
    "incidents",
    en="outages",
    fr="incidents",
    arguments=(_VIEW, ANY_SERVICE, WINDOW),
    fillers="all past tous passes",
)
def incidents(context: Context, given: Arguments) -> Answer:
    """Show the incidents of the last week or another time."""
    window = given.window or _WEEK
    start_ms = context.now_ms - window.seconds * 1_000
    found = context.store.incidents(
        open_only=given.choice == "open",
        service=given.service,
        limit=_MOST_ROWS,
        start_ms=start_ms,
        end_ms=context.now_ms,
    )
    opened = [one for one in found if one.open]
    engine = find_engine(context)
    return Answer(
        title=_list_title(found, opened, window, given.service, context),
        lines=_list_lines(found),
        table=Table(
            ("#", "SEVERITY", "SINCE", "LASTED", "SERVICES", "WHAT"),
            tuple(_row(one, context) for one in found),
            numbers=frozenset({"#", "LASTED"}),
        ),
        data={
            "from_ms": start_ms,
            "until_ms": context.now_ms,
            "incidents": [incident_data(one) for one in found],
            "open": len(opened),
            "complete": len(found) < _MOST_ROWS,
            "engine": engine_data(engine),
        },
        exit_code=worst_exit(severity_exit(one.severity for one in opened), engine),
    )


def _markdown(context: Context, given: Arguments) -> str:
    # Imported when somebody wants the page: few do, and every command imports this module.
    from sentinel_tui.commands.exporting.incident_page import incident_page

    story = read_story(context, given.incident or 0)
    return incident_page(story, context.now_ms, context.zone)


@command(
    "incident",
    en="outage",
    fr="incident",
    arguments=(INCIDENT,),
    fillers="number numero no n°",
    markdown=_markdown,
)
def incident(context: Context, given: Arguments) -> Answer:
    """Tell one incident: its alerts, its timeline, who was told."""
    story = read_story(context, given.incident or 0)
    engine = find_engine(context)
    shown = story.timeline[-_MOST_EVENTS:]
    severities = [story.incident.severity] if story.incident.open else []
    return Answer(
        title=_title(story.incident, context),
        lines=(*_facts(story, context), *_cut_line(story, len(shown))),
        table=Table(
            ("WHEN", "SERVICE", "WHAT", "DETAIL"),
            tuple(
                (
                    moment(entry.at_ms, context.now_ms, context.zone),
                    entry.service or "Sentinel",
                    signed(entry.state) if entry.state else str(entry.severity or entry.kind),
                    entry.text,
                )
                for entry in shown
            ),
        ),
        data={
            **incident_data(story.incident),
            "alerts": [alert_data(one) for one in story.alerts],
            "notes": [note_data(one) for one in story.notes],
            "told": [notice_data(one) for one in story.notices],
            "timeline": [entry_data(one) for one in story.timeline],
            "lost_ms": story.lost_ms,
            "engine": engine_data(engine),
        },
        exit_code=worst_exit(severity_exit(severities), engine),
    )


def _list_title(
    found: Sequence[Incident],
    opened: Sequence[Incident],
    window: Window,
    service: str,
    context: Context,
) -> str:
    about = f", {service}" if service else ""
    if not found:
        return f"No incidents over the last {window.label}{about}"
    return (
        f"{counted(len(found), 'incident')} over the last {window.label}{about}, "
        f"{len(opened)} open (times in {context.zone})"
    )


def _list_lines(found: Sequence[Incident]) -> tuple[str, ...]:
    if not found:
        return ()
    lines = [f"`incident {found[0].id}` tells the whole story of number {found[0].id}."]
    if len(found) == _MOST_ROWS:
        lines.append(f"Only the newest {_MOST_ROWS} are shown; ask for less time.")
    return tuple(lines)


def _row(one: Incident, context: Context) -> tuple[str, ...]:
    return (
        str(one.id),
        one.severity,
        moment(one.opened_ms, context.now_ms, context.zone),
        _lasted(one, context.now_ms),
        ", ".join(one.services) or "Sentinel",
        title_now(one) + ("" if one.acknowledged_ms is None or not one.open else " (acknowledged)"),
    )


def _lasted(one: Incident, now_ms: int) -> str:
    ended_ms = now_ms if one.resolved_ms is None else one.resolved_ms
    return format_duration((ended_ms - one.opened_ms) / 1_000)


def _title(one: Incident, context: Context) -> str:
    at = moment(one.opened_ms, context.now_ms, context.zone)
    lasted = _lasted(one, context.now_ms)
    if one.open:
        return f"Incident {one.id}, open since {at} {context.zone} ({lasted}): {one.title}"
    return f"Incident {one.id}, {lasted} from {at} {context.zone}: {title_now(one)}"


def _facts(story: Story, context: Context) -> list[str]:
    one = story.incident
    lines = [f"{one.severity}; services: {', '.join(one.services) or 'Sentinel itself'}"]
    if one.resolved_ms is not None:
        lines.append(f"Ended {moment(one.resolved_ms, context.now_ms, context.zone)}.")
    if one.reopened:
        lines.append(f"It came back {counted(one.reopened, 'time')} within minutes.")
    lines += [
        f"Lost: {name} was down for {format_duration(down_ms / 1_000)}."
        for name, down_ms in story.lost_ms.items()
        if down_ms
    ]
    lines += _told_lines(story)
    if one.acknowledged_ms is not None:
        ago = since(one.acknowledged_ms, context.now_ms)
        by = f" by {one.acknowledged_by}" if one.acknowledged_by else ""
        lines.append(f"Acknowledged{by} {ago} ago.")
    elif one.open:
        lines.append(f"`ack incident {one.id}` takes it on; `note {one.id} TEXT` writes it down.")
    return lines


def _told_lines(story: Story) -> list[str]:
    sent = _channels(story, NoticeStatus.SENT)
    waiting = _channels(story, NoticeStatus.QUEUED, NoticeStatus.SENDING)
    refused = _channels(story, NoticeStatus.DEAD)
    lines = []
    if sent:
        lines.append(f"Told: {listed(sent)}.")
    if waiting:
        lines.append(f"Waiting to be told: {listed(waiting)}.")
    if refused:
        lines.append(f"Could not be told: {listed(refused)}; see `notify`.")
    return lines or ["Nobody was told."]


def _channels(story: Story, *statuses: NoticeStatus) -> list[str]:
    return sorted({one.channel for one in story.notices if one.status in statuses})


def _cut_line(story: Story, shown: int) -> list[str]:
    left_out = len(story.timeline) - shown
    return [f"{left_out:,} earlier events are left out; --json has them."] if left_out else []
