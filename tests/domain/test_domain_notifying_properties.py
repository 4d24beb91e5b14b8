"""What holds of everything that is told, whatever happens to incidents, channels and owners."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from domain_outbox import ALARMING, DEAD, DROPPED, QUEUED, SENT, Outbox, S, at, begun, incident
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from sentinel_tui.domain.monitoring.alerts import Severity
from sentinel_tui.domain.monitoring.incidents import REOPEN_S, acknowledged
from sentinel_tui.domain.notifying.hours import holds
from sentinel_tui.domain.notifying.notices import Notice, NoticeKind
from sentinel_tui.domain.notifying.pace import MOST_MESSAGES, WINDOW_S
from sentinel_tui.domain.notifying.planning import Standing
from sentinel_tui.domain.notifying.policy import ChannelPolicy, Hours, NotifyPolicy, Step

WARNING, CRITICAL = Severity.WARNING, Severity.CRITICAL
DAY_S = 86_400.0
CHANNELS = (
    ChannelPolicy("ops"),
    ChannelPolicy("pager", least=CRITICAL),
    ChannelPolicy("office", hours=Hours(9 * 60, 17 * 60, "Europe/Paris", frozenset(range(5)))),
    ChannelPolicy("sms", escalation_only=True),
)
STEPS = (Step(600.0, ("sms",)), Step(3_600.0, ("sms", "pager"), least=CRITICAL))
QUIET = Hours(22 * 60, 7 * 60, "Europe/Paris")

policies = st.builds(
    NotifyPolicy,
    channels=st.just(CHANNELS),
    update_s=st.sampled_from([0.0, 300.0]),
    remind_critical_s=st.sampled_from([1_800.0, 14_400.0]),
    acknowledged_s=st.sampled_from([900.0, 14_400.0]),
    quiet=st.sampled_from([None, QUIET]),
    quiet_hides_critical=st.booleans(),
    steps=st.sampled_from([(), STEPS]),
)
channels = st.sampled_from([channel.name for channel in CHANNELS])


def tellings(told: Sequence[Notice], channel: str) -> list[list[Notice]]:
    """A channel's notices that somebody may have heard of, each telling by itself."""
    found: list[list[Notice]] = [[]]
    for notice in told:
        if notice.channel == channel and notice.status is not DROPPED:
            found[-1].append(notice)
            if notice.kind is NoticeKind.RECOVERY and begun(notice):
                found.append([])
    return found


