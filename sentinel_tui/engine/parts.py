"""The engine's parts, put together, and what concerns all of them at once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import partial

from sentinel_tui.clock import Clock
from sentinel_tui.config.model import Config
from sentinel_tui.domain.monitoring.alerts import Rule, fingerprint
from sentinel_tui.domain.monitoring.states import CheckState
from sentinel_tui.domain.records import AlertRecord, EntryKind
from sentinel_tui.engine.agenda import Agenda
from sentinel_tui.engine.clockwatch import ClockWatch, Lapse
from sentinel_tui.engine.observer import Look, Observer
from sentinel_tui.engine.own_alerts import OwnAlerts
from sentinel_tui.engine.pausing import Pausing
from sentinel_tui.engine.recording import Recording
from sentinel_tui.engine.scheduler import Scheduler
from sentinel_tui.engine.watch import CheckId, Watch, shortest_interval_s
from sentinel_tui.engine.workers.keep_alive import KeepAlive
from sentinel_tui.engine.workers.probing import Probing
from sentinel_tui.store.recorder import add_event, add_gap, resolve_gone
from sentinel_tui.store.writer import StoreWriter


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
        observer: One look from beginning to end.
        probing: The worker that looks.
        keep_alive: The worker that wakes.
        pausing: Pauses and resumes.
    """

    def __init__(
        self, clock: Clock, writer: StoreWriter, look: Look, open_alerts: Iterable[AlertRecord]
    ) -> None:
        """Put the parts together; nothing is watched yet.

        Args:
            clock: The time.
            writer: The store's writing side.
            look: The outermost edge.
            open_alerts: What an earlier engine left open.
        """
        self.clock = clock
        self.writer = writer
        self.watch = Watch(clock)
        self.scheduler: Scheduler[CheckId] = Scheduler()
        self.recording = Recording(writer, clock)
        self.recording.upcoming_ms = Agenda(clock, self.watch, self.scheduler).changes_ms
        self.clockwatch = ClockWatch(clock, self._lapsed)
        self.own_alerts = OwnAlerts(self.recording, open_alerts)
        self.observer = Observer(
            clock, self.watch, self.scheduler, self.recording, self.clockwatch, look
        )
        self.probing = Probing(clock, self.watch, self.scheduler, self.observer)
        self.keep_alive = KeepAlive(clock, self.watch, self.observer, self.recording)
        self.pausing = Pausing(clock, self.watch, self.scheduler, self.recording)
        self.observer.listeners.append(self.keep_alive.heard)

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
        changed, gone = self.watch.apply(config, keys, states)
        self.probing.drop(gone)
        self.probing.plan(changed)
        self.probing.set_concurrency(config.engine.concurrency)
        self.keep_alive.enabled = config.keep_alive.enabled
        self.observer.warn_of_certificates = config.alerting.certificate_warnings
        shortest_s = shortest_interval_s(self.watch)
        if shortest_s is not None:
            self.clockwatch.shortest_interval_s = shortest_s
        for check in gone:
            self.own_alerts.forget(fingerprint(Rule.STOPPED, *check.id))
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
