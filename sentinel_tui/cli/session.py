"""What the commands of one run share: where the files are, and how the engine is reached."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from sentinel_tui.cli.output import tell
from sentinel_tui.client import Client
from sentinel_tui.clock import SystemClock
from sentinel_tui.commands.context import Context
from sentinel_tui.errors import ConfigError, SentinelError
from sentinel_tui.paths import Paths

if TYPE_CHECKING:
    from sentinel_tui.config.model import Config
    from sentinel_tui.domain.monitoring.slo import Objective
    from sentinel_tui.store.queries import Reader


@dataclass(frozen=True)
class Session:
    """One run of the command line."""

    paths: Paths

    @cached_property
    def client(self) -> Client:
        """The way to the engine."""
        return Client(self.paths, source="cli")

    @cached_property
    def config(self) -> Config | None:
        """The configuration, or None where there is none that can be used.

        Commands that only read go on without it; `sentinel config check` says what is wrong.
        """
        from sentinel_tui.config.loader import load

        try:
            return load(self.paths.config, resolve=False).config
        except SentinelError:
            return None

    @contextmanager
    def context(self) -> Iterator[Context]:
        """What commands work with; the store is closed afterwards."""
        zone = ZoneInfo(self.config.display.time_zone if self.config else "UTC")
        reader = self._reader()
        now_ms = SystemClock().now_ms()
        try:
            yield Context(reader, self.client.ask, now_ms, zone, objectives=self._objectives())
        finally:
            if reader is not None:
                reader.close()

    def service_ids(self, context: Context) -> Sequence[str]:
        """The services that can be named: recorded ones, then those only configured so far."""
        configured = [service.id for service in self.config.services] if self.config else []
        return tuple(dict.fromkeys([*context.service_ids(), *configured]))

    def need_engine(self) -> None:
        """Make sure that an engine runs, and say so when that took starting one.

        Raises:
            ConfigError: There is no configuration to start one with.
            EngineError: It did not start.
        """
        if not self.client.engine_runs():
            self.need_config()
        if self.client.ensure_engine():
            tell("No engine was running; started one. `sentinel stop` ends it.")

    def need_config(self) -> None:
        """Make sure that there is a configuration.

        Raises:
            ConfigError: There is none.
        """
        if not self.paths.config.exists():
            raise ConfigError(
                f"there is no configuration at {self.paths.config}",
                "write one with: sentinel init URL",
            )

    def _objectives(self) -> Mapping[str, Objective]:
        from sentinel_tui.config.orders import objectives_for

        return objectives_for(self.config) if self.config else {}

    def _reader(self) -> Reader | None:
        # The store's own library is heavy; nothing needs it where there is no store.
        if not self.paths.store.exists():
            return None
        from sentinel_tui.store.queries import Reader

        return Reader(self.paths)
