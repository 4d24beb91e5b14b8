"""From the configuration to what the domain goes by: who is told what, windows, objectives."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from sentinel_tui.config.channels import Channel
from sentinel_tui.config.hours import WEEKDAYS, HoursOptions, minute_of_day
from sentinel_tui.config.model import Config
from sentinel_tui.domain.monitoring.alerts import Severity
from sentinel_tui.domain.monitoring.silences import Window
from sentinel_tui.domain.notifying.policy import ChannelPolicy, Hours, NotifyPolicy, Orders, Step

if TYPE_CHECKING:
    from sentinel_tui.domain.monitoring.slo import Objective


def orders_for(config: Config) -> Orders:
    """What the engine goes by while it records, made anew with each configuration."""
    services = config.services
    return Orders(
        policy=_policy(config),
        depends_on={one.id: tuple(one.depends_on) for one in services},
        tags={one.id: tuple(one.tags) for one in services},
        names={one.id: one.label for one in services},
    )


def windows_for(config: Config) -> tuple[Window, ...]:
    """The recurring maintenance windows, in the owner's order."""
    return tuple(
        Window(
            name=one.name,
            match=one.match,
            cron=one.cron,
            zone=one.zone or config.display.time_zone,
            duration_s=one.duration_s,
            until_healthy=one.until_healthy,
        )
        for one in config.maintenance
    )


def objectives_for(config: Config) -> dict[str, Objective]:
    """The objective of each service that has one, by the service's id."""
    from sentinel_tui.domain.monitoring.slo import Objective

    return {
        one.id: Objective(ratio=one.objective / 100)
        for one in config.services
        if one.objective is not None
    }


def _policy(config: Config) -> NotifyPolicy:
    options, zone = config.notifications, config.display.time_zone
    steps = [
        Step(one.after_s, tuple(one.channels), _severity(one.least)) for one in options.escalation
    ]
    quiet = options.quiet_hours
    return NotifyPolicy(
        channels=tuple(_channel(one, zone) for one in config.channels),
        wait_critical_s=options.wait_critical_s,
        wait_warning_s=options.wait_warning_s,
        update_s=options.update_every_s,
        remind_critical_s=options.remind_critical_s,
        remind_warning_s=options.remind_warning_s,
        acknowledged_s=options.acknowledged_for_s,
        quiet=_hours(quiet, zone) if quiet else None,
        quiet_hides_critical=quiet is not None and quiet.hide_critical,
        steps=tuple(sorted(steps, key=lambda step: step.after_s)),
    )


def _channel(channel: Channel, zone: str) -> ChannelPolicy:
    return ChannelPolicy(
        name=channel.name,
        least=_severity(channel.least),
        match=channel.match,
        hours=_hours(channel.hours, zone) if channel.hours else None,
        escalation_only=channel.escalation_only,
    )


def _hours(hours: HoursOptions, zone: str) -> Hours:
    return Hours(
        from_minute=minute_of_day(hours.from_),
        to_minute=minute_of_day(hours.to),
        zone=hours.zone or zone,
        days=frozenset(WEEKDAYS.index(day) for day in hours.days),
    )


def _severity(word: Literal["warning", "critical"]) -> Severity:
    return Severity[word.upper()]
