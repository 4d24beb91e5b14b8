"""A month's report as Markdown, as CSV and as plain data for JSON."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from sentinel_tui.domain.monitoring.incidents import Incident
from sentinel_tui.domain.monitoring.report import Report, ServiceReport
from sentinel_tui.text import format_duration, format_latency, format_ratio, spreadsheet_text

_MARKS = re.compile(r"([\\`*_{}\[\]<>#|~!&])")
_FIELDS = (
    "service",
    "name",
    "sleeps",
    "warm_availability",
    "reachable_availability",
    "planned_sleep",
    "up_s",
    "down_s",
    "left_out_s",
    "p50_ms",
    "p95_ms",
    "p99_ms",
    "looks",
    "failed_looks",
    "incidents",
    "objective",
    "budget_left",
)


def to_markdown(report: Report) -> str:
    """The report as a Markdown document, ending in a line break."""
    return "\n".join(_markdown(report)) + "\n"


def to_csv(report: Report) -> str:
    """The services of the report, one a line under a heading; ratios from 0 to 1, empty for none.

    The method stands in the last column, so that no line is read without it.
    """
    text = io.StringIO()
    writer = csv.DictWriter(text, ["month", *_FIELDS, "method"])
    writer.writeheader()
    for one in report.services:
        row = {"month": report.month, **_service(one), "method": report.method}
        writer.writerow({name: _harmless(value) for name, value in row.items()})
    return text.getvalue()


def _harmless(value: object) -> object:
    return spreadsheet_text(value) if isinstance(value, str) else value


def to_dict(report: Report) -> dict[str, object]:
    """The report as what JSON can hold: instants in milliseconds UTC, ratios from 0 to 1."""
    return {
        "month": report.month,
        "zone": report.zone,
        "start_ms": report.start_ms,
        "end_ms": report.end_ms,
        "complete": report.complete,
        "services": [_service(one) for one in report.services],
        "incidents": [_incident(one) for one in report.incidents],
        "method": report.method,
    }


def _service(one: ServiceReport) -> dict[str, object]:
    return {
        "service": one.id,
        "name": one.name,
        "sleeps": one.sleeps,
        "warm_availability": one.times.warm_availability,
        "reachable_availability": one.times.reachable_availability,
        "planned_sleep": one.times.planned_sleep,
        "up_s": one.times.up_ms / 1_000,
        "down_s": one.times.down_ms / 1_000,
        "left_out_s": one.times.excluded_ms / 1_000,
        "p50_ms": one.latency.p50_ms,
        "p95_ms": one.latency.p95_ms,
        "p99_ms": one.latency.p99_ms,
        "looks": one.latency.count,
        "failed_looks": one.latency.failures,
        "incidents": one.incidents,
        "objective": one.objective.ratio if one.objective else None,
        "budget_left": one.budget.left_ratio if one.budget else None,
    }


def _incident(one: Incident) -> dict[str, object]:
    return {
        "incident": one.id,
        "title": one.title,
        "severity": one.severity,
        "services": list(one.services),
        "opened_ms": one.opened_ms,
        "resolved_ms": one.resolved_ms,
        "reopened": one.reopened,
    }


def _markdown(report: Report) -> Iterator[str]:
    yield f"# Sentinel: {report.month}"
    yield ""
    until = _clock(report.end_ms, report.zone)
    extent = "The whole month" if report.complete else f"The month until {until}"
    yield f"{extent}, in {_plain(report.zone)}."
    yield ""
    yield "## Services"
    yield ""
    sleepers = any(one.sleeps for one in report.services)
    yield from _table(_headings(sleepers), (_cells(one, sleepers) for one in report.services))
    yield ""
    yield "## Incidents"
    yield ""
    if report.incidents:
        rows = (_incident_cells(one, report) for one in report.incidents)
        yield from _table(("", "Severity", "What", "From", "Until", "Lasted"), rows)
    else:
        yield "None."
    yield ""
    yield f"*{_plain(report.method)}*"


def _table(headings: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    yield f"| {' | '.join(headings)} |"
    yield f"| {' | '.join('---' for _ in headings)} |"
    for row in rows:
        yield f"| {' | '.join(map(_plain, row))} |"


def _headings(sleepers: bool) -> tuple[str, ...]:
    """Three numbers where anything sleeps, one where nothing does."""
    availability = (
        ("Warm availability", "Reachable availability", "Planned sleep")
        if sleepers
        else ("Availability",)
    )
    return (
        "Service",
        *availability,
        "Down",
        "p50",
        "p95",
        "p99",
        "Incidents",
        "Objective",
        "Budget left",
    )


def _cells(one: ServiceReport, sleepers: bool) -> tuple[str, ...]:
    availability = [format_ratio(one.times.warm_availability)]
    if sleepers:
        reached, asleep = one.times.reachable_availability, one.times.planned_sleep
        availability += [
            format_ratio(reached if one.sleeps else None),
            format_ratio(asleep if one.sleeps else None),
        ]
    return (
        one.name,
        *availability,
        format_duration(one.times.down_ms / 1_000),
        format_latency(one.latency.p50_ms),
        format_latency(one.latency.p95_ms),
        format_latency(one.latency.p99_ms),
        str(one.incidents),
        format_ratio(one.objective.ratio if one.objective else None),
        format_ratio(one.budget.left_ratio if one.budget else None),
    )


def _incident_cells(one: Incident, report: Report) -> tuple[str, ...]:
    until_ms = report.end_ms if one.resolved_ms is None else one.resolved_ms
    return (
        str(one.id),
        one.severity,
        one.title,
        _clock(one.opened_ms, report.zone),
        "still open" if one.resolved_ms is None else _clock(one.resolved_ms, report.zone),
        format_duration((until_ms - one.opened_ms) / 1_000),
    )


def _plain(text: str) -> str:
    """Text that Markdown shows as it is, whatever is in it."""
    return _MARKS.sub(r"\\\1", text)


def _clock(at_ms: int, zone: str) -> str:
    return f"{datetime.fromtimestamp(at_ms / 1_000, ZoneInfo(zone)):%Y-%m-%d %H:%M}"
