"""The Status pane: services as rows, and the health score with its reasons."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from sentinel_tui.domain.monitoring.states import WORST_FIRST, State
from sentinel_tui.text import fold
from sentinel_tui.tui.cells import Column, Line, Row, Span, Tone, cut, line, line_width, muted
from sentinel_tui.tui.view_models.words import (
    Times,
    latency_cell,
    seconds_text,
    state_cell,
    uptime_bar,
    uptime_cell,
)

if TYPE_CHECKING:
    from sentinel_tui.commands.overview import Watched
    from sentinel_tui.domain.monitoring.health import Health, Loss

_BAR_HOURS = (1, 3, 6, 12)
"""How far back the bar of each row may reach."""

COLUMNS = (
    Column("state", "State", 10, keep=100),
    Column("name", "Service", 12, keep=99, most=16),
    Column("role", "Role", 9, keep=20),
    Column("now", "Now", 7, right=True, keep=90),
    Column("p95", "p95 1 h", 7, right=True, keep=60),
    Column("up24", "Up 24 h", 7, right=True, keep=80),
    Column("up30", "Up 30 d", 7, right=True, keep=50),
    Column("cold", "Cold start", 10, right=True, keep=15),
    Column("wake", "Next wake", 9, right=True, keep=25),
    Column("bar", "Last", 18, keep=40, most=48),
)

_MODE = Column("mode", "Mode", 8, keep=55)
_LESS_THAN_THE_BAR = 35

_GAUGE_CELLS = 10
_SEPARATOR = muted("  ")

SORTS: Mapping[str, Callable[[Watched], float | str]] = {
    "state": lambda one: WORST_FIRST.index(one.record.state) + _behind_another(one),
    "name": lambda one: fold(one.record.name),
    "now": lambda one: -_now_ms(one),
    "p95": lambda one: -(one.last_hour.p95_ms or 0.0),
    "up24": lambda one: _ratio(one.uptime_24h.ratio),
    "up30": lambda one: _ratio(one.uptime_30d.ratio),
}
"""Columns rows can be sorted by, the worst on top; the first is the one to begin with."""


def columns(*, modes: bool) -> tuple[Column, ...]:
    """The columns, with or without one for modes.

    Where it takes the room, the uptime of 30 days goes before the bar does, which tells most of it.
    """
    if not modes:
        return COLUMNS
    before_mode, after_mode = COLUMNS[:3], COLUMNS[3:]
    return (*before_mode, _MODE, *map(_behind_the_bar, after_mode))


def _behind_the_bar(column: Column) -> Column:
    return replace(column, keep=_LESS_THAN_THE_BAR) if column.id == "up30" else column


def bar_hours(watched_ms: int) -> int:
    """How far back bars reach, so that those of a young watch are not mostly blank."""
    watched_h = watched_ms / 3_600_000
    return next((hours for hours in _BAR_HOURS if hours >= watched_h), _BAR_HOURS[-1])


def service_rows(
    services: Sequence[Watched],
    bars: Mapping[str, Sequence[State | None]],
    times: Times,
    *,
    words: str = "",
    sorted_by: str = "state",
    modes: Mapping[str, Line] | None = None,
) -> list[Row]:
    """A row for each service that the filter lets through.

    Args:
        services: The services in the order of the configuration, which breaks ties.
        bars: The states of the last hours by service.
        times: How instants are told.
        words: What the owner filters by.
        sorted_by: One of `SORTS`.
        modes: The mode of each service as a cell, by id.
    """
    known = modes or {}
    wanted = [one for one in services if matches(words, _haystack(one))]
    wanted.sort(key=SORTS[sorted_by])
    names = {one.record.id: one.record.name for one in services}
    return [
        _row(one, bars.get(one.record.id, ()), times, names, known.get(one.record.id, ()))
        for one in wanted
    ]


def matches(words: str, text: str) -> bool:
    """Whether every word is in the text, and none of those that begin with `!`."""
    haystack = fold(text)
    for word in fold(words).split():
        if word.startswith("!") and len(word) > 1:
            if word[1:] in haystack:
                return False
        elif word not in haystack and word != "!":
            return False
    return True


def health_lines(health: Health, services: int, width: int, most: int) -> list[Line]:
    """The score as a gauge, and what it lost: as many reasons as there is room for.

    Args:
        health: The score of all services.
        services: How many there are.
        width: The cells of a line.
        most: The most lines.
    """
    head = (*line(Span("Health ", Tone.STRONG)), *_score(health), Span("  "))
    if not services:
        return [line(Span("Health ", Tone.STRONG), muted("nothing is watched yet"))]
    reasons = [_reason(loss) for loss in health.losses] or [line(muted(_calm(health)))]
    room = width - line_width(head)
    rows = min(most, len(reasons))
    indent = Span(" " * line_width(head))
    shown = [*reasons[: rows - 1], _in_one_line(reasons[rows - 1 :], room)]
    return [
        cut((*head, *reason) if number == 0 else (indent, *reason), width)
        for number, reason in enumerate(shown)
    ]


def health_tone(score: float) -> Tone:
    """How a score is to be taken."""
    if score >= 90:
        return Tone.GOOD
    return Tone.WARN if score >= 70 else Tone.BAD


def gauge(score: float, cells: int) -> Line:
    """A score from 0 to 100 as a bar; full only when nothing at all is lost."""
    full = min(cells, math.floor(score / 100 * cells))
    return line(Span("▰" * full, health_tone(score)), Span("▱" * (cells - full), Tone.FAINT))


def _row(
    one: Watched,
    bar: Sequence[State | None],
    times: Times,
    names: Mapping[str, str],
    mode: Line,
) -> Row:
    record = one.record
    covered = record.suppressed_by
    state = state_cell(record.state)
    wake = "–" if record.next_wake_ms is None else f"{times.at(record.next_wake_ms):%H:%M}"
    primary = record.primary
    return Row(
        key=record.id,
        cells={
            "state": line(muted(state[0].text)) if covered else state,
            "name": line(Span(record.name, Tone.STRONG)),
            "role": line(muted(record.role)),
            "mode": mode,
            "now": latency_cell(primary.latency_ms if primary else None),
            "p95": latency_cell(one.last_hour.p95_ms),
            "up24": uptime_cell(one.uptime_24h),
            "up30": uptime_cell(one.uptime_30d),
            "cold": line(muted(seconds_text(record.cold_start_ms))),
            "wake": line(muted(wake)),
            "bar": covered_cell(covered, names) if covered else uptime_bar(bar),
        },
    )


def covered_cell(parent: str, names: Mapping[str, str]) -> Line:
    """Says that the trouble is another one's: what to mend stands in that row."""
    return line(muted("covered by "), Span(names.get(parent, parent)))


