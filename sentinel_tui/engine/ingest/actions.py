"""What the owner did, as their services tell it: from the wire to what is kept."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping

from sentinel_tui.domain.behaviour.actions import OwnerAction
from sentinel_tui.engine.ingest.fields import Unfit, identifier, instant_ms, members, number
from sentinel_tui.text import clean_text

_FIELDS = frozenset({"id", "action", "service", "t", "context", "duration_ms"})
_MOST_CONTEXT = 20
_LONGEST_NAME = 40
_LONGEST_VALUE = 200
_ID_CHARACTERS = 32

Context = dict[str, str | float | bool | None]


def owner_action(raw: object, now_ms: int) -> OwnerAction:
    """The action that was told of.

    Args:
        raw: What was told, as it was read from JSON.
        now_ms: The present.

    Raises:
        Unfit: It cannot be taken.
    """
    told = members(raw, _FIELDS)
    action = identifier(told, "action")
    service = identifier(told, "service", needed=False)
    at_ms = instant_ms(told, "t", now_ms)
    context = _context(told)
    duration_ms = number(told, "duration_ms")
    one = identifier(told, "id", needed=False)
    if not one:
        said = json.dumps([action, service, at_ms, context, duration_ms], sort_keys=True)
        one = hashlib.sha256(said.encode()).hexdigest()[:_ID_CHARACTERS]
    return OwnerAction(one, action, service, at_ms, context, duration_ms)


def _context(told: Mapping[str, object]) -> Context:
    raw = told.get("context")
    if raw is None:
        return {}
    if not isinstance(raw, dict) or len(raw) > _MOST_CONTEXT:
        raise Unfit("context", f"context is an object of up to {_MOST_CONTEXT} plain values")
    return {clean_text(name, _LONGEST_NAME): _plain(value) for name, value in raw.items()}


def _plain(value: object) -> str | float | bool | None:
    match value:
        case str():
            return clean_text(value, _LONGEST_VALUE)
        case bool() | None:
            return value
        case int() | float() if abs(value) < 2**53:
            return value
    raise Unfit("context", "context holds texts, numbers, true, false and null, nothing in them")
