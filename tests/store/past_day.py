"""A day of watching, written through the real writer minute by minute, with what befell it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

from past_keeping import KEEPING_STORY, keeping_answers
from past_videos import VIDEO_STORY, video_answers
from store_looks import T0_MS, Watch, bad, good, service

from sentinel_tui.clock import FakeClock
from sentinel_tui.commands.overview import gather
from sentinel_tui.config.model import Service
from sentinel_tui.domain.monitoring.dependencies import RAISE, Ruling, RulingKind
from sentinel_tui.domain.monitoring.judgement import (
    Judgement,
    judge,
    service_state,
    service_transition,
)
from sentinel_tui.domain.monitoring.observations import (
    Observation,
    Outcome,
    PhaseTimings,
    WakeHint,
)
from sentinel_tui.domain.monitoring.sheets import pause, resume
from sentinel_tui.domain.monitoring.silences import SilenceKind
from sentinel_tui.domain.monitoring.states import State, Thresholds, transition
from sentinel_tui.domain.notifying.policy import ChannelPolicy, NotifyPolicy, Orders
from sentinel_tui.domain.records import (
    CheckRecord,
    EngineRecord,
    EntryKind,
    ServiceRecord,
)
from sentinel_tui.store import recorder
from sentinel_tui.store.layout import DAY_MS, Floor
from sentinel_tui.store.queries import Reader
from sentinel_tui.store.rollups import roll_up
from sentinel_tui.store.writer import Database, StoreWriter

MINUTE_MS, HOUR_MS = 60_000, 3_600_000
START_MS = Floor.DAY.start_ms(T0_MS) + 20 * HOUR_MS
"""In the evening, so that midnight falls into the day that is recorded."""

MINUTES = 420
"""How long the day is recorded."""

_ROLL_UP_EVERY = 7
_SLEEPY = Thresholds(
    burst_s=(), confirm_cycles=1, recover_cycles=1, recover_after_s=0, sleeps_after_s=900.0
)
_ORDERS = Orders(
    policy=NotifyPolicy((ChannelPolicy("mail"),), wait_critical_s=20.0, update_s=60.0),
    depends_on={"shop": ("gateway",)},
    names={"shop": "Shop"},
)

SERVICES: tuple[Service, ...] = (
    service("gateway", tags=["edge"]),
    service("shop", depends_on=["gateway"], checks=[{"kind": "tcp", "host": "h", "port": 1}]),
    service("blog", tags=["video"]),
    service("nap", sleeps={}),
)


@dataclass
class Day:
    """A day that is being recorded.

    Attributes:
        writer: The store's writer.
        clock: The present.
        ill: What is wrong: of each service, how its looks turn out.
        watching: Whether the engine lives.
    """

    writer: StoreWriter
    clock: FakeClock
    ill: dict[str, Callable[[int], Observation]] = field(default_factory=dict)
    watching: bool = True
    started_ms: int = START_MS

    def __post_init__(self) -> None:
        self.watch = Watch(self.writer)
        self.writer.orders = _ORDERS

    async def begin(self) -> None:
        """Configure, and start the engine."""
        await self.watch.configure(*SERVICES)
        await self.writer.run(partial(recorder.register_channels, channels=[("mail", "smtp")]))
        await self.start_engine()

    async def start_engine(self) -> None:
        """The engine starts; what it missed is noted as a gap."""
        now_ms = self.clock.now_ms()
        before_ms = await self.writer.run(recorder.last_beat_ms)
        self.watching, self.started_ms = True, now_ms

        def job(db: Database) -> None:
            recorder.add_event(db, now_ms, EntryKind.ENGINE, "Sentinel 0.3 started")
            if before_ms is not None:
                recorder.add_gap(db, before_ms, now_ms, "Sentinel was not watching")

        await self.writer.run(job)

    async def minute(self, number: int) -> None:
        """Look at everything once, beat, and send what is due."""
        now_ms = self.clock.now_ms()
        judged = [self._look(*id_, now_ms) for id_ in self.watch.keys]
        await self.writer.run(partial(recorder.record, judgements=judged, at_ms=now_ms))
        await self._show_suppressed()
        if number % _ROLL_UP_EVERY == 0:
            await self.writer.run(partial(roll_up, now_ms=now_ms))
        await self._beat(now_ms)

    async def send(self) -> None:
        """Let the channel take what is due."""
        now_ms = self.clock.now_ms()

        def job(db: Database) -> None:
            recorder.tend(db, now_ms)
            message = recorder.claim(db, "mail", now_ms, "UTC")
            if message is not None:
                recorder.delivered(db, message.key, now_ms)

        await self.writer.run(job)

    async def run(self, job: Callable[[Database], Any]) -> Any:
        """Write something else."""
        return await self.writer.run(job)

    async def pause(self, name: str, paused: bool) -> None:
        """Pause a service, or resume it."""
        now_ms = self.clock.now_ms()
        before = {check: state for (one, check), state in self.watch.states.items() if one == name}
        after = {
            check: pause(state, now_ms, "paused by you") if paused else resume(state, now_ms)
            for check, state in before.items()
        }
        shown, change = service_state(after), service_transition(before, after)

        def job(db: Database) -> None:
            for check, state in after.items():
                self.watch.states[name, check] = state
                moved = transition(before[check], state)
                recorder.save_state(db, name, check, state, moved, shown, change)
            recorder.set_paused(db, name, paused, now_ms)

        await self.writer.run(job)

    def _look(self, name: str, check: str, now_ms: int) -> tuple[int, Judgement]:
        at_ms = now_ms - 1_000
        latency_ms = 40.0 + (at_ms // MINUTE_MS * 7) % 23
        seen = self.ill[name](at_ms) if name in self.ill else good(at_ms, latency_ms)
        mine = {one: state for (owner, one), state in self.watch.states.items() if owner == name}
        rules = _SLEEPY if name == "nap" else self.watch.rules
        judgement = judge(name, check, mine, seen, rules, ruling=self._ruling(name))
        self.watch.states[name, check] = judgement.state
        return self.watch.keys[name, check], judgement

    def _ruling(self, name: str) -> Ruling:
        gateway = self.watch.states["gateway", "http"].state
        suppressed = name == "shop" and gateway is State.DOWN
        return Ruling(RulingKind.SUPPRESS, "gateway") if suppressed else RAISE

    async def _show_suppressed(self) -> None:
        down = {name for (name, _), state in self.watch.states.items() if state.state is State.DOWN}
        parent = "gateway" if {"gateway", "shop"} <= down else ""
        await self.writer.run(partial(recorder.set_suppressed, service="shop", parent=parent))

    async def _beat(self, now_ms: int) -> None:
        record = EngineRecord(4_711, "box", "0.3", self.started_ms, now_ms)
        await self.writer.run(partial(recorder.beat, engine=record))


def waking(at_ms: int) -> Observation:
    """A look at a service that its platform is only just starting."""
    return Observation(
        at_ms,
        Outcome.FAIL,
        PhaseTimings(total_ms=900.0),
        status=503,
        error="hibernating",
        wake_hint=WakeHint.HIBERNATING,
    )


def slow(at_ms: int) -> Observation:
    """A look that took longer than allowed."""
    seen = good(at_ms, 2_900.0)
    return replace(seen, outcome=Outcome.SLOW, error="slower than 2s")


async def live_through(day: Day, look_at: Callable[[int], None]) -> None:
    """Record a day, and look at it after each minute."""
    await day.begin()
    for number in range(MINUTES):
        at_ms = START_MS + number * MINUTE_MS
        await day.clock.advance((at_ms - day.clock.now_ms()) / 1_000)
        for begun_at, what in _STORY:
            if begun_at == number:
                await what(day)
        if day.watching:
            await day.minute(number)
        if day.watching and number % 3 == 0:
            await day.send()
        look_at(number)


def _falls_ill(name: str, how: Callable[[int], Observation]) -> Callable[[Day], Any]:
    async def fall_ill(day: Day) -> None:
        day.ill[name] = how

    return fall_ill


def _is_well(name: str) -> Callable[[Day], Any]:
    async def be_well(day: Day) -> None:
        del day.ill[name]

    return be_well


async def _acknowledge(day: Day) -> None:
    now_ms = day.clock.now_ms()
    (alert,) = await day.run(
        lambda db: db.rows("SELECT id FROM alerts WHERE service = 'gateway' ORDER BY id LIMIT 1")
    )
    await day.run(lambda db: recorder.acknowledge(db, alert[0], now_ms, "tui"))


async def _note(day: Day) -> None:
    now_ms = day.clock.now_ms()
    await day.run(lambda db: recorder.add_note(db, 2, now_ms, "cli", "the switch is dead"))


async def _silence(day: Day) -> None:
    now_ms = day.clock.now_ms()
    await day.run(
        lambda db: recorder.add_silence(
            db, kind=SilenceKind.SILENCE, match="blog", start_ms=now_ms, end_ms=now_ms + HOUR_MS,
            until_healthy=False, reason="a deploy", by="tui",
        )
    )  # fmt: skip


async def _end_silence(day: Day) -> None:
    now_ms = day.clock.now_ms()
    await day.run(lambda db: recorder.end_silence(db, 1, now_ms))


async def _want(day: Day) -> None:
    now_ms = day.clock.now_ms()
    await day.run(
        lambda db: recorder.begin_intent(
            db, key="k", verb="wake", service="nap", arguments={}, source="cli", at_ms=now_ms
        )
    )


async def _have(day: Day) -> None:
    now_ms = day.clock.now_ms()
    await day.run(lambda db: recorder.finish_intent(db, 1, "done", {}, now_ms))


async def _die(day: Day) -> None:
    day.watching = False


def _does(job: Callable[[Database, int], object]) -> Callable[[Day], Any]:
    async def do(day: Day) -> None:
        now_ms = day.clock.now_ms()
        await day.run(lambda db: job(db, now_ms))

    return do


_STORY: tuple[tuple[int, Callable[[Day], Any]], ...] = (
    (60, _falls_ill("blog", bad)),
    (64, _is_well("blog")),
    (120, _falls_ill("gateway", bad)),
    (121, _falls_ill("shop", partial(bad, error="HTTP 502"))),
    (126, _acknowledge),
    (128, _note),
    (132, _is_well("gateway")),
    (133, _is_well("shop")),
    (135, _falls_ill("gateway", bad)),
    (137, _is_well("gateway")),
    (180, _silence),
    (185, _falls_ill("blog", bad)),
    (190, _is_well("blog")),
    (205, _end_silence),
    (230, _falls_ill("nap", waking)),
    (231, _is_well("nap")),
    (255, _die),
    (280, Day.start_engine),
    (300, partial(Day.pause, name="shop", paused=True)),
    (310, partial(Day.pause, name="shop", paused=False)),
    (320, _want),
    (322, _have),
    (330, _falls_ill("blog", slow)),
    (340, _is_well("blog")),
    *((minute, _does(job)) for minute, job in (*KEEPING_STORY, *VIDEO_STORY)),
)


def answers(reader: Reader, now_ms: int) -> dict[str, Any]:
    """Everything that screens and commands ask for at an instant."""
    services = reader.services()
    overview = gather(reader, now_ms)
    check = services[0].checks[0].key if services else 0
    incidents = reader.incidents()
    return {
        "services": [_kept(one) for one in services],
        "engine": reader.engine(),
        "watching": _watches(reader.engine(), now_ms),
        "health": overview.health,
        "vitals": [
            (one.uptime_24h, one.uptime_30d, one.last_hour, one.health) for one in overview.services
        ],
        "cells": reader.state_cells(now_ms - 4 * HOUR_MS, now_ms, 48),
        "state times": reader.state_times(now_ms - DAY_MS, now_ms),
        "bad windows": reader.bad_windows(now_ms, (300, 3_600, 21_600)),
        "failed looks": reader.failed_looks(now_ms - HOUR_MS, now_ms),
        "chart of an hour": reader.series(check, now_ms - HOUR_MS, now_ms, 60),
        "chart of a day": reader.series(check, now_ms - DAY_MS, now_ms, 96),
        "chart of a quarter": reader.series(check, now_ms - 90 * DAY_MS, now_ms, 24),
        "summary": reader.summary(check, now_ms - DAY_MS, now_ms),
        "summaries": reader.summaries(now_ms - 6 * HOUR_MS, now_ms),
        "alerts": reader.alerts(),
        "open alerts": reader.alerts(open_only=True),
        "incidents": incidents,
        "open incidents": reader.incidents(open_only=True),
        "their alerts": [reader.incident_alerts(one.id) for one in incidents],
        "their stories": [reader.incident_timeline(one.id) for one in incidents],
        "notes": [reader.notes(one.id) for one in incidents],
        "notices": reader.notices(),
        "messages": reader.messages(),
        "channels": reader.channels(),
        "silences": reader.silences(),
        "silences now": reader.silences(active_at_ms=now_ms),
        "timeline": reader.timeline(now_ms - DAY_MS, now_ms),
        "failures": [reader.failures(one.id) for one in services],
        "cold starts": [reader.cold_starts(one.id) for one in services],
        **keeping_answers(reader, now_ms),
        **video_answers(reader, now_ms),
    }


def _watches(engine: EngineRecord | None, now_ms: int) -> bool:
    return engine is not None and now_ms - engine.beat_ms <= MINUTE_MS


def _kept(one: ServiceRecord) -> ServiceRecord:
    """A service without what the store keeps no history of."""
    return replace(
        one, checks=tuple(map(_kept_check, one.checks)), last_wake_ms=None, next_wake_ms=None
    )


def _kept_check(check: CheckRecord) -> CheckRecord:
    failed = check.outcome is Outcome.FAIL and check.state is not State.WAKING
    return replace(
        check,
        reason="",
        error=check.error if failed else "",
        phase=check.phase if failed else None,
        timings=check.timings if failed else PhaseTimings(),
        next_ms=None,
        certificate_ends_ms=None,
    )