def _haystack(one: Watched) -> str:
    record = one.record
    words = [record.name, record.id, record.role, record.state, *record.tags]
    return " ".join([*words, f"covered by {record.suppressed_by}" if record.suppressed_by else ""])


def _now_ms(one: Watched) -> float:
    primary = one.record.primary
    return (primary.latency_ms if primary else None) or 0.0


def _behind_another(one: Watched) -> float:
    """Half a step for what another one's outage explains: that one stands above it."""
    return 0.5 if one.record.suppressed_by else 0.0


def _ratio(ratio: float | None) -> float:
    return 2.0 if ratio is None else ratio


def _score(health: Health) -> Line:
    high, low = _whole(health.high), _whole(health.low)
    number = f"{high}" if low == high else f"{low}–{high}"
    return (
        Span(f"{number:>3} ", health_tone(health.score)),
        *gauge(health.score, _GAUGE_CELLS),
    )


def _whole(score: float) -> int:
    """A score as a whole number; 100 only when nothing at all is lost."""
    return 100 if score >= 100 else min(99, round(score))


def _calm(health: Health) -> str:
    if health.low < health.high:
        return "nothing is lost; not everything was looked at yet"
    return "nothing is lost"


def _reason(loss: Loss) -> Line:
    points = f"{loss.points:.0f}" if loss.points >= 9.95 else f"{loss.points:.1f}"
    return line(Span(f"−{points} ", Tone.STRONG), loss.cause)


def _in_one_line(reasons: Sequence[Line], width: int) -> Line:
    """The reasons side by side; those without room are counted."""
    shown: Line = cut(reasons[0], width)
    for number, reason in enumerate(reasons[1:], start=1):
        more = line(muted(f"  +{len(reasons) - number} more"))
        after = line(muted("  +9 more")) if number < len(reasons) - 1 else ()
        longer = (*shown, _SEPARATOR, *reason)
        if line_width(longer) + line_width(after) > width:
            return cut((*cut(shown, max(1, width - line_width(more))), *more), width)
        shown = longer
    return shown
