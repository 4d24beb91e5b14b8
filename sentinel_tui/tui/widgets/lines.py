"""A widget that shows lines, and repaints only those that changed.

Every view of Sentinel is drawn through it. Textual can repaint a part of a widget no smaller than
a row, so a row is what is compared; a line that reads as before costs the terminal nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol, cast

from rich.segment import Segment
from rich.style import Style
from textual.geometry import Region, Size
from textual.strip import Strip
from textual.widget import Widget

from sentinel_tui.tui.cells import BLANK, Line, Span, Tone, line_width, merged

_ASCII = str.maketrans(
    {
        "●": "o",
        "▲": "^",
        "◐": ":",
        "✖": "X",
        "↻": ">",
        "⚒": "=",
        "‖": '"',
        "▌": ">",
        "✓": "*",
        "━": "-",
        "─": "-",
        "│": "|",
        "▰": "#",
        "▱": ".",
        "█": "#",
        "▼": "v",
        "≈": "~",
        "≤": "<",
        "≥": ">",
        "▸": ">",
        "▹": "/",
        "◆": "+",
        "▪": "+",
        "▁": "1",
        "▂": "2",
        "▃": "3",
        "▄": "4",
        "▅": "5",
        "▆": "6",
        "▇": "7",
        "€": "E",
        "▾": "*",
        "×": "x",
        "·": "-",
        "–": "-",
        "−": "-",
        "…": ".",
        "←": "<",
        "→": ">",
        "↑": "^",
        "↓": "v",
        "“": '"',
        "”": '"',
        "’": "'",
    }
)
"""What stands for our own signs where `display.ascii` is set, one cell for one cell."""


@dataclass(frozen=True)
class Look:
    """How lines are drawn on this screen.

    Attributes:
        tones: What each tone looks like.
        cursor: What the row under the cursor looks like, over its tones.
        ascii: Whether signs are drawn with ASCII.
    """

    tones: Mapping[Tone, Style]
    cursor: Style
    ascii: bool


class HasLook(Protocol):
    """What the app of a `LinesView` must have."""

    look: Look


class LinesView(Widget):
    """Shows lines of toned text, one per row."""

    ALLOW_SELECT = False
    DEFAULT_CSS = """
    LinesView { height: auto; }
    """

    def __init__(self, lines: Sequence[Line] = (), *, widget_id: str | None = None) -> None:
        super().__init__(id=widget_id)
        self._lines: tuple[Line, ...] = tuple(lines)
        self._cursor: int | None = None
        self._fitted_to = Size(0, 0)
        self._rendering = False

    @property
    def lines(self) -> tuple[Line, ...]:
        """What is shown."""
        return self._lines

    def paint(self, lines: Sequence[Line], cursor: int | None = None) -> None:
        """Show other lines.

        Args:
            lines: What to show, from the top.
            cursor: The row that stands out as the chosen one, if any.
        """
        before, after = self._rows(), self._rows(lines, cursor)
        self._lines, self._cursor = tuple(lines), cursor
        if self._rendering:
            return
        if len(before) != len(after) and self.styles.is_auto_height:
            self.refresh(layout=True)
            return
        width = self.size.width
        longest = max(len(before), len(after))
        changed = [
            Region(0, y, width, 1) for y in range(longest) if _row(before, y) != _row(after, y)
        ]
        if changed:
            self.refresh(*changed)

    def get_content_width(self, container: Size, viewport: Size) -> int:
        """As wide as the widest line."""
        return max((line_width(parts) for parts in self._lines), default=0)

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """One row for each line."""
        return len(self._lines)

    def fit_to_size(self) -> None:
        """Paint lines that depend on the size anew; called as soon as that is another one."""

    def render_lines(self, crop: Region) -> list[Strip]:
        """See `Widget.render_lines`.

        Lines are fitted here and not when the resize is told of: that comes after the first
        picture at the new size was drawn, which would then be blank.
        """
        if self.content_size != self._fitted_to:
            self._fitted_to = self.content_size
            self._rendering = True
            self.fit_to_size()
            self._rendering = False
        return super().render_lines(crop)

    def render_line(self, y: int) -> Strip:
        """See `Widget.render_line`."""
        base = self.visual_style.rich_style
        width = self.content_size.width
        if y >= len(self._lines):
            return Strip.blank(width, base)
        look = self._look
        spans = merged(self._lines[y])
        if y != self._cursor:
            segments = [self._segment(span, base + look.tones[span.tone]) for span in spans]
            return Strip(segments).adjust_cell_length(width, base)
        row = base + look.cursor
        # Reversed, each tone would become a background of its own: the row speaks with one voice.
        plain = look.cursor.reverse
        segments = [
            self._segment(span, row if plain else base + look.tones[span.tone] + look.cursor)
            for span in spans
        ]
        return Strip(segments).adjust_cell_length(width, row)

    def _segment(self, span: Span, style: Style) -> Segment:
        # The one place where text becomes cells: a tab or a newline would shift all that follows.
        text = span.text if span.text.isprintable() else _printable(span.text)
        return Segment(text.translate(_ASCII) if self._look.ascii else text, style)

    @property
    def _look(self) -> Look:
        return cast(HasLook, self.app).look

    def _rows(
        self, lines: Sequence[Line] | None = None, cursor: int | None = None
    ) -> list[tuple[Line, bool]]:
        if lines is None:
            lines, cursor = self._lines, self._cursor
        return [(parts, index == cursor) for index, parts in enumerate(lines)]


class ScrollingLines(LinesView):
    """Lines that may be more than fit; the keys of a pager move through them."""

    can_focus = True
    DEFAULT_CSS = """
    ScrollingLines { height: 1fr; }
    """

    def __init__(self, *, widget_id: str | None = None) -> None:
        super().__init__(widget_id=widget_id)
        self._all: tuple[Line, ...] = ()
        self._top = 0

    @property
    def all_lines(self) -> tuple[Line, ...]:
        """Everything there is to show."""
        return self._all

    def show(self, lines: Sequence[Line]) -> None:
        """Show other lines, from where the reader was."""
        grows = len(lines) != len(self._all) and self.styles.is_auto_height
        self._all = tuple(lines)
        if grows:
            self.refresh(layout=True)
        self._move_to(self._top)

    def bring_up(self, index: int) -> None:
        """Show as much as fits of what begins at a line and goes on to the end."""
        self._move_to(min(index, len(self._all) - self._height))

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """One row for each line there is."""
        return len(self._all)

    def fit_to_size(self) -> None:
        """Show as much as fits now."""
        self._move_to(self._top)

    def action_scroll_lines(self, lines: int) -> None:
        """Move by so many lines."""
        self._move_to(self._top + lines)

    def action_scroll_pages(self, pages: int) -> None:
        """Move by so many pages, keeping one line in sight."""
        self._move_to(self._top + pages * max(1, self._height - 1))

    def action_scroll_to_start(self) -> None:
        """Move to the first line."""
        self._move_to(0)

    def action_scroll_to_end(self) -> None:
        """Move to the last line."""
        self._move_to(len(self._all))

    @property
    def _height(self) -> int:
        return int(self.content_size.height)

    def _move_to(self, top: int) -> None:
        self._top = max(0, min(top, len(self._all) - self._height))
        self.paint(self._all[self._top : self._top + self._height])


def _row(rows: Sequence[tuple[Line, bool]], y: int) -> tuple[Line, bool]:
    return rows[y] if y < len(rows) else (BLANK, False)


def _printable(text: str) -> str:
    return "".join(char if char.isprintable() else " " for char in text)
