"""Two small libraries in a real store, studied as the engine does it."""

from __future__ import annotations

from contextlib import closing
from dataclasses import replace
from datetime import UTC
from functools import cache, partial

from sentinel_tui.domain.video.catalog import (
    DAY_MS,
    DayCount,
    Heat,
    LibraryRole,
    Video,
)
from sentinel_tui.domain.video.study import Known, Study
from sentinel_tui.domain.video.studying import study
from sentinel_tui.store.queries import Reader
from sentinel_tui.store.study import save_study
from sentinel_tui.store.videos import mark_read, register_libraries, save_videos
from sentinel_tui.store.watching import save_days, save_heat
from sentinel_tui.text import clean_text

ROLES = {"previews": LibraryRole.PUBLIC, "films": LibraryRole.PRIVATE}
HOSTILE = clean_text('=cmd|"/C calc"!A0 \x1b[31m[bold]Tarte\u202e')
OF_EACH = 12
AGE_DAYS = 40


def fill_libraries(past, now_ms: int) -> list[Video]:
    """Videos of both libraries with their days; the first of each is watched most and longest."""
    past.run(partial(register_libraries, roles=ROLES))
    known = []
    for library in ROLES:
        videos = [_video(library, number, now_ms) for number in range(OF_EACH)]
        past.run(
            partial(save_videos, library=library, videos=videos, at_ms=now_ms - 60_000, whole=True)
        )
        for video in videos:
            _watch(past, video, now_ms)
        known += videos
    return known


def study_all(past, now_ms: int, **found: object) -> None:
    """Make a study of what the store holds, and keep it; what is given stands in it instead."""
    with closing(Reader(past.paths)) as reader:
        known = tuple(reader.known(0))
    past.run(partial(save_study, study=replace(_studied(known, now_ms), **found)))


@cache
def _studied(known: tuple[Known, ...], now_ms: int) -> Study:
    return study(known, ROLES, UTC, now_ms)


def _video(library: str, number: int, now_ms: int) -> Video:
    length_s = 120.0 if library == "previews" else 900.0
    views = 40 * (OF_EACH - number)
    average_s = length_s * (0.8 - 0.05 * number)
    title = HOSTILE if (library, number) == ("films", 3) else f"Tarte aux pommes {number}"
    return Video(
        id=f"{library}-{number}",
        library=library,
        title=f"{title} (extrait)" if library == "previews" else title,
        length_s=length_s,
        published_ms=now_ms - AGE_DAYS * DAY_MS,
        views=views,
        watch_s=views * average_s,
        average_watch_s=average_s,
        width=1920,
        height=1080,
        storage_bytes=90_000_000,
        tags=("dessert", "pommes"),
    )


def _watch(past, video: Video, now_ms: int) -> None:
    first_ms = video.published_ms - video.published_ms % DAY_MS
    days = [
        DayCount(first_ms + day * DAY_MS, video.views // 20, video.watch_s / 20)
        for day in range(20)
    ]
    past.run(partial(save_days, video=video.id, days=days, from_ms=first_ms, to_ms=now_ms))
    heat = Heat(now_ms - 60_000, video.views, tuple(100.0 - 4 * part for part in range(20)))
    past.run(partial(save_heat, video=video.id, heat=heat))
    past.run(
        partial(mark_read, video=video.id, views=video.views, counted_to_ms=now_ms, at_ms=now_ms)
    )
