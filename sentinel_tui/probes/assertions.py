"""What an HTTP answer must be like. Pure: an answer in, the first thing wrong with it out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from sentinel_tui.config.checks import HttpCheck
from sentinel_tui.probes.body import decode
from sentinel_tui.probes.faults import said
from sentinel_tui.probes.json_path import json_problem, read_json
from sentinel_tui.probes.patterns import is_found


@dataclass(frozen=True)
class Answer:
    """An HTTP answer, read to its end.

    Attributes:
        status: Its status.
        headers: Its headers by lower-case name; those that came twice are joined by commas.
        body: Its body without content encoding.
    """

    status: int
    headers: Mapping[str, str]
    body: bytes = b""

    @cached_property
    def text(self) -> str:
        """The body as text."""
        return decode(self.body, self.headers.get("content-type", ""))


def status_problem(check: HttpCheck, status: int) -> str:
    """What is wrong with a status, or empty."""
    if any(_in_range(status, one) for one in check.status):
        return ""
    return f"status {status}, expected {', '.join(check.status)}"


def answer_problem(check: HttpCheck, answer: Answer) -> str:
    """What is wrong with the headers or the body, or empty.

    Raises:
        OwnFault: A regular expression takes too long to say.
    """
    return (
        _header_problem(check, answer)
        or _text_problem(check, answer)
        or _pattern_problem(check, answer)
        or _json_problem(check, answer)
    )


def expects_of_body(check: HttpCheck) -> bool:
    """Whether the check says what the body must hold, so that no other page can pass for it."""
    return bool(check.contains or check.matches or check.json_path)


def _in_range(status: int, one: str) -> bool:
    low, _, high = one.partition("-")
    return int(low) <= status <= int(high or low)


def _header_problem(check: HttpCheck, answer: Answer) -> str:
    for name, pattern in check.expect_headers.items():
        value = answer.headers.get(name.casefold())
        if value is None:
            return f"header {name} is missing"
        if not is_found(pattern, value):
            return f"header {name} is {said(value)!r}, expected {pattern}"
    return ""


def _text_problem(check: HttpCheck, answer: Answer) -> str:
    if check.contains and check.contains not in answer.text:
        return f"the body does not contain {said(check.contains)!r}"
    if check.lacks and check.lacks in answer.text:
        return f"the body contains {said(check.lacks)!r}, which it must not"
    return ""


def _pattern_problem(check: HttpCheck, answer: Answer) -> str:
    if check.matches and not is_found(check.matches, answer.text):
        return f"the body does not match {said(check.matches)}"
    if check.matches_not and is_found(check.matches_not, answer.text):
        return f"the body matches {said(check.matches_not)}, which it must not"
    return ""


def _json_problem(check: HttpCheck, answer: Answer) -> str:
    if not check.json_path:
        return ""
    try:
        value = read_json(answer.body)
    except ValueError as error:
        return f"the body is {said(error, 200)}"
    problems = (json_problem(expected, value) for expected in check.json_path)
    return next((problem for problem in problems if problem), "")
