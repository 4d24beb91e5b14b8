"""A table repaints the rows that changed, and nothing else."""

from __future__ import annotations

import pytest
from textual.app import App, ComposeResult
from textual.geometry import Region

from sentinel_tui.tui import themes
from sentinel_tui.tui.cells import Column, Row, line
from sentinel_tui.tui.widgets.lines import LinesView, Look, ScrollingLines
from sentinel_tui.tui.widgets.live_table import LiveTable

LOOK = Look(
    themes.tone_styles(themes.DARK, colourless=False),
    themes.cursor_style(themes.DARK, colourless=False),
    ascii=False,
)
COLUMNS = (Column("name", "Name", 8, keep=2), Column("now", "Now", 6, right=True, keep=1))


class Probe(App[None]):
    """Shows one widget and remembers what it repaints."""

    def __init__(self, widget: LinesView) -> None:
        super().__init__()
        self.look = LOOK
        self.widget = widget
        self.moved: list[str | None] = []
        self.opened: list[str] = []

    def compose(self) -> ComposeResult:
        yield self.widget

    def on_live_table_cursor_moved(self, message: LiveTable.CursorMoved) -> None:
        self.moved.append(message.key)

    def on_live_table_row_opened(self, message: LiveTable.RowOpened) -> None:
        self.opened.append(message.key)


class Watched(LiveTable):
    """A table that remembers which rows it asked to have repainted."""

    def __init__(self) -> None:
        super().__init__(COLUMNS, empty=line("nothing"))
        self.repainted: list[int | str] = []

    def refresh(self, *regions: Region, repaint: bool = True, layout: bool = False, **more):
        if self.is_mounted and (repaint or layout):
            self.repainted += [region.y for region in regions] or ["all"]
        return super().refresh(*regions, repaint=repaint, layout=layout, **more)


def rows(*names: str, now: str = "80 ms") -> list[Row]:
    return [Row(name, {"name": line(name), "now": line(now)}) for name in names]


def text(app: Probe) -> list[str]:
    strips = app.screen._compositor.render_strips()
    return ["".join(segment.text for segment in strip).rstrip() for strip in strips]


@pytest.fixture
async def table():
    app = Probe(Watched())
    async with app.run_test(size=(30, 6)) as pilot:
        app.widget.show_rows(rows("a", "b", "c"))
        await pilot.pause()
        app.widget.repainted.clear()
        app.moved.clear()
        yield app.widget, app, pilot


async def test_the_same_rows_again_repaint_nothing(table):
    widget, _, pilot = table
    widget.show_rows(rows("a", "b", "c"))
    await pilot.pause()
    assert widget.repainted == []


async def test_a_cell_that_changed_repaints_its_row_alone(table):
    widget, app, pilot = table
    widget.show_rows([*rows("a"), *rows("b", now="90 ms"), *rows("c")])
    await pilot.pause()
    assert widget.repainted == [2]
    assert "90 ms" in text(app)[2]


async def test_the_cursor_repaints_where_it_was_and_where_it_is(table):
    widget, app, pilot = table
    await pilot.press("j")
    assert widget.repainted == [1, 2]
    assert app.moved == ["b"]


async def test_the_cursor_follows_what_its_row_stands_for(table):
    widget, app, pilot = table
    await pilot.press("j")
    widget.show_rows(rows("c", "a", "b"))
    await pilot.pause()
    assert widget.cursor_key == "b"
    assert text(app)[3].startswith("▌ b")


async def test_a_row_that_went_leaves_the_cursor_near(table):
    widget, app, pilot = table
    await pilot.press("G")
    widget.show_rows(rows("a"))
    await pilot.pause()
    assert widget.cursor_key == "a"
    assert app.moved[-1] == "a"


async def test_marks_stay_with_their_rows_and_go_with_them(table):
    widget, _, pilot = table
    await pilot.press("space", "space")
    assert widget.marked == {"a", "b"}
    assert widget.chosen == ("a", "b")
    widget.show_rows(rows("b", "c"))
    assert widget.marked == {"b"}
    widget.clear_marks()
    assert widget.chosen == (widget.cursor_key,)


async def test_more_rows_than_fit_scroll_with_the_cursor(table):
    widget, app, pilot = table
    widget.show_rows(rows(*"abcdefghij"))
    await pilot.pause()
    await pilot.press("G")
    assert text(app)[-1].startswith("▌ j")
    assert "6–10 of 10" in text(app)[0]
    await pilot.press("pageup")
    assert widget.cursor_key == "e"
    await pilot.press("home")
    assert text(app)[1].startswith("▌ a")


async def test_enter_opens_a_row(table):
    _, app, pilot = table
    await pilot.press("j", "enter")
    await pilot.pause()
    assert app.opened == ["b"]


async def test_a_click_chooses_a_row_and_a_second_one_opens_it(table):
    widget, app, pilot = table
    await pilot.click(offset=(3, 2))
    assert widget.cursor_key == "b"
    await pilot.click(offset=(3, 2))
    await pilot.pause()
    assert app.opened == ["b"]


async def test_an_empty_table_says_why(table):
    widget, app, pilot = table
    widget.show_rows([])
    await pilot.pause()
    assert text(app)[1].strip() == "nothing"
    assert widget.cursor_key is None
    await pilot.press("enter", "space", "j")
    assert app.opened == []


async def test_columns_fold_away_in_a_narrow_table():
    app = Probe(Watched())
    async with app.run_test(size=(12, 4)) as pilot:
        app.widget.show_rows(rows("a"))
        await pilot.pause()
        assert "Now" not in text(app)[0]
        assert app.widget.column_cells("now") == 0
        assert app.widget.column_cells("name") == 8


async def test_no_text_can_break_out_of_its_line():
    """What got past the border by mistake still cannot move the terminal's cursor."""
    app = Probe(LinesView([line("a\tb\nc\x1b[2Jd"), line("[bold]e[/] [@click=app.quit]f")]))
    async with app.run_test(size=(40, 4)):
        assert text(app)[0] == "a b c [2Jd"
        assert text(app)[1] == "[bold]e[/] [@click=app.quit]f"


async def test_a_page_scrolls_no_further_than_its_ends():
    app = Probe(ScrollingLines())
    async with app.run_test(size=(20, 4)) as pilot:
        page = app.widget
        page.show([line(str(number)) for number in range(10)])
        page.action_scroll_lines(-5)
        await pilot.pause()
        assert text(app) == ["0", "1", "2", "3"]
        page.action_scroll_pages(1)
        await pilot.pause()
        assert text(app) == ["3", "4", "5", "6"]
        page.action_scroll_to_end()
        await pilot.pause()
        assert text(app) == ["6", "7", "8", "9"]
        page.show([line("only")])
        await pilot.pause()
        assert text(app)[0] == "only"
