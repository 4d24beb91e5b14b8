"""The chart of an incident: the latency around it, and the outage marked below."""

from __future__ import annotations

from dataclasses import replace

from sentinel_tui.domain.monitoring.incidents import Incident
from sentinel_tui.tui.cells import Tone
from sentinel_tui.tui.view_models.plot import Mark, Plot, Range, Slices, Stretch, slices

_MINUTE_MS = 60_000
_LEAST_AROUND_MS = 10 * _MINUTE_MS
_AROUND = 0.25
_MOST_TICKS = 5
_TICKS_S = (
    *(60, 120, 300, 600, 900, 1_800),
    *(hours * 3_600 for hours in (1, 2, 3, 6, 12, 24, 48, 120, 240)),
)


def span_of(incident: Incident, now_ms: int) -> tuple[int, int]:
    """What the chart shows: the incident with a quarter of its length on both sides."""
    end_ms = now_ms if incident.resolved_ms is None else incident.resolved_ms
    around_ms = max(_LEAST_AROUND_MS, round((end_ms - incident.opened_ms) * _AROUND))
    return incident.opened_ms - around_ms, min(now_ms, end_ms + around_ms)


def span_slices(
    incident: Incident, now_ms: int, interval_s: float, most: int
) -> tuple[Range, Slices]:
    """How to cut that span up.

    Args:
        incident: The incident.
        now_ms: The present.
        interval_s: How often its service is looked at.
        most: How many slices can be told apart.
    """
    start_ms, end_ms = span_of(incident, now_ms)
    # To the next five minutes, so that the chart of an open incident is not redrawn at every look.
    end_ms = -(-end_ms // (5 * _MINUTE_MS)) * 5 * _MINUTE_MS
    seconds = max(1, (end_ms - start_ms) // 1_000)
    tick_s = next((tick for tick in _TICKS_S if seconds / tick <= _MOST_TICKS), _TICKS_S[-1])
    range_ = Range("", seconds, tick_s)
    return range_, slices(range_, end_ms - 1, interval_s, most)


def with_outage(drawn: Plot, incident: Incident, cut_up: Slices, now_ms: int) -> Plot:
    """The same chart with a line under it for as long as the incident lasted.

    Failed looks are marked beside it only: within, there is hardly anything else.
    """
    end_ms = now_ms if incident.resolved_ms is None else incident.resolved_ms
    whole_ms = cut_up.end_ms - cut_up.start_ms

    def share(at_ms: float) -> float:
        return (at_ms - cut_up.start_ms) / whole_ms

    first, last = share(incident.opened_ms), share(end_ms)
    failed = [mark for mark in drawn.marks if not first <= mark.at <= last]
    ends = [Mark(first, "✖", Tone.BAD)]
    if incident.resolved_ms is not None:
        ends.append(Mark(last, "●", Tone.GOOD))
    lasted = Stretch(first, last, "━", Tone.BAD)
    return replace(drawn, marks=(*failed, *ends), stretches=(lasted,))
