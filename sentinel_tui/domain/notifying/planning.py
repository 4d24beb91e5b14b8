"""Which notices must exist for an incident: one pure function, asked again and again.

`plan` compares what a channel was told with what it ought to know and adds what is missing. It
looks at the state of things, never at what just changed, so that asking twice adds nothing, a
missed call costs nothing, and a restart derives nothing anew.

What one channel is told of one incident is a chain of notices. A recovery that was begun closes a
telling; whatever follows is a new one. A recovery still queued can be taken back, so that what
flaps stays one telling: an alarm when it starts, a recovery when it is over for good.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from sentinel_tui.domain.monitoring.alerts import Severity
from sentinel_tui.domain.monitoring.incidents import Incident, acknowledged
from sentinel_tui.domain.monitoring.matching import matches
from sentinel_tui.domain.notifying.hours import holds, next_end_ms, next_start_ms
from sentinel_tui.domain.notifying.notices import Notice, NoticeKind, NoticeStatus
from sentinel_tui.domain.notifying.policy import ChannelPolicy, NotifyPolicy, Step

_STARTS = frozenset({NoticeKind.ALARM, NoticeKind.ESCALATION})
_ENDLESS_SEARCH = 32
"""Quiet hours and a channel's own hours that leave no moment between them are given up on."""


@dataclass(frozen=True, slots=True)
class Standing:
    """What lies over an incident right now.

    Attributes:
        silenced: Every service of it is silenced: nobody wants to hear.
        maintenance: The same for maintenance.
        rules: The rules of its open alerts.
        in_doubt: One of its services is failing again, though not confirmed yet: not the moment
            to say that it is over.
    """

    silenced: bool = False
    maintenance: bool = False
    rules: tuple[str, ...] = ()
    in_doubt: bool = False

    @property
    def muted(self) -> bool:
        """Whether nothing new is told of it. What was begun is ended all the same."""
        return self.silenced or self.maintenance


@dataclass(frozen=True, slots=True)
class Plan:
    """What is missing from the outbox, and what in it is no longer news.

    Attributes:
        new: Notices to write.
        dropped: Keys of queued notices to mark DROPPED.
    """

    new: tuple[Notice, ...] = ()
    dropped: tuple[str, ...] = ()


def plan(
    incident: Incident,
    told: Sequence[Notice],
    policy: NotifyPolicy,
    standing: Standing,
    now_ms: int,
    *,
    tags: Mapping[str, Sequence[str]] | None = None,
) -> Plan:
    """Which notices of an incident to write and which to drop.

    Args:
        incident: As it stands.
        told: All its notices, dropped ones too, in the order in which they were written.
        policy: How the owner wants to be told.
        standing: What lies over it right now.
        now_ms: Now.
        tags: Of each service's id, its tags.
    """
    planned = _Planned(incident, told, policy, standing, now_ms, tags or {})
    if incident.open:
        planned.take_back_recoveries()
        if standing.muted:
            planned.hold_back()
        else:
            planned.raise_alarms()
            planned.follow_up()
    else:
        planned.end()
    return Plan(tuple(planned.new), tuple(planned.dropped))


def escalation(
    incident: Incident, told: Sequence[Notice], policy: NotifyPolicy, now_ms: int
) -> tuple[Notice, ...]:
    """The notices of the next step at once, because somebody asked for it; none after the last.

    Args:
        incident: As it stands.
        told: All its notices, in the order in which they were written.
        policy: How the owner wants to be told.
        now_ms: Now; the notices are due whatever the hour, for somebody wants them.
    """
    planned = _Planned(incident, told, policy, Standing(), now_ms, {})
    for count in range(1, len(policy.steps) + 1):
        for name, steps in planned.steps_for(policy.steps[:count]):
            if planned.escalations(name) < steps:
                planned.add(NoticeKind.ESCALATION, name, now_ms)
        if planned.new:
            break
    return tuple(replace(notice, due_ms=now_ms) for notice in planned.new)


