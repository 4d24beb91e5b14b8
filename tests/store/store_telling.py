"""What is found and what is told of it: findings to raise, and a desk that tends the outbox."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import TypeVar

from store_looks import T0_MS

from sentinel_tui.domain.monitoring.alerts import Finding, Rule, Severity, fingerprint
from sentinel_tui.domain.notifying.notices import Message, NoticeKind
from sentinel_tui.domain.notifying.policy import ChannelPolicy, NotifyPolicy, Orders, Step
from sentinel_tui.domain.records import AlertRecord
from sentinel_tui.store import recorder
from sentinel_tui.store.writer import Database, StoreWriter

T = TypeVar("T")

WAIT_S = 20
"""How long a CRITICAL alarm waits for others of its kind."""

SECOND_MS, MINUTE_MS, HOUR_MS = 1_000, 60_000, 3_600_000


def found(
    service: str = "api",
    rule: Rule = Rule.DOWN,
    *,
    holds: bool = True,
    severity: Severity = Severity.CRITICAL,
    at_ms: int = T0_MS,
    reason: str = "HTTP 503",
) -> Finding:
    return Finding(fingerprint(rule, service, "http"), rule, holds, severity, at_ms, reason)


def orders(*channels: str | ChannelPolicy, **policy: object) -> Orders:
    """Orders for channels that are told everything, unless they say otherwise."""
    told = tuple(one if isinstance(one, ChannelPolicy) else ChannelPolicy(one) for one in channels)
    return Orders(
        NotifyPolicy(channels=told, **policy),  # type: ignore[arg-type] # whatever a test says
        depends_on={"shop": ("api",), "api": ("gateway",)},
        tags={"shop": ("public",), "api": ("public",)},
        names={"api": "API"},
    )


def kinds(messages: list[Message]) -> list[NoticeKind]:
    """On what occasions messages went out."""
    return [message.kind for message in messages]


STEPS = (Step(1_800, ("pager",)), Step(3_600, ("phone",)))


@dataclass
class Desk:
    """Raises findings and tends the outbox as an engine does, at instants that a test chooses."""

    writer: StoreWriter
    now_ms: int = T0_MS
    sent: list[Message] = field(default_factory=list)

    async def employ(self, told: Orders) -> None:
        """Take orders, and note their channels."""
        self.writer.orders = told
        named = {channel.name for channel in told.policy.channels}
        named |= {name for step in told.policy.steps for name in step.channels}
        await self.do(recorder.register_channels, channels=[(name, "webhook") for name in named])

    async def do(self, job: Callable[..., T], **arguments: object) -> T:
        """Run one of the recorder's jobs."""
        return await self.writer.run(partial(job, **arguments))

    async def raise_(self, *findings: Finding, service: str = "api") -> list[AlertRecord | None]:
        """Raise findings about a service, now."""

        def job(db: Database) -> list[AlertRecord | None]:
            return [
                recorder.raise_finding(db, one, service, "http", now_ms=self.now_ms)
                for one in findings
            ]

        return await self.writer.run(job)

    async def fail(self, service: str = "api", **about: object) -> None:
        """A service goes down, now."""
        await self.raise_(found(service, at_ms=self.now_ms, **about), service=service)  # type: ignore[arg-type] # as `found` takes them

    async def mend(self, service: str = "api", rule: Rule = Rule.DOWN) -> None:
        """It recovers, now."""
        over = found(service, rule, holds=False, at_ms=self.now_ms, reason="recovered")
        await self.raise_(over, service=service)

    async def after(self, **span: float) -> None:
        """Let time go by, and tend the outbox: seconds, minutes, hours."""
        self.now_ms += round(
            span.get("seconds", 0) * SECOND_MS
            + span.get("minutes", 0) * MINUTE_MS
            + span.get("hours", 0) * HOUR_MS
        )
        await self.do(recorder.tend, now_ms=self.now_ms)

    async def claim(self, channel: str = "mail") -> Message | None:
        """What the channel is to send now."""
        return await self.do(recorder.claim, channel=channel, now_ms=self.now_ms, zone="UTC")

    async def deliver(self, channel: str = "mail") -> list[Message]:
        """Send everything the channel has to send now; it takes all of it."""
        went: list[Message] = []
        while message := await self.claim(channel):
            await self.do(recorder.delivered, key=message.key, at_ms=self.now_ms)
            went.append(message)
        self.sent += went
        return went

    async def refuse(
        self,
        channel: str = "mail",
        *,
        final: bool = False,
        retry_after_s: float | None = None,
    ) -> Message | None:
        """Try to send; the channel does not take it."""
        message = await self.claim(channel)
        if message is not None:
            await self.do(
                recorder.failed,
                key=message.key,
                at_ms=self.now_ms,
                error="connection refused",
                final=final,
                retry_after_s=retry_after_s,
                jitter=0.0,
            )
        return message
