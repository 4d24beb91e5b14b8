"""The ways out of a configuration, put together only when they are needed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from typing import TYPE_CHECKING

from sentinel_tui.clock import Clock
from sentinel_tui.config.model import Config
from sentinel_tui.config.videos import LibraryOptions, LogOptions
from sentinel_tui.domain.notifying.notices import Message
from sentinel_tui.platforms.notify.channel import Channel

if TYPE_CHECKING:
    from sentinel_tui.platforms.bunny import Bunny
    from sentinel_tui.platforms.cdn_logs import CdnLogs
    from sentinel_tui.platforms.render import Render

Channels = Callable[[Config, Clock], Mapping[str, Channel]]
"""The outermost edge on the way out: the channels of a configuration by their names."""

Hosting = Callable[[Config, Clock], "Render | None"]
"""Makes what asks the hosting platform, or None where the configuration has no key for one."""

Connect = Callable[[LibraryOptions, int, Clock], "Bunny | None"]
"""Makes what asks the platform of a library, at most so often a second; None where it has none."""

Logs = Callable[[LogOptions, Clock], "CdnLogs"]
"""Makes what asks for the CDN logs of a library."""


def channels_on_demand(config: Config, clock: Clock) -> Mapping[str, Channel]:
    """The channels of a configuration; what they need is imported when one is used first.

    Mail alone takes megabytes, and most engines have nothing to tell for weeks.
    """

    @cache
    def build() -> Mapping[str, Channel]:
        from sentinel_tui.platforms.notify.factory import channels_for

        return channels_for(config, clock)

    return {channel.name: _OnDemand(channel.name, build) for channel in config.channels}


def hosting_on_demand(config: Config, clock: Clock) -> Render | None:
    """What asks Render with the configured key, or None; imported only where there is one.

    Raises:
        SecretError: The key's reference does not resolve.
    """
    options = config.render
    if options is None or options.key is None:
        return None
    from sentinel_tui.platforms.render import Render

    return Render(options.key, clock, base_url=options.api, allow_private=options.api_is_local)


def library_on_demand(options: LibraryOptions, requests_per_s: int, clock: Clock) -> Bunny | None:
    """What asks Bunny about a library, or None; imported only where there is one.

    Raises:
        SecretError: The key's reference does not resolve.
    """
    if options.bunny_id is None or options.key is None:
        return None
    from sentinel_tui.platforms.bunny import Bunny

    return Bunny(
        options.key,
        options.bunny_id,
        options.name,
        clock,
        base_url=options.api,
        requests_per_s=requests_per_s,
        allow_private=options.api_is_local,
    )


def logs_on_demand(options: LogOptions, clock: Clock) -> CdnLogs:
    """What asks for CDN logs; imported only where they are read.

    Raises:
        SecretError: The key's reference does not resolve.
    """
    from sentinel_tui.platforms.cdn_logs import CdnLogs

    return CdnLogs(
        options.key,
        options.pull_zone,
        clock,
        base_url=options.api,
        allow_private=options.api_is_local,
    )


class _OnDemand:
    """A channel that is put together when it is used first."""

    def __init__(self, name: str, build: Callable[[], Mapping[str, Channel]]) -> None:
        self._name = name
        self._build = build

    async def send(self, message: Message) -> None:
        """See `Channel`."""
        await self._build()[self._name].send(message)
