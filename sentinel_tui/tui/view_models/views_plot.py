"""Views over time as a chart: by the hour, the day or the week, in the owner's zone.

An hour that was not counted yet is a gap and not a zero, and a day that is not over is not drawn:
a curve that always falls at its end would say every evening that nobody watches any more.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Literal

from sentinel_tui.commands.figures import (
    count,
    watched,
)
from sentinel_tui.domain.monitoring.incidents import Incident
from sentinel_tui.domain.video.catalog import HOUR_MS, HourCount
from sentinel_tui.tui.cells import Line, Span, Tone, cut, joined, line, line_width, muted
from sentinel_tui.tui.view_models.plot import Plot, Stretch, Tick, Unit, round_up
from sentinel_tui.tui.view_models.words import Times, counted

_MOST_TICKS = 8
_DOT = muted(" · ")


class Step(StrEnum):
    """How long each point of the curve is. The words are shown."""

    HOUR = "hour"
    DAY = "day"
    WEEK = "week"


@dataclass(frozen=True, slots=True)
class ViewsRange:
    """A stretch of time the chart can show, cut up into whole hours, days or weeks."""

    label: str
    step: Step
    count: int


RANGES = (
    ViewsRange("48 h", Step.HOUR, 48),
    ViewsRange("7 d", Step.HOUR, 168),
    ViewsRange("30 d", Step.DAY, 30),
    ViewsRange("90 d", Step.DAY, 90),
    ViewsRange("1 y", Step.WEEK, 52),
)


@dataclass(frozen=True, slots=True)
class Counts:
    """What was watched of one library.

    Attributes:
        hours: Its hours, ascending; one without views may be left out.
        from_ms: Since when its hours are known.
        to_ms: Until when.
    """

    hours: Sequence[HourCount]
    from_ms: int
    to_ms: int


@dataclass(frozen=True, slots=True)
class Timeline:
    """Views over a range.

    Attributes:
        edges_ms: Where each point begins, and the last one ends.
        total: Views of each point, of all libraries; None where they are not known.
        libraries: The same of each library.
        watch_s: How long was watched in the range, of all libraries.
        to_ms: Until when views are known.
    """

    edges_ms: tuple[int, ...]
    total: tuple[float | None, ...]
    libraries: Mapping[str, tuple[float | None, ...]]
    watch_s: float
    to_ms: int


def edges_of(range_: ViewsRange, times: Times) -> tuple[int, ...]:
    """Where the hours, days or weeks of a range begin, and where the last of them ends."""
    if range_.step is Step.HOUR:
        end_ms = times.now_ms // HOUR_MS * HOUR_MS + HOUR_MS
        return tuple(end_ms - HOUR_MS * back for back in range(range_.count, -1, -1))
    midnight = times.at(times.now_ms).replace(hour=0, minute=0, second=0, microsecond=0)
    days = 1 if range_.step is Step.DAY else 7
    begin = midnight if days == 1 else midnight - timedelta(days=midnight.weekday())
    # Added on the calendar and told as instants after: the days on which clocks change differ.
    starts = (begin + timedelta(days=days * back) for back in range(1 - range_.count, 2))
    return tuple(round(start.timestamp() * 1_000) for start in starts)


def timeline(counts: Mapping[str, Counts], edges_ms: Sequence[int]) -> Timeline:
    """Add up the hours of libraries.

    Args:
        counts: The hours of each library.
        edges_ms: Where each point begins, and the last one ends.
    """
    by_library = {name: _added_up(one, edges_ms, "views") for name, one in counts.items()}
    to_ms = min((one.to_ms for one in counts.values()), default=edges_ms[0])
    # Before a library was begun to be counted, the others are all there is; once it lags behind,
    # they are not, and a total without it would look like a fall.
    total = tuple(
        _sum(point) if end_ms <= to_ms else None
        for end_ms, *point in zip(edges_ms[1:], *by_library.values(), strict=True)
    )
    watch_s = sum(_whole(_added_up(one, edges_ms, "watch_s")) for one in counts.values())
    return Timeline(tuple(edges_ms), total, by_library, watch_s, to_ms)


def views_plot(
    views: Timeline, incidents: Sequence[Incident], library: str, range_: ViewsRange, times: Times
) -> Plot:
    """What the chart draws.

    Args:
        views: The views.
        incidents: Outages, which are marked below.
        library: The library that is drawn; empty for the total of all.
        range_: The range.
        times: How instants are told.
    """
    drawn = views.libraries.get(library, views.total)
    highest = max((value for value in drawn if value is not None), default=0.0)
    return Plot(
        front=drawn,
        back=(None,) * len(drawn),
        top=max(4.0, round_up(highest)),
        ticks=tuple(_ticks(views.edges_ms, range_, times)),
        stretches=tuple(_outages(incidents, views.edges_ms, times.now_ms)),
        unit=Unit.COUNT,
    )


def title_line(library: str, range_: ViewsRange) -> Line:
    """What the chart shows."""
    of = f"Views of {library}" if library else "Views"
    return line(Span(of, Tone.ACCENT), muted(f" by the {range_.step}"))


def numbers_line(
    views: Timeline, incidents: Sequence[Incident], library: str, times: Times, width: int
) -> Line:
    """The range in numbers: all views, those of each library, outages, and how far they reach.

    Args:
        views: The views.
        incidents: Outages.
        library: The library that is drawn, which comes first; empty for the total of all.
        times: How instants are told.
        width: The cells of the line.
    """
    if not any(value is not None for values in views.libraries.values() for value in values):
        return line(muted("no hour of this range is known yet"))
    everything = sum(map(_whole, views.libraries.values()))
    told = [
        line(count(everything), muted(" views")),
        line(watched(views.watch_s), muted(" watched")),
    ]
    if library in views.libraries:
        told = [
            line(count(_whole(views.libraries[library])), muted(" views")),
            line(count(everything), muted(" of all libraries")),
        ]
    elif len(views.libraries) > 1:
        told += [
            line(muted(f"{name} "), count(_whole(values)))
            for name, values in views.libraries.items()
        ]
    outages = len(list(_outages(incidents, views.edges_ms, times.now_ms)))
    if outages:
        told.insert(2, line(Span(f"━ {counted(outages, 'outage')}", Tone.BAD)))
    told.append(line(muted("counted to "), times.minute(views.to_ms)))
    while len(told) > 1 and line_width(joined(told, _DOT)) > width:
        told.pop()
    return cut(joined(told, _DOT), width)


def _added_up(
    counts: Counts, edges_ms: Sequence[int], what: Literal["views", "watch_s"]
) -> tuple[float | None, ...]:
    """The hours of each point added up; None for a point of which not every hour is known."""
    sums = [0.0] * (len(edges_ms) - 1)
    for hour in counts.hours:
        place = bisect_right(edges_ms, hour.at_ms) - 1
        if 0 <= place < len(sums):
            sums[place] += getattr(hour, what)
    return tuple(
        added if counts.from_ms <= start_ms and end_ms <= counts.to_ms else None
        for added, start_ms, end_ms in zip(sums, edges_ms, edges_ms[1:], strict=False)
    )


def _sum(values: Sequence[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return sum(known) if known else None


def _whole(values: Sequence[float | None]) -> float:
    return sum(value for value in values if value is not None)


def _outages(
    incidents: Sequence[Incident], edges_ms: Sequence[int], now_ms: int
) -> Iterator[Stretch]:
    """A line below the curve for as long as each outage lasted."""
    start_ms, end_ms = edges_ms[0], edges_ms[-1]
    for incident in incidents:
        until_ms = now_ms if incident.resolved_ms is None else incident.resolved_ms
        if incident.opened_ms < end_ms and until_ms > start_ms:
            first = (max(incident.opened_ms, start_ms) - start_ms) / (end_ms - start_ms)
            last = (min(until_ms, end_ms) - start_ms) / (end_ms - start_ms)
            yield Stretch(first, last, "━", Tone.BAD)


def _ticks(edges_ms: Sequence[int], range_: ViewsRange, times: Times) -> Iterator[Tick]:
    """Beginnings of days, weeks or months, as many as can be read."""
    whole_ms = edges_ms[-1] - edges_ms[0]
    begins = [at_ms for at_ms in edges_ms[:-1] if _begins(times.at(at_ms), range_)]
    every = -(-len(begins) // _MOST_TICKS)
    for at_ms in begins[:: max(1, every)]:
        yield Tick((at_ms - edges_ms[0]) / whole_ms, _label(times.at(at_ms), range_))


def _begins(at: datetime, range_: ViewsRange) -> bool:
    if range_.step is Step.HOUR:
        return at.hour % (6 if range_.count <= 48 else 24) == 0
    return at.day <= 7 if range_.step is Step.WEEK else at.weekday() == 0


def _label(at: datetime, range_: ViewsRange) -> str:
    if range_.step is Step.WEEK:
        return f"{at:%b}"
    if range_.step is Step.DAY:
        return f"{at.day} {at:%b}"
    return f"{at:%a} {at.day}" if at.hour == 0 else f"{at:%H:%M}"
