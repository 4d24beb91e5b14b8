"""What Sentinel may turn by itself, from what it measured: small steps, within bounds, one a day.

Each proposal carries its evidence and can be taken back. What the owner took back is not proposed
again for a month.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil

from sentinel_tui.domain.autonomy.actions import Knob, Tuning

DAY_MS = 86_400_000

EVIDENCE_DAYS = 14
"""Over how many days evidence is gathered."""

_SHORTEST_S, _LONGEST_S = 10.0, 900.0
_FEWEST, _MOST = 2.0, 6.0
_RESPECT_DAYS = 30
_ENOUGH_LOOKS = 1_000
_MANY = 3
_MANY_SLOW = 5
_ENOUGH_COLD_STARTS = 5
_WORTH_CHANGING = 0.2


@dataclass(frozen=True, slots=True)
class Evidence:
    """What was measured of a check in the last `EVIDENCE_DAYS`.

    Attributes:
        looks: How often it looked.
        outages: How often it was confirmed to be down.
        brief_outages: How many of them were over before a fourth look would have come.
        false_alarms: How many were over by the very next look, so that nobody could do a thing.
        slow_warnings: How often it was said to be slow.
        idle_slow_warnings: How many of those ended by themselves, with no outage near.
        cold_start_p95_s: What nineteen of twenty cold starts did not exceed, or None.
        cold_starts: How many there were.
    """

    looks: int = 0
    outages: int = 0
    brief_outages: int = 0
    false_alarms: int = 0
    slow_warnings: int = 0
    idle_slow_warnings: int = 0
    cold_start_p95_s: float | None = None
    cold_starts: int = 0


@dataclass(frozen=True, slots=True)
class Setting:
    """A knob of a check as it stands.

    Attributes:
        service: Of which service.
        check: Of which check, or empty where it concerns the service.
        knob: Which.
        configured: What the owner's configuration says.
        current: What holds now.
    """

    service: str
    check: str
    knob: Knob
    configured: float
    current: float


def propose(
    setting: Setting, evidence: Evidence, past: Sequence[Tuning], *, now_ms: int
) -> Tuning | None:
    """A change of one knob, or None where nothing speaks for one.

    Args:
        setting: The knob.
        evidence: What was measured since it was last changed, or in `EVIDENCE_DAYS`.
        past: What was tuned before, at any check, taken back or not.
        now_ms: The present.
    """
    if _too_soon(setting, past, now_ms):
        return None
    step = _STEPS[setting.knob](setting, evidence)
    if step is None:
        return None
    wanted, why = step
    least, most = bounds(setting.knob, setting.configured)
    after = min(max(wanted, least), most)
    if after == setting.current:
        return None
    return Tuning(setting.service, setting.check, setting.knob, setting.current, after, why, now_ms)


def bounds(knob: Knob, configured: float) -> tuple[float, float]:
    """The least and the most that a knob is ever turned to by itself."""
    if knob is Knob.INTERVAL:
        least = min(configured, max(_SHORTEST_S, configured / 2))
        return least, max(configured, min(_LONGEST_S, configured * 2))
    if knob is Knob.WAKE_LEAD:
        return 0.0, _LONGEST_S
    return _FEWEST, _MOST


def _too_soon(setting: Setting, past: Sequence[Tuning], now_ms: int) -> bool:
    """Whether this check was tuned within a day, or the owner took such a change back lately."""
    for one in past:
        if (one.service, one.check) != (setting.service, setting.check):
            continue
        if now_ms - one.at_ms < DAY_MS:
            return True
        undone = one.undone_ms is not None and one.knob is setting.knob
        if undone and now_ms - (one.undone_ms or 0) < _RESPECT_DAYS * DAY_MS:
            return True
    return False


_Step = tuple[float, str] | None


def _interval(setting: Setting, seen: Evidence) -> _Step:
    if seen.brief_outages >= _MANY:
        why = f"{seen.brief_outages} of {seen.outages} outages were over within four looks"
        return round(setting.current * 2 / 3, 1), why
    if seen.outages and setting.current > setting.configured:
        times = "once" if seen.outages == 1 else f"{seen.outages} times"
        return setting.configured, f"it was down {times} in {EVIDENCE_DAYS} days"
    if seen.looks >= _ENOUGH_LOOKS and not seen.outages:
        why = f"none of {seen.looks} looks in {EVIDENCE_DAYS} days found it down"
        return round(setting.current * 3 / 2, 1), why
    return None


def _confirm(setting: Setting, seen: Evidence) -> _Step:
    if seen.false_alarms >= _MANY:
        why = f"{seen.false_alarms} of {seen.outages} outages were over by the next look"
        return setting.current + 1, why
    if setting.current > setting.configured and seen.looks >= _ENOUGH_LOOKS:
        return setting.current - 1, f"no false alarm in {seen.looks} looks"
    return None


def _slow_factor(setting: Setting, seen: Evidence) -> _Step:
    if seen.idle_slow_warnings >= _MANY_SLOW:
        why = f"{seen.idle_slow_warnings} of {seen.slow_warnings} slow spells ended by themselves"
        return setting.current + 0.5, why
    if setting.current > setting.configured and not seen.slow_warnings:
        why = f"no slow spell in {EVIDENCE_DAYS} days"
        return max(setting.current - 0.5, setting.configured), why
    return None


def _wake_lead(setting: Setting, seen: Evidence) -> _Step:
    if seen.cold_start_p95_s is None or seen.cold_starts < _ENOUGH_COLD_STARTS:
        return None
    wanted_s = float(ceil(seen.cold_start_p95_s))
    if abs(wanted_s - setting.current) <= _WORTH_CHANGING * setting.current:
        return None
    return wanted_s, f"19 of 20 of its {seen.cold_starts} cold starts take up to {wanted_s:.0f} s"


_STEPS = {
    Knob.INTERVAL: _interval,
    Knob.CONFIRM: _confirm,
    Knob.SLOW_FACTOR: _slow_factor,
    Knob.WAKE_LEAD: _wake_lead,
}
