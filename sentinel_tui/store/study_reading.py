"""The figures of videos and what was found out about all of them, as the last study left them."""

from __future__ import annotations

import gc
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from sentinel_tui.domain.video.cards import Card
from sentinel_tui.domain.video.engagement import Score
from sentinel_tui.domain.video.study import METHOD, Known
from sentinel_tui.domain.video.trends import Trend
from sentinel_tui.store import video_reading, viewing_reading
from sentinel_tui.store.driver import Connection
from sentinel_tui.store.study_rows import (
    CardRow,
    StudyHead,
    card_from,
    figure,
    study_from,
    trend_from,
)

_NEWEST = (
    "(SELECT id FROM video_analytics WHERE video_id = v.id AND timestamp <= :at_ms "
    "ORDER BY day_ms DESC LIMIT 1)"
)
_EVER_MS = 2**62
_CARDS = (
    "SELECT a.video_id, a.library, a.timestamp, a.data FROM videos v "  # noqa: S608 (own words)
    f"JOIN video_analytics a ON a.id = {_NEWEST} JOIN libraries l ON l.name = v.library "
    "WHERE NOT l.gone AND v.gone_ms IS NULL AND a.data <> '' "
)
_CARD_ROWS = (
    "SELECT v.id, v.library, v.title, v.length_s, v.published_ms, v.views, v.watch_s, "  # noqa: S608 (own words)
    "a.timestamp, a.average_watched, "
    "a.completion_rate, a.completion_basis, a.completion_low, a.completion_high, "
    "a.completion_confidence, "
    "a.reach, a.reach_basis, a.reach_low, a.reach_high, a.reach_confidence, "
    "a.engagement_score, a.score_low, a.score_high, a.score_confidence, a.expected_hold "
    "FROM videos v JOIN libraries l ON l.name = v.library "
    f"LEFT JOIN video_analytics a ON a.id = {_NEWEST} "
    "WHERE NOT l.gone AND v.gone_ms IS NULL AND (v.seen_ms > 0 OR l.read_ms IS NULL) "
    "AND (:library = '' OR v.library = :library) ORDER BY v.published_ms DESC, v.key"
)
_STUDIES = (
    "SELECT at_ms, from_ms, method, questions, data, day_ms FROM studies "
    "WHERE method = ? ORDER BY day_ms DESC LIMIT 1"
)
_TRENDS = "SELECT trend_type, pattern, outcome, data FROM content_trends WHERE day_ms = ? "


def cards(connection: Connection, library: str, at_ms: int | None) -> list[Card]:
    """See `queries.Reader.cards`."""
    sql = _CARDS + "AND (:library = '' OR v.library = :library) ORDER BY v.published_ms DESC, v.key"
    values = {"library": library, "at_ms": _EVER_MS if at_ms is None else at_ms}
    return [card_from(*row) for row in connection.execute(sql, values).fetchall()]


def card(connection: Connection, video_id: str) -> Card | None:
    """See `queries.Reader.card`."""
    values = {"video": video_id, "at_ms": _EVER_MS}
    rows = connection.execute(_CARDS + "AND v.id = :video", values).fetchall()
    return card_from(*rows[0]) if rows else None


def card_rows(connection: Connection, library: str) -> list[CardRow]:
    """See `queries.Reader.card_rows`."""
    values = {"library": library, "at_ms": _EVER_MS}
    return [_card_row(row) for row in connection.execute(_CARD_ROWS, values).fetchall()]


def study(connection: Connection) -> StudyHead | None:
    """See `queries.Reader.study`."""
    row = connection.execute(_STUDIES, (METHOD,)).fetchone()
    if row is None:
        return None
    *columns, day_ms = row
    found = study_from(columns, _trends(connection, day_ms))
    answered = video_reading.themes(connection)
    rejected = video_reading.rejected_themes(connection)
    open_questions = tuple(
        one
        for one in found.suggestions
        if one.video not in answered and (one.video, one.theme) not in rejected
    )
    return replace(found, suggestions=open_questions)


def newest_study_ms(connection: Connection) -> int:
    """When the newest study was made; 0 when there is none."""
    row = connection.execute("SELECT coalesce(max(at_ms), 0) FROM studies").fetchone()
    return int(row[0])


def known(connection: Connection, start_ms: int) -> list[Known]:
    """See `queries.Reader.known`."""
    with _without_collector():
        days = video_reading.all_days(connection, start_ms)
        known_days = video_reading.all_days_known(connection)
        heats = video_reading.all_heat(connection)
        views = viewing_reading.views_by_video(connection, start_ms)
        themes = video_reading.themes(connection)
        found = []
        for video in video_reading.videos(connection, "", gone=False):
            from_ms, to_ms = known_days[video.id]
            found.append(
                Known(
                    video=video,
                    days=days.get(video.id, ()),
                    days_from_ms=max(from_ms, start_ms),
                    days_to_ms=to_ms,
                    heat=heats.get(video.id),
                    views=tuple(views.get(video.id, ())),
                    theme=themes.get(video.id, ""),
                )
            )
        return found


@contextmanager
def _without_collector() -> Iterator[None]:
    """Within the block nobody looks for cycles.

    Among a million counts there are none, and looking again and again takes as long as reading.
    """
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


def _trends(connection: Connection, day_ms: int) -> tuple[Trend, ...]:
    rows = connection.execute(_TRENDS + "ORDER BY id", (day_ms,)).fetchall()
    return tuple(trend_from(*row) for row in rows)


def _card_row(row: Sequence[Any]) -> CardRow:
    identity, completion, reach, score = row[:9], row[9:14], row[14:19], row[19:]
    values = (
        *identity,
        figure(*completion),
        figure(*reach),
        Score(*score) if score[0] is not None else None,
    )
    return CardRow(*values)
