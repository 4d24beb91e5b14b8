"""A wake plan as the planner makes one, from visits that are written down here."""

from __future__ import annotations

from collections.abc import Sequence

from sentinel_tui.domain.keepalive.hours_ledger import DAY_MS, HOUR_MS, Forecast
from sentinel_tui.domain.keepalive.planner import Purse, make_plan
from sentinel_tui.domain.keepalive.rhythm import learn
from sentinel_tui.domain.keepalive.use import HOUR_S, hours
from sentinel_tui.domain.keepalive.week import PlanRecord, cell_at, record
from sentinel_tui.domain.records import Visit

WEEKS = 6


def visits(service: str, now_ms: int, hour: int, weeks: int = WEEKS) -> list[Visit]:
    """Somebody who comes at the same hour (UTC) of every day, up to now."""
    first_ms = now_ms - now_ms % DAY_MS - weeks * 7 * DAY_MS
    times = [first_ms + day * DAY_MS + hour * HOUR_MS for day in range(weeks * 7 + 1)]
    return [Visit(service, at_ms, 1, "platform") for at_ms in times if at_ms < now_ms]


def plan_of(
    known: dict[str, Sequence[Visit]],
    now_ms: int,
    *,
    budget_h: float = 750.0,
    used_h: float = 0.0,
    days_left: float = 10.0,
    told: Forecast | None = None,
) -> PlanRecord:
    """The plan that follows from some visits."""
    start_ms = min(one[0].at_ms for one in known.values()) // HOUR_MS * HOUR_MS
    length_s = (now_ms - start_ms) // HOUR_MS * HOUR_S
    use = {
        name: hours(
            [(one.at_ms - start_ms) / 1_000 for one in seen],
            0.0,
            length_s,
            cell_at(start_ms, "UTC"),
        )
        for name, seen in known.items()
    }
    purse = Purse(budget_h, used_h, days_left)
    rhythms = {name: learn(course) for name, course in use.items()}
    return record(
        make_plan(use, rhythms, purse),
        use,
        purse,
        made_ms=now_ms - 60_000,
        reason="every six hours",
        told=told,
        profiles={},
    )
