"""From the configuration to the calendar of modes."""

from __future__ import annotations

from sentinel_tui.config.model import Config
from sentinel_tui.domain.keepalive.modes import Mode, ModeWindow


def calendar_for(config: Config) -> tuple[ModeWindow, ...]:
    """The hours in which the owner wants other modes, in the order of the file.

    Where several hold at once, the last one counts.
    """
    return tuple(
        ModeWindow(
            name=one.name,
            cron=one.cron,
            zone=one.zone or config.display.time_zone,
            duration_s=one.duration_s,
            mode=Mode(one.mode),
            services=tuple(one.services),
        )
        for one in config.modes
    )
