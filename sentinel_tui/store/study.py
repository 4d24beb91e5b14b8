"""What was found out about videos, and what the owner says of their themes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields

from sentinel_tui.domain.video.cards import Card
from sentinel_tui.domain.video.engagement import Score
from sentinel_tui.domain.video.study import Study
from sentinel_tui.store.database import Database, Value
from sentinel_tui.store.layout import DAY_MS
from sentinel_tui.store.study_rows import card_data, columns_of, study_data, trend_data

_FIGURE_COLUMNS = (
    *("video_id", "day_ms", "library", "timestamp", "method", "views", "watch_time_sec"),
    *("average_watched", "completion_rate", "completion_basis", "completion_low"),
    *("completion_high", "completion_confidence", "reach", "reach_basis", "reach_low"),
    *("reach_high", "reach_confidence", "engagement_score", "score_low", "score_high"),
    *("score_confidence", "expected_hold", "data"),
)
_PUT_CARD = (
    f"INSERT INTO video_analytics ({', '.join(_FIGURE_COLUMNS)}) "  # noqa: S608 (own columns)
    f"VALUES ({', '.join('?' * len(_FIGURE_COLUMNS))}) ON CONFLICT (video_id, day_ms) "
    "DO UPDATE SET " + ", ".join(f"{column} = excluded.{column}" for column in _FIGURE_COLUMNS[2:])
)
_PUT_TREND = (
    "INSERT INTO content_trends (trend_type, pattern, outcome, confidence, data, detected_at, "
    "day_ms) VALUES (?, ?, ?, ?, ?, ?, ?)"
)
_PUT_STUDY = (
    "INSERT OR REPLACE INTO studies (day_ms, at_ms, from_ms, method, questions, data) "
    "VALUES (?, ?, ?, ?, ?, ?)"
)
_PUT_THEME = "INSERT INTO themes (video, theme, rejected, at_ms, author) VALUES (?, ?, ?, ?, ?)"


def save_study(db: Database, study: Study) -> None:
    """Keep what came out of a study, in the place of an earlier one of the same day (UTC)."""
    day_ms = study.at_ms - study.at_ms % DAY_MS
    db.write_many(_PUT_CARD, (_card_values(card, day_ms, study.method) for card in study.cards))
    db.write("DELETE FROM content_trends WHERE day_ms = ?", (day_ms,))
    db.write_many(_PUT_TREND, _trend_values(study, day_ms))
    db.write(
        _PUT_STUDY,
        (day_ms, study.at_ms, study.from_ms, study.method, study.questions, study_data(study)),
    )


def set_theme(db: Database, video: str, theme: str, at_ms: int, by: str) -> None:
    """Note the theme that the owner gives a video; empty for none."""
    db.write(_PUT_THEME, (video, theme, 0, at_ms, by))


def reject_theme(db: Database, video: str, theme: str, at_ms: int, by: str = "") -> None:
    """Note that a video does not have the theme that was suggested; it is not suggested again."""
    db.write(_PUT_THEME, (video, theme, 1, at_ms, by))


def _card_values(card: Card, day_ms: int, method: str) -> tuple[Value, ...]:
    views = card.views.value
    return (
        card.video,
        day_ms,
        card.library,
        card.at_ms,
        method,
        None if views is None else round(views),
        card.watch_s.value,
        card.average_watched.value,
        *columns_of(card.completion),
        *columns_of(card.reach),
        *_score_values(card.score),
        card_data(card),
    )


def _score_values(score: Score | None) -> tuple[Value, ...]:
    if score is None:
        return (None,) * len(fields(Score))
    return (score.score, score.low, score.high, score.confidence, score.expected_hold)


def _trend_values(study: Study, day_ms: int) -> Iterator[tuple[Value, ...]]:
    for trend in study.trends:
        yield (
            trend.topic.value,
            trend.group,
            trend.outcome.value,
            trend.confidence,
            trend_data(trend),
            study.at_ms,
            day_ms,
        )
