"""What pydantic found wrong, in the words of somebody who edits the file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sentinel_tui.config.base import Mistake
from sentinel_tui.config.positions import Path
from sentinel_tui.config.problems import Wording, suggestion
from sentinel_tui.config.schema import in_words, options_of, schema_at
from sentinel_tui.text import format_duration


def path_of(location: Sequence[str | int], data: object) -> Path:
    """Where in the file an error lies, from where pydantic says it does."""
    path: list[str | int] = []
    kind_follows = False
    for part in location:
        if part == "[key]":
            break
        if kind_follows:
            kind_follows = False
            continue
        path.append(part)
        kind_follows = isinstance(part, int) and path[-2:-1] in (["checks"], ["channels"])
    return _with_file_name(tuple(path), data)


def describe(error: Mapping[str, Any], path: Path, data: object) -> Wording:
    """One error of pydantic's list, in words.

    Args:
        error: As `ValidationError.errors()` gives it; its input is not looked at.
        path: Where in the file it lies.
        data: The whole file, to know what may stand there.
    """
    schema, context = schema_at(path, data), error.get("ctx", {})
    match error["type"]:
        case "value_error":
            return _own_words(context["error"])
        case "missing":
            return Wording("is missing", in_words(schema))
        case "extra_forbidden":
            return _unknown_option(path, data)
        case "union_tag_not_found":
            return Wording("needs a kind", _kinds(schema))
        case "union_tag_invalid":
            return Wording("is of an unknown kind", _kinds(schema))
        case "literal_error":
            return Wording("is no choice", in_words(schema))
        case "string_pattern_mismatch":
            return Wording("is no such id", "an id like srv-cabc123")
        case kind if kind in _LIMIT_ERRORS:
            return Wording(_LIMIT_ERRORS[kind], _limit(schema, context))
        case _:
            return Wording(_what_is_there(path, data), in_words(schema))


_LIMIT_ERRORS = {
    "greater_than": "is too small",
    "greater_than_equal": "is too small",
    "less_than": "is too large",
    "less_than_equal": "is too large",
    "string_too_long": "is too long",
    "too_long": "is too long",
    "too_short": "is too short",
}
_SIGNS = {"ge": "of at least", "gt": "above", "le": "of at most", "lt": "below"}
_TOML_TYPES = {
    str: "text",
    bool: "true or false",
    int: "a whole number",
    float: "a number",
    list: "a list",
    dict: "a table",
}


def _with_file_name(path: Path, data: object) -> Path:
    """A default that cannot stay is reported under its name in Python: `wake_every_s`."""
    table, last = path[:-1], path[-1] if path else ""
    if not isinstance(last, str) or not last.endswith("_s") or last in _value_at(table, data):
        return path
    written = last.removesuffix("_s")
    return (*table, written) if written in options_of(schema_at(table, data)) else path


def _own_words(error: Exception) -> Wording:
    if isinstance(error, Mistake):
        return Wording(str(error), error.expected, error.mend)
    return Wording(f"cannot be used: {error}")


def _unknown_option(path: Path, data: object) -> Wording:
    options = options_of(schema_at(path[:-1], data))
    near = suggestion(str(path[-1]), options)
    return Wording("is no option", f"one of {', '.join(options)}", near)


def _kinds(schema: Mapping[str, Any]) -> str:
    return f"kind = one of {', '.join(schema['discriminator']['mapping'])}"


def _limit(schema: Mapping[str, Any], context: Mapping[str, Any]) -> str:
    """What the schema says; of lists and durations only the limit that was passed is known."""
    if schema.get("type") == "array":
        longest, shortest = context.get("max_length"), context.get("min_length")
        return f"at most {longest} elements" if longest else f"at least {shortest} element"
    if schema.get("format") != "time-span":
        return in_words(dict(schema))
    sign = next(sign for sign in _SIGNS if sign in context)
    return f"a duration {_SIGNS[sign]} {format_duration(context[sign])}"


def _what_is_there(path: Path, data: object) -> str:
    """The wrong type, named; the value itself might be a secret in the wrong place."""
    return f"is {_TOML_TYPES.get(type(_value_at(path, data)), 'a date or time')}"


def _value_at(path: Path, data: Any) -> Any:
    for part in path:
        data = data[part]
    return data
