"""One incident as lines, its chart as numbers, and what must be known to take a state rightly."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC

import pytest

from sentinel_tui.domain.monitoring.alerts import Rule, Severity
from sentinel_tui.domain.monitoring.incidents import Incident, Note
from sentinel_tui.domain.monitoring.silences import Silence, SilenceKind
from sentinel_tui.domain.monitoring.slo import Budget, Objective
from sentinel_tui.domain.monitoring.states import State
from sentinel_tui.domain.monitoring.uptime import Uptime
from sentinel_tui.domain.notifying.notices import Message, Notice, NoticeKind, NoticeStatus
from sentinel_tui.domain.records import AlertRecord, EntryKind, ServiceRecord, TimelineEntry
from sentinel_tui.tui.cells import Tone, line_width, plain
from sentinel_tui.tui.view_models.cases import Case
from sentinel_tui.tui.view_models.incident import (
    IncidentStory,
    Loss,
    body_lines,
    glimpse_lines,
    head_lines,
)
from sentinel_tui.tui.view_models.outage import span_of, span_slices, with_outage
from sentinel_tui.tui.view_models.plot import Mark, Plot
from sentinel_tui.tui.view_models.service import ServiceStory, story_lines
from sentinel_tui.tui.view_models.words import Times

NOW_MS = 1_800_014_400_000
MINUTE_MS = 60_000
HOUR_MS = 60 * MINUTE_MS
TIMES = Times(UTC, "UTC", NOW_MS)
OPENED_MS = NOW_MS - 12 * MINUTE_MS
INCIDENT = Incident(
    7,
    "availability/gateway",
    "Gateway is DOWN: refused",
    Severity.CRITICAL,
    ("gateway", "api"),
    OPENED_MS,
)
NAMES = {"gateway": "Gateway", "api": "API", "shop": "Shop"}


def alert(number):
    at_ms = OPENED_MS + number * MINUTE_MS
    return AlertRecord(
        number,
        f"down/{number}",
        Rule.DOWN,
        Severity.CRITICAL,
        "gateway",
        "http",
        at_ms,
        None,
        None,
        "refused",
    )


def notice(kind, status, *, channel="mail", due_ms=OPENED_MS, message="m"):
    sent_ms = OPENED_MS + MINUTE_MS if status is NoticeStatus.SENT else None
    key = f"7/{kind}/{channel}"
    return Notice(
        key, 7, channel, kind, Severity.CRITICAL, OPENED_MS, due_ms, status, sent_ms, message
    )


def story(**more):
    case = more.pop("case", Case(INCIDENT, (alert(1),)))
    return IncidentStory(case, NAMES, **more)


def said(lines):
    return "\n".join(plain(one) for one in lines)


def test_an_open_incident_says_what_why_since_when_and_whom_it_touches():
    told = said(head_lines(story(case=Case(INCIDENT, (alert(1),), covered=("shop",))), TIMES, 80))
    for part in (
        "Gateway is DOWN",
        "incident 7 · 1 alert",
        "Refused",
        "open for 12m",
        "covers Shop",
    ):
        assert part in told
    assert "nobody has it in hand" in told
    assert "touches Gateway, API" in told


def test_an_incident_that_is_over_says_from_when_to_when():
    over = replace(INCIDENT, resolved_ms=NOW_MS - 2 * MINUTE_MS, reopened=2)
    told = said(head_lines(story(case=Case(over)), TIMES, 80))
    assert "Gateway was down" in told
    assert "11:48:00 to 11:58:00 lasted 10m · came back 2 times" in told
    assert "nobody" not in told


@pytest.mark.parametrize(("counts", "expired"), [(True, False), (False, True)])
def test_who_has_it_in_hand_is_told_and_whether_that_still_counts(counts, expired):
    taken = replace(INCIDENT, acknowledged_ms=NOW_MS - MINUTE_MS, acknowledged_by="cli")
    told = said(head_lines(story(case=Case(taken, acknowledged=counts)), TIMES, 120))
    assert "acknowledged 11:59:00 by cli" in told
    assert ("expired" in told) is expired


def test_what_was_lost_is_told_of_each_service():
    losses = [Loss("gateway", 12 * MINUTE_MS, 24), Loss("shop", 0, 1)]
    told = said(body_lines(story(losses=losses), TIMES, 80))
    assert "Gateway  down 12m  × 24 failed looks" in told
    assert "Shop     not down  × 1 failed look" in told


@pytest.mark.parametrize("status", NoticeStatus)
@pytest.mark.parametrize("kind", NoticeKind)
def test_every_notice_is_told_with_a_word_for_its_kind_and_status(kind, status):
    told = said(body_lines(story(notices=[notice(kind, status)]), TIMES, 120))
    assert told.startswith("Told\n")
    assert "mail" in told
    assert len(told.split("mail")[1].strip()) > 3


def test_a_message_that_cannot_be_delivered_says_why_and_when_it_is_tried_again():
    message = Message(
        "m",
        "mail",
        Severity.CRITICAL,
        "",
        "",
        NoticeKind.ALARM,
        (7,),
        OPENED_MS,
        attempts=3,
        next_try_ms=NOW_MS + MINUTE_MS,
        error="connection refused",
    )
    waiting = notice(NoticeKind.ALARM, NoticeStatus.SENDING)
    told = said(body_lines(story(notices=[waiting], messages={"m": message}), TIMES, 120))
    assert "3 tries: connection refused, again 12:01:00" in told


def test_a_notice_that_waits_says_until_when():
    waiting = notice(NoticeKind.ESCALATION, NoticeStatus.QUEUED, due_ms=NOW_MS + HOUR_MS)
    assert "due 13:00:00" in said(body_lines(story(notices=[waiting]), TIMES, 120))


def test_the_glimpse_tells_the_last_word_of_each_channel_and_the_newest_first():
    notices = [
        notice(NoticeKind.ALARM, NoticeStatus.SENT),
        notice(NoticeKind.RECOVERY, NoticeStatus.DROPPED),
        notice(NoticeKind.ALARM, NoticeStatus.SENT, channel="chat"),
    ]
    entries = [
        TimelineEntry(OPENED_MS + at, EntryKind.NOTE, "gateway", text)
        for at, text in enumerate(("first", "second"))
    ]
    told = said(glimpse_lines(story(notices=notices, timeline=entries), TIMES, 120))
    assert "mail ✓ sent the alarm 11:49 · chat ✓ sent the alarm 11:49" in told
    assert told.index("second") < told.index("first")


def test_notes_stand_in_the_order_in_which_they_were_written():
    notes = [Note(OPENED_MS, "tui", "one"), Note(NOW_MS, "cli", "two")]
    told = said(body_lines(story(notes=notes), TIMES, 80))
    assert told.index("tui  one") < told.index("cli  two")


@pytest.mark.parametrize("width", [40, 60, 80, 200])
def test_every_line_keeps_to_its_room(width):
    full = story(
        case=Case(INCIDENT, (alert(2), alert(1)), covered=("shop",) * 9),
        losses=[Loss("gateway", 1, 1)],
        notices=[notice(NoticeKind.ALARM, NoticeStatus.DEAD)],
        notes=[Note(NOW_MS, "tui", "long " * 90)],
        timeline=[TimelineEntry(NOW_MS, EntryKind.DEPLOY, "api", "x" * 300)],
    )
    for lines in (head_lines, body_lines, glimpse_lines):
        assert all(line_width(one) <= width for one in lines(full, TIMES, width))


def test_the_chart_shows_the_incident_with_time_on_both_sides_but_no_future():
    over = replace(INCIDENT, opened_ms=NOW_MS - 9 * HOUR_MS, resolved_ms=NOW_MS - 5 * HOUR_MS)
    assert span_of(over, NOW_MS) == (NOW_MS - 10 * HOUR_MS, NOW_MS - 4 * HOUR_MS)
    assert span_of(INCIDENT, NOW_MS)[1] == NOW_MS


@pytest.mark.parametrize("lasted_ms", [0, MINUTE_MS, HOUR_MS, 30 * HOUR_MS, 900 * HOUR_MS])
@pytest.mark.parametrize("dots", [30, 140, 400])
def test_the_slices_hold_the_whole_incident(lasted_ms, dots):
    opened = replace(INCIDENT, opened_ms=NOW_MS - lasted_ms)
    range_, cut_up = span_slices(opened, NOW_MS, 30.0, dots)
    assert cut_up.start_ms <= opened.opened_ms <= NOW_MS <= cut_up.end_ms
    assert range_.seconds / range_.tick_s <= 6 or lasted_ms > 800 * HOUR_MS


def test_the_outage_is_marked_from_its_start_to_its_end():
    over = replace(INCIDENT, resolved_ms=NOW_MS - 2 * MINUTE_MS)
    _range, cut_up = span_slices(over, NOW_MS, 30.0, 140)
    blip, within = Mark(0.01, "×", Tone.BAD), Mark(0.6, "×", Tone.BAD)
    drawn = with_outage(Plot((), (), 1.0, marks=(blip, within)), over, cut_up, NOW_MS)
    (held,) = drawn.stretches
    assert 0 < held.start < held.end < 1
    assert [mark.sign for mark in drawn.marks] == ["×", "✖", "●"]
    assert [mark.at for mark in drawn.marks[1:]] == [held.start, held.end]


def service_story(state=State.UP, **more):
    record = ServiceRecord("api", "API", "other", state, NOW_MS, "why", depends_on=("gateway",))
    given = {"suppressed_by": more.pop("suppressed_by", "")}
    return ServiceStory(replace(record, **given), Uptime(), Uptime(), {}, (), names=NAMES, **more)


def told_of(**more):
    return said(story_lines(service_story(**more), TIMES, 100))


def test_a_covered_service_names_the_one_to_mend():
    assert "covered by Gateway" in told_of(state=State.DOWN, suppressed_by="gateway")
    assert "covered" not in told_of(state=State.DOWN)


def test_flapping_and_planned_sleep_are_explained():
    assert "too often to be believed" in told_of(state=State.FLAPPING)
    assert "no outage" in told_of(state=State.ASLEEP)


def test_maintenance_and_silence_say_until_when_and_by_whom():
    kept = [
        Silence(number, kind, "api", NOW_MS, NOW_MS + HOUR_MS, False, "upgrade", "tui")
        for number, kind in enumerate(SilenceKind, start=1)
    ]
    told = told_of(silences=kept)
    assert "‖ silenced until 13:00 · no. 1 by tui · upgrade" in told
    assert "⚒ maintenance until 13:00 · no. 2 by tui · upgrade" in told


@pytest.mark.parametrize(
    ("ratio", "budget", "told"),
    [
        (0.999, Budget(2_592, 648, 0.75), "objective 99.9 % in 30 d · budget 32m 24s left (75%)"),
        (0.99, Budget(100, 160, -0.6), "objective 99 % in 30 d · budget 1m over (0%)"),
        (0.9999, Budget(0, 0, None), "objective 99.99 % in 30 d · budget 0s left of 0s"),
    ],
)
def test_the_objective_says_what_is_left_of_its_budget(ratio, budget, told):
    assert told in told_of(objective=Objective(ratio), budget=budget)
    assert "objective" not in told_of()
