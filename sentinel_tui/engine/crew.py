"""The engine's workers: who they are, what they go by, and how they do."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace

from sentinel_tui.config.model import Config
from sentinel_tui.config.orders import objectives_for
from sentinel_tui.domain.records import EngineRecord, WorkerRecord
from sentinel_tui.engine.acting.acting import Acting
from sentinel_tui.engine.edges import Edges
from sentinel_tui.engine.ingest.reception import Reception
from sentinel_tui.engine.parts import Parts
from sentinel_tui.engine.supervisor import Supervisor
from sentinel_tui.engine.videos import Videos
from sentinel_tui.engine.workers.baseline import Baseline
from sentinel_tui.engine.workers.budgets import Budgets
from sentinel_tui.engine.workers.dead_man import DeadMan
from sentinel_tui.engine.workers.heartbeat import Deadlines, EngineBeat
from sentinel_tui.engine.workers.notifier import Notifier
from sentinel_tui.engine.workers.reload import Reload
from sentinel_tui.engine.workers.rollup import Rollup
from sentinel_tui.engine.workers.watchdog import Watchdog
from sentinel_tui.paths import Paths

_RECORDING, _PROBING, _DEAD_MAN, _RENDER = "recording", "probing", "heartbeat", "render"
_LIVE_LOOP_S = 5.0
_COMMITTED_S = 30.0
_HEALTHY_LAG_S = 30.0


class Crew:
    """Everybody who works in the engine.

    Attributes:
        reload: Takes changes of the configuration over.
        notifier: Sends what is to be told.
        acting: Acts on services, as far as the owner allows.
        videos: Reads videos, and has them studied.
        reception: Takes what services, pages and players tell.
    """

    def __init__(
        self,
        paths: Paths,
        parts: Parts,
        edges: Edges,
        config: Config,
        *,
        take_over: Callable[[Config], Awaitable[None]],
        describe: Callable[[], EngineRecord],
        lose_store: Callable[[], None],
    ) -> None:
        """Put the workers together; nobody works yet.

        Args:
            paths: The watch's files.
            parts: The engine's parts.
            edges: The ways out.
            config: What to go by.
            take_over: Takes a changed configuration over.
            describe: How the engine is.
            lose_store: Told when this engine may no longer write to the store.
        """
        clock, writer, own_alerts = parts.clock, parts.writer, parts.own_alerts
        self._parts = parts
        self._edges = edges
        self._supervisor = Supervisor(clock, own_alerts.tell)
        self._beat = EngineBeat(clock, writer, describe, lose_store)
        self.reload = Reload(clock, paths.config, take_over)
        self._rollup = Rollup(paths, clock, writer, own_alerts, config)
        self.notifier = Notifier(
            clock,
            writer,
            {},
            own_alerts,
            config.display.time_zone,
            lambda: parts.sight.offline_since_ms is not None,
        )
        self._baseline = Baseline(clock, parts.watch, writer)
        self._budgets = Budgets(
            paths, clock, parts.watch, own_alerts, parts.dependents.rule_service
        )
        self._dead_man = DeadMan(clock, self.ailment)
        self.acting = Acting(paths, parts, config)
        self.videos = Videos(paths, parts, edges)
        self.reception = Reception(
            paths,
            parts,
            config,
            noticed=self.videos.libraries.notice,
            describe=describe,
            ailment=self.ailment,
        )
        self.go_by(config)

    def go_by(self, config: Config) -> None:
        """Work by a configuration from now on."""
        channels = self._edges.channels(config, self._parts.clock)
        self.notifier.use(channels, config.display.time_zone)
        self._rollup.config = config
        self._budgets.objectives = objectives_for(config)
        self._dead_man.options = config.heartbeat
        self.acting.go_by(config)
        self.videos.go_by(config)
        self.reception.go_by(config)

    def start(self) -> None:
        """Have everybody work."""
        parts = self._parts
        watchdog = Watchdog(
            parts.clock,
            parts.watch,
            parts.scheduler,
            parts.clockwatch,
            parts.pausing,
            parts.own_alerts,
            parts.sight.ready,
        )
        deadlines = Deadlines(
            parts.clock,
            parts.watch,
            parts.observer,
            lambda: parts.listening_since_s,
            parts.probing.lag_s,
        )
        workers = {
            _RECORDING: parts.recording.run,
            "own network": parts.sight.run,
            _PROBING: parts.probing.run,
            "keep-alive": parts.keep_alive.run,
            "parents": parts.parents.run,
            "dependents": parts.dependents.run,
            "planned sleep": parts.resting.run,
            "maintenance": parts.maintaining.run,
            "watchdog": watchdog.run,
            "deadlines": deadlines.run,
            "notifier": self.notifier.run,
            "baseline": self._baseline.run,
            "budgets": self._budgets.run,
            _DEAD_MAN: self._dead_man.run,
            "beat": self._beat.run,
            "reload": self.reload.run,
            "rollup": self._rollup.run,
            **parts.keeping.workers,
            **self.acting.workers,
            **self.videos.workers,
            **self.reception.workers,
        }
        for name, work in workers.items():
            self._supervisor.start(name, work)

    async def stop(self) -> None:
        """Have everybody stop but the one who records what the others saw to the last."""
        await self._supervisor.stop(but=_RECORDING)

    async def dismiss(self) -> None:
        """Have the last one stop too."""
        await self._supervisor.stop()
        self._parts.sight.close()

    def records(self) -> tuple[WorkerRecord, ...]:
        """The workers as they stand, with what keeps them from their work without their fault."""
        held_up = {
            _PROBING: self._parts.sight.waits_for,
            _DEAD_MAN: self._dead_man.trouble,
            _RENDER: self._parts.hosted.trouble,
            **self.videos.troubles,
            **self.reception.troubles,
        }
        return tuple(
            replace(one, error=one.error or held_up.get(one.name, ""))
            for one in self._supervisor.records()
        )

    def ailment(self) -> str:
        """What keeps the engine from being well, in a few words, or empty."""
        parts = self._parts
        now_s = parts.clock.elapsed_s()
        ailments = (
            (now_s - parts.clockwatch.glanced_s >= _LIVE_LOOP_S, "Sentinel is held up"),
            (now_s - self._beat.written_s >= _COMMITTED_S, "the store takes nothing"),
            (bool(parts.recording.trouble or parts.writer.trouble), "the store is in trouble"),
            (parts.probing.lag_s() >= _HEALTHY_LAG_S, "looks start late"),
            (not parts.sight.ready.is_set(), "no look was begun yet"),
            (parts.sight.offline_since_ms is not None, "Sentinel is offline"),
        )
        return next((words for holds, words in ailments if holds), "")
