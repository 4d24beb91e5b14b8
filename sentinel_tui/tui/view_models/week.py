"""The plan as a week: 24 hours by 7 days, what is expected in each and what is done about it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sentinel_tui.domain.keepalive.peaks import HourRate, Profile
from sentinel_tui.domain.keepalive.week import PlannedHour
from sentinel_tui.tui.cells import Line, Span, Tone, cut, fit, joined, line, muted
from sentinel_tui.tui.view_models.words import DAYS, counted

_HOURS = 24
_DAY_CELLS = 4
_WIDE_PITCH = 3
_NARROW_PITCH = 2
_LABEL_EVERY = 3
_VISITS = " ▁▂▃▄▅▆▇"
_KEPT = Span("▰", Tone.GOOD)
_PARTLY = Span("▪", Tone.GOOD)
_ASLEEP = Span("▱", Tone.FAINT)
_MOST = 2 / 3
_SOME = 0.05
_WORD_CELLS = 7
_DAYS_CELLS = 10
_DOT = muted(" · ")


def grid_lines(
    week: Sequence[PlannedHour], now_cell: int | None, planned: str, width: int
) -> list[Line]:
    """The week as a grid, with its legend.

    Each hour is a sign for whether the service is kept awake, and a bar for the visits that are
    expected, as high as the hour is busy beside the busiest one.

    Args:
        week: 168 hours, Monday at midnight first.
        now_cell: The hour of the week that it is now, which stands out; None: none does.
        planned: When the plan was made.
        width: The cells of a line.
    """
    wide = width >= _DAY_CELLS + _HOURS * _WIDE_PITCH - 1
    pitch = _WIDE_PITCH if wide else _NARROW_PITCH
    busiest = max((hour.visits for hour in week), default=0.0)
    lines = [_heading(pitch)]
    for number, day in enumerate(DAYS):
        hours = week[number * _HOURS : (number + 1) * _HOURS]
        cells = [span for hour in hours for span in _cell(hour, busiest, now_cell, pitch)]
        lines.append((*fit(line(muted(day)), _DAY_CELLS), *cells))
    return [*lines, cut(_legend(planned), width)]


def week_figures(week: Sequence[PlannedHour]) -> Line:
    """What the week comes to: hours kept, visits, and people who will meet a cold start."""
    kept_h = sum(hour.kept for hour in week)
    visits = sum(hour.visits for hour in week)
    met = sum(hour.cold for hour in week)
    cost_h = sum(hour.cost_h for hour in week)
    return joined(
        [
            line(f"{kept_h:.0f}", muted(f" of {len(week)} h kept awake")),
            line(f"{visits:.0f}", muted(" visits, "), f"{met:.1f}", muted(" meet a cold start")),
            line(muted("costs "), f"{cost_h:.0f} h"),
        ],
        _DOT,
    )


def peak_lines(profile: Profile) -> list[Line]:
    """Busy and quiet hours with the evidence they rest on, or how much of it is missing."""
    if profile.days_needed:
        missing = counted(profile.days_needed, "more day")
        return [
            line(
                muted(f"learnt from {counted(round(profile.days), 'day')}; "),
                Span(f"{missing} until busy hours can be told", Tone.TEXT),
            )
        ]
    lines = [*_busy(profile), *_quiet(profile)]
    if not lines:
        lines = [line(muted("no hour is surely busier or quieter than the others"))]
    lines.append(
        line(
            muted(
                f"learnt from {counted(round(profile.days), 'day')} · "
                f"all hours {profile.mean:.2g} visits an hour"
            )
        )
    )
    if profile.changed:
        lines.append(line(Span("▲ ", Tone.WARN), profile.changed))
    return lines


def _heading(pitch: int) -> Line:
    text = "".join(
        f"{hour:02}".ljust(pitch * _LABEL_EVERY) for hour in range(0, _HOURS, _LABEL_EVERY)
    )
    return line(Span(" " * _DAY_CELLS), muted(text.rstrip()))


def _cell(hour: PlannedHour, busiest: float, now_cell: int | None, pitch: int) -> Iterator[Span]:
    kept = _KEPT if hour.kept >= _MOST else _PARTLY if hour.kept > _SOME else _ASLEEP
    tone = Tone.MUTED if kept is _ASLEEP else kept.tone
    visits = Span(_height(hour.visits, busiest), tone)
    if hour.cell == now_cell:
        kept, visits = Span(kept.text, Tone.CHOSEN), Span(visits.text, Tone.CHOSEN)
    yield kept
    yield visits
    if pitch > _NARROW_PITCH:
        yield Span(" ")


def _height(visits: float, busiest: float) -> str:
    """How busy an hour is beside the busiest one; any visit at all is more than none."""
    if busiest <= 0 or visits <= 0:
        return _VISITS[0]
    return _VISITS[max(1, round(visits / busiest * (len(_VISITS) - 1)))]


def _legend(planned: str) -> Line:
    return line(
        Span(" " * _DAY_CELLS),
        _KEPT,
        muted(" kept awake  "),
        _PARTLY,
        muted(" partly  "),
        _ASLEEP,
        muted(" may sleep  "),
        "▁",
        muted(" few  "),
        "▇",
        muted(f" many visits  planned {planned}"),
    )


def _busy(profile: Profile) -> Iterator[Line]:
    """Each stretch of busy hours with what makes it one."""
    for days, rates in _kinds(profile):
        for first, last in _stretches([rate.peak for rate in rates]):
            yield _evidence(days, _span(first, last), rates[first:last])


def _quiet(profile: Profile) -> Iterator[Line]:
    """The hours in which hardly anybody comes, one line for each kind of day."""
    for days, rates in _kinds(profile):
        stretches = _stretches([rate.off_peak for rate in rates])
        if stretches:
            visits = sum(rate.visits for rate in rates if rate.off_peak)
            yield line(
                Span(f"{'quiet':<{_WORD_CELLS}}", Tone.BUSY),
                f"{days:<{_DAYS_CELLS}}",
                f"{', '.join(_span(first, last) for first, last in stretches)} h",
                muted(f"  {counted(visits, 'visit')} in all"),
            )


def _evidence(days: str, hours: str, rates: Sequence[HourRate]) -> Line:
    mean = sum(one.rate for one in rates) / len(rates)
    low, high = min(one.low for one in rates), max(one.high for one in rates)
    visits = counted(sum(one.visits for one in rates), "visit")
    return line(
        Span(f"{'busy':<{_WORD_CELLS}}", Tone.ACCENT),
        f"{days:<{_DAYS_CELLS}}",
        f"{hours} h",
        muted(f"  {mean:.2g} visits an hour ({low:.2g}–{high:.2g}), from {visits}"),
    )


def _kinds(profile: Profile) -> tuple[tuple[str, tuple[HourRate, ...]], ...]:
    return ("weekdays", profile.hours[:_HOURS]), ("weekend", profile.hours[_HOURS:])


def _stretches(chosen: Sequence[bool]) -> list[tuple[int, int]]:
    """Hours that follow one another: the first one, and the one after the last."""
    edges = [False, *chosen, False]
    changes = [hour for hour in range(len(edges) - 1) if edges[hour] is not edges[hour + 1]]
    return list(zip(changes[::2], changes[1::2], strict=True))


def _span(first: int, last: int) -> str:
    return f"{first:02}–{last:02}"
