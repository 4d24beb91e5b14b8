"""What videos that do well have in common, and when they were published: nothing without evidence.

The plain ratio of a group is never shown: among all questions the largest is large by luck.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sentinel_tui.commands.figures import percent, ratio, sure
from sentinel_tui.domain.video.insights import Insight, Language
from sentinel_tui.domain.video.study import PublicationCell
from sentinel_tui.domain.video.trends import Outcome, Topic, Trend
from sentinel_tui.tui.cells import BLANK, Line, Span, Tone, fit, line, muted, wrap
from sentinel_tui.tui.view_models.words import DAYS, counted

_INDENT = Span("  ")
_HANGING = 6
_GROUP_CELLS = 18
_ENDS_CELLS = 10
_MOST_UNSURE = 5
_MOST_LACKING = 2
_PART_CELLS = 11
_CELL_CELLS = 9
_CONFIDENCE_CELLS = 7
_PARTS = ("night", "morning", "afternoon", "evening")
_HEADINGS = {
    Topic.TAG: "Tags",
    Topic.LENGTH: "Lengths",
    Topic.TITLE: "Words of titles",
    Topic.WEEKDAY: "Weekdays of publication",
    Topic.DAY_PART: "Parts of the day of publication",
    Topic.LIBRARY: "Libraries",
}
_OUTCOMES = {Outcome.REACH: "views", Outcome.HOLD: "held"}


def trend_lines(trends: Sequence[Trend], questions: int, width: int) -> list[Line]:
    """Every topic with what was found, what was not, and what needs more videos.

    Args:
        trends: The answers, the surest first.
        questions: How many questions were asked.
        width: The cells of a line.
    """
    if not trends:
        return nothing_yet(width)
    head = (
        f"{counted(questions, 'question')} asked together; of what is called found, one in ten "
        "may be luck. Views are at equal age, held is the share that is watched; age, length and "
        "library are taken out. What lies between the two ends is 80 % likely."
    )
    lines = wrap(line(muted(head)), width)
    for topic, heading in _HEADINGS.items():
        about = [one for one in trends if one.topic is topic]
        if about:
            lines += [BLANK, line(Span(heading, Tone.ACCENT))]
            lines += [part for one in _topic(about) for part in wrap(one, width, _HANGING)]
    return lines


def grid_lines(grid: Sequence[PublicationCell], width: int) -> list[Line]:
    """When videos were published, and how they reached viewers beside all others."""
    if not grid:
        return nothing_yet(width)
    known = {(cell.weekday, cell.day_part): cell for cell in grid}
    cells = min(_CELL_CELLS, (width - _PART_CELLS) // len(DAYS))
    heading = [Span(" " * _PART_CELLS), *(muted(f"{day:>{cells}}") for day in DAYS)]
    lines = [line(Span("Reach by weekday and part of the day of publication", Tone.STRONG)), BLANK]
    lines.append(tuple(heading))
    for number, part in enumerate(_PARTS):
        row = [known.get((day, number)) for day in range(len(DAYS))]
        lines.append((*fit(line(muted(part)), _PART_CELLS), *_spans(map(_ratio, row), cells)))
        lines.append((Span(" " * _PART_CELLS), *_spans(map(_videos, row), cells)))
    told = (
        "×1 is what is usual here, shrunk towards it where few videos speak; a dash is too few. "
        "No cell is a finding by itself: weekdays and parts of the day are tested under Trends."
    )
    return [*lines, BLANK, *wrap(line(muted(told)), width)]


def insight_lines(insights: Sequence[Insight], language: Language, width: int) -> list[Line]:
    """What is worth telling, each with how sure it is, and then what needs more data."""
    if not insights:
        return nothing_yet(width)
    known = [one for one in insights if one.confidence is not None]
    lacking = [one for one in insights if one.confidence is None]
    lines: list[Line] = []
    if known:
        lines.append(line(Span(f"{'Sure':>{_CONFIDENCE_CELLS - 2}}  Insight", Tone.MUTED)))
    for one in known:
        lines += _insight(sure(one.confidence or 0.0), one, language, width)
    if known and lacking:
        lines.append(BLANK)
    if lacking:
        lines.append(line(Span("Not enough data", Tone.ACCENT)))
    for one in lacking:
        lines += _insight("–", one, language, width)
    return lines


def nothing_yet(width: int) -> list[Line]:
    """That there has been no study, or too little for one."""
    told = (
        "There is too little data for this yet, or no study has been made. A study follows the "
        "first whole reading of a library."
    )
    return [line(Span("Nothing yet", Tone.STRONG)), *wrap(line(muted(told)), width)]


def _topic(trends: Sequence[Trend]) -> Iterator[Line]:
    found = [one for one in trends if one.worth_saying]
    unsure = [one for one in trends if one.ratio is not None and not one.worth_saying]
    for one in found:
        yield _answer(one, Span("✓ ", Tone.GOOD), Tone.STRONG)
    shown = unsure[: max(1, _MOST_UNSURE - len(found))]
    for one in shown:
        yield _answer(one, muted("· "), Tone.MUTED)
    if len(unsure) > len(shown):
        yield line(_INDENT, muted(f"and {len(unsure) - len(shown)} more that may be luck"))
    yield from _unanswered(trends)


def _unanswered(trends: Sequence[Trend]) -> Iterator[Line]:
    """What needs more videos, the nearest by name, and what age and length explain as well."""
    lacking = {one.group: one for one in trends if one.videos_missing or one.weeks_missing}
    nearest = sorted(lacking.values(), key=lambda one: (one.videos_missing, one.weeks_missing))
    for one in nearest[:_MOST_LACKING]:
        yield line(_INDENT, muted(f"{one.group}: not enough data: {_missing(one)}"))
    if len(nearest) > _MOST_LACKING:
        yield line(_INDENT, muted(f"and {len(nearest) - _MOST_LACKING} more with too little"))
    answered = {one.group for one in trends if one.ratio is not None}
    same = {one.group for one in trends} - set(lacking) - answered
    if same:
        told = "cannot be told apart from age, length and library"
        yield line(_INDENT, muted(f"{counted(len(same), 'group')} {told}"))


def _answer(trend: Trend, sign: Span, tone: Tone) -> Line:
    """One answer: the group, how much better, between which ends, and how sure."""
    value, ends, usual = _compared(trend)
    why = " · mostly age, length or library" if trend.confounded else ""
    found = trend.worth_saying and trend.confidence is not None
    verdict = f"{sure(trend.confidence or 0.0)} sure" if found else "may be luck"
    return line(
        _INDENT,
        sign,
        *fit(line(Span(trend.group, tone)), _GROUP_CELLS),
        Span(f" {_OUTCOMES[trend.outcome]:<6}{value:<6}", tone),
        muted(ends.ljust(_ENDS_CELLS)),
        muted(f"{counted(trend.videos_in, 'video'):>11}  {verdict}{usual}{why}"),
    )


def _compared(trend: Trend) -> tuple[str, str, str]:
    """The value of a group, its interval, and what is usual where that must be said.

    Of the share watched, ratios are those of odds, which nobody reads: shares are shown.
    """
    value = trend.ratio or 1.0
    low, high = trend.low or value, trend.high or value
    if trend.usual_share is None:
        return ratio(value), f"{_short(low)}–{_short(high)}", ""
    shares = [round(trend.share_at(one) * 100) for one in (value, low, high)]
    told = f" · {percent(trend.usual_share)} is usual"
    return f"{shares[0]} %", f"{shares[1]}–{shares[2]} %", told


def _short(times: float) -> str:
    return ratio(times).removeprefix("×")


def _missing(trend: Trend) -> str:
    needs = []
    if trend.videos_missing:
        needs.append(counted(trend.videos_missing, "more video"))
    if trend.weeks_missing:
        needs.append(f"videos of {counted(trend.weeks_missing, 'more week')}")
    return " and ".join(needs) or "more videos"


def _insight(surety: str, insight: Insight, language: Language, width: int) -> Iterator[Line]:
    told = line(f"{surety:>{_CONFIDENCE_CELLS - 2}}  ", insight.told(language))
    yield from wrap(told, width, _CONFIDENCE_CELLS)


def _spans(cells: Iterator[Span], width: int) -> Iterator[Span]:
    for span in cells:
        yield Span(f"{span.text:>{width}}", span.tone)


def _ratio(cell: PublicationCell | None) -> Span:
    if cell is None or cell.ratio is None:
        return muted("–")
    return Span(ratio(cell.ratio))


def _videos(cell: PublicationCell | None) -> Span:
    return muted(f"n {cell.videos}" if cell is not None and cell.videos else "")
