"""The banner: one line over everything, when what stands below is not the present."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sentinel_tui.tui.cells import Line, Span, Tone, fit, joined, line, line_width
from sentinel_tui.tui.view_models.words import Times

if TYPE_CHECKING:
    from sentinel_tui.domain.records import AlertRecord

_BREAK = Span(" · ", Tone.BANNER)
_WAYS = ("esc leaves", "read-only", ", . minute", "< > hour", "( ) next mark")
"""How to move, the most needed first: those without room are left out."""


def replay_line(times: Times, width: int) -> Line:
    """Says which instant is shown, that nothing can be changed there, and how to move.

    Args:
        times: How instants are told; its present is the instant that is shown.
        width: The cells of the line, all of which it fills.
    """
    at = times.at(times.now_ms)
    parts = [line(Span(f" REPLAY {at:%a %Y-%m-%d %H:%M:%S} {times.zone_name}", Tone.BANNER))]
    for way in _WAYS:
        longer = [*parts, line(Span(way, Tone.BANNER))]
        if line_width(joined(longer, _BREAK)) < width:
            parts = longer
    return _filled(joined(parts, _BREAK), width)


def offline_line(alert: AlertRecord, times: Times, width: int) -> Line:
    """Says that Sentinel itself sees nothing, and since when.

    Args:
        alert: The alert about its own network.
        times: How instants are told.
        width: The cells of the line, all of which it fills.
    """
    since = times.minute(alert.opened_ms)
    text = f" SENTINEL IS OFFLINE since {since}, what stands here is as old · {alert.reason}"
    return _filled(line(Span(text, Tone.BANNER)), width)


def _filled(parts: Line, width: int) -> Line:
    return tuple(Span(span.text, Tone.BANNER) for span in fit(parts, width))
