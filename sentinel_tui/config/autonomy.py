"""From the configuration to what Sentinel may do by itself."""

from __future__ import annotations

from sentinel_tui.config.model import Config
from sentinel_tui.config.permissions import PermissionRule
from sentinel_tui.domain.autonomy.permissions import Permission, Policies
from sentinel_tui.domain.autonomy.policy import Level, Verb

_EVERY_VERB = "*"
_TUNING = {"off": Level.OBSERVE, "suggest": Level.SUGGEST, "auto": Level.AUTO}


def policies_for(config: Config) -> Policies:
    """What the owner allows, made anew with each configuration."""
    options = config.autonomy
    return Policies(
        permissions=tuple(_permission(one) for one in options.rules),
        accepted=options.i_accept_automatic_rollback,
        dry_run=options.dry_run,
        heal=options.heal,
        tune=_TUNING[options.tune],
        euros_per_month=options.euros_per_month,
    )


def _permission(rule: PermissionRule) -> Permission:
    return Permission(
        level=Level[rule.level.upper()],
        verb=None if rule.verb == _EVERY_VERB else Verb(rule.verb),
        services=tuple(rule.services),
        match=rule.match,
        per_hour=rule.per_hour,
        per_day=rule.per_day,
        cooldown_s=rule.cooldown_s,
        euros_per_month=rule.euros_per_month,
    )
