"""The chart: plotext draws the curves, this widget everything around them.

The only module that imports plotext. Its frame is not used, for its width changes with its labels;
drawn here, the time axis and the marks stand under the points they belong to, and a row is sent to
the terminal only when it changed. Three rules keep plotext 6.1 alive: no gap inside a line (it
ends the process), no value far outside the limits (it draws for ever), and one figure for all
(each new one leaks).
"""

from __future__ import annotations

from collections.abc import Sequence

from textual.geometry import Size

from sentinel_tui.tui.cells import BLANK, Line, Span, Tone, line, muted
from sentinel_tui.tui.view_models.plot import Plot, Stretch, Unit, axis_label
from sentinel_tui.tui.widgets.lines import LinesView

_AXIS_CELLS = 9
_ROWS_BELOW = 2
_MODE_LABEL = "mode"
_LEAST_ROWS = 2
_BRAILLE_BLANK = 0x2800
_DOTS_PER_CELL = 2
_NOTHING = {
    Unit.LATENCY: "nothing was measured in this range",
    Unit.COUNT: "nothing is known of this range",
    Unit.SHARE: "nothing is known of this",
}


def warm_up() -> None:
    """Load plotext, so that the first chart need not: it takes as long as half of all the rest.

    Called in another thread; the screen stays usable meanwhile.
    """
    import plotext  # noqa: F401 (loading it is the point)


