"""The banner: one line over everything, for what must not be overlooked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sentinel_tui.text import cell_width, shorten
from sentinel_tui.tui.cells import Line, Span, Tone, fit, joined, line, line_width
from sentinel_tui.tui.view_models.actions import wish
from sentinel_tui.tui.view_models.words import Times, sentence

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sentinel_tui.domain.autonomy.actions import Action, Freeze
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


def frozen_line(freeze: Freeze, times: Times, width: int) -> Line:
    """Says that nothing is done to any service, since when, by whom and why.

    Args:
        freeze: The stop.
        times: How instants are told.
        width: The cells of the line, all of which it fills.
    """
    why = f" · {freeze.reason}" if freeze.reason else ""
    since = times.minute(freeze.at_ms)
    text = f" FROZEN since {since} by {freeze.by}, nothing is done to any service{why}"
    return _filled(line(Span(text, Tone.BANNER)), width)


def waiting_line(
    waiting: Sequence[Action], names: Mapping[str, str], times: Times, key: str, width: int
) -> Line:
    """Says what waits for the owner's yes, which key answers it, and how many more there are.

    Args:
        waiting: What waits, the oldest first.
        names: What services are called, by id.
        times: How instants are told.
        key: The key that answers the first of them; empty where none can.
        width: The cells of the line, all of which it fills.
    """
    first = waiting[0]
    until = "" if first.expires_ms is None else f" until {times.minute(first.expires_ms)}"
    more = f" · +{len(waiting) - 1} more" if len(waiting) > 1 else ""
    answer = f" waits for your yes{until}" + (f": {key}" if key else "") + more
    room = max(1, width - cell_width(answer) - 1)
    what = shorten(sentence(wish(first, names)), room)
    return _filled(line(Span(f" {what}{answer}", Tone.BANNER)), width)


def _filled(parts: Line, width: int) -> Line:
    return tuple(Span(span.text, Tone.BANNER) for span in fit(parts, width))
