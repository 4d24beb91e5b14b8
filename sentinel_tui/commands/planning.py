"""`plan`: which hours of the coming day services are kept awake, why, and what that costs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sentinel_tui.commands.answers import Answer, Table
from sentinel_tui.commands.busy_hours import profile_data, profile_lines
from sentinel_tui.commands.plan_words import month_lines, plan_data, threshold_line, why_line
from sentinel_tui.commands.planned_hours import Ahead, Coming, ahead, day_data, hour_data
from sentinel_tui.commands.spec import ANY_SERVICE, Argument, ArgumentKind, Arguments, command
from sentinel_tui.commands.standing import engine_data, find_engine, worst_exit
from sentinel_tui.commands.what_if import what_if
from sentinel_tui.commands.wording import counted, moment
from sentinel_tui.errors import UsageError

if TYPE_CHECKING:
    from sentinel_tui.commands.context import Context
    from sentinel_tui.domain.keepalive.week import PlanRecord

_BUDGET = Argument(ArgumentKind.BUDGET, "what if budget=500")
_KEPT_WHOLE = 0.95
_LEFT_ALONE = 0.05


@command(
    "plan",
    en="schedule what-if",
    fr="plan planification",
    arguments=(ANY_SERVICE, _BUDGET),
    fillers="if si et quoi avec",
)
def plan(context: Context, given: Arguments) -> Answer:
    """Show which hours services are kept awake, why, at what cost."""
    made, engine = context.store.plan(), find_engine(context)
    if made is None or not made.weeks:
        return Answer(
            title="There is no wake plan: nothing is known to spend the hours of a free workspace",
            lines=(
                "A service with [services.sleeps] at Render's free plan gets one within minutes of "
                "the engine's start; costs_hours = true says so of one that lives elsewhere.",
                "`sentinel plan --simulate FILE` tries planning on a log of your own visits.",
            ),
            data={"plan": None, "engine": engine_data(engine)},
            exit_code=worst_exit(0, engine),
        )
    if given.service and given.service not in made.weeks:
        raise UsageError(
            f"{given.service} costs no hours, so no plan is made for it",
            f"the plan is about: {', '.join(made.weeks)}",
        )
    answer = _asked_for(context, made, given)
    return Answer(
        title=answer.title,
        lines=answer.lines,
        table=answer.table,
        data={"plan": plan_data(made), **answer.data, "engine": engine_data(engine)},
        exit_code=worst_exit(0 if made.exhausted_ms is None else 1, engine),
    )


def _asked_for(context: Context, made: PlanRecord, given: Arguments) -> Answer:
    if given.budget is not None:
        return what_if(context, made, given.budget)
    return _one(context, made, given.service) if given.service else _all(context, made)


def _all(context: Context, made: PlanRecord) -> Answer:
    days = [ahead(made, service, context.now_ms, context.zone) for service in made.weeks]
    kept = sum(1 for day in days if day.kept_hours)
    at = moment(made.made_ms, context.now_ms, context.zone)
    return Answer(
        title=f"{kept} of {counted(len(days), 'service')} kept awake by plan within 24 hours; "
        f"made {at} ({made.reason}), times in {context.zone}",
        lines=(
            *(f"{day.service}: {why_line(day, made)}." for day in days),
            threshold_line(made),
            *month_lines(made, context),
            f"`plan {days[0].service}` shows its every hour, `plan what if budget=500` another "
            "budget.",
        ),
        table=Table(
            ("SERVICE", "COSTS", "VISITS", "STILL COLD", "KEPT AWAKE"),
            tuple(
                (
                    day.service,
                    f"{day.cost_h:.1f} h",
                    f"{day.visits:.1f}",
                    f"{day.cold:.1f}",
                    day.spans,
                )
                for day in days
            ),
            numbers=frozenset({"COSTS", "VISITS", "STILL COLD"}),
        ),
        data={"services": [_service_data(day, made) for day in days]},
    )


def _one(context: Context, made: PlanRecord, service: str) -> Answer:
    day = ahead(made, service, context.now_ms, context.zone)
    return Answer(
        title=f"{service} within 24 hours: {day.visits:.1f} visits expected, {day.cost_h:.1f} h "
        f"to keep it awake (times in {context.zone})",
        lines=(
            f"{service}: {why_line(day, made)}.",
            *profile_lines(made.profiles.get(service)),
            threshold_line(made),
        ),
        table=Table(
            ("HOUR", "VISITS", "STILL COLD", "COSTS", "WHAT IS DONE"),
            tuple(_hour_row(one, day, made) for one in day.hours),
            numbers=frozenset({"VISITS", "STILL COLD", "COSTS"}),
        ),
        data={"services": [_service_data(day, made)]},
    )


def _service_data(day: Ahead, made: PlanRecord) -> dict[str, object]:
    return {
        **day_data(day),
        "why": why_line(day, made),
        "rhythm": profile_data(made.profiles.get(day.service)),
        "week": [hour_data(one) for one in made.weeks[day.service]],
    }


def _hour_row(one: Coming, day: Ahead, made: PlanRecord) -> tuple[str, ...]:
    hour = one.hour
    return (
        day.clock(one),
        f"{hour.visits:.2f}",
        f"{hour.cold:.2f}",
        f"{hour.cost_h:.2f} h",
        _done(hour.kept, made),
    )


def _done(kept: float, made: PlanRecord) -> str:
    if made.threshold is None:
        return "sleeps until somebody comes: no hours to spare"
    if kept >= _KEPT_WHOLE:
        return "kept awake"
    if kept <= _LEFT_ALONE:
        return "sleeps until somebody comes"
    return f"kept awake after recent use ({kept:.0%} of the time)"
