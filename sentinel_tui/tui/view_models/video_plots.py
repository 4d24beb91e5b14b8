"""The two charts of a video: who still watches at each moment, and how its views added up."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence

from sentinel_tui.commands.figures import clock
from sentinel_tui.commands.video_story import VideoStory
from sentinel_tui.domain.video.catalog import DAY_MS, DayCount, Video
from sentinel_tui.domain.video.study import UsualCurve
from sentinel_tui.tui.cells import Tone
from sentinel_tui.tui.view_models.plot import Mark, Plot, Tick, Unit, round_up
from sentinel_tui.tui.view_models.video_page import CTA_SIGN, DROP_SIGN

MOST_AGE_DAYS = 90
"""What comes later is a straight line for nearly all videos."""

_LEAST_AGE_DAYS = 7
_MOST_TICKS = 7
_TICKS_S = (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1_800, 3_600, 7_200)
_TICKS_DAYS = (1, 2, 7, 14, 28)


def retention_plot(story: VideoStory) -> Plot | None:
    """Who still watches at each moment, before what is played, replays with it."""
    retention, length_s = story.retention, story.video.length_s
    if retention is None:
        return None
    step = next((one for one in _TICKS_S if length_s / one <= _MOST_TICKS), _TICKS_S[-1])
    ticks = [Tick(at_s / length_s, clock(at_s)) for at_s in range(0, int(length_s) + 1, step)]
    marks = [Mark(drop.at_s / length_s, DROP_SIGN, Tone.WARN) for drop in story.drops]
    if story.cta is not None:
        marks.append(Mark(story.cta.at_s / length_s, CTA_SIGN, Tone.GOOD))
    highest = max((*retention.still, *retention.plays), default=0.0)
    return Plot(
        front=retention.still,
        back=retention.plays or (None,) * len(retention.still),
        top=1.0 if highest <= 1.0 else round_up(highest),
        ticks=tuple(ticks),
        marks=tuple(marks),
        unit=Unit.SHARE,
    )


def age_plot(
    video: Video, days: Sequence[DayCount], known: tuple[int, int] | None, usual: UsualCurve | None
) -> Plot | None:
    """How its views added up since it was published, before the usual of its library.

    Args:
        video: The video.
        days: What was watched of it each day; days without views may be left out.
        known: From when and until when its days are known, or None.
        usual: How views of its library usually add up, or None.
    """
    if known is None:
        return None
    begin_ms = video.published_ms // DAY_MS * DAY_MS
    age_days = (known[1] - begin_ms) // DAY_MS
    shown = max(_LEAST_AGE_DAYS, min(MOST_AGE_DAYS, age_days))
    mine = _added_up(video, days, known, begin_ms, shown)
    others = tuple(_usual_at(usual, age) for age in range(shown + 1))
    highest = max((value for value in (*mine, *others) if value is not None), default=0.0)
    step = next((one for one in _TICKS_DAYS if shown / one <= _MOST_TICKS), _TICKS_DAYS[-1])
    return Plot(
        front=mine,
        back=others,
        top=max(4.0, round_up(highest)),
        ticks=tuple(Tick(age / shown, f"{age} d") for age in range(0, shown + 1, step)),
        unit=Unit.COUNT,
    )


def _added_up(
    video: Video, days: Sequence[DayCount], known: tuple[int, int], begin_ms: int, shown: int
) -> tuple[float | None, ...]:
    """Views by the end of each day of age; None where they are not known."""
    by_age = {(day.at_ms - begin_ms) // DAY_MS: day.views for day in days}
    # What was watched before days were kept is in the count of all, and nowhere else.
    total = max(0, video.views - sum(by_age.values())) if known[0] > begin_ms + DAY_MS else 0
    values: list[float | None] = [None if total else 0.0]
    for age in range(shown):
        total += by_age.get(age, 0)
        end_ms = begin_ms + (age + 1) * DAY_MS
        values.append(float(total) if known[0] < end_ms <= known[1] else None)
    return tuple(values)


def _usual_at(usual: UsualCurve | None, age: int) -> float | None:
    """The views a middling video has at an age, between the ages that are known."""
    if usual is None or not usual.days:
        return None
    place = bisect_left(usual.days, age)
    if place < len(usual.days) and usual.days[place] == age:
        return usual.views[place]
    if place == len(usual.days):
        return None
    before = (usual.days[place - 1], usual.views[place - 1]) if place else (0, 0.0)
    after = usual.days[place], usual.views[place]
    return before[1] + (after[1] - before[1]) * (age - before[0]) / (after[0] - before[0])
