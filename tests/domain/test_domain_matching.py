"""The language in which silences and channels say what they are about."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sentinel_tui.domain.monitoring.matching import check_match, matches


def about(match: str, *, rule: str = "", severity: str = "") -> bool:
    return matches(match, service="api", tags=("shop", "eu"), rule=rule, severity=severity)


@pytest.mark.parametrize(
    "match",
    [
        "",
        "  ",
        "api",
        "service:api",
        "SERVICE:API",
        "a*",
        "*",
        "web,api",
        "tag:shop",
        "tag:blog,eu",
        "tag:sh*",
        "!web",
        "!tag:blog",
        "api tag:shop",
        "tag:shop tag:eu !service:web,blog",
        "rule:down",
        "rule:d*",
        "severity:critical",
        "api rule:down severity:CRITICAL",
        "!severity:warning",
    ],
)
def test_what_covers_a_critical_outage_of_the_api_in_the_shop(match: str) -> None:
    check_match(match)
    assert about(match, rule="down", severity="CRITICAL")


@pytest.mark.parametrize(
    "match",
    [
        "web",
        "ap",
        "pi",
        "a*x",
        "a.i",
        "!api",
        "!a*",
        "!*",
        "tag:blog",
        "api tag:blog",
        "!tag:shop",
        "rule:certificate",
        "severity:warning",
        "!rule:down",
    ],
)
def test_what_does_not(match: str) -> None:
    check_match(match)
    assert not about(match, rule="down", severity="CRITICAL")


def test_where_no_alert_is_meant_no_named_rule_holds() -> None:
    assert not about("rule:down")
    assert not about("rule:*")
    assert about("!rule:down")


def test_sentinel_itself_is_no_service() -> None:
    for match, covered in (("", True), ("*", False), ("!api", True), ("rule:storage", True)):
        assert matches(match, service="", tags=(), rule="storage") is covered


@pytest.mark.parametrize(
    ("match", "complaint"),
    [
        ("colour:red", "begins with 'colour'.*tag:"),
        ("tag:", "names nothing"),
        ("api,", "names nothing"),
        ("!", "names nothing"),
        ("tag:,", "names nothing"),
        ("rule:dwon", "no rule 'dwon'.*down"),
        ("severity:high", "no severity 'high'.*critical"),
        ("http://api", "write service:"),
    ],
)
def test_what_is_not_in_the_language_is_refused_with_a_sentence(match: str, complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint):
        check_match(match)


@given(st.text(max_size=30), st.text(max_size=10))
def test_whatever_is_written_is_refused_or_understood(match: str, service: str) -> None:
    try:
        check_match(match)
    except ValueError:
        return
    assert matches(match, service=service, tags=()) in (True, False)


@given(st.sampled_from(["api", "tag:shop", "rule:down", "a*,web"]))
def test_a_mark_turns_a_word_round(word: str) -> None:
    assert about(word, rule="down") is not about(f"!{word}", rule="down")
