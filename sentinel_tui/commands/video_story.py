"""All that is known of one video, gathered once for `video`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sentinel_tui.domain.video.cards import Card
from sentinel_tui.domain.video.catalog import LibraryRole, Video
from sentinel_tui.domain.video.dropping import DropOff, Moment, best_cta_s, drop_offs
from sentinel_tui.domain.video.metrics import counted
from sentinel_tui.domain.video.pairs import pairs
from sentinel_tui.domain.video.retention import Retention, retention_of

if TYPE_CHECKING:
    from sentinel_tui.store.queries import Reader


@dataclass(frozen=True, slots=True)
class VideoStory:
    """A video with everything that is known of it.

    Attributes:
        video: The video.
        role: Whom its library is for, or None where that is not configured any more.
        card: Its figures, or None before the first study.
        theme: The theme its owner gave it, or empty.
        suggested: The theme it seems to have, or empty.
        counterpart: The full video of a preview or the preview of a full one, or None.
        retention: How it is watched from beginning to end, or None.
        drops: Where many leave.
        cta: When to ask viewers for something, or None.
    """

    video: Video
    role: LibraryRole | None
    card: Card | None
    theme: str
    suggested: str
    counterpart: Video | None
    retention: Retention | None
    drops: tuple[DropOff, ...]
    cta: Moment | None


def read_story(reader: Reader, video: Video, now_ms: int) -> VideoStory:
    """Everything known of a video."""
    study = reader.study()
    views = reader.viewings(0, now_ms, video=video.id)
    count = counted(video, views)
    curve = retention_of(count, views, reader.heat(video.id))
    drops = tuple(drop_offs(curve, curve.views, video.length_s)) if curve else ()
    roles = {one.name: one.role for one in reader.libraries()}
    suggestions = {one.video: one.theme for one in study.suggestions} if study else {}
    return VideoStory(
        video=video,
        role=roles.get(video.library),
        card=reader.card(video.id),
        theme=reader.themes().get(video.id, ""),
        suggested=suggestions.get(video.id, ""),
        counterpart=_counterpart(reader, video, roles),
        retention=curve,
        drops=drops,
        cta=best_cta_s(curve, drops, video.length_s) if curve else None,
    )


def _counterpart(reader: Reader, video: Video, roles: dict[str, LibraryRole]) -> Video | None:
    fulls = pairs(reader.videos(), roles)
    previews = {full: preview for preview, full in fulls.items()}
    other = fulls.get(video.id) or previews.get(video.id)
    return reader.video(other) if other else None
