"""People who watch films: what each of them plays, when and for how long.

All of it follows from a seed and from the films' stated curves, so that what a platform counts and
what players report can be held against what is true.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import accumulate
from random import Random
from typing import NamedTuple

from sentinel_tui.domain.video.catalog import DAY_MS, HOUR_MS
from sentinel_tui.sandbox.films import Film
from sentinel_tui.sandbox.troubles import dice
from sentinel_tui.sandbox.visitors import poisson

WEEKDAYS = (0.9, 0.8, 0.9, 0.9, 1.0, 1.3, 1.2)
"""How much more is watched than on average on each day of the week, Monday first."""

HOURS = (5, 4, 4, 3, 3, 4, 5, 6, 6, 6, 6, 7, 8, 7, 6, 6, 7, 8, 9, 10, 10, 9, 8, 6)
"""Of each hour of the day, UTC, how many views begin in it, compared with one another."""

CONVERSION_DAYS = 7
"""Within how many days the viewers of a preview open the full film, if they do."""

_VIEWERS, _LOYALTY = 12_000, 1.5
_FIRST_MONDAY = 4
_KEPT_DAYS = 8
_HOURS_UP_TO = tuple(accumulate(HOURS))


class Session(NamedTuple):
    """One viewer's playing of one film, from its beginning.

    Attributes:
        film: Which film.
        viewer: Who, by number.
        start_ms: When it began.
        left_s: How far it went; the length of the film where the end was seen.
        again_s: How long of it was played a second time.
    """

    film: Film
    viewer: int
    start_ms: int
    left_s: float
    again_s: float

    @property
    def watch_s(self) -> float:
        """How long was watched."""
        return self.left_s + self.again_s

    @property
    def end_ms(self) -> int:
        """When it was over."""
        return self.start_ms + round(self.watch_s * 1_000)


class Audience:
    """Watches films; the same seed gives the same sessions, whoever asks and in whatever order."""

    def __init__(self, films: Sequence[Film], seed: int) -> None:
        """People who have not begun yet.

        Args:
            films: What can be watched.
            seed: Decides who watches what, and when.
        """
        self._seed = seed
        self._films: dict[str, Film] = {}
        self._previews: dict[str, list[Film]] = {}
        for film in films:
            self.add(film)
        self._closed: dict[str, list[tuple[int, int | None]]] = {}
        self._own = lru_cache(maxsize=_KEPT_DAYS)(self._own_sessions)
        self._bring = lru_cache(maxsize=None)(self._brought_by)

    @property
    def films(self) -> Sequence[Film]:
        """What can be watched."""
        return list(self._films.values())

    def add(self, film: Film) -> None:
        """Give people another film to watch."""
        self._films[film.id] = film
        if film.full:
            self._previews.setdefault(film.full, []).append(film)

    def remove(self, film: Film) -> None:
        """Take a film away.

        Raises:
            KeyError: It is none of `films`.
        """
        del self._films[film.id]
        if film.full:
            self._previews[film.full].remove(film)

    def sessions(self, film: Film, day: int) -> list[Session]:
        """What is played of a film on a day wherever it can be begun, the earliest first.

        Args:
            film: Which one.
            day: Days since 1970, UTC.
        """
        came = [*self._own(film, day), *self._converted(film, day)]
        if film.full:
            # The full film will ask whom they brought, many days later; they are at hand now.
            self._bring(film, day)
        return sorted(came, key=lambda session: session.start_ms)

    def takes_place(self, session: Session) -> bool:
        """Whether a session that is over, or just begins, could begin."""
        return not any(
            from_ms <= session.start_ms and (until_ms is None or session.start_ms < until_ms)
            for from_ms, until_ms in self._closed.get(session.film.library, ())
        )

    def close(self, library: str, from_ms: int) -> None:
        """Have nobody begin anything of a library from an instant on."""
        spells = self._closed.setdefault(library, [])
        if not spells or spells[-1][1] is not None:
            spells.append((from_ms, None))

    def open(self, library: str, from_ms: int) -> None:
        """Let people in again; harmless when they already are."""
        spells = self._closed.get(library, [])
        if spells and spells[-1][1] is None:
            spells[-1] = (spells[-1][0], from_ms)

    def _own_sessions(self, film: Film, day: int) -> list[Session]:
        """Those who come by themselves."""
        begin_ms = day * DAY_MS
        if begin_ms + DAY_MS <= film.published_ms or not film.fans:
            return []
        expected = film.interest(max(begin_ms, film.published_ms)) * WEEKDAYS[_weekday(day)]
        luck = dice(self._seed, "views", film.id, day)
        hours = luck.choices(range(24), cum_weights=_HOURS_UP_TO, k=poisson(expected, luck))
        starts = (begin_ms + hour * HOUR_MS + luck.randrange(HOUR_MS) for hour in hours)
        return [
            _session(film, _viewer(luck), at_ms, luck.random(), luck.random())
            for at_ms in starts
            if at_ms >= film.published_ms
        ]

    def _converted(self, film: Film, day: int) -> Iterator[Session]:
        """Those whom a preview of it brought."""
        for preview in self._previews.get(film.id, ()):
            for earlier in range(day - CONVERSION_DAYS, day + 1):
                for viewer, at_ms, rank, mood in self._bring(preview, earlier):
                    if at_ms // DAY_MS == day and at_ms >= film.published_ms:
                        yield _session(film, viewer, at_ms, rank, mood)

    def _brought_by(self, preview: Film, day: int) -> list[tuple[int, int, float, float]]:
        """Who opens the full film for what was seen of a preview on a day: viewer, when, luck."""
        luck = dice(self._seed, "full", preview.id, day)
        longest_ms = (CONVERSION_DAYS - 1) * DAY_MS
        return [
            (
                seen.viewer,
                seen.end_ms + round(luck.random() ** 2 * longest_ms),
                luck.random(),
                luck.random(),
            )
            for seen in self._own(preview, day)
            if luck.random() < preview.converts
        ]


def _viewer(luck: Random) -> int:
    """Somebody; those with low numbers come more often."""
    return int(_VIEWERS * luck.random() ** _LOYALTY)


def _session(film: Film, viewer: int, at_ms: int, rank: float, mood: float) -> Session:
    left_s = film.survival.left_at(rank) * film.length_s
    again, again_s = film.again, 0.0
    if again is not None and left_s >= again.to_s and mood < again.share:
        again_s = again.to_s - again.from_s
    return Session(film, viewer, at_ms, left_s, again_s)


def _weekday(day: int) -> int:
    """0 for Monday. The first Monday of the epoch was its fifth day."""
    return (day - _FIRST_MONDAY) % 7
