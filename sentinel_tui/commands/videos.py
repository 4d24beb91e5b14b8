"""`videos`, `video`, `theme`: the videos in order, one of them, and what it is about."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from sentinel_tui.commands.answers import Answer, Table
from sentinel_tui.commands.figures import (
    COMMON,
    OF_VIDEOS,
    UNKNOWN,
    count,
    figure_data,
    figure_text,
    length,
    percent,
    ratio,
    score_data,
)
from sentinel_tui.commands.libraries import chosen_libraries
from sentinel_tui.commands.spec import Argument, ArgumentKind, Arguments, command, words
from sentinel_tui.commands.standing import engine_data, find_engine, worst_exit
from sentinel_tui.commands.video_kinds import BY, IN
from sentinel_tui.commands.video_page import page_lines, page_table
from sentinel_tui.commands.video_story import VideoStory, read_story
from sentinel_tui.commands.wording import counted
from sentinel_tui.domain.video.cards import Card
from sentinel_tui.domain.video.catalog import Video
from sentinel_tui.domain.video.metrics import Basis
from sentinel_tui.domain.video.ranking import RankBy, ranked
from sentinel_tui.errors import UsageError
from sentinel_tui.text import fold

if TYPE_CHECKING:
    from sentinel_tui.commands.context import Context

_ENDS = Argument(
    ArgumentKind.CHOICE,
    "top|bottom",
    choices={
        "top": words("top best meilleure meilleures meilleur meilleurs"),
        "bottom": words("bottom worst pire pires moins"),
    },
)
_ORDER = Argument(
    ArgumentKind.ORDER,
    "by ORDER",
    choices={
        RankBy.ENGAGEMENT: words("engagement score"),
        RankBy.REACH: words("reach age portee"),
        RankBy.COMPLETION: words("completion completed achevement"),
        RankBy.VIEWS: words("views vues"),
        RankBy.WATCH_TIME: words("time watch-time duree"),
        RankBy.HOLD: words("watched share regarde part"),
    },
    after=BY,
)
_LIBRARY = Argument(ArgumentKind.LIBRARY, "in LIBRARY", after=IN)
_TITLE = Argument(ArgumentKind.TEXT, "TITLE", required=True)
_ENDS_SHOWN = 10
_MOST_ALIKE = 6
_IS = "="


@command(
    "videos",
    en="films",
    fr="vidéos films",
    arguments=(_ENDS, _ORDER, _LIBRARY),
    fillers="all tout toutes performers",
)
def videos(context: Context, given: Arguments) -> Answer:
    """Show the videos by engagement, reach, completion or views, the best or the worst first."""
    libraries = chosen_libraries(context, given.library)
    by = RankBy(given.order) if given.order else RankBy.ENGAGEMENT
    titles = {one.id: one for one in context.store.videos() if one.library in libraries}
    cards = [one for one in context.store.cards() if one.video in titles]
    places = [one.card for one in ranked(cards, by, best=given.choice != "bottom")]
    shown = places[:_ENDS_SHOWN] if given.choice else places
    engine = find_engine(context)
    return Answer(
        title=_title(shown, len(titles), given, by) if titles else "No video is known yet",
        lines=_unranked_lines(len(titles), len(cards), len(places), by),
        table=Table(
            ("VIEWS", "REACH", "WATCHED", "COMPLETED", "ENGAGED", "LIBRARY", "VIDEO"),
            tuple(_row(one, titles[one.video]) for one in shown),
            numbers=frozenset({"VIEWS", "REACH", "WATCHED", "COMPLETED", "ENGAGED"}),
        ),
        data={
            "videos": [card_data(one, titles[one.video]) for one in shown],
            "by": by,
            "known": len(titles),
            "ranked": len(places),
            "engine": engine_data(engine),
        },
        exit_code=worst_exit(0, engine),
    )


@command(
    "video",
    en="film",
    fr="vidéo film",
    arguments=(_TITLE,),
)
def video(context: Context, given: Arguments) -> Answer:
    """Show one video: its figures and what each rests on, where viewers leave, when to ask them."""
    story = read_story(context.store, named_video(context, given.text), context.now_ms)
    engine = find_engine(context)
    return Answer(
        title=story.video.title or story.video.id,
        lines=tuple(page_lines(story, context.now_ms, context.zone)),
        table=page_table(story),
        data={**story_data(story), "engine": engine_data(engine)},
        exit_code=worst_exit(0, engine),
    )


@command(
    "theme",
    en="themes",
    fr="thème thèmes",
    arguments=(Argument(ArgumentKind.TEXT, "TITLE = THEME", required=True),),
    acts=True,
)
def theme(context: Context, given: Arguments) -> Answer:
    """Say what a video is about: `theme TITLE = THEME`; nothing after `=` takes it back."""
    title, separator, named = given.text.rpartition(_IS)
    if not separator or not title.strip():
        raise UsageError(
            "theme needs a title, an equals sign and a theme", "such as: theme Tarte tatin = baking"
        )
    meant = named_video(context, title)
    result = context.ask("theme", video=meant.id, theme=named.strip())
    told = f"is about {named.strip()}" if named.strip() else "has no theme any more"
    return Answer(
        title=f"“{meant.title or meant.id}” {told}; the next study goes by it.",
        data={"video": meant.id, "theme": named.strip(), **result},
    )


def named_video(context: Context, title: str) -> Video:
    """The video that is meant by its id, its title or some words of it.

    Raises:
        UsageError: None is meant, or several are.
    """
    wanted = title.strip()
    by_id = context.store.video(wanted)
    if by_id is not None:
        return by_id
    found = context.store.find_videos(wanted, limit=50)
    exact = [one for one in found if fold(one.title) == fold(wanted)]
    if len(exact or found) == 1:
        return (exact or found)[0]
    if not found:
        raise UsageError(f"no video is called “{wanted}”", "`videos` shows all of them")
    several = exact or found
    named = "; ".join(f"{one.title} ({one.library}, {one.id})" for one in several[:_MOST_ALIKE])
    raise UsageError(f"“{wanted}” could be {counted(len(several), 'video')}", f"by id: {named}")


def card_data(card: Card, video: Video) -> dict[str, Any]:
    """The figures of a video for programs."""
    return {
        "video_id": video.id,
        "title": video.title,
        "library": video.library,
        "published_ms": video.published_ms,
        "length_s": video.length_s or None,
        **{one.key: figure_data(one.of(card)) for one in (*COMMON, *OF_VIDEOS)},
        "engagement": score_data(card.score),
    }


def story_data(story: VideoStory) -> dict[str, Any]:
    """All that is known of a video, for programs."""
    video, curve = story.video, story.retention
    return {
        "video": {
            "id": video.id,
            "title": video.title,
            "library": video.library,
            "role": story.role,
            "status": video.status,
            "published_ms": video.published_ms,
            "length_s": video.length_s or None,
            "width": video.width,
            "height": video.height,
            "frame_rate": video.frame_rate,
            "codecs": list(video.codecs),
            "resolutions": list(video.resolutions),
            "storage_bytes": video.storage_bytes,
            "approximate_bitrate_bps": video.approximate_bitrate_bps,
            "collection": video.collection,
            "category": video.category,
            "tags": list(video.tags),
            "captions": list(video.captions),
            "chapters": [
                {"title": one.title, "start_s": one.start_s, "end_s": one.end_s}
                for one in video.chapters
            ],
            "gone_ms": video.gone_ms,
        },
        "theme": story.theme or None,
        "suggested_theme": story.suggested or None,
        "counterpart": story.counterpart.id if story.counterpart else None,
        "figures": card_data(story.card, video) if story.card else None,
        "retention": {
            "basis": curve.basis,
            "views": curve.views,
            "still": [round(one, 4) for one in curve.still],
            "rewatched": [round(one, 4) for one in curve.rewatched],
        }
        if curve
        else None,
        "drop_offs": [
            {
                "at_s": one.at_s,
                "until_s": one.until_s,
                "lost_share": round(one.lost_share, 4),
                "usual_share": round(one.usual_share, 4),
                "q": one.q,
            }
            for one in story.drops
        ],
        "viewers_by_log": [
            {"day_ms": day_ms, "viewers": viewers, "basis": Basis.ESTIMATED, "anonymised": mode}
            for day_ms, (viewers, mode) in sorted(story.uniques.items())
        ],
        "call_to_action": {
            "at_s": story.cta.at_s,
            "still_share": round(story.cta.still_share, 4),
            "why": story.cta.why,
        }
        if story.cta
        else None,
    }


def _title(shown: Sequence[Card], known: int, given: Arguments, by: RankBy) -> str:
    library = f" in {given.library}" if given.library else ""
    if not given.choice:
        return f"{len(shown):,} of {counted(known, 'video')}{library}, by {by}"
    end = {"top": "best", "bottom": "worst"}[given.choice]
    shown_of = f"{counted(len(shown), 'video')}, the {end} of {counted(known, 'video')}"
    return f"{shown_of}{library}, by {by}"


def _unranked_lines(known: int, studied: int, placed: int, by: RankBy) -> tuple[str, ...]:
    lines = []
    if studied > placed:
        without = counted(studied - placed, "video")
        lines.append(f"No place yet for {without}: too few views to tell the {by}.")
    if known > studied:
        lines.append(f"Not studied yet: {counted(known - studied, 'video')}.")
    return tuple(lines)


def _row(card: Card, video: Video) -> tuple[str, ...]:
    score = card.score
    return (
        figure_text(card.views, count),
        figure_text(card.reach, ratio),
        figure_text(card.average_watched, percent),
        figure_text(card.completion, percent),
        f"{score.score:.0f} ({score.low:.0f}–{score.high:.0f})" if score else UNKNOWN,
        video.library,
        f"{video.title or video.id} ({length(video.length_s)})",
    )
