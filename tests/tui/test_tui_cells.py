"""Lines keep to their cells, whatever is in them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sentinel_tui.text import clean_text
from sentinel_tui.tui.cells import (
    Column,
    Span,
    Tone,
    cut,
    fit,
    fold_columns,
    joined,
    line,
    line_width,
    merged,
    muted,
    plain,
    spread,
    wrap,
)

SPANS = st.builds(
    Span, st.text(max_size=20).map(clean_text).filter(bool), st.sampled_from(list(Tone))
)
LINES = st.lists(SPANS, max_size=6).map(tuple)


@given(LINES, st.integers(0, 60))
def test_a_cut_line_is_never_too_long(parts, cells):
    assert line_width(cut(parts, cells)) <= cells


@given(LINES, st.integers(0, 60))
def test_a_line_that_fits_is_not_cut(parts, cells):
    assert (cut(parts, cells) == parts) is (line_width(parts) <= cells)


@given(LINES, st.integers(1, 60), st.booleans())
def test_a_fitted_line_takes_exactly_its_cells(parts, cells, right):
    wide = line_width(cut(parts, cells))
    assert line_width(fit(parts, cells, right=right)) == max(cells, wide)


def test_a_cut_is_marked():
    assert plain(cut(line("curator is down"), 8)) == "curator…"


def test_a_cut_at_the_edge_of_a_span_is_marked_too():
    assert plain(cut(line("curator", " is down"), 7)) == "curato…"


def test_numbers_stand_at_the_right_edge():
    assert plain(fit(line("87 ms"), 8, right=True)) == "   87 ms"


@given(LINES, st.integers(4, 40), st.integers(0, 3))
def test_a_wrapped_line_keeps_to_its_cells_and_loses_no_word(parts, cells, indent):
    wrapped = wrap(parts, cells, indent)
    assert all(line_width(one) <= cells + 1 for one in wrapped)
    kept = "".join(plain(one) for one in wrapped)
    assert kept.replace(" ", "") == plain(parts).replace(" ", "")


def test_what_does_not_fit_goes_on_below_its_beginning():
    told = [plain(one) for one in wrap(line("status 500 is not in 200-299"), 16, 2)]
    assert told == ["status 500 is", "  not in 200-299"]


def test_the_right_edge_is_left_out_where_there_is_no_room_for_both():
    left, right = line("engine 4711 watches"), line("sentinel stop")
    assert plain(spread(left, right, 40)).endswith("sentinel stop")
    assert plain(spread(left, right, 24)) == "engine 4711 watches"


def test_lines_are_held_apart_by_a_separator_and_nothing_else():
    assert plain(joined([line("a"), line("b"), line("c")], muted(" · "))) == "a · b · c"
    assert joined([], muted(" · ")) == ()


def test_blanks_join_what_stands_beside_them():
    parts = [Span("  ", Tone.ACCENT), Span("UP", Tone.GOOD), Span("  "), Span("80 ms")]
    assert merged(parts) == (Span("  UP  ", Tone.GOOD), Span("80 ms"))


def test_blanks_of_what_is_chosen_stay_chosen():
    parts = (Span(" "), Span(" 24 h ", Tone.CHOSEN), Span(" "), Span("7 d", Tone.MUTED))
    assert merged(parts) == (
        Span(" "),
        Span(" 24 h ", Tone.CHOSEN),
        Span(" 7 d", Tone.MUTED),
    )


@given(LINES)
def test_merging_changes_no_text(parts):
    assert plain(merged(parts)) == plain(parts)


def test_neighbours_in_one_tone_become_one_span():
    assert merged([Span("━", Tone.GOOD), Span("━", Tone.GOOD), Span("✖", Tone.BAD)]) == (
        Span("━━", Tone.GOOD),
        Span("✖", Tone.BAD),
    )


COLUMNS = (
    Column("state", "State", 10, keep=3),
    Column("name", "Service", 10, keep=2, most=14),
    Column("bar", "Last", 12, keep=1, most=20),
)


@pytest.mark.parametrize(
    ("width", "shown"),
    [
        (34, {"state": 10, "name": 10, "bar": 12}),
        (40, {"state": 10, "name": 14, "bar": 14}),
        (80, {"state": 10, "name": 14, "bar": 20}),
        (33, {"state": 10, "name": 14}),
        (20, {"state": 10}),
        (5, {"state": 10}),
    ],
)
def test_columns_fold_away_and_grow_with_the_width(width, shown):
    assert {one.id: one.cells for one in fold_columns(COLUMNS, width)} == shown
