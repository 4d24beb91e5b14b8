"""Bunny's statistics: charts of views and watch time, and heatmaps.

Bunny answers more than it is asked, and less: without a date it can read, it silently tells of the
last 30 days, and a start more than a year ago is moved. So what an answer covers is taken from the
answer itself. Where it writes nothing at all, nothing is known, which is not the same as no views.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from itertools import groupby
from math import log
from typing import Any

from sentinel_tui.domain.video.catalog import DAY_MS, HOUR_MS, DayCount, HourCount
from sentinel_tui.errors import PlatformError
from sentinel_tui.platforms.bunny_values import amount, count, instant_ms

_HOURS = DAY_MS // HOUR_MS
_COUNTRY = re.compile(r"[A-Z]{2}")
_HIGHEST_SCORE = 100

_VIEWS_TO_JUDGE = 50
"""Fewer views say little about the unit of their watch time."""
_OTHER_UNITS = (("minutes", 1 / 60), ("milliseconds", 1_000.0))
"""Units that watch time may be in, and how large it seems then, taken for seconds."""
_FAR_OFF = 5.0
"""Recent views differ from a video's whole life, but hardly ever by this factor."""

_SEGMENT = re.compile(r"[0-9]{1,6}")
_MOST_SEGMENTS = 100_000
_PARTS = 100
"""Into so many parts videos are cut where it is not by seconds."""
_ABOUT = 0.05
_HOTTEST = 100.0


@dataclass(frozen=True, slots=True)
class Statistics:
    """What was watched in a range, of a library or a video.

    Attributes:
        from_ms: From when this is known; later than was asked where Bunny keeps no more. None
            where it told nothing, as of a video that nobody ever watched.
        to_ms: Until when it is known; earlier than was asked where Bunny has not counted up to
            then. Whatever in between it does not write is zero.
        hours: The hours, the earliest first, those without views included where Bunny wrote them;
            empty where days were asked for.
        days: The days of UTC; with their 24 hours where hours were asked for.
        countries: Views by the country they came from, by its ISO code.
        engagement: Bunny's own score of the video from 0 to 100, whose formula it does not tell;
            None where it has none.
        doubts: What about the answer is not as it should be, each in a sentence.
    """

    from_ms: int | None
    to_ms: int
    hours: tuple[HourCount, ...]
    days: tuple[DayCount, ...]
    countries: Mapping[str, int]
    engagement: int | None
    doubts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Asked:
    """What was asked for: a range, from the beginning of an hour or day on, by hours or days."""

    from_ms: int
    to_ms: int
    hourly: bool

    @property
    def step_ms(self) -> int:
        """How long each interval of the answer is."""
        return HOUR_MS if self.hourly else DAY_MS


def statistics_of(answer: object, asked: Asked) -> Statistics:
    """What an answer about statistics says of the range that was asked for.

    Raises:
        PlatformError: It is of another shape, or tells of other days than those asked for.
    """
    if not isinstance(answer, dict):
        raise PlatformError("Bunny's statistics are not as expected: no table")
    # Both charts have the same keys; a year of them is worth reading only once.
    instant_of = cache(instant_ms)
    views, stray_views = _chart(answer.get("viewsChart"), asked, instant_of)
    watched, stray_watched = _chart(answer.get("watchTimeChart"), asked, instant_of)
    if not views and stray_views.elsewhere:
        raise PlatformError("Bunny's statistics are of other days than those that were asked for")
    hours = tuple(
        HourCount(at_ms, int(views[at_ms]), watched.get(at_ms, 0.0)) for at_ms in sorted(views)
    )
    return Statistics(
        from_ms=hours[0].at_ms if hours else None,
        to_ms=min(asked.to_ms, hours[-1].at_ms + asked.step_ms) if hours else asked.to_ms,
        hours=hours if asked.hourly else (),
        days=_days(hours) if asked.hourly else tuple(map(_as_day, hours)),
        countries=_countries(answer.get("countryViewCounts")),
        engagement=_score(answer.get("engagementScore")),
        doubts=tuple(_doubts(stray_views.unreadable + stray_watched.unreadable, views, watched)),
    )


def doubt_about_unit(views: int, watch: float, average_watch_s: float) -> str:
    """Why watch time is hardly in seconds, or empty where it may well be.

    Bunny does not say in which unit its charts have watch time. A video's average is in seconds,
    and recent views last about as long as its views always did.

    Args:
        views: Of a range of the charts, all views.
        watch: Of the same range, all watch time, in whatever unit.
        average_watch_s: How long a view lasts over the whole life of what was viewed.
    """
    if views < _VIEWS_TO_JUDGE or watch <= 0 or average_watch_s <= 0:
        return ""
    factor = watch / views / average_watch_s
    for unit, seeming in _OTHER_UNITS:
        if 1 / _FAR_OFF < factor / seeming < _FAR_OFF:
            return (
                f"Bunny's charts seem to have watch time in {unit}: "
                f"{watch / views:,.2f} a view, where videos say {average_watch_s:,.0f} s"
            )
    return ""


