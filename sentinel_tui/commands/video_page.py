"""One video in words: what it is, how it is watched, and what each figure rests on."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, tzinfo

from sentinel_tui.commands.answers import Table
from sentinel_tui.commands.figures import (
    COMMON,
    ESTIMATED,
    OF_VIDEOS,
    UNKNOWN,
    Shown,
    basis_text,
    clock,
    count,
    figure_text,
    interval_text,
    length,
    percent,
    sure,
)
from sentinel_tui.commands.video_story import VideoStory
from sentinel_tui.commands.wording import moment
from sentinel_tui.domain.video.cards import Card
from sentinel_tui.domain.video.metrics import Basis, Figure

_MEGA = 1_000_000
_LOG_DAYS_SHOWN = 3


def page_table(story: VideoStory) -> Table:
    """The figures of a video with their intervals and what they rest on."""
    card = story.card
    rows: list[tuple[str, ...]] = []
    if card is not None:
        rows = [_figure_row(one, one.of(card)) for one in (*COMMON, *OF_VIDEOS)]
        rows.append(_score_row(card))
    return Table(("", "FIGURE", "LIKELY", "RESTS ON"), tuple(rows), numbers=frozenset({"FIGURE"}))


def _figure_row(shown: Shown, figure: Figure) -> tuple[str, ...]:
    return (
        shown.name,
        figure_text(figure, shown.wording),
        interval_text(figure, shown.wording),
        basis_text(figure),
    )


def page_lines(story: VideoStory, now_ms: int, zone: tzinfo) -> Iterator[str]:
    """What the video is and how it is watched, in sentences."""
    yield from _identity(story, now_ms, zone)
    if story.card is not None:
        yield f"Its figures are as of {moment(story.card.at_ms, now_ms, zone)}."
    elif story.video.gone_ms is None:
        yield "It was not studied yet; its figures follow with the next study."
    yield from _watching(story)
    yield from _viewers_by_log(story)


def _identity(story: VideoStory, now_ms: int, zone: tzinfo) -> Iterator[str]:
    video = story.video
    role = f" ({story.role})" if story.role else ""
    published = moment(video.published_ms, now_ms, zone)
    long = f"{clock(video.length_s)} long" if video.length_s > 0 else "length unknown"
    yield f"In {video.library}{role}, {long}, published {published}."
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
        yield f"Goes with: {other.title or other.id} ({other.library}, {length(other.length_s)})."
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


def _viewers_by_log(story: VideoStory) -> Iterator[str]:
    """The last days; viewers of two days cannot be added up, for they may be the same ones."""
    for day_ms in sorted(story.uniques, reverse=True)[:_LOG_DAYS_SHOWN]:
        viewers, mode = story.uniques[day_ms]
        day = datetime.fromtimestamp(day_ms / 1_000, UTC).date()
        yield (
            f"Viewers on {day} by the delivery log: {ESTIMATED}{count(viewers)} "
            f"(estimated; addresses anonymised: {mode})."
        )


def _score_row(card: Card) -> tuple[str, ...]:
    score = card.score
    if score is None:
        # It rests on the share watched, and on nothing else.
        lacking = card.average_watched.source
        return "engagement, 0 to 100", UNKNOWN, "", f"{Basis.UNAVAILABLE} · {lacking}"
    return (
        "engagement, 0 to 100",
        f"{score.score:.0f}",
        f"{score.low:.0f} to {score.high:.0f}",
        f"watched beside {percent(score.expected_hold)} usual for its length; "
        f"{sure(score.confidence)} its own doing",
    )
