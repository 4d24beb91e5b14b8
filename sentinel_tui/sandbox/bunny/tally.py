"""What a platform counts of one film while people watch it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from itertools import accumulate

from sentinel_tui.domain.video.catalog import DAY_MS, HOUR_MS
from sentinel_tui.sandbox.films import Film
from sentinel_tui.sandbox.viewing import Audience, Session

SEGMENTS = 100
"""Into how many parts the platform cuts a film for its heatmap."""


class Tally:
    """Counts sessions once they are over. It never forgets an hour, whatever becomes of the sums.

    Attributes:
        film: Whose sessions are counted.
        views: How many there were.
        watch_s: How long they lasted together.
        hours: By the hour in which sessions began, how many and how long, in ms since 1970.
    """

    def __init__(self, film: Film, audience: Audience) -> None:
        """Nothing counted yet.

        Args:
            film: Whose sessions are to be counted.
            audience: Who watches it.
        """
        self.film = film
        self.views = 0
        self.watch_s = 0.0
        self.hours: defaultdict[int, tuple[int, float]] = defaultdict(lambda: (0, 0.0))
        self._audience = audience
        self._next_day = film.published_ms // DAY_MS
        self._running: list[Session] = []
        self._stops = [0] * SEGMENTS
        self._again = [0] * SEGMENTS

    def count_up_to(self, now_ms: int) -> None:
        """Count what is over by now."""
        while self._next_day * DAY_MS <= now_ms:
            self._running += self._audience.sessions(self.film, self._next_day)
            self._next_day += 1
        running, self._running = self._running, []
        for session in running:
            if session.end_ms > now_ms:
                self._running.append(session)
            elif self._audience.takes_place(session):
                self._count(session)

    def heat(self) -> list[int]:
        """Of each segment, how often it was played, 100 for the most played one."""
        still = list(accumulate(reversed(self._stops)))[::-1]
        plays = [once + twice for once, twice in zip(still, self._again, strict=True)]
        most = max(plays)
        return [round(100 * one / most) if most else 0 for one in plays]

    def set_back(self, share: float) -> None:
        """Lose a share of the sums, as after a restored backup; the hours stay."""
        self.views = round(self.views * (1 - share))
        self.watch_s *= 1 - share

    def between(self, from_ms: int, until_ms: int) -> Sequence[tuple[int, int, float]]:
        """Hour, views and time watched of all hours with views, from one instant until another."""
        return [
            (at_ms, views, watch_s)
            for at_ms, (views, watch_s) in self.hours.items()
            if from_ms <= at_ms < until_ms
        ]

    def _count(self, session: Session) -> None:
        self.views += 1
        self.watch_s += session.watch_s
        hour_ms = session.start_ms - session.start_ms % HOUR_MS
        views, watch_s = self.hours[hour_ms]
        self.hours[hour_ms] = (views + 1, watch_s + session.watch_s)
        self._stops[self._segment(session.left_s)] += 1
        if session.again_s and self.film.again is not None:
            first = self._segment(self.film.again.from_s)
            for segment in range(first, self._segment(self.film.again.to_s)):
                self._again[segment] += 1

    def _segment(self, at_s: float) -> int:
        return min(SEGMENTS - 1, int(at_s / self.film.length_s * SEGMENTS))
