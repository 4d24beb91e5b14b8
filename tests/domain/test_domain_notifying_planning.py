"""Who is told what of an incident, and when: alarms, rises, reminders, escalation, recoveries."""

from __future__ import annotations

from dataclasses import replace

import pytest
from domain_outbox import (
    DEAD,
    DROPPED,
    HOUR,
    NOON,
    QUEUED,
    SENT,
    Outbox,
    S,
    at,
    incident,
    policy,
)

from sentinel_tui.domain.monitoring.alerts import Severity
from sentinel_tui.domain.notifying.notices import NoticeKind
from sentinel_tui.domain.notifying.planning import Plan, Standing, escalation, plan
from sentinel_tui.domain.notifying.policy import ChannelPolicy, Hours, NotifyPolicy, Step

WARNING, CRITICAL = Severity.WARNING, Severity.CRITICAL
NIGHT = Hours(22 * 60, 7 * 60)
QUIET = policy(quiet=NIGHT)


def outbox(rules: NotifyPolicy | None = None, **fields: object) -> Outbox:
    """An outbox with one incident that just began."""
    box = Outbox(rules or policy())
    box.now_ms = fields.pop("now_ms", NOON)  # type: ignore[assignment] # the test's own words
    box.put(incident(**{"opened_ms": box.now_ms, **fields}))
    return box


class TestAlarms:
    @pytest.mark.parametrize("severity", [CRITICAL, WARNING])
    def test_an_alarm_waits_for_others_of_its_kind(self, severity: Severity) -> None:
        rules = policy()
        (alarm,) = outbox(rules, severity=severity).told()
        wait_s = rules.wait_critical_s if severity is CRITICAL else rules.wait_warning_s
        assert (alarm.kind, alarm.status) == (NoticeKind.ALARM, QUEUED)
        assert alarm.due_ms == alarm.created_ms + wait_s * S

    def test_each_channel_gets_its_own(self) -> None:
        box = outbox(policy("ops", "mail"))
        box.go_on(60)
        assert box.kinds("ops") == box.kinds("mail") == ["alarm"]

    @pytest.mark.parametrize(
        ("channel", "is_told"),
        [
            (ChannelPolicy("ops", least=CRITICAL), False),
            (ChannelPolicy("ops", escalation_only=True), False),
            (ChannelPolicy("ops", match="tag:blog"), False),
            (ChannelPolicy("ops", match="api"), False),
            (ChannelPolicy("ops", match="tag:shop rule:down"), True),
            (ChannelPolicy("ops", match="rule:certificate"), False),
            (ChannelPolicy("ops", match="severity:warning"), True),
        ],
    )
    def test_a_channel_is_told_what_it_is_for(self, channel: ChannelPolicy, is_told: bool) -> None:
        box = Outbox(NotifyPolicy(channels=(channel,)), tags={"public": ("shop",)})
        box.standing = Standing(rules=("down",))
        box.put(incident(severity=WARNING))
        assert bool(box.told()) is is_told

    def test_one_service_of_several_is_enough(self) -> None:
        box = Outbox(NotifyPolicy(channels=(ChannelPolicy("ops", match="api"),)))
        box.put(incident(services=("gateway", "api", "web")))
        assert len(box.told()) == 1

    def test_troubles_of_sentinel_itself_reach_channels_that_are_told_everything(self) -> None:
        channels = (ChannelPolicy("ops"), ChannelPolicy("shop", match="tag:shop"))
        box = Outbox(NotifyPolicy(channels=channels))
        box.put(incident(cause="sentinel/storage", services=(), title="Sentinel has trouble"))
        assert [one.channel for one in box.told()] == ["ops"]

    def test_a_channel_that_is_added_later_hears_of_what_goes_on(self) -> None:
        box = outbox()
        box.go_on(60)
        box.policy = policy("ops", "mail")
        box.go_on(60)
        assert box.kinds("mail") == ["alarm"]
        assert box.kinds("ops") == ["alarm"]

    def test_keys_name_incident_occasion_count_and_channel(self) -> None:
        (alarm,) = outbox().told()
        assert alarm.key == "7/alarm/0/ops"


