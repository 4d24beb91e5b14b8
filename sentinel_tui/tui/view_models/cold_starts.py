"""Cold starts as a distribution: how long it takes to wake, per deploy, and whom it struck."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sentinel_tui.domain.keepalive.awake import Cause
from sentinel_tui.domain.keepalive.cold_start import distribution
from sentinel_tui.domain.records import ColdStartRecord
from sentinel_tui.text import cell_width
from sentinel_tui.tui.cells import Line, Span, Tone, joined, line, muted
from sentinel_tui.tui.view_models.words import Times, counted, seconds_text

_EDGES_S = (2, 5, 10, 20, 30, 45, 60, 90, 120)
"""Where one bar ends and the next begins, in seconds."""

_MOST_BAR_CELLS = 40
_LABEL_CELLS = 10
_COUNT_CELLS = 5
_LEAST_FOR_BARS = 5
_MOST_DEPLOYS = 3
_MOST_LATEST = 4
_DEPLOY_CELLS = 12
_DOT = muted(" · ")


@dataclass(frozen=True, slots=True)
class ColdStarts:
    """The cold starts of a service.

    Attributes:
        starts: The last ones, newest first.
        people_met: How many of this month's began because somebody came, who had to wait; None
            where that is not known.
        slower: Why they are slower since the last deploy, or empty.
    """

    starts: Sequence[ColdStartRecord]
    people_met: int | None = None
    slower: str = ""


def cold_start_lines(cold: ColdStarts, times: Times, width: int) -> Iterator[Line]:
    """Figures, bars, deploys apart, and the latest ones."""
    yield _figures(cold)
    if cold.slower:
        yield line(Span("▲ ", Tone.WARN), cold.slower)
    if len(cold.starts) >= _LEAST_FOR_BARS:
        yield from _bars([one.duration_ms / 1_000 for one in cold.starts], width)
        yield from _by_deploy(cold.starts)
    yield from _latest(cold.starts[:_MOST_LATEST], times)


def _figures(cold: ColdStarts) -> Line:
    seen = distribution([one.duration_ms for one in cold.starts])
    if seen is None:
        return line(muted("none was measured yet"))
    told = [
        line(muted(counted(seen.count, "cold start"))),
        line(muted("p50 "), seconds_text(seen.p50_ms)),
        line(muted("p95 "), seconds_text(seen.p95_ms)),
        line(muted("max "), seconds_text(seen.max_ms)),
    ]
    if cold.people_met is not None:
        tone = Tone.WARN if cold.people_met else Tone.MUTED
        people = counted(cold.people_met, "visitor")
        told.append(line(Span(f"{people} met one", tone)))
    return joined(told, _DOT)


def _bars(durations_s: Sequence[float], width: int) -> Iterator[Line]:
    """How many fall between which edges, from the first bar that has any to the last."""
    edges = (0, *_EDGES_S)
    bounds = zip(edges, (*_EDGES_S, None), strict=True)
    counts = [
        (low, high, sum(low <= one and (high is None or one < high) for one in durations_s))
        for low, high in bounds
    ]
    filled = [index for index, (_, _, count) in enumerate(counts) if count]
    most = max(count for _, _, count in counts)
    room = max(8, min(_MOST_BAR_CELLS, width - _LABEL_CELLS - _COUNT_CELLS - 3))
    for low, high, count in counts[filled[0] : filled[-1] + 1]:
        label = f"{low}–{high} s" if high is not None else f"over {low} s"
        cells = max(1, round(count / most * room)) if count else 0
        yield line(
            muted(f"{label:>{_LABEL_CELLS}}  "),
            Span("█" * cells, Tone.BUSY),
            muted(f" {count}" if count else "·"),
        )


def _by_deploy(starts: Sequence[ColdStartRecord]) -> Iterator[Line]:
    """The same figures for each of the last deploys, so that a slower one shows."""
    deploys = list(dict.fromkeys(one.deploy for one in starts if one.deploy))
    if len(deploys) < 2:
        return  # nothing to compare it with
    for deploy in deploys[:_MOST_DEPLOYS]:
        seen = distribution([one.duration_ms for one in starts if one.deploy == deploy])
        if seen is None:
            continue
        yield line(
            muted("with "),
            f"{deploy[:_DEPLOY_CELLS]:<{_DEPLOY_CELLS}}",
            muted("  p50 "),
            f"{seconds_text(seen.p50_ms):>7}",
            muted("  p95 "),
            f"{seconds_text(seen.p95_ms):>7}",
            muted(f"  {counted(seen.count, 'cold start')}"),
        )


def _latest(starts: Sequence[ColdStartRecord], times: Times) -> Iterator[Line]:
    width = max((cell_width(times.minute(start.at_ms)) for start in starts), default=0)
    for start in starts:
        visitor = start.cause == Cause.VISIT
        told = "somebody had to wait" if visitor else f"woken by {start.cause}"
        yield line(
            muted(f"{times.minute(start.at_ms):>{width}}  "),
            Span(f"{seconds_text(start.duration_ms):>8}  "),
            Span(told, Tone.WARN if visitor else Tone.MUTED),
        )
