"""The front door of a platform whose free services sleep, as Render's answers at it.

After a while without traffic the service is stopped. The next request starts it and is held until
it answers; browsers get a loading page meanwhile, and programs that ask again too quickly are
turned away. Now and then a start fails. The file for crawlers is answered by the door itself and
wakes nobody.
"""

from __future__ import annotations

from dataclasses import dataclass

from sentinel_tui.clock import Clock
from sentinel_tui.sandbox.http.messages import Answer, Request, Response, json_response, page
from sentinel_tui.sandbox.troubles import dice

_ROUTING = "x-render-routing"
_ROBOTS = Response(200, b"User-agent: *\nDisallow: /\n", content_type="text/plain")
_LOADING = page("Service waking up", "Your service is waking up. This page will reload by itself.")
_RATE_LIMITED = json_response(
    429, ((_ROUTING, "hibernate-rate-limited"),), error="too many requests"
)
_WAKE_ERROR = json_response(503, ((_ROUTING, "hibernate-wake-error"),), error="the start failed")


@dataclass(frozen=True, slots=True)
class SleepHabits:
    """How a service sleeps and wakes.

    Attributes:
        after_s: It falls asleep after this long without traffic.
        wakes_in_s: How long a start takes: at least and at most.
        too_quick_s: Who asks again within this time of a start is turned away.
        one_start_fails_in: Of so many starts one fails, never the first; 0: none.
    """

    after_s: float = 90.0
    wakes_in_s: tuple[float, float] = (3.0, 6.0)
    too_quick_s: float = 10.0
    one_start_fails_in: int = 8


@dataclass(frozen=True, slots=True)
class _Start:
    """A start of the service that is under way."""

    done_s: float
    fails: bool


class RenderEdge:
    """Stands before one service and starts it when somebody comes."""

    def __init__(self, service: Answer, habits: SleepHabits, clock: Clock, seed: str) -> None:
        """Stand before a service that is asleep.

        Args:
            service: Answers while it is awake.
            habits: How it sleeps.
            clock: Times it.
            seed: Decides how long each start takes, and which fail.
        """
        self._service = service
        self._habits = habits
        self._clock = clock
        self._seed = seed
        self._awake_s: float | None = None
        self._start: _Start | None = None
        self._starts = 0
        self._held_s: float | None = None

    @property
    def awake(self) -> bool:
        """Whether the service answers for itself."""
        self._settle()
        return self._awake_s is not None

    def fall_asleep(self) -> None:
        """Stop the service now, whatever the traffic."""
        self._awake_s = self._start = self._held_s = None

    async def answer(self, request: Request) -> Response | None:
        """Let the service answer, or answer as the platform does while it is not there."""
        if self.awake:
            self._awake_s = self._clock.elapsed_s()
            return await self._service(request)
        if request.path == "/robots.txt":
            return _ROBOTS
        start = self._start or self._begin()
        if request.wants_html:
            return _LOADING
        now_s = self._clock.elapsed_s()
        if self._held_s is not None and now_s - self._held_s < self._habits.too_quick_s:
            return _RATE_LIMITED
        self._held_s = now_s
        while self._start is start:  # a sleep may end a hair before the clock says so
            await self._clock.sleep(start.done_s - self._clock.elapsed_s())
            self._settle()
        return _WAKE_ERROR if start.fails else await self.answer(request)

    def _begin(self) -> _Start:
        luck = dice(self._seed, "start", self._starts)
        takes_s = luck.uniform(*self._habits.wakes_in_s)
        one_in = self._habits.one_start_fails_in
        fails = self._starts > 0 and one_in > 0 and luck.randrange(one_in) == 0
        self._starts += 1
        self._start = _Start(self._clock.elapsed_s() + takes_s, fails)
        return self._start

    def _settle(self) -> None:
        """Catch up with the clock: a start that is done, a silence that was too long."""
        now_s = self._clock.elapsed_s()
        if self._start is not None and now_s >= self._start.done_s:
            self._awake_s = None if self._start.fails else self._start.done_s
            self._start = self._held_s = None
        if self._awake_s is not None and now_s - self._awake_s >= self._habits.after_s:
            self._awake_s = None