class TestRises:
    def test_who_heard_of_less_hears_that_it_rose(self) -> None:
        box = outbox(severity=WARNING)
        box.go_on(90)
        box.change(severity=CRITICAL)
        box.go_on(3_000)
        assert box.kinds() == ["alarm", "risen"]

    def test_an_alarm_that_was_not_begun_rises_with_it(self) -> None:
        box = outbox(severity=WARNING)
        box.change(severity=CRITICAL)
        box.go_on(3_000)
        assert box.kinds() == ["alarm"]
        assert [one.status for one in box.told()] == [DROPPED, SENT]
        assert box.sent[0].severity is CRITICAL

    def test_who_only_wants_the_worst_hears_of_it_now(self) -> None:
        channels = (ChannelPolicy("ops"), ChannelPolicy("sms", least=CRITICAL))
        box = outbox(NotifyPolicy(channels=channels), severity=WARNING)
        box.go_on(90)
        box.change(severity=CRITICAL)
        box.go_on(90)
        assert box.kinds("sms") == ["alarm"]
        assert box.kinds("ops") == ["alarm", "risen"]

    def test_a_rise_ends_the_waiting_for_the_morning(self) -> None:
        box = outbox(QUIET, severity=WARNING, now_ms=at("2026-11-18 23:00"))
        box.go_on(HOUR / S)
        assert box.sent == []
        box.change(severity=CRITICAL)
        box.go_on(60)
        assert box.kinds() == ["alarm"]


class TestRecoveries:
    def test_it_follows_its_alarm_over_the_same_channel(self) -> None:
        box = outbox(policy("ops", "mail"))
        box.go_on(10 * 60)
        box.resolve()
        box.go_on(60)
        assert box.kinds("ops") == box.kinds("mail") == ["alarm", "recovery"]

    def test_it_does_not_come_on_the_heels_of_the_alarm(self) -> None:
        rules = policy()
        box = outbox(rules)
        box.go_on(60)
        box.resolve()
        (alarm,) = box.sent
        recovery = box.told()[-1]
        assert alarm.sent_ms is not None
        assert recovery.due_ms == alarm.sent_ms + rules.update_s * S

    def test_it_waits_for_nothing_that_another_channel_was_told(self) -> None:
        box = outbox(policy("ops", "mail"))
        box.broken.add("mail")
        box.go_on(1_800)
        box.broken.clear()
        box.deliver()
        box.resolve()
        due_ms = {one.channel: one.due_ms for one in box.told() if one.kind is NoticeKind.RECOVERY}
        assert due_ms["ops"] == box.now_ms < due_ms["mail"]

    def test_who_was_told_nothing_is_told_no_end(self) -> None:
        rules = NotifyPolicy(channels=(ChannelPolicy("ops", least=CRITICAL),))
        box = outbox(rules, severity=WARNING)
        box.resolve()
        box.go_on(3_600)
        assert box.told() == []

    def test_what_is_over_before_its_alarm_went_out_is_told_in_one_message(self) -> None:
        box = outbox()
        box.now_ms += 10 * S
        box.resolve()
        alarm, recovery = box.told()
        assert recovery.due_ms >= alarm.due_ms
        box.go_on(3_600)
        assert box.kinds() == ["recovery"]
        assert [one.status for one in box.told()] == [SENT, SENT]
        assert "delivered late" in box.titles()[0]

    @pytest.mark.parametrize("standing", [Standing(silenced=True), Standing(maintenance=True)])
    def test_it_is_told_whatever_lies_over_the_service(self, standing: Standing) -> None:
        box = outbox()
        box.go_on(60)
        box.standing = standing
        box.go_on(600)
        box.resolve()
        box.go_on(600)
        assert box.kinds() == ["alarm", "recovery"]

    def test_it_is_told_over_a_channel_that_left_the_configuration(self) -> None:
        box = outbox()
        box.go_on(600)
        box.policy = NotifyPolicy()
        box.resolve()
        box.go_on(600)
        assert box.kinds() == ["alarm", "recovery"]

    def test_none_follows_an_alarm_that_was_refused_for_good(self) -> None:
        box = outbox()
        box.refusing.add("ops")
        box.go_on(60)
        assert [one.status for one in box.told()] == [DEAD]
        box.refusing.clear()
        box.resolve()
        box.go_on(3_600)
        assert box.sent == []

    def test_one_that_waits_is_dropped_when_its_alarm_is_refused_for_good(self) -> None:
        box = outbox()
        box.broken.add("ops")
        box.go_on(30)
        box.incidents[7] = replace(box.incidents[7], reopened=1)
        box.resolve()
        assert [one.kind for one in box.told()] == [NoticeKind.ALARM, NoticeKind.RECOVERY]
        box._mark(box.begun.pop("ops"), DEAD)
        box.broken.clear()
        box.go_on(3_600)
        assert [one.status for one in box.told()] == [DEAD, DROPPED]

    def test_a_rise_or_a_reminder_that_was_not_begun_is_no_longer_news(self) -> None:
        box = outbox(severity=WARNING)
        box.go_on(90)
        box.change(severity=CRITICAL)
        box.resolve()
        box.go_on(3_600)
        assert box.kinds() == ["alarm", "recovery"]
        assert [one.status for one in box.told()] == [SENT, DROPPED, SENT]
        assert box.sent[-1].severity is CRITICAL
        assert "late" not in box.titles()[-1]


