"""Incidents as rows, in the view in which an owner looks for them."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC

import pytest

from sentinel_tui.domain.monitoring.alerts import Rule, Severity
from sentinel_tui.domain.monitoring.incidents import Incident
from sentinel_tui.domain.monitoring.silences import Silence, SilenceKind
from sentinel_tui.domain.records import AlertRecord
from sentinel_tui.tui.cells import Tone, plain
from sentinel_tui.tui.screens.case_actions import match_of
from sentinel_tui.tui.view_models.cases import (
    Case,
    View,
    badge,
    case_rows,
    counts_line,
    known_as,
    lone_case,
    news,
    silence_over,
    silence_rows,
)
from sentinel_tui.tui.view_models.words import Times

NOW_MS = 1_800_014_400_000
MINUTE_MS = 60_000
HOUR_MS = 60 * MINUTE_MS
TIMES = Times(UTC, "UTC", NOW_MS)
NAMES = {"public": "Public site", "gateway": "Gateway"}


def alert(number=1, *, service="public", rule=Rule.DOWN, ended=None, severity=Severity.CRITICAL):
    opened_ms = NOW_MS - 60 * MINUTE_MS + number * MINUTE_MS
    return AlertRecord(
        number, f"{rule}/{number}", rule, severity, service, "http", opened_ms, ended, None, "500"
    )


def case(number=1, *, severity=Severity.CRITICAL, ended=None, services=("public",), **more):
    incident = Incident(
        number,
        f"availability/{number}",
        "Public site is DOWN: refused",
        severity,
        services,
        NOW_MS - 60 * MINUTE_MS + number * MINUTE_MS,
        ended,
    )
    return Case(incident, **more)


def silence(match, **more):
    given = {"end_ms": NOW_MS + HOUR_MS, "until_healthy": False, "reason": "", "by": "tui"}
    return Silence(7, SilenceKind.SILENCE, match, NOW_MS - HOUR_MS, **{**given, **more})


def keys(cases, view, **more):
    return [row.key for row in case_rows(cases, view, NAMES, TIMES, **more)]


@pytest.mark.parametrize(
    ("told", "view"),
    [
        (case(), View.OPEN),
        (case(acknowledged=True), View.ACKNOWLEDGED),
        (case(acknowledged=True, silence=silence("public")), View.SILENCED),
        (case(ended=NOW_MS, acknowledged=True), View.PAST),
    ],
    ids=lambda one: getattr(one, "value", ""),
)
def test_an_incident_is_in_exactly_one_view(told, view):
    assert [one for one in View if keys([told], one)] == [view]


def test_the_severe_stand_above_the_new_and_past_ones_by_their_start():
    warning, critical = case(3, severity=Severity.WARNING), case(2)
    assert keys([warning, critical], View.OPEN) == ["incident 2", "incident 3"]
    past = [case(one, ended=NOW_MS) for one in (5, 9, 7)]
    assert keys(past, View.PAST) == ["incident 9", "incident 7", "incident 5"]


def test_a_row_tells_the_incident_whole():
    told = case(
        4,
        services=("gateway", "public"),
        alerts=(alert(2), alert(1, service="gateway")),
        covered=("public", "api"),
    )
    row = case_rows([told], View.OPEN, NAMES, TIMES)[0]
    assert {column: plain(cell) for column, cell in row.cells.items()} == {
        "severity": "✖ CRITICAL",
        "service": "Gateway +2",
        "since": "11:04",
        "lasted": "56m",
        "seen": "new",
        "cause": "refused",
        "alerts": "2",
        "id": "4",
    }


def test_an_incident_of_sentinel_itself_says_so():
    row = case_rows([case(services=())], View.OPEN, NAMES, TIMES)[0]
    assert plain(row.cells["service"]) == "Sentinel"


def test_a_past_alert_from_before_there_were_incidents_is_still_listed():
    old = lone_case(alert(12, ended=NOW_MS))
    row = case_rows([old], View.PAST, NAMES, TIMES)[0]
    assert row.key == "alert 12"
    assert plain(row.cells["cause"]) == "500"


@pytest.mark.parametrize("words", ["public", "critical", "down", "open", "500", "!warning"])
def test_incidents_are_filtered_by_what_is_said_of_them(words):
    told = case(alerts=(alert(),))
    assert keys([told], View.OPEN, words=words)
    assert not keys([told], View.OPEN, words="elsewhere")


def test_the_line_names_all_views_with_their_numbers_and_marks_the_one_shown():
    told = counts_line({View.OPEN: 2, View.PAST: 200}, View.OPEN, more=True, words="x")
    text = plain(told)
    assert all(word in text for word in ("open 2", "acknowledged 0", "silenced 0", "past 200+"))
    assert "“x”" in text
    assert [span.text.strip() for span in told if span.tone is Tone.CHOSEN] == ["✖ open 2"]


def test_the_badge_counts_what_nobody_has_in_hand():
    told = [case(1), case(2, acknowledged=True), case(3, silence=silence("x"))]
    assert plain(badge([*told, case(4, severity=Severity.WARNING)])) == "✖1 ▲1"
    assert plain(badge([])) == ""


def test_news_is_what_opened_came_back_or_rose_since():
    before = case(1, severity=Severity.WARNING)
    assert news([known_as(before)], [before], NAMES) == ""
    assert news([], [before], NAMES) == "Public site is DOWN: refused"
    for change in ({"reopened": 1}, {"severity": Severity.CRITICAL}):
        after = replace(before, incident=replace(before.incident, **change))
        assert news([known_as(before)], [after], NAMES)
    assert news([], [before, case(2, services=())], NAMES) == (
        "2 incidents opened: Public site, Sentinel"
    )


def test_what_is_silenced_is_no_news():
    assert news([], [case(silence=silence("public"))], NAMES) == ""


@pytest.mark.parametrize(
    ("match", "covered"),
    [("public", True), ("tag:shop", True), ("rule:down", True), ("gateway", False), ("", True)],
)
def test_an_incident_is_silenced_by_what_covers_its_alerts(match, covered):
    found = silence_over([alert()], [silence(match)], {"public": ("shop",)})
    assert (found is not None) is covered


def test_an_alert_left_uncovered_keeps_the_incident_loud():
    alerts = [alert(1), alert(2, service="gateway")]
    assert silence_over(alerts, [silence("public")], {}) is None
    assert silence_over(alerts, [silence("public"), silence("gateway")], {}) is not None


@pytest.mark.parametrize(
    ("more", "told"),
    [
        ({}, "until 13:00 · new theme · by tui"),
        ({"until_healthy": True}, "until healthy, at most until 13:00 · new theme · by tui"),
        ({"until_healthy": True, "end_ms": None}, "until healthy · new theme · by tui"),
        ({"end_ms": None}, "until ended · new theme · by tui"),
    ],
)
def test_a_silence_says_when_it_ends_and_why_it_is(more, told):
    row = silence_rows([silence("public", reason="new theme", **more)], TIMES)[0]
    assert row.key == "silence 7"
    assert plain(row.cells["cause"]) == told


def test_a_silence_covers_every_service_of_what_is_chosen_or_the_rules_of_ourselves():
    assert match_of([case(services=("a", "b")), case(services=("b", "c"))]) == "service:a,b,c"
    own = case(services=(), alerts=(alert(service="", rule=Rule.OFFLINE),))
    assert match_of([own]) == "rule:offline"
    assert match_of([]) == ""
