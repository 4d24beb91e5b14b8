"""`plan what if budget=500`: the same visits, planned with another budget. Nothing is changed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Literal

from sentinel_tui.commands.answers import Answer, Table
from sentinel_tui.commands.ledger import read_ledger
from sentinel_tui.commands.plan_words import plan_data, spending_line, threshold_line
from sentinel_tui.commands.planned_hours import Ahead, ahead, day_data
from sentinel_tui.domain.keepalive.drafting import Known, draft
from sentinel_tui.domain.keepalive.hours_ledger import DAY_MS, HOUR_MS, month_of
from sentinel_tui.domain.keepalive.planner import Purse
from sentinel_tui.domain.keepalive.week import PlanRecord

if TYPE_CHECKING:
    from sentinel_tui.commands.context import Context

_LEARNT_FROM_H = 12 * 168
_SHORTEST_MONTH_DAYS = 0.5
"""In the last hours of a month the days left would come to nothing."""


def what_if(context: Context, made: PlanRecord, budget_h: float) -> Answer:
    """How the plan would be with another budget, beside the one that holds.

    Args:
        context: What commands work with.
        made: The plan that holds.
        budget_h: Instance-hours of the month.
    """
    thought = think_through(context, made, budget_h)
    days = {
        id(one): [ahead(one, name, context.now_ms, context.zone) for name in one.weeks]
        for one in (made, thought)
    }
    return Answer(
        title=f"With {budget_h:g} h a month instead of {made.budget_h:g} "
        f"(times in {context.zone}); nothing is changed",
        lines=(
            threshold_line(thought),
            spending_line(thought),
            f"By it the month ends at about {_month_end_h(thought, context):.0f} h.",
        ),
        table=Table(
            ("BUDGET", "COSTS, A WEEK", "VISITS", "STILL COLD", "KEPT AWAKE WITHIN 24 H"),
            tuple(_row(one, days[id(one)]) for one in (made, thought)),
            numbers=frozenset({"BUDGET", "COSTS, A WEEK", "VISITS", "STILL COLD"}),
        ),
        data={
            "plan": plan_data(made),
            "what_if": {
                **plan_data(thought),
                "month_end_h": round(_month_end_h(thought, context), 1),
                "costs_h_a_week": round(_weekly(thought, "cost_h"), 2),
                "visits_a_week": round(_weekly(thought, "visits"), 2),
                "cold_a_week": round(_weekly(thought, "cold"), 2),
                "services": [day_data(day) for day in days[id(thought)]],
            },
        },
    )


def think_through(context: Context, made: PlanRecord, budget_h: float) -> PlanRecord:
    """The plan that would be made now with another budget, from the visits that are recorded.

    Args:
        context: What commands work with.
        made: The plan that holds: which services it is about.
        budget_h: Instance-hours of the month.
    """
    ledger, month = read_ledger(context), month_of(context.now_ms)
    days_left = max(_SHORTEST_MONTH_DAYS, (month.end_ms - context.now_ms) / DAY_MS)
    visits_ms = _visits_ms(context, tuple(made.weeks))
    _, thought = draft(
        Known(
            visits_ms=visits_ms,
            since_ms=_known_since_ms(context, visits_ms),
            now_ms=context.now_ms,
            zone=str(context.zone),
            purse=Purse(budget_h, ledger.used_h, days_left, context.reserve),
            reason="what if",
        )
    )
    return thought


def _visits_ms(context: Context, services: tuple[str, ...]) -> dict[str, list[int]]:
    from_ms = context.now_ms - _LEARNT_FROM_H * HOUR_MS
    return {name: [one.at_ms for one in context.store.visits(name, from_ms)] for name in services}


def _known_since_ms(context: Context, visits_ms: Mapping[str, Sequence[int]]) -> int:
    """Since when it is known who came, and who did not."""
    from_ms = context.now_ms - _LEARNT_FROM_H * HOUR_MS
    known_ms = [times_ms[0] for times_ms in visits_ms.values() if times_ms]
    known_ms += [one.start_ms for one in context.store.awake(from_ms, context.now_ms)[:1]]
    return max(from_ms, min(known_ms, default=context.now_ms))


def _month_end_h(thought: PlanRecord, context: Context) -> float:
    return thought.expected_h(month_of(context.now_ms).end_ms)


def _row(one: PlanRecord, days: Sequence[Ahead]) -> tuple[str, ...]:
    return (
        f"{one.budget_h:g} h",
        f"{_weekly(one, 'cost_h'):.1f} h",
        f"{_weekly(one, 'visits'):.1f}",
        f"{_weekly(one, 'cold'):.1f}",
        "; ".join(f"{day.service} {day.spans}" for day in days),
    )


def _weekly(one: PlanRecord, figure: Literal["cost_h", "visits", "cold"]) -> float:
    return float(sum(getattr(hour, figure) for week in one.weeks.values() for hour in week))
