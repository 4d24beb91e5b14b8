"""The Alerts pane: incidents as rows, in four views that no incident is in twice."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from sentinel_tui.domain.monitoring.alerts import Severity
from sentinel_tui.domain.monitoring.incidents import Incident, headline, past_headline
from sentinel_tui.domain.monitoring.matching import matches as covers
from sentinel_tui.domain.monitoring.silences import Silence, SilenceKind
from sentinel_tui.domain.records import AlertRecord
from sentinel_tui.tui.cells import Column, Line, Row, Span, Tone, joined, line, muted
from sentinel_tui.tui.view_models.status import matches
from sentinel_tui.tui.view_models.words import (
    Times,
    counted,
    lasted,
    lasting,
    severity_cell,
)

OURSELVES = "Sentinel"
"""What an incident without a service is about."""

COLUMNS = (
    Column("severity", "Severity", 10, keep=100),
    Column("service", "Service", 14, keep=95, most=24),
    Column("since", "Since", 12, keep=70),
    Column("lasted", "Lasted", 8, keep=80),
    Column("seen", "Ack", 5, keep=40),
    Column("cause", "Cause", 28, keep=90, most=200),
    Column("alerts", "Alerts", 6, right=True, keep=50),
    Column("id", "No.", 5, right=True, keep=60),
)


class View(StrEnum):
    """Which incidents are listed; each one is in exactly one view."""

    OPEN = "open"
    ACKNOWLEDGED = "acknowledged"
    SILENCED = "silenced"
    PAST = "past"


VIEWS = tuple(View)
_SIGNS = {
    View.OPEN: Span("✖ ", Tone.BAD),
    View.ACKNOWLEDGED: Span("✓ ", Tone.ACCENT),
    View.SILENCED: Span("‖ ", Tone.MUTED),
    View.PAST: Span("● ", Tone.GOOD),
}
_EMPTY = {
    View.OPEN: "nothing is open: all is well, or somebody has it in hand",
    View.ACKNOWLEDGED: "nobody has taken on anything",
    View.SILENCED: "nothing is silenced",
    View.PAST: "nothing has ended yet",
}


@dataclass(frozen=True, slots=True)
class Case:
    """An incident, and what decides how it is to be taken now.

    Attributes:
        incident: The incident; its number is 0 for an alert that was never put into one.
        alerts: Its alerts, newest first, as far as they were read.
        acknowledged: Whether somebody has it in hand, and that still counts.
        silence: What keeps it quiet now, or None.
        covered: Ids of services that are down only because its root is.
    """

    incident: Incident
    alerts: tuple[AlertRecord, ...] = ()
    acknowledged: bool = False
    silence: Silence | None = None
    covered: tuple[str, ...] = ()

    @property
    def key(self) -> str:
        """What its row stands for."""
        if self.incident.id:
            return f"incident {self.incident.id}"
        return f"alert {self.alerts[0].id}"

    @property
    def view(self) -> View:
        """Where it is listed."""
        if not self.incident.open:
            return View.PAST
        if self.silence is not None:
            return View.SILENCED
        return View.ACKNOWLEDGED if self.acknowledged else View.OPEN

    @property
    def open_alerts(self) -> tuple[AlertRecord, ...]:
        """Those of its alerts that still hold."""
        return tuple(alert for alert in self.alerts if alert.open)


def lone_case(alert: AlertRecord) -> Case:
    """An alert that was recorded before there were incidents, as a case of its own."""
    incident = Incident(
        id=0,
        cause=alert.fingerprint,
        title=alert.reason,
        severity=alert.severity,
        services=(alert.service,) if alert.service else (),
        opened_ms=alert.opened_ms,
        resolved_ms=alert.resolved_ms,
        acknowledged_ms=alert.acknowledged_ms,
    )
    return Case(incident, (alert,), acknowledged=alert.acknowledged_ms is not None)


def silence_over(
    alerts: Sequence[AlertRecord],
    silences: Sequence[Silence],
    tags: Mapping[str, Sequence[str]],
) -> Silence | None:
    """What keeps an incident quiet, or the first of several; None where an alert is left uncovered.

    Args:
        alerts: Its open alerts.
        silences: What is in force now.
        tags: The tags of each service, by id.
    """
    over = [
        next((silence for silence in silences if _covers(silence, alert, tags)), None)
        for alert in alerts
    ]
    return over[0] if over and None not in over else None


def _covers(silence: Silence, alert: AlertRecord, tags: Mapping[str, Sequence[str]]) -> bool:
    return covers(
        silence.match,
        service=alert.service,
        tags=tags.get(alert.service, ()),
        rule=alert.rule,
        severity=alert.severity,
    )


def case_rows(
    cases: Sequence[Case],
    view: View,
    names: Mapping[str, str],
    times: Times,
    *,
    words: str = "",
) -> list[Row]:
    """A row for each case of a view that the filter lets through.

    The most severe come first, and of those the newest; past ones are listed by their start alone.

    Args:
        cases: All cases, newest first.
        view: Which of them.
        names: What services are called, by id.
        times: How instants are told.
        words: What the owner filters by.
    """
    wanted = [
        case for case in cases if case.view is view and matches(words, _haystack(case, names))
    ]
    if view is View.PAST:
        wanted.sort(key=lambda case: -case.incident.opened_ms)
    else:
        wanted.sort(key=lambda case: case.incident.severity is not Severity.CRITICAL)
    return [_row(case, names, times) for case in wanted]


def silence_rows(silences: Sequence[Silence], times: Times, *, words: str = "") -> list[Row]:
    """A row for everything that keeps something quiet, whether anything is broken or not.

    Args:
        silences: What is in force.
        times: How instants are told.
        words: What the owner filters by.
    """
    return [
        _silence_row(one, times)
        for one in silences
        if matches(words, f"{one.kind} {one.match} {one.reason} {one.by}")
    ]


def counts_line(
    counts: Mapping[View, int], shown: View, *, more: bool = False, words: str = ""
) -> Line:
    """The four views with how many are in each; the one that is shown stands out.

    Args:
        counts: How many are in each view.
        shown: The view that is shown.
        more: Whether more are past than were counted.
        words: What the owner filters by.
    """
    parts = []
    for view in VIEWS:
        number = f"{counts.get(view, 0)}{'+' if more and view is View.PAST else ''}"
        if view is shown:
            parts.append(line(Span(f" {_SIGNS[view].text}{view} {number} ", Tone.CHOSEN)))
        elif counts.get(view, 0):
            parts.append(line(Span(" "), _SIGNS[view], f"{view} {number} "))
        else:
            parts.append(line(muted(f" {_SIGNS[view].text}{view} {number} ")))
    told = joined(parts, Span(" "))
    return (*told, muted(f"  with “{words}”")) if words else told


def empty_line(view: View, words: str) -> Line:
    """What stands in place of rows."""
    return line(muted("nothing in this view has these words" if words else _EMPTY[view]))


def badge(cases: Sequence[Case]) -> Line:
    """What is open and in nobody's hand, beside the tab's title: "✖1 ▲1"."""
    severities = [case.incident.severity for case in cases if case.view is View.OPEN]
    critical = severities.count(Severity.CRITICAL)
    warnings = len(severities) - critical
    parts = []
    if critical:
        parts.append(line(Span(f"✖{critical}", Tone.BAD)))
    if warnings:
        parts.append(line(Span(f"▲{warnings}", Tone.WARN)))
    return joined(parts, Span(" "))


def known_as(case: Case) -> object:
    """What makes an incident news when it changes: that it opened, came back or rose."""
    return case.key, case.incident.reopened, case.incident.severity


def news(known: Collection[object], cases: Sequence[Case], names: Mapping[str, str]) -> str:
    """What opened since the owner last looked, in one sentence; empty for nothing.

    Args:
        known: What was known before, see `known_as`.
        cases: The cases that are open now.
        names: What services are called, by id.
    """
    opened = [case for case in cases if known_as(case) not in known and case.silence is None]
    if len(opened) == 1:
        return opened[0].incident.title
    if opened:
        subjects = dict.fromkeys(about(case, names) for case in opened)
        return f"{counted(len(opened), 'incident')} opened: {', '.join(subjects)}"
    return ""


def about(case: Case, names: Mapping[str, str]) -> str:
    """What a case is about: its root's name, or Sentinel itself."""
    services = case.incident.services
    return (names.get(services[0], services[0]) if services else "") or OURSELVES


