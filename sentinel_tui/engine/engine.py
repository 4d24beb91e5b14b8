"""The engine: one process that watches, whoever else comes and goes."""

from __future__ import annotations

import asyncio
import logging
import os
import resource
import signal
import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict
from functools import partial

from sentinel_tui import __version__
from sentinel_tui.clock import Clock, SystemClock
from sentinel_tui.config.loader import load
from sentinel_tui.config.model import Config
from sentinel_tui.config.orders import orders_for
from sentinel_tui.domain.monitoring.judgement import service_state
from sentinel_tui.domain.records import EngineRecord, EntryKind
from sentinel_tui.engine import logs
from sentinel_tui.engine.control import ControlServer, Json
from sentinel_tui.engine.crew import Crew
from sentinel_tui.engine.edges import Edges
from sentinel_tui.engine.lock import EngineLock
from sentinel_tui.engine.owner_verbs import OwnerVerbs
from sentinel_tui.engine.parts import Parts
from sentinel_tui.engine.restoring import Memory, enlist, remember, restore
from sentinel_tui.engine.systemd import notify
from sentinel_tui.engine.verbs import Verbs
from sentinel_tui.errors import EngineError, SentinelError
from sentinel_tui.paths import Paths
from sentinel_tui.store.recorder import abandon_intents, add_event, add_gap
from sentinel_tui.store.recorder import beat as write_row
from sentinel_tui.store.writer import Holder, StoreWriter

log = logging.getLogger(__name__)

FAILED, STORE_LOST = 1, 70
"""Exit codes: the engine failed in itself; the store is no longer its own."""

_FAREWELL_S = 1.0
_SHORTEST_GAP_MS = 30_000


class Engine:
    """Watches what the configuration names, from `start` to `stop`."""

    def __init__(self, paths: Paths, parts: Parts, edges: Edges, config: Config) -> None:
        """Put together, not started: see `start`."""
        self.exit_code = 0
        self.stopping = asyncio.Event()
        self.parts = parts
        self._config = config
        self._started_ms = parts.clock.now_ms()
        self._host = socket.gethostname()
        self._stopped_ms: int | None = None
        self._crew = Crew(
            paths,
            parts,
            edges,
            config,
            take_over=self._take_over,
            describe=self.describe,
            lose_store=self._lose_store,
        )
        owner = OwnerVerbs(
            parts.clock,
            parts.writer,
            parts.maintaining,
            parts.recording,
            self._crew.notifier.nudge,
        )
        verbs = Verbs(
            parts,
            owner,
            self._crew.acting.verbs,
            self._crew.videos.verbs,
            self._crew.reception.verbs,
            self._crew.reload,
            self.status,
            self.stopping.set,
        )
        self._control = ControlServer(paths.socket, verbs.answer)

    @classmethod
    async def start(
        cls, paths: Paths, clock: Clock, config: Config, writer: StoreWriter, edges: Edges
    ) -> Engine:
        """Take up where an earlier engine left off, and watch.

        Args:
            paths: The watch's files; the caller holds their lock.
            clock: The time.
            config: What to watch.
            writer: The store's writing side, which stays the caller's to close.
            edges: The ways out.

        Raises:
            EngineError: There can be no control socket.
            StoreError: The store cannot be written.
        """
        writer.orders = orders_for(config)
        known = await enlist(writer, config)
        memory = await remember(paths, writer, config, clock.now_ms())
        parts = Parts(clock, writer, memory, edges)
        parts.apply(config, known.keys, known.states)
        restore(parts.watch, memory)
        await parts.maintaining.load()
        engine = cls(paths, parts, edges, config)
        await engine._crew.acting.tunings.load()
        engine._note_start(memory)
        await engine._control.start()
        engine._crew.start()
        return engine

    async def stop(self) -> None:
        """Record what was seen, say goodbye, and end; within about a second."""
        notify("STOPPING=1")
        await self._control.stop()
        await self._crew.stop()
        self._stopped_ms = self.parts.clock.now_ms()
        record = self.describe()
        self.parts.recording.note(lambda db: write_row(db, record))
        self._add_event("Sentinel stopped")
        try:
            async with asyncio.timeout(_FAREWELL_S):
                await self.parts.recording.flush()
        except Exception as error:
            log.error("not everything could be recorded: %s", error)
        await self._crew.dismiss()

    def reload_soon(self) -> None:
        """Take the configuration over with the next look at its file."""
        self._crew.reload.forget()

    def describe(self) -> EngineRecord:
        """The engine as it is."""
        recording = self.parts.recording
        return EngineRecord(
            pid=os.getpid(),
            host=self._host,
            version=__version__,
            started_ms=self._started_ms,
            beat_ms=self.parts.clock.now_ms(),
            stopped_ms=self._stopped_ms,
            lag_s=round(self.parts.probing.lag_s(), 3),
            config_error=self._crew.reload.error,
            trouble=recording.trouble or self.parts.writer.trouble,
            workers=self._crew.records(),
        )

    def status(self) -> Json:
        """The engine as it is, and what each service shows, as plain values."""
        services = self.parts.watch.services.values()
        return {
            **asdict(self.describe()),
            "waiting": self.parts.recording.waiting,
            "given_up": self.parts.recording.given_up,
            "offline_since_ms": self.parts.sight.offline_since_ms,
            "waits_for": self.parts.sight.waits_for,
            "services": {one.id: service_state(one.states) for one in services},
        }

    async def _take_over(self, config: Config) -> None:
        self.parts.writer.orders = orders_for(config)
        known = await enlist(self.parts.writer, config)
        self.parts.apply(config, known.keys, known.states)
        self._crew.go_by(config)
        for option in _only_at_start(self._config, config):
            self._add_event(f"{option} changed; it counts from Sentinel's next start")
        self._config = config

    def _note_start(self, memory: Memory) -> None:
        self._add_event(f"Sentinel {__version__} started")
        for notice in self.parts.writer.notices:
            self._add_event(notice)
        self.parts.recording.note(partial(abandon_intents, before_ms=self._started_ms))
        since_ms = memory.last_beat_ms
        if since_ms is not None and self._started_ms - since_ms > _SHORTEST_GAP_MS:
            self.parts.recording.note(
                partial(
                    add_gap,
                    from_ms=since_ms,
                    to_ms=self._started_ms,
                    reason="Sentinel was not watching",
                )
            )

    def _add_event(self, text: str) -> None:
        self.parts.recording.note(
            partial(add_event, at_ms=self.parts.clock.now_ms(), kind=EntryKind.ENGINE, text=text)
        )

    def _lose_store(self) -> None:
        log.critical("the store is no longer ours; stopping")
        self.exit_code = STORE_LOST
        self.stopping.set()


