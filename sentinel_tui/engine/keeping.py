"""What keeps services awake when they are needed, put together: from the evidence to the mode."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from sentinel_tui.clock import Clock
from sentinel_tui.config.model import Config
from sentinel_tui.domain.keepalive.week import PlanRecord
from sentinel_tui.domain.records import ColdStartRecord
from sentinel_tui.engine.edges import Edges
from sentinel_tui.engine.foresight import Foresight
from sentinel_tui.engine.hosted import Hosted, HostedPast
from sentinel_tui.engine.keeping_alerts import KeepingAlerts
from sentinel_tui.engine.keeping_verbs import KeepingVerbs
from sentinel_tui.engine.ledger import Ledger, LedgerPast
from sentinel_tui.engine.modes import Modes, ModesPast
from sentinel_tui.engine.own_alerts import OwnAlerts
from sentinel_tui.engine.recording import Recording
from sentinel_tui.engine.supervisor import Work
from sentinel_tui.engine.watch import Watch
from sentinel_tui.engine.workers.planning import Planning
from sentinel_tui.engine.workers.render import RenderRounds
from sentinel_tui.store.writer import StoreWriter


@dataclass(frozen=True, slots=True)
class KeepingPast:
    """What an earlier engine knew of keeping awake.

    Attributes:
        hosted: Of the platform.
        ledger: Of hours and visits.
        modes: Of modes.
        record: The plan that was made last, or None.
        cold_starts: The last cold starts of all services, the oldest first.
    """

    hosted: HostedPast
    ledger: LedgerPast
    modes: ModesPast
    record: PlanRecord | None
    cold_starts: tuple[ColdStartRecord, ...]


class Keeping:
    """The parts that keep awake.

    Attributes:
        hosted: What the platform said.
        ledger: When services were awake, and who came.
        foresight: What the plan says of this hour.
        modes: Which mode each service is in.
        planning: The worker that plans.
        verbs: Does what the owner says about all of it.
        workers: Those who work here, by the names that people see.
    """

    def __init__(
        self,
        clock: Clock,
        watch: Watch,
        writer: StoreWriter,
        recording: Recording,
        own_alerts: OwnAlerts,
        edges: Edges,
        past: KeepingPast,
        offline: Callable[[], bool],
    ) -> None:
        """Go on from where an earlier engine left off.

        Args:
            clock: The time.
            watch: All that is watched.
            writer: The store's writing side.
            recording: The way into the store.
            own_alerts: Told what is wrong.
            edges: The ways out.
            past: What an earlier engine left.
            offline: Whether Sentinel's own network is gone.
        """
        self.hosted = Hosted(clock, recording, past.hosted)
        self.ledger = Ledger(clock, watch, recording, past.ledger)
        self.foresight = Foresight(self.ledger)
        self.foresight.record = past.record
        for known in past.cold_starts:
            self.foresight.cold_starts[known.service].append(known)
        self.modes = Modes(clock, watch, recording, self.hosted, self.foresight, past.modes)
        self._alerts = KeepingAlerts(self.hosted, own_alerts)
        self.planning = Planning(
            clock,
            watch,
            writer,
            recording,
            self.ledger,
            self.foresight,
            self.modes,
            self._alerts,
        )
        self._rounds = RenderRounds(
            clock, watch, self.hosted, self.ledger, own_alerts, edges, offline
        )
        self.verbs = KeepingVerbs(clock, watch, self.modes, self.ledger, self.planning, recording)
        self.workers: dict[str, Work] = {
            "modes": self.modes.run,
            "hours ledger": self.ledger.run,
            "planning": self.planning.run,
            "render": self._rounds.run,
        }
        self.hosted.listeners.append(self.ledger.deployed)

    def go_by(self, config: Config) -> None:
        """Work by a configuration from now on."""
        self._alerts.zone = config.display.time_zone
        self.planning.go_by(config)
        self._rounds.go_by(config)
        self.modes.apply(config)
