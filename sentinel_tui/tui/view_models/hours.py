"""The hours gauge: what a limited workspace has spent this month, and whether the rest lasts."""

from __future__ import annotations

import math
from dataclasses import dataclass

from sentinel_tui.tui.cells import Line, Span, Tone, cut, joined, line, line_width, muted
from sentinel_tui.tui.view_models.words import Times

_GAUGE_CELLS = 10
_DOT = muted(" · ")


@dataclass(frozen=True, slots=True)
class HoursSight:
    """What is known of a workspace's hours.

    Attributes:
        used_h: Spent this month, all services together.
        budget_h: What the month has.
        forecast_p50_h: Hours at the end of the month, as likely more as less; None: not known.
        forecast_p90_h: Hours exceeded once in ten times; None: not known.
        exhausted_ms: When they run out at the usual pace, or None: not this month.
    """

    used_h: float
    budget_h: float
    forecast_p50_h: float | None = None
    forecast_p90_h: float | None = None
    exhausted_ms: int | None = None

    @property
    def tone(self) -> Tone:
        """How it is to be taken: by how the month will end, not by how full it is."""
        if self.used_h >= self.budget_h or self.exhausted_ms is not None:
            return Tone.BAD
        worst_h = self.forecast_p90_h
        return Tone.WARN if worst_h is not None and worst_h > self.budget_h else Tone.GOOD


def hours_line(sight: HoursSight, times: Times, width: int) -> Line:
    """The hours as a gauge below the health score, and how the month will end.

    Whole hours, so that it is repainted a few times a day and not at every look.

    Args:
        sight: What is known.
        times: How instants are told.
        width: The cells of the line; what has no room is left out from the end.
    """
    head = line(
        Span("Hours ", Tone.STRONG),
        Span(f"{math.floor(sight.used_h):>4} ", sight.tone),
        *_gauge(sight),
        muted("  of "),
        f"{sight.budget_h:,.0f} h",
    )
    told = [head, *_prospects(sight, times)]
    while len(told) > 1 and line_width(joined(told, _DOT)) > width:
        told.pop()
    return cut(joined(told, _DOT), width)


def _gauge(sight: HoursSight) -> Line:
    share = sight.used_h / sight.budget_h if sight.budget_h > 0 else 1.0
    full = min(_GAUGE_CELLS, math.floor(share * _GAUGE_CELLS))
    return line(Span("▰" * full, sight.tone), Span("▱" * (_GAUGE_CELLS - full), Tone.FAINT))


def _prospects(sight: HoursSight, times: Times) -> list[Line]:
    """How the month ends, the most needed first."""
    if sight.used_h >= sight.budget_h:
        return [line(Span("✖ spent: free services are stopped until next month", Tone.BAD))]
    told = []
    if sight.exhausted_ms is not None:
        ends = times.at(sight.exhausted_ms)
        told.append(line(Span(f"✖ spent by {ends:%a} {ends.day} {ends:%b %H}h", Tone.BAD)))
    elif sight.tone is Tone.WARN:
        told.append(line(Span("▲ may not last", Tone.WARN)))
    elif sight.forecast_p50_h is not None:
        told.append(line(muted("lasts the month")))
    if sight.forecast_p50_h is None:
        return [*told, line(muted("no forecast yet"))]
    told.append(line(muted("forecast "), f"{sight.forecast_p50_h:,.0f} h"))
    if sight.forecast_p90_h is not None:
        told.append(line(muted(f"1 time in 10 over {sight.forecast_p90_h:,.0f} h")))
    return told
