"""`slo`: what services are meant to achieve, what may still go wrong, and how fast it does."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sentinel_tui.commands.answers import Answer, Table
from sentinel_tui.commands.spec import ANY_SERVICE, Arguments, command
from sentinel_tui.commands.standing import engine_data, find_engine, worst_exit
from sentinel_tui.commands.wording import counted, severity_exit
from sentinel_tui.domain.monitoring.alerts import Rule
from sentinel_tui.domain.monitoring.slo import METHOD, Budget, Objective, budget, burn
from sentinel_tui.domain.monitoring.uptime import StateTimes
from sentinel_tui.domain.records import AlertRecord
from sentinel_tui.text import format_duration, format_ratio

if TYPE_CHECKING:
    from sentinel_tui.commands.context import Context

_BURN_WINDOWS_S = {"1h": 3_600, "6h": 21_600, "3d": 259_200}
"""The long windows of the alarms, by how they are headed."""


@dataclass(frozen=True, slots=True)
class _Standing:
    """How one service stands against its objective; burns by the window's heading."""

    service: str
    objective: Objective
    times: StateTimes
    budget: Budget
    burns: Mapping[str, float]


@command(
    "slo",
    en="objective objectives budget budgets",
    fr="objectif objectifs",
    arguments=(ANY_SERVICE,),
    fillers="error burn left reste",
)
def slo(context: Context, given: Arguments) -> Answer:
    """Show objectives, the budgets left and how fast they burn."""
    found = _read(context, given.service)
    alerts = [
        alert
        for alert in context.store.alerts(open_only=True, service=given.service)
        if alert.rule is Rule.BUDGET
    ]
    overdrawn = [one for one in found if (one.budget.left_ratio or 0.0) <= 0]
    engine = find_engine(context)
    code = max(severity_exit(alert.severity for alert in alerts), 1 if overdrawn else 0)
    return Answer(
        title=_title(found, overdrawn, given.service),
        lines=(*(f"{one.service}: {one.reason}" for one in alerts), *_lines(found)),
        table=Table(
            ("SERVICE", "OBJECTIVE", "UP", "LEFT", "OF", *(f"BURN {w}" for w in _BURN_WINDOWS_S)),
            tuple(_row(one) for one in found),
            numbers=frozenset({"OBJECTIVE", "UP", "LEFT", "OF"})
            | {f"BURN {window}" for window in _BURN_WINDOWS_S},
        ),
        data={
            "objectives": [_data(one, alerts) for one in found],
            "method": METHOD,
            "engine": engine_data(engine),
        },
        exit_code=worst_exit(code, engine),
    )


def _read(context: Context, service: str) -> list[_Standing]:
    store, now_ms = context.store, context.now_ms
    wanted = {
        name: objective for name, objective in context.objectives.items() if service in ("", name)
    }
    windows_s = sorted({round(objective.window_s) for objective in wanted.values()})
    times = {
        window_s: store.state_times(now_ms - window_s * 1_000, now_ms) for window_s in windows_s
    }
    windows = store.bad_windows(now_ms, list(_BURN_WINDOWS_S.values())) if wanted else {}
    found = []
    for name, objective in wanted.items():
        held = times[round(objective.window_s)].get(name, StateTimes())
        own = windows.get(name, {})
        burns = {}
        for heading, window_s in _BURN_WINDOWS_S.items():
            good_ms, bad_ms = own.get(window_s, (0, 0))
            burns[heading] = burn(bad_ms, good_ms, objective.ratio)
        found.append(_Standing(name, objective, held, budget(held, objective), burns))
    return found


def _title(found: list[_Standing], overdrawn: list[_Standing], service: str) -> str:
    if not found:
        return f"{service} has no objective" if service else "No service has an objective"
    title = counted(len(found), "objective")
    return f"{title}, {len(overdrawn)} missed" if overdrawn else f"{title}, all within budget"


def _lines(found: list[_Standing]) -> list[str]:
    if not found:
        return ["objective = 99.9 under [[services]] in the configuration sets one, in percent."]
    return [
        "A burn of 1 spends the budget exactly within its window; more is too fast.",
        f"Method: {METHOD}.",
    ]


def _row(one: _Standing) -> tuple[str, ...]:
    return (
        one.service,
        format_ratio(one.objective.ratio),
        format_ratio(one.times.warm_availability),
        format_ratio(one.budget.left_ratio),
        format_duration(one.budget.total_s),
        *(f"{speed:.1f}" for speed in one.burns.values()),
    )


def _data(one: _Standing, alerts: list[AlertRecord]) -> dict[str, Any]:
    return {
        "service": one.service,
        "objective": one.objective.ratio,
        "window_s": one.objective.window_s,
        "availability": one.times.warm_availability,
        "budget_s": one.budget.total_s,
        "spent_s": one.budget.spent_s,
        "left": one.budget.left_ratio,
        "burn": dict(one.burns),
        "alert": next((alert.id for alert in alerts if alert.service == one.service), None),
    }
