"""What every part of the screen shares: where it reads, whom it asks, and how it tells time."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, tzinfo
from zoneinfo import ZoneInfo

from textual.message_pump import MessagePump

from sentinel_tui.clock import Clock
from sentinel_tui.tui.errands import Errands
from sentinel_tui.tui.feed import Feed, Query
from sentinel_tui.tui.view_models.words import Times


class Outlook:
    """Handed to panes and screens, so that none of them needs to know the app."""

    def __init__(self, feed: Feed, errands: Errands, clock: Clock, time_zone: str) -> None:
        """An outlook in the owner's zone.

        Args:
            feed: Reads the store.
            errands: Carries out commands.
            clock: The present.
            time_zone: The zone the owner configured.
        """
        self._feed = feed
        self._errands = errands
        self._clock = clock
        self._zones = _zones(time_zone)

    @property
    def now_ms(self) -> int:
        """The present."""
        return self._clock.now_ms()

    @property
    def zone(self) -> tzinfo:
        """The zone in which times are told now."""
        return self._zones[0][0]

    @property
    def times(self) -> Times:
        """How instants are told, seen from now."""
        zone, name = self._zones[0]
        return Times(zone, name, self.now_ms)

    def toggle_zone(self) -> str:
        """Tell times in the other zone from now on; returns what it is called."""
        self._zones = [*self._zones[1:], self._zones[0]]
        return self._zones[0][1]

    def read(self, asker: MessagePump, slot: str, query: Query) -> None:
        """Have something read; see `Feed.read`."""
        self._feed.read(asker, slot, query)

    def do(self, commands: Sequence[str], asker: MessagePump) -> None:
        """Carry out commands at once; each posts `Answered` to the asker."""
        for command in commands:
            self._errands.do(command, self.zone, asker)

    def do_in_turn(self, command: str, asker: MessagePump) -> None:
        """Carry out a typed command after those before it."""
        self._errands.do_in_turn(command, self.zone, asker)


def _zones(time_zone: str) -> list[tuple[tzinfo, str]]:
    """The configured zone and the other one: UTC, or where that is configured the machine's."""
    utc: tuple[tzinfo, str] = (UTC, "UTC")
    if time_zone != "UTC":
        return [(ZoneInfo(time_zone), time_zone), utc]
    here = datetime.now(UTC).astimezone()
    return [utc, (here.tzinfo or UTC, here.tzname() or "local")]
