"""What the screen reads, run in the feed's thread.

Numbers that move slowly are not read at every change: a look may be stored every second, and the
uptime of thirty days is none the better for it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from sentinel_tui.domain.keepalive.modes import Mode
from sentinel_tui.domain.monitoring.states import State
from sentinel_tui.domain.monitoring.uptime import Uptime
from sentinel_tui.domain.records import (
    AlertRecord,
    LatencySummary,
    SeriesPoint,
    TimelineEntry,
)
from sentinel_tui.tui.keeping_readings import (
    read_changes,
    read_hours,
    read_modes,
)
from sentinel_tui.tui.view_models.changes import Changes
from sentinel_tui.tui.view_models.hours import HoursSight
from sentinel_tui.tui.view_models.status import bar_hours

if TYPE_CHECKING:
    from sentinel_tui.commands.overview import Overview
    from sentinel_tui.store.queries import Reader
    from sentinel_tui.tui.panes.latency import Question

_HOUR_MS = 3_600_000
_DAY_MS = 24 * _HOUR_MS
_SLOW_EVERY_MS = 30_000
_ALERTS_PER_PAGE = 200


@dataclass(frozen=True, slots=True)
class StatusReading:
    """What the Status pane shows besides its chart.

    Attributes:
        overview: Services as they stand, with their figures and the health score.
        bars: The states of the last hours by service.
        bar_hours: How many hours that are.
        watched_ms: How long the service that is watched longest has been, at most 30 days.
        events: What happened lately, newest first.
        modes: The mode of each service, by id.
        hours: What a limited workspace has spent; None where nothing is planned.
    """

    overview: Overview
    bars: Mapping[str, Sequence[State | None]]
    bar_hours: int
    watched_ms: int
    events: Sequence[TimelineEntry] = ()
    modes: Mapping[str, Mode] = field(default_factory=dict)
    hours: HoursSight | None = None


class StatusReadings:
    """Reads for the Status pane; keeps the slow half until it may have changed."""

    def __init__(self) -> None:
        self._known_for: object = None
        self._slow: StatusReading | None = None

    def read(self, reader: Reader, now_ms: int, bar_cells: int, event_rows: int) -> StatusReading:
        """Read the services as they stand now.

        Args:
            reader: The store.
            now_ms: The present.
            bar_cells: How many cells the bar of each service has.
            event_rows: How many of the last events there is room for.
        """
        services = reader.services()
        states = tuple((one.id, one.state, one.since_ms) for one in services)
        known_for = (now_ms // _SLOW_EVERY_MS, bar_cells, event_rows, states)
        if self._slow is None or known_for != self._known_for:
            self._slow = _slow_half(reader, now_ms, bar_cells, event_rows)
            self._known_for = known_for
        fresh = {one.id: one for one in services}
        watched = tuple(
            replace(one, record=fresh.get(one.record.id, one.record))
            for one in self._slow.overview.services
        )
        return replace(self._slow, overview=replace(self._slow.overview, services=watched))


def _slow_half(reader: Reader, now_ms: int, bar_cells: int, event_rows: int) -> StatusReading:
    # Imported here: none of the commands is needed for the first paint.
    from sentinel_tui.commands.overview import gather

    overview = gather(reader, now_ms)
    watched_ms = max((_length_ms(one.uptime_30d) for one in overview.services), default=0)
    hours = bar_hours(watched_ms)
    bars: Mapping[str, Sequence[State | None]] = {}
    if bar_cells:
        start_ms, end_ms = bar_window(now_ms, hours * _HOUR_MS, bar_cells)
        bars = reader.state_cells(start_ms, end_ms, bar_cells)
    events: Sequence[TimelineEntry] = ()
    if event_rows:
        events = reader.timeline(now_ms - _DAY_MS, now_ms, limit=event_rows)
    return StatusReading(
        overview,
        bars,
        hours,
        watched_ms,
        events,
        modes=read_modes(reader),
        hours=read_hours(reader, now_ms),
    )


def _length_ms(uptime: Uptime) -> int:
    return uptime.up_ms + uptime.down_ms + uptime.excluded_ms


def bar_window(now_ms: int, length_ms: int, cells: int) -> tuple[int, int]:
    """Start and end of a bar that moves on only when a cell is over."""
    cell_ms = length_ms // cells
    end_ms = now_ms // cell_ms * cell_ms + cell_ms
    return end_ms - cell_ms * cells, end_ms


@dataclass(frozen=True, slots=True)
class ChartReading:
    """The points of a chart, and the same range in numbers."""

    points: Sequence[SeriesPoint]
    alerts: Sequence[AlertRecord]
    summary: LatencySummary
    changes: Changes


def read_chart(reader: Reader, asked: Question) -> ChartReading:
    """Read the chart of one check."""
    start_ms, end_ms = asked.cut_up.start_ms, asked.cut_up.end_ms
    points = reader.series(asked.check_key, start_ms, end_ms, asked.cut_up.count)
    alerts = [
        alert
        for alert in reader.alerts(service=asked.service, limit=_ALERTS_PER_PAGE)
        if start_ms <= alert.opened_ms < end_ms
    ]
    changes = read_changes(reader, asked.service, start_ms, end_ms)
    summary = reader.summary(asked.check_key, start_ms, end_ms)
    return ChartReading(points, alerts, summary, changes)
