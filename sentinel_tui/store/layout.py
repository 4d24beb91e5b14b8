"""Facts about the store's layout that its writers and its readers share."""

from __future__ import annotations

from enum import IntEnum

APPLICATION_ID = 0x53454E54
"""Says in the file's header that it is Sentinel's ("SENT")."""

LAYOUT_VERSION = 4
"""The newest migration, kept in the file's `user_version`."""

HOUR_MS = 3_600_000
DAY_MS = 86_400_000

FAILURES_KEPT = 50
"""Failed looks kept of each check, the newest."""


class Floor(IntEnum):
    """How coarse a row of `rollups` is. The numbers are stored; never renumber them."""

    MINUTE = 0
    HOUR = 1
    DAY = 2

    @property
    def length_ms(self) -> int:
        """How long one bucket of it is."""
        return _LENGTHS_MS[self]

    def start_ms(self, at_ms: int) -> int:
        """The start of the bucket that an instant falls into."""
        return at_ms - at_ms % self.length_ms


_LENGTHS_MS = (60_000, HOUR_MS, DAY_MS)


class Mark:
    """Names of the rows of `marks`: instants up to which something has been done."""

    ROLLED = "rolled_until_ms"
    """Rollups cover every observation before it; readers take the rest from `metrics`."""
    REBUILD = "rebuild_from_ms"
    """Where the next roll-up starts; a late observation moves it back."""
    COUNTED = "uptime_until_ms"
    """`uptime_days` is right for every day before it; a late change moves it back."""
    LEARNED = "usual_until_ms"
    """`usual_latencies` has learnt from every hour before it."""
