"""An outbox in memory, for the tests of what is told: plans, claims and sends as the store does."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from zoneinfo import ZoneInfo

from sentinel_tui.domain.monitoring.alerts import Severity
from sentinel_tui.domain.monitoring.incidents import Incident
from sentinel_tui.domain.notifying.composing import Told, batch, compose
from sentinel_tui.domain.notifying.notices import Message, Notice, NoticeKind, NoticeStatus
from sentinel_tui.domain.notifying.pace import may_send, must_digest
from sentinel_tui.domain.notifying.planning import Plan, Standing, plan
from sentinel_tui.domain.notifying.policy import ChannelPolicy, NotifyPolicy

S, MINUTE, HOUR = 1_000, 60_000, 3_600_000
QUEUED, SENDING, SENT = NoticeStatus.QUEUED, NoticeStatus.SENDING, NoticeStatus.SENT
DEAD, DROPPED = NoticeStatus.DEAD, NoticeStatus.DROPPED


def at(text: str, zone: str = "UTC") -> int:
    """Milliseconds of a local time such as "2026-11-22 14:02"."""
    return round(datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).timestamp() * 1_000)


NOON = at("2026-11-18 12:00")


def incident(number: int = 7, **fields: object) -> Incident:
    """An incident: public is down since noon, on a Wednesday."""
    known = Incident(
        id=number,
        cause="availability/public",
        title="public is DOWN: connection refused",
        severity=Severity.CRITICAL,
        services=("public",),
        opened_ms=NOON,
    )
    return replace(known, **fields)  # type: ignore[arg-type] # the test's own words


def policy(*names: str, **fields: object) -> NotifyPolicy:
    """A policy with channels of these names, told of everything."""
    channels = tuple(ChannelPolicy(name) for name in names or ("ops",))
    return replace(NotifyPolicy(channels=channels), **fields)  # type: ignore[arg-type] # as above


@dataclass
class Outbox:
    """What was told of some incidents, and a way to let time pass.

    Attributes:
        policy: How the owner wants to be told.
        now_ms: Now.
        incidents: The incidents by number.
        notices: Everything in the outbox, in the order in which it was written.
        standing: What lies over all incidents right now.
        broken: Channels that take nothing.
        refusing: Channels that refuse for good.
        sent: Every message a channel took, in order.
        begun: Of each channel, the keys that its unfinished message carries.
    """

    policy: NotifyPolicy
    now_ms: int = NOON
    incidents: dict[int, Incident] = field(default_factory=dict)
    notices: dict[str, Notice] = field(default_factory=dict)
    standing: Standing = field(default_factory=Standing)
    broken: set[str] = field(default_factory=set)
    refusing: set[str] = field(default_factory=set)
    sent: list[Message] = field(default_factory=list)
    begun: dict[str, tuple[str, ...]] = field(default_factory=dict)
    tags: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def put(self, changed: Incident) -> None:
        """An incident as it stands from now on, planned for at once as the store does."""
        self.incidents[changed.id] = changed
        self.plan()

    def change(self, number: int = 7, **fields: object) -> None:
        """Change an incident."""
        self.put(replace(self.incidents[number], **fields))  # type: ignore[arg-type] # as above

    def resolve(self, number: int = 7) -> None:
        """End an incident now."""
        self.change(number, resolved_ms=self.now_ms)

    def reopen(self, number: int = 7) -> None:
        """Bring an incident back."""
        count = self.incidents[number].reopened + 1
        self.change(number, resolved_ms=None, reopened=count, acknowledged_ms=None)

    def told(self, number: int = 7) -> list[Notice]:
        """An incident's notices in the order in which they were written."""
        return [one for one in self.notices.values() if one.incident == number]

    def planned(self, number: int = 7) -> Plan:
        """What is missing for an incident."""
        return plan(
            self.incidents[number],
            self.told(number),
            self.policy,
            self.standing,
            self.now_ms,
            tags=self.tags,
        )

    def plan(self) -> None:
        """Write what is missing for every incident, and drop what is no longer news."""
        for number in self.incidents:
            missing = self.planned(number)
            for key in missing.dropped:
                assert self.notices[key].status is QUEUED
                self.notices[key] = replace(self.notices[key], status=DROPPED)
            for notice in missing.new:
                assert notice.key not in self.notices
                self.notices[notice.key] = notice
            assert self.planned(number) == Plan(), "asking twice adds nothing"

    def deliver(self) -> None:
        """Let every channel have what is due for it, as far as it takes it."""
        for channel in dict.fromkeys(one.channel for one in self.notices.values()):
            while self._deliver_over(channel):
                pass

    def _deliver_over(self, channel: str) -> bool:
        sent_ms = [one.sent_ms for one in self.sent if one.channel == channel and one.sent_ms]
        carried = self.begun.get(channel, ())
        due = [
            one
            for one in self.notices.values()
            if one.channel == channel and one.status is QUEUED and one.due_ms <= self.now_ms
        ]
        told: list[Told] = [
            (one, self.incidents.get(one.incident))
            for one in (*map(self.notices.__getitem__, carried), *due)
        ]
        chosen = batch(told, digest=must_digest(sent_ms, self.now_ms))
        if not chosen or not may_send(sent_ms, self.now_ms):
            return False
        message = compose(chosen, self.now_ms, "UTC")
        self._mark(carried, QUEUED)
        keys = tuple(notice.key for notice, _ in chosen)
        if channel in self.refusing:
            self.begun.pop(channel, None)
            self._mark(keys, DEAD)
            return True
        if channel in self.broken:
            self.begun[channel] = keys
            self._mark(keys, SENDING)
            return False
        self.begun.pop(channel, None)
        self._mark(keys, SENT)
        self.sent.append(replace(message, sent_ms=self.now_ms))
        return True

    def _mark(self, keys: tuple[str, ...], status: NoticeStatus) -> None:
        for key in keys:
            sent_ms = self.now_ms if status is SENT else None
            self.notices[key] = replace(self.notices[key], status=status, sent_ms=sent_ms)

    def go_on(self, seconds: float, step_s: float = 10.0) -> None:
        """Let time pass, planning and sending every few seconds as the engine does."""
        end_ms = self.now_ms + round(seconds * S)
        while self.now_ms < end_ms:
            self.now_ms = min(end_ms, self.now_ms + round(step_s * S))
            self.plan()
            self.deliver()

    def kinds(self, channel: str = "ops") -> list[str]:
        """The occasions on which a channel was told, message by message."""
        return [one.kind.value for one in self.sent if one.channel == channel]

    def titles(self, channel: str = "ops") -> list[str]:
        """What the channel's messages said."""
        return [one.title for one in self.sent if one.channel == channel]


def begun(notice: Notice) -> bool:
    """Whether somebody may have heard of it."""
    return notice.status in (SENDING, SENT, DEAD)


ALARMING = frozenset(
    {NoticeKind.ALARM, NoticeKind.RISEN, NoticeKind.REMINDER, NoticeKind.ESCALATION}
)