async def run_engine(paths: Paths, clock: Clock) -> int:
    """Watch until somebody says stop.

    Args:
        paths: The watch's files.
        clock: The time.

    Returns:
        The exit code.

    Raises:
        EngineBusy: Another engine watches this store.
        ConfigError: The configuration cannot be used.
        StoreError: The store cannot be opened.
    """
    lock = EngineLock.take(paths.lock, clock.now_ms())
    try:
        config = _load(paths)
        writer = StoreWriter.open(paths, clock, config.retention, Holder.here())
        try:
            return await _watch(paths, clock, config, writer)
        finally:
            writer.close()
    finally:
        lock.release()


def main(paths: Paths, *, foreground: bool = False) -> int:
    """Be the engine of a store until somebody says stop.

    Args:
        paths: The watch's files.
        foreground: Whether somebody reads standard error.

    Returns:
        The exit code.

    Raises:
        SentinelError: It could not start, and the message says why.
    """
    # Until there is an event loop to hear it: a lost terminal must not end a starting engine.
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    os.umask(0o077)
    with suppress(OSError, ValueError):
        # A core dump would hold every secret.
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    try:
        paths.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
        logs.set_up(paths.log, foreground=foreground)
    except OSError as error:
        raise EngineError(
            f"{error.filename} cannot be written: {error.strerror}",
            "choose a folder of your own with --data-dir",
        ) from None
    try:
        return asyncio.run(run_engine(paths, SystemClock()))
    except SentinelError:
        raise
    except Exception:
        log.exception("the engine failed")
        return FAILED


async def _watch(paths: Paths, clock: Clock, config: Config, writer: StoreWriter) -> int:
    # Imported late: whoever only asks the engine something needs no network library.
    from sentinel_tui.probes.prober import Prober

    async with Prober(clock=clock, user_agent=config.engine.user_agent) as prober:
        engine = await Engine.start(paths, clock, config, writer, Edges(prober.look))
        with _signals_reach(engine):
            notify("READY=1")
            await engine.stopping.wait()
            await engine.stop()
        return engine.exit_code


@contextmanager
def _signals_reach(engine: Engine) -> Iterator[None]:
    """SIGTERM and SIGINT stop the engine; SIGHUP, which a lost terminal sends too, reloads."""
    loop = asyncio.get_running_loop()
    actions = {
        signal.SIGTERM: engine.stopping.set,
        signal.SIGINT: engine.stopping.set,
        signal.SIGHUP: engine.reload_soon,
    }
    for number, action in actions.items():
        loop.add_signal_handler(number, action)
    try:
        yield
    finally:
        for number in actions:
            loop.remove_signal_handler(number)


def _only_at_start(before: Config, after: Config) -> list[str]:
    """Which of the options that count only at the start are others now."""
    changed = []
    if before.engine.user_agent != after.engine.user_agent:
        changed.append("engine.user_agent")
    if before.retention.max_store_mb != after.retention.max_store_mb:
        changed.append("retention.max_store_mb")
    return changed


def _load(paths: Paths) -> Config:
    loaded = load(paths.config)
    for warning in loaded.warnings:
        log.warning("%s", warning)
    return loaded.config
