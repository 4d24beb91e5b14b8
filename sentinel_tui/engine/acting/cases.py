"""What is known of an outage that somebody tries to end: its incident, and what was tried."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from functools import partial

from sentinel_tui.clock import Clock
from sentinel_tui.domain.autonomy.actions import UNDER_WAY, Action, Step
from sentinel_tui.domain.autonomy.policy import Past, Verb
from sentinel_tui.domain.monitoring.alerts import Rule
from sentinel_tui.domain.monitoring.incidents import Incident, Note, family
from sentinel_tui.errors import StoreError
from sentinel_tui.paths import Paths
from sentinel_tui.store import actions as rows
from sentinel_tui.store.database import Database
from sentinel_tui.store.incidents import incidents_since
from sentinel_tui.store.queries import Reader
from sentinel_tui.store.recorder import add_note, escalate
from sentinel_tui.store.writer import StoreWriter

log = logging.getLogger(__name__)

_MOST_ATTEMPTS = 3
_OVER_TO_YOU = "over to you"


@dataclass(frozen=True, slots=True)
class Case:
    """One service that is down.

    Attributes:
        service: Which.
        incident: The incident it is part of.
        actions: What was wanted for it since it went down, the oldest first.
        down_since_ms: Since when it is down; its incident may be older.
    """

    service: str
    incident: Incident
    actions: Sequence[Action]
    down_since_ms: int

    @property
    def in_hand(self) -> bool:
        """Whether something is under way, or waits for the owner's yes."""
        return any(one.step in UNDER_WAY or one.step is Step.WAITING for one in self.actions)

    def attempts(self, verb: Verb) -> int:
        """How often one verb was allowed and yet never reached the platform."""
        return sum(one.verb is verb and _came_to_nothing(one) for one in self.actions)

    @property
    def tried(self) -> list[Past]:
        """What the ladder need not want again: what was done, and what the owner did not want."""
        over = [one for one in self.actions if self._is_over(one)]
        return [Past(one.service, one.verb, one.created_ms, one.ended_ms) for one in over]

    def _is_over(self, action: Action) -> bool:
        if action.step is Step.PROPOSED:
            return False
        return not _came_to_nothing(action) or self.attempts(action.verb) >= _MOST_ATTEMPTS


def _came_to_nothing(action: Action) -> bool:
    """Whether it had a yes, and was held back or lost before it changed anything."""
    held_back = action.step is Step.CANCELLED and action.approved_ms is not None
    return held_back or action.step is Step.NOT_EXECUTED


class Cases:
    """Reads what is known of outages, and writes on their incidents."""

    def __init__(self, paths: Paths, clock: Clock, writer: StoreWriter) -> None:
        """Read nothing yet.

        Args:
            paths: Where the store is.
            clock: The time.
            writer: The store's writing side.
        """
        self._paths = paths
        self._clock = clock
        self._writer = writer

    async def of(self, service: str, down_since_ms: int) -> Case | None:
        """The case of a service that is down, or None while no incident tells of it.

        Args:
            service: Which.
            down_since_ms: Since when it is down.
        """
        read = partial(_case, service=service, since_ms=down_since_ms, now_ms=self._clock.now_ms())
        return await self._writer.run(read)

    async def note(self, incident: Incident, by: str, text: str) -> None:
        """Write something on an incident."""
        job = partial(
            add_note, incident_id=incident.id, at_ms=self._clock.now_ms(), by=by, text=text
        )
        await self._writer.run(job, durable=True)

    async def hand_over(self, case: Case, by: str, reason: str) -> None:
        """Say on the incident what was tried, and take the next step of its escalation; once."""
        notes = await asyncio.to_thread(_notes, self._paths, case.incident.id)
        opening = f"{_OVER_TO_YOU} ({case.service}, down the {case.incident.reopened + 1}. time)"
        since_ms = case.down_since_ms
        if any(one.at_ms >= since_ms and one.text.startswith(opening) for one in notes):
            return
        tried = "; ".join(f"{one.verb} (action {one.id}): {one.step}" for one in case.actions)
        await self.note(case.incident, by, f"{opening}: {reason}. Tried: {tried}")
        job = partial(escalate, incident_id=case.incident.id, now_ms=self._clock.now_ms())
        try:
            await self._writer.run(job, durable=True)
        except StoreError as error:
            log.info("nobody further is told of incident %d: %s", case.incident.id, error)


def _case(db: Database, *, service: str, since_ms: int, now_ms: int) -> Case | None:
    # A certificate that ends soon has an incident of its own, which may be open for weeks.
    kind = f"{family(Rule.DOWN)}/"
    outages = (
        one for one in incidents_since(db, now_ms + 1) if one.open and one.cause.startswith(kind)
    )
    incident = next((one for one in outages if service in one.services), None)
    if incident is None:
        return None
    recent = rows.recent_actions(db, since_ms)
    return Case(service, incident, [one for one in recent if one.service == service], since_ms)


def _notes(paths: Paths, incident_id: int) -> list[Note]:
    with closing(Reader(paths)) as reader:
        return reader.notes(incident_id)
