"""Videos as they are compared with one another: at equal age, and only where that can be had."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, tzinfo
from math import log

from sentinel_tui.domain.video.cards import Card
from sentinel_tui.domain.video.catalog import DAY_MS, Video, VideoStatus
from sentinel_tui.domain.video.curves import CURVE_NEEDS_DAYS, HALF_A_VIEW, usual_views
from sentinel_tui.domain.video.reach import at_age
from sentinel_tui.domain.video.study import Known, UsualCurve

DAY_PART_H = 6
"""How long a part of the day is; they begin at midnight with the night."""

_YOUNGEST_DAYS = 1.0
"""Before its first day is over, a video's views tell the hour it came out and little else."""
_HOLD_NEEDS_VIEWS = 5
"""With fewer views the share that is watched is mostly luck."""
_A_MONDAY = date(1970, 1, 5)


@dataclass(frozen=True, slots=True)
class Compared:
    """A video among the others.

    Attributes:
        video: The video.
        age_days: How old it is.
        reach: The logarithm of its views, where known as many as it would have at 28 days; None
            where nothing is counted.
        hold: The log-odds of the share of it that is watched, or None for too few views.
        weekday: The weekday it was published on where its owner lives, 0 for Monday.
        day_part: The part of that day, 0 to 3: night, morning, afternoon, evening.
        week: A number for the week it was published in.
        subject: A number for what it shows, shared by a preview and its full video.
        tags: Its owner's tags, and the theme where its owner gave it one.
    """

    video: Video
    age_days: float
    reach: float | None
    hold: float | None
    weekday: int
    day_part: int
    week: int
    subject: int
    tags: frozenset[str]


def compared(
    known: Iterable[Known],
    cards: Mapping[str, Card],
    curves: Iterable[UsualCurve],
    pairs: Mapping[str, str],
    zone: tzinfo,
    now_ms: int,
) -> list[Compared]:
    """The videos that can be compared: finished, still there, a day old, of known length.

    Args:
        known: What is known of all videos.
        cards: Their figures, by video.
        curves: How views usually add up, for libraries where that is known.
        pairs: Of previews, their full videos.
        zone: Where their owner lives.
        now_ms: The time now.
    """
    curve_of = {curve.library: curve for curve in curves}
    subjects = _subjects(pairs)
    found = []
    for one in known:
        video, card = one.video, cards.get(one.video.id)
        if card is None or not _comparable(video, now_ms):
            continue
        local = datetime.fromtimestamp(video.published_ms / 1_000, zone)
        found.append(
            Compared(
                video=video,
                age_days=(now_ms - video.published_ms) / DAY_MS,
                reach=_reach(one, card.views.value, curve_of.get(video.library), now_ms),
                hold=_hold(card.average_watched.value, card.views.value),
                weekday=local.weekday(),
                day_part=local.hour // DAY_PART_H,
                week=(local.date() - _A_MONDAY).days // 7,
                subject=subjects.setdefault(video.id, len(subjects)),
                tags=frozenset(video.tags) | {one.theme} - {""},
            )
        )
    return found


def _comparable(video: Video, now_ms: int) -> bool:
    return (
        video.gone_ms is None
        and video.length_s > 0
        and video.status in (VideoStatus.FINISHED, VideoStatus.UNKNOWN)
        and now_ms - video.published_ms >= _YOUNGEST_DAYS * DAY_MS
    )


def _subjects(pairs: Mapping[str, str]) -> dict[str, int]:
    """A number for each pair, of both of its videos; a full video may have several previews."""
    numbers: dict[str, int] = {}
    for preview, full in pairs.items():
        numbers[preview] = numbers.setdefault(full, len(numbers))
    return numbers


def _reach(
    known: Known, views: float | None, curve: UsualCurve | None, now_ms: int
) -> float | None:
    """Libraries keep their own level: which of them is watched more is a question, too."""
    if curve is None:
        return None if views is None else log(views + HALF_A_VIEW)
    beside = at_age(known, curve, now_ms)
    if beside is None:
        return None
    return beside.log_ratio + log(usual_views(curve, CURVE_NEEDS_DAYS))


def _hold(share: float | None, views: float | None) -> float | None:
    if share is None or views is None or views < _HOLD_NEEDS_VIEWS:
        return None
    watched = (views * min(share, 1.0) + HALF_A_VIEW) / (views + 1)
    return log(watched / (1 - watched))
