"""What the store tells, for screens, commands and exports.

A reader has a connection of its own that can only read. It belongs to one thread; every method
reads one consistent moment, fetches all its rows, and leaves nothing open that could hold up the
writer. Importing it costs next to nothing: no peewee.
"""

from __future__ import annotations

from collections.abc import Sequence

from sentinel_tui.domain.monitoring.incidents import Incident, Note
from sentinel_tui.domain.monitoring.silences import Silence
from sentinel_tui.domain.monitoring.states import State
from sentinel_tui.domain.monitoring.uptime import StateTimes, Uptime
from sentinel_tui.domain.notifying.notices import ChannelHealth, Message, Notice
from sentinel_tui.domain.records import (
    AlertRecord,
    ColdStartRecord,
    EngineRecord,
    FailureRecord,
    LatencySummary,
    SeriesPoint,
    ServiceRecord,
    TimelineEntry,
)
from sentinel_tui.paths import Paths
from sentinel_tui.store import (
    history,
    incident_reading,
    latency,
    outbox_reading,
    silence_reading,
    timeline,
    watch_reading,
)
from sentinel_tui.store.failed_looks import failed_looks
from sentinel_tui.store.info import StoreInfo, read_info
from sentinel_tui.store.video_queries import VideoQueries

_HOUR_MS = 3_600_000
_WEEK_MS = 7 * 24 * _HOUR_MS


