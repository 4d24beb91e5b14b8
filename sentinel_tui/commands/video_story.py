"""All that is known of one video, gathered once for the command and for its page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sentinel_tui.domain.video.catalog import DAY_MS, DayCount, LibraryRole, Video
from sentinel_tui.domain.video.dropping import DropOff, Moment, best_cta_s, drop_offs
from sentinel_tui.domain.video.metrics import counted
from sentinel_tui.domain.video.pairs import pairs
from sentinel_tui.domain.video.retention import Retention, retention_of

if TYPE_CHECKING:
    from sentinel_tui.domain.video.cards import Card
    from sentinel_tui.domain.video.insights import Insight
    from sentinel_tui.domain.video.study import UsualCurve
    from sentinel_tui.store.queries import Reader


@dataclass(frozen=True, slots=True)
class VideoStory:
    """A video with everything that is known of it.

    Attributes:
        video: The video.
        role: Whom its library is for, or None where that is not configured any more.
        card: Its figures, or None before the first study.
        theme: The theme its owner gave it, or empty.
        suggested: A theme it seems to have, or empty.
        counterpart: The full video of a preview or the preview of a full one, or None.
        retention: How it is watched from beginning to end, or None where that is not known.
        drops: Where unusually many leave.
        cta: The best moment to ask viewers for something, or None.
        days: What was watched of it each day.
        known: From when and until when its days are known, or None.
        usual: How views of its library usually add up, or None.
        insights: What is worth telling of it.
        uniques: About how many watched it by the log of its delivery, by the start of each day,
            and how the log's addresses were anonymised.
    """

    video: Video
    role: LibraryRole | None = None
    card: Card | None = None
    theme: str = ""
    suggested: str = ""
    counterpart: Video | None = None
    retention: Retention | None = None
    drops: Sequence[DropOff] = ()
    cta: Moment | None = None
    days: Sequence[DayCount] = ()
    known: tuple[int, int] | None = None
    usual: UsualCurve | None = None
    insights: Sequence[Insight] = ()
    uniques: Mapping[int, tuple[int, str]] = field(default_factory=dict)


def read_story(reader: Reader, video: Video, now_ms: int) -> VideoStory:
    """Everything known of a video.

    Args:
        reader: The store.
        video: The video.
        now_ms: The present.
    """
    study = reader.study()
    suggestions, curves, insights = (
        (study.suggestions, study.curves, study.insights) if study else ((), (), ())
    )
    views = reader.viewings(0, now_ms, video=video.id)
    curve = retention_of(counted(video, views), views, reader.heat(video.id))
    drops = drop_offs(curve, curve.views, video.length_s) if curve else ()
    roles = {one.name: one.role for one in reader.libraries()}
    return VideoStory(
        video=video,
        role=roles.get(video.library),
        card=reader.card(video.id),
        theme=reader.themes().get(video.id, ""),
        suggested=next((one.theme for one in suggestions if one.video == video.id), ""),
        counterpart=_counterpart(reader, video, roles),
        retention=curve,
        drops=drops,
        cta=best_cta_s(curve, drops, video.length_s) if curve else None,
        days=reader.days([video.id], video.published_ms - DAY_MS, now_ms)[video.id],
        known=reader.days_known(video.id),
        usual=next((one for one in curves if one.library == video.library), None),
        insights=[one for one in insights if one.video == video.id],
        uniques=reader.uniques(video.id),
    )


def _counterpart(reader: Reader, video: Video, roles: Mapping[str, LibraryRole]) -> Video | None:
    videos = reader.videos()
    fulls = pairs(videos, roles)
    previews = {full: preview for preview, full in fulls.items()}
    other = fulls.get(video.id) or previews.get(video.id)
    return next((one for one in videos if one.id == other), None)
