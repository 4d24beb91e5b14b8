"""Values inside a JSON answer: `status`, `data.items[0].id`."""

from __future__ import annotations

import json
import math
import operator
import re
from collections.abc import Callable
from typing import Any, NoReturn

from sentinel_tui.config.checks import JsonExpectation
from sentinel_tui.probes.faults import said

MOST_JSON_BYTES = 1_048_576

_STEP = re.compile(r"\.?([^.\[\]]+)|\[(\d+)\]")
_ORDERS: dict[str, Callable[[Any, Any], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


def read_json(body: bytes) -> Any:
    """The value of a JSON text; only what every reader would understand in the same way.

    Raises:
        ValueError: It is too large, nested too deep, no JSON, holds a number that is not finite,
            or names a key twice.
    """
    if len(body) > MOST_JSON_BYTES:
        raise ValueError("too large to be read as JSON")
    try:
        return json.loads(
            body,
            parse_constant=_refuse_constant,
            parse_float=_finite,
            object_pairs_hook=_object_without_doubles,
        )
    except json.JSONDecodeError as error:
        raise ValueError(f"no JSON: {error.msg} at character {error.pos}") from None
    except RecursionError:
        raise ValueError("nested too deep to be read as JSON") from None


def value_at(value: Any, path: str) -> Any:
    """The value at `path`.

    Raises:
        LookupError: There is none, or `path` is none.
    """
    for step in _steps(path):
        match step, value:
            case str(), dict():
                value = value[step]
            case int(), list():
                value = value[step]
            case _:
                raise LookupError(step)
    return value


def json_problem(expected: JsonExpectation, value: Any) -> str:
    """What is wrong with a JSON answer, or empty.

    Args:
        expected: What must be where.
        value: The whole answer.
    """
    try:
        found = value_at(value, expected.path)
    except LookupError:
        return f"json {expected.path} is missing"
    if expected.is_ is None or _holds(found, expected.comparison, expected.is_):
        return ""
    wanted = f"{expected.comparison} {_shown(expected.is_)}".removeprefix("== ")
    return f"json {expected.path} is {_shown(found)}, expected {wanted}"


def _steps(path: str) -> list[str | int]:
    steps: list[str | int] = []
    position = 0
    while position < len(path):
        step = _STEP.match(path, position)
        if step is None:
            raise LookupError(path)
        steps.append(step[1] if step[1] is not None else int(step[2]))
        position = step.end()
    return steps


def _holds(found: Any, comparison: str, wanted: str | float | bool) -> bool:
    comparable = _kind(found) == _kind(wanted)
    if comparison == "==":
        return comparable and found == wanted
    if comparison == "!=":
        return not comparable or found != wanted
    if not comparable or isinstance(found, bool):
        return False
    return _ORDERS[comparison](found, wanted)


def _kind(value: Any) -> type:
    """What a value can be compared with: JSON knows one kind of number, and true is not 1."""
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return float
    return type(value)


def _shown(value: Any) -> str:
    return said(json.dumps(value, ensure_ascii=False), 80)


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"no JSON: {name} is no number")


def _object_without_doubles(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("not clear as JSON: an object names a key twice")
    return found


def _finite(digits: str) -> float:
    value = float(digits)
    if not math.isfinite(value):
        raise ValueError("no JSON: a number is too large")
    return value
