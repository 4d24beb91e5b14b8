"""What an outage cost in views, as far as that can be told from chance."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sentinel_tui.commands.figures import count, watched
from sentinel_tui.domain.video.lost import Lost
from sentinel_tui.text import cell_width
from sentinel_tui.tui.cells import Line, Span, Tone, fit, line, muted
from sentinel_tui.tui.view_models.words import counted

_INDENT = Span("  ")
_NAME_CELLS = 20


def lost_view_lines(lost: Sequence[Lost], uncounted: Sequence[str] = ()) -> Iterator[Line]:
    """A line for each library: what is missing, between which ends, and by what that is judged.

    Args:
        lost: What is missing.
        uncounted: The libraries of which that cannot be told yet.
    """
    names = [*(one.library for one in lost), *uncounted]
    cells = min(_NAME_CELLS, max(map(cell_width, names), default=0))
    for one in lost:
        name = fit(line(Span(one.library, Tone.STRONG)), cells)
        yield (_INDENT, *name, _INDENT, *_missing(one), muted(_evidence(one)))
    for library in uncounted:
        name = fit(line(Span(library, Tone.STRONG)), cells)
        told = "views are told once the hour in which it began is over and counted"
        yield (_INDENT, *name, _INDENT, muted(told))


def _missing(lost: Lost) -> Line:
    if round(lost.views_low) < 1:
        return line(muted("no loss of views that is more than chance"))
    return line(
        Span(f"{count(lost.views)} views fewer", Tone.BAD),
        muted(f" ({count(lost.views_low)} to {count(lost.views_high)}) and "),
        f"{watched(lost.watch_s)} less watched",
        muted(f" ({watched(lost.watch_low_s)} to {watched(lost.watch_high_s)})"),
    )


def _evidence(lost: Lost) -> str:
    expected = f"{count(lost.expected_views)} expected from {counted(lost.weeks, 'week')} before"
    return f" · {count(lost.seen_views)} seen, {expected}"
