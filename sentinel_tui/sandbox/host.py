"""An application behind a port of its own, and whatever is wrong with it at the moment."""

from __future__ import annotations

from asyncio import Event
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import NoReturn

from sentinel_tui.clock import Clock
from sentinel_tui.errors import UsageError
from sentinel_tui.sandbox.http.messages import Answer, Request, Response, json_response
from sentinel_tui.sandbox.http.server import LoopbackServer
from sentinel_tui.sandbox.services.application import Application
from sentinel_tui.sandbox.services.render_edge import RenderEdge
from sentinel_tui.sandbox.troubles import How

SLOW_BY_S = 1.5
"""How much later a slow service answers: beyond what is allowed, within the time of a probe."""

_DRIP_EVERY_S = 1.0


@dataclass(frozen=True, slots=True)
class _Override:
    """What somebody ordered, in place of what would happen by itself; `how` None: all is well."""

    how: How | None
    until_s: float


class Host:
    """Runs one application on loopback."""

    def __init__(
        self,
        application: Application,
        clock: Clock,
        door: Callable[[Answer], RenderEdge] | None = None,
    ) -> None:
        """Run nothing yet.

        Args:
            application: What answers while nothing is wrong.
            clock: Times troubles and slow answers.
            door: Makes what its platform puts before it, if any.
        """
        self._application = application
        self._clock = clock
        self._door = None if door is None else door(self._answer)
        self._entrance = self._answer if self._door is None else self._door.answer
        self._server = LoopbackServer(self._entrance, clock)
        self._override: _Override | None = None

    @property
    def port(self) -> int | None:
        """Where it listens; None while it refuses connections."""
        return self._server.port if self._server.listening else None

    @property
    def health_path(self) -> str:
        """Where the application says how it is."""
        return self._application.health_path

    @property
    def trouble(self) -> How | None:
        """What is wrong at this moment, ordered or by itself; None when nothing is."""
        now_s = self._clock.elapsed_s()
        if self._override is not None and now_s < self._override.until_s:
            return self._override.how
        spell = self._application.spell_at(now_s)
        return None if spell is None else spell.how

    def start(self) -> None:
        """Listen, even where trouble is due at once, so that the port is known."""
        self._server.listen()

    async def stop(self) -> None:
        """Stop for good."""
        await self._server.stop()

    async def follow_trouble(self) -> None:
        """Close or open the listener, whichever the trouble of this moment asks for."""
        if self.trouble is How.REFUSE:
            await self._server.refuse()
        else:
            self._server.listen()

    async def break_by(self, how: How, for_s: float) -> None:
        """Have trouble from now on.

        Args:
            how: Which.
            for_s: For how long; a service that is put to sleep stays so until somebody comes.

        Raises:
            UsageError: The application cannot have that trouble.
        """
        if how is How.SLEEP:
            self._fall_asleep()
            return
        self._override = _Override(how, self._clock.elapsed_s() + for_s)
        await self.follow_trouble()

    async def mend(self) -> None:
        """End the trouble of this moment, ordered or not; the next one comes when it is due."""
        self.renew()
        await self.follow_trouble()

    def renew(self) -> None:
        """End the trouble of this moment, as a new process does; the listener follows soon."""
        now_s = self._clock.elapsed_s()
        spell = self._application.spell_at(now_s)
        self._override = _Override(None, now_s if spell is None else spell.ends_s)

    async def visit(self, request: Request) -> Response | None:
        """Let somebody come without a connection."""
        return await self._entrance(request)

    def _fall_asleep(self) -> None:
        if self._door is None:
            raise UsageError(
                f"{self._application.name} never sleeps, so it cannot be put to sleep",
                "only services on the free plan sleep; break the others in another way",
            )
        self._door.fall_asleep()

    async def _answer(self, request: Request) -> Response | None:
        name = self._application.name
        match self.trouble:
            case How.REFUSE:
                return None
            case How.HANG:
                await _never()
            case How.ERROR:
                return json_response(500, status="error", service=name, error="out of order")
            case How.SLOW:
                await self._clock.sleep(SLOW_BY_S)
            case How.DRIP:
                whole = await self._application.answer(request)
                return whole and replace(whole, byte_every_s=_DRIP_EVERY_S)
        return await self._application.answer(request)


async def _never() -> NoReturn:
    """Wait until the client is gone or the server stops; both cancel this."""
    while True:
        await Event().wait()
