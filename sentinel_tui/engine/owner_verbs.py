"""Verbs about what the owner is told: incidents, silences, maintenance, channels."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import asdict
from functools import partial

from sentinel_tui.clock import Clock
from sentinel_tui.domain.monitoring.incidents import Incident
from sentinel_tui.domain.monitoring.silences import Silence, SilenceKind
from sentinel_tui.domain.notifying.notices import Message
from sentinel_tui.domain.records import AlertRecord, EntryKind
from sentinel_tui.engine.arguments import Arguments
from sentinel_tui.engine.control import Json
from sentinel_tui.engine.maintaining import Maintaining
from sentinel_tui.engine.recording import Recording
from sentinel_tui.errors import EngineError, StoreError, UsageError
from sentinel_tui.store.database import Database
from sentinel_tui.store.outbox_reading import SELECT_MESSAGES, message_from_row
from sentinel_tui.store.recorder import (
    acknowledge,
    acknowledge_incident,
    add_event,
    add_note,
    escalate,
    queue_test,
)
from sentinel_tui.store.writer import StoreWriter

_TEST_WITHIN_S = 15.0
_LOOK_AGAIN_S = 0.25

Action = Callable[[Arguments], Awaitable[Json]]


class OwnerVerbs:
    """Does what the owner says about alerts and about being told.

    Attributes:
        changing: What it does, by verb.
    """

    def __init__(
        self,
        clock: Clock,
        writer: StoreWriter,
        maintaining: Maintaining,
        recording: Recording,
        nudge_notifier: Callable[[], None],
    ) -> None:
        """Do nothing yet.

        Args:
            clock: The time.
            writer: The store's writing side.
            maintaining: Begins and ends silences and maintenance.
            recording: What states are written through.
            nudge_notifier: Has the outbox looked through at once.
        """
        self._clock = clock
        self._writer = writer
        self._maintaining = maintaining
        self._recording = recording
        self._nudge_notifier = nudge_notifier
        self.changing: dict[str, Action] = {
            "acknowledge": self._acknowledge,
            "note": self._note,
            "escalate": self._escalate,
            "deployed": self._note_deploy,
            "silence": partial(self._begin, SilenceKind.SILENCE),
            "maintenance": partial(self._begin, SilenceKind.MAINTENANCE),
            "unsilence": self._end,
            "notify_test": self._test_channel,
        }

    async def _acknowledge(self, arguments: Arguments) -> Json:
        arguments.expect("alert", "incident")
        alert, incident = arguments.number("alert", None), arguments.number("incident", None)
        if alert is not None and incident is None:
            return await self._acknowledge_alert(alert, arguments.source)
        if incident is not None and alert is None:
            return await self._acknowledge_incident(incident, arguments.source)
        raise UsageError("acknowledge needs either an alert or an incident")

    async def _acknowledge_alert(self, alert_id: int, by: str) -> Json:
        job = partial(acknowledge, alert_id=alert_id, at_ms=self._clock.now_ms(), by=by)
        alert: AlertRecord = await self._writer.run(job, durable=True)
        return {
            "alert": alert.id,
            "incident": alert.incident,
            "service": alert.service,
            "rule": alert.rule,
            "acknowledged_ms": alert.acknowledged_ms,
        }

    async def _acknowledge_incident(self, incident_id: int, by: str) -> Json:
        job = partial(
            acknowledge_incident, incident_id=incident_id, at_ms=self._clock.now_ms(), by=by
        )
        incident: Incident = await self._writer.run(job, durable=True)
        return {
            "incident": incident.id,
            "title": incident.title,
            "acknowledged_ms": incident.acknowledged_ms,
        }

    async def _note(self, arguments: Arguments) -> Json:
        arguments.expect("incident", "text")
        text = arguments.text("text")
        if not text:
            raise UsageError("a note needs words")
        job = partial(
            add_note,
            incident_id=arguments.number("incident"),
            at_ms=self._clock.now_ms(),
            by=arguments.source,
            text=text,
        )
        return asdict(await self._writer.run(job, durable=True))

    async def _note_deploy(self, arguments: Arguments) -> Json:
        arguments.expect("service", "text")
        service, text = arguments.text("service"), arguments.text("text", "")
        if service not in self._maintaining.services_of(service):
            raise EngineError(f"no service is called {service!r}", "`status` lists them")
        at_ms = self._clock.now_ms()
        job = partial(
            add_event,
            at_ms=at_ms,
            kind=EntryKind.DEPLOY,
            text=f"deployed {text}".strip(),
            service=service,
        )
        await self._writer.run(job, durable=True)
        return {"service": service, "at_ms": at_ms}

    async def _escalate(self, arguments: Arguments) -> Json:
        arguments.expect("incident")
        incident_id = arguments.number("incident")
        job = partial(escalate, incident_id=incident_id, now_ms=self._clock.now_ms())
        channels: list[str] = await self._writer.run(job, durable=True)
        self._nudge_notifier()
        return {"incident": incident_id, "channels": channels}

    async def _begin(self, kind: SilenceKind, arguments: Arguments) -> Json:
        arguments.expect("match", "until_ms", "until_healthy", "reason")
        match = arguments.text("match")
        until_ms = arguments.number("until_ms", None)
        until_healthy = arguments.flag("until_healthy", default=False)
        if until_ms is not None and until_ms <= self._clock.now_ms():
            raise UsageError(
                f"the {kind} would end before it begins", "until_ms lies in the future"
            )
        if kind is SilenceKind.SILENCE and until_ms is None and not until_healthy:
            raise UsageError("a silence needs an end", "give it until_ms, or until_healthy")
        covered = self._maintaining.services_of(match)
        if not covered and (until_healthy or kind is SilenceKind.MAINTENANCE):
            raise EngineError(
                f"{match!r} covers no service", "name one by its id, or several as tag:shop"
            )
        begun = await self._maintaining.begin(
            kind,
            match,
            until_ms,
            until_healthy=until_healthy,
            reason=arguments.text("reason", ""),
            by=arguments.source,
        )
        await self._show()
        return {**_silence(begun), "services": covered}

    async def _end(self, arguments: Arguments) -> Json:
        arguments.expect("silence")
        ended = await self._maintaining.end(arguments.number("silence"))
        await self._show()
        self._nudge_notifier()
        return _silence(ended)

    async def _show(self) -> None:
        """Have states in the store before the answer says so; a full disk may delay it."""
        with suppress(StoreError):
            await self._recording.flush()

    async def _test_channel(self, arguments: Arguments) -> Json:
        """Send a test message, and wait until it is known what became of it."""
        arguments.expect("channel")
        channel = arguments.text("channel")
        job = partial(queue_test, channel=channel, now_ms=self._clock.now_ms())
        key: str = await self._writer.run(job, durable=True)
        self._nudge_notifier()
        give_up_s = self._clock.elapsed_s() + _TEST_WITHIN_S
        while self._clock.elapsed_s() < give_up_s:
            message: Message | None = await self._writer.run(partial(_message, key=key))
            if message is not None and (message.sent_ms is not None or message.error):
                sent = message.sent_ms is not None
                return {"channel": channel, "sent": sent, "error": message.error}
            await self._clock.sleep(_LOOK_AGAIN_S)
        error = f"it has not taken the message within {_TEST_WITHIN_S:.0f} s"
        return {"channel": channel, "sent": False, "error": error}


def _silence(silence: Silence) -> Json:
    return {
        "silence": silence.id,
        "kind": silence.kind,
        "match": silence.match,
        "start_ms": silence.start_ms,
        "end_ms": silence.end_ms,
        "until_healthy": silence.until_healthy,
        "reason": silence.reason,
        "ended_ms": silence.ended_ms,
    }


def _message(db: Database, key: str) -> Message | None:
    row = db.row(SELECT_MESSAGES + "WHERE key = ?", (key,))
    return message_from_row(row) if row else None
