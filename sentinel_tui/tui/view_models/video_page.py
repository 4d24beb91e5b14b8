"""The page of one video: what it is, every figure with what it rests on, and its moments."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from operator import itemgetter
from typing import TYPE_CHECKING

from sentinel_tui.commands.figures import (
    COMMON,
    ESTIMATED,
    OF_VIDEOS,
    UNKNOWN,
    basis_text,
    clock,
    count,
    interval_text,
    length,
    percent,
    sure,
)
from sentinel_tui.commands.video_story import VideoStory
from sentinel_tui.domain.video.cards import Card
from sentinel_tui.domain.video.catalog import Video
from sentinel_tui.domain.video.insights import Language
from sentinel_tui.domain.video.metrics import Basis, speak_for_all
from sentinel_tui.domain.video.ranking import LEAST_CONFIDENCE
from sentinel_tui.text import format_bytes
from sentinel_tui.tui.cells import BLANK, Line, Span, Tone, cut, fit, joined, line, muted, wrap
from sentinel_tui.tui.view_models.figures import figure_cell, label_of
from sentinel_tui.tui.view_models.words import Times, counted

if TYPE_CHECKING:
    from sentinel_tui.domain.video.dropping import DropOff, Moment

DROP_SIGN, CTA_SIGN = "▼", "◆"

_DOT = muted(" · ")
_INDENT = Span("  ")
_BELOW = Span("    ")
_HANGING = 4
_LABEL_CELLS = 19
_VALUE_CELLS = 9
_INTERVAL_CELLS = 17
_LEAST_BASIS_CELLS = 20
_DAY_MS = 86_400_000
_A_MOMENT = 0.1
"""Less than a tenth of the views that play a part again is no moment."""

_MOST_LOG_DAYS = 7
_MOST_CHAPTERS = 30
_MOST_PARAGRAPHS = 12


def head_lines(story: VideoStory, times: Times, width: int) -> list[Line]:
    """The video in a few lines: its title, what it is, and how it holds its viewers."""
    video = story.video
    facts = [
        line(Span(video.library, Tone.STRONG)),
        line(clock(video.length_s) if video.length_s > 0 else "length unknown"),
        line(muted("published "), f"{times.at(video.published_ms):%Y-%m-%d %H:%M}"),
        line(counted(max(0, (times.now_ms - video.published_ms) // _DAY_MS), "day"), muted(" old")),
    ]
    theme = story.theme or ", ".join(video.tags[:3])
    if theme:
        facts.append(line(muted("theme " if story.theme else "tags "), theme))
    elif story.suggested:
        facts.append(line(muted("theme? "), story.suggested))
    return [
        cut(line(Span(video.title or video.id, Tone.STRONG), *_standing(video, times)), width),
        cut(joined(facts, _DOT), width),
        *wrap(_score_line(story.card), width, _HANGING),
    ]


def body_lines(story: VideoStory, times: Times, language: Language, width: int) -> list[Line]:
    """Everything below the chart, from top to bottom."""
    as_of = f" · as of {times.minute(story.card.at_ms)}" if story.card else ""
    sections = (
        (f"Figures, and what each rests on{as_of}", list(_figures(story.card, width))),
        ("Viewers by the delivery log", list(_uniques(story.uniques))),
        ("Moments", list(_moments(story))),
        ("Insights", [line(_INDENT, one.told(language)) for one in story.insights]),
        ("Chapters", list(_chapters(story.video))),
        ("About", list(_about(story, times))),
        ("Description", list(_description(story.video))),
    )
    lines: list[Line] = []
    for title, told in sections:
        if told:
            lines += [line(Span(title, Tone.ACCENT)), *told, BLANK]
    return [part for one in lines[:-1] for part in wrap(one, width, _HANGING)]


def retention_title(story: VideoStory) -> Line:
    """What the chart of retention shows, and what it rests on."""
    title, curve = Span("Still watching", Tone.ACCENT), story.retention
    if curve is None:
        return line(title, muted(f" · {UNKNOWN} · needs view events, or a heatmap and 50 views"))
    if curve.basis is Basis.EXACT and speak_for_all(curve.views, story.video.views):
        return line(title, muted(f" · exact · events of {counted(curve.views, 'view')}"))
    if curve.basis is Basis.EXACT:
        part = f"{curve.views:,} of {counted(story.video.views, 'view')}"
        return line(title, muted(f" · estimated · events of {part}"))
    return line(title, muted(" · plays, replays among them · estimated · heatmap"))


def age_title(story: VideoStory) -> Line:
    """What the chart of views shows."""
    behind = "no usual curve of its library yet"
    if story.usual is not None:
        behind = f"the usual of {story.usual.library}, from {counted(story.usual.videos, 'video')}"
    return line(Span("Views since upload", Tone.ACCENT), muted(f" · {behind}"))


def _standing(video: Video, times: Times) -> Iterator[Span]:
    if video.gone_ms is not None:
        yield Span(f"  – gone since {times.minute(video.gone_ms)}", Tone.WARN)
    elif video.status != "finished":
        yield muted(f"  {video.status}")


def _score_line(card: Card | None) -> Line:
    """How it holds its viewers, beside what is usual at its length."""
    score = None if card is None else card.score
    if card is None:
        return line(muted("no study has been made since it was found"))
    if score is None:
        return line(muted("engagement – · nobody is known to have watched it"))
    hold = card.average_watched.value
    held = "" if hold is None else f" · held {percent(hold)},"
    doubt = "" if score.confidence >= LEAST_CONFIDENCE else ": too few views to rank it"
    return line(
        muted("engagement "),
        Span(f"{score.score:.0f}", Tone.STRONG),
        f" ({score.low:.0f}–{score.high:.0f})",
        muted(f" · confidence {sure(score.confidence)}{doubt}"),
        muted(f"{held} usual at its length {percent(score.expected_hold)}"),
    )


def _figures(card: Card | None, width: int) -> Iterator[Line]:
    """A line for each figure; what it rests on stands beside it, or below where that is narrow."""
    if card is None:
        return
    before = len(_INDENT.text) * 2 + _LABEL_CELLS + _VALUE_CELLS + _INTERVAL_CELLS
    beside = width - before >= _LEAST_BASIS_CELLS
    for shown in (*COMMON, *OF_VIDEOS):
        figure = shown.of(card)
        told = line(
            _INDENT,
            *fit(line(muted(label_of(shown))), _LABEL_CELLS),
            *fit(figure_cell(figure, shown.wording), _VALUE_CELLS, right=True),
            _INDENT,
            *fit(line(muted(interval_text(figure, shown.wording))), _INTERVAL_CELLS),
        )
        basis = muted(basis_text(figure))
        if beside:
            yield from wrap((*told, basis), width, before)
        else:
            yield cut(told, width)
            yield from wrap(line(_BELOW, basis), width, _HANGING)


def _uniques(uniques: Mapping[int, tuple[int, str]]) -> Iterator[Line]:
    """The last days; people of two days cannot be added up, for they may be the same ones."""
    for day_ms in sorted(uniques, reverse=True)[:_MOST_LOG_DAYS]:
        viewers, mode = uniques[day_ms]
        # Logs are counted by days of UTC, whatever the clock on the wall says.
        day = datetime.fromtimestamp(day_ms / 1_000, UTC)
        yield line(
            _INDENT,
            muted(f"{day:%a} {day.day} {day:%b}  "),
            f"{ESTIMATED}{count(viewers)}",
            muted(f" · estimated · addresses anonymised: {mode}"),
        )


def _moments(story: VideoStory) -> Iterator[Line]:
    """Where many leave, where much is played again, and where to ask for something."""
    found = [(drop.at_s, _drop(drop)) for drop in story.drops]
    again_s = _most_rewatched(story)
    if again_s is not None:
        found.append((again_s, line(muted("  ↻ "), "played again the most")))
    if story.cta is not None:
        found.append((story.cta.at_s, _cta(story.cta)))
    for at_s, (sign, *told) in sorted(found, key=itemgetter(0)):
        yield line(sign, f"{clock(at_s):>7}  ", *told)


def _drop(drop: DropOff) -> Line:
    return line(
        Span(f"  {DROP_SIGN} ", Tone.WARN),
        f"{percent(drop.lost_share)} of those still watching leave",
        muted(f", {percent(drop.usual_share)} around it"),
    )


def _cta(cta: Moment) -> Line:
    return line(
        Span(f"  {CTA_SIGN} ", Tone.GOOD),
        f"best moment to ask for something: {percent(cta.still_share)} still watch",
        muted(f" · {cta.why}"),
    )


def _most_rewatched(story: VideoStory) -> float | None:
    if story.retention is None:
        return None
    again = story.retention.rewatched
    most = max(again, default=0.0)
    if most < _A_MOMENT:
        return None
    return again.index(most) / len(again) * story.video.length_s


def _chapters(video: Video) -> Iterator[Line]:
    for chapter in video.chapters[:_MOST_CHAPTERS]:
        yield line(_INDENT, muted(f"{clock(chapter.start_s):>7}  "), chapter.title)


def _about(story: VideoStory, times: Times) -> Iterator[Line]:
    video, other = story.video, story.counterpart
    bitrate = video.approximate_bitrate_bps
    facts = (
        ("Resolution", f"{video.width}×{video.height}" if video.width else ""),
        ("Kept as", ", ".join((*video.resolutions, *video.codecs))),
        ("Frame rate", f"{video.frame_rate:g} a second" if video.frame_rate else ""),
        ("Size", format_bytes(video.storage_bytes) if video.storage_bytes else ""),
        (
            "Bitrate",
            f"about {bitrate / 1e6:.1f} Mbit/s, of all renditions together" if bitrate else "",
        ),
        ("Collection", video.collection),
        ("Category", video.category),
        ("Tags", ", ".join(video.tags)),
        ("Captions", ", ".join(video.captions)),
        (
            "Goes with",
            f"{other.title or other.id} ({other.library}, {length(other.length_s)})"
            if other
            else video.full,
        ),
        ("Id", video.id),
        ("Last listed", times.minute(video.seen_ms) if video.seen_ms else UNKNOWN),
    )
    for name, told in facts:
        if told:
            yield line(_INDENT, *fit(line(muted(name)), _LABEL_CELLS), told)


def _description(video: Video) -> Iterator[Line]:
    paragraphs = [text for text in video.description.split("\n") if text.strip()]
    for text in paragraphs[:_MOST_PARAGRAPHS]:
        yield line(_INDENT, text)
    if len(paragraphs) > _MOST_PARAGRAPHS:
        yield line(_INDENT, muted(f"… {len(paragraphs) - _MOST_PARAGRAPHS} more"))
