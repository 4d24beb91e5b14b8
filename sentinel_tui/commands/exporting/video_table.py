"""The videos as a table for spreadsheets: every figure with its interval and what it rests on."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from sentinel_tui.commands.libraries import COMMON
from sentinel_tui.domain.video.cards import Card
from sentinel_tui.domain.video.catalog import Video
from sentinel_tui.domain.video.metrics import Figure
from sentinel_tui.text import spreadsheet_text

if TYPE_CHECKING:
    from sentinel_tui.store.queries import Reader

_OF_VIDEOS = ("views_7d", "views_28d", "reach")
_KINDS = ("", "_low", "_high", "_basis")
_NAMES = (*(key for key, *_ in COMMON), *_OF_VIDEOS)
_IDENTITY = ("video_id", "title", "library", "theme", "tags", "published", "length_s")
_SCORE = ("engagement", "engagement_low", "engagement_high", "engagement_confidence")


def video_table(reader: Reader) -> str:
    """All videos that were studied, as CSV with a heading; cells of what is unknown are empty."""
    themes, cards = reader.themes(), {one.video: one for one in reader.cards()}
    table = io.StringIO()
    writer = csv.writer(table, lineterminator="\n")
    writer.writerow([*_IDENTITY, *(f"{name}{kind}" for name in _NAMES for kind in _KINDS), *_SCORE])
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
    yield f"{video.length_s:g}"


def _cells(card: Card) -> Iterator[str]:
    for figure in (*(of(card) for _, _, of, _ in COMMON), *_others(card)):
        yield from (_number(one) for one in (figure.value, figure.low, figure.high))
        yield figure.basis
    score = card.score
    known = (score.score, score.low, score.high, score.confidence) if score else (None,) * 4
    yield from (_number(one) for one in known)


def _others(card: Card) -> tuple[Figure, ...]:
    return card.views_7d, card.views_28d, card.reach


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:.6g}"
