"""What the commands of one run share: where the files are, and how the engine is reached."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from sentinel_tui.cli.output import tell
from sentinel_tui.client import Client, read_only_refusal
from sentinel_tui.clock import SystemClock
from sentinel_tui.commands.context import Context
from sentinel_tui.domain.video.insights import Language
from sentinel_tui.errors import ConfigError, SentinelError
from sentinel_tui.paths import Paths

if TYPE_CHECKING:
    from sentinel_tui.config.model import Config
    from sentinel_tui.domain.monitoring.slo import Objective
    from sentinel_tui.store.queries import Reader


@dataclass(frozen=True)
class Session:
    """One run of the command line.

    Attributes:
        paths: Where the files are.
        read_only: Whether nothing may be changed or started in it.
    """

    paths: Paths
    read_only: bool = False

    @cached_property
    def client(self) -> Client:
        """The way to the engine."""
        return Client(self.paths, source="cli", read_only=self.read_only)

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
        reader = self._reader()
        try:
            yield self._context(reader)
        finally:
            if reader is not None:
                reader.close()

    def service_ids(self, context: Context) -> Sequence[str]:
        """The services that can be named: recorded ones, then those only configured so far."""
        configured = [service.id for service in self.config.services] if self.config else []
        return tuple(dict.fromkeys([*context.service_ids(), *configured]))

    def need_to_change(self) -> None:
        """Make sure that things may be changed in this run.

        Raises:
            UsageError: They may only be looked at.
        """
        if self.read_only:
            raise read_only_refusal()

    def need_engine(self) -> None:
        """Make sure that an engine runs, and say so when that took starting one.

        Raises:
            UsageError: Nothing may be started in this run.
            ConfigError: There is no configuration to start one with.
            EngineError: It did not start.
        """
        self.need_to_change()
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

    def _context(self, reader: Reader | None) -> Context:
        zone = ZoneInfo(self.config.display.time_zone if self.config else "UTC")
        context = Context(
            reader,
            self.client.ask,
            SystemClock().now_ms(),
            zone,
            objectives=self._objectives(),
            frozen_by_file=self.paths.frozen.exists(),
        )
        if self.config is None:
            return context
        render = self.config.render
        return replace(
            context,
            budget_h=render.budget_hours,
            reserve=render.reserve_share,
            language=Language(self.config.videos.language),
        )

    def _reader(self) -> Reader | None:
        # The store's own library is heavy; nothing needs it where there is no store.
        if not self.paths.store.exists():
            return None
        from sentinel_tui.store.queries import Reader

        return Reader(self.paths)
