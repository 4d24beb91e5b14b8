"""Keeps the store small, quick and copied: rollups, retention, checkpoints, backups."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from functools import partial

from sentinel_tui.clock import Clock
from sentinel_tui.config.model import Config
from sentinel_tui.domain.monitoring.alerts import Finding, Rule, Severity, fingerprint
from sentinel_tui.domain.schedule import next_run_ms
from sentinel_tui.engine.own_alerts import OwnAlerts
from sentinel_tui.errors import StoreError, StoreFull
from sentinel_tui.paths import Paths
from sentinel_tui.store.backup import backup
from sentinel_tui.store.retention import checkpoint, prune
from sentinel_tui.store.rollups import roll_up
from sentinel_tui.store.writer import StoreWriter

log = logging.getLogger(__name__)

_EVERY_S = 60.0
_BETWEEN_BATCHES_S = 0.05
"""Leaves the writer to the looks between two batches of deletions."""


class Rollup:
    """The worker that tends the store.

    Attributes:
        config: What to keep for how long, and when to copy.
    """

    def __init__(
        self,
        paths: Paths,
        clock: Clock,
        writer: StoreWriter,
        own_alerts: OwnAlerts,
        config: Config,
    ) -> None:
        self.config = config
        self._paths = paths
        self._clock = clock
        self._writer = writer
        self._own_alerts = own_alerts
        self._looked_ms = clock.now_ms()
        self._backup_by = ("", "")
        self._backup_ms = 0

    async def run(self, beat: Callable[[], None]) -> None:
        """Tend the store each minute, for ever."""
        while True:
            beat()
            await self._clock.sleep(_EVERY_S)
            await self._tend(beat)
            if self._backup_is_due():
                await self._back_up()

    async def _tend(self, beat: Callable[[], None]) -> None:
        now_ms = self._clock.now_ms()
        warning = ""
        try:
            await self._writer.run(partial(roll_up, now_ms=now_ms))
            limits = self.config.retention
            while await self._writer.run(partial(prune, now_ms=now_ms, limits=limits)):
                beat()
                await self._clock.sleep(_BETWEEN_BATCHES_S)
            warning = (await self._writer.run_alone(checkpoint)).warning
        except StoreFull as full:
            warning = str(full)
        self._tell_of_storage(self._writer.trouble or self._writer.warning or warning)

    def _backup_is_due(self) -> bool:
        """Whether the backup's time came since this was asked last."""
        since_ms, self._looked_ms = self._looked_ms, self._clock.now_ms()
        cron, zone = self.config.retention.backup_cron, self.config.display.time_zone
        if not cron:
            return False
        if (cron, zone) != self._backup_by or self._looked_ms < since_ms:
            self._backup_by, self._backup_ms = (cron, zone), next_run_ms(cron, zone, since_ms)
        if self._backup_ms > self._looked_ms:
            return False
        self._backup_ms = next_run_ms(cron, zone, self._looked_ms)
        return True

    async def _back_up(self) -> None:
        now_ms, kept = self._clock.now_ms(), self.config.retention.backups_kept
        try:
            copy = await asyncio.to_thread(backup, self._paths, self._paths.backups, now_ms, kept)
        except (StoreError, OSError) as error:
            log.error("no backup: %s", error)
            self._tell("backup", f"no backup could be made: {error}", Severity.WARNING)
        else:
            log.info("backup: %s", copy)
            self._tell("backup", "", Severity.WARNING)

    def _tell_of_storage(self, warning: str) -> None:
        critical = bool(self._writer.trouble)
        self._tell("space", warning, Severity.CRITICAL if critical else Severity.WARNING)

    def _tell(self, subject: str, problem: str, severity: Severity) -> None:
        """Tell of a problem with the store, or, when there is none, that it is over."""
        self._own_alerts.tell(
            Finding(
                fingerprint=fingerprint(Rule.STORAGE, subject),
                rule=Rule.STORAGE,
                holds=bool(problem),
                severity=severity,
                at_ms=self._clock.now_ms(),
                reason=problem or "all is well again",
            )
        )
