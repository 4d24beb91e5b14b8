"""What the dashboard reads about keeping awake, run in the feed's thread."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from sentinel_tui.domain.keepalive import hours_ledger
from sentinel_tui.domain.keepalive.awake import Stretch
from sentinel_tui.domain.keepalive.hours_ledger import Awake
from sentinel_tui.domain.keepalive.modes import Mode
from sentinel_tui.domain.keepalive.week import PlanRecord
from sentinel_tui.tui.view_models.changes import Changes
from sentinel_tui.tui.view_models.hours import HoursSight

if TYPE_CHECKING:
    from sentinel_tui.store.queries import Reader

_MARKS_PER_CHART = 200


def read_changes(reader: Reader, service: str, start_ms: int, end_ms: int) -> Changes:
    """Read what was done to a service in a range, for its chart."""
    limit = _MARKS_PER_CHART
    return Changes(
        deploys=reader.deploys(service, start_ms=start_ms, end_ms=end_ms, limit=limit),
        events=reader.host_events(service, start_ms=start_ms, end_ms=end_ms, limit=limit),
        modes=reader.mode_changes(service, start_ms, end_ms),
    )


def read_modes(reader: Reader) -> dict[str, Mode]:
    """Read the mode of each service."""
    return {service: change.mode for service, change in reader.modes().items()}


def read_hours(reader: Reader, now_ms: int) -> HoursSight | None:
    """Read what a limited workspace has spent this month; None where nothing is planned."""
    plan = reader.plan()
    if plan is None or not plan.weeks:
        return None
    stretches = reader.awake(hours_ledger.month_of(now_ms).start_ms, now_ms)
    return HoursSight(
        used_h=_used_h(stretches, plan, reader, now_ms),
        budget_h=plan.budget_h,
        forecast_p50_h=plan.forecast_p50_h,
        forecast_p90_h=plan.forecast_p90_h,
        exhausted_ms=plan.exhausted_ms,
    )


def _used_h(stretches: Sequence[Stretch], plan: PlanRecord, reader: Reader, now_ms: int) -> float:
    """Hours of the services the plan is for: only those cost any."""
    awake: dict[str, list[Awake]] = {}
    for one in stretches:
        if one.service in plan.weeks:
            # An open stretch ends when the service would fall asleep; that is yet to come.
            end_ms = min(one.end_ms, now_ms)
            awake.setdefault(one.service, []).append(Awake(one.start_ms, end_ms))
    return hours_ledger.used_h(awake, now_ms, reader.correction())
