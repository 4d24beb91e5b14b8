"""Reports of players and of the owner's services, each kept once, and views put together."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any

from sentinel_tui.domain.behaviour.actions import OwnerAction
from sentinel_tui.domain.video.catalog import Video, VideoStatus
from sentinel_tui.domain.video.events import VIEW_GAP_MS, PlayerEvent, View, ViewEvent, views_of
from sentinel_tui.store.database import Database, Value
from sentinel_tui.store.videos import note_video

_ADD_EVENT = (
    "INSERT OR IGNORE INTO view_events "
    "(id, whose, viewer, video, library, event, at_ms, position_s, received_ms, folded) "
    "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, 0)"
)
_ADD_ACTION = (
    "INSERT OR IGNORE INTO user_actions "
    "(id, action, service, timestamp, context, duration_ms, received_ms) "
    "VALUES (?, ?, ?, ?, ?, ?, ?)"
)
_GROUPS = (
    # Those that fell silent first come first, so that whoever plays on holds nobody up.
    "SELECT viewer, video, library FROM view_events INDEXED BY view_events_unfolded "
    "WHERE NOT folded GROUP BY viewer, video, library "
    "HAVING min(at_ms) < ? ORDER BY max(at_ms) LIMIT ?"
)
_UNFOLDED = (
    "SELECT at_ms FROM view_events WHERE (whose, viewer, video, library) = (?, ?, ?, ?) "
    "AND NOT folded ORDER BY at_ms"
)
_TOUCHED = (
    "SELECT start_ms, last_ms, folded_ms, reports FROM viewings "
    "WHERE (viewer, video, library) = (?, ?, ?) AND last_ms >= ? AND start_ms <= ?"
)
_EVENTS = (
    "SELECT viewer, video, library, event, at_ms, position_s, folded FROM view_events "
    "WHERE (whose, viewer, video, library) = (?, ?, ?, ?) AND at_ms >= ? AND at_ms <= ?"
)
_MARK_FOLDED = (
    "UPDATE view_events SET folded = 1 WHERE NOT folded "
    "AND (whose, viewer, video, library) = (?, ?, ?, ?) AND at_ms >= ? AND at_ms <= ?"
)
_DROP_VIEWINGS = (
    "DELETE FROM viewings "
    "WHERE (viewer, video, library) = (?, ?, ?) AND start_ms >= ? AND start_ms <= ?"
)
_SEAL = (
    "UPDATE viewings SET reports = NULL "
    "WHERE (viewer, video, library) = (?, ?, ?) AND start_ms >= ? AND start_ms <= ?"
)
_PUT_VIEWING = (
    "INSERT INTO viewings (viewer, video, library, start_ms, watch_s, furthest_s, ended, last_ms, "
    "folded_ms, reports) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
)
_LENGTHEN = "UPDATE videos SET length_s = max(length_s, ?) WHERE id = ? AND seen_ms = 0"


_NUMBER_BYTES = 7

_Whose = tuple[str, str, str]
"""Viewer, video and library."""


@dataclass(frozen=True, slots=True)
class Added:
    """What became of a batch.

    Attributes:
        new: How many were stored.
        known: How many had been stored before, by their ids.
    """

    new: int
    known: int


@dataclass(frozen=True, slots=True)
class _Stretch:
    """A stretch of one viewer's reports without a silence that would end a view.

    Attributes:
        start_ms: Its first report.
        last_ms: Its last one.
        folded_ms: When a view was first made of it, or None.
        reports: Of how many reports that view was made; None where they are not all kept.
    """

    start_ms: int
    last_ms: int
    folded_ms: int | None = None
    reports: int | None = None


def add_view_events(db: Database, events: Sequence[ViewEvent], received_ms: int) -> Added:
    """Store reports of players; one that is known by its id is left as it is."""
    return _add(
        db,
        _ADD_EVENT,
        [
            (
                one.id,
                _number((one.viewer, one.video, one.library)),
                one.viewer,
                one.video,
                one.library,
                one.event.value,
                one.at_ms,
                one.position_s,
                received_ms,
            )
            for one in events
        ],
    )


def add_owner_actions(db: Database, actions: Sequence[OwnerAction], received_ms: int) -> Added:
    """Store what the owner did; an action that is known by its id is left as it is."""
    return _add(
        db,
        _ADD_ACTION,
        [
            (
                one.id,
                one.action,
                one.service,
                one.at_ms,
                json.dumps(dict(one.context), ensure_ascii=False),
                one.duration_ms,
                received_ms,
            )
            for one in actions
        ],
    )


def fold_views(db: Database, now_ms: int, limit: int) -> int:
    """Put reports that fell silent together into views.

    However the reports arrive, late, repeated and in any batches, the views are those of
    `events.views_of`: a late report opens the view that it belongs to once more. Only where the
    reports of that view are no longer kept it stays as it is.

    Args:
        db: The store.
        now_ms: The present.
        limit: Of how many viewers and videos at most.

    Returns:
        How many views were made or made anew; 0 when nothing is left to do for now.
    """
    silent_ms = now_ms - VIEW_GAP_MS
    groups = db.rows(_GROUPS, (silent_ms, limit))
    return sum(_fold(db, whose, silent_ms, now_ms) for whose in groups)


def _add(db: Database, sql: str, rows: Sequence[Sequence[Value]]) -> Added:
    before = db.raw.total_changes
    db.write_many(sql, rows)
    new = db.raw.total_changes - before
    return Added(new, len(rows) - new)


def _fold(db: Database, whose: _Whose, silent_ms: int, now_ms: int) -> int:
    """Put the reports of one viewer about one video together, as far as they are silent."""
    times_ms = [at_ms for (at_ms,) in db.rows(_UNFOLDED, (_number(whose), *whose))]
    around = (*whose, times_ms[0] - VIEW_GAP_MS, times_ms[-1] + VIEW_GAP_MS)
    known = [_Stretch(*row) for row in db.rows(_TOUCHED, around)]
    folded = 0
    for stretch, parts in _joined([*known, *(_Stretch(at_ms, at_ms) for at_ms in times_ms)]):
        made = [part for part in parts if part.folded_ms is not None]
        if len(made) < len(parts) and stretch.last_ms < silent_ms:
            folded += _view_again(db, whose, stretch, made, now_ms)
    return folded


def _number(whose: _Whose) -> int:
    """What stands for viewer, video and library; two of them hardly ever share one."""
    digest = blake2b("\0".join(whose).encode(), digest_size=_NUMBER_BYTES)
    return int.from_bytes(digest.digest(), "big")


def _joined(stretches: Iterable[_Stretch]) -> Iterator[tuple[_Stretch, list[_Stretch]]]:
    """Stretches between which nobody was silent for long, made one, with what they are made of."""
    parts: list[_Stretch] = []
    last_ms = 0
    for one in sorted(stretches, key=lambda part: part.start_ms):
        if parts and one.start_ms - last_ms > VIEW_GAP_MS:
            yield _Stretch(parts[0].start_ms, last_ms), parts
            parts = []
        last_ms = max(last_ms, one.last_ms) if parts else one.last_ms
        parts.append(one)
    if parts:
        yield _Stretch(parts[0].start_ms, last_ms), parts


def _view_again(
    db: Database,
    whose: _Whose,
    stretch: _Stretch,
    made: Sequence[_Stretch],
    now_ms: int,
) -> int:
    """Make the view of a stretch, in the place of those that were made of its parts."""
    between = (*whose, stretch.start_ms, stretch.last_ms)
    rows = db.rows(_EVENTS, (_number(whose), *between))
    db.write(_MARK_FOLDED, (_number(whose), *between))
    if not _is_whole(made, rows):
        db.write(_SEAL, between)
        return 0
    db.write(_DROP_VIEWINGS, between)
    (view,) = views_of(_event(row) for row in rows)
    folded_ms = min((part.folded_ms for part in made if part.folded_ms), default=now_ms)
    _put_viewing(db, view, stretch.last_ms, folded_ms, len(rows))
    return 1


def _is_whole(made: Sequence[_Stretch], rows: Sequence[Sequence[Any]]) -> bool:
    """Whether all the reports of which views were made are still there."""
    needed = [part.reports for part in made]
    return None not in needed and sum(one or 0 for one in needed) == sum(row[-1] for row in rows)


def _event(row: Sequence[Any]) -> ViewEvent:
    viewer, video, library, event, at_ms, position_s, _ = row
    return ViewEvent(viewer, video, library, PlayerEvent(event), at_ms, position_s)


def _put_viewing(db: Database, view: View, last_ms: int, folded_ms: int, reports: int) -> None:
    db.write(
        _PUT_VIEWING,
        (
            view.viewer,
            view.video,
            view.library,
            view.start_ms,
            view.watch_s,
            view.furthest_s,
            int(view.ended),
            last_ms,
            folded_ms,
            reports,
        ),
    )
    # Where no platform tells of a video, this is all that is known of it.
    untold = Video(view.video, view.library, view.video, 0.0, view.start_ms, VideoStatus.UNKNOWN)
    note_video(db, untold, folded_ms)
    if view.ended:
        db.write(_LENGTHEN, (view.furthest_s, view.video))