class TestComingBack:
    def test_an_hour_of_flapping_is_two_messages(self) -> None:
        box = outbox()
        for _ in range(15):
            box.go_on(120)
            box.resolve()
            box.go_on(120)
            box.reopen()
        box.go_on(120)
        box.resolve()
        box.go_on(3_600)
        assert box.kinds() == ["alarm", "recovery"]

    def test_that_it_is_over_is_not_told_while_it_fails_again(self) -> None:
        box = outbox()
        box.go_on(1_800)
        box.resolve()
        box.standing = Standing(in_doubt=True)
        box.go_on(600)
        assert box.kinds() == ["alarm"]
        box.standing = Standing()
        box.go_on(10)
        assert box.kinds() == ["alarm", "recovery"]

    def test_what_came_back_must_stay_well_before_it_is_told(self) -> None:
        rules = policy()
        box = outbox(rules)
        box.go_on(1_800)
        box.resolve()
        box.reopen()
        box.go_on(1_800)
        box.resolve()
        ended_ms = box.now_ms
        box.go_on(rules.update_s - 10)
        assert box.kinds() == ["alarm"]
        box.go_on(10)
        assert box.kinds() == ["alarm", "recovery"]
        assert box.sent[-1].sent_ms == ended_ms + rules.update_s * S

    def test_an_end_that_was_told_is_followed_by_a_new_alarm_with_a_key_of_its_own(self) -> None:
        box = outbox()
        box.go_on(1_800)
        box.resolve()
        box.go_on(60)
        box.reopen()
        box.go_on(1_800)
        box.resolve()
        box.go_on(1_800)
        assert box.kinds() == ["alarm", "recovery", "alarm", "recovery"]
        assert len({one.key for one in box.sent}) == 4

    def test_an_alarm_that_never_went_out_comes_with_the_relapse(self) -> None:
        box = outbox()
        box.now_ms += 5 * S
        box.resolve()
        box.now_ms += 5 * S
        box.reopen()
        box.go_on(60)
        assert box.kinds() == ["alarm"]

    def test_of_what_is_over_and_came_back_before_nothing_is_said_until_it_stays_well(self) -> None:
        rules = policy(wait_critical_s=200.0)
        box = outbox(rules)
        box.incidents[7] = replace(box.incidents[7], reopened=1)
        box.go_on(100)
        box.resolve()
        box.go_on(rules.update_s - 10)
        assert box.sent == []
        box.go_on(10)
        assert box.kinds() == ["recovery"]


class TestSilence:
    @pytest.mark.parametrize("standing", [Standing(silenced=True), Standing(maintenance=True)])
    def test_what_still_goes_on_is_told_when_it_ends(self, standing: Standing) -> None:
        box = Outbox(policy(), standing=standing)
        box.put(incident())
        box.go_on(8 * 3_600)
        assert box.told() == []
        box.standing = Standing()
        box.go_on(60)
        assert box.kinds() == ["alarm"]

    def test_what_was_not_begun_waits_for_its_end(self) -> None:
        box = outbox()
        box.standing = Standing(silenced=True)
        box.go_on(3_600)
        assert box.sent == []
        box.standing = Standing()
        box.go_on(60)
        assert box.kinds() == ["alarm"]

    def test_what_is_over_when_it_ends_is_not_told(self) -> None:
        box = outbox()
        box.standing = Standing(silenced=True)
        box.go_on(600)
        box.resolve()
        box.standing = Standing()
        box.go_on(3_600)
        assert box.sent == []

    def test_there_are_no_reminders_and_no_escalation_in_it(self) -> None:
        rules = policy("ops", steps=(Step(600.0, ("sms",)),))
        box = outbox(rules)
        box.go_on(60)
        box.standing = Standing(silenced=True)
        box.go_on(rules.remind_critical_s * 2, step_s=60)
        assert box.kinds() == ["alarm"]
        assert box.kinds("sms") == []
        box.standing = Standing()
        box.go_on(60)
        assert box.kinds() == ["alarm", "reminder"]
        assert box.kinds("sms") == ["escalation"]


