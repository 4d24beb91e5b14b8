"""The options as a JSON Schema, and what it says about the table or value at one place.

Editors complete and check the file with it; the loader takes its "expected …" from it, and the
README its tables. So all three say the same.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from sentinel_tui.config.model import Config
from sentinel_tui.text import format_duration

Schema = dict[str, Any]

_DIALECT = "https://json-schema.org/draft/2020-12/schema"


@lru_cache(maxsize=1)
def json_schema() -> Schema:
    """The JSON Schema of the configuration file, with the names that the file uses."""
    schema = Config.model_json_schema(by_alias=True, mode="validation")
    for definition in schema["$defs"].values():
        properties = definition["properties"]
        for field in properties.values():
            _tidy(field)
        # It has a default in the model only so that Python code need not repeat it.
        if "kind" in properties:
            del properties["kind"]["default"]
            definition["required"] = ["kind", *definition.get("required", [])]
    return {"$schema": _DIALECT, "$comment": "made by `sentinel config schema`", **schema}


def _tidy(field: Schema) -> None:
    """Take out what pydantic leaves behind: titles that repeat the key, limits no dialect knows."""
    for left_behind in ("title", "gt", "ge", "lt", "le"):
        field.pop(left_behind, None)
    for choice in field.get("anyOf", []):
        _tidy(choice)


def schema_at(path: Sequence[str | int], data: object) -> Schema:
    """What the file may hold at `path`, given what it does hold; empty for nowhere."""
    schema = json_schema()
    for part in path:
        schema = _resolve(schema, data)
        if isinstance(part, int):
            schema = schema.get("items", {})
            data = data[part] if isinstance(data, list) and part < len(data) else None
        else:
            named = schema.get("properties", {}).get(part)
            schema = named or schema.get("additionalProperties") or {}
            data = data.get(part) if isinstance(data, dict) else None
    return _resolve(schema, data)


def options_of(schema: Schema) -> list[str]:
    """The options that a table may hold."""
    return list(schema.get("properties", {}))


def in_words(schema: Schema) -> str:
    """What a value has to be, in words: "a whole number from 1 to 60"."""
    schema = _resolve(schema, None)
    if "enum" in schema:
        return f"one of {', '.join(json.dumps(choice) for choice in schema['enum'])}"
    if "const" in schema:
        return json.dumps(schema["const"])
    if schema.get("type") == "array":
        return _list_in_words(schema)
    if "properties" in schema or "oneOf" in schema:
        return "a table"
    if schema.get("type") == "object":
        return f"a table of names and {_PLURALS[_kind(schema['additionalProperties'])]}"
    return f"{_SINGULARS[_kind(schema)]}{_bounds(schema)}"


_SINGULARS = {
    "time-span": "a duration",
    "secret": "a secret reference",
    "path": "a path",
    "uri": "a URL",
    "rdap-url": "a URL with `{domain}` in it",
    "host": "a host name or an address",
    "match": "a matcher",
    "email": "a mail address",
    "channel-name": "a name of lower-case letters, digits, - and _",
    "time-of-day": "a time of day",
    "listen": "ADDRESS:PORT or unix:/path",
    "origin": "the origin of a web page",
    "witness": "gateway, HOST:PORT or a URL",
    "resolver": "an address, with or without a port",
    "python-pattern": "a regular expression",
    "service-id": "an id of lower-case letters, digits, - and _",
    "cron": "a cron expression",
    "time-zone": "a time zone",
    "string": "text",
    "integer": "a whole number",
    "number": "a number",
    "boolean": "true or false",
    "string|integer": "a status or a range of them",
    "": "text, a number, true or false",
}
_PLURALS = {
    "time-span": "durations",
    "secret": "secret references",
    "service-id": "ids of services",
    "email": "mail addresses",
    "channel-name": "names of channels",
    "witness": "witnesses: gateway, HOST:PORT or a URL",
    "origin": "origins of web pages",
    "python-pattern": "regular expressions",
    "string": "text",
    "string|integer": "statuses and ranges of them",
}


def _list_in_words(schema: Schema) -> str:
    items = _resolve(schema.get("items", {}), None)
    if "properties" in items or "oneOf" in items:
        return "a list of tables"
    if "enum" in items:
        return f"a list of {', '.join(json.dumps(choice) for choice in items['enum'])}"
    return f"a list of {_PLURALS[_kind(items)]}"


def _kind(schema: Schema) -> str:
    if "format" in schema:
        return str(schema["format"])
    kinds = schema.get("type", "")
    return kinds if isinstance(kinds, str) else "|".join(kinds)


def _bounds(schema: Schema) -> str:
    low, high = schema.get("minimum"), schema.get("maximum")
    above, below = schema.get("exclusiveMinimum"), schema.get("exclusiveMaximum")
    longest = schema.get("maxLength")
    show = format_duration if schema.get("format") == "time-span" else str
    if longest is not None:
        return f" of at most {longest} characters"
    if above is not None and below is not None:
        return f" between {show(above)} and {show(below)}"
    if above is not None:
        return f" above {show(above)}" + (f", at most {show(high)}" if high is not None else "")
    if low is not None and high is not None:
        return f" from {show(low)} to {show(high)}"
    if low is not None:
        return f" of at least {show(low)}"
    return ""


def _resolve(schema: Schema, data: object) -> Schema:
    """The schema itself, behind references, "or nothing", and the choice that `kind` makes."""
    if "anyOf" in schema:
        choices = [choice for choice in schema["anyOf"] if choice.get("type") != "null"]
        if len(choices) == 1:
            rest = {key: value for key, value in schema.items() if key != "anyOf"}
            return _resolve({**choices[0], **rest}, data)
    if "oneOf" in schema and isinstance(data, dict):
        chosen = schema["discriminator"]["mapping"].get(str(data.get("kind")))
        return _resolve({"$ref": chosen}, data) if chosen else schema
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        rest = {key: value for key, value in schema.items() if key != "$ref"}
        return {**json_schema()["$defs"][name], **rest}
    return schema
