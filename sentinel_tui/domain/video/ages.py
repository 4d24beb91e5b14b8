"""How many views a video had at an age, from counts of days that are kept only so long."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from itertools import accumulate

from sentinel_tui.domain.video.catalog import DAY_MS, HOUR_MS, DayCount
from sentinel_tui.domain.video.metrics import Basis, Figure, unavailable
from sentinel_tui.domain.video.study import Known

_HOURS = 24


def counted_to_ms(known: Known, now_ms: int) -> int | None:
    """Until when a video's views are counted by the day; None if not from its publication on."""
    if known.days_to_ms is None or known.days_from_ms > known.video.published_ms:
        return None
    gone_ms = known.video.gone_ms
    return min(known.days_to_ms, now_ms if gone_ms is None else gone_ms)


def views_until(known: Known, ends_ms: Sequence[int]) -> list[float]:
    """The views of a video since its publication, until each of some moments.

    To the hour where the hours of a day are known; else the last day counts pro rata.
    """
    days = known.days
    starts_ms = [day.at_ms for day in days]
    before = [0, *accumulate(day.views for day in days)]
    first = bisect_left(starts_ms, known.video.published_ms - DAY_MS + 1)
    found: list[float] = []
    for end_ms in ends_ms:
        past = bisect_left(starts_ms, end_ms)
        if past <= first:
            found.append(0.0)
            continue
        whole = before[past - 1] - before[first]
        found.append(whole + _part(days[past - 1], end_ms))
    return found


def views_at_age(known: Known, age_days: int, now_ms: int) -> Figure:
    """Views in the first days of a video, which makes old and new ones comparable.

    Args:
        known: What is known of the video; days without views may be missing.
        age_days: How many days count.
        now_ms: The present.
    """
    published_ms = known.video.published_ms
    end_ms = published_ms + age_days * DAY_MS
    if end_ms > now_ms:
        missing = -(-(end_ms - now_ms) // DAY_MS)
        return unavailable(f"{age_days} days since publication: {missing} more")
    if known.days_to_ms is None:
        return unavailable("daily counts from its platform")
    if known.days_from_ms > published_ms:
        return unavailable("counts from its first day, which are no longer kept")
    if known.video.gone_ms is not None and known.video.gone_ms < end_ms:
        return unavailable(f"{age_days} days, before which it was taken away")
    if known.days_to_ms < end_ms:
        return unavailable("its latest daily counts, which are still to be read")
    (views,) = views_until(known, [end_ms])
    if any(_is_cut(day, end_ms) for day in known.days):
        return Figure(views, Basis.ESTIMATED, "daily counts, the last day pro rata")
    return Figure(float(views), Basis.EXACT, f"daily counts of its first {age_days} days")


def _is_cut(day: DayCount, end_ms: int) -> bool:
    """Whether a moment falls into a day of which no hours are known."""
    inside = day.at_ms < end_ms < day.at_ms + DAY_MS
    return inside and bool(day.views) and len(day.hourly) != _HOURS


def _part(day: DayCount, end_ms: int) -> float:
    """The views of a day until a moment, which may lie behind its end."""
    passed_ms = min(end_ms - day.at_ms, DAY_MS)
    if passed_ms == DAY_MS:
        return day.views
    if len(day.hourly) == _HOURS:
        return sum(day.hourly[: -(-passed_ms // HOUR_MS)])
    return day.views * passed_ms / DAY_MS
