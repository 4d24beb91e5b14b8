"""A small workspace to look at: one service kept awake by plan, one that is being healed.

The curator sleeps and costs hours; it has a plan, modes, cold starts and deploys. The public site
lies with the same platform; it was restarted, a rollback of it waits for the owner's yes, and a
deploy of it failed. Somebody may have stopped all actions.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from tui_past import HOUR_MS, MINUTE_MS, NOW_MS, ORDINARY, Past, Trouble

from sentinel_tui.domain.autonomy.actions import Action, Snapshot, Step
from sentinel_tui.domain.autonomy.policy import Verb
from sentinel_tui.domain.autonomy.verification import Effect
from sentinel_tui.domain.hosting import DeployStatus, HostedDeploy, HostedService, HostEvent
from sentinel_tui.domain.keepalive.awake import Cause, Stretch
from sentinel_tui.domain.keepalive.hours_ledger import Correction
from sentinel_tui.domain.keepalive.modes import Mode, ModeChange, ModeSetting
from sentinel_tui.domain.keepalive.peaks import HourRate, Profile
from sentinel_tui.domain.keepalive.week import PlannedHour, PlanRecord
from sentinel_tui.store import actions, awake, hosting, modes, plans
from sentinel_tui.store.writer import Database
from sentinel_tui.text import clean_text

DAY_MS = 24 * HOUR_MS
EXPIRES_MS = NOW_MS + 8 * MINUTE_MS


def week() -> tuple[PlannedHour, ...]:
    """A week in which people come by day and in the evening, and hardly at the week-end."""
    return tuple(_hour(cell) for cell in range(168))


def _hour(cell: int) -> PlannedHour:
    day, hour = divmod(cell, 24)
    by_day = max(0.0, 3.0 - abs(hour - 11) * 0.6)
    in_the_evening = max(0.0, 2.0 - abs(hour - 20) * 0.7)
    visits = (by_day + in_the_evening) * (0.35 if day >= 5 else 1.0)
    kept = 1.0 if visits > 1.2 else 0.5 if visits > 0.8 else 0.0
    return PlannedHour(cell, kept, visits, 0.3 * visits * (1.0 - kept), 0.6 * kept)


def profile(days_needed: int = 0) -> Profile:
    """When the curator is used."""
    hours = []
    for kind in (0, 5):
        for hour in range(24):
            visits = _hour(kind * 24 + hour).visits
            rate = HourRate(visits, visits * 0.8, visits * 1.25, round(visits * 28))
            hours.append(replace(rate, peak=visits > 2.0, off_peak=visits == 0.0))
    return Profile(tuple(hours), 0.93, 41.0, days_needed, "half as many again as a month ago")


@dataclass
class Kept(Past):
    """What an engine would have recorded there.

    Attributes:
        said: What platforms, owners and Sentinel say somewhere.
        frozen: Whether somebody stopped all actions.
        used_h: What the owner read off the platform's page two days ago.
        exhausted_ms: When the hours run out, or None.
    """

    said: str = "the last deploy made it slower"
    frozen: bool = False
    used_h: float = 268.0
    exhausted_ms: int | None = None
    troubles: tuple[Trouble, ...] = ORDINARY[:3]

    def _marks(self, db: Database) -> None:
        super()._marks(db)
        said = clean_text(self.said, 200)
        curator, public = (one.id for one in (self.config.services[0], self.config.services[2]))
        self._plan(db, curator)
        self._modes(db, curator, public, said)
        self._hosting(db, curator, public, said)
        self._actions(db, public, said)
        if self.frozen:
            actions.freeze(db, self.end_ms - 30 * MINUTE_MS, "cli", said)

    def _plan(self, db: Database, curator: str) -> None:
        awake.correct_hours(db, Correction(self.end_ms - 2 * DAY_MS, self.used_h), "cli")
        day_ms = self.end_ms - 24 * HOUR_MS
        awake.save_stretches(
            db,
            [
                Stretch(curator, day_ms, day_ms + 9 * HOUR_MS, Cause.PLAN),
                Stretch(curator, day_ms + 14 * HOUR_MS, day_ms + 15 * HOUR_MS, Cause.VISIT),
                Stretch(
                    curator,
                    self.end_ms - 5 * HOUR_MS,
                    self.end_ms + 15 * MINUTE_MS,
                    Cause.PLAN,
                    open=True,
                ),
            ],
        )
        plans.save_plan(
            db,
            PlanRecord(
                made_ms=self.end_ms - 3 * HOUR_MS,
                reason="daily",
                budget_h=750.0,
                used_h=280.0,
                natural_h=2.1,
                allowed_h=19.0,
                threshold=0.8,
                forecast_p50_h=612.0,
                forecast_p90_h=688.0 if self.exhausted_ms is None else 841.0,
                exhausted_ms=self.exhausted_ms,
                weeks={curator: week()},
                profiles={curator: profile()},
            ),
        )
        for number in range(18):
            deploy = "dep-cq1" if number < 9 else "dep-cq2"
            at_ms = self.end_ms - (18 - number) * 9 * HOUR_MS + 4 * HOUR_MS
            took_ms = 4_000 + 1_700 * (number * 7 % 11) + (6_000 if number >= 9 else 0)
            cause = Cause.VISIT if number % 6 == 5 else Cause.PLAN
            db.write(
                "INSERT INTO cold_starts (at_ms, service_key, duration_us, cause, deploy) "
                "SELECT ?, key, ?, ?, ? FROM services WHERE id = ?",
                (at_ms, took_ms * 1_000, cause.value, deploy, curator),
            )

    def _modes(self, db: Database, curator: str, public: str, said: str) -> None:
        for hours_ago, mode, reason in (
            (13, Mode.ECONOMY, "hardly anybody comes at this hour"),
            (6, Mode.NORMAL, "nothing speaks for another one"),
            (3, Mode.HYPER_VIGILANT, "a busy hour"),
        ):
            at_ms = self.end_ms - hours_ago * HOUR_MS
            modes.change_mode(db, ModeChange(curator, at_ms, mode, reason))
        at_ms = self.end_ms - 12 * MINUTE_MS
        modes.change_mode(db, ModeChange(public, at_ms - 9 * HOUR_MS, Mode.NORMAL, said))
        modes.change_mode(db, ModeChange(public, at_ms, Mode.HYPER_VIGILANT, "an incident is open"))
        until_ms = self.end_ms + 5 * HOUR_MS
        modes.set_mode(
            db, ModeSetting(curator, Mode.HYPER_VIGILANT, at_ms - 2 * HOUR_MS, until_ms, "tui")
        )

    def _hosting(self, db: Database, curator: str, public: str, said: str) -> None:
        hosted = HostedService(
            curator, "srv-1", "tea-1", "free", 1, (), True, True, self.end_ms - MINUTE_MS
        )
        hosting.save_services(
            db, [hosted, replace(hosted, service=public, host_id="srv-2", plan="starter")]
        )
        ago = [self.end_ms - minutes * MINUTE_MS for minutes in (9 * 60, 4 * 60, 14)]
        hosting.save_deploys(
            db,
            [
                HostedDeploy(
                    "dep-pq1",
                    public,
                    DeployStatus.REPLACED,
                    "1f2e3d4c5b6a",
                    "Warmer colours",
                    "new_commit",
                    ago[0] - MINUTE_MS,
                    ago[0],
                    ago[2],
                ),
                HostedDeploy(
                    "dep-pq2",
                    public,
                    DeployStatus.FAILED,
                    "9a8b7c6d5e4f",
                    said,
                    "new_commit",
                    ago[1] - MINUTE_MS,
                    None,
                    ago[1],
                ),
                HostedDeploy(
                    "dep-pq3",
                    public,
                    DeployStatus.LIVE,
                    "0c1d2e3f4a5b",
                    said,
                    "api",
                    ago[2] - MINUTE_MS,
                    ago[2],
                ),
                HostedDeploy(
                    "dep-cq2",
                    curator,
                    DeployStatus.LIVE,
                    "77aa66bb55cc",
                    "Cache the feeds",
                    "new_commit",
                    ago[0] - MINUTE_MS,
                    ago[0],
                ),
            ],
        )
        hosting.save_events(
            db,
            [
                HostEvent("evt-1", public, ago[2], "server_failed", said),
                HostEvent("evt-2", curator, ago[0], "server_available", "it answers again"),
            ],
        )

    def _actions(self, db: Database, public: str, said: str) -> None:
        restart = Action(
            id=0,
            key="healing/1",
            service=public,
            verb=Verb.RESTART,
            by="healing",
            why="it has been down for 2 minutes, and waking it did not help",
            automatic=True,
            step=Step.APPROVED,
            created_ms=self.end_ms - 9 * MINUTE_MS,
            incident=1,
            snapshot=Snapshot("dep-pq3", 1, "starter"),
        )
        number = actions.propose(db, restart).id
        for minutes, step, text in (
            (9, Step.STARTED, "the call was sent"),
            (8, Step.DONE, "the platform restarted it"),
        ):
            at_ms = self.end_ms - minutes * MINUTE_MS
            actions.advance(db, number, step, at_ms, "healing", text)
        at_ms = self.end_ms - 3 * MINUTE_MS
        actions.advance(
            db,
            number,
            Step.HELPLESS,
            at_ms,
            "healing",
            "it is still down after 5 minutes",
            effect=Effect.NOT_HEALED,
        )
        rollback = replace(
            restart,
            key="healing/2",
            verb=Verb.ROLLBACK,
            arguments={"deploy": "dep-pq1"},
            step=Step.WAITING,
            created_ms=self.end_ms - 2 * MINUTE_MS,
            expires_ms=EXPIRES_MS,
            why=said,
        )
        actions.propose(db, rollback)
