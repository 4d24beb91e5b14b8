"""Finding out what became of a call that nobody saw answered: read, wait, read again, never send.

After a silence, a failure on the way back or a crash the platform's own deploys, events and
settings tell. What they show was done; what they twice do not show, although they should, was not.
"""

from __future__ import annotations

from dataclasses import dataclass

from sentinel_tui.clock import Clock
from sentinel_tui.domain.autonomy.actions import Action
from sentinel_tui.domain.autonomy.reconciling import (
    GRACE_S,
    READ_AGAIN_S,
    Absent,
    CannotTell,
    Found,
    RemoteView,
    outcome,
)
from sentinel_tui.engine.hosted import Hosted
from sentinel_tui.errors import PlatformError

_LOOK_EVERY_S = 10.0
_BEFORE_MS = 60_000
"""The platform's clock may be behind ours: what it dates a little earlier is read too."""


@dataclass(slots=True)
class _Reads:
    """How often an action was looked for.

    Attributes:
        began_s: Elapsed time when the search began.
        counted: Reads that could have shown it.
        counted_s: Elapsed time of the last of them.
        unreadable_ms: Since when the platform cannot be read, or None.
    """

    began_s: float
    counted: int = 0
    counted_s: float = float("-inf")
    unreadable_ms: int | None = None


class Tracing:
    """Looks for actions at the platform."""

    def __init__(self, clock: Clock, hosted: Hosted) -> None:
        """Look for nothing yet.

        Args:
            clock: The time.
            hosted: What the platform last said.
        """
        self._clock = clock
        self._hosted = hosted

    async def find(self, action: Action) -> Found | Absent | CannotTell:
        """What became of an action that was begun; waits until that is known, or never will be."""
        reads = _Reads(began_s=self._clock.elapsed_s())
        while True:
            view = await self._view(action)
            came = self._judged(action, view, reads)
            if not isinstance(came, CannotTell) or came.give_up:
                return came
            await self._clock.sleep(_LOOK_EVERY_S)

    def _judged(
        self, action: Action, view: RemoteView | None, reads: _Reads
    ) -> Found | Absent | CannotTell:
        now_ms = self._since_begun_ms(action, reads)
        if view is None:
            reads.unreadable_ms = now_ms if reads.unreadable_ms is None else reads.unreadable_ms
        else:
            reads.unreadable_ms = None
            self._count(action, reads, now_ms)
        return outcome(
            action,
            view,
            reads=reads.counted,
            now_ms=now_ms,
            unreadable_since_ms=reads.unreadable_ms,
        )

    def _since_begun_ms(self, action: Action, reads: _Reads) -> int:
        """Now; never earlier than the search has lasted, should the clock have been set back."""
        searched_ms = round((self._clock.elapsed_s() - reads.began_s) * 1_000)
        return max(self._clock.now_ms(), (action.started_ms or 0) + searched_ms)

    def _count(self, action: Action, reads: _Reads, now_ms: int) -> None:
        now_s = self._clock.elapsed_s()
        due = now_ms - (action.started_ms or 0) >= GRACE_S * 1_000
        if due and now_s - reads.counted_s >= READ_AGAIN_S:
            reads.counted += 1
            reads.counted_s = now_s

    async def _view(self, action: Action) -> RemoteView | None:
        """What the platform says of the service now; None where it cannot be read."""
        # Deferred: an engine without a platform does not pay for its client.
        from sentinel_tui.platforms.render_hosting import host_event

        hosted, service = self._hosted, action.service
        try:
            seen = await hosted.refresh(service)
            if hosted.client is None:
                return None
            begun_ms = action.started_ms or action.created_ms
            events = await hosted.client.events(
                seen.host_id, begun_ms - _BEFORE_MS, self._clock.now_ms() + _BEFORE_MS
            )
        except PlatformError:
            return None
        return RemoteView(
            hosted=seen,
            deploys=tuple(hosted.deploys.get(service, ())),
            events=tuple(host_event(one, service) for one in events),
        )
