"""The store as it was at an instant: a `Reader` of the past."""

from __future__ import annotations

from sentinel_tui.paths import Paths
from sentinel_tui.store.past_states import rebuild
from sentinel_tui.store.past_views import lay_views
from sentinel_tui.store.queries import Reader


class PastReader(Reader):
    """Reads a store as it was, with everything that a `Reader` reads.

    It shows what was known at one instant: services and checks with their states and last looks,
    what was open, acknowledged and noted, charts and figures up to it. Ask it for windows that end
    at `at_ms`. Not all is as it was:

    - An outage shows from its first failed look on, and a recovery from its first good one,
      although each was confirmed a little later: that is how they are dated.
    - What was configured is what is configured today. A service or check is left out before it
      was first looked at, a library before its first video was listed; a service that was taken
      out shows until its last look.
    - Where only the last value is kept, a later one shows: an alert's severity and reason before
      it rose, the title of an incident that another service was found to be the cause of, a
      notice that was dropped or given up, how often a message was tried, the words with which an
      action was first allowed or held back, how a video was described. A video's counts are those
      of the last study by then, and until the first one those of later.
    - Of studies the last one of each day is kept: before it was made, the day shows the one before.
      The day and the hour that were not over show no views yet.
    - A service that was awake shows so up to the instant, not until when it was expected to stay
      so. Plans show for as long as they are kept.
    - What is kept of the present alone is left out: what was planned next, when a certificate
      ends, the timings and error of a look whose answer is no longer kept, how an earlier engine
      did. A check gives the reason for which its state began, not that of its last look.

    Args:
        paths: The watch whose store is read.
        at_ms: The instant.

    Raises:
        StoreError: There is no store yet, or it cannot be read.
        StoreTooNew: A newer Sentinel wrote it.
    """

    def __init__(self, paths: Paths, at_ms: int) -> None:
        super().__init__(paths)
        self._seeks = 0
        try:
            with self._snapshot() as connection:
                lay_views(connection)
            self.seek(at_ms)
        except BaseException:
            self.close()
            raise

    @property
    def at_ms(self) -> int:
        """The instant that is shown."""
        return self._at_ms

    def seek(self, at_ms: int) -> None:
        """Show the store as it was at another instant.

        Raises:
            StoreError: The store cannot be read.
        """
        with self._snapshot() as connection:
            connection.execute("DELETE FROM temp.moment")
            connection.execute("INSERT INTO temp.moment VALUES (?)", (at_ms,))
            rebuild(connection, at_ms)
        self._at_ms = at_ms
        self._seeks += 1

    def data_version(self) -> int:
        """A number that differs from the last one when another instant was sought in between."""
        return self._seeks