@dataclass(slots=True)
class _Planned:
    """A plan in the making."""

    incident: Incident
    told: Sequence[Notice]
    policy: NotifyPolicy
    standing: Standing
    now_ms: int
    tags: Mapping[str, Sequence[str]]
    new: list[Notice] = field(default_factory=list)
    dropped: list[str] = field(default_factory=list)

    # What there is

    def channels(self) -> list[str]:
        """Every channel that was ever told, or was to be told, of the incident."""
        return list(dict.fromkeys(notice.channel for notice in (*self.told, *self.new)))

    def telling(self, channel: str) -> list[Notice]:
        """What stands of the channel's present telling, what is new included."""
        open_telling: list[Notice] = []
        for notice in (*self.told, *self.new):
            if notice.channel != channel or notice.key in self.dropped:
                continue
            if notice.status is NoticeStatus.DROPPED or notice.kind is NoticeKind.TEST:
                continue
            if notice.kind is NoticeKind.RECOVERY and notice.status is not NoticeStatus.QUEUED:
                open_telling.clear()
            else:
                open_telling.append(notice)
        return open_telling

    def escalations(self, channel: str) -> int:
        """How often the channel was told of this telling by an escalation."""
        return sum(one.kind is NoticeKind.ESCALATION for one in self.telling(channel))

    def steps_for(self, steps: Sequence[Step]) -> list[tuple[str, int]]:
        """Each channel that these steps name for the incident's severity, and how many do."""
        severe = self.incident.severity
        named = [name for step in steps if _reaches(severe, step.least) for name in step.channels]
        return [(name, named.count(name)) for name in dict.fromkeys(named)]

    # What is missing

    def take_back_recoveries(self) -> None:
        """It goes on: a recovery that was not begun is none."""
        self._drop(NoticeKind.RECOVERY)

    def hold_back(self) -> None:
        """Nobody wants to hear of it now: what was not begun comes when that ends."""
        self._drop(*NoticeKind)

    def raise_alarms(self) -> None:
        """Tell each channel that ought to know and does not, and each that knows of less."""
        severity = self.incident.severity
        due_ms = self.now_ms + _ms(self._wait_s())
        for channel in self.policy.channels:
            telling = self.telling(channel.name)
            if telling and all(one.severity is not severity for one in telling):
                telling = self._outdate(telling)
                if telling:
                    self.add(NoticeKind.RISEN, channel.name, due_ms)
                    continue
            if not telling and self._concerns(channel):
                self.add(NoticeKind.ALARM, channel.name, due_ms)

    def follow_up(self) -> None:
        """Remind, and tell others, for as long as nobody takes it on."""
        if acknowledged(self.incident, self.policy, self.now_ms):
            self._drop(NoticeKind.REMINDER, NoticeKind.ESCALATION)
            return
        for channel in self.policy.channels:
            if self._is_forgotten(self.telling(channel.name)):
                self.add(NoticeKind.REMINDER, channel.name, self.now_ms)
        reached = [step for step in self.policy.steps if self.now_ms >= self._escalates_ms(step)]
        for name, steps in self.steps_for(reached):
            for _ in range(steps - self.escalations(name)):
                self.add(NoticeKind.ESCALATION, name, self.now_ms)

    def end(self) -> None:
        """It is over: each channel that knows of it, or is about to, is told so once."""
        self._drop(NoticeKind.RISEN, NoticeKind.REMINDER)
        if self.standing.in_doubt:
            self._drop(NoticeKind.RECOVERY)
            return
        for channel in self.channels():
            telling = self.telling(channel)
            recovery = next((one for one in telling if one.kind is NoticeKind.RECOVERY), None)
            knows = any(
                one.kind is not NoticeKind.RECOVERY and one.status is not NoticeStatus.DEAD
                for one in telling
            )
            if knows and recovery is None:
                self.add(NoticeKind.RECOVERY, channel, self._recovery_due_ms(channel))
            if recovery is not None and not knows:
                # The channel refused for good all that this would be the end of.
                self.dropped.append(recovery.key)

    def add(self, kind: NoticeKind, channel: str, due_ms: int) -> None:
        """Write a notice, due when the channel may be used at that severity."""
        notices = (*self.told, *self.new)
        count = sum(one.kind is kind and one.channel == channel for one in notices)
        self.new.append(
            Notice(
                key=f"{self.incident.id}/{kind}/{count}/{channel}",
                incident=self.incident.id,
                channel=channel,
                kind=kind,
                severity=self.incident.severity,
                created_ms=self.now_ms,
                due_ms=self._open_ms(channel, due_ms),
            )
        )

    # How that is decided

    def _drop(self, *kinds: NoticeKind) -> None:
        """Drop the notices of these kinds that were not begun."""
        for notice in self.told:
            begun = notice.status is not NoticeStatus.QUEUED
            if notice.kind in kinds and not begun and notice.key not in self.dropped:
                self.dropped.append(notice.key)

    def _wait_s(self) -> float:
        if self.incident.severity is Severity.CRITICAL:
            return self.policy.wait_critical_s
        return self.policy.wait_warning_s

    def _outdate(self, telling: list[Notice]) -> list[Notice]:
        """Drop what was not begun and tells of less; returns what is left of the telling."""
        queued = [one.key for one in telling if one.status is NoticeStatus.QUEUED]
        self.dropped += queued
        return [one for one in telling if one.key not in queued]

    def _concerns(self, channel: ChannelPolicy) -> bool:
        if channel.escalation_only or not _reaches(self.incident.severity, channel.least):
            return False
        return any(
            matches(
                channel.match,
                service=service,
                tags=self.tags.get(service, ()),
                rule=rule,
                severity=self.incident.severity,
            )
            for service in self.incident.services or ("",)
            for rule in self.standing.rules or ("",)
        )

    def _is_forgotten(self, telling: Sequence[Notice]) -> bool:
        """Whether so much time passed since the channel was told that it is told again."""
        if not telling or any(one.status in _UNDER_WAY for one in telling):
            return False
        critical = self.incident.severity is Severity.CRITICAL
        every_s = self.policy.remind_critical_s if critical else self.policy.remind_warning_s
        last_ms = max(_told_ms(one) for one in telling)
        return self.now_ms >= last_ms + _ms(every_s)

    def _escalates_ms(self, step: Step) -> int:
        """When a step is taken.

        It counts from the incident's start. An alarm that was held back, by a silence or by quiet
        hours, must have been out for a while first: else nobody would have had the time to answer.
        """
        alarms = [
            one.due_ms
            for channel in self.channels()
            for one in self.telling(channel)
            if one.kind is NoticeKind.ALARM
        ]
        usual_ms = self.incident.opened_ms + _ms(step.after_s)
        answer_ms = _ms(min(step.after_s, self.policy.update_s))
        return max(usual_ms, min(alarms) + answer_ms) if alarms else usual_ms

    def _recovery_due_ms(self, channel: str) -> int:
        """Not on the heels of the last message, and after a relapse not before it stayed well."""
        update_ms = _ms(self.policy.update_s)
        due_ms = self.now_ms
        for notice in self.told:
            if notice.channel != channel:
                continue
            if notice.sent_ms is not None:
                due_ms = max(due_ms, notice.sent_ms + update_ms)
            if notice.status is NoticeStatus.QUEUED and notice.kind in _STARTS:
                # Both go out together.
                due_ms = max(due_ms, notice.due_ms)
        if self.incident.reopened and self.incident.resolved_ms is not None:
            due_ms = max(due_ms, self.incident.resolved_ms + update_ms)
        return due_ms

    def _open_ms(self, channel: str, due_ms: int) -> int:
        """The first moment from `due_ms` on at which the channel may be used."""
        own = next((one.hours for one in self.policy.channels if one.name == channel), None)
        quiet = self.policy.quiet
        if self.incident.severity is Severity.CRITICAL and not self.policy.quiet_hides_critical:
            quiet = None
        at_ms: int | None = due_ms
        for _ in range(_ENDLESS_SEARCH):
            if at_ms is None:
                break
            if own is not None and not holds(own, at_ms):
                at_ms = next_start_ms(own, at_ms)
            elif quiet is not None and holds(quiet, at_ms):
                at_ms = next_end_ms(quiet, at_ms)
            else:
                return at_ms
        return due_ms


_UNDER_WAY = frozenset({NoticeStatus.QUEUED, NoticeStatus.SENDING})


def _reaches(severity: Severity, least: Severity) -> bool:
    return severity is Severity.CRITICAL or least is Severity.WARNING


def _told_ms(notice: Notice) -> int:
    return notice.created_ms if notice.sent_ms is None else notice.sent_ms


def _ms(seconds: float) -> int:
    return round(seconds * 1_000)
