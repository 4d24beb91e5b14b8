"""How the owner wants to be told: channels, waits, quiet hours, escalation."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from sentinel_tui.domain.monitoring.alerts import Severity


@dataclass(frozen=True, slots=True)
class Hours:
    """Hours of the week in a time zone.

    Attributes:
        from_minute: Minute of the day at which they begin, 0 to 1439.
        to_minute: Minute of the day at which they end; at or before `from_minute`, the next day.
        zone: IANA name of the zone in which they are meant.
        days: Days on which they begin, Monday 0 to Sunday 6.
    """

    from_minute: int
    to_minute: int
    zone: str = "UTC"
    days: frozenset[int] = frozenset(range(7))


@dataclass(frozen=True, slots=True)
class ChannelPolicy:
    """What one channel is told.

    Attributes:
        name: The owner's name for it.
        least: The least severity it is told.
        match: Which services and rules, in the language of `matching`; empty for all.
        hours: Only in these hours; what is news at another time waits for them. None: always.
        escalation_only: It is told only by an escalation step.
    """

    name: str
    least: Severity = Severity.WARNING
    match: str = ""
    hours: Hours | None = None
    escalation_only: bool = False


@dataclass(frozen=True, slots=True)
class Step:
    """One step of an escalation: who else is told when nobody acknowledged in time."""

    after_s: float
    channels: tuple[str, ...]
    least: Severity = Severity.WARNING


@dataclass(frozen=True, slots=True)
class NotifyPolicy:
    """Everything the owner said about being told.

    Attributes:
        channels: The channels, in the owner's order.
        wait_critical_s: How long a CRITICAL alarm waits for others of its kind.
        wait_warning_s: The same for a WARNING.
        update_s: The least time between two messages of one channel about one incident.
        remind_critical_s: An open CRITICAL that nobody acknowledged is told again after this.
        remind_warning_s: The same for a WARNING.
        acknowledged_s: An acknowledgement counts for this long.
        quiet: Hours in which a WARNING waits; None for none.
        quiet_hides_critical: Whether CRITICAL waits in them as well.
        steps: The escalation, in order of time.
    """

    channels: tuple[ChannelPolicy, ...] = ()
    wait_critical_s: float = 20.0
    wait_warning_s: float = 60.0
    update_s: float = 300.0
    remind_critical_s: float = 14_400.0
    remind_warning_s: float = 86_400.0
    acknowledged_s: float = 14_400.0
    quiet: Hours | None = None
    quiet_hides_critical: bool = False
    steps: tuple[Step, ...] = ()


@dataclass(frozen=True, slots=True)
class Orders:
    """What the engine goes by while it records: handed to the store with the configuration.

    Attributes:
        policy: How the owner wants to be told.
        depends_on: Of each service's id, the ids it cannot work without.
        tags: Of each service's id, its tags.
        names: Of each service's id, its display name.
    """

    policy: NotifyPolicy = NotifyPolicy()
    depends_on: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    tags: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    names: Mapping[str, str] = field(default_factory=dict)
