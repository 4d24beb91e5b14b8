"""What every part of the screen shares: where it reads, whom it asks, and how it tells time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, tzinfo
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from textual.message_pump import MessagePump

from sentinel_tui.clock import Clock
from sentinel_tui.tui.errands import NOTHING_IN_THE_PAST, READ_ONLY, Errands
from sentinel_tui.tui.feed import Feed, Query
from sentinel_tui.tui.preferences import Preferences
from sentinel_tui.tui.view_models.words import Times

if TYPE_CHECKING:
    from sentinel_tui.domain.autonomy.actions import Action, Freeze
    from sentinel_tui.domain.records import AlertRecord
    from sentinel_tui.tui.replay import Replay


class Outlook:
    """Handed to panes and screens, so that none of them needs to know the app."""

    def __init__(
        self, feed: Feed, errands: Errands, clock: Clock, preferences: Preferences
    ) -> None:
        """An outlook in the owner's zone.

        Args:
            feed: Reads the store.
            errands: Carries out commands.
            clock: The present.
            preferences: The owner's zone, and what the owner told of services and channels.
        """
        self.preferences = preferences
        self._feed = feed
        self._errands = errands
        self._clock = clock
        self._zones = _zones(preferences.time_zone)
        self.replay: Replay | None = None
        """The walk through the past that is under way; everything shown is as of its instant."""
        self.offline: AlertRecord | None = None
        """The open alert about Sentinel's own network, or None while it sees."""
        self.waiting: Sequence[Action] = ()
        """Actions that wait for the owner's yes, the oldest first."""
        self.frozen: Freeze | None = None
        """The stop of all actions that is in force, or None."""
        self.names: Mapping[str, str] = {}
        """What services are called, by id."""

    @property
    def present_ms(self) -> int:
        """The present, whatever is shown."""
        return self._clock.now_ms()

    @property
    def now_ms(self) -> int:
        """The instant that is shown: the present, or that of a replay."""
        return self.present_ms if self.replay is None else self.replay.at_ms

    @property
    def refusal(self) -> str:
        """Why nothing can be changed from here, or empty where it can."""
        if self.replay is not None:
            return f"{NOTHING_IN_THE_PAST}; leave it first"
        return READ_ONLY if self.preferences.read_only else ""

    @property
    def zone(self) -> tzinfo:
        """The zone in which times are told now."""
        return self._zones[0][0]

    @property
    def times(self) -> Times:
        """How instants are told, seen from the one that is shown."""
        return self._times(self.now_ms)

    @property
    def present_times(self) -> Times:
        """How instants are told, seen from the present."""
        return self._times(self.present_ms)

    def toggle_zone(self) -> str:
        """Tell times in the other zone from now on; returns what it is called."""
        self._zones = [*self._zones[1:], self._zones[0]]
        return self._zones[0][1]

    def read(self, asker: MessagePump, slot: str, query: Query) -> None:
        """Have something read as of the instant that is shown; see `Feed.read`."""
        self._feed.read(asker, slot, query, at_ms=self._past_ms)

    def read_present(self, asker: MessagePump, slot: str, query: Query) -> None:
        """Have something read as it stands now, even during a replay."""
        self._feed.read(asker, slot, query)

    def do(self, commands: Sequence[str], asker: MessagePump) -> None:
        """Carry out commands at once; each posts `Answered` to the asker."""
        for command in commands:
            self._errands.do(command, self.zone, asker)

    def ask(self, verb: str, arguments: Mapping[str, str], told: str, asker: MessagePump) -> None:
        """Have the engine do something that nobody types a command for; see `Errands.ask`."""
        self._errands.ask(verb, arguments, told, asker)

    def prepare(self, command: str, asker: MessagePump) -> None:
        """Find out what must be asked before a command runs; see `Errands.prepare`."""
        self._errands.prepare(command, self.zone, asker)

    def do_in_turn(self, command: str, asker: MessagePump) -> None:
        """Carry out a typed command after those before it; during a replay, it sees the past."""
        self._errands.do_in_turn(command, self.zone, asker, at_ms=self._past_ms)

    @property
    def _past_ms(self) -> int | None:
        return None if self.replay is None else self.replay.at_ms

    def _times(self, now_ms: int) -> Times:
        zone, name = self._zones[0]
        return Times(zone, name, now_ms)


def _zones(time_zone: str) -> list[tuple[tzinfo, str]]:
    """The configured zone and the other one: UTC, or where that is configured the machine's."""
    utc: tuple[tzinfo, str] = (UTC, "UTC")
    if time_zone != "UTC":
        return [(ZoneInfo(time_zone), time_zone), utc]
    here = datetime.now(UTC).astimezone()
    return [utc, (here.tzinfo or UTC, here.tzname() or "local")]
