"""Objectives, error budgets, and how fast a budget burns.

Budgets are counted by time, from the same confirmed states as uptime. An alarm needs two windows
to burn fast: the long one says that it matters, the short one that it still goes on. Windows,
factors and severities are those of the SRE workbook (Beyer et al., 2018, chapter 5) for thirty
days, as sloth ships them; the guard against little traffic is ours.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sentinel_tui.domain.monitoring.alerts import Severity
from sentinel_tui.domain.monitoring.uptime import StateTimes
from sentinel_tui.text import format_duration, format_ratio

METHOD = (
    "error budget by time over a rolling window: DOWN spends it; maintenance, planned sleep, "
    "waking, pauses and gaps in our own sight belong neither to what is spent nor to what the "
    "budget is a share of; time before the first look counts as not spent"
)

LEAST_FAILED_LOOKS = 3
"""So many failed looks in the short window are no accident,"""
LEAST_FAILED_CYCLES = 2
"""and neither are failures in so many different cycles."""


@dataclass(frozen=True, slots=True)
class Objective:
    """What a service is meant to achieve.

    Attributes:
        ratio: Share of its time in which it is up, such as 0.999.
        window_s: The rolling window this is asked of.
    """

    ratio: float
    window_s: float = 30 * 86_400.0


@dataclass(frozen=True, slots=True)
class Budget:
    """How long a service may be down within its objective, and how long it was.

    Attributes:
        total_s: The whole budget of the window.
        spent_s: What of it is gone.
        left_ratio: What is left, as a share of the whole; below zero when it is overdrawn, None
            when there is none to spend.
    """

    total_s: float
    spent_s: float
    left_ratio: float | None


@dataclass(frozen=True, slots=True)
class BurnRule:
    """An alarm when both windows burn the budget faster than `factor` times what lasts."""

    severity: Severity
    long_s: int
    short_s: int
    factor: float


@dataclass(frozen=True, slots=True)
class Burning:
    """A budget that is spent too fast: how much that matters, and why, in one line."""

    severity: Severity
    reason: str


BURN_RULES = (
    BurnRule(Severity.CRITICAL, 3_600, 300, 14.4),
    BurnRule(Severity.CRITICAL, 21_600, 1_800, 6.0),
    BurnRule(Severity.WARNING, 86_400, 7_200, 3.0),
    BurnRule(Severity.WARNING, 259_200, 21_600, 1.0),
)
"""The severe first."""

WINDOWS_S = tuple(sorted({s for rule in BURN_RULES for s in (rule.long_s, rule.short_s)}))
"""Every window that a verdict needs to know of."""


def budget(times: StateTimes, objective: Objective) -> Budget:
    """The budget of a window; `METHOD` says how it is counted.

    Args:
        times: How long each state held within the objective's window.
        objective: The objective.
    """
    counted_s = max(0.0, objective.window_s - times.excluded_ms / 1_000)
    total_s = counted_s * (1 - objective.ratio)
    spent_s = times.down_ms / 1_000
    return Budget(total_s, spent_s, 1 - spent_s / total_s if total_s else None)


def burn(bad_ms: int, good_ms: int, ratio: float) -> float:
    """How many times faster than what lasts for the whole window a budget is spent.

    Args:
        bad_ms: Time down.
        good_ms: Time up.
        ratio: The objective; at 1 there is no budget, and any bad time burns it infinitely fast.
    """
    if not bad_ms:
        return 0.0
    errors = bad_ms / (bad_ms + good_ms)
    return errors / (1 - ratio) if ratio < 1 else float("inf")


def verdict(
    windows: Mapping[int, tuple[int, int]],
    failed: Mapping[int, tuple[int, int]],
    objective: Objective,
) -> Burning | None:
    """Whether a budget is spent too fast.

    Args:
        windows: Of each of `WINDOWS_S`, (time up, time down) in milliseconds, ending now.
        failed: Of each short window, (failed looks, cycles in which a look failed). A rule speaks
            only when they are enough: where one look stands for minutes, one bad look is not yet
            a burning budget.
        objective: The objective.

    Returns:
        What the most severe rule says that holds, or None.
    """
    for rule in BURN_RULES:
        good_ms, bad_ms = windows[rule.long_s]
        long_burn = burn(bad_ms, good_ms, objective.ratio)
        good_ms, bad_ms = windows[rule.short_s]
        short_burn = burn(bad_ms, good_ms, objective.ratio)
        burns = long_burn > rule.factor and short_burn > rule.factor
        if burns and _is_no_accident(failed[rule.short_s]):
            return Burning(rule.severity, _reason(rule, windows, objective))
    return None


def _is_no_accident(failed: tuple[int, int]) -> bool:
    looks, cycles = failed
    return looks >= LEAST_FAILED_LOOKS or cycles >= LEAST_FAILED_CYCLES


def _reason(rule: BurnRule, windows: Mapping[int, tuple[int, int]], objective: Objective) -> str:
    good_ms, bad_ms = windows[rule.long_s]
    speed = burn(bad_ms, good_ms, objective.ratio)
    times = f"{speed:.0f} times too fast" if speed < float("inf") else "though there is none"
    down = " and ".join(
        f"{format_duration(windows[window_s][1] / 1_000)} of the last {format_duration(window_s)}"
        for window_s in (rule.long_s, rule.short_s)
    )
    aim = format_ratio(objective.ratio)
    return f"the error budget of {aim} is spent {times}: down {down}"
