"""What Sentinel tuned by itself, and what of it was taken back."""

from __future__ import annotations

from dataclasses import replace

from sentinel_tui.domain.autonomy.actions import Tuning
from sentinel_tui.errors import StoreError
from sentinel_tui.store import action_models, action_reading
from sentinel_tui.store.action_reading import SELECT_TUNINGS, tuning_from_row
from sentinel_tui.store.database import Database


def add_tuning(db: Database, tuning: Tuning) -> Tuning:
    """Write down that a knob was turned; returns it with its number."""
    number = db.insert(
        action_models.Tuning,
        service=tuning.service,
        check_name=tuning.check,
        knob=tuning.knob.value,
        before=tuning.before,
        after=tuning.after,
        why=tuning.why,
        at_ms=tuning.at_ms,
        undone_ms=tuning.undone_ms,
        undone_by=tuning.undone_by,
    )
    return replace(tuning, id=number)


def undo_tuning(db: Database, tuning_id: int, at_ms: int, by: str) -> Tuning:
    """Write down that a knob was turned back; one that was before stays as it is.

    Raises:
        StoreError: There is no such tuning.
    """
    row = db.row(SELECT_TUNINGS + "WHERE id = ?", (tuning_id,))
    if row is None:
        raise StoreError(f"there is no tuning {tuning_id}", "`tune` lists them")
    tuning = tuning_from_row(row)
    if tuning.undone_ms is not None:
        return tuning
    db.write("UPDATE tunings SET undone_ms = ?, undone_by = ? WHERE id = ?", (at_ms, by, tuning_id))
    return replace(tuning, undone_ms=at_ms, undone_by=by)


def live_tunings(db: Database) -> list[Tuning]:
    """What is turned and was not turned back, the newest first."""
    return action_reading.tunings(db.raw, live_only=True)
