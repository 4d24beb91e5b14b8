"""Where the engine touches the world outside; what a test holds in its hands."""

from __future__ import annotations

from dataclasses import dataclass

from sentinel_tui.engine.observer import Look
from sentinel_tui.engine.own_network import Ask
from sentinel_tui.engine.studying import MakeStudy, study_apart
from sentinel_tui.engine.ways_out import (
    Channels,
    Connect,
    Hosting,
    Logs,
    channels_on_demand,
    hosting_on_demand,
    library_on_demand,
    logs_on_demand,
)


@dataclass(frozen=True, slots=True)
class Edges:
    """The ways out.

    Attributes:
        look: Looks at a service.
        ask: Asks one witness of our own network; over that network where it is None.
        channels: Makes the channels of a configuration.
        hosting: Makes what asks the hosting platform, or None where no key is configured.
        library: Makes what asks the platform of a library of videos, or None where it has none.
        logs: Makes what asks for the CDN logs of a library.
        study: Makes a study of all videos.
    """

    look: Look
    ask: Ask | None = None
    channels: Channels = channels_on_demand
    hosting: Hosting = hosting_on_demand
    library: Connect = library_on_demand
    logs: Logs = logs_on_demand
    study: MakeStudy = study_apart
