"""The line finder reads the same tables as the parser, and knows where they stand."""

import tomllib
from collections.abc import Iterator
from textwrap import dedent
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sentinel_tui.config.positions import find_lines, nearest_line
from sentinel_tui.config.toml import toml_key, toml_value

Path = tuple[str | int, ...]


def paths_in(value: object, path: Path = ()) -> Iterator[Path]:
    """Every place there is in what the parser read."""
    if path:
        yield path
    members = value.items() if isinstance(value, dict) else ()
    if isinstance(value, list):
        members = enumerate(value)
    for key, member in members:
        yield from paths_in(member, (*path, key))


def test_each_thing_is_on_the_line_where_it_begins() -> None:
    text = dedent(
        '''\
        # a comment with = and [brackets]
        title = "one # two"

        [[services]]
        id = "a"  # not a [table]
        checks = [
          { kind = "http", status = ["200",
            "404"] },
          # between
          { kind = "tcp" },
        ]
        sleeps.after = "15m"
        text = """
        [not.a.table]
        key = "value" \\"""
        more"""

        [services.thresholds]
        confirm_cycles = 3

        [[services]]
        "id" = 'b'

        [services."odd \\u0041 key"]
        at = 1979-05-27 07:32:00
        '''
    )
    expected = {
        ("title",): 2,
        ("services",): 4,
        ("services", 0): 4,
        ("services", 0, "id"): 5,
        ("services", 0, "checks"): 6,
        ("services", 0, "checks", 0, "kind"): 7,
        ("services", 0, "checks", 0, "status", 0): 7,
        ("services", 0, "checks", 0, "status", 1): 8,
        ("services", 0, "checks", 1): 10,
        ("services", 0, "checks", 1, "kind"): 10,
        ("services", 0, "sleeps", "after"): 12,
        ("services", 0, "text"): 13,
        ("services", 0, "thresholds"): 18,
        ("services", 0, "thresholds", "confirm_cycles"): 19,
        ("services", 1): 21,
        ("services", 1, "id"): 22,
        ("services", 1, "odd A key"): 24,
        ("services", 1, "odd A key", "at"): 25,
    }
    lines = find_lines(text)
    assert {path: lines[path] for path in expected} == expected
    assert set(lines) == set(paths_in(tomllib.loads(text)))


keys = st.one_of(
    st.text("abcXYZ019_-", min_size=1, max_size=5),
    st.text(st.characters(exclude_categories=["Cs"]), max_size=5),
)
scalars = st.one_of(
    st.integers(min_value=-(2**63), max_value=2**63 - 1),
    st.floats(allow_nan=False),
    st.booleans(),
    st.text(st.characters(exclude_categories=["Cs"]), max_size=12),
)
values = st.recursive(
    scalars,
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(keys, inner, max_size=3)),
    max_leaves=8,
)
tables = st.dictionaries(keys, values, max_size=4)


@st.composite
def documents(draw: st.DrawFn) -> str:
    """A file with options, tables, arrays of tables and tables within those."""
    lines = [f"{toml_key(key)} = {toml_value(value)}" for key, value in draw(tables).items()]
    names = draw(st.lists(st.sampled_from(["t1", "t2", "t3", "t4"]), unique=True))
    for name in names:
        is_array = draw(st.booleans())
        for number in range(draw(st.integers(1, 3)) if is_array else 1):
            lines.append(draw(st.sampled_from(["", "# [comment] = 'x'", "   "])))
            lines.append(f"[[ {name} ]]" if is_array else f"[{name}]")
            lines += [f"{toml_key(k)} = {toml_value(v)}" for k, v in draw(tables).items()]
            lines += [f"[{name}.inner{number}.'deep est']", "a.b.'c d' = [\n  1, # one\n  2,\n]"]
    return "\n".join(lines) + "\n"


@given(documents())
def test_it_finds_exactly_what_the_parser_reads(text: str) -> None:
    try:
        read: dict[str, Any] = tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        return  # two drawn keys were the same
    lines = find_lines(text)
    assert set(lines) == set(paths_in(read))
    assert all(1 <= line <= text.count("\n") for line in lines.values())


@given(st.dictionaries(keys, values, max_size=6))
def test_written_values_read_back_the_same(table: dict[str, Any]) -> None:
    text = "".join(f"{toml_key(key)} = {toml_value(value)}\n" for key, value in table.items())
    assert tomllib.loads(text) == table


@given(st.dictionaries(keys, scalars, min_size=1, max_size=6))
def test_one_option_a_line_is_counted_right(table: dict[str, Any]) -> None:
    text = "".join(f"{toml_key(key)} = {toml_value(value)}\n" for key, value in table.items())
    expected = {(key,): number for number, key in enumerate(table, 1)}
    assert find_lines(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        'a = """"quoted" """\nb = 1',
        'a = """x"""""\nb = 1',
        "a = '''it''s'''''\nb = 1",
        'a = ""\nb = 1',
        'a = """\n\\\n   "" \\" """\nb = 1',
        "a = 'C:\\'\nb = 1",
        "a = {}\nb = 1",
        "a = [ # c\n]\nb = 1",
        "a = {x = [[], [{}]], 'y'.z = 1}\nb = 1",
    ],
)
def test_strings_and_brackets_of_every_kind_are_passed_over(text: str) -> None:
    lines = find_lines(text)
    assert set(lines) == set(paths_in(tomllib.loads(text)))
    assert lines["b",] == text.count("\n") + 1


def test_what_is_not_in_the_file_lies_in_the_table_around_it() -> None:
    lines = {("services",): 3, ("services", 0): 3, ("services", 0, "id"): 4}
    assert nearest_line(lines, ("services", 0, "url")) == 3
    assert nearest_line(lines, ("services", 0, "id")) == 4
    assert nearest_line(lines, ("display", "theme")) == 1
    assert nearest_line(lines, ()) == 1
