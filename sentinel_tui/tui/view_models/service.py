"""The page of one service: its checks, its last look phase by phase, and what befell it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from sentinel_tui.domain.monitoring.observations import PhaseTimings
from sentinel_tui.domain.monitoring.silences import Silence, SilenceKind
from sentinel_tui.domain.monitoring.slo import Budget, Objective
from sentinel_tui.domain.monitoring.states import State
from sentinel_tui.domain.monitoring.uptime import Uptime
from sentinel_tui.domain.records import (
    AlertRecord,
    CheckRecord,
    FailureRecord,
    LatencySummary,
    ServiceRecord,
    TimelineEntry,
)
from sentinel_tui.text import format_duration, format_latency, format_ratio
from sentinel_tui.tui.cells import BLANK, Line, Span, Tone, fit, joined, line, muted, wrap
from sentinel_tui.tui.view_models.cases import until
from sentinel_tui.tui.view_models.keeping import (
    NOTHING_KEPT,
    Keeping,
    keeping_sections,
    standing_lines,
)
from sentinel_tui.tui.view_models.timeline import timeline_lines
from sentinel_tui.tui.view_models.words import (
    Times,
    lasting,
    seconds_text,
    sentence,
    severity_cell,
    state_cell,
    uptime_bar,
)

_INDENT = Span("  ")
_HANGING = 6
"""How far a line that is too long goes on to the right, below its beginning."""

_LABEL_CELLS = 12
_MOST_FAILURES = 5
_MOST_KEPT_LINES = 6
_MOST_ALERTS = 8
_MOST_BAR_CELLS = 60
_DAY_MS = 86_400_000
_LITTLE_LEFT = 0.25
"""With less of a budget than this, a look is worth while."""

PHASES = (
    ("dns", "dns_ms"),
    ("connect", "connect_ms"),
    ("tls", "tls_ms"),
    ("first byte", "first_byte_ms"),
    ("body", "body_ms"),
)


@dataclass(frozen=True, slots=True)
class ServiceStory:
    """Everything the page tells.

    Attributes:
        service: The service as it stands.
        uptime_24h: Its uptime of the last 24 hours.
        uptime_30d: And of the last 30 days.
        latency_24h: Latency of the last 24 hours, by check key.
        bar: The states of the last 24 hours.
        failures: Its last failed looks, newest first.
        alerts: Its last alerts, newest first.
        timeline: What happened to it, newest first.
        names: What services are called, by id.
        silences: What keeps it quiet now.
        keeping: How it is kept awake and well.
        objective: Which share of its time it should be up, or None.
        budget: What is left of the downtime that this allows, or None.
    """

    service: ServiceRecord
    uptime_24h: Uptime
    uptime_30d: Uptime
    latency_24h: Mapping[int, LatencySummary]
    bar: Sequence[State | None]
    failures: Sequence[FailureRecord] = ()
    alerts: Sequence[AlertRecord] = ()
    timeline: Sequence[TimelineEntry] = ()
    names: Mapping[str, str] = field(default_factory=dict)
    silences: Sequence[Silence] = ()
    keeping: Keeping = NOTHING_KEPT
    objective: Objective | None = None
    budget: Budget | None = None


def story_lines(story: ServiceStory, times: Times, width: int) -> list[Line]:
    """The page from top to bottom."""
    sections: list[list[Line]] = [
        list(_head(story, times, width)),
        *([*_check(check, story, times, width)] for check in story.service.checks),
    ]
    if story.failures:
        sections.append(_section("Last failures", _failures(story.failures, times, width)))
    sections += [
        _section(title, told) for title, told in keeping_sections(story.keeping, times, width)
    ]
    if story.alerts:
        sections.append(_section("Alerts", _alerts(story.alerts, times)))
    if story.timeline:
        told = timeline_lines(story.timeline, {story.service.id: ""}, times)
        sections.append(_section("Timeline", (line(_INDENT, *one) for one in told)))
    lines: list[Line] = []
    for section in sections:
        lines += [*section, BLANK] if section else []
    return [part for one in lines for part in wrap(one, width, _HANGING)]


def phase_lines(timings: PhaseTimings, width: int, failed_in: str = "") -> list[Line]:
    """The phases of one look, each as a bar that begins where the one before it ended.

    Args:
        timings: How long each phase took.
        width: The cells of a line.
        failed_in: The phase in which the look failed, or empty.
    """
    known = [(name, getattr(timings, field)) for name, field in PHASES]
    measured = [(name, value) for name, value in known if value is not None]
    whole_ms = sum(value for _, value in measured)
    if not measured or whole_ms <= 0:
        return []
    room = max(8, min(_MOST_BAR_CELLS, width - _LABEL_CELLS - 16))
    lines, start_ms = [], 0.0
    for name, value in measured:
        begin = round(start_ms / whole_ms * room)
        start_ms += value
        cells = max(1, round(start_ms / whole_ms * room) - begin)
        failed = name.replace(" ", "_") == failed_in
        begin = min(begin, room - cells)
        lines.append(
            line(
                muted(f"    {name:<{_LABEL_CELLS}}"),
                Span(" " * begin),
                Span("█" * cells, Tone.BAD if failed else Tone.ACCENT),
                Span(" " * (room - begin - cells)),
                Span(f" {format_latency(value):>8}"),
            )
        )
    return lines


def _head(story: ServiceStory, times: Times, width: int) -> Iterator[Line]:
    service = story.service
    since = times.minute(service.since_ms)
    yield line(
        *state_cell(service.state),
        Span(f"  {service.name}", Tone.STRONG),
        muted(f"  {service.role}"),
        *(muted(f" · {tag}") for tag in service.tags),
    )
    yield line(sentence(service.reason), muted(f" · since {since}"))
    figures = [
        line(muted("uptime 24 h "), format_ratio(story.uptime_24h.ratio)),
        line(muted("30 d "), format_ratio(story.uptime_30d.ratio)),
    ]
    if service.depends_on:
        needed = (story.names.get(one, one) for one in service.depends_on)
        figures.append(line(muted("needs "), ", ".join(needed)))
    if service.sleeps:
        figures.append(line(muted("last cold start "), seconds_text(service.cold_start_ms)))
        if service.next_wake_ms is not None:
            figures.append(line(muted("next wake "), times.minute(service.next_wake_ms)))
    yield joined(figures, muted(" · "))
    yield from standing_lines(story.keeping, times)
    yield from _circumstances(story, times)
    if story.bar:
        yield line(*uptime_bar(story.bar), muted("  24 h"))


def _circumstances(story: ServiceStory, times: Times) -> Iterator[Line]:
    """What one must know to take the state rightly: whose fault it is, and what was agreed."""
    parent = story.service.suppressed_by
    if parent:
        yield line(
            muted("covered by "),
            Span(story.names.get(parent, parent), Tone.STRONG),
            muted(", whose outage stands behind its own: it raises no alarm"),
        )
    if story.service.state is State.FLAPPING:
        yield line(muted("it changes too often to be believed; one alarm tells of all of it"))
    if story.service.state is State.ASLEEP:
        yield line(muted("asleep by plan: neither up nor down, and no outage"))
    for silence in story.silences:
        planned = silence.kind is SilenceKind.MAINTENANCE
        why = f" · {silence.reason}" if silence.reason else ""
        yield line(
            muted("⚒ maintenance " if planned else "‖ silenced "),
            until(silence, times),
            muted(f" · no. {silence.id} by {silence.by}{why}"),
        )
    if story.objective is not None and story.budget is not None:
        yield _budget(story.objective, story.budget)


def _budget(objective: Objective, budget: Budget) -> Line:
    """The objective, and how long it may still be down this month."""
    left_s = budget.total_s - budget.spent_s
    told = f"{format_duration(left_s)} left" if left_s >= 0 else f"{format_duration(-left_s)} over"
    share = "" if budget.left_ratio is None else f" ({max(0.0, budget.left_ratio):.0%})"
    spent = budget.left_ratio is None or budget.left_ratio < _LITTLE_LEFT
    return line(
        muted("objective "),
        f"{objective.ratio:.6%}".rstrip("0%").rstrip(".") + " %",
        muted(" in 30 d · budget "),
        Span(f"{told}{share}", Tone.BAD if left_s < 0 else Tone.WARN if spent else Tone.TEXT),
        muted(f" of {format_duration(budget.total_s)}"),
    )


def _check(check: CheckRecord, story: ServiceStory, times: Times, width: int) -> Iterator[Line]:
    every = format_duration(check.interval_s)
    yield line(
        Span(check.name, Tone.STRONG),
        Span("  "),
        *state_cell(check.state),
        muted(f"  {check.target} · every {every}"),
    )
    yield line(_INDENT, sentence(check.reason), muted(f" · since {times.minute(check.since_ms)}"))
    yield (_INDENT, *_last_look(check, times))
    yield from phase_lines(check.timings, width, check.phase or "")
    day = story.latency_24h.get(check.key)
    if day is not None and day.count:
        yield (_INDENT, *_day_figures(day))
    if check.certificate_ends_ms is not None:
        yield _certificate(check.certificate_ends_ms, times)


def _last_look(check: CheckRecord, times: Times) -> Line:
    if check.last_ms is None:
        return line(muted("not looked at yet"))
    parts = [line(muted("last look "), times.second(check.last_ms))]
    if check.status is not None:
        parts.append(line(muted("status "), str(check.status)))
    if check.latency_ms is not None:
        parts.append(line(format_latency(check.latency_ms)))
    if check.error:
        failed_in = f"failed in {check.phase}: " if check.phase else ""
        parts.append(line(Span(f"{failed_in}{check.error}", Tone.BAD)))
    if check.next_ms is not None:
        parts.append(line(muted("next "), times.second(check.next_ms)))
    return joined(parts, muted(" · "))


def _day_figures(day: LatencySummary) -> Line:
    figures = (("min", day.min_ms), ("p50", day.p50_ms), ("p95", day.p95_ms), ("max", day.max_ms))
    told = [line(muted(f"{name} "), format_latency(value)) for name, value in figures]
    failed = [line(Span(f"× {day.failures:,} failed", Tone.BAD))] if day.failures else []
    return (muted("24 h  "), *joined([*told, *failed], muted(" · ")))


def _certificate(ends_ms: int, times: Times) -> Line:
    days = (ends_ms - times.now_ms) / _DAY_MS
    tone = Tone.BAD if days <= 7 else Tone.WARN if days <= 21 else Tone.TEXT
    told = f"ends in {days:.0f} days" if days > 0 else "has ended"
    return line(
        _INDENT, muted("certificate "), Span(told, tone), muted(f" · {times.minute(ends_ms)}")
    )


def _section(title: str, lines: Iterator[Line] | Sequence[Line]) -> list[Line]:
    return [line(Span(title, Tone.ACCENT)), *lines]


def _failures(failures: Sequence[FailureRecord], times: Times, width: int) -> Iterator[Line]:
    for failure in failures[:_MOST_FAILURES]:
        status = f" · status {failure.status}" if failure.status is not None else ""
        address = f" · {failure.address}" if failure.address else ""
        yield line(
            _INDENT,
            muted(f"{times.second(failure.at_ms)}  {failure.check}  "),
            Span(failure.error or "failed", Tone.BAD),
            muted(f" · in {failure.phase}{status}{address}"),
        )
        kept = failure.kept.split("\n") if failure.kept else []
        for text in kept[:_MOST_KEPT_LINES]:
            yield line(Span("    │ ", Tone.FAINT), muted(text))
        if len(kept) > _MOST_KEPT_LINES:
            yield line(Span("    │ ", Tone.FAINT), muted(f"… {len(kept) - _MOST_KEPT_LINES} more"))
    if len(failures) > _MOST_FAILURES:
        yield line(_INDENT, muted(f"and {len(failures) - _MOST_FAILURES} older ones"))


def _alerts(alerts: Sequence[AlertRecord], times: Times) -> Iterator[Line]:
    for alert in alerts[:_MOST_ALERTS]:
        ended = (
            "open" if alert.open else f"lasted {lasting(alert.opened_ms, alert.resolved_ms, times)}"
        )
        yield (
            _INDENT,
            *fit(severity_cell(alert.severity), 11),
            muted(f"{times.minute(alert.opened_ms):>12}  {ended:<14} "),
            Span(alert.reason),
        )
