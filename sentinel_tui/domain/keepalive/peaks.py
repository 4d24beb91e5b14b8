"""Busy and quiet hours, said only where the evidence carries them."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class HourRate:
    """One hour of the week-days, or of the week-end days.

    Attributes:
        rate: Visits an hour, as estimated.
        low: The 10th percentile of what it may be.
        high: The 90th.
        visits: How many visits it was learnt from.
        peak: Whether it is surely a busy hour.
        off_peak: Whether surely hardly anybody comes.
    """

    rate: float
    low: float
    high: float
    visits: int
    peak: bool = False
    off_peak: bool = False


@dataclass(frozen=True, slots=True)
class Profile:
    """When a service is used.

    Attributes:
        hours: 24 of week-days, then 24 of week-end days, in the owner's zone.
        mean: Visits an hour over all of them.
        days: How many days it was learnt from.
        days_needed: How many more days until it is worth anything; 0: enough.
        changed: What changed of late, in one line, or empty.
    """

    hours: tuple[HourRate, ...]
    mean: float
    days: float
    days_needed: int = 0
    changed: str = ""
