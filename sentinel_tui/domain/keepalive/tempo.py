"""What a mode means for a service: how often to look at it, and whether to keep it awake."""

from __future__ import annotations

from dataclasses import dataclass

from sentinel_tui.domain.keepalive.modes import Mode

SHORTEST_S = 10.0
"""A service is not looked at more often than this by itself, unless it is configured so."""
LONGEST_S = 900.0
"""Nor less often than this."""
SELDOM_S = 7_200.0
"""How often one is looked at that has long been down and costs hours with every look."""


@dataclass(frozen=True, slots=True)
class Tempo:
    """How a service is watched for now.

    Attributes:
        interval_s: Seconds from one look to the next.
        look: Whether to look by a request of our own; one would wake a sleeper, or keep it awake.
        keep_awake: Whether to keep it awake, or to wake it.
        confirm_sooner: Whether a failure is confirmed by one look less.
    """

    interval_s: float
    look: bool
    keep_awake: bool
    confirm_sooner: bool


def tempo(
    mode: Mode,
    *,
    interval_s: float,
    sleeps: bool,
    costs_hours: bool,
    planned_awake: bool,
    long_down: bool = False,
) -> Tempo:
    """What a mode means for a service.

    Args:
        mode: The mode it is in.
        interval_s: The interval that is configured.
        sleeps: Whether it falls asleep without traffic.
        costs_hours: Whether being awake costs hours of a limited workspace.
        planned_awake: Whether the plan keeps it awake now.
        long_down: Whether it has been down for so long that looking often only costs hours.
    """
    if mode is Mode.HYPER_VIGILANT:
        shorter_s = min(interval_s, max(SHORTEST_S, interval_s / 2))
        return Tempo(shorter_s, look=True, keep_awake=sleeps, confirm_sooner=True)
    if mode is Mode.ECONOMY:
        longer_s = max(interval_s, min(LONGEST_S, interval_s * 2))
        if costs_hours and long_down:
            longer_s = SELDOM_S
        return Tempo(longer_s, look=not costs_hours, keep_awake=False, confirm_sooner=False)
    wanted = planned_awake if costs_hours else sleeps
    look = planned_awake or not costs_hours
    return Tempo(interval_s, look=look, keep_awake=wanted, confirm_sooner=False)
