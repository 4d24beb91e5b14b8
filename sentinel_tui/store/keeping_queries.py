"""What a reader tells of keeping awake and of acting: the second half of `queries.Reader`."""

from __future__ import annotations

from sentinel_tui.domain.autonomy.actions import Action, AuditEntry, Freeze, Tuning
from sentinel_tui.domain.hosting import HostedDeploy, HostedService, HostEvent
from sentinel_tui.domain.keepalive.awake import Stretch
from sentinel_tui.domain.keepalive.hours_ledger import Correction
from sentinel_tui.domain.keepalive.modes import ModeChange, ModeSetting
from sentinel_tui.domain.keepalive.week import PlanRecord
from sentinel_tui.domain.records import Visit
from sentinel_tui.paths import Paths
from sentinel_tui.store import action_reading, hosting_reading, keeping_reading
from sentinel_tui.store.snapshots import Snapshots


class KeepingQueries(Snapshots):
    """Reads hosting, awake time, modes, plans and actions."""

    def __init__(self, paths: Paths) -> None:
        super().__init__(paths)
        self._plan: tuple[int, PlanRecord | None] = (0, None)

    def hosted(self) -> dict[str, HostedService]:
        """How each configured service last stood by its platform, by service id.

        Services of which no platform said anything are left out.
        """
        with self._snapshot() as connection:
            return hosting_reading.hosted(connection)

    def deploys(
        self,
        service: str = "",
        start_ms: int | None = None,
        end_ms: int | None = None,
        limit: int = 50,
    ) -> list[HostedDeploy]:
        """Deploys, newest first.

        Args:
            service: Only those of this service's id.
            start_ms: Only those of which something was told at this instant or later.
            end_ms: Only those ordered before this instant.
            limit: The most to return.
        """
        with self._snapshot() as connection:
            return hosting_reading.deploys(connection, service, start_ms, end_ms, limit)

    def host_events(
        self,
        service: str = "",
        start_ms: int | None = None,
        end_ms: int | None = None,
        limit: int = 200,
    ) -> list[HostEvent]:
        """What platforms say happened, newest first.

        Args:
            service: Only to this service's id.
            start_ms: Only at this instant or later.
            end_ms: Only before this instant.
            limit: The most to return.
        """
        with self._snapshot() as connection:
            return hosting_reading.host_events(connection, service, start_ms, end_ms, limit)

    def awake(self, start_ms: int, end_ms: int) -> list[Stretch]:
        """When services were awake in a window, the earliest first; whole, also beyond it."""
        with self._snapshot() as connection:
            return keeping_reading.stretches(connection, start_ms, end_ms)

    def correction(self) -> Correction | None:
        """What the owner last read off the platform's page, or None."""
        with self._snapshot() as connection:
            return keeping_reading.correction(connection)

    def visits(self, service: str, start_ms: int) -> list[Visit]:
        """Who came to a service since an instant, by whatever source, the earliest first."""
        with self._snapshot() as connection:
            return keeping_reading.visits(connection, service, start_ms)

    def modes(self) -> dict[str, ModeChange]:
        """How each configured service came into its mode, by service id."""
        with self._snapshot() as connection:
            return keeping_reading.last_modes(connection)

    def mode_changes(self, service: str, start_ms: int, end_ms: int) -> list[ModeChange]:
        """How the mode of a service changed in a window, the earliest first.

        The change that brought it into the mode in which the window begins comes first.
        """
        with self._snapshot() as connection:
            return keeping_reading.mode_changes(connection, service, start_ms, end_ms)

    def mode_settings(self, *, active_at_ms: int | None = None) -> list[ModeSetting]:
        """What the owner set by hand and did not take back: for all services first.

        Args:
            active_at_ms: Leave out what had run out by this instant.
        """
        with self._snapshot() as connection:
            return keeping_reading.mode_settings(connection, active_at_ms)

    def plan(self) -> PlanRecord | None:
        """The newest plan, or None; the same object until there is a newer one."""
        with self._snapshot() as connection:
            number = keeping_reading.newest_plan(connection)
            if number != self._plan[0]:
                plan = keeping_reading.plan(connection, number) if number else None
                self._plan = (number, plan)
        return self._plan[1]

    def actions(
        self, *, open_only: bool = False, service: str = "", limit: int = 50
    ) -> list[Action]:
        """Actions, newest first.

        Args:
            open_only: Only those from which something may still follow.
            service: Only those to this service's id.
            limit: The most to return.
        """
        with self._snapshot() as connection:
            return action_reading.actions(
                connection, open_only=open_only, service=service, limit=limit
            )

    def action(self, action_id: int) -> Action | None:
        """One action, or None when there is no such number."""
        with self._snapshot() as connection:
            return action_reading.action(connection, action_id)

    def audit(self, *, action: int | None = None, limit: int = 200) -> list[AuditEntry]:
        """The steps of one action, or of all of them, newest first."""
        with self._snapshot() as connection:
            return action_reading.audit(connection, action, limit)

    def broken_audit_entry(self) -> int | None:
        """The number of the first entry of the audit that is not as it was written, or None.

        It reads the whole audit: for a command, not for a screen that is painted anew.
        """
        with self._snapshot() as connection:
            return action_reading.broken_audit_entry(connection)

    def tunings(self, *, live_only: bool = False) -> list[Tuning]:
        """What Sentinel tuned by itself, newest first: all of it, or what was not taken back."""
        with self._snapshot() as connection:
            return action_reading.tunings(connection, live_only=live_only)

    def frozen(self) -> Freeze | None:
        """Who stopped all actions, or None."""
        with self._snapshot() as connection:
            return action_reading.frozen(connection)
