"""An application somewhere in the world: the host it runs on, and the road that leads there."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Self

from sentinel_tui.clock import Clock
from sentinel_tui.sandbox.host import Host
from sentinel_tui.sandbox.http.messages import Answer
from sentinel_tui.sandbox.network import Network, Road
from sentinel_tui.sandbox.port import LOOPBACK
from sentinel_tui.sandbox.services.application import Application
from sentinel_tui.sandbox.services.render_edge import RenderEdge


@dataclass(frozen=True, slots=True)
class Place:
    """An application, and the road that leads to it."""

    host: Host
    road: Road

    @classmethod
    def build(
        cls,
        application: Application,
        network: Network,
        clock: Clock,
        door: Callable[[Answer], RenderEdge] | None = None,
    ) -> Self:
        """Give an application a host and a road; see `Host` for the door."""
        host = Host(application, clock, door)
        return cls(host, network.build_road(lambda: host.port))

    @property
    def root(self) -> str:
        """The address of it, without a path."""
        return f"http://{LOOPBACK}:{self.road.port}"

    @property
    def url(self) -> str:
        """Where the application says how it is."""
        return f"{self.root}{self.host.health_path}"
