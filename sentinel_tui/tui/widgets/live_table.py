"""A table that may change every second and repaints only the rows that did.

Textual's DataTable repaints all of itself when one cell changes; this one compares rows. Cells are
lines of toned text, so nothing in them is ever read as markup. The cursor and the marks belong to
what a row stands for, not to where it is: they follow it when the order changes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import ClassVar

from textual import events
from textual.binding import BindingType
from textual.geometry import Size
from textual.message import Message

from sentinel_tui.tui.cells import Column, Line, Row, Span, Tone, fit, fold_columns, line, muted
from sentinel_tui.tui.keymap import bindings
from sentinel_tui.tui.widgets.lines import LinesView

_GUTTER = 2
_MARGIN = 1
_GAP = Span(" ")
_HEADER_ROWS = 1


class LiveTable(LinesView):
    """Rows under headings, with a cursor and marks."""

    can_focus = True
    BINDINGS: ClassVar[list[BindingType]] = bindings("table")
    DEFAULT_CSS = """
    LiveTable { height: auto; max-height: 100%; }
    """

    class CursorMoved(Message):
        """Another row is under the cursor, or none where `key` is None."""

        def __init__(self, key: str | None) -> None:
            super().__init__()
            self.key = key

    class RowOpened(Message):
        """The owner asked for more about a row."""

        def __init__(self, key: str) -> None:
            super().__init__()
            self.key = key

    class Folded(Message):
        """Other columns, or wider ones, are shown now."""

    def __init__(
        self, columns: Sequence[Column], *, empty: Line = (), widget_id: str | None = None
    ) -> None:
        """A table without rows.

        Args:
            columns: All its columns; those that do not fit are folded away.
            empty: What stands in place of rows while there are none.
            widget_id: The widget's id.
        """
        super().__init__(widget_id=widget_id)
        self._columns = tuple(columns)
        self._shown_columns = self._columns
        self._empty = empty
        self._table_rows: tuple[Row, ...] = ()
        self._marked: frozenset[str] = frozenset()
        self._sorted_by = ""
        self._titles: Mapping[str, str] = {}
        self._at = 0
        self._top = 0

    def show_columns(self, columns: Sequence[Column]) -> None:
        """Have other columns; those that do not fit are folded away."""
        if tuple(columns) != self._columns:
            self._columns = tuple(columns)
            self.fit_to_size()

    @property
    def cursor_key(self) -> str | None:
        """What the row under the cursor stands for."""
        return self._table_rows[self._at].key if self._table_rows else None

    @property
    def marked(self) -> frozenset[str]:
        """What the marked rows stand for."""
        return self._marked

    @property
    def at_end(self) -> bool:
        """Whether the cursor is on the last row."""
        return self._at >= len(self._table_rows) - 1

    @property
    def chosen(self) -> tuple[str, ...]:
        """What an action is about: the marked rows in order, else the one under the cursor."""
        if self._marked:
            return tuple(row.key for row in self._table_rows if row.key in self._marked)
        return () if self.cursor_key is None else (self.cursor_key,)

    def column_cells(self, column: str) -> int:
        """How wide a column is now; 0 where it is folded away."""
        return next((one.cells for one in self._shown_columns if one.id == column), 0)

    def show_rows(
        self,
        rows: Sequence[Row],
        *,
        sorted_by: str = "",
        titles: Mapping[str, str] | None = None,
    ) -> None:
        """Show other rows.

        Args:
            rows: The rows in the order in which they are shown.
            sorted_by: The column they are sorted by, which its heading shows.
            titles: Headings that are other ones than those of the columns.
        """
        before = self.cursor_key
        count_before = len(self._table_rows)
        self._table_rows = tuple(rows)
        self._sorted_by = sorted_by
        self._titles = titles or {}
        keys = [row.key for row in rows]
        self._marked &= frozenset(keys)
        self._at = keys.index(before) if before in keys else min(self._at, max(0, len(keys) - 1))
        if len(keys) != count_before and self.styles.is_auto_height:
            self.refresh(layout=True)
        self._draw()
        if self.cursor_key != before:
            self.post_message(self.CursorMoved(self.cursor_key))

    def show_empty(self, empty: Line) -> None:
        """Change what stands in place of rows."""
        self._empty = empty
        self._draw()

    def clear_marks(self) -> None:
        """Unmark every row."""
        self._marked = frozenset()
        self._draw()

    def move_to(self, key: str) -> None:
        """Put the cursor on the row that stands for `key`, if there is one."""
        keys = [row.key for row in self._table_rows]
        if key in keys:
            self._move_cursor_to(keys.index(key))

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """The headings and all rows; CSS bounds it."""
        return _HEADER_ROWS + max(1, len(self._table_rows))

    def fit_to_size(self) -> None:
        """Fold and unfold columns to the new width."""
        before = self._shown_columns
        width = self.content_size.width - _GUTTER - _MARGIN
        self._shown_columns = fold_columns(self._columns, width)
        self._draw()
        if self._shown_columns != before:
            self.post_message(self.Folded())

    def on_click(self, event: events.Click) -> None:
        """A click chooses a row; one on the chosen row opens it."""
        index = self._top + int(event.y) - _HEADER_ROWS
        if event.y < _HEADER_ROWS or index >= len(self._table_rows):
            return
        if index == self._at:
            self.action_open()
        self._move_cursor_to(index)

    def action_move(self, rows: int) -> None:
        """Move the cursor by so many rows."""
        self._move_cursor_to(self._at + rows)

    def action_move_page(self, pages: int) -> None:
        """Move the cursor by so many pages."""
        self._move_cursor_to(self._at + pages * self._page)

    def action_move_to_start(self) -> None:
        """Move the cursor to the first row."""
        self._move_cursor_to(0)

    def action_move_to_end(self) -> None:
        """Move the cursor to the last row."""
        self._move_cursor_to(len(self._table_rows) - 1)

    def action_mark(self) -> None:
        """Mark or unmark the row under the cursor, and go on to the next."""
        if self.cursor_key is not None:
            self._marked ^= {self.cursor_key}
            self._move_cursor_to(self._at + 1)
            self._draw()

    def action_open(self) -> None:
        """Ask for more about the row under the cursor."""
        if self.cursor_key is not None:
            self.post_message(self.RowOpened(self.cursor_key))

    @property
    def _page(self) -> int:
        return max(1, int(self.content_size.height) - _HEADER_ROWS)

    def _move_cursor_to(self, index: int) -> None:
        at = max(0, min(index, len(self._table_rows) - 1))
        if at != self._at:
            self._at = at
            self._draw()
            self.post_message(self.CursorMoved(self.cursor_key))

    def _draw(self) -> None:
        if not self.content_size.height:
            return
        page = self._page
        self._top = max(min(self._top, self._at), self._at - page + 1)
        self._top = max(0, min(self._top, len(self._table_rows) - page))
        visible = self._table_rows[self._top : self._top + page]
        body = [self._row_line(row) for row in visible] or [(Span(" " * _GUTTER), *self._empty)]
        cursor = _HEADER_ROWS + self._at - self._top if visible else None
        self.paint([self._header_line(), *body], cursor)

    def _header_line(self) -> Line:
        parts: list[Span] = [Span(" " * _GUTTER)]
        for column in self._shown_columns:
            sign = "▾" if column.id == self._sorted_by else ""
            title = self._titles.get(column.id, column.title)
            heading = line(muted(title), Span(sign, Tone.ACCENT))
            parts += [*fit(heading, column.cells, right=column.right), _GAP]
        hidden = len(self._table_rows) - self._page
        if hidden > 0:
            last = min(self._top + self._page, len(self._table_rows))
            return (*parts, muted(f"{self._top + 1}–{last} of {len(self._table_rows)}"))
        return tuple(parts)

    def _row_line(self, row: Row) -> Line:
        at_cursor = row.key == self.cursor_key
        parts: list[Span] = [
            Span("▌" if at_cursor else " ", Tone.ACCENT),
            Span("✓" if row.key in self._marked else " ", Tone.ACCENT),
        ]
        for column in self._shown_columns:
            cell = row.cells.get(column.id, ())
            parts += [*fit(cell, column.cells, right=column.right), _GAP]
        return tuple(parts)
