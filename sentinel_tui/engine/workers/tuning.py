"""Turns its own knobs from what was measured: a step at a time, within bounds, each one a row."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from functools import partial

from sentinel_tui.domain.autonomy.actions import Knob, Tuning
from sentinel_tui.domain.autonomy.policy import Level
from sentinel_tui.domain.autonomy.tuning import (
    DAY_MS,
    EVIDENCE_DAYS,
    Evidence,
    Setting,
    propose,
)
from sentinel_tui.domain.monitoring.alerts import Rule
from sentinel_tui.domain.records import AlertRecord, EntryKind
from sentinel_tui.engine.acting.tunings import Tunings, value_of
from sentinel_tui.engine.parts import Parts
from sentinel_tui.engine.watch import Watch, WatchedCheck, WatchedService
from sentinel_tui.paths import Paths
from sentinel_tui.store.database import Database
from sentinel_tui.store.marks import read_mark, set_mark
from sentinel_tui.store.queries import Reader
from sentinel_tui.store.recorder import add_event

_EVERY_S = 3_600.0
_BEAT_S = 30.0
_SAID_AGAIN_MS = 7 * DAY_MS
_NEAR_MS = 3_600_000
_MOST_ALERTS = 5_000
_MOST_COLD_STARTS = 200


@dataclass(frozen=True, slots=True)
class _Measured:
    """What the store tells of the time that evidence is gathered over.

    Attributes:
        looks: How often each check looked, by the store's number for it.
        alerts: Alarms that opened in that time.
        cold_starts_s: How long the cold starts of each service took.
        past: What was tuned before.
    """

    looks: dict[int, int]
    alerts: Sequence[AlertRecord]
    cold_starts_s: dict[str, list[float]]
    past: Sequence[Tuning]


class SelfTuning:
    """The worker that tunes.

    Attributes:
        level: How far it may go; OBSERVE for not at all.
    """

    def __init__(self, paths: Paths, parts: Parts, tunings: Tunings) -> None:
        """Tune nothing yet.

        Args:
            paths: Where the store is.
            parts: The engine's parts.
            tunings: Turns the knobs, and knows which are turned.
        """
        self.level = Level.OBSERVE
        self._paths = paths
        self._clock = parts.clock
        self._writer = parts.writer
        self._watch: Watch = parts.watch
        self._tunings = tunings

    async def run(self, beat: Callable[[], None]) -> None:
        """Look at the evidence each hour, for ever; the first time after an hour."""
        while True:
            until_s = self._clock.elapsed_s() + _EVERY_S
            while (left_s := until_s - self._clock.elapsed_s()) > 0:
                beat()
                await self._clock.sleep(min(left_s, _BEAT_S))
            if self.level > Level.OBSERVE:
                await self.tend()

    async def tend(self) -> None:
        """Look at the evidence once, and turn or suggest what it speaks for."""
        now_ms = self._clock.now_ms()
        services = list(self._watch.services)
        measured = await asyncio.to_thread(_read, self._paths, services, now_ms)
        for service in list(self._watch.services.values()):
            for check in service.checks.values():
                tuning = self._proposed(service, check, measured, now_ms)
                if tuning is not None:
                    await self._take(tuning)

    def _proposed(
        self, service: WatchedService, check: WatchedCheck, measured: _Measured, now_ms: int
    ) -> Tuning | None:
        """The first knob of a check that the evidence speaks for: one at a time."""
        if not check.scheduled:
            return None
        evidence = _evidence(check, measured)
        found = (
            propose(setting, evidence, measured.past, now_ms=now_ms)
            for setting in _settings(service, check)
        )
        return next((one for one in found if one is not None), None)

    async def _take(self, tuning: Tuning) -> None:
        if self.level >= Level.AUTO:
            await self._tunings.tune(tuning)
        else:
            await self._writer.run(partial(_suggest, tuning=tuning))


def _settings(service: WatchedService, check: WatchedCheck) -> Iterator[Setting]:
    thresholds = service.options.thresholds
    configured = {
        Knob.INTERVAL: check.options.interval_s,
        Knob.CONFIRM: thresholds.confirm_cycles,
        Knob.SLOW_FACTOR: thresholds.slow_factor,
    }
    for knob, value in configured.items():
        yield Setting(service.id, check.name, knob, value, value_of(service, check, knob))
    sleeps = service.options.sleeps
    if sleeps is not None and check is service.wake_check:
        lead_s = value_of(service, check, Knob.WAKE_LEAD)
        yield Setting(service.id, "", Knob.WAKE_LEAD, sleeps.expected_wake_s, lead_s)


def _evidence(check: WatchedCheck, measured: _Measured) -> Evidence:
    mine = [one for one in measured.alerts if (one.service, one.check) == check.id]
    outages = [one for one in mine if one.rule is Rule.DOWN]
    slow = [one for one in mine if one.rule is Rule.DEGRADED]
    lasted_ms = [one.resolved_ms - one.opened_ms for one in outages if one.resolved_ms]
    cold_starts_s = sorted(measured.cold_starts_s.get(check.service.id, []))
    return Evidence(
        looks=measured.looks.get(check.key, 0),
        outages=len(outages),
        brief_outages=sum(one <= _told_ms(check, more_looks=4) for one in lasted_ms),
        false_alarms=sum(one <= _told_ms(check, more_looks=1) for one in lasted_ms),
        slow_warnings=len(slow),
        idle_slow_warnings=sum(one.resolved_ms is not None and _idle(one, outages) for one in slow),
        cold_start_p95_s=cold_starts_s[int(len(cold_starts_s) * 0.95)] if cold_starts_s else None,
        cold_starts=len(cold_starts_s),
    )


def _told_ms(check: WatchedCheck, more_looks: int) -> float:
    """How long an outage lasts on paper that was over so many looks after it was confirmed."""
    rules, interval_s = check.rules, check.interval_s
    confirmed_s = (rules.confirm_cycles - 1) * interval_s
    recovered_s = max(rules.recover_after_s, (rules.recover_cycles - 1) * interval_s)
    return (confirmed_s + more_looks * interval_s + recovered_s) * 1_000


def _idle(warning: AlertRecord, outages: Sequence[AlertRecord]) -> bool:
    """Whether nothing came of a warning: no outage began near it."""
    end_ms = warning.resolved_ms or warning.opened_ms
    return not any(
        warning.opened_ms - _NEAR_MS <= one.opened_ms <= end_ms + _NEAR_MS for one in outages
    )


def _read(paths: Paths, services: Sequence[str], now_ms: int) -> _Measured:
    since_ms = now_ms - EVIDENCE_DAYS * DAY_MS
    with closing(Reader(paths)) as reader:
        looks = {key: one.count for key, one in reader.summaries(since_ms, now_ms).items()}
        alerts = [one for one in reader.alerts(limit=_MOST_ALERTS) if one.opened_ms >= since_ms]
        cold_starts_s = {
            service: [
                one.duration_ms / 1_000
                for one in reader.cold_starts(service, limit=_MOST_COLD_STARTS)
                if one.at_ms >= since_ms
            ]
            for service in services
        }
        return _Measured(looks, alerts, cold_starts_s, reader.tunings())


def _suggest(db: Database, tuning: Tuning) -> None:
    """Say on the timeline what could be tuned; the same thing once a week."""
    name = f"tuning/{tuning.service}/{tuning.check}/{tuning.knob}"
    said_ms = read_mark(db, name)
    if said_ms is not None and tuning.at_ms - said_ms < _SAID_AGAIN_MS:
        return
    set_mark(db, name, tuning.at_ms)
    text = (
        f"{tuning.knob} could go from {tuning.before:g} to {tuning.after:g}: {tuning.why}; "
        'autonomy.tune = "auto" lets Sentinel see to such things'
    )
    add_event(db, tuning.at_ms, EntryKind.NOTE, text, tuning.service)