def cause_of(case: Case) -> str:
    """Why it began: what its title says behind the name, or what its first alert says."""
    _, reason = headline(case.incident)
    return reason or (case.alerts[-1].reason if case.alerts else case.incident.title)


def what_happened(incident: Incident) -> str:
    """What it is, or once it is over, what it was: "Public site is DOWN"."""
    return headline(incident)[0] if incident.open else past_headline(incident)


def until(silence: Silence, times: Times) -> str:
    """When a silence ends."""
    if silence.until_healthy:
        end = "" if silence.end_ms is None else f", at most until {times.minute(silence.end_ms)}"
        return f"until healthy{end}"
    return "until ended" if silence.end_ms is None else f"until {times.minute(silence.end_ms)}"


def _row(case: Case, names: Mapping[str, str], times: Times) -> Row:
    incident = case.incident
    is_open = incident.open
    severity = severity_cell(incident.severity)
    told = Tone.TEXT if is_open else Tone.MUTED
    return Row(
        key=case.key,
        cells={
            "severity": severity if is_open else line(muted(severity[0].text)),
            "service": _subject(case, names),
            "since": line(muted(times.minute(incident.opened_ms))),
            "lasted": line(Span(lasting(incident.opened_ms, incident.resolved_ms, times), told)),
            "seen": _seen_cell(case),
            "cause": line(Span(cause_of(case), told)),
            "alerts": line(muted(str(len(case.alerts) or "–"))),
            "id": line(muted(str(incident.id or "–"))),
        },
    )


