"""Plans as they were made; the newest few are kept."""

from __future__ import annotations

from sentinel_tui.domain.keepalive.week import PlanRecord
from sentinel_tui.store import keeping_reading
from sentinel_tui.store.database import Database

PLANS_KEPT = 30
"""The newest plans that are kept: about a week of them, to compare with and to replay."""


def save_plan(db: Database, plan: PlanRecord) -> None:
    """Keep a plan, and let go of the oldest one beyond `PLANS_KEPT`."""
    db.write(
        "INSERT INTO plans (made_ms, reason, budget_h, used_h, natural_h, allowed_h, threshold, "
        "forecast_p50_h, forecast_p90_h, exhausted_ms, weeks, profiles) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        keeping_reading.plan_values(plan),
    )
    db.write(
        "DELETE FROM plans WHERE id IN "
        "(SELECT id FROM plans ORDER BY made_ms DESC, id DESC LIMIT -1 OFFSET ?)",
        (PLANS_KEPT,),
    )


def last_plan(db: Database) -> PlanRecord | None:
    """The newest plan, or None."""
    number = keeping_reading.newest_plan(db.raw)
    return keeping_reading.plan(db.raw, number) if number else None
