"""The engine's parts, put together, and what concerns all of them at once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import partial

from sentinel_tui.clock import Clock
from sentinel_tui.config.checks import Check
from sentinel_tui.config.model import Config
from sentinel_tui.config.orders import windows_for
from sentinel_tui.domain.monitoring.alerts import Rule, fingerprint
from sentinel_tui.domain.monitoring.states import CheckState
from sentinel_tui.domain.records import EntryKind
from sentinel_tui.engine.agenda import Agenda
from sentinel_tui.engine.clockwatch import ClockWatch, Lapse
from sentinel_tui.engine.dependents import Dependents
from sentinel_tui.engine.edges import Edges
from sentinel_tui.engine.keeping import Keeping
from sentinel_tui.engine.maintaining import Maintaining
from sentinel_tui.engine.observer import Observer
from sentinel_tui.engine.own_alerts import OwnAlerts
from sentinel_tui.engine.pausing import Pausing
from sentinel_tui.engine.recording import Recording
from sentinel_tui.engine.resting import Resting
from sentinel_tui.engine.restoring import Memory
from sentinel_tui.engine.scheduler import Scheduler
from sentinel_tui.engine.sight import Sight
from sentinel_tui.engine.watch import CheckId, Watch, shortest_interval_s
from sentinel_tui.engine.workers.keep_alive import KeepAlive
from sentinel_tui.engine.workers.parents import Parents
from sentinel_tui.engine.workers.probing import Probing
from sentinel_tui.store.recorder import add_event, add_gap, resolve_gone
from sentinel_tui.store.writer import StoreWriter

_OF_A_SERVICE = (Rule.BUDGET, Rule.COLD_START, Rule.ACTION, Rule.HOSTING)
"""Alerts of Sentinel's own finding that are about a service as a whole."""


class Parts:
    """What the engine is made of.

    Attributes:
        clock: The time.
        writer: The store's writing side.
        watch: What is being watched.
        scheduler: When each check looks next.
        recording: The way into the store.
        clockwatch: Whether time behaves.
        own_alerts: Alerts about Sentinel itself.
        sight: Whether Sentinel's own network is there.
        observer: One look from beginning to end.
        probing: The worker that looks.
        keep_alive: The worker that wakes.
        parents: The worker that looks at parents.
        dependents: Whose alarm it is.
        pausing: Pauses and resumes.
        keeping: Who is kept awake, and in which mode each service is.
        hosted: What the hosting platform says.
        modes: Which mode each service is in.
        resting: Planned sleep.
        maintaining: Silences and maintenance.
    """

    def __init__(self, clock: Clock, writer: StoreWriter, memory: Memory, edges: Edges) -> None:
        """Put the parts together; nothing is watched yet.

        Args:
            clock: The time.
            writer: The store's writing side.
            memory: What an earlier engine left.
            edges: The ways out.
        """
        self.clock = clock
        self.writer = writer
        self.watch = Watch(clock)
        self.scheduler: Scheduler[CheckId] = Scheduler()
        self.recording = Recording(writer, clock)
        self.recording.upcoming_ms = Agenda(clock, self.watch, self.scheduler).changes_ms
        self.clockwatch = ClockWatch(clock, self._lapsed)
        self.own_alerts = OwnAlerts(self.recording, memory.open_alerts)
        self.sight = Sight(
            clock, self.recording, self.own_alerts, edges.ask, self._targets, self._see_again
        )
        self.observer = Observer(
            clock, self.watch, self.scheduler, self.recording, self.clockwatch, edges.look
        )
        ready = self.sight.ready
        self.probing = Probing(clock, self.watch, self.scheduler, self.observer, ready)
        self.keep_alive = KeepAlive(clock, self.watch, self.observer, self.recording, ready)
        self.parents = Parents(clock, self.watch, self.probing.look_now)
        self.dependents = Dependents(clock, self.watch, self.scheduler, self.recording)
        self.pausing = Pausing(clock, self.watch, self.scheduler, self.recording)
        self.keeping = Keeping(
            clock,
            self.watch,
            writer,
            self.recording,
            self.own_alerts,
            edges,
            memory.keeping,
            lambda: self.sight.offline_since_ms is not None,
        )
        self.hosted, self.modes = self.keeping.hosted, self.keeping.modes
        self.resting = Resting(
            clock, self.watch, self.scheduler, self.recording, self.hosted.running
        )
        self.modes.steer(self.probing, self.resting, self.keep_alive)
        self.maintaining = Maintaining(clock, self.watch, self.scheduler, self.recording, writer)
        self.observer.doubt = self.sight.vouch
        self.observer.ruling = self.dependents.ruling
        self.keep_alive.asked.append(self.keeping.ledger.asked_for)
        self.observer.beginners.append(self.keeping.ledger.begun)
        self.observer.listeners += [
            self.keeping.ledger.heard,
            self.keeping.foresight.heard,
            self.keep_alive.heard,
            self.dependents.heard,
            self.parents.heard,
        ]
        self.dependents.remember(memory.open_alerts, memory.suppressed)
        for alert in memory.open_alerts:
            if alert.rule is Rule.OFFLINE:
                self.sight.remember(alert.opened_ms)

    @property
    def listening_since_s(self) -> float:
        """Elapsed time since which nothing was missed by our own fault."""
        return max(self.clockwatch.watching_since_s, self.sight.back_s)

    def apply(
        self,
        config: Config,
        keys: Mapping[CheckId, int],
        states: Mapping[CheckId, CheckState],
    ) -> None:
        """Work by a configuration from now on; what stays in it keeps its state.

        Args:
            config: The configuration.
            keys: The store's numbers for its checks.
            states: What the store knows of checks that are not watched yet.
        """
        self.sight.go_by(config.network, config.display.time_zone)
        self.maintaining.windows = windows_for(config)
        changed, gone = self.watch.apply(config, keys, states)
        # Before looks are planned: what is to sleep is not looked at.
        self.keeping.go_by(config)
        self.probing.drop(gone)
        self.probing.plan(changed)
        self.probing.set_concurrency(config.engine.concurrency)
        self.keep_alive.enabled = config.keep_alive.enabled
        self.observer.warn_of_certificates = config.alerting.certificate_warnings
        shortest_s = shortest_interval_s(self.watch)
        if shortest_s is not None:
            self.clockwatch.shortest_interval_s = shortest_s
        self.dependents.leave(gone)
        self.dependents.join(changed)
        for check in gone:
            self.own_alerts.forget(fingerprint(Rule.STOPPED, *check.id))
            if check.service.id not in self.watch.services:
                for rule in _OF_A_SERVICE:
                    self.own_alerts.forget(fingerprint(rule, check.service.id))
        if gone:
            self.recording.note(partial(resolve_gone, at_ms=self.clock.now_ms()))

    def _lapsed(self, lapse: Lapse) -> None:
        """Time misbehaved: leave out what was missed, and write it down."""
        if lapse.lost_s:
            self.probing.skip_missed()
            self.recording.note(
                partial(add_gap, from_ms=lapse.from_ms, to_ms=lapse.to_ms, reason=lapse.text)
            )
        else:
            self.recording.note(
                partial(
                    add_event, at_ms=self.clock.now_ms(), kind=EntryKind.ENGINE, text=lapse.text
                )
            )

    def _targets(self) -> Iterable[Check]:
        return (check.options for check in self.watch.checks())

    def _see_again(self) -> None:
        """Sentinel was offline: look soon at what it could not tell meanwhile."""
        self.probing.plan_unknown()
