"""Answers as text and as JSON."""

import json

from hypothesis import given
from hypothesis import strategies as st

from sentinel_tui.commands.answers import Answer, Table, as_json, as_text, refusal
from sentinel_tui.errors import EngineGone
from sentinel_tui.text import cell_width, clean_text

clean_lines = st.text().map(clean_text)
tables = st.lists(st.tuples(clean_lines, clean_lines, clean_lines), max_size=5).map(
    lambda rows: Table(("ONE", "TWO", "THREE"), tuple(rows), numbers=frozenset({"TWO"}))
)


@given(clean_lines, st.lists(clean_lines), tables, st.integers(min_value=40, max_value=120))
def test_no_line_is_wider_than_asked_for(title, lines, table, width):
    text = as_text(Answer(title, tuple(lines), table), width)
    assert all(cell_width(line) <= width for line in text.split("\n"))


@given(clean_lines, st.lists(clean_lines), tables)
def test_no_word_of_a_sentence_is_lost(title, lines, table):
    text = as_text(Answer(title, tuple(lines), table), 60)
    shown = "".join(text.split())
    for sentence in (title, *lines):
        assert "".join(sentence.split()) in shown


def test_without_a_width_nothing_is_cut_or_wrapped():
    long = "word " * 100
    text = as_text(Answer("title", (), Table(("A", "B"), ((long, long),))), None)
    assert text.count("\n") == 3
    assert long.strip() in text


def test_a_long_last_cell_goes_on_under_itself():
    table = Table(("WHO", "WHY"), (("curator", "it fell asleep " * 8), ("public", "short")))
    lines = as_text(Answer("title", (), table), 60).split("\n")
    start = lines[2].index("WHY")
    wrapped = [line for line in lines[3:] if line and not line.startswith(("curator", "public"))]
    assert wrapped
    assert all(line[:start].isspace() for line in wrapped)


def test_no_line_begins_with_a_sign_that_french_keeps_with_the_word_before():
    told = "douze vues\u00a0; trois\u202f% de plus"
    for width in range(12, 30):
        lines = as_text(Answer(told), width).split("\n")
        assert not any(line.startswith((";", "%")) for line in lines)


def test_numbers_stand_to_the_right():
    table = Table(("N", "WHAT"), (("1", "a"), ("100", "b")), numbers=frozenset({"N"}))
    lines = as_text(Answer("title", (), table)).split("\n")
    assert [line[:3] for line in lines[2:]] == ["  N", "  1", "100"]


def test_a_table_without_rows_is_not_shown():
    assert as_text(Answer("nothing", (), Table(("A",), ()))) == "nothing"


def test_json_keeps_keys_and_carries_the_exit_code():
    read = json.loads(as_json(Answer("t", data={"b": 1, "a": "é"}, exit_code=2)))
    assert read == {"b": 1, "a": "é", "exit_code": 2}
    assert list(read) == ["b", "a", "exit_code"]


def test_a_refusal_says_what_and_how_to_mend_it():
    answer = refusal(EngineGone("no engine runs", "start one"))
    assert answer.exit_code == EngineGone.exit_code
    assert "start one" in as_text(answer)
    read = json.loads(as_json(answer))
    assert read == {"error": "no engine runs", "hint": "start one", "exit_code": answer.exit_code}
