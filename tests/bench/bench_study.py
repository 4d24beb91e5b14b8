"""What a study of two thousand videos costs, with a year of daily counts of each.

Against sorting as many numbers as there are counts of days, in the same run. Limit: 5 s of CPU for
the whole of it, figures, trends, themes and sentences together.
"""

from __future__ import annotations

import random
import resource
import time
from collections.abc import Callable
from zoneinfo import ZoneInfo

from sentinel_tui.domain.video.catalog import DAY_MS, HOUR_MS, DayCount, Heat, LibraryRole, Video
from sentinel_tui.domain.video.events import View
from sentinel_tui.domain.video.reckoning import cards
from sentinel_tui.domain.video.study import Known
from sentinel_tui.domain.video.studying import study
from sentinel_tui.domain.video.theming import suggestions

_VIDEOS = 2_000
_DAYS = 365
_ROUNDS = 3
_NOW_MS = 1_767_225_600_000
_ROLES = {"previews": LibraryRole.PUBLIC, "films": LibraryRole.PRIVATE}
_THEMES = {
    "cuisine": "recette gâteau tarte four sauce pâte dessert marché soupe pain",
    "vélo": "route col montée sprint étape peloton roue descente guidon selle",
    "piano": "gamme accord mélodie sonate rythme doigté pédale jazz blues prélude",
    "jardin": "semis potager rose taille compost arrosage tomate haie serre greffe",
    "chess": "opening gambit endgame knight bishop rook pawn castle tactics draw",
    "woodwork": "saw plane joint oak chisel varnish table drawer dovetail bench",
}


def main() -> None:
    """Run it, and print the figures."""
    known = library(_VIDEOS, seed=1)
    days = sum(len(one.days) for one in known)
    luck = random.Random(0)  # noqa: S311 (play, not secrecy)
    numbers = [luck.random() for _ in range(days)]
    zone = ZoneInfo("Europe/Paris")
    figures = {
        f"sorting {days:,} numbers": cost_ms(lambda: sorted(numbers)),
        f"figures of {_VIDEOS:,} videos": cost_ms(lambda: cards(known, _ROLES, _NOW_MS)),
        "themes for those without": cost_ms(lambda: suggestions(known)),
        "the whole study": cost_ms(lambda: study(known, _ROLES, zone, _NOW_MS)),
    }
    reference_ms = next(iter(figures.values()))
    for what, figure_ms in figures.items():
        print(f"{what:<32} {figure_ms:8.0f} ms {figure_ms / reference_ms:7.2f}x")
    made = study(known, _ROLES, zone, _NOW_MS)
    said = sum(one.worth_saying for one in made.trends)
    print(f"{made.questions} questions, {said} findings, {len(made.suggestions)} suggestions")
    print(f"peak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1_024:.0f} MB")


def cost_ms(work: Callable[[], object]) -> float:
    """CPU of one run, the best of some."""
    best_s = float("inf")
    for _ in range(_ROUNDS):
        began_s = time.process_time()
        work()
        best_s = min(best_s, time.process_time() - began_s)
    return best_s * 1_000


def library(count: int, seed: int) -> list[Known]:
    """Previews and films by halves; four in five have tags, one in ten of their views events."""
    luck = random.Random(seed)  # noqa: S311 (play, not secrecy)
    return [_known(number, luck) for number in range(count)]


def _known(number: int, luck: random.Random) -> Known:
    public = number % 2 == 0
    age_days = luck.uniform(2, 700)
    published_ms = int(_NOW_MS - age_days * DAY_MS)
    theme, words = luck.choice(list(_THEMES.items()))
    length_s = luck.uniform(30, 120) if public else luck.uniform(240, 2_400)
    days = _days(published_ms, luck)
    views = sum(day.views for day in days)
    hold = luck.betavariate(6, 6)
    video = Video(
        id=f"video-{number}",
        library="previews" if public else "films",
        title=" ".join(luck.sample(words.split(), 3)) + f" {luck.randrange(100)}",
        length_s=length_s,
        published_ms=published_ms,
        views=views,
        watch_s=views * hold * length_s,
        average_watch_s=hold * length_s,
        tags=(theme,) if luck.random() < 0.8 else (),
        full=f"video-{number + 1}" if public and number % 4 == 0 else "",
        seen_ms=_NOW_MS,
    )
    segments = tuple(100 * 0.98**n for n in range(100))
    reported = tuple(_view(video, luck) for _ in range(views // 10))
    return Known(
        video,
        days,
        max(published_ms - published_ms % DAY_MS, _NOW_MS - _DAYS * DAY_MS),
        _NOW_MS,
        Heat(_NOW_MS, views, segments) if views >= 50 else None,
        tuple(sorted(reported, key=lambda one: one.start_ms)),
    )


def _days(published_ms: int, luck: random.Random) -> tuple[DayCount, ...]:
    size = luck.lognormvariate(3, 1)
    birth_ms = published_ms - published_ms % DAY_MS
    found = []
    for at_ms in range(max(birth_ms, _NOW_MS - _DAYS * DAY_MS), _NOW_MS, DAY_MS):
        usual = 1 + size / (1 + (at_ms - birth_ms) / DAY_MS)
        views = int(luck.expovariate(1 / usual))
        if views:
            hourly = [0] * 24
            for _ in range(views):
                hourly[luck.randrange(24)] += 1
            found.append(DayCount(at_ms, views, views * 60.0, tuple(hourly)))
    return tuple(found)


def _view(video: Video, luck: random.Random) -> View:
    seen_s = luck.uniform(0, video.length_s)
    start_ms = luck.randrange(video.published_ms, _NOW_MS, HOUR_MS)
    who = f"viewer-{luck.randrange(5_000)}"
    ended = seen_s > video.length_s * 0.95
    return View(who, video.id, video.library, start_ms, seen_s, seen_s, ended)


if __name__ == "__main__":
    main()
