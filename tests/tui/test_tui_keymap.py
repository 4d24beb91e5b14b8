"""One table of keys: unique, documented, and the owner's to change."""

from __future__ import annotations

from collections import Counter

import pytest
from textual.keys import _character_to_key

from sentinel_tui.tui.keymap import (
    KEYS,
    SCOPES,
    accepted,
    bindings,
    help_keys,
    readable,
    refused,
    shown_keys,
)

TOGETHER = (
    ("app", "table", "services", "filter", "status", "chart"),
    ("app", "table", "alerts", "incident", "filter"),
    ("app", "page", "screen", "services"),
    ("app", "page", "screen", "incident"),
    ("app", "silencing"),
)
"""Scopes that are valid at the same time."""


def names(keys: str) -> list[str]:
    return [_character_to_key(name) if len(name) == 1 else name for name in keys.split(",")]


def test_ids_are_unique():
    assert [one for one, count in Counter(key.id for key in KEYS).items() if count > 1] == []


@pytest.mark.parametrize("scopes", TOGETHER, ids=lambda scopes: scopes[-1])
def test_no_key_means_two_things_at_once(scopes):
    used = Counter(
        name for key in KEYS if key.scope in scopes for name in names(key.keys) if name != "escape"
    )
    assert [name for name, count in used.items() if count > 1] == []


def test_every_key_is_told_and_has_a_place_on_the_help_page():
    assert all(key.does for key in KEYS)
    assert {key.scope for key in KEYS} == set(SCOPES)


def test_bindings_carry_the_ids_that_owners_write():
    made = [binding.id for scope in SCOPES for binding in bindings(scope)]
    assert sorted(made) == sorted(key.id for key in KEYS)


def test_no_key_of_ours_is_another_one_on_a_plain_terminal():
    assert refused({key.id: key.keys for key in KEYS}) == []


@pytest.mark.parametrize("keys", ["ctrl+m", "ctrl+i", "x,ctrl+h", "", "x,,y"])
def test_keys_that_a_terminal_cannot_send_are_refused(keys):
    assert accepted({"probe.now": keys}) == {}
    assert len(refused({"probe.now": keys})) == 1


def test_an_id_that_does_not_exist_is_refused():
    assert accepted({"no.such": "x"}) == {}
    assert "no.such" in refused({"no.such": "x"})[0]


def test_help_tells_the_owners_keys_instead_of_ours():
    shown = {key.id: name for key, name in shown_keys({"probe.now": "x,f5"})}
    assert shown["probe.now"] == "x f5"
    assert shown["filter.open"] == "/"
    assert {key.id: key.keys for key in help_keys({"probe.now": "x"})}["probe.now"] == "x"


def test_keys_are_called_what_people_call_them():
    assert readable("plus,equals_sign") == "+ ="
    assert readable("ctrl+p") == "ctrl+p"
