"""What messages say: understood at one glance, true at the moment they go out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest
from domain_outbox import MINUTE, at, incident
from hypothesis import given
from hypothesis import strategies as st

from sentinel_tui.domain.monitoring.alerts import Severity
from sentinel_tui.domain.monitoring.incidents import Incident
from sentinel_tui.domain.notifying.composing import Told, batch, compose
from sentinel_tui.domain.notifying.notices import Message, Notice, NoticeKind
from sentinel_tui.text import cell_width, clean_block, clean_text

WARNING, CRITICAL = Severity.WARNING, Severity.CRITICAL
ALARM, RISEN, REMINDER = NoticeKind.ALARM, NoticeKind.RISEN, NoticeKind.REMINDER
ESCALATION, RECOVERY = NoticeKind.ESCALATION, NoticeKind.RECOVERY
DOWN_MS = at("2026-11-18 14:02")
NOW_MS = at("2026-11-18 14:09")


def notice(kind: NoticeKind, number: int = 7, **fields: object) -> Notice:
    known = Notice(f"{number}/{kind}/0/ops", number, "ops", kind, CRITICAL, NOW_MS, NOW_MS)
    return replace(known, **fields)  # type: ignore[arg-type] # the test's own words


def going_on(**fields: object) -> Incident:
    return incident(**{"opened_ms": DOWN_MS, "title": "public is DOWN: timeout", **fields})  # type: ignore[arg-type] # as above


def over(minutes: float = 7, **fields: object) -> Incident:
    return going_on(resolved_ms=DOWN_MS + round(minutes * MINUTE), **fields)


def said(about: Incident, *kinds: NoticeKind, now_ms: int = NOW_MS, zone: str = "UTC") -> Message:
    return compose([(notice(kind, about.id), about) for kind in kinds], now_ms, zone)


class TestTitles:
    def test_an_alarm(self) -> None:
        message = said(going_on(), ALARM)
        assert message.title == "✖ CRITICAL public is DOWN since 14:02 (timeout)"

    def test_a_warning(self) -> None:
        slow = going_on(title="public is slow: p95 2.1 s", severity=WARNING)
        assert said(slow, ALARM).title == "▲ WARNING public is slow since 14:02 (p95 2.1 s)"

    def test_without_a_known_reason(self) -> None:
        told = said(going_on(title="gateway is DOWN"), ALARM).title
        assert told == "✖ CRITICAL gateway is DOWN since 14:02"

    def test_a_recovery(self) -> None:
        message = said(over(), RECOVERY)
        assert message.title == "● recovered: public was down 14:02 to 14:09 (7 min)"
        assert message.kind is RECOVERY

    def test_an_alarm_and_a_recovery_that_both_could_not_go_out(self) -> None:
        message = said(over(), ALARM, RECOVERY)
        assert message.title == "● public was down 14:02 to 14:09 (7 min), delivered late"
        assert message.kind is RECOVERY

    def test_a_recovery_that_had_to_wait_for_its_channel(self) -> None:
        message = said(over(), RECOVERY, now_ms=NOW_MS + 60 * MINUTE)
        assert message.title.endswith("(7 min), delivered late")

    @pytest.mark.parametrize(
        ("kind", "words"),
        [
            (RISEN, "✖ now CRITICAL: public is DOWN since 14:02 (timeout)"),
            (REMINDER, "✖ CRITICAL still open: public is DOWN since 14:02 (timeout)"),
            (ESCALATION, "✖ CRITICAL nobody took it on: public is DOWN since 14:02 (timeout)"),
        ],
    )
    def test_other_occasions(self, kind: NoticeKind, words: str) -> None:
        message = said(going_on(), kind)
        assert (message.title, message.kind) == (words, kind)

    def test_a_recovery_that_was_overtaken_by_a_relapse_is_no_good_news(self) -> None:
        message = said(going_on(reopened=1), RECOVERY, ALARM)
        assert message.title.startswith("✖ CRITICAL public is DOWN")
        assert message.kind is ALARM
        assert said(going_on(reopened=1), RECOVERY).kind is ALARM

    def test_an_alarm_of_what_is_over_says_so(self) -> None:
        assert said(over(), ALARM).title.startswith("● public was down")

    @pytest.mark.parametrize(
        ("minutes", "words"), [(0.5, "(30s)"), (59, "(59 min)"), (125, "(2h 05m)")]
    )
    def test_how_long_it_lasted(self, minutes: float, words: str) -> None:
        assert words in said(over(minutes), RECOVERY).title

    def test_times_are_told_in_the_zone(self) -> None:
        assert "14:02" not in said(going_on(), ALARM, zone="Europe/Paris").title
        assert "since 15:02" in said(going_on(), ALARM, zone="Europe/Paris").title

    def test_another_day_is_named(self) -> None:
        tomorrow_ms = NOW_MS + 24 * 60 * MINUTE
        assert "since 18 Nov 14:02" in said(going_on(), REMINDER, now_ms=tomorrow_ms).title
        ended = over(24 * 60 + 7)
        assert "18 Nov 14:02 to today 14:09 (1d" in said(ended, RECOVERY, now_ms=tomorrow_ms).title
        later_ms = tomorrow_ms + 24 * 60 * MINUTE
        assert "18 Nov 14:02 to 19 Nov 14:09" in said(ended, RECOVERY, now_ms=later_ms).title
        past = said(over(), RECOVERY, now_ms=tomorrow_ms).title
        assert "18 Nov 14:02 to 14:09 (7 min)" in past

    @pytest.mark.parametrize(
        ("present", "past"),
        [
            ("public is slow", "public was slow"),
            ("public is flapping", "public was flapping"),
            ("Sentinel cannot deliver", "Sentinel could not deliver"),
            ("something else happened", "something else happened"),
        ],
    )
    def test_everything_that_goes_on_can_be_told_as_past(self, present: str, past: str) -> None:
        assert said(over(title=f"{present}: why"), RECOVERY).title.startswith(
            f"● recovered: {past} 14:02"
        )


class TestBodies:
    def test_an_alarm_says_why_what_else_and_which_incident(self) -> None:
        about = going_on(services=("public", "blog"), reopened=2)
        told = compose([(notice(ALARM), about)], NOW_MS, "UTC", {"blog": "The blog"})
        assert told.body.splitlines() == [
            "public is DOWN since 14:02",
            "Why: timeout",
            "Services: public, The blog",
            "It came back 2 times.",
            "Incident 7",
        ]

    def test_a_recovery_tells_the_past(self) -> None:
        assert said(over(reopened=1), RECOVERY).body.splitlines() == [
            "public was down 14:02 to 14:09",
            "Why: timeout",
            "Services: public",
            "It came back once.",
            "Incident 7",
        ]

    def test_what_is_not_known_is_left_out(self) -> None:
        about = going_on(title="Sentinel is offline", services=())
        assert said(about, ALARM).body.splitlines() == [
            "Sentinel is offline since 14:02",
            "Incident 7",
        ]


class TestSeveral:
    ABOUT = (
        over(id=1, title="api is DOWN: refused", services=("api",)),
        going_on(id=2, title="blog is slow: p95 3 s", services=("blog",), severity=WARNING),
        going_on(id=3, title="gateway is DOWN: timeout", services=("gateway",)),
    )

    def told(self) -> list[Told]:
        kinds = (RECOVERY, ALARM, ALARM)
        return [(notice(kind, one.id), one) for kind, one in zip(kinds, self.ABOUT, strict=True)]

    def test_a_digest_has_one_line_for_each_incident_the_worst_first(self) -> None:
        message = compose(self.told(), NOW_MS, "UTC", {"gateway": "Gateway"})
        assert message.title == "✖ CRITICAL 2 open, 1 recovered: Gateway, blog, api"
        assert [line.split()[2] for line in message.body.splitlines()] == ["gateway", "blog", "api"]
        assert message.incidents == (3, 2, 1)
        assert (message.kind, message.severity) == (ALARM, CRITICAL)

    def test_only_good_news(self) -> None:
        ended = [over(id=number, services=(name,)) for number, name in ((1, "api"), (2, "web"))]
        message = compose([(notice(RECOVERY, one.id), one) for one in ended], NOW_MS, "UTC")
        assert message.title == "● 2 recovered: api, web"

    def test_only_open_ones(self) -> None:
        message = compose(self.told()[1:], NOW_MS, "UTC")
        assert message.title == "✖ CRITICAL 2 open: gateway, blog"


class TestKeys:
    def test_putting_the_same_notices_together_again_gives_the_same_key(self) -> None:
        told = [(notice(ALARM), over()), (notice(RECOVERY, created_ms=NOW_MS + 1), over())]
        assert compose(told, NOW_MS, "UTC").key == compose(told[::-1], NOW_MS + 9, "UTC").key

    def test_a_message_that_tells_more_has_another(self) -> None:
        alone = said(going_on(), ALARM)
        assert alone.key == "7/alarm/0/ops"
        assert said(over(), ALARM, RECOVERY).key != alone.key


class TestTests:
    TEST = replace(notice(NoticeKind.TEST, 0), key="0/test/3/ops", severity=WARNING)

    def test_a_test_says_that_nothing_is_wrong(self) -> None:
        message = compose([(self.TEST, None)], NOW_MS, "UTC")
        assert "test" in message.title
        assert "ops" in message.title
        assert "Nothing is wrong" in message.body
        assert (message.kind, message.incidents) == (NoticeKind.TEST, ())

    def test_it_goes_first_and_alone(self) -> None:
        alarm: Told = (notice(ALARM), going_on())
        assert batch([alarm, (self.TEST, None)]) == ((self.TEST, None),)


class TestBatches:
    def pairs(self, *about: Incident) -> list[Told]:
        return [(notice(RECOVERY if one.resolved_ms else ALARM, one.id), one) for one in about]

    def test_what_is_critical_goes_before_the_rest(self) -> None:
        due = self.pairs(going_on(id=1, severity=WARNING), going_on(id=2), over(id=3))
        assert [one.id for _, one in batch(due) if one] == [2, 3]

    def test_warnings_go_together(self) -> None:
        due = self.pairs(going_on(id=1, severity=WARNING), over(id=2, severity=WARNING))
        assert batch(due) == tuple(due)

    def test_a_channel_at_its_cap_is_told_everything_at_once(self) -> None:
        due = self.pairs(going_on(id=1, severity=WARNING), going_on(id=2), over(id=3))
        assert batch(due, digest=True) == tuple(due)

    def test_all_of_one_incident_goes_together(self) -> None:
        about = over()
        due = [(notice(ALARM, severity=WARNING), about), (notice(RECOVERY), about)]
        assert batch(due) == tuple(due)

    def test_an_alarm_of_what_is_over_waits_for_its_recovery(self) -> None:
        assert batch([(notice(ALARM), over())]) == ()

    def test_nothing_due_is_nothing_to_send(self) -> None:
        assert batch([]) == ()


words = st.text(max_size=60)


@given(
    title=words,
    names=st.lists(words, max_size=4),
    kinds=st.lists(st.sampled_from([ALARM, RISEN, REMINDER, ESCALATION, RECOVERY]), min_size=1),
    minutes=st.one_of(st.none(), st.integers(0, 100_000)),
)
def test_whatever_is_told_is_one_clean_title_and_clean_lines(
    title: str, names: Sequence[str], kinds: Sequence[NoticeKind], minutes: int | None
) -> None:
    about = going_on(title=title, services=tuple(str(index) for index in range(len(names))))
    if minutes is not None:
        about = replace(about, resolved_ms=DOWN_MS + minutes * MINUTE)
    told: list[Told] = [
        (notice(kind, key=f"7/{kind}/{index}/ops"), about) for index, kind in enumerate(kinds)
    ]
    named = {str(index): name for index, name in enumerate(names)}
    message = compose(told, NOW_MS, "America/New_York", named)
    assert message.title == clean_text(message.title)
    assert cell_width(message.title) <= 120
    assert message.body == clean_block(message.body, 8_000)
    assert (message.kind is RECOVERY) is (minutes is not None)
