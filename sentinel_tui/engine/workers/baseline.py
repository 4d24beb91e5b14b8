"""Learns how fast each check usually is at this hour, so that slow means slower than usual."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial

from sentinel_tui.clock import Clock
from sentinel_tui.config.checks import DomainCheck, HeartbeatCheck
from sentinel_tui.domain.monitoring.baseline import slot, usual_ms
from sentinel_tui.engine.watch import Watch
from sentinel_tui.errors import StoreFull
from sentinel_tui.store.recorder import learn_usual, load_usual
from sentinel_tui.store.writer import StoreWriter

log = logging.getLogger(__name__)

_EVERY_S = 60.0
_LEARN_EVERY_S = 3_600.0
_FIRST_S = 120.0
"""The start has other things to do."""


class Baseline:
    """The worker that learns."""

    def __init__(self, clock: Clock, watch: Watch, writer: StoreWriter) -> None:
        self._clock = clock
        self._watch = watch
        self._writer = writer
        self._learn_s = clock.elapsed_s() + _FIRST_S
        self._medians: Mapping[int, Mapping[int, tuple[float, int]]] | None = None
        self._slot = -1

    async def run(self, beat: Callable[[], None]) -> None:
        """Learn once an hour, and go by what is usual at each hour, for ever."""
        while True:
            beat()
            if self._medians is None:
                self._medians = await self._writer.run(load_usual)
            if self._clock.elapsed_s() >= self._learn_s:
                await self._learn()
            if slot(self._clock.now_ms()) != self._slot:
                self._go_by(self._medians)
            await self._clock.sleep(_EVERY_S)

    async def _learn(self) -> None:
        self._learn_s = self._clock.elapsed_s() + _LEARN_EVERY_S
        try:
            await self._writer.run(partial(learn_usual, now_ms=self._clock.now_ms()))
        except StoreFull:
            log.warning("no room to learn what is usual; keeping to what is known")
        self._medians = await self._writer.run(load_usual)
        self._slot = -1

    def _go_by(self, medians: Mapping[int, Mapping[int, tuple[float, int]]]) -> None:
        """Give each check what is usual for it now."""
        now_ms = self._clock.now_ms()
        self._slot = slot(now_ms)
        for check in self._watch.checks():
            # How fast a registry answers, or a beat arrives, says nothing about the service.
            if isinstance(check.options, DomainCheck | HeartbeatCheck):
                continue
            usual = usual_ms(medians.get(check.key, {}), now_ms)
            if usual != check.rules.usual_ms:
                check.rules = replace(check.rules, usual_ms=usual)
