"""Brings messages out: tends the outbox, and hands each channel what is due for it.

Everything that must not be lost is in the store: who is to be told what, the message before it is
sent, and how that went. So this worker may die anywhere: a message that was begun is claimed again
with the same key and the same words.
"""

from __future__ import annotations

import asyncio
import logging
import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import TypeVar

from sentinel_tui.clock import Clock
from sentinel_tui.domain.monitoring.alerts import Finding, Rule, Severity, fingerprint
from sentinel_tui.domain.notifying.notices import Message
from sentinel_tui.engine.own_alerts import OwnAlerts
from sentinel_tui.engine.waiting import pause
from sentinel_tui.errors import StoreFull
from sentinel_tui.platforms.notify.channel import Channel, DeliveryError
from sentinel_tui.store.database import Database
from sentinel_tui.store.recorder import claim, delivered, failed, tend
from sentinel_tui.store.writer import StoreWriter

log = logging.getLogger(__name__)

T = TypeVar("T")

SEND_WITHIN_S = 30.0
"""A channel that has not taken a message by then has failed to."""
FAILING_AFTER_S = 300.0
"""A channel that took nothing for this long is an alert."""

_EVERY_S = 10.0
_OVERDUE_EVERY_S = 5.0
"""What is due and cannot go out, behind a failed message or at the cap, is asked for so often."""
_LEAST_PAUSE_S = 1.0
_NO_ROOM_PAUSE_S = 5.0


@dataclass(frozen=True, slots=True)
class _Failing:
    """A channel that takes nothing: since when, by the clock that never jumps, and why."""

    since_s: float
    error: str


