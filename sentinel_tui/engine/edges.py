"""Where the engine touches the world outside; what a test holds in its hands."""

from __future__ import annotations

from dataclasses import dataclass

from sentinel_tui.engine.observer import Look
from sentinel_tui.engine.own_network import Ask
from sentinel_tui.engine.ways_out import Channels, Hosting, channels_on_demand, hosting_on_demand


@dataclass(frozen=True, slots=True)
class Edges:
    """The ways out.

    Attributes:
        look: Looks at a service.
        ask: Asks one witness of our own network; over that network where it is None.
        channels: Makes the channels of a configuration.
        hosting: Makes what asks the hosting platform, or None where no key is configured.
    """

    look: Look
    ask: Ask | None = None
    channels: Channels = channels_on_demand
    hosting: Hosting = hosting_on_demand