class TestReminders:
    @pytest.mark.parametrize("severity", [CRITICAL, WARNING])
    def test_they_come_in_time_since_the_last_word(self, severity: Severity) -> None:
        rules = policy()
        box = outbox(rules, severity=severity)
        every_s = rules.remind_critical_s if severity is CRITICAL else rules.remind_warning_s
        box.go_on(every_s * 3 + 600, step_s=30)
        assert box.kinds() == ["alarm", "reminder", "reminder", "reminder"]
        gaps_ms = {b.sent_ms - a.sent_ms for a, b in zip(box.sent, box.sent[1:], strict=False)}
        assert gaps_ms == {every_s * S}

    def test_an_acknowledgement_stops_them_until_it_expires(self) -> None:
        rules = policy(remind_critical_s=3_600.0, acknowledged_s=14_400.0)
        box = outbox(rules)
        box.go_on(600)
        box.change(acknowledged_ms=box.now_ms)
        box.go_on(rules.acknowledged_s - 60)
        assert box.kinds() == ["alarm"]
        box.go_on(120)
        assert box.kinds() == ["alarm", "reminder"]

    def test_one_that_waits_is_dropped_by_an_acknowledgement(self) -> None:
        hours = Hours(9 * 60, 13 * 60)
        channel = ChannelPolicy("ops", hours=hours)
        box = outbox(NotifyPolicy(channels=(channel,)))
        box.go_on(6 * 3_600, step_s=60)
        assert [one.kind for one in box.told()] == [NoticeKind.ALARM, NoticeKind.REMINDER]
        box.change(acknowledged_ms=box.now_ms)
        assert box.told()[-1].status is DROPPED

    def test_a_channel_that_refused_the_alarm_is_tried_again_with_the_reminder(self) -> None:
        rules = policy()
        box = outbox(rules)
        box.refusing.add("ops")
        box.go_on(60)
        box.refusing.clear()
        box.go_on(rules.remind_critical_s)
        box.resolve()
        box.go_on(600)
        assert box.kinds() == ["reminder", "recovery"]

    def test_a_failing_channel_collects_no_reminders(self) -> None:
        box = outbox()
        box.broken.add("ops")
        box.go_on(24 * 3_600, step_s=60)
        assert len(box.told()) == 1


class TestEscalation:
    RULES = policy("ops", steps=(Step(1_800.0, ("sms",)), Step(3_600.0, ("sms", "boss"))))

    def test_steps_come_in_time_and_each_once(self) -> None:
        box = outbox(self.RULES)
        box.go_on(1_790)
        assert box.kinds("sms") == []
        box.go_on(10)
        assert box.kinds("sms") == ["escalation"]
        box.go_on(1_800)
        assert box.kinds("sms") == ["escalation", "escalation"]
        assert box.kinds("boss") == ["escalation"]
        box.go_on(1_800)
        box.resolve()
        box.go_on(600)
        assert box.kinds("boss") == ["escalation", "recovery"]
        assert box.kinds("sms") == ["escalation", "escalation", "recovery"]

    def test_an_acknowledgement_stops_them_until_it_expires(self) -> None:
        box = outbox(self.RULES)
        box.change(acknowledged_ms=box.now_ms)
        box.go_on(self.RULES.acknowledged_s - 10)
        assert box.kinds("sms") == []
        box.go_on(20)
        assert box.kinds("boss") == ["escalation"]

    def test_a_step_for_the_worst_leaves_the_rest_alone(self) -> None:
        rules = policy("ops", steps=(Step(60.0, ("sms",), least=CRITICAL),))
        box = outbox(rules, severity=WARNING)
        box.go_on(3_600)
        assert box.kinds("sms") == []

    def test_after_a_silence_there_is_time_to_answer_first(self) -> None:
        box = Outbox(self.RULES, standing=Standing(silenced=True))
        box.put(incident())
        box.go_on(8 * 3_600)
        box.standing = Standing()
        box.go_on(self.RULES.wait_critical_s + self.RULES.update_s - 20)
        assert (box.kinds("ops"), box.kinds("sms")) == (["alarm"], [])
        box.go_on(40)
        assert box.kinds("sms") == ["escalation"]

    def test_it_does_not_depend_on_an_alarm(self) -> None:
        rules = NotifyPolicy(
            channels=(ChannelPolicy("sms", escalation_only=True),), steps=(Step(60.0, ("sms",)),)
        )
        box = outbox(rules)
        box.go_on(70)
        assert box.kinds("sms") == ["escalation"]

    def test_the_next_step_can_be_taken_at_once_one_after_the_other(self) -> None:
        hours = Hours(60, 61)
        channels = (ChannelPolicy("ops"), ChannelPolicy("sms", hours=hours, escalation_only=True))
        box = outbox(replace(self.RULES, channels=channels))
        for expected in (["sms"], ["sms", "boss"], []):
            notices = escalation(box.incidents[7], box.told(), box.policy, box.now_ms)
            assert [one.channel for one in notices] == expected
            assert {one.due_ms for one in notices} <= {box.now_ms}
            box.notices.update({one.key: one for one in notices})
        box.go_on(7_200)
        assert box.kinds("boss") == ["escalation"]