class Alerting(RuleBasedStateMachine):
    """Incidents that begin, end, come back and rise, while channels break and owners act."""

    def __init__(self) -> None:
        super().__init__()
        self.box = Outbox(NotifyPolicy())
        self.number = 0

    @initialize(rules=policies, hour=st.integers(0, 167))
    def begin(self, rules: NotifyPolicy, hour: int) -> None:
        # The week in which Paris changes its clocks.
        self.box = Outbox(rules, now_ms=at("2026-10-20 00:00") + hour * 3_600 * S)

    def open_incidents(self) -> list[int]:
        return [one.id for one in self.box.incidents.values() if one.open]

    def just_ended(self) -> list[int]:
        since_ms = self.box.now_ms - REOPEN_S * S
        return [
            one.id
            for one in self.box.incidents.values()
            if one.resolved_ms is not None and one.resolved_ms > since_ms
        ]

    @rule(severity=st.sampled_from(Severity))
    def opens(self, severity: Severity) -> None:
        self.number += 1
        self.box.put(incident(self.number, severity=severity, opened_ms=self.box.now_ms))

    @precondition(lambda self: self.open_incidents())
    @rule(data=st.data())
    def resolves(self, data: st.DataObject) -> None:
        self.box.resolve(data.draw(st.sampled_from(self.open_incidents())))

    @precondition(lambda self: self.just_ended())
    @rule(data=st.data())
    def comes_back(self, data: st.DataObject) -> None:
        self.box.reopen(data.draw(st.sampled_from(self.just_ended())))

    @precondition(lambda self: self.open_incidents())
    @rule(data=st.data())
    def rises(self, data: st.DataObject) -> None:
        number = data.draw(st.sampled_from(self.open_incidents()))
        if self.box.incidents[number].severity is WARNING:
            self.box.change(number, severity=CRITICAL, acknowledged_ms=None)

    @precondition(lambda self: self.open_incidents())
    @rule(data=st.data())
    def somebody_acknowledges(self, data: st.DataObject) -> None:
        number = data.draw(st.sampled_from(self.open_incidents()))
        self.box.change(number, acknowledged_ms=self.box.now_ms)

    @rule(silenced=st.booleans(), maintenance=st.booleans())
    def owner_wants_quiet_or_not(self, silenced: bool, maintenance: bool) -> None:
        self.box.standing = Standing(silenced, maintenance)
        self.box.plan()

    @rule(channel=channels)
    def a_channel_breaks(self, channel: str) -> None:
        self.box.broken.add(channel)

    @rule(channel=channels)
    def a_channel_refuses_for_good(self, channel: str) -> None:
        self.box.refusing.add(channel)

    @rule(channel=channels)
    def a_channel_is_mended(self, channel: str) -> None:
        self.box.broken.discard(channel)
        self.box.refusing.discard(channel)

    @rule(minutes=st.sampled_from([0.5, 2.0, 4.0, 11.0, 60.0, 300.0]))
    def time_passes(self, minutes: float) -> None:
        seconds = minutes * 60
        known = set(self.box.notices)
        quiet_ones = {
            number
            for number, one in self.box.incidents.items()
            if self.box.standing.muted and one.open
        }
        self.box.go_on(seconds, step_s=max(10.0, seconds / 40))
        for key in self.box.notices.keys() - known:
            notice = self.box.notices[key]
            assert notice.incident not in quiet_ones, "nothing new is told in a silence"

    @invariant()
    def no_recovery_comes_without_news_that_it_ends_and_none_twice(self) -> None:
        for number in self.box.incidents:
            for channel in CHANNELS:
                for telling in tellings(self.box.told(number), channel.name):
                    ends = [one for one in telling if one.kind is NoticeKind.RECOVERY]
                    assert len(ends) <= 1
                    if ends:
                        assert telling[-1] is ends[0]
                        assert any(one.kind in ALARMING for one in telling)

    @invariant()
    def what_ends_a_telling_somebody_could_have_heard_of(self) -> None:
        for number in self.box.incidents:
            for channel in CHANNELS:
                for telling in tellings(self.box.told(number), channel.name):
                    told_of_end = any(
                        one.kind is NoticeKind.RECOVERY and one.status is SENT for one in telling
                    )
                    heard = [one for one in telling if one.kind in ALARMING]
                    if told_of_end:
                        assert any(one.status is SENT for one in heard)

    @invariant()
    def a_channel_is_not_flooded(self) -> None:
        for channel in CHANNELS:
            sent_ms = [one.sent_ms or 0 for one in self.box.sent if one.channel == channel.name]
            for first_ms, later_ms in zip(sent_ms, sent_ms[MOST_MESSAGES:], strict=False):
                assert later_ms - first_ms >= WINDOW_S * S

    @invariant()
    def nobody_is_disturbed_in_hours_that_are_not_for_it(self) -> None:
        office = CHANNELS[2].hours
        assert office is not None
        for message in self.box.sent:
            assert message.sent_ms is not None
            if message.channel == "office" and message.kind is not NoticeKind.RISEN:
                told = [one for one in self.box.notices.values() if one.sent_ms == message.sent_ms]
                assert any(holds(office, one.due_ms) for one in told)
        for notice in self.box.notices.values():
            hidden = notice.severity is WARNING or self.box.policy.quiet_hides_critical
            if hidden and self.box.policy.quiet and notice.channel != "office":
                assert not holds(self.box.policy.quiet, notice.due_ms)

    @invariant()
    def what_is_acknowledged_is_left_alone(self) -> None:
        for one in self.box.incidents.values():
            if one.open and acknowledged(one, self.box.policy, self.box.now_ms):
                waiting = [each for each in self.box.told(one.id) if each.status is QUEUED]
                assert not {each.kind for each in waiting} & {
                    NoticeKind.REMINDER,
                    NoticeKind.ESCALATION,
                }

    def teardown(self) -> None:
        """In the end everything is over and every channel works: the books must balance."""
        box = self.box
        box.broken.clear()
        box.refusing.clear()
        box.standing = Standing()
        still_open = self.open_incidents()
        box.go_on(4 * DAY_S, step_s=1_800.0)
        for number in still_open:
            heard = {one.channel for one in box.told(number) if one.status is SENT}
            assert "ops" in heard, "what goes on is told at last"
            assert "office" in heard
            assert ("pager" in heard) >= (box.incidents[number].severity is CRITICAL)
        for number in still_open:
            box.resolve(number)
        box.go_on(4 * DAY_S, step_s=1_800.0)
        for number in box.incidents:
            told = box.told(number)
            assert {one.status for one in told} <= {SENT, DEAD, DROPPED}
            for channel in CHANNELS:
                for telling in tellings(told, channel.name):
                    heard_of_it = any(
                        one.kind in ALARMING and one.status is SENT for one in telling
                    )
                    ends = [one for one in telling if one.kind is NoticeKind.RECOVERY]
                    if heard_of_it:
                        assert len(ends) == 1


TestAlerting = Alerting.TestCase
TestAlerting.settings = settings(max_examples=25, stateful_step_count=30, deadline=None)


def test_the_books_are_not_balanced_by_chance() -> None:
    """The tellings that the properties speak of are really told apart."""
    alarm = Notice("7/alarm/0/ops", 7, "ops", NoticeKind.ALARM, CRITICAL, 0, 0, SENT, 0)
    recovery = replace(alarm, key="7/recovery/0/ops", kind=NoticeKind.RECOVERY)
    again = replace(alarm, key="7/alarm/1/ops", status=QUEUED)
    assert tellings([alarm, recovery, again], "ops") == [[alarm, recovery], [again]]
    assert tellings([alarm, replace(recovery, status=DROPPED), again], "ops") == [[alarm, again]]