def segments_of(
    answer: object, length_s: float, average_watch_s: float = 0.0
) -> tuple[float, ...] | None:
    """How much each segment of a video is watched, the most watched one 100; None for no heatmap.

    Bunny describes keys as consecutive segments, its own programs as seconds; a stray key is -1.
    A missing segment is one that nobody watched, so the last ones may be missing too: how many
    there are is taken to be what fits best with how long a view lasts on average.

    Args:
        answer: What was answered.
        length_s: How long the video is.
        average_watch_s: How long a view lasts on average; 0 where unknown.
    """
    chart = answer.get("heatmap") if isinstance(answer, dict) else None
    if not isinstance(chart, dict):
        return None
    heat: dict[int, float] = {}
    for key, value in chart.items():
        intensity = amount(value)
        if intensity and _SEGMENT.fullmatch(key) and int(key) < _MOST_SEGMENTS:
            heat[int(key)] = intensity
    if not heat:
        return None
    hottest = max(heat.values())
    wanted = _number_of_segments(heat, length_s, average_watch_s)
    return tuple(_HOTTEST * heat.get(place, 0.0) / hottest for place in range(wanted))


def _number_of_segments(heat: dict[int, float], length_s: float, average_watch_s: float) -> int:
    told, seconds = max(heat) + 1, min(round(length_s), _MOST_SEGMENTS)
    if abs(told - seconds) <= max(2, _ABOUT * seconds):
        return max(told, seconds)
    if length_s <= 0 or average_watch_s <= 0:
        return told
    watched = min(1.0, average_watch_s / length_s)
    # Everybody sees the beginning, so the rest compared with it is the share that is watched.
    segments_seen = sum(heat.values()) / heat.get(0, max(heat.values()))

    def misfit(number: int) -> float:
        return abs(log(segments_seen / number / watched))

    return min((n for n in (told, _PARTS, seconds) if n >= told), key=misfit)


@dataclass(frozen=True, slots=True)
class _Stray:
    """How many values of a chart are of no use: unreadable, or of another range."""

    unreadable: int
    elsewhere: int


def _chart(
    value: object, asked: Asked, instant_of: Callable[[str], int | None]
) -> tuple[dict[int, float], _Stray]:
    """A chart's numbers by the instants at which their intervals begin; none of no chart."""
    chart = {} if value is None else value
    if not isinstance(chart, dict):
        raise PlatformError("Bunny's statistics are not as expected: a chart is no table")
    found: dict[int, float] = {}
    unreadable = elsewhere = 0
    for key, written in chart.items():
        at_ms, number = instant_of(key), amount(written)
        if at_ms is None or number is None:
            unreadable += 1
        elif not asked.from_ms <= at_ms < asked.to_ms:
            elsewhere += 1
        else:
            begin_ms = at_ms - at_ms % asked.step_ms
            # The same interval in two forms is one interval, not twice as many views.
            found[begin_ms] = max(number, found.get(begin_ms, 0.0))
    return found, _Stray(unreadable, elsewhere)


def _days(hours: tuple[HourCount, ...]) -> tuple[DayCount, ...]:
    found = []
    for day, group in groupby(hours, key=lambda hour: hour.at_ms // DAY_MS):
        hourly, watch_s = [0] * _HOURS, 0.0
        for hour in group:
            hourly[hour.at_ms % DAY_MS // HOUR_MS] = hour.views
            watch_s += hour.watch_s
        found.append(DayCount(day * DAY_MS, sum(hourly), watch_s, tuple(hourly)))
    return tuple(found)


def _as_day(counted: HourCount) -> DayCount:
    return DayCount(counted.at_ms, counted.views, counted.watch_s)


def _countries(value: object) -> dict[str, int]:
    chart = value if isinstance(value, dict) else {}
    return {
        code: views
        for code, written in chart.items()
        if _COUNTRY.fullmatch(code) and (views := count(written)) is not None
    }


def _score(value: object) -> int | None:
    score = count(value)
    return score if score is not None and score <= _HIGHEST_SCORE else None


def _doubts(unreadable: int, views: dict[int, float], watched: dict[int, Any]) -> list[str]:
    doubts = []
    if unreadable:
        doubts.append(f"{unreadable} values of Bunny's charts cannot be read")
    if views and not watched and any(views.values()):
        doubts.append("Bunny told of views and of no watch time")
    return doubts