class Reader(VideoQueries):
    """Reads a store that a running engine may be writing.

    Args:
        paths: The watch whose store is read.

    Raises:
        StoreError: There is no store yet, or it cannot be read.
        StoreTooNew: A newer Sentinel wrote it.
    """

    def __init__(self, paths: Paths) -> None:
        super().__init__(paths)
        self._usual: tuple[int, dict[int, LatencySummary]] = (0, {})

    def services(self) -> list[ServiceRecord]:
        """All configured services as they stand, in the order of the configuration."""
        with self._snapshot() as connection:
            return watch_reading.services(connection)

    def uptimes(self, start_ms: int, end_ms: int) -> dict[str, Uptime]:
        """How long each service was up, down and neither, by service id."""
        with self._snapshot() as connection:
            return history.uptimes(connection, start_ms, end_ms)

    def state_times(
        self, start_ms: int, end_ms: int, *, service: str = ""
    ) -> dict[str, StateTimes]:
        """How long each service was in each state, by service id; or only the one of this id."""
        with self._snapshot() as connection:
            return history.state_times(connection, start_ms, end_ms, service)

    def bad_windows(
        self, now_ms: int, windows_s: Sequence[int]
    ) -> dict[str, dict[int, tuple[int, int]]]:
        """How long each service was up and down in windows that end now.

        Args:
            now_ms: The present.
            windows_s: The lengths of the windows.

        Returns:
            By service id and length of the window: milliseconds up, milliseconds down.
        """
        with self._snapshot() as connection:
            return history.bad_windows(connection, now_ms, windows_s)

    def failed_looks(self, start_ms: int, end_ms: int) -> dict[str, tuple[int, int]]:
        """How many looks at each service failed, and in how many cycles, by service id.

        A window of more than six hours is read from hours, in each of which a check has no more
        failed cycles than its interval allows.
        """
        with self._snapshot() as connection:
            return failed_looks(connection, start_ms, end_ms)

    def state_cells(self, start_ms: int, end_ms: int, cells: int) -> dict[str, list[State | None]]:
        """The worst state in each of `cells` equal slices of the window, by service id."""
        with self._snapshot() as connection:
            return history.state_cells(connection, start_ms, end_ms, cells)

    def series(self, check_key: int, start_ms: int, end_ms: int, points: int) -> list[SeriesPoint]:
        """A check's latency in `points` equal slices; those without a look hold None.

        A slice narrower than what was kept of its time shows the whole minute or hour it lies in.
        """
        with self._snapshot() as connection:
            return latency.series(connection, check_key, start_ms, end_ms, points)

    def summaries(self, start_ms: int, end_ms: int) -> dict[int, LatencySummary]:
        """Latency of every check over a window, by check key.

        A window of more than two hours is read from hours, so its start is rounded down to one.
        """
        with self._snapshot() as connection:
            return latency.summaries(connection, start_ms, end_ms)

    def summary(self, check_key: int, start_ms: int, end_ms: int) -> LatencySummary:
        """Latency of one check over a window.

        A window of a day or more is read from hours, so its start is rounded down to one.
        """
        with self._snapshot() as connection:
            return latency.summary(connection, check_key, start_ms, end_ms)

    def usual_latencies(self, now_ms: int) -> dict[int, LatencySummary]:
        """Latency of every check over the week before the current hour, by check key.

        What is going on right now does not count as usual, and so is read once an hour only.
        """
        hour_ms = now_ms - now_ms % _HOUR_MS
        if self._usual[0] != hour_ms:
            self._usual = (hour_ms, self.summaries(hour_ms - _WEEK_MS, hour_ms))
        return self._usual[1]

    def alerts(
        self,
        *,
        open_only: bool = False,
        service: str = "",
        limit: int = 200,
        before_id: int | None = None,
    ) -> list[AlertRecord]:
        """Alerts, newest first.

        Args:
            open_only: Only those that still hold.
            service: Only those of this service's id.
            limit: The most to return.
            before_id: Only older ones than this: the last of the page before.
        """
        with self._snapshot() as connection:
            return incident_reading.alerts(
                connection,
                open_only=open_only,
                service=service,
                limit=limit,
                before_id=before_id,
            )

    def alert(self, alert_id: int) -> AlertRecord | None:
        """One alert, or None when there is no such number."""
        with self._snapshot() as connection:
            return incident_reading.alert(connection, alert_id)

    def incidents(
        self,
        *,
        open_only: bool = False,
        service: str = "",
        limit: int = 100,
        before_id: int | None = None,
        start_ms: int | None = None,
        end_ms: int | None = None,
    ) -> list[Incident]:
        """Incidents, newest first.

        Args:
            open_only: Only those that go on.
            service: Only those that touch this service's id.
            limit: The most to return.
            before_id: Only older ones than this: the last of the page before.
            start_ms: Only those that went on at this instant or later.
            end_ms: Only those that began before this instant.
        """
        with self._snapshot() as connection:
            return incident_reading.incidents(
                connection,
                open_only=open_only,
                service=service,
                limit=limit,
                before_id=before_id,
                start_ms=start_ms,
                end_ms=end_ms,
            )

    def incident(self, incident_id: int) -> Incident | None:
        """One incident, or None when there is no such number."""
        with self._snapshot() as connection:
            return incident_reading.incident(connection, incident_id)

    def incident_alerts(self, incident_id: int) -> list[AlertRecord]:
        """The alerts of an incident, in the order in which they opened."""
        with self._snapshot() as connection:
            return incident_reading.incident_alerts(connection, incident_id)

    def incident_timeline(self, incident_id: int, limit: int = 500) -> list[TimelineEntry]:
        """What happened in an incident and around it, oldest first; empty for no such number.

        Where there is more than `limit` the newest are returned.
        """
        with self._snapshot() as connection:
            found = incident_reading.incident(connection, incident_id)
            return timeline.incident_timeline(connection, found, limit) if found else []

    def notes(self, incident_id: int) -> list[Note]:
        """What was noted about an incident, oldest first."""
        with self._snapshot() as connection:
            return incident_reading.notes(connection, incident_id)

    def notices(self, incident_id: int | None = None, limit: int = 200) -> list[Notice]:
        """What was or is to be told, newest first: of one incident, or of all."""
        with self._snapshot() as connection:
            return outbox_reading.notices(connection, incident_id, limit)

    def messages(
        self, channel: str = "", limit: int = 50, since_ms: int | None = None
    ) -> list[Message]:
        """What went out or is on its way, newest first.

        Args:
            channel: Only over the channel of this name.
            limit: The most to return.
            since_ms: Only those put together at this instant or later.
        """
        with self._snapshot() as connection:
            return outbox_reading.messages(connection, channel, limit, since_ms)

    def channels(self) -> list[ChannelHealth]:
        """How each configured channel does, by name."""
        with self._snapshot() as connection:
            return outbox_reading.channels(connection)

    def silences(self, *, active_at_ms: int | None = None, limit: int = 100) -> list[Silence]:
        """Silences and maintenance, newest first: all, or those that hold at an instant."""
        with self._snapshot() as connection:
            return silence_reading.silences(connection, active_at_ms, limit)

    def timeline(
        self, start_ms: int, end_ms: int, *, service: str = "", limit: int = 200
    ) -> list[TimelineEntry]:
        """What happened in a window, newest first.

        Args:
            start_ms: Start of the window.
            end_ms: End of the window.
            service: Only of this service's id.
            limit: The most to return.
        """
        with self._snapshot() as connection:
            return timeline.timeline(connection, start_ms, end_ms, service, limit)

    def failures(self, service: str, limit: int = 20) -> list[FailureRecord]:
        """The last failed looks at a service with the answers that were kept, newest first."""
        with self._snapshot() as connection:
            return watch_reading.failures(connection, service, limit)

    def cold_starts(self, service: str, limit: int = 20) -> list[ColdStartRecord]:
        """The last wakes of a service, newest first."""
        with self._snapshot() as connection:
            return watch_reading.cold_starts(connection, service, limit)

    def engine(self) -> EngineRecord | None:
        """The engine as it last described itself; None when none ever ran."""
        with self._snapshot() as connection:
            return watch_reading.engine(connection)

    def info(self) -> StoreInfo:
        """How large the store is and what it holds; counts rows, so it may take a second."""
        with self._snapshot() as connection:
            return read_info(connection, self._path)
