"""Films of the sandbox: what they are, and the stated curves by which people watch them."""

from __future__ import annotations

import math
import uuid
from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from itertools import pairwise

from sentinel_tui.domain.video.catalog import DAY_MS, LibraryRole

PREVIEWS, COURSES = "previews", "courses"
"""The libraries: previews for everybody, and the courses behind them for who paid."""

ROLES = {PREVIEWS: LibraryRole.PUBLIC, COURSES: LibraryRole.PRIVATE}

_NAMES = uuid.UUID("7b1f3f5e-0c1d-4f43-9a0e-5a5f6e1f2d3c")
_COMPLETE = 0.9
_BOUNCE_S = 30.0
_LAUNCH_SHARE, _LAUNCH_DAYS, _LASTING_DAYS = 0.85, 4.0, 120.0


@dataclass(frozen=True, slots=True)
class Survival:
    """Who still watches, as straight lines between stated moments.

    Attributes:
        moments: Shares of the length, ascending from 0 to 1.
        still: The share of views that still watch at each of them; 1 at first, never rising.
    """

    moments: tuple[float, ...]
    still: tuple[float, ...]

    def __post_init__(self) -> None:
        rises = any(later > earlier for earlier, later in pairwise(self.still))
        if self.moments[0] != 0 or self.moments[-1] != 1 or self.still[0] != 1 or rises:
            raise ValueError("a survival curve falls from 1, and goes from 0 to 1")

    @property
    def mean(self) -> float:
        """The mean share that is watched: the area below the curve."""
        corners = list(zip(self.moments, self.still, strict=True))
        return sum((b - a) * (high + low) / 2 for (a, high), (b, low) in pairwise(corners))

    def still_at(self, moment: float) -> float:
        """The share of views that still watch at a moment, given as a share of the length."""
        right = min(bisect_right(self.moments, moment), len(self.moments) - 1)
        a, b = self.moments[right - 1], self.moments[right]
        high, low = self.still[right - 1], self.still[right]
        return high + (low - high) * (moment - a) / (b - a)

    def left_at(self, rank: float) -> float:
        """When a view leaves: of all views, this share stays longer. 1 where it sees the end."""
        if rank <= self.still[-1]:
            return 1.0
        right = bisect_left(self.still, -rank, key=lambda share: -share)
        a, b = self.moments[right - 1], self.moments[right]
        high, low = self.still[right - 1], self.still[right]
        return a + (b - a) * (high - rank) / (high - low)


@dataclass(frozen=True, slots=True)
class Again:
    """A part of a film that some play twice.

    Attributes:
        from_s: Where it begins.
        to_s: Where it ends.
        share: The share of those who reach its end that play it a second time.
    """

    from_s: float
    to_s: float
    share: float


@dataclass(frozen=True, slots=True)
class Film:
    """A video, and how people take to it.

    Attributes:
        id: Its id on the platform.
        library: The library it lies in.
        title: Its title.
        length_s: How long it is.
        published_ms: When it was uploaded.
        fans: How many views begin on its first day, on an average day of the week.
        survival: Who still watches at each moment.
        again: What is played twice, if anything.
        theme: What it is about.
        tags: What its owner wrote about it; often the theme, and often nothing.
        full: The id of the film that it is a preview of, or empty.
        tells_full: Whether its owner told the platform so.
        converts: The share of its views whose viewer opens the full film within a week.
        series: The collection it lies in, or empty.
        language: Of its title and its captions.
    """

    id: str
    library: str
    title: str
    length_s: float
    published_ms: int
    fans: float
    survival: Survival
    again: Again | None = None
    theme: str = ""
    tags: tuple[str, ...] = ()
    full: str = ""
    tells_full: bool = False
    converts: float = 0.0
    series: str = ""
    language: str = "en"

    def interest(self, at_ms: int) -> float:
        """Views a day that are to be expected at an instant: a launch that fades, and a long rest.

        Weekdays and hours come on top of it. Before publication nobody is interested.
        """
        age_days = (at_ms - self.published_ms) / DAY_MS
        if age_days < 0:
            return 0.0
        launch = _LAUNCH_SHARE * math.exp(-age_days / _LAUNCH_DAYS)
        return self.fans * (launch + (1 - _LAUNCH_SHARE) * math.exp(-age_days / _LASTING_DAYS))


@dataclass(frozen=True, slots=True)
class Truth:
    """What is to be found out about a film, as its curves state it.

    Attributes:
        completion: The share of views that reach nine tenths of it.
        bounce_30s: The share that leaves before 30 s.
        average_watch_s: How long a view lasts on average; what is played twice counts twice.
        curve: Who still watches.
        converts: The share of views that are followed by one of the full film within a week.
    """

    completion: float
    bounce_30s: float
    average_watch_s: float
    curve: Survival
    converts: float


def truth(film: Film) -> Truth:
    """What is true of a film, however it is measured."""
    again_s = 0.0
    if film.again is not None:
        reached = film.survival.still_at(film.again.to_s / film.length_s)
        again_s = reached * film.again.share * (film.again.to_s - film.again.from_s)
    return Truth(
        completion=film.survival.still_at(_COMPLETE),
        bounce_30s=1 - film.survival.still_at(min(1.0, _BOUNCE_S / film.length_s)),
        average_watch_s=film.survival.mean * film.length_s + again_s,
        curve=film.survival,
        converts=film.converts,
    )


def film_id(library: str, title: str) -> str:
    """The id that a platform gives to a film: the same one for the same library and title."""
    return str(uuid.uuid5(_NAMES, f"{library}/{title}"))
