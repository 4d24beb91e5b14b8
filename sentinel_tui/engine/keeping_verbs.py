"""Verbs about keeping awake: modes set by hand, hours as the platform's page tells them, plans."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from contextlib import suppress

from sentinel_tui.clock import Clock
from sentinel_tui.domain.keepalive.modes import Mode
from sentinel_tui.engine.arguments import Arguments
from sentinel_tui.engine.control import Json
from sentinel_tui.engine.ledger import Ledger
from sentinel_tui.engine.modes import Modes
from sentinel_tui.engine.recording import Recording
from sentinel_tui.engine.watch import Watch
from sentinel_tui.engine.workers.planning import Planning
from sentinel_tui.errors import EngineError, StoreError, UsageError

_AUTO = "auto"
_MOST_HOURS = 100_000.0

Action = Callable[[Arguments], Awaitable[Json]]


class KeepingVerbs:
    """Does what the owner says about modes, hours and plans.

    Attributes:
        changing: What it does, by verb.
    """

    def __init__(
        self,
        clock: Clock,
        watch: Watch,
        modes: Modes,
        ledger: Ledger,
        planning: Planning,
        recording: Recording,
    ) -> None:
        """Do nothing yet.

        Args:
            clock: The time.
            watch: All that is watched.
            modes: Puts services into modes.
            ledger: Corrected by what the owner reads off the platform's page.
            planning: Makes plans.
            recording: What changes is written through.
        """
        self._clock = clock
        self._watch = watch
        self._modes = modes
        self._ledger = ledger
        self._planning = planning
        self._recording = recording
        self.changing: dict[str, Action] = {
            "mode": self._set_mode,
            "correct_hours": self._correct_hours,
            "replan": self._replan,
        }

    async def _set_mode(self, arguments: Arguments) -> Json:
        arguments.expect("service", "mode", "until_ms")
        named = arguments.text("service", "")
        services = [self._watch.service(named)] if named else []
        word, until_ms = arguments.text("mode"), arguments.number("until_ms", None)
        if word == _AUTO:
            self._modes.set_free(services)
        else:
            if until_ms is not None and until_ms <= self._clock.now_ms():
                raise UsageError("the mode would end before it begins", "until_ms lies ahead")
            self._modes.set_by_hand(_mode(word), services, until_ms, arguments.source)
        await self._show()
        shown = services or list(self._watch.services.values())
        return {"modes": {one.id: one.mode for one in shown}, "until_ms": until_ms}

    async def _correct_hours(self, arguments: Arguments) -> Json:
        arguments.expect("used_h")
        used_h = arguments.amount("used_h")
        if used_h > _MOST_HOURS:
            raise UsageError("these are more hours than any workspace has", "hours of this month")
        self._need_costly()
        before_h = self._ledger.used_h(self._clock.now_ms())
        self._ledger.correct(used_h, arguments.source)
        record = await self._planning.plan("hours were corrected")
        await self._show()
        made_ms = None if record is None else record.made_ms
        return {"used_h": used_h, "before_h": round(before_h, 2), "plan_ms": made_ms}

    async def _replan(self, arguments: Arguments) -> Json:
        arguments.expect()
        self._need_costly()
        record = await self._planning.plan("asked for")
        await self._show()
        if record is None:
            raise EngineError("no service costs hours any more", "`hours` tells which do")
        return {"made_ms": record.made_ms, "threshold": record.threshold}

    def _need_costly(self) -> None:
        if not any(one.costs_hours for one in self._watch.services.values()):
            raise EngineError(
                "no service costs hours of a limited workspace",
                "give one a [services.sleeps] table and its render_service_id",
            )

    async def _show(self) -> None:
        """Have it in the store before the answer says so; a full disk may delay it."""
        with suppress(StoreError):
            await self._recording.flush()


def _mode(word: str) -> Mode:
    try:
        return Mode(word)
    except ValueError:
        known = ", ".join([*Mode, _AUTO])
        raise UsageError(f"{word!r} is no mode", f"modes: {known}") from None
