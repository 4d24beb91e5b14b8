"""Libraries of known truth, to be studied."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import numpy as np

from sentinel_tui.domain.video.catalog import DAY_MS, DayCount, LibraryRole, Video
from sentinel_tui.domain.video.events import View
from sentinel_tui.domain.video.study import Known

PARIS = ZoneInfo("Europe/Paris")
NOW_MS = int(datetime(2026, 6, 1, 12, tzinfo=PARIS).timestamp() * 1_000)
ROLES = {"previews": LibraryRole.PUBLIC, "films": LibraryRole.PRIVATE}


def published(random, youngest_days=30, oldest_days=360):
    return int(NOW_MS - random.uniform(youngest_days, oldest_days) * DAY_MS)


def watched(video, mean_views, random, *, events=0, theme=""):
    """What is known of a video whose views fall off with age, from its first day on."""
    birth_ms = video.published_ms - video.published_ms % DAY_MS
    ages = np.arange((NOW_MS - birth_ms) // DAY_MS)
    views = random.poisson(mean_views / (1 + ages) ** 0.8)
    days = tuple(
        DayCount(birth_ms + int(age) * DAY_MS, int(count), float(count) * video.average_watch_s)
        for age, count in zip(ages, views, strict=True)
        if count
    )
    total = int(views.sum())
    told = Video(
        **{name: getattr(video, name) for name in ("id", "library", "title", "length_s")},
        published_ms=video.published_ms,
        views=total,
        watch_s=total * video.average_watch_s,
        average_watch_s=video.average_watch_s,
        tags=video.tags,
        full=video.full,
        seen_ms=NOW_MS,
    )
    reports = tuple(
        View(
            f"viewer-{random.integers(40)}",
            video.id,
            video.library,
            NOW_MS - int(random.uniform(8, 20) * DAY_MS),
            video.average_watch_s,
            video.average_watch_s,
            ended=bool(random.random() < 0.2),
        )
        for _ in range(events)
    )
    return Known(told, days, birth_ms, NOW_MS - NOW_MS % DAY_MS, None, reports, theme)


def business(count=60, *, seed=1, tag_effect=1.0, events=0):
    """Previews and their films, half of them tagged "tuto", which multiplies their views."""
    random = np.random.default_rng(seed)
    found = []
    for number in range(count):
        tuto, at_ms = number % 2 == 0, published(random)
        level = 40 * np.exp(random.normal(0, 0.4)) * (tag_effect if tuto else 1.0)
        title = f"Le {'tour' if number % 3 else 'potager'} n° {number}"
        for library, length_s, share in (
            ("previews", 60.0, 1.0),
            ("films", random.uniform(400, 1_500), 0.3),
        ):
            hold = random.uniform(0.5, 0.7) if library == "previews" else random.uniform(0.2, 0.4)
            video = Video(
                id=f"{library}-{number}",
                library=library,
                title=title,
                length_s=length_s,
                published_ms=at_ms,
                average_watch_s=hold * length_s,
                tags=("tuto",) if tuto else (),
                full=f"films-{number}" if library == "previews" else "",
            )
            found.append(watched(video, level * share, random, events=events))
    return found