class TestHours:
    def test_a_warning_waits_for_the_morning(self) -> None:
        box = outbox(QUIET, severity=WARNING, now_ms=at("2026-11-18 23:00"))
        (alarm,) = box.told()
        assert alarm.due_ms == at("2026-11-19 07:00")

    def test_what_is_critical_wakes_people(self) -> None:
        box = outbox(QUIET, now_ms=at("2026-11-18 23:00"))
        box.go_on(60)
        assert box.kinds() == ["alarm"]

    def test_unless_the_owner_wants_to_sleep(self) -> None:
        rules = replace(QUIET, quiet_hides_critical=True)
        box = outbox(rules, now_ms=at("2026-11-18 23:00"))
        (alarm,) = box.told()
        assert alarm.due_ms == at("2026-11-19 07:00")

    def test_a_night_that_was_over_by_morning_is_one_late_message(self) -> None:
        box = outbox(QUIET, severity=WARNING, now_ms=at("2026-11-18 23:00"))
        box.go_on(600)
        box.resolve()
        box.go_on(12 * 3_600, step_s=60)
        assert box.kinds() == ["recovery"]
        assert box.sent[0].sent_ms == at("2026-11-19 07:00")

    def test_a_channel_is_used_only_in_its_hours(self) -> None:
        office = Hours(9 * 60, 17 * 60, "Europe/Paris", frozenset(range(5)))
        rules = NotifyPolicy(channels=(ChannelPolicy("ops", hours=office),))
        box = outbox(rules, now_ms=at("2026-11-20 18:00", "Europe/Paris"))
        (alarm,) = box.told()
        assert alarm.due_ms == at("2026-11-23 09:00", "Europe/Paris")

    def test_quiet_hours_and_a_channels_own_are_both_kept(self) -> None:
        own = Hours(6 * 60, 8 * 60)
        rules = NotifyPolicy(channels=(ChannelPolicy("ops", hours=own),), quiet=NIGHT)
        box = outbox(rules, severity=WARNING)
        (alarm,) = box.told()
        assert alarm.due_ms == at("2026-11-19 07:00")

    @pytest.mark.parametrize("own", [Hours(23 * 60, 5 * 60), Hours(0, 60, days=frozenset())])
    def test_hours_that_leave_no_moment_do_not_lose_it(self, own: Hours) -> None:
        rules = NotifyPolicy(channels=(ChannelPolicy("ops", hours=own),), quiet=NIGHT)
        box = outbox(rules, severity=WARNING)
        box.go_on(120)
        assert box.kinds() == ["alarm"]


def test_asking_without_tags_means_that_nothing_has_any() -> None:
    rules = NotifyPolicy(channels=(ChannelPolicy("ops", match="tag:shop"),))
    assert plan(incident(), [], rules, Standing(), NOON) == Plan()


def test_a_test_message_is_no_part_of_any_story() -> None:
    box = outbox()
    (alarm,) = box.told()
    trial = replace(alarm, key="0/test/0/ops", kind=NoticeKind.TEST, status=SENT)
    assert plan(incident(), [trial], policy(), Standing(), NOON).new == (alarm,)