def _subject(case: Case, names: Mapping[str, str]) -> Line:
    tone = Tone.STRONG if case.incident.open else Tone.MUTED
    others = len({*case.incident.services[1:], *case.covered})
    name = Span(about(case, names), tone)
    return line(name, muted(f" +{others}")) if others else line(name)


def _seen_cell(case: Case) -> Line:
    if case.acknowledged:
        return line(Span("✓ ack", Tone.ACCENT))
    if case.incident.acknowledged_ms is not None:
        return line(muted("✓ old" if case.incident.open else "✓ ack"))
    return line("new") if case.incident.open else line(muted("–"))


def _silence_row(silence: Silence, times: Times) -> Row:
    planned = silence.kind is SilenceKind.MAINTENANCE
    told = [until(silence, times), silence.reason, f"by {silence.by}" if silence.by else ""]
    passed_s = (times.now_ms - silence.start_ms) / 1_000
    return Row(
        key=f"silence {silence.id}",
        cells={
            "severity": line(muted("⚒ MAINT" if planned else "‖ SILENCE")),
            "service": line(Span(silence.match or "everything", Tone.STRONG)),
            "since": line(muted(times.minute(silence.start_ms))),
            "lasted": line(muted(lasted(passed_s))),
            "seen": line(muted("–")),
            "cause": joined((line(part) for part in told if part), muted(" · ")),
            "alerts": line(muted("–")),
            "id": line(muted(str(silence.id))),
        },
    )


def _haystack(case: Case, names: Mapping[str, str]) -> str:
    return " ".join(_said(case, names))


def _said(case: Case, names: Mapping[str, str]) -> Iterator[str]:
    incident = case.incident
    yield from (incident.title, incident.severity, case.view, str(incident.id))
    for service in (*incident.services, *case.covered):
        yield from (service, names.get(service, ""))
    for alert in case.alerts:
        yield from (alert.rule, alert.check, alert.reason)
