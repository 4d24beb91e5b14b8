"""The Alerts pane: alerts as rows, and the timeline of one of them."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from sentinel_tui.domain.monitoring.alerts import Severity
from sentinel_tui.domain.records import AlertRecord, TimelineEntry
from sentinel_tui.text import format_duration
from sentinel_tui.tui.cells import (
    BLANK,
    Column,
    Line,
    Row,
    Span,
    Tone,
    cut,
    joined,
    line,
    muted,
    wrap,
)
from sentinel_tui.tui.view_models.status import matches
from sentinel_tui.tui.view_models.timeline import timeline_lines
from sentinel_tui.tui.view_models.words import (
    Times,
    counted,
    lasted,
    sentence,
    severity_cell,
)

COLUMNS = (
    Column("severity", "Severity", 10, keep=100),
    Column("service", "Service", 12, keep=90),
    Column("since", "Since", 12, keep=70),
    Column("lasted", "Lasted", 8, keep=60),
    Column("seen", "Ack", 5, keep=50),
    Column("cause", "Cause", 24, keep=80, most=200),
    Column("id", "No.", 5, right=True, keep=30),
)

OURSELVES = "Sentinel"
"""What an alert without a service is about."""


def alert_rows(
    alerts: Sequence[AlertRecord],
    names: Mapping[str, str],
    times: Times,
    *,
    words: str = "",
) -> list[Row]:
    """A row for each alert that the filter lets through; open ones first, then the newest.

    Args:
        alerts: The alerts, newest first.
        names: What services are called, by id.
        times: How instants are told.
        words: What the owner filters by.
    """
    wanted = [alert for alert in alerts if matches(words, _haystack(alert, names))]
    wanted.sort(key=lambda alert: (not alert.open, alert.severity is not Severity.CRITICAL))
    open_ones = [alert for alert in wanted if alert.open]
    past = sorted((alert for alert in wanted if not alert.open), key=lambda one: -one.opened_ms)
    return [_row(alert, names, times) for alert in (*open_ones, *past)]


def about(alert: AlertRecord, names: Mapping[str, str]) -> str:
    """What an alert is about: the service's name, or Sentinel itself."""
    return names.get(alert.service, alert.service) or OURSELVES


def lasting(alert: AlertRecord, times: Times) -> str:
    """How long an alert lasted; to the minute while it goes on, so that it is repainted seldom."""
    if alert.resolved_ms is None:
        return lasted((times.now_ms - alert.opened_ms) / 1_000)
    return format_duration((alert.resolved_ms - alert.opened_ms) / 1_000)


def counts_line(open_alerts: Sequence[AlertRecord], *, open_only: bool, words: str) -> Line:
    """How many alerts are open, and which are shown."""
    shown = "open alerts" if open_only else "open and past alerts"
    if words:
        shown += f" with “{words}”"
    return (*joined([_open_count(open_alerts)], muted("")), muted(f"  showing {shown}"))


def badge(open_alerts: Sequence[AlertRecord]) -> Line:
    """Open alerts beside the tab's title: "✖1 ▲2"."""
    critical = sum(alert.severity is Severity.CRITICAL for alert in open_alerts)
    warnings = len(open_alerts) - critical
    parts = []
    if critical:
        parts.append(line(Span(f"✖{critical}", Tone.BAD)))
    if warnings:
        parts.append(line(Span(f"▲{warnings}", Tone.WARN)))
    return joined(parts, Span(" "))


def news(
    known: Collection[int], open_alerts: Sequence[AlertRecord], names: Mapping[str, str]
) -> str:
    """What opened since the owner last looked, in one sentence; empty for nothing.

    Args:
        known: The alerts that were open before.
        open_alerts: The alerts that are open now.
        names: What services are called, by id.
    """
    opened = [alert for alert in open_alerts if alert.id not in known]
    if len(opened) == 1:
        return f"{about(opened[0], names)}: {opened[0].reason}"
    if opened:
        subjects = dict.fromkeys(about(alert, names) for alert in opened)
        return f"{counted(len(opened), 'alert')} opened: {', '.join(subjects)}"
    return ""


def alert_story(
    alert: AlertRecord,
    entries: Sequence[TimelineEntry],
    names: Mapping[str, str],
    times: Times,
    width: int,
) -> list[Line]:
    """One alert told whole: what, since when, until when, and what happened around it.

    Args:
        alert: The alert.
        entries: What happened around it, newest first.
        names: What services are called, by id.
        times: How instants are told.
        width: The cells of a line.
    """
    check = f" · {alert.check}" if alert.check else ""
    head = (
        *severity_cell(alert.severity),
        Span(f"  {about(alert, names)}{check}", Tone.STRONG),
        muted(f"  alert {alert.id}"),
    )
    told = [
        cut(head, width),
        *wrap(line(sentence(alert.reason)), width),
        *wrap(_course(alert, times), width),
        BLANK,
    ]
    happened = timeline_lines(entries, {**names, alert.service: ""}, times)
    return [*told, *(cut(one, width) for one in happened)]


def _row(alert: AlertRecord, names: Mapping[str, str], times: Times) -> Row:
    duration = lasting(alert, times)
    severity = severity_cell(alert.severity)
    if not alert.open:
        severity = line(muted(severity[0].text))
    return Row(
        key=str(alert.id),
        cells={
            "severity": severity,
            "service": line(Span(about(alert, names), Tone.STRONG if alert.open else Tone.MUTED)),
            "since": line(muted(times.minute(alert.opened_ms))),
            "lasted": line(duration if alert.open else muted(duration)),
            "seen": _seen_cell(alert),
            "cause": line(alert.reason if alert.open else muted(alert.reason)),
            "id": line(muted(str(alert.id))),
        },
    )


def _seen_cell(alert: AlertRecord) -> Line:
    if alert.acknowledged_ms is not None:
        return line(Span("✓ ack", Tone.ACCENT))
    return line("new") if alert.open else line(muted("–"))


def _haystack(alert: AlertRecord, names: Mapping[str, str]) -> str:
    seen = "ack" if alert.acknowledged_ms is not None else "new"
    state = "open" if alert.open else "past"
    words = (about(alert, names), alert.service, alert.check, alert.reason, alert.severity)
    return " ".join([*words, alert.rule, seen, state])


def _open_count(open_alerts: Sequence[AlertRecord]) -> Line:
    if not open_alerts:
        return line(Span("● ", Tone.GOOD), "no open alert")
    critical = sum(alert.severity is Severity.CRITICAL for alert in open_alerts)
    warnings = len(open_alerts) - critical
    parts = []
    if critical:
        parts.append(line(Span(f"✖ {critical} critical", Tone.BAD)))
    if warnings:
        parts.append(line(Span(f"▲ {counted(warnings, 'warning')}", Tone.WARN)))
    return joined(parts, muted(" · "))


def _course(alert: AlertRecord, times: Times) -> Line:
    parts = [
        line(muted("since "), times.second(alert.opened_ms)),
        line(muted("lasted "), lasting(alert, times)),
    ]
    if alert.acknowledged_ms is not None:
        parts.append(line(muted("acknowledged "), times.second(alert.acknowledged_ms)))
    if alert.resolved_ms is not None:
        parts.append(line(muted("ended "), times.second(alert.resolved_ms)))
        if alert.resolution:
            parts.append(line(alert.resolution))
    else:
        parts.append(line(Span("still open", Tone.WARN)))
    return joined(parts, muted(" · "))
