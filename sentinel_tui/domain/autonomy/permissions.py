"""What the owner allows, service by service and verb by verb."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from sentinel_tui.domain.autonomy.policy import Level, Limits, Verb
from sentinel_tui.domain.monitoring.matching import matches


@dataclass(frozen=True, slots=True)
class Permission:
    """One rule of the owner's: how far Sentinel may go at some services.

    Attributes:
        level: How far.
        verb: With what, or None for everything.
        services: At which services; empty for all.
        match: At which, in the language of `matching`; empty for all.
        per_hour: The most times an hour, or None for what is usual for the verb.
        per_day: The most times in 24 hours, or None likewise.
        cooldown_s: The least time from the end of one to the next, or None likewise.
        euros_per_month: The most it may add to the monthly bill, or None for what all together may.
    """

    level: Level
    verb: Verb | None = None
    services: tuple[str, ...] = ()
    match: str = ""
    per_hour: int | None = None
    per_day: int | None = None
    cooldown_s: float | None = None
    euros_per_month: float | None = None

    def covers(self, service: str, tags: Iterable[str], verb: Verb) -> bool:
        """Whether it speaks of one verb at one service."""
        return (
            self.verb in (None, verb)
            and (not self.services or service in self.services)
            and matches(self.match, service=service, tags=tags)
        )

    def applied_to(self, usual: Limits) -> Limits:
        """What is usual for a verb, but for what this rule says otherwise."""
        return replace(
            usual,
            level=self.level,
            per_hour=usual.per_hour if self.per_hour is None else self.per_hour,
            per_day=usual.per_day if self.per_day is None else self.per_day,
            cooldown_s=usual.cooldown_s if self.cooldown_s is None else self.cooldown_s,
            euros_per_month=(
                usual.euros_per_month if self.euros_per_month is None else self.euros_per_month
            ),
        )


@dataclass(frozen=True, slots=True)
class Policies:
    """All that the owner allows Sentinel to do by itself.

    Attributes:
        permissions: The owner's rules in their order; the last one that covers a wish counts.
        accepted: Whether the owner accepted that rollbacks and paid changes may be automatic.
        dry_run: Whether actions are only written down, never sent.
        heal: Whether the healing ladder is climbed.
        tune: How far Sentinel may go in tuning its own options; OBSERVE for not at all.
        euros_per_month: The most that all automatic actions together may add to the monthly bill.
    """

    permissions: tuple[Permission, ...] = ()
    accepted: bool = False
    dry_run: bool = False
    heal: bool = True
    tune: Level = Level.SUGGEST
    euros_per_month: float = 0.0

    def limits(self, service: str, tags: Iterable[str], verb: Verb) -> Limits:
        """What is allowed for one verb at one service; only suggestions where no rule covers it."""
        usual = replace(
            _USUAL.get(verb, Limits()),
            euros_per_month=self.euros_per_month,
            accepted=self.accepted,
        )
        said = (one for one in reversed(self.permissions) if one.covers(service, tags, verb))
        last = next(said, None)
        return usual if last is None else last.applied_to(usual)


_USUAL = {
    # Waking is what Sentinel is for, and changes nothing at the platform.
    Verb.WAKE: Limits(Level.AUTO, per_hour=12, per_day=100, cooldown_s=60.0),
    Verb.RESTART: Limits(per_hour=2, per_day=6, cooldown_s=600.0),
    Verb.DEPLOY: Limits(per_hour=3, per_day=12, cooldown_s=300.0),
    Verb.ROLLBACK: Limits(per_hour=1, per_day=1, cooldown_s=3_600.0),
    # Up after five minutes; what goes down again has been calm for half an hour anyway.
    Verb.SCALE: Limits(per_hour=3, per_day=12, cooldown_s=300.0),
    Verb.PLAN: Limits(per_hour=1, per_day=2, cooldown_s=1_800.0),
    Verb.AUTOSCALE: Limits(per_hour=1, per_day=3, cooldown_s=1_800.0),
}
"""What holds for a verb where the owner says nothing else."""
