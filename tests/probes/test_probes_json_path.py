"""Values inside JSON answers."""

from __future__ import annotations

import contextlib
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sentinel_tui.config.checks import JsonExpectation
from sentinel_tui.probes.json_path import json_problem, read_json, value_at

DOCUMENT = {"status": "ok", "data": {"items": [{"id": 7}, {"id": 8, "tags": ["a"]}]}, "n": None}

names = st.text(st.characters(exclude_characters=".[]", exclude_categories=["Cs"]), min_size=1)
scalars = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text()
)
values = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(names, inner, max_size=4),
    max_leaves=12,
)


def expect(path: str, wanted: Any = None, comparison: str = "==") -> JsonExpectation:
    return JsonExpectation.model_validate({"path": path, "is": wanted, "comparison": comparison})


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("status", "ok"),
        ("data.items[0].id", 7),
        ("data.items[1].tags[0]", "a"),
        ("data.items", DOCUMENT["data"]["items"]),  # type: ignore[index]  # a literal above
        ("", DOCUMENT),
        ("n", None),
    ],
)
def test_values_are_found(path: str, value: object) -> None:
    assert value_at(DOCUMENT, path) == value


def test_a_list_may_come_first() -> None:
    assert value_at([[1, 2]], "[0][1]") == 2


@pytest.mark.parametrize(
    "path",
    [
        "missing",
        "status.deeper",
        "data.items[2]",
        "data.items[-1]",
        "data.items.id",
        "data[0]",
        "status[0]",
        "data.items[0",
        "data..items",
        "data.",
        "n.x",
        "]",
    ],
)
def test_values_that_are_not_there(path: str) -> None:
    with pytest.raises(LookupError):
        value_at(DOCUMENT, path)
    assert json_problem(expect(path), DOCUMENT) == f"json {path} is missing"


def paths_into(value: Any, path: str = "") -> list[tuple[str, Any]]:
    found = [(path, value)]
    if isinstance(value, dict):
        for key, inner in value.items():
            found += paths_into(inner, f"{path}.{key}" if path else key)
    if isinstance(value, list):
        for index, inner in enumerate(value):
            found += paths_into(inner, f"{path}[{index}]")
    return found


@given(values)
def test_every_value_of_a_document_has_a_path(document: Any) -> None:
    read = read_json(json.dumps(document).encode())

    for path, value in paths_into(read):
        assert value_at(read, path) == value


@given(st.text(), values)
def test_no_path_raises_anything_else(path: str, document: Any) -> None:
    problem = json_problem(expect(path, "unlikely value"), document)

    assert isinstance(problem, str)


@pytest.mark.parametrize(
    ("found", "comparison", "wanted", "holds"),
    [
        (1, "==", 1, True),
        (1.0, "==", 1, True),
        (1, "==", 1.5, False),
        (1, "==", True, False),
        (True, "==", True, True),
        (True, "==", 1, False),
        (False, "==", 0, False),
        ("1", "==", 1, False),
        ("ok", "==", "ok", True),
        ("ok", "!=", "bad", True),
        ("ok", "!=", "ok", False),
        (1, "!=", "1", True),
        (3, ">", 2, True),
        (2, ">", 2, False),
        (2, ">=", 2, True),
        (1.5, "<", 2, True),
        (2, "<=", 1, False),
        ("3", ">", 2, False),
        (True, ">", 0, False),
        (None, ">", 0, False),
        ([1], "==", 1, False),
    ],
)
def test_comparisons(found: object, comparison: str, wanted: Any, holds: bool) -> None:
    problem = json_problem(expect("v", wanted, comparison), {"v": found})

    assert (problem == "") is holds


def test_a_mistake_shows_what_was_found_and_expected() -> None:
    assert json_problem(expect("v", 5, ">"), {"v": 3}) == "json v is 3, expected > 5"
    assert json_problem(expect("v", "b"), {"v": "a"}) == 'json v is "a", expected "b"'


def test_what_is_found_is_shown_harmless_and_short() -> None:
    problem = json_problem(expect("v", "b"), {"v": "\x1b[31m\u202e" + "x" * 10_000})

    assert len(problem) < 200
    assert "\x1b" not in problem
    assert "\u202e" not in problem


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"{'a': 1}", b"[1,]", b"\xff", b"NaN", b"[1e999]", b"-Infinity", b'{"a":1,"a":2}'],
)
def test_what_is_no_json_is_a_value_error(body: bytes) -> None:
    with pytest.raises(ValueError, match=r".+"):
        read_json(body)


@given(st.binary(max_size=200))
def test_no_bytes_raise_anything_else(body: bytes) -> None:
    with contextlib.suppress(ValueError):
        read_json(body)
