"""Silences and maintenance on disk: begun, ended, and which of them hold."""

from __future__ import annotations

from dataclasses import replace

from sentinel_tui.domain.monitoring.matching import check_match
from sentinel_tui.domain.monitoring.silences import Silence, SilenceKind
from sentinel_tui.errors import StoreError
from sentinel_tui.store.alert_models import Silence as SilenceRow
from sentinel_tui.store.database import Database
from sentinel_tui.store.silence_reading import SELECT_SILENCES, silence_from_row, silences

_NO_LIMIT = -1


def add_silence(
    db: Database,
    *,
    kind: SilenceKind,
    match: str,
    start_ms: int,
    end_ms: int | None,
    until_healthy: bool,
    reason: str,
    by: str,
) -> Silence:
    """Begin a silence or a maintenance; the same one again is the one that is there.

    Args:
        db: The store.
        kind: Which of the two.
        match: What it covers, in the language of `matching`.
        start_ms: Since when.
        end_ms: Until when at the latest; None until healthy or ended by hand.
        until_healthy: It ends as soon as everything it covers is healthy.
        reason: Why, or empty.
        by: Who, such as `tui`, or "window NAME" for one occurrence of a recurring maintenance.

    Raises:
        StoreError: `match` is not in the language, or it would end before it begins.
    """
    try:
        check_match(match)
    except ValueError as error:
        raise StoreError(str(error), "`silence api 2h` and `silence tag:shop 2h` work") from error
    if end_ms is not None and end_ms <= start_ms:
        raise StoreError("it would end before it begins", "give a duration, such as 2h")
    known = db.row(
        SELECT_SILENCES + "WHERE start_ms = ? AND kind = ? AND match = ? AND author = ?",
        (start_ms, kind, match, by),
    )
    if known:
        return silence_from_row(known)
    number = db.insert(
        SilenceRow,
        kind=kind,
        match=match,
        start_ms=start_ms,
        end_ms=end_ms,
        until_healthy=until_healthy,
        reason=reason,
        author=by,
    )
    return Silence(number, kind, match, start_ms, end_ms, until_healthy, reason, by)


def end_silence(db: Database, silence_id: int, at_ms: int) -> Silence:
    """End a silence or a maintenance; what ended before stays as it is.

    Args:
        db: The store.
        silence_id: Its number.
        at_ms: When; one whose time ran out earlier ended then.

    Raises:
        StoreError: There is no such silence.
    """
    row = db.row(SELECT_SILENCES + "WHERE id = ?", (silence_id,))
    if row is None:
        raise StoreError(f"there is no silence {silence_id}", "`silences` lists them")
    silence = silence_from_row(row)
    if silence.ended_ms is not None:
        return silence
    ended_ms = at_ms if silence.end_ms is None else min(at_ms, silence.end_ms)
    ended = replace(silence, ended_ms=max(ended_ms, silence.start_ms))
    db.write("UPDATE silences SET ended_ms = ? WHERE id = ?", (ended.ended_ms, silence_id))
    return ended


def due_ends(db: Database, now_ms: int) -> list[Silence]:
    """Silences and maintenances whose time ran out and that were not ended yet, oldest first."""
    rows = db.rows(
        SELECT_SILENCES + "WHERE ended_ms IS NULL AND end_ms <= ? ORDER BY end_ms, id", (now_ms,)
    )
    return [silence_from_row(row) for row in rows]


def active(db: Database, now_ms: int) -> list[Silence]:
    """Silences and maintenances that hold, the newest first."""
    return silences(db.raw, now_ms, _NO_LIMIT)
