"""A recorded past for the screen: looks judged and stored through the real writer, all at once."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial

from sentinel_tui.clock import FakeClock
from sentinel_tui.config.model import Config, RetentionOptions
from sentinel_tui.config.orders import orders_for
from sentinel_tui.config.thresholds import thresholds_for
from sentinel_tui.domain.monitoring.dependencies import RAISE, Ruling
from sentinel_tui.domain.monitoring.judgement import judge
from sentinel_tui.domain.monitoring.observations import (
    FailurePhase,
    Observation,
    Outcome,
    PhaseTimings,
    WakeHint,
)
from sentinel_tui.domain.monitoring.states import CheckState, Thresholds
from sentinel_tui.domain.records import EntryKind
from sentinel_tui.paths import Paths
from sentinel_tui.store import recorder
from sentinel_tui.store.rollups import roll_up
from sentinel_tui.store.writer import Database, Holder, StoreWriter
from sentinel_tui.text import clean_block, clean_text

NOW_MS = 1_800_014_400_000
"""The present of every test: noon of a day, UTC."""

MINUTE_MS = 60_000
HOUR_MS = 60 * MINUTE_MS
EVERY_MS = 30_000

CONFIG = Config.model_validate(
    {
        "services": [
            {
                "id": "curator",
                "name": "Curator",
                "role": "curator",
                "url": "https://curator.example.com/health",
                "tags": ["render"],
                "sleeps": {"after": "15m", "expected_wake": "30s"},
            },
            {
                "id": "monetizer",
                "name": "Monetizer",
                "role": "monetizer",
                "url": "https://pay.example.com/health",
            },
            {
                "id": "public",
                "name": "Public site",
                "role": "public",
                "url": "https://www.example.com/",
                "depends_on": ["monetizer"],
                "checks": [{"kind": "tls", "host": "www.example.com", "interval": "1h"}],
            },
            {
                "id": "sentinel",
                "name": "Sentinel",
                "checks": [{"kind": "heartbeat", "every": "1m"}],
            },
        ]
    }
)

HOSTILE = (
    "[bold red]x[/] [@click=app.quit]go[/] [/nope] \x1b[2J\x1b]52;c;aGk=\x1b\\ \x9b31m "
    "\u202egnp.exe\u202c e\u0301\u0301\u0301\u0301 漢字 😀 مرحبا " + "long " * 2_000
)
HOSTILE_CONFIG = Config.model_validate(
    {
        "services": [
            {
                "id": f"service-{number}",
                "name": clean_text(HOSTILE[start:], 60),
                "url": "https://example.com/",
                "tags": ["[b]tag[/b]"],
            }
            for number, start in enumerate((0, 20, 60, 90))
        ]
    }
)


@dataclass(frozen=True)
class Trouble:
    """A stretch in which a service fails, drags or sleeps."""

    service: str
    start_ms: int
    end_ms: int
    how: str


ORDINARY = (
    Trouble("public", NOW_MS - 9 * HOUR_MS, NOW_MS - 8 * HOUR_MS - 20 * MINUTE_MS, "status"),
    Trouble("public", NOW_MS - 12 * MINUTE_MS, NOW_MS + HOUR_MS, "status"),
    Trouble("monetizer", NOW_MS - 40 * MINUTE_MS, NOW_MS + HOUR_MS, "slow"),
    Trouble("curator", NOW_MS - 5 * HOUR_MS, NOW_MS - 5 * HOUR_MS + MINUTE_MS, "waking"),
    Trouble("curator", NOW_MS - 11 * HOUR_MS, NOW_MS - 11 * HOUR_MS + 2 * MINUTE_MS, "waking"),
)


@dataclass
class Past:
    """What an engine would have recorded until `end_ms`, in a store of its own."""

    paths: Paths
    config: Config = CONFIG
    troubles: tuple[Trouble, ...] = ORDINARY
    end_ms: int = NOW_MS
    hours: int = 14
    error: str = "status 500 is not in 200-299"
    kept: str = "<html>\n<h1>Internal Server Error</h1>\n</html>"
    keys: dict[tuple[str, str], int] = field(default_factory=dict)

    def write(self) -> None:
        """Write all of it."""
        writer = self.open()
        asyncio.run(self._write(writer))
        writer.close()

    def open(self) -> StoreWriter:
        """The store, opened to write into it."""
        clock = FakeClock(self.end_ms)
        writer = StoreWriter.open(self.paths, clock, RetentionOptions(), Holder.here())
        writer.orders = orders_for(self.config)
        return writer

    async def _write(self, writer: StoreWriter) -> None:
        services = self.config.services
        self.keys = dict(await writer.run(lambda db: recorder.register(db, services)))
        await writer.run(self._looks)
        await writer.run(partial(roll_up, now_ms=self.end_ms))
        await writer.run(self._marks)

    def _looks(self, db: Database) -> None:
        rules: dict[tuple[str, str], Thresholds] = {}
        states: dict[str, dict[str, CheckState]] = {}
        for service in self.config.services:
            for check in service.all_checks:
                name = check.name or check.kind
                rules[service.id, name] = thresholds_for(service, check)
                states.setdefault(service.id, {})[name] = CheckState()
        for at_ms in self._ticks():
            self.before(db, at_ms)
            pairs = []
            for (service, check), its_rules in rules.items():
                seen = self._look(service, check, at_ms)
                ruling = self.ruling(service, states)
                judged = judge(service, check, states[service], seen, its_rules, ruling=ruling)
                states[service][check] = judged.state
                pairs.append((self.keys[service, check], judged))
            recorder.record(db, pairs, at_ms)
        self.after(db, states)

    def before(self, db: Database, at_ms: int) -> None:
        """What happened until this look; nothing that is recorded here."""

    def ruling(self, service: str, states: Mapping[str, Mapping[str, CheckState]]) -> Ruling:
        """What becomes of alarms about a service."""
        return RAISE

    def after(self, db: Database, states: Mapping[str, Mapping[str, CheckState]]) -> None:
        """What follows the last look."""

    def _ticks(self) -> Iterator[int]:
        """Every five minutes long ago, every half minute in the last hour."""
        at_ms = self.end_ms - self.hours * HOUR_MS
        while at_ms < self.end_ms:
            yield at_ms
            recent = at_ms >= self.end_ms - HOUR_MS
            at_ms += EVERY_MS if recent or self._troubled(at_ms) else 5 * MINUTE_MS

    def _troubled(self, at_ms: int) -> bool:
        return any(
            one.start_ms - 5 * MINUTE_MS <= at_ms < one.end_ms + 5 * MINUTE_MS
            for one in self.troubles
        )

    def _look(self, service: str, check: str, at_ms: int) -> Observation:
        how = next(
            (
                one.how
                for one in self.troubles
                if check in ("http", "heartbeat")
                and one.service == service
                and one.start_ms <= at_ms < one.end_ms
            ),
            "",
        )
        latency_ms = _latency_ms(service, at_ms) * (4.5 if how == "slow" else 1.0)
        timings = PhaseTimings(
            dns_ms=latency_ms * 0.06,
            connect_ms=latency_ms * 0.16,
            tls_ms=latency_ms * 0.22,
            first_byte_ms=latency_ms * 0.5,
            body_ms=latency_ms * 0.06,
            total_ms=latency_ms,
        )
        if how in ("status", "waking"):
            waking = how == "waking"
            return Observation(
                at_ms,
                Outcome.FAIL,
                timings,
                phase=FailurePhase.ASSERTION,
                status=429 if waking else 500,
                error=clean_text(self.error),
                kept="" if waking else clean_block(self.kept),
                address="203.0.113.7",
                wake_hint=WakeHint.HIBERNATING if waking else None,
            )
        outcome = Outcome.SLOW if how == "slow" else Outcome.OK
        return Observation(at_ms, outcome, timings, latency_ms=latency_ms, status=200)

    def _marks(self, db: Database) -> None:
        for service in self.config.services:
            if service.sleeps is not None:
                recorder.set_wake(
                    db, service.id, self.end_ms - 2 * MINUTE_MS, self.end_ms + 3 * MINUTE_MS
                )
        recorder.add_event(
            db, self.end_ms - 13 * HOUR_MS, EntryKind.ENGINE, "engine 4711 started", ""
        )


def _latency_ms(service: str, at_ms: int) -> float:
    """A latency by time of day, with a little of what never stands still."""
    base = 40.0 + 37.0 * (sum(service.encode()) % 5)
    day = 1 + 0.5 * math.sin(at_ms / (4 * HOUR_MS))
    jitter = 1 + 0.15 * math.sin(at_ms / 17_000) + 0.1 * math.sin(at_ms / 41_000)
    return round(base * day * jitter, 3)
