"""What befell the day about videos, and what is asked about it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from store_videos import LIBRARIES, a_card, a_study, a_video, an_event

from sentinel_tui.domain.behaviour.actions import OwnerAction
from sentinel_tui.domain.video.catalog import DayCount, Heat, HourCount, Video
from sentinel_tui.domain.video.metrics import Basis, Figure
from sentinel_tui.store import recorder
from sentinel_tui.store.queries import Reader
from sentinel_tui.store.writer import Database

MINUTE_MS, HOUR_MS, DAY_MS = 60_000, 3_600_000, 86_400_000

Job = Callable[[Database, int], object]


def video_answers(reader: Reader, now_ms: int) -> dict[str, Any]:
    """Everything about videos that is asked for at an instant."""
    today_ms = now_ms - now_ms % DAY_MS
    hour_ms = now_ms - now_ms % HOUR_MS
    videos = reader.videos()
    return {
        # How far a library had been read is kept as it stands only.
        "libraries": [replace(one, read_ms=None, counted_to_ms=None) for one in reader.libraries()],
        "videos": [_kept(one) for one in videos],
        "videos with those that are gone": [_kept(one) for one in reader.videos(gone=True)],
        "videos found": [one.id for one in reader.find_videos("email")],
        # A day or an hour shows once it is over.
        "days": reader.days([one.id for one in videos], 0, today_ms),
        "hours": reader.hours("", 0, hour_ms),
        "heat": reader.heat("v-1"),
        "uniques": {
            day_ms: told for day_ms, told in reader.uniques("v-1").items() if day_ms < today_ms
        },
        "viewings": reader.viewings(0, now_ms),
        "owner actions": reader.owner_actions(0, now_ms + 1),
        "cards": reader.cards(),
        "card": reader.card("v-1"),
        "card rows": reader.card_rows(),
        "study": reader.study(),
        "themes": reader.themes(),
        "known": [_kept(one.video) for one in reader.known(0)],
    }


def _kept(video: Video) -> Video:
    """A video without what the store keeps no history of."""
    return replace(video, seen_ms=0)


def _is_listed(db: Database, now_ms: int) -> None:
    recorder.register_libraries(db, LIBRARIES)
    _list(db, now_ms, a_video(), a_video("v-2"))
    full = a_video("v-full", library="full")
    recorder.save_videos(db, "full", [full], now_ms, whole=False)


def _list(db: Database, now_ms: int, *videos: Video) -> None:
    recorder.save_videos(db, "previews", videos, now_ms, whole=True)


def _is_counted(db: Database, now_ms: int) -> None:
    today_ms = now_ms - now_ms % DAY_MS
    hour_ms = now_ms - now_ms % HOUR_MS
    views = now_ms % 97 + 2
    days = [DayCount(today_ms - DAY_MS, 8, 30.0), DayCount(today_ms, views, 9.0)]
    hours = [HourCount(hour_ms - HOUR_MS, 3, 30.0), HourCount(hour_ms, views, 9.0)]
    recorder.save_days(db, "v-1", days, today_ms - DAY_MS, now_ms)
    recorder.save_hours(db, "previews", hours, hour_ms - HOUR_MS, hour_ms)
    recorder.save_heat(db, "v-1", Heat(now_ms, views, (100.0, float(views))))
    by_day = {"v-1": {today_ms - DAY_MS: 4, today_ms: views}}
    recorder.save_uniques(db, "previews", "network", by_day)


def _is_watched(db: Database, now_ms: int) -> None:
    events = [
        an_event(now_ms + n * 10_000, position_s=n * 10.0, id=f"{now_ms}-{n}") for n in range(-3, 1)
    ]
    recorder.add_view_events(db, events, now_ms)
    action = OwnerAction(f"a-{now_ms}", "upload_video", "nap", now_ms, {"size": 3})
    recorder.add_owner_actions(db, [action], now_ms)


def _is_folded(db: Database, now_ms: int) -> None:
    assert recorder.fold_views(db, now_ms, 10) > 0


def _is_studied(db: Database, now_ms: int) -> None:
    cards = [
        replace(
            a_card(one.id, now_ms),
            views=Figure(float(one.views), Basis.EXACT, "the platform's count"),
            watch_s=Figure(one.watch_s, Basis.EXACT, "the platform's count"),
        )
        for one in (a_video(), a_video("v-2"))
    ]
    recorder.save_study(db, a_study(*cards, at_ms=now_ms))


def _is_watched_and_let_go(db: Database, now_ms: int) -> None:
    _list(db, now_ms, a_video(views=14))


VIDEO_STORY: tuple[tuple[int, Job], ...] = (
    (58, _is_listed),
    (59, _is_studied),
    (60, _is_counted),
    (70, _is_watched),
    (120, _is_folded),
    (135, lambda db, now_ms: recorder.set_theme(db, "v-2", "kilns", now_ms, "tui")),
    (138, lambda db, now_ms: recorder.reject_theme(db, "v-1", "kilns", now_ms, "tui")),
    (235, _is_watched_and_let_go),
    (240, _is_counted),
    (251, _is_watched),
    (290, _is_studied),
    (300, _is_counted),
    (310, _is_folded),
)
"""What befell it, by minute; midnight comes at 240."""
