"""Follows the error budgets of services with an objective, and tells when one burns too fast."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import dataclass

from sentinel_tui.clock import Clock
from sentinel_tui.domain.monitoring.alerts import Finding, Rule, Severity, fingerprint
from sentinel_tui.domain.monitoring.dependencies import Ruling, RulingKind
from sentinel_tui.domain.monitoring.slo import BURN_RULES, WINDOWS_S, Burning, Objective, verdict
from sentinel_tui.engine.own_alerts import OwnAlerts
from sentinel_tui.engine.watch import Watch, WatchedService
from sentinel_tui.paths import Paths
from sentinel_tui.store.queries import Reader

_EVERY_S = 60.0


@dataclass(frozen=True, slots=True)
class _Spent:
    """What the store tells of the time up to now, by service.

    Attributes:
        windows: Of each window's length, milliseconds up and down.
        failed: Of each short window's length, failed looks and failed cycles.
    """

    windows: Mapping[str, Mapping[int, tuple[int, int]]]
    failed: Mapping[int, Mapping[str, tuple[int, int]]]


class Budgets:
    """The worker that follows the budgets.

    Attributes:
        objectives: What services are meant to achieve, by their ids.
    """

    def __init__(
        self,
        paths: Paths,
        clock: Clock,
        watch: Watch,
        own_alerts: OwnAlerts,
        ruling: Callable[[WatchedService], Ruling],
    ) -> None:
        """Follow nothing yet.

        Args:
            paths: Where the store is.
            clock: The time.
            watch: All that is watched.
            own_alerts: Told of budgets that burn, and of those that no longer do.
            ruling: What becomes of an alarm about a service, by what its parents are in.
        """
        self.objectives: Mapping[str, Objective] = {}
        self._paths = paths
        self._clock = clock
        self._watch = watch
        self._own_alerts = own_alerts
        self._ruling = ruling

    async def run(self, beat: Callable[[], None]) -> None:
        """Look at the budgets each minute, for ever."""
        while True:
            beat()
            await self.look()
            await self._clock.sleep(_EVERY_S)

    async def look(self) -> None:
        """Look at every budget once."""
        now_ms = self._clock.now_ms()
        # In a thread: the windows reach back for days.
        spent = await asyncio.to_thread(_read, self._paths, now_ms) if self.objectives else None
        for service in self._watch.services.values():
            objective = self.objectives.get(service.id)
            windows = spent.windows.get(service.id) if spent else None
            if spent is None or objective is None or windows is None:
                self._tell(service, None, now_ms)
                continue
            failed = {
                short_s: looks.get(service.id, (0, 0)) for short_s, looks in spent.failed.items()
            }
            self._tell(service, verdict(windows, failed, objective), now_ms)

    def _tell(self, service: WatchedService, burning: Burning | None, now_ms: int) -> None:
        if burning is not None and self._ruling(service).kind is not RulingKind.RAISE:
            return
        finding = Finding(
            fingerprint=fingerprint(Rule.BUDGET, service.id),
            rule=Rule.BUDGET,
            holds=burning is not None,
            severity=burning.severity if burning else Severity.WARNING,
            at_ms=now_ms,
            reason=burning.reason if burning else "it is spent no faster than it may be",
        )
        self._own_alerts.tell(finding, service.id)


def _read(paths: Paths, now_ms: int) -> _Spent:
    with closing(Reader(paths)) as reader:
        windows = reader.bad_windows(now_ms, WINDOWS_S)
        spent = any(bad_ms for one in windows.values() for _, bad_ms in one.values())
        short_s = sorted({rule.short_s for rule in BURN_RULES})
        # Single looks are many, and need not be read while no time was lost at all.
        failed = {
            s: reader.failed_looks(now_ms - s * 1_000, now_ms) if spent else {} for s in short_s
        }
        return _Spent(windows, failed)
