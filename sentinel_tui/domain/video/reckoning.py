"""The figures of all videos, reckoned together: few views are completed by what is usual here.

What is usual is asked of videos of one purpose: public previews are watched in another way than
films that were paid for. How views add up with age is asked library by library.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from sentinel_tui.domain.stats.shrinkage import Beta
from sentinel_tui.domain.video.ages import views_at_age
from sentinel_tui.domain.video.cards import Card, LibraryCard
from sentinel_tui.domain.video.catalog import LibraryRole
from sentinel_tui.domain.video.completion import (
    BOUNCE_PRIOR,
    COMPLETION_PRIOR,
    Hits,
    bounce,
    completion,
    settled,
)
from sentinel_tui.domain.video.conversion import CONVERSION_PRIOR, conversions
from sentinel_tui.domain.video.curves import usual_curve
from sentinel_tui.domain.video.engagement import Score, Watched, engagement
from sentinel_tui.domain.video.libraries import library_cards
from sentinel_tui.domain.video.metrics import (
    Counted,
    Figure,
    average_watched,
    counted,
    repeat_ratio,
    unique_viewers,
    view_count,
    watch_time,
)
from sentinel_tui.domain.video.reach import reaches
from sentinel_tui.domain.video.retention import Retention, retention_of
from sentinel_tui.domain.video.study import Known, UsualCurve

_LEAST_VIDEOS = 8
"""So many videos of one purpose have scores of their own; fewer are scored with all others."""

K = TypeVar("K", bound=Hashable)


@dataclass(frozen=True, slots=True)
class _Seen:
    """A video with what is counted of it, before it is compared with any other."""

    known: Known
    role: LibraryRole | None
    count: Counted
    curve: Retention | None
    watched: Figure


def cards(
    known: Sequence[Known], roles: Mapping[str, LibraryRole], now_ms: int
) -> tuple[list[Card], list[LibraryCard], list[UsualCurve]]:
    """The figures of all videos, in their order, those of the libraries, and the usual curves.

    Args:
        known: What is known of each video.
        roles: Whom each library is for.
        now_ms: The present.
    """
    seen = [_seen(one, roles) for one in known]
    completed = _together(
        seen, [completion(one.count, one.curve) for one in seen], COMPLETION_PRIOR
    )
    bounced = _together(seen, [bounce(one.count, one.curve) for one in seen], BOUNCE_PRIOR)
    converted = _together(seen, conversions(known, roles, now_ms), CONVERSION_PRIOR)
    reached, curves = _reached(known, now_ms)
    found = [
        Card(
            video=one.known.video.id,
            library=one.known.video.library,
            at_ms=now_ms,
            views=view_count(one.count),
            watch_s=watch_time(one.count),
            average_watched=one.watched,
            completion=completed[place],
            bounce=bounced[place],
            unique_viewers=unique_viewers(one.known.views, one.count.views),
            repeat_ratio=repeat_ratio(one.known.views, one.count.views),
            conversion=converted[place],
            views_7d=views_at_age(one.known, 7, now_ms),
            views_28d=views_at_age(one.known, 28, now_ms),
            reach=reached[place],
            score=score,
        )
        for place, (one, score) in enumerate(zip(seen, _scores(seen), strict=True))
    ]
    return found, library_cards(known, found, roles, now_ms), curves


def _seen(known: Known, roles: Mapping[str, LibraryRole]) -> _Seen:
    count = counted(known.video, known.views)
    return _Seen(
        known=known,
        role=roles.get(known.video.library),
        count=count,
        curve=retention_of(count, known.views, known.heat),
        watched=average_watched(count),
    )


def _together(
    seen: Sequence[_Seen], found: Sequence[Hits | Figure], otherwise: Beta
) -> list[Figure]:
    """The figures in their order, each completed by what is usual for its video's purpose."""
    figures: dict[int, Figure] = {}
    for places in _places_by([one.role for one in seen]).values():
        members = settled([found[place] for place in places], otherwise)
        figures.update(zip(places, members, strict=True))
    return _in_order(figures)


def _scores(seen: Sequence[_Seen]) -> list[Score | None]:
    """The engagement scores; None of what was never watched, or has no length yet."""
    watched = [
        Watched(one.count.length_s, one.count.views, one.watched.value)
        if one.count.views and one.watched.value is not None
        else None
        for one in seen
    ]
    groups = _places_by([one.role for one in seen])
    counts = [sum(watched[place] is not None for place in places) for places in groups.values()]
    found: dict[int, Score] = {}
    together = min(counts, default=0) < _LEAST_VIDEOS
    for places in [list(range(len(seen)))] if together else groups.values():
        scored = {place: one for place in places if (one := watched[place]) is not None}
        found.update(zip(scored, engagement(list(scored.values())), strict=True))
    return [found.get(place) for place in range(len(seen))]


def _reached(known: Sequence[Known], now_ms: int) -> tuple[list[Figure], list[UsualCurve]]:
    """How far each video reaches, in their order, and each library's usual curve."""
    figures: dict[int, Figure] = {}
    curves = []
    for library, places in _places_by([one.video.library for one in known]).items():
        members = [known[place] for place in places]
        curve = usual_curve(members, library, now_ms)
        if curve is not None:
            curves.append(curve)
        figures.update(zip(places, reaches(members, curve, now_ms), strict=True))
    return _in_order(figures), curves


def _places_by(keys: Sequence[K]) -> dict[K, list[int]]:
    """Where each key stands."""
    places: dict[K, list[int]] = {}
    for place, key in enumerate(keys):
        places.setdefault(key, []).append(place)
    return places


def _in_order(figures: Mapping[int, Figure]) -> list[Figure]:
    return [figures[place] for place in sorted(figures)]
