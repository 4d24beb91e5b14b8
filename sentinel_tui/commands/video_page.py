"""One video in words: what it is, how it is watched, and what each figure rests on."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import tzinfo

from sentinel_tui.commands.answers import Table
from sentinel_tui.commands.figures import (
    UNKNOWN,
    basis_text,
    clock,
    count,
    figure_text,
    interval_text,
    percent,
    ratio,
    sure,
)
from sentinel_tui.commands.libraries import COMMON
from sentinel_tui.commands.video_story import VideoStory
from sentinel_tui.commands.wording import moment
from sentinel_tui.domain.video.engagement import Score
from sentinel_tui.domain.video.metrics import Basis

_MEGA = 1_000_000
_ONLY_OF_VIDEOS = (
    ("views in 7 days", "views_7d", count),
    ("views in 28 days", "views_28d", count),
    ("views for its age", "reach", ratio),
)


def page_table(story: VideoStory) -> Table:
    """The figures of a video with their intervals and what they rest on."""
    card = story.card
    rows: list[tuple[str, ...]] = []
    if card is not None:
        figures = [(name, of(card), wording) for _, name, of, wording in COMMON]
        figures += [(name, getattr(card, key), wording) for name, key, wording in _ONLY_OF_VIDEOS]
        rows = [
            (name, figure_text(one, wording), interval_text(one, wording), basis_text(one))
            for name, one, wording in figures
        ]
        rows.append(_score_row(card.score))
    return Table(("", "FIGURE", "LIKELY", "RESTS ON"), tuple(rows), numbers=frozenset({"FIGURE"}))


def page_lines(story: VideoStory, now_ms: int, zone: tzinfo) -> Iterator[str]:
    """What the video is and how it is watched, in sentences."""
    yield from _identity(story, now_ms, zone)
    if story.card is None:
        yield "It was not studied yet; its figures follow with the next study."
    yield from _watching(story)


def _identity(story: VideoStory, now_ms: int, zone: tzinfo) -> Iterator[str]:
    video = story.video
    role = f" ({story.role})" if story.role else ""
    published = moment(video.published_ms, now_ms, zone)
    yield f"In {video.library}{role}, {clock(video.length_s)} long, published {published}."
    if video.gone_ms is not None:
        yield f"Gone from its platform since {moment(video.gone_ms, now_ms, zone)}."
    if video.tags or story.theme:
        yield f"About: {', '.join(dict.fromkeys([*filter(None, [story.theme]), *video.tags]))}."
    if story.suggested:
        yield (
            f"It seems to be about {story.suggested}; say so with: "
            f"theme {video.title} = {story.suggested}"
        )
    if story.counterpart is not None:
        other = story.counterpart
        yield f"Goes with: {other.title or other.id} ({other.library}, {clock(other.length_s)})."
    picture = [f"{video.width}x{video.height}"] if video.width else []
    picture += [f"{video.frame_rate:g} pictures/s"] if video.frame_rate else []
    picture += [", ".join(video.codecs)] if video.codecs else []
    bitrate = video.approximate_bitrate_bps
    picture += [f"about {bitrate / _MEGA:.1f} Mbit/s over all renditions"] if bitrate else []
    if picture:
        yield f"Picture: {', '.join(picture)}."


def _watching(story: VideoStory) -> Iterator[str]:
    curve = story.retention
    if curve is None:
        yield "How it is watched from beginning to end is unknown: too few views were reported."
        return
    by = "players' reports" if curve.basis is Basis.EXACT else "its heatmap, estimated"
    yield f"How it is watched, by {by}:"
    quarters = [curve.still[len(curve.still) * quarter // 4] for quarter in range(4)]
    told = ", ".join(
        f"{percent(share)} at {clock(story.video.length_s * quarter / 4)}"
        for quarter, share in enumerate(quarters)
    )
    yield f"  still watching: {told}"
    for drop in story.drops:
        yield (
            f"  many leave at {clock(drop.at_s)}: {percent(drop.lost_share)} of those watching, "
            f"{percent(drop.usual_share)} around it"
        )
    if story.cta is not None:
        yield (
            f"  best moment to ask them for something: {clock(story.cta.at_s)}, "
            f"{percent(story.cta.still_share)} still watch ({story.cta.why})"
        )


def _score_row(score: Score | None) -> tuple[str, ...]:
    if score is None:
        return "engagement, 0 to 100", UNKNOWN, "", f"{Basis.UNAVAILABLE} · needs a view"
    return (
        "engagement, 0 to 100",
        f"{score.score:.0f}",
        f"{score.low:.0f} to {score.high:.0f}",
        f"watched beside {percent(score.expected_hold)} usual for its length; "
        f"{sure(score.confidence)} its own doing",
    )
