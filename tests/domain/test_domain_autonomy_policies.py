"""The owner's rules: which one counts for a verb at a service, and what holds without one."""

from __future__ import annotations

import pytest

from sentinel_tui.domain.autonomy.permissions import Permission, Policies
from sentinel_tui.domain.autonomy.policy import Level, Limits, Verb

OWN = Policies(
    permissions=(
        Permission(Level.CONFIRM),
        Permission(Level.AUTO, Verb.RESTART, match="tag:shop", per_hour=9),
        Permission(Level.OBSERVE, Verb.RESTART, services=("public",)),
    ),
    accepted=True,
    euros_per_month=20.0,
)


@pytest.mark.parametrize(
    ("service", "tags", "verb", "level"),
    [
        ("curator", [], Verb.RESTART, Level.CONFIRM),
        ("curator", ["shop"], Verb.RESTART, Level.AUTO),
        ("curator", ["shop"], Verb.SCALE, Level.CONFIRM),
        ("public", ["shop"], Verb.RESTART, Level.OBSERVE),
    ],
)
def test_the_last_rule_that_covers_a_wish_counts(
    service: str, tags: list[str], verb: Verb, level: Level
) -> None:
    assert OWN.limits(service, tags, verb).level is level


def test_a_rule_changes_what_it_names_and_leaves_the_rest_as_is_usual_for_the_verb() -> None:
    usual = Policies(accepted=True, euros_per_month=20.0).limits("curator", ["shop"], Verb.RESTART)
    ruled = OWN.limits("curator", ["shop"], Verb.RESTART)
    assert ruled.per_hour == 9
    assert (ruled.per_day, ruled.cooldown_s) == (usual.per_day, usual.cooldown_s)
    assert (ruled.accepted, ruled.euros_per_month) == (True, 20.0)


def test_without_any_rule_only_waking_is_automatic() -> None:
    none = Policies()
    automatic = [verb for verb in Verb if none.limits("x", [], verb).level > Level.SUGGEST]
    assert automatic == [Verb.WAKE]
    assert not none.limits("x", [], Verb.ROLLBACK).accepted
    assert none.limits("x", [], Verb.SUSPEND).level is Limits().level
