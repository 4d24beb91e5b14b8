"""What an answer must be like, told by tables."""

from __future__ import annotations

import signal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sentinel_tui.config.checks import HttpCheck
from sentinel_tui.probes.assertions import (
    Answer,
    answer_problem,
    expects_of_body,
    status_problem,
)
from sentinel_tui.probes.faults import OwnFault
from sentinel_tui.probes.patterns import MOST_SEARCHED_CHARACTERS, is_found


def check(**expectations: Any) -> HttpCheck:
    return HttpCheck(url="http://service.example/", **expectations)


def answer(body: bytes = b"", **headers: str) -> Answer:
    return Answer(200, {name.replace("_", "-"): value for name, value in headers.items()}, body)


@pytest.mark.parametrize(
    ("ranges", "status", "right"),
    [
        (["200-299"], 200, True),
        (["200-299"], 299, True),
        (["200-299"], 300, False),
        (["200-299"], 199, False),
        (["404"], 404, True),
        (["404"], 405, False),
        (["200-299", "404"], 404, True),
        (["100-599"], 503, True),
    ],
)
def test_statuses(ranges: list[str], status: int, right: bool) -> None:
    problem = status_problem(check(status=ranges), status)

    assert (problem == "") is right
    assert right or f"status {status}, expected {ranges[0]}" in problem


@given(low=st.integers(100, 599), length=st.integers(0, 499), status=st.integers(100, 599))
def test_a_range_holds_exactly_what_lies_in_it(low: int, length: int, status: int) -> None:
    high = min(599, low + length)

    problem = status_problem(check(status=[f"{low}-{high}"]), status)

    assert (problem == "") == (low <= status <= high)


@pytest.mark.parametrize(
    ("expectations", "body", "problem"),
    [
        ({}, b"anything", ""),
        ({"contains": "wörld"}, "hello wörld".encode(), ""),
        ({"contains": "World"}, b"hello world", "does not contain 'World'"),
        ({"lacks": "error"}, b"fine", ""),
        ({"lacks": "error"}, b"an error occurred", "contains 'error', which it must not"),
        ({"matches": r"v\d+\.\d+"}, b"release v1.20", ""),
        ({"matches": r"^v\d+$"}, b"release v1", "does not match"),
        ({"matches_not": "(?i)exception"}, b"fine", ""),
        ({"matches_not": "(?i)exception"}, b"Exception in thread", "matches (?i)exception"),
        ({"contains": "a", "matches": "b"}, b"c", "does not contain 'a'"),
        ({"json": [{"path": "ok", "is": True}]}, b'{"ok": true}', ""),
        ({"json": [{"path": "ok", "is": True}]}, b"<html>", "no JSON"),
        ({"json": [{"path": "a"}, {"path": "b"}]}, b'{"a": 1}', "json b is missing"),
    ],
)
def test_bodies(expectations: dict[str, Any], body: bytes, problem: str) -> None:
    found = answer_problem(check(**expectations), answer(body))

    assert found == "" if problem == "" else problem in found


@pytest.mark.parametrize(
    ("expected", "headers", "problem"),
    [
        ({"X-Version": ""}, {"x_version": ""}, ""),
        ({"x-version": r"^2\."}, {"x_version": "2.1"}, ""),
        ({"X-Version": r"^2\."}, {"x_version": "3.0"}, "header X-Version is '3.0', expected ^2"),
        ({"X-Version": ""}, {}, "header X-Version is missing"),
    ],
)
def test_headers(expected: dict[str, str], headers: dict[str, str], problem: str) -> None:
    found = answer_problem(check(expect_headers=expected), answer(**headers))

    assert found == "" if problem == "" else problem in found


def test_patterns_see_only_the_beginning() -> None:
    body = b"x" * MOST_SEARCHED_CHARACTERS + b"needle"

    assert answer_problem(check(matches="needle"), answer(body)) != ""
    assert answer_problem(check(contains="needle"), answer(body)) == ""


@pytest.mark.parametrize(
    ("pattern", "text"),
    [(r"(a+)+$", "a" * 100 + "b"), (r"(x|xx)*y", "x" * 200), (r"\s+$", " " * 65_000 + "x")],
)
def test_a_pattern_that_would_take_for_ever_is_given_up(pattern: str, text: str) -> None:
    before = signal.getsignal(signal.SIGALRM)

    with pytest.raises(OwnFault, match="takes too long"):
        is_found(pattern, text)

    assert signal.getsignal(signal.SIGALRM) is before
    assert signal.getitimer(signal.ITIMER_REAL) == (0.0, 0.0)


def test_a_body_is_read_in_the_charset_it_names() -> None:
    latin = answer("café".encode("latin-1"), content_type="text/html; charset=ISO-8859-1")

    assert answer_problem(check(contains="café"), latin) == ""


@pytest.mark.parametrize(
    ("expectations", "expected"),
    [
        ({}, False),
        ({"lacks": "x", "matches_not": "y", "status": ["200"]}, False),
        ({"contains": "x"}, True),
        ({"matches": "x"}, True),
        ({"json": [{"path": "x"}]}, True),
    ],
)
def test_which_checks_say_what_the_body_must_hold(
    expectations: dict[str, Any], expected: bool
) -> None:
    assert expects_of_body(check(**expectations)) is expected
