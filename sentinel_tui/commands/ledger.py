"""The month's account of instance-hours, put together from what is recorded."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sentinel_tui.domain.keepalive.awake import Stretch
from sentinel_tui.domain.keepalive.hours_ledger import (
    DAY_MS,
    Awake,
    Correction,
    Forecast,
    daily_hours,
    forecast,
    hours_between,
    month_of,
    used_h,
)

if TYPE_CHECKING:
    from sentinel_tui.commands.context import Context
    from sentinel_tui.domain.keepalive.week import PlanRecord

_LEARNT_FROM_DAYS = 14
"""The last days whose pace is taken for the rest of the month."""


@dataclass(frozen=True, slots=True)
class Ledger:
    """Hours of this month, all services that cost hours together.

    Attributes:
        budget_h: Hours of the month.
        reserve_h: How many of them no plan touches.
        used_h: Spent so far.
        by_service: Spent so far by each service, as far as it was seen; a correction is not in it.
        daily_h: Spent on each of the last whole days, the oldest first.
        planned: How the month ends by the plan in force, or None where it tells nothing.
        paced: How it ends at the pace of the last days, or None while too few are known.
        correction: What was last read off the platform's page this month, or None.
        known_since_ms: Since when awake time is known, or None: nothing is known.
        awake_now: The services that are awake now.
    """

    budget_h: float
    reserve_h: float
    used_h: float
    by_service: Mapping[str, float]
    daily_h: tuple[float, ...]
    planned: Forecast | None
    paced: Forecast | None
    correction: Correction | None
    known_since_ms: int | None
    awake_now: frozenset[str]

    @property
    def left_h(self) -> float:
        """What is left, the reserve included; never less than nothing."""
        return max(0.0, self.budget_h - self.used_h)

    @property
    def told(self) -> Forecast | None:
        """How the month ends: by the plan, for that is what happens; else at the usual pace."""
        return self.planned or self.paced

    @property
    def short(self) -> bool:
        """Whether the month may well end beyond what is to be spent."""
        likely_h = self.used_h if self.told is None else self.told.p90_h
        return likely_h > self.budget_h - self.reserve_h


def read_ledger(context: Context) -> Ledger:
    """The account as it stands now."""
    store, now_ms = context.store, context.now_ms
    month, plan = month_of(now_ms), store.plan()
    first_ms = min(month.start_ms, now_ms - _LEARNT_FROM_DAYS * DAY_MS)
    seen = [
        one
        for one in store.awake(first_ms, now_ms)
        if plan is None or not plan.weeks or one.service in plan.weeks
    ]
    names = list(plan.weeks) if plan else sorted({one.service for one in seen})
    awake = {name: _awake(seen, name, now_ms) for name in names}
    known_since_ms = min((one.start_ms for one in seen), default=None)
    correction = store.correction()
    if correction is not None and not month.start_ms <= correction.at_ms <= now_ms:
        correction = None
    used = used_h(awake, now_ms, correction)
    daily = daily_hours(awake, now_ms, _whole_days(known_since_ms, now_ms))
    budget_h = plan.budget_h if plan else context.budget_h
    return Ledger(
        budget_h=budget_h,
        reserve_h=budget_h * context.reserve,
        used_h=used,
        by_service={
            name: hours_between(one, month.start_ms, now_ms) for name, one in awake.items()
        },
        daily_h=tuple(daily),
        planned=_planned(plan),
        paced=forecast(used, daily, budget_h, now_ms),
        correction=correction,
        known_since_ms=known_since_ms,
        awake_now=frozenset(one.service for one in seen if one.open and one.end_ms > now_ms),
    )


def ledger_data(ledger: Ledger) -> dict[str, Any]:
    """The account for programs."""
    correction = ledger.correction
    return {
        "budget_h": ledger.budget_h,
        "reserve_h": round(ledger.reserve_h, 2),
        "used_h": round(ledger.used_h, 2),
        "left_h": round(ledger.left_h, 2),
        **_forecast_data(ledger.told),
        "by_plan": ledger.planned is not None,
        "at_usual_pace": _forecast_data(ledger.paced),
        "known_since_ms": ledger.known_since_ms,
        "correction": {"at_ms": correction.at_ms, "used_h": correction.used_h}
        if correction
        else None,
        "daily_h": [round(one, 2) for one in ledger.daily_h],
        "services": [
            {"service": name, "used_h": round(spent, 2), "awake": name in ledger.awake_now}
            for name, spent in ledger.by_service.items()
        ],
    }


def _forecast_data(told: Forecast | None) -> dict[str, Any]:
    return {
        "forecast_p50_h": round(told.p50_h, 1) if told else None,
        "forecast_p90_h": round(told.p90_h, 1) if told else None,
        "exhausted_p50_ms": told.exhausted_p50_ms if told else None,
        "exhausted_p90_ms": told.exhausted_p90_ms if told else None,
    }


def _planned(plan: PlanRecord | None) -> Forecast | None:
    if plan is None or plan.forecast_p50_h is None or plan.forecast_p90_h is None:
        return None
    return Forecast(plan.forecast_p50_h, plan.forecast_p90_h, plan.exhausted_ms, None)


def _awake(seen: Sequence[Stretch], service: str, now_ms: int) -> list[Awake]:
    return [Awake(one.start_ms, min(one.end_ms, now_ms)) for one in seen if one.service == service]


def _whole_days(known_since_ms: int | None, now_ms: int) -> int:
    """Of how many whole days up to now the awake time is known, no more than are learnt from."""
    if known_since_ms is None:
        return 0
    return min(_LEARNT_FROM_DAYS, (now_ms - known_since_ms) // DAY_MS)
