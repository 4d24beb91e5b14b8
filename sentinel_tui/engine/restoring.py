"""What an engine finds in the store when it starts: everything its predecessor knew."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from functools import partial

from sentinel_tui.config.model import Config
from sentinel_tui.domain.keepalive.hours_ledger import month_of
from sentinel_tui.domain.monitoring.states import CheckState
from sentinel_tui.domain.records import AlertRecord
from sentinel_tui.domain.video.catalog import LibraryRole
from sentinel_tui.engine.hosted import HostedPast
from sentinel_tui.engine.keeping import KeepingPast
from sentinel_tui.engine.ledger import LedgerPast
from sentinel_tui.engine.modes import ModesPast
from sentinel_tui.engine.pausing import paused_until_ms
from sentinel_tui.engine.watch import CheckId, Watch
from sentinel_tui.paths import Paths
from sentinel_tui.store.database import Database
from sentinel_tui.store.queries import Reader
from sentinel_tui.store.recorder import last_beat_ms, load_states, register, register_channels
from sentinel_tui.store.videos import register_libraries
from sentinel_tui.store.writer import StoreWriter

_MOST_OPEN_ALERTS = 10_000
_MOST_DEPLOYS = 20
_COLD_STARTS_KEPT = 60
_LAST_USE_MS = 14 * 86_400_000
"""Whoever was not used for longer counts as never used (`use.recency`)."""


@dataclass(frozen=True, slots=True)
class Registered:
    """What the store knows of the configured checks.

    Attributes:
        keys: The store's numbers for them.
        states: What they were in.
    """

    keys: Mapping[CheckId, int]
    states: Mapping[CheckId, CheckState]


@dataclass(frozen=True, slots=True)
class Memory:
    """What else is left of an earlier engine.

    Attributes:
        last_beat_ms: When it last showed life, or None when there never was one.
        open_alerts: Alerts that are open.
        wakes_ms: Of each service, when it was last woken and when it would be woken next.
        pauses_ms: Of each service with a timed pause, when that ends.
        suppressed: Of each service that is shown as suppressed, by which.
        keeping: What it knew of keeping awake.
    """

    last_beat_ms: int | None
    open_alerts: Sequence[AlertRecord]
    wakes_ms: Mapping[str, tuple[int | None, int | None]]
    pauses_ms: Mapping[str, int]
    suppressed: Mapping[str, str]
    keeping: KeepingPast


async def enlist(writer: StoreWriter, config: Config) -> Registered:
    """Bring the store in line with a configuration, and read what it knows of its checks."""
    return await writer.run(partial(_enlist, config=config), durable=True)


async def remember(paths: Paths, writer: StoreWriter, config: Config, now_ms: int) -> Memory:
    """Read what is left of an earlier engine, once its services are registered."""
    ids = [service.id for service in config.services]
    beat_ms, pauses_ms = await writer.run(partial(_read_marks, services=ids))
    with closing(Reader(paths)) as reader:
        services = reader.services()
        return Memory(
            last_beat_ms=beat_ms,
            open_alerts=reader.alerts(open_only=True, limit=_MOST_OPEN_ALERTS),
            wakes_ms={one.id: (one.last_wake_ms, one.next_wake_ms) for one in services},
            pauses_ms=pauses_ms,
            suppressed={one.id: one.suppressed_by for one in services if one.suppressed_by},
            keeping=_read_keeping(reader, config, beat_ms, now_ms),
        )


def restore(watch: Watch, memory: Memory) -> None:
    """Give the services under watch what is remembered of them."""
    for service in watch.services.values():
        service.last_wake_ms, service.next_wake_ms = memory.wakes_ms.get(service.id, (None, None))
        service.paused_until_ms = memory.pauses_ms.get(service.id) if service.paused else None


def _read_keeping(reader: Reader, config: Config, beat_ms: int | None, now_ms: int) -> KeepingPast:
    hosted = [one.id for one in config.services if one.render_service_id]
    costly = [one.id for one in config.services if one.costs_hours]
    visits = [reader.visits(service, now_ms - _LAST_USE_MS) for service in costly]
    cold_starts = [
        one
        for service in config.services
        if service.sleeps is not None
        for one in reversed(reader.cold_starts(service.id, limit=_COLD_STARTS_KEPT))
    ]
    month = month_of(now_ms)
    return KeepingPast(
        hosted=HostedPast(
            services=tuple(reader.hosted().values()),
            deploys=tuple(
                deploy
                for service in hosted
                for deploy in reader.deploys(service, limit=_MOST_DEPLOYS)
            ),
        ),
        ledger=LedgerPast(
            stretches=tuple(reader.awake(month.start_ms, month.end_ms)) if costly else (),
            correction=reader.correction(),
            last_use_ms={known[-1].service: known[-1].at_ms for known in visits if known},
            unwatched_since_ms=beat_ms,
        ),
        modes=ModesPast(
            settings=tuple(reader.mode_settings(active_at_ms=now_ms)), last=reader.modes()
        ),
        record=reader.plan() if costly else None,
        cold_starts=tuple(cold_starts),
    )


def _enlist(db: Database, config: Config) -> Registered:
    register_channels(db, [(channel.name, channel.kind) for channel in config.channels])
    libraries = config.videos.libraries
    register_libraries(db, {one.name: LibraryRole(one.role) for one in libraries})
    return Registered(register(db, config.services), load_states(db))


def _read_marks(db: Database, services: Sequence[str]) -> tuple[int | None, dict[str, int]]:
    pauses_ms = {
        service: until_ms
        for service in services
        if (until_ms := paused_until_ms(db, service)) is not None
    }
    return last_beat_ms(db), pauses_ms