class Notifier:
    """The worker that sends what the outbox holds.

    Each channel is served by a task of its own, so that a slow one holds up nobody.
    """

    def __init__(
        self,
        clock: Clock,
        writer: StoreWriter,
        channels: Mapping[str, Channel],
        own_alerts: OwnAlerts,
        zone: str,
        is_offline: Callable[[], bool] = lambda: False,
    ) -> None:
        """Send nothing yet.

        Args:
            clock: The time.
            writer: Where the outbox is.
            channels: The ways out, by the owner's names for them.
            own_alerts: Told of a channel that takes no messages, and when it takes them again.
            zone: IANA name of the zone in which messages tell the time.
            is_offline: Whether nobody can be reached just now, which is no channel's fault.
        """
        self._clock = clock
        self._writer = writer
        self._channels = channels
        self._own_alerts = own_alerts
        self._zone = zone
        self._is_offline = is_offline
        self._nudged = asyncio.Event()
        self._serving: dict[str, asyncio.Task[None]] = {}
        self._failing: dict[str, _Failing] = {}

    def use(self, channels: Mapping[str, Channel], zone: str) -> None:
        """Send over these channels from now on; what is being sent goes on as it began."""
        for name in self._channels.keys() - channels.keys():
            self._takes_again(name, "no longer configured")
        self._channels = channels
        self._zone = zone
        self.nudge()

    def nudge(self) -> None:
        """Look at the outbox soon: something was written into it."""
        self._nudged.set()

    async def run(self, beat: Callable[[], None]) -> None:
        """Send what is due, for ever."""
        try:
            while True:
                beat()
                self._nudged.clear()
                wait_s = await self._tend()
                self._tell_of_failing()
                # However much is written, the outbox is not gone through all the time.
                await self._clock.sleep(_LEAST_PAUSE_S)
                await pause(self._clock, wait_s - _LEAST_PAUSE_S, self._nudged)
        finally:
            await self._stop_serving()

    async def _tend(self) -> float:
        """Bring the outbox up to date, and set every channel to work when something is due.

        Returns:
            Seconds after which to do so again.
        """
        now_ms = self._clock.now_ms()
        try:
            due_ms = await self._writer.run(partial(tend, now_ms=now_ms))
        except StoreFull:
            log.debug("no room to tend the outbox")
            return _EVERY_S
        if due_ms is None:
            return _EVERY_S
        if due_ms > now_ms:
            return min(_EVERY_S, max(_LEAST_PAUSE_S, (due_ms - now_ms) / 1_000))
        self._serve_all()
        return _OVERDUE_EVERY_S

    def _serve_all(self) -> None:
        for name, channel in self._channels.items():
            serving = self._serving.get(name)
            if serving is not None:
                if not serving.done():
                    continue
                serving.result()
            self._serving[name] = asyncio.create_task(self._serve(name, channel))

    async def _serve(self, name: str, channel: Channel) -> None:
        """Send one channel everything that is due for it."""
        while message := await self._claim(name):
            try:
                await self._send(channel, message)
            except DeliveryError as error:
                await self._note_failure(message, error)
            else:
                await self._write(partial(delivered, key=message.key, at_ms=self._clock.now_ms()))
                self._takes_again(name, "takes messages again")
            self.nudge()

    async def _claim(self, name: str) -> Message | None:
        job = partial(claim, channel=name, now_ms=self._clock.now_ms(), zone=self._zone)
        try:
            # On disk before it is sent: else a message might go out twice under different keys.
            return await self._writer.run(job, durable=True)
        except StoreFull:
            log.debug("no room to begin a message over %s", name)
            return None

    async def _send(self, channel: Channel, message: Message) -> None:
        """Send a message, with a deadline whatever the channel does.

        Raises:
            DeliveryError: It was not taken.
        """
        sending = asyncio.ensure_future(channel.send(message))
        deadline = asyncio.ensure_future(self._clock.sleep(SEND_WITHIN_S))
        try:
            await asyncio.wait((sending, deadline), return_when=asyncio.FIRST_COMPLETED)
            if not sending.done():
                raise DeliveryError(
                    f"did not take the message within {SEND_WITHIN_S:.0f} s", unsure=True
                )
            if sending.cancelled():
                raise DeliveryError("broke off")
            sending.result()
        except DeliveryError:
            raise
        except Exception as error:
            log.exception("the channel %s has a fault", message.channel)
            raise DeliveryError(f"a fault of Sentinel: {type(error).__name__}") from error
        finally:
            deadline.cancel()
            sending.cancel()

    async def _note_failure(self, message: Message, error: DeliveryError) -> None:
        log.warning("%s did not take a message: %s", message.channel, error)
        job = partial(
            failed,
            key=message.key,
            at_ms=self._clock.now_ms(),
            error=error.error,
            final=error.final,
            retry_after_s=error.retry_after_s,
            unsure=error.unsure,
            jitter=random.uniform(-1, 1),  # noqa: S311 (spreads retries, keeps no secret)
        )
        await self._write(job)
        since_s = self._clock.elapsed_s()
        known = self._failing.get(message.channel)
        self._failing[message.channel] = _Failing(known.since_s if known else since_s, error.error)

    async def _write(self, job: Callable[[Database], T]) -> T:
        """Write how a message went, however long that takes: else it would go out again."""
        while True:
            try:
                return await self._writer.run(job, durable=True)
            except StoreFull:
                await self._clock.sleep(_NO_ROOM_PAUSE_S)

    def _tell_of_failing(self) -> None:
        if self._is_offline():
            # Nobody can be reached just now; what that says of a channel shows when it is over.
            now_s = self._clock.elapsed_s()
            self._failing = {
                name: replace(one, since_s=now_s) for name, one in self._failing.items()
            }
            return
        for name, failing in self._failing.items():
            lasted_s = self._clock.elapsed_s() - failing.since_s
            if lasted_s >= FAILING_AFTER_S:
                reason = f"channel {name} takes no messages: {failing.error}"
                self._tell(name, reason, holds=True, lasted_s=lasted_s)

    def _takes_again(self, name: str, reason: str) -> None:
        self._failing.pop(name, None)
        # Told even when it never failed here: an alert may be open from an earlier engine.
        self._tell(name, reason, holds=False, lasted_s=0.0)

    def _tell(self, name: str, reason: str, *, holds: bool, lasted_s: float) -> None:
        self._own_alerts.tell(
            Finding(
                fingerprint=fingerprint(Rule.CHANNEL, "", detail=name),
                rule=Rule.CHANNEL,
                holds=holds,
                severity=Severity.WARNING,
                at_ms=self._clock.now_ms() - round(lasted_s * 1_000),
                reason=reason,
            )
        )

    async def _stop_serving(self) -> None:
        """Break off; what was being sent is claimed again under the same key."""
        serving = list(self._serving.values())
        self._serving.clear()
        for task in serving:
            task.cancel()
        await asyncio.gather(*serving, return_exceptions=True)
