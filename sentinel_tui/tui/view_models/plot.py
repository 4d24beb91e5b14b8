"""A chart as numbers: what is drawn where, before anything is drawn."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from sentinel_tui.domain.monitoring.alerts import Severity
from sentinel_tui.text import format_latency
from sentinel_tui.tui.cells import Line, Span, Tone, cut, joined, line, line_width, muted
from sentinel_tui.tui.view_models.words import Times, counted

if TYPE_CHECKING:
    from sentinel_tui.domain.records import AlertRecord, LatencySummary, SeriesPoint

_HOUR_S = 3_600
_DAY_S = 86_400
_DOT = muted(" · ")


@dataclass(frozen=True, slots=True)
class Range:
    """A stretch of time a chart can show."""

    label: str
    seconds: int
    tick_s: int


RANGES = (
    Range("1 h", _HOUR_S, 900),
    Range("24 h", _DAY_S, 6 * _HOUR_S),
    Range("7 d", 7 * _DAY_S, _DAY_S),
    Range("30 d", 30 * _DAY_S, 5 * _DAY_S),
)
_SLICES_S = (
    *(10, 15, 30, 60, 120, 300, 600, 900, 1_800),
    *(hours * _HOUR_S for hours in (1, 2, 3, 4, 6, 12, 24)),
)
_LOOKS_PER_SLICE = 2
"""With fewer, ordinary jitter would leave slices empty and draw gaps that are none."""


@dataclass(frozen=True, slots=True)
class Slices:
    """How a range is cut up: `count` slices of `length_ms`, the last one holding the present.

    Cut at whole multiples, so that a chart stays as it is until a slice is over.
    """

    start_ms: int
    length_ms: int
    count: int

    @property
    def end_ms(self) -> int:
        """The end of the last slice."""
        return self.start_ms + self.length_ms * self.count


@dataclass(frozen=True, slots=True)
class Mark:
    """A sign under the chart, at a share of its width from the left."""

    at: float
    sign: str
    tone: Tone


@dataclass(frozen=True, slots=True)
class Stretch:
    """A line under the chart, from one share of its width to another."""

    start: float
    end: float
    sign: str
    tone: Tone


@dataclass(frozen=True, slots=True)
class Tick:
    """A time under the chart, at a share of its width from the left."""

    at: float
    label: str


class Unit(StrEnum):
    """What the axis of a chart counts."""

    LATENCY = "latency"
    """In milliseconds."""
    COUNT = "count"
    SHARE = "share"
    """1 is all."""


@dataclass(frozen=True, slots=True)
class Plot:
    """Everything the chart draws.

    Attributes:
        front: The curve that matters, one value for each slice; None where nothing is known.
        back: The curve behind it: of latencies the 95th percentiles over the medians.
        top: The value at the upper edge.
        ticks: What stands below, from left to right.
        marks: What happened, such as failures and alerts.
        stretches: What went on for a while; marks stand before them.
        modes: The modes that were in force, drawn on a row of their own.
        unit: What the axis counts.
    """

    front: tuple[float | None, ...]
    back: tuple[float | None, ...]
    top: float
    ticks: tuple[Tick, ...] = ()
    marks: tuple[Mark, ...] = ()
    stretches: tuple[Stretch, ...] = ()
    modes: tuple[Stretch, ...] = ()
    unit: Unit = Unit.LATENCY


def slices(range_: Range, now_ms: int, interval_s: float, most: int) -> Slices:
    """How to cut a range up, given how often is looked and how many slices can be told apart."""
    least_s = max(range_.seconds / max(1, most), _LOOKS_PER_SLICE * interval_s)
    length_s = next((length for length in _SLICES_S if length >= least_s), _SLICES_S[-1])
    length_s = min(length_s, range_.seconds)
    count = math.ceil(range_.seconds / length_s)
    length_ms = length_s * 1_000
    end_ms = now_ms // length_ms * length_ms + length_ms
    return Slices(end_ms - count * length_ms, length_ms, count)


def plot(
    points: Sequence[SeriesPoint],
    alerts: Sequence[AlertRecord],
    cut_up: Slices,
    range_: Range,
    times: Times,
) -> Plot:
    """What the chart of these points draws.

    Args:
        points: One for each slice, oldest first.
        alerts: Alerts of the service, of any age.
        cut_up: The slices.
        range_: The range they make up.
        times: How instants are told.
    """
    p95s = tuple(point.p95_ms for point in points)
    highest = max((p95 for p95 in p95s if p95 is not None), default=0.0)
    return Plot(
        front=tuple(point.p50_ms for point in points),
        back=p95s,
        top=round_up(highest),
        ticks=_ticks(cut_up, range_, times),
        marks=_marks(points, alerts, cut_up),
    )


def round_up(value: float) -> float:
    """The next round value above: an axis that moves seldom is read at a glance."""
    if value <= 0:
        return 1.0
    power = 10.0 ** math.floor(math.log10(value))
    return next(step * power for step in (1.5, 2, 3, 4, 5, 6, 8, 10, 15) if step * power > value)


def axis_label(value: float, unit: Unit = Unit.LATENCY) -> str:
    """A value on the axis: "400 ms", "1.5 s", "1,500", "60 %"."""
    if unit is Unit.COUNT:
        return f"{value:,.0f}" if value == int(value) else f"{value:g}"
    if unit is Unit.SHARE:
        return f"{value * 100:.0f} %"
    return f"{value:g} ms" if value < 1_000 else f"{value / 1_000:g} s"


def range_line(range_: Range) -> Line:
    """The ranges to choose from, the chosen one standing out."""
    return choice_line([one.label for one in RANGES], range_.label)


def choice_line(labels: Sequence[str], chosen: str) -> Line:
    """What there is to choose from, the chosen one standing out."""
    return joined(
        (
            line(Span(f" {label} ", Tone.CHOSEN if label == chosen else Tone.MUTED))
            for label in labels
        ),
        Span(""),
    )


def numbers_line(
    summary: LatencySummary, alerts: int, width: int, changes: Sequence[Line] = ()
) -> Line:
    """The range in numbers, for those who cannot or need not see the chart.

    Args:
        summary: Its latencies.
        alerts: How many were opened in it.
        width: The cells of the line; what has no room is left out from the end.
        changes: What was done to the service in it, counted.
    """
    if not summary.count:
        return line(muted("no looks in this range"))
    if summary.max_ms is None:
        counts = f"{counted(summary.count, 'look')}, none of them with a latency"
        return cut(line(muted(counts)), width)
    figures = (
        ("min", summary.min_ms),
        ("p50", summary.p50_ms),
        ("p95", summary.p95_ms),
        ("max", summary.max_ms),
    )
    told = [line(muted(f"{name} "), format_latency(value)) for name, value in figures]
    if summary.failures:
        told.append(line(Span(f"× {summary.failures:,} failed", Tone.BAD)))
    if alerts:
        told.append(line(Span(f"▲ {counted(alerts, 'alert')}", Tone.WARN)))
    told += changes
    told.append(line(muted(counted(summary.count, "look"))))
    while len(told) > 1 and line_width(joined(told, _DOT)) > width:
        told.pop()
    return cut(joined(told, _DOT), width)


def _ticks(cut_up: Slices, range_: Range, times: Times) -> tuple[Tick, ...]:
    """Round times of the zone within the range."""
    whole_ms = cut_up.end_ms - cut_up.start_ms
    step = timedelta(seconds=range_.tick_s)
    tick = _first_tick(times.at(cut_up.start_ms), range_.tick_s)
    found = []
    while (at_ms := round(tick.timestamp() * 1_000)) < cut_up.end_ms:
        if at_ms >= cut_up.start_ms:
            found.append(Tick((at_ms - cut_up.start_ms) / whole_ms, _tick_label(tick, range_)))
        tick += step
    return tuple(found)


def _first_tick(start: datetime, tick_s: int) -> datetime:
    midnight = start.replace(hour=0, minute=0, second=0, microsecond=0)
    steps = (start - midnight).total_seconds() // tick_s
    return midnight + timedelta(seconds=steps * tick_s)


def _tick_label(tick: datetime, range_: Range) -> str:
    if range_.tick_s < _DAY_S:
        return f"{tick:%H:%M}"
    return f"{tick:%a} {tick.day}" if range_.seconds <= 7 * _DAY_S else f"{tick.day} {tick:%b}"


def _marks(
    points: Sequence[SeriesPoint], alerts: Sequence[AlertRecord], cut_up: Slices
) -> tuple[Mark, ...]:
    """Failed looks, and over them the alerts they led to."""
    whole_ms = cut_up.end_ms - cut_up.start_ms
    failed = [
        Mark((point.at_ms - cut_up.start_ms + cut_up.length_ms / 2) / whole_ms, "×", Tone.BAD)
        for point in points
        if point.failures
    ]
    opened = [
        Mark((alert.opened_ms - cut_up.start_ms) / whole_ms, *_alert_sign(alert))
        for alert in sorted(alerts, key=lambda alert: alert.severity is Severity.CRITICAL)
        if cut_up.start_ms <= alert.opened_ms < cut_up.end_ms
    ]
    return (*failed, *opened)


def _alert_sign(alert: AlertRecord) -> tuple[str, Tone]:
    if alert.severity is Severity.CRITICAL:
        return "✖", Tone.BAD
    return "▲", Tone.WARN