class Chart(LinesView):
    """Two curves, one over the other, with what happened below."""

    DEFAULT_CSS = """
    Chart { height: 1fr; }
    """

    def __init__(self, *, widget_id: str | None = None) -> None:
        super().__init__(widget_id=widget_id)
        self._plot: Plot | None = None
        self._drawn: tuple[Plot | None, Size] | None = None

    @property
    def dots(self) -> int:
        """How many points can be told apart from left to right."""
        return max(1, (self.content_size.width - _AXIS_CELLS) * _DOTS_PER_CELL)

    def show(self, plot: Plot | None) -> None:
        """Show other points; the same ones again cost nothing."""
        self._plot = plot
        self._draw()

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """As high as CSS gives it."""
        return container.height

    def fit_to_size(self) -> None:
        """Draw at the new size."""
        self._draw()

    def _draw(self) -> None:
        size = self.content_size
        if (self._plot, size) == self._drawn:
            return
        self._drawn = (self._plot, size)
        columns, rows = size.width - _AXIS_CELLS, size.height - _ROWS_BELOW
        if self._plot is not None and self._plot.modes:
            rows -= 1
        if self._plot is None or columns < 1 or rows < _LEAST_ROWS:
            self.paint([])
            return
        if all(value is None for value in (*self._plot.front, *self._plot.back)):
            note = line(muted(" " * _AXIS_CELLS + _NOTHING[self._plot.unit]))
            above, left = [BLANK] * (rows // 2), [BLANK] * (rows - rows // 2 - 1)
            self.paint([*above, note, *left, *_below(self._plot, columns)])
            return
        curves = _curves(self._plot, columns, rows, ascii_marker=self._look.ascii)
        self.paint(
            [
                *((*_axis(self._plot, row, rows), *curve) for row, curve in enumerate(curves)),
                *_below(self._plot, columns),
            ]
        )


def _axis(plot: Plot, row: int, rows: int) -> Line:
    labels = {0: plot.top, rows // 2: plot.top * (1 - (rows // 2) / rows), rows - 1: 0.0}
    # Only the edges and, where it falls on a round number, the middle are worth a label.
    labelled = row in labels and (row != rows // 2 or rows % 2 == 0)
    label = axis_label(labels[row], plot.unit) if labelled else ""
    return line(muted(f"{label:>{_AXIS_CELLS - 2}} "), Span("│", Tone.FAINT))


def _curves(plot: Plot, columns: int, rows: int, *, ascii_marker: bool) -> list[Line]:
    """Both curves, the one that matters over the other."""
    if ascii_marker:
        back = _canvas(plot.back, plot.top, columns, rows, ".")
        front = _canvas(plot.front, plot.top, columns, rows, "*")
    else:
        back = _canvas(plot.back, plot.top, columns, rows, "braille")
        front = _canvas(plot.front, plot.top, columns, rows, "braille")
    return [_overlaid(*both) for both in zip(back, front, strict=True)]


def _canvas(
    values: Sequence[float | None], top: float, columns: int, rows: int, marker: str
) -> list[str]:
    """One curve as text, `rows` lines of `columns` cells."""
    import plotext

    plotext.terminal.limit(False, False)
    figure = plotext.figure
    figure.clear.all()
    figure.plot_size(columns, rows)
    figure.axes(False)
    for axis in ("x", "y"):
        figure.ruler(axis).frequency(0)
    figure.ruler("x").lim(0, max(1, len(values) - 1))
    figure.ruler("y").lim(0, top)
    for positions, run in _runs(values, top):
        signal = figure.signal(positions, run, marker=marker)
        signal.lines()
        figure.draw(signal)
    drawn = figure.build().string(colorless=True).split("\n")[:rows]
    return [text.ljust(columns)[:columns] for text in [*drawn, *[""] * (rows - len(drawn))]]


def _runs(values: Sequence[float | None], top: float) -> list[tuple[list[int], list[float]]]:
    """Stretches without a gap, each value within the limits."""
    runs: list[tuple[list[int], list[float]]] = []
    after_gap = True
    for position, value in enumerate(values):
        if value is None:
            after_gap = True
            continue
        if after_gap:
            runs.append(([], []))
            after_gap = False
        runs[-1][0].append(position)
        runs[-1][1].append(min(max(value, 0.0), top))
    return runs


def _overlaid(back: str, front: str) -> Line:
    """One row of two curves; where both pass through a cell, it shows the dots of both."""
    spans: list[Span] = []
    for behind, before in zip(back, front, strict=True):
        tone = Tone.ACCENT if before != " " else Tone.MUTED
        char = _both(behind, before)
        if spans and (spans[-1].tone is tone or char == " "):
            spans[-1] = Span(spans[-1].text + char, spans[-1].tone)
        else:
            spans.append(Span(char, tone))
    return tuple(spans)


def _both(behind: str, before: str) -> str:
    if before == " ":
        return behind
    if ord(before) >= _BRAILLE_BLANK and ord(behind) >= _BRAILLE_BLANK:
        return chr(ord(before) | ord(behind))
    return before


def _below(plot: Plot, columns: int) -> list[Line]:
    """The rows under the curves: marks, modes where they are known, and times."""
    modes = [_modes_line(plot.modes, columns)] if plot.modes else []
    return [_marks_line(plot, columns), *modes, _ticks_line(plot, columns)]


def _modes_line(modes: Sequence[Stretch], columns: int) -> Line:
    signs = _drawn(modes, columns)
    label = f"{_MODE_LABEL:>{_AXIS_CELLS - 2}} "
    parts = [muted(label), Span("│", Tone.FAINT)]
    return (*parts, *(signs.get(column, Span(" ")) for column in range(max(signs) + 1)))


def _drawn(stretches: Sequence[Stretch], columns: int) -> dict[int, Span]:
    """The sign of each column that a stretch reaches, the later ones before the earlier."""
    signs: dict[int, Span] = {}
    for held in stretches:
        first, last = _column(held.start, columns), _column(held.end, columns)
        signs |= dict.fromkeys(range(first, last + 1), Span(held.sign, held.tone))
    return signs


def _marks_line(plot: Plot, columns: int) -> Line:
    signs = _drawn(plot.stretches, columns)
    for mark in plot.marks:
        signs[_column(mark.at, columns)] = Span(mark.sign, mark.tone)
    parts = [Span(" " * (_AXIS_CELLS - 1)), Span("│", Tone.FAINT)]
    if not signs:
        return tuple(parts)
    parts += [signs.get(column, Span(" ")) for column in range(max(signs) + 1)]
    return tuple(parts)


def _ticks_line(plot: Plot, columns: int) -> Line:
    """The times, each beginning under its point; one without room is left out."""
    text = ""
    for tick in plot.ticks:
        start = _column(tick.at, columns)
        fits = start + len(tick.label) <= columns
        if fits and (not text or start > len(text) + 1):
            text = text.ljust(start) + tick.label
    return BLANK if not text else line(Span(" " * _AXIS_CELLS), muted(text))


def _column(share: float, columns: int) -> int:
    return min(columns - 1, max(0, int(share * columns)))
