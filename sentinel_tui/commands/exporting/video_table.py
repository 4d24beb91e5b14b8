"""The videos as a table for spreadsheets: every figure with its interval and what it rests on."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from sentinel_tui.commands.figures import COMMON, OF_VIDEOS
from sentinel_tui.domain.video.cards import Card
from sentinel_tui.domain.video.catalog import Video
from sentinel_tui.text import spreadsheet_text

if TYPE_CHECKING:
    from sentinel_tui.store.queries import Reader

_FIGURES = (*COMMON, *OF_VIDEOS)
_KINDS = ("", "_low", "_high", "_basis")
_IDENTITY = ("video_id", "title", "library", "theme", "tags", "published", "length_s")
_SCORE = ("engagement", "engagement_low", "engagement_high", "engagement_confidence")


def video_table(reader: Reader) -> str:
    """All videos that were studied, as CSV with a heading; cells of what is unknown are empty."""
    themes, cards = reader.themes(), {one.video: one for one in reader.cards()}
    table = io.StringIO()
    writer = csv.writer(table, lineterminator="\n")
    figures = (f"{one.key}{kind}" for one in _FIGURES for kind in _KINDS)
    writer.writerow([*_IDENTITY, *figures, *_SCORE])
    for video in reader.videos():
        card = cards.get(video.id)
        if card is not None:
            writer.writerow([*_identity(video, themes.get(video.id, "")), *_cells(card)])
    return table.getvalue()


def _identity(video: Video, theme: str) -> Iterator[str]:
    published = datetime.fromtimestamp(video.published_ms / 1_000, UTC)
    texts = (video.id, video.title, video.library, theme, " ".join(video.tags))
    yield from map(spreadsheet_text, texts)
    yield f"{published:%Y-%m-%dT%H:%M:%SZ}"
    yield _number(video.length_s or None)


def _cells(card: Card) -> Iterator[str]:
    for figure in (one.of(card) for one in _FIGURES):
        yield from (_number(one) for one in (figure.value, figure.low, figure.high))
        yield figure.basis
    score = card.score
    known = (score.score, score.low, score.high, score.confidence) if score else (None,) * 4
    yield from (_number(one) for one in known)


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:.6g}"
