"""When services were awake, who came, and what the owner read off the platform's page."""

from __future__ import annotations

from collections.abc import Sequence

from sentinel_tui.domain.keepalive.awake import Stretch
from sentinel_tui.domain.keepalive.hours_ledger import Correction
from sentinel_tui.domain.records import Visit
from sentinel_tui.store import keeping_models, keeping_reading
from sentinel_tui.store.database import Database


def save_stretches(db: Database, stretches: Sequence[Stretch]) -> None:
    """Note stretches; one that began when a known one did takes its place."""
    db.write_many(
        "INSERT INTO awake_stretches (service, start_ms, end_ms, cause, open) "
        "VALUES (?, ?, ?, ?, ?) ON CONFLICT (service, start_ms) DO UPDATE SET "
        "end_ms = excluded.end_ms, cause = excluded.cause, open = excluded.open",
        (
            (one.service, one.start_ms, one.end_ms, one.cause.value, int(one.open))
            for one in stretches
        ),
    )


def open_stretches(db: Database) -> list[Stretch]:
    """The stretches that may still go on."""
    return keeping_reading.open_stretches(db.raw)


def stretches(db: Database, from_ms: int, to_ms: int) -> list[Stretch]:
    """When services were awake in a window, the earliest first; whole, also beyond the window."""
    return keeping_reading.stretches(db.raw, from_ms, to_ms)


def add_visits(db: Database, visits: Sequence[Visit]) -> None:
    """Note visits.

    Of what one source tells of one instant the largest count is kept, so that a minute can be told
    anew, as long as it lasts and after a restart. Visits to a service that was never configured,
    and those that count nothing, are left aside.
    """
    db.write_many(
        "INSERT INTO visits (service_key, at_ms, source, count) "
        "SELECT key, ?, ?, ? FROM services WHERE id = ? "
        "ON CONFLICT (service_key, at_ms, source) DO UPDATE SET count = max(count, excluded.count)",
        ((one.at_ms, one.source, one.count, one.service) for one in visits if one.count > 0),
    )


def visit_times(db: Database, service: str, from_ms: int) -> list[int]:
    """When a service was visited since an instant, ascending, each instant once."""
    return keeping_reading.visit_times(db.raw, service, from_ms)


def correct_hours(db: Database, correction: Correction, by: str) -> None:
    """Note what the owner read off the platform's page."""
    db.insert(
        keeping_models.HoursCorrection,
        at_ms=correction.at_ms,
        used_h=correction.used_h,
        author=by,
    )


def last_correction(db: Database) -> Correction | None:
    """What the owner read last, or None."""
    return keeping_reading.correction(db.raw)
