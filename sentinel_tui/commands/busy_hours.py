"""Busy and quiet hours of a service in words, each with its evidence."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from statistics import fmean
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sentinel_tui.domain.keepalive.peaks import HourRate, Profile

_HOURS_A_DAY = 24
_KINDS = ("week-days", "week-ends")


def profile_lines(profile: Profile | None) -> list[str]:
    """What is known of the busy and quiet hours of a service, and on what grounds."""
    if profile is None:
        return []
    lines = []
    for number, kind in enumerate(_KINDS):
        hours = profile.hours[number * _HOURS_A_DAY : (number + 1) * _HOURS_A_DAY]
        lines += _said("Busy", kind, hours, [one.peak for one in hours])
        lines += _said("Quiet", kind, hours, [one.off_peak for one in hours])
    return lines or ["No hour is surely busier or quieter than the others."]


def profile_data(profile: Profile | None) -> dict[str, Any] | None:
    """The rhythm of a service for programs: 24 hours of week-days, then 24 of week-ends."""
    if profile is None:
        return None
    return {
        "mean_visits_an_hour": round(profile.mean, 4),
        "days": round(profile.days, 1),
        "days_needed": profile.days_needed,
        "changed": profile.changed,
        "hours": [
            {
                "rate": round(one.rate, 4),
                "low": round(one.low, 4),
                "high": round(one.high, 4),
                "visits": one.visits,
                "peak": one.peak,
                "off_peak": one.off_peak,
            }
            for one in profile.hours
        ],
    }


def _said(word: str, kind: str, hours: Sequence[HourRate], marked: Sequence[bool]) -> list[str]:
    """One line for each run of marked hours."""
    lines = []
    for holds, together in groupby(range(len(hours)), key=lambda hour: marked[hour]):
        if not holds:
            continue
        run = list(together)
        rates = [hours[hour] for hour in run]
        lines.append(
            f"{word} on {kind} {run[0]:02d}–{run[-1] + 1:02d}: "
            f"{fmean(one.rate for one in rates):.2f} visits an hour "
            f"({min(one.low for one in rates):.2f} to {max(one.high for one in rates):.2f}), "
            f"from {sum(one.visits for one in rates)} visits."
        )
    return lines
