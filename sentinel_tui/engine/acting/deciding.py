"""Whether an action may happen: what is known of its service, the owner's rules, and the guards.

The same questions are asked twice: when somebody wants an action, and again right before it is
sent, for minutes may lie between the two.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from sentinel_tui.clock import Clock
from sentinel_tui.domain.autonomy.actions import UNDER_WAY, Action, Snapshot, Step, recheck
from sentinel_tui.domain.autonomy.permissions import Policies
from sentinel_tui.domain.autonomy.policy import (
    DAY_MS,
    Answer,
    Past,
    Ruling,
    Surroundings,
    Wish,
    rule,
)
from sentinel_tui.domain.autonomy.prices import added_euros
from sentinel_tui.domain.autonomy.refusals import refusals
from sentinel_tui.domain.hosting import HostedService
from sentinel_tui.domain.monitoring.judgement import service_state
from sentinel_tui.domain.monitoring.states import State
from sentinel_tui.engine.acting.freezing import Freezing
from sentinel_tui.engine.acting.wants import Want
from sentinel_tui.engine.hosted import Hosted
from sentinel_tui.engine.parts import Parts
from sentinel_tui.engine.watch import Watch, WatchedService
from sentinel_tui.store import actions as rows
from sentinel_tui.store.database import Database

REMEMBERED_MS = 31 * DAY_MS
"""How far back what was done counts."""

_CLOCK_SETTLES_S = 60.0
_JUMP_S = 2.0


@dataclass(frozen=True, slots=True)
class Standing:
    """How a service and everything around it stand, outside the store.

    Attributes:
        snapshot: What its platform says of it.
        surroundings: What else goes on; whether all is frozen only the store knows.
    """

    snapshot: Snapshot
    surroundings: Surroundings


class Deciding:
    """Applies the owner's rules to what is wanted.

    Attributes:
        policies: The owner's rules.
    """

    def __init__(
        self, parts: Parts, hosted: Hosted, freezing: Freezing, policies: Policies
    ) -> None:
        """Decide nothing yet.

        Args:
            parts: The engine's parts.
            hosted: What the platform last said.
            freezing: The stop for everything.
            policies: The owner's rules.
        """
        self.policies = policies
        self._parts = parts
        self._clock: Clock = parts.clock
        self._watch: Watch = parts.watch
        self._hosted = hosted
        self._freezing = freezing
        self._clocks_apart_s = self._apart_s()
        self._jumped_s = float("-inf")

    def glance(self) -> None:
        """Compare the clocks; done every few seconds, so that a jump is known when it matters."""
        apart_s = self._apart_s()
        if abs(apart_s - self._clocks_apart_s) > _JUMP_S:
            self._jumped_s = self._clock.elapsed_s()
        self._clocks_apart_s = apart_s

    def known(self, db: Database, key: str) -> Action | None:
        """The action that a key became, asked inside a job of the writer."""
        known = rows.recent_actions(db, self._clock.now_ms() - REMEMBERED_MS)
        return next((one for one in known if one.key == key), None)

    def refusal(self, want: Want) -> str:
        """Why the platform would refuse anyway, or empty.

        Raises:
            EngineError: There is no such service.
        """
        self._watch.service(want.service)
        hosted = self._hosted.services.get(want.service)
        if refused := refusals(want.verb, want.arguments, hosted):
            return refused
        if want.automatic and self._added_euros(want) is None:
            return "nobody knows what it would cost"
        return ""

    def euros_per_month(self, want: Want) -> float:
        """What it adds to the monthly bill, by list price; 0 where no price is known."""
        return self._added_euros(want) or 0.0

    def standing(self, service: str) -> Standing:
        """How things stand now, by what was last seen and said."""
        return Standing(self._snapshot(service), self._surroundings(self._watch.service(service)))

    def ruling(
        self,
        db: Database,
        wish: Wish,
        surroundings: Surroundings,
        *,
        but: Collection[int] = (),
    ) -> Ruling:
        """What becomes of a wish, asked inside a job of the writer.

        Args:
            db: The store.
            wish: What is wanted.
            surroundings: What else goes on.
            but: Actions that do not count: the one this is about, and one that it takes back.
        """
        if self._freezing.holds(db):
            return Ruling(Answer.REFUSE, "all actions are frozen; `unfreeze` allows them again")
        known = rows.recent_actions(db, surroundings.now_ms - REMEMBERED_MS)
        past = pasts(one for one in known if one.id not in but)
        service = self._watch.services.get(wish.service)
        tags = service.options.tags if service else ()
        limits = self.policies.limits(wish.service, tags, wish.verb)
        return rule(wish, limits, past, surroundings)

    def objection(self, db: Database, action: Action, standing: Standing) -> str:
        """Why an approved action must not be sent after all, asked as the last thing before."""
        now = standing.surroundings
        obstacle = recheck(
            action,
            standing.snapshot,
            frozen=self._freezing.holds(db),
            deploying=now.deploying,
            now_ms=now.now_ms,
        )
        if obstacle:
            return obstacle
        wish = Wish(
            action.service,
            action.verb,
            by_owner=said_yes(action),
            euros_per_month=action.euros_per_month,
        )
        ruling = self.ruling(db, wish, now, but=(action.id, action.undoes))
        return "" if ruling.answer is Answer.DO else ruling.reason

    def _added_euros(self, want: Want) -> float | None:
        hosted = self._hosted.services.get(want.service)
        return added_euros(want.verb, want.arguments, hosted) if hosted else 0.0

    def _apart_s(self) -> float:
        return self._clock.now_ms() / 1_000 - self._clock.elapsed_s()

    def _snapshot(self, service: str) -> Snapshot:
        hosted = self._hosted.services.get(service)
        if hosted is None:
            return Snapshot()
        return snapshot_of(hosted, self._hosted)

    def _surroundings(self, service: WatchedService) -> Surroundings:
        parts, now_ms, now_s = self._parts, self._clock.now_ms(), self._clock.elapsed_s()
        shown = [service_state(one.states) for one in self._watch.services.values()]
        watched_s = now_s - parts.listening_since_s
        looking = [one for one in service.checks.values() if one.scheduled]
        return Surroundings(
            now_ms=now_ms,
            watching_since_ms=now_ms - round(watched_s * 1_000),
            offline=parts.sight.offline_since_ms is not None,
            provider_incident=self._hosted.incident,
            maintenance=any(one.sheet is State.MAINT for one in service.states.values()),
            paused=service.paused,
            deploying=self._hosted.deploying(service.id),
            services=len(shown),
            down=shown.count(State.DOWN),
            data_age_s=min((now_s - one.looked_s for one in looking), default=0.0),
            interval_s=max((one.interval_s for one in looking), default=300.0),
            clock_jumped=min(watched_s, now_s - self._jumped_s) < _CLOCK_SETTLES_S,
        )


def said_yes(action: Action) -> bool:
    """Whether the owner stands behind an action: by wanting it, or by a yes to it."""
    return not action.automatic or action.approved_by not in ("", action.by)


def snapshot_of(service: HostedService, hosted: Hosted) -> Snapshot:
    """What the platform says of a service, as far as an action depends on it."""
    live = hosted.live_deploy(service.service)
    return Snapshot(
        live_deploy=live.id if live else "",
        instances=service.instances,
        plan=service.plan,
        suspended=service.suspended,
        auto_deploy=service.auto_deploy,
    )


def pasts(actions: Iterable[Action]) -> list[Past]:
    """What was begun, or is about to be, the newest last: what the rules count."""
    counted = [one for one in actions if one.step in UNDER_WAY or _was_begun(one)]
    return sorted(map(_past, counted), key=lambda one: one.began_ms)


def _was_begun(action: Action) -> bool:
    return action.started_ms is not None and action.step is not Step.NOT_EXECUTED


def _past(action: Action) -> Past:
    under_way = action.step in UNDER_WAY
    began_ms = action.started_ms or action.approved_ms or action.created_ms
    return Past(
        service=action.service,
        verb=action.verb,
        began_ms=began_ms,
        ended_ms=None if under_way else action.ended_ms or began_ms,
        helped=None if under_way else action.step is Step.VERIFIED,
        automatic=action.automatic,
        euros_per_month=0.0 if action.step is Step.FAILED else action.euros_per_month,
    )
