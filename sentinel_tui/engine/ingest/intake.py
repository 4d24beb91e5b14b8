"""Takes in what was told of views and actions: checks it, stores it, and only then says so.

Whoever tells, over HTTP or over the control socket, is held to the same rules.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TypeVar

from sentinel_tui.clock import Clock
from sentinel_tui.config.model import Config
from sentinel_tui.domain.behaviour.actions import OwnerAction
from sentinel_tui.domain.records import Visit
from sentinel_tui.domain.video.events import PlayerEvent, ViewEvent
from sentinel_tui.engine.ingest.actions import owner_action
from sentinel_tui.engine.ingest.fields import Unfit
from sentinel_tui.engine.ingest.gathering import Gathering
from sentinel_tui.engine.ingest.limits import MOST_EVENTS
from sentinel_tui.engine.ingest.viewer_key import viewer_key
from sentinel_tui.engine.ingest.views import ViewReports
from sentinel_tui.errors import EngineError, UsageError
from sentinel_tui.paths import Paths
from sentinel_tui.store.recorder import Added, add_owner_actions, add_view_events
from sentinel_tui.store.writer import StoreWriter

VIEWERS, OWNER_TOLD = "viewers", "owner's actions"
"""Who tells of a visit: players on a page of the service, and the service itself."""

_MOST_WAITING = 20_000
"""Events that wait for the store at once; a slow disk is no reason to fill the memory."""

T = TypeVar("T", ViewEvent, OwnerAction)


@dataclass(frozen=True, slots=True)
class Rejected:
    """An event that was not taken.

    Attributes:
        index: Its place among those that were told together, from 0.
        field: What in it is wrong, or empty.
        message: Why.
    """

    index: int
    field: str
    message: str


@dataclass(frozen=True, slots=True)
class Taken:
    """What came of events that were told together.

    Attributes:
        new: Events that are stored now, and were not before.
        known: Events that had been told before.
        rejected: Those that were not taken.
    """

    new: int
    known: int
    rejected: tuple[Rejected, ...]


class Crowded(EngineError):
    """More is waiting for the store than it can take soon; the same may be told again later."""


class Intake:
    """The way in for view events and owner actions."""

    def __init__(
        self,
        paths: Paths,
        clock: Clock,
        writer: StoreWriter,
        note_visits: Callable[[Sequence[Visit]], None],
        config: Config,
    ) -> None:
        """Take nothing yet.

        Args:
            paths: The watch's files.
            clock: The time.
            writer: The store's writing side.
            note_visits: Told who came, so that the hours of services are planned by it.
            config: What to go by.
        """
        self._paths = paths
        self._clock = clock
        self._views = Gathering(clock, writer, add_view_events)
        self._actions = Gathering(clock, writer, add_owner_actions)
        self._note_visits = note_visits
        self._waiting = 0
        self.go_by(config)

    def go_by(self, config: Config) -> None:
        """Take what concerns these libraries and services from now on."""
        self._config = config
        self._reports: ViewReports | None = None
        costly = [one for one in config.services if one.costs_hours]
        self._costly = frozenset(one.id for one in costly)
        self._public = tuple(one.id for one in costly if one.role == "public")

    async def take_views(self, told: Sequence[object]) -> Taken:
        """Store the view events that were told.

        Raises:
            UsageError: Too many were told at once.
            SecretError: There is no key to hash viewers' tokens with.
            Crowded: Too many wait already.
            StoreError: They could not be stored; none of them was.
        """
        reports, now_ms = self._view_reports(), self._clock.now_ms()
        events, rejected = _each(told, partial(reports.event, now_ms=now_ms))
        added = await self._store(events, self._views)
        self._visited(
            Visit(service, one.at_ms, 1, VIEWERS)
            for one in events
            if one.event is PlayerEvent.PLAY
            for service in self._public
        )
        return Taken(added.new, added.known, rejected)

    async def take_actions(self, told: Sequence[object]) -> Taken:
        """Store the owner's actions that were told.

        Raises:
            UsageError: Too many were told at once.
            Crowded: Too many wait already.
            StoreError: They could not be stored; none of them was.
        """
        actions, rejected = _each(told, partial(owner_action, now_ms=self._clock.now_ms()))
        added = await self._store(actions, self._actions)
        self._visited(
            Visit(one.service, one.at_ms, 1, OWNER_TOLD)
            for one in actions
            if one.service in self._costly
        )
        return Taken(added.new, added.known, rejected)

    def _view_reports(self) -> ViewReports:
        # Made when the first event comes: an engine that is told nothing needs no key.
        if self._reports is None:
            key = viewer_key(self._paths, self._config.ingest)
            self._reports = ViewReports(key, self._config.videos.libraries)
        return self._reports

    async def _store(self, events: Sequence[T], gathering: Gathering[T]) -> Added:
        if not events:
            return Added(0, 0)
        if self._waiting + len(events) > _MOST_WAITING:
            raise Crowded("too many events wait for the store", "tell them again in a moment")
        self._waiting += len(events)
        try:
            return await gathering.store(events)
        finally:
            self._waiting -= len(events)

    def _visited(self, visits: Iterable[Visit]) -> None:
        came = list(visits)
        if came:
            self._note_visits(came)


def _each(
    told: Sequence[object], make: Callable[[object], T]
) -> tuple[list[T], tuple[Rejected, ...]]:
    """Each event that was told as it is kept, and those that cannot be taken.

    Raises:
        UsageError: There are too many.
    """
    if len(told) > MOST_EVENTS:
        raise UsageError(f"{len(told)} events were told at once", f"at most {MOST_EVENTS} will do")
    taken: list[T] = []
    rejected: list[Rejected] = []
    for index, raw in enumerate(told):
        try:
            taken.append(make(raw))
        except Unfit as error:
            rejected.append(Rejected(index, error.field, str(error)))
    return taken, tuple(rejected)
