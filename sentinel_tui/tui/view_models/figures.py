"""Figures of videos as cells; how their numbers are written is the commands' to say."""

from __future__ import annotations

from sentinel_tui.commands.figures import BOUNDED, ESTIMATED, UNKNOWN, Shown, Wording, figure_text
from sentinel_tui.domain.video.metrics import Basis, Figure
from sentinel_tui.tui.cells import Line, Span, Tone, line, muted

_SURE, _UNSURE, _REST = "▰", "▱", "·"


def figure_cell(figure: Figure | None, wording: Wording) -> Line:
    """A figure with the sign of its basis; what is unknown steps back."""
    told = UNKNOWN if figure is None else figure_text(figure, wording)
    return line(muted(told) if told == UNKNOWN else told)


def label_of(shown: Shown) -> str:
    """The name of a figure at the beginning of a line."""
    return shown.name[:1].upper() + shown.name[1:]


def bar(figure: Figure, cells: int) -> Line:
    """A share as a bar: full as far as it is sure, hollow over its interval, dots for the rest."""
    low = figure.value if figure.low is None else figure.low
    high = figure.value if figure.high is None else figure.high
    if figure.basis is Basis.UNAVAILABLE or high is None:
        return line(muted(UNKNOWN))
    sure = _cells(low or 0.0, cells)
    reach = max(sure, _cells(high, cells))
    return line(
        Span(_SURE * sure, Tone.ACCENT),
        Span(_UNSURE * (reach - sure), Tone.MUTED),
        Span(_REST * (cells - reach), Tone.FAINT),
    )


def legends() -> tuple[str, ...]:
    """What the signs before figures mean, from all of them to the one that is met most."""
    estimated = f"{ESTIMATED} estimated"
    return f"{estimated}  {BOUNDED} at most  {UNKNOWN} unknown", estimated, ""


def _cells(share: float, cells: int) -> int:
    return max(0, min(cells, round(share * cells)))
