"""The front door of a service on Render, as the platform answers at it.

A free service is stopped after a while without traffic. The next request starts it and is held
until it answers; browsers get a loading page meanwhile, and programs that ask again too quickly
are turned away. Now and then a start fails. The file for crawlers is answered by the door itself
and wakes nobody. A suspended service has a page that says so, and what was deployed decides whether
the service behind the door works.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from sentinel_tui.clock import Clock
from sentinel_tui.errors import UsageError
from sentinel_tui.sandbox.http.messages import Answer, Request, Response, json_response, page
from sentinel_tui.sandbox.render.service import FREE, RenderService
from sentinel_tui.sandbox.render.workspace import Workspace
from sentinel_tui.sandbox.troubles import Spell, dice

_ROUTING = "x-render-routing"
_ROBOTS = Response(200, b"User-agent: *\nDisallow: /\n", content_type="text/plain")
_LOADING = page("Service waking up", "Your service is waking up. This page will reload by itself.")
_RATE_LIMITED = json_response(
    429, ((_ROUTING, "hibernate-rate-limited"),), error="too many requests"
)
_SUSPENDED = page("Service Suspended", "This service has been suspended.")
_RESTARTING = json_response(502, error="the service does not answer")
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
    """Stands before one service of a workspace."""

    def __init__(
        self,
        answer: Answer,
        service: RenderService,
        workspace: Workspace,
        habits: SleepHabits,
        clock: Clock,
        *,
        seed: str,
        eviction_at: Callable[[float], Spell | None],
    ) -> None:
        """Stand before a service.

        Args:
            answer: What answers while it runs.
            service: As its workspace knows it; it says whether it runs.
            workspace: Counts what comes in, and how long it runs.
            habits: How its starts go.
            clock: Times them.
            seed: Decides how long each start takes, and which fail.
            eviction_at: Says when the platform stops it though somebody comes.
        """
        self._answer = answer
        self._service = service
        self._workspace = workspace
        self._habits = habits
        self._clock = clock
        self._seed = seed
        self._eviction_at = eviction_at
        self._evicted_s: float | None = None
        self._start: _Start | None = None
        self._starts = 0
        self._held_s: float | None = None

    @property
    def awake(self) -> bool:
        """Whether the service answers for itself."""
        self._settle()
        return self._start is None and self._workspace.awake(self._service)

    def fall_asleep(self) -> None:
        """Stop the service now, whatever the traffic.

        Raises:
            UsageError: It never sleeps.
        """
        if self._service.plan != FREE:
            raise UsageError(
                f"{self._service.name} never sleeps, so it cannot be put to sleep",
                "only services on the free plan sleep; break the others in another way",
            )
        self._start = self._held_s = None
        self._workspace.put_to_sleep(self._service)

    async def answer(self, request: Request) -> Response | None:
        """Let the service answer, or answer as the platform does while it is not there."""
        self._evict_when_due()
        awake = self.awake
        if self._service.suspenders:
            return _suspended(self._service)
        if awake:
            self._workspace.visit(self._service)
            return await self._answer_awake(request)
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
        if start.fails:
            return _WAKE_ERROR
        return await (self._answer_awake(request) if self.awake else self.answer(request))

    async def _answer_awake(self, request: Request) -> Response | None:
        service = self._service
        if self._workspace.now_s < service.back_s:
            return _RESTARTING
        if not service.works:
            return json_response(500, status="error", service=service.name, error="out of order")
        if service.live is not None and service.live.slow_by_s > 0:
            await self._clock.sleep(service.live.slow_by_s)
        return await self._answer(request)

    def _begin(self) -> _Start:
        luck = dice(self._seed, "start", self._starts)
        takes_s = luck.uniform(*self._habits.wakes_in_s)
        one_in = self._habits.one_start_fails_in
        fails = self._starts > 0 and one_in > 0 and luck.randrange(one_in) == 0
        self._starts += 1
        self._start = _Start(self._clock.elapsed_s() + takes_s, fails)
        self._workspace.start(self._service, takes_s, fails=fails)
        return self._start

    def _settle(self) -> None:
        """Catch up with the clock: a start that is done."""
        if self._start is not None and self._clock.elapsed_s() >= self._start.done_s:
            self._start = self._held_s = None

    def _evict_when_due(self) -> None:
        spell = self._eviction_at(self._clock.elapsed_s()) if self._service.plan == FREE else None
        if spell is not None and spell.starts_s != self._evicted_s:
            self._evicted_s = spell.starts_s
            self.fall_asleep()


def is_loading(response: Response) -> bool:
    """Whether a browser was shown the page of a service that wakes up."""
    return response is _LOADING


def _suspended(service: RenderService) -> Response:
    by_user = service.suspenders == {"user"}
    routing = "suspend-by-user" if by_user else "suspend"
    return replace(_SUSPENDED, status=503, headers=((_ROUTING, routing),))
