"""Modes: how closely to watch a service, and whether to keep it awake."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

FRESH_DEPLOY_S = 900.0
"""How long a deploy is watched closely."""


class Mode(StrEnum):
    """The words are stored, shown and typed."""

    HYPER_VIGILANT = "hyper-vigilant"
    """Looks often, confirms fast, keeps awake."""
    NORMAL = "normal"
    ECONOMY = "economy"
    """Lets a sleeper sleep: no look that would wake it."""


@dataclass(frozen=True, slots=True)
class Situation:
    """What a mode is chosen by.

    Attributes:
        by_hand: What the owner set, or None.
        by_schedule: What the configuration's calendar says now, or None.
        open_incident: Whether one touches the service.
        since_deploy_s: Seconds since it was deployed, or None.
        peak: Whether its rhythm says that now is a busy hour.
        off_peak: Whether its rhythm says that hardly anybody comes now.
        costs_hours: Whether it sleeps, and being awake costs hours of a limited workspace.
        hours_short: Whether those hours will not last whatever is planned.
        planned_awake: Whether the plan keeps it awake now; it counts where hours do.
        long_down: Whether it has been down for so long that looking often only costs hours.
    """

    by_hand: Mode | None = None
    by_schedule: Mode | None = None
    open_incident: bool = False
    since_deploy_s: float | None = None
    peak: bool = False
    off_peak: bool = False
    costs_hours: bool = False
    hours_short: bool = False
    planned_awake: bool = True
    long_down: bool = False

    @property
    def let_sleep(self) -> bool:
        """Whether it sleeps to save hours that the plan spends on others, or later."""
        return self.costs_hours and not self.planned_awake


@dataclass(frozen=True, slots=True)
class Choice:
    """A mode, and why."""

    mode: Mode
    reason: str


def choose(now: Situation) -> Choice:
    """The mode of a service: what the owner says goes first, then trouble, then its rhythm."""
    if now.by_hand is not None:
        return Choice(now.by_hand, "set by you")
    rested = now.let_sleep and now.long_down
    if now.open_incident and not rested:
        return Choice(Mode.HYPER_VIGILANT, "an incident is open")
    if now.since_deploy_s is not None and now.since_deploy_s < FRESH_DEPLOY_S:
        return Choice(Mode.HYPER_VIGILANT, "it was just deployed")
    if now.by_schedule is not None:
        return Choice(now.by_schedule, "by your calendar")
    if rested:
        return Choice(Mode.ECONOMY, "long down: looked at seldom, to save the month's hours")
    if now.costs_hours and now.hours_short:
        return Choice(Mode.ECONOMY, "the month's hours would not last")
    if now.costs_hours and now.off_peak:
        return Choice(Mode.ECONOMY, "hardly anybody comes at this hour")
    if now.let_sleep:
        return Choice(Mode.ECONOMY, "the plan lets it sleep at this hour")
    if now.peak:
        return Choice(Mode.HYPER_VIGILANT, "a busy hour")
    return Choice(Mode.NORMAL, "nothing speaks for another one")


@dataclass(frozen=True, slots=True)
class ModeChange:
    """A service came into a mode.

    Attributes:
        service: Which.
        at_ms: When.
        mode: Into which.
        reason: Why.
    """

    service: str
    at_ms: int
    mode: Mode
    reason: str


@dataclass(frozen=True, slots=True)
class ModeSetting:
    """A mode the owner set by hand.

    Attributes:
        service: For which service; empty for all of them.
        mode: Which.
        at_ms: When.
        until_ms: Until when, or None: until `mode auto`.
        by: Who.
    """

    service: str
    mode: Mode
    at_ms: int
    until_ms: int | None
    by: str


@dataclass(frozen=True, slots=True)
class ModeWindow:
    """Hours in which the owner's calendar asks for a mode.

    Attributes:
        name: The owner's name for them.
        cron: When they begin, in the zone.
        zone: IANA name of that zone.
        duration_s: How long they last.
        mode: Which mode.
        services: For which services; empty for all.
    """

    name: str
    cron: str
    zone: str
    duration_s: float
    mode: Mode
    services: tuple[str, ...] = ()
