"""What a workspace on Render remembers of its services, and the rules it holds them to.

Free services sleep after a while without traffic and spend hours of one pool a month; when it is
used up all of them are suspended until the month ends. Deploys take their time, one at a time.
The workspace goes by a clock of its own, which no change of the watcher's clock can move.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from sentinel_tui.clock import Clock
from sentinel_tui.sandbox.render.service import (
    FIRST_COMMIT,
    FREE,
    Deploy,
    Event,
    Refused,
    RenderService,
)

FREE_HOURS = 750.0
"""Instance-hours of all free services of a workspace in a calendar month."""
IDLE_S = 900.0
"""A free service sleeps after this long without inbound traffic."""
BUILD_S = 60.0
"""How long a deploy takes from its order until it is live."""
RESTART_S = 5.0
"""How long a restarted service does not answer."""

MINUTE_S = 60.0

_HOUR_S = 3_600.0
_OWNER = "usr-00000000000000000000"


class Workspace:
    """Services of one owner.

    Attributes:
        id: `tea-…`.
        name: Its name.
        services: By their ids.
        pays: Whether there is a payment method.
        incident: What the platform's status page says is wrong with itself: `none`, `minor`,
            `major` or `critical`.
        renewed: Told whenever a service was restarted or something else of it went live: whatever
            was wrong with the process before is gone with it.
    """

    def __init__(
        self,
        clock: Clock,
        *,
        pays: bool = False,
        free_hours: float = FREE_HOURS,
        idle_s: float = IDLE_S,
        build_s: float = BUILD_S,
    ) -> None:
        """An empty workspace.

        Args:
            clock: Times everything.
            pays: Whether there is a payment method.
            free_hours: What its free services may spend in a month.
            idle_s: After how long without traffic a free service sleeps.
            build_s: How long a deploy takes until it is live.
        """
        self.id = "tea-sandbox"
        self.name = "Sandbox"
        self.services: dict[str, RenderService] = {}
        self.pays = pays
        self.incident = "none"
        self.renewed: list[Callable[[RenderService], None]] = []
        self._clock = clock
        self._epoch_s = clock.now_ms() / 1_000 - clock.elapsed_s()
        self._free_hours = free_hours
        self._idle_s = idle_s
        self._build_s = build_s
        self._broken_commits: set[str] = set()
        self._counted_s = self.now_s
        self._numbers = 0

    @property
    def now_s(self) -> float:
        """The present, by the platform's own clock."""
        return self._epoch_s + self._clock.elapsed_s()

    def add(self, name: str, url: str, plan: str = FREE) -> RenderService:
        """Have a service that was deployed some time ago."""
        service = RenderService(self._new_id("srv"), name, url, plan)
        first = Deploy(self._new_id("dep"), FIRST_COMMIT, "new_commit", self.now_s - 86_400)
        first.status, first.finished_s = "live", first.created_s + self._build_s
        service.deploys.append(first)
        service.started_s = first.finished_s
        self.services[service.id] = service
        return service

    def service(self, service_id: str) -> RenderService:
        """A service by its id.

        Raises:
            Refused: There is none.
        """
        if service_id not in self.services:
            raise Refused(404, f"not found: {service_id}")
        return self.services[service_id]

    def awake(self, service: RenderService) -> bool:
        """Whether a service runs at this moment."""
        self.settle()
        if service.suspenders:
            return False
        return service.plan != FREE or self.now_s < service.awake_until_s

    def visit(self, service: RenderService) -> bool:
        """Let inbound traffic reach a service; whether it was awake already."""
        was_awake = self.awake(service)
        service.requests[int(self.now_s // MINUTE_S)] += 1
        if not service.suspenders:
            service.awake_until_s = self.now_s + self._idle_s
        if not was_awake:
            service.started_s = self.now_s
        return was_awake

    def start(self, service: RenderService, takes_s: float, *, fails: bool) -> None:
        """Start a service that sleeps, because a request came in.

        Args:
            service: Which; it runs, and spends hours, from now on.
            takes_s: How long the start takes.
            fails: Whether nothing comes of it.
        """
        self.visit(service)
        service.awake_until_s = self.now_s + takes_s + (0.0 if fails else self._idle_s)

    def put_to_sleep(self, service: RenderService) -> None:
        """Stop a free service now, whatever the traffic."""
        self.settle()
        service.awake_until_s = self.now_s

    def used_h(self) -> float:
        """Hours that the free services have spent this month."""
        self.settle()
        month = _month(self.now_s)
        return sum(one.awake_s.get(month, 0.0) for one in self.services.values()) / _HOUR_S

    def settle(self) -> None:
        """Catch up with the clock: deploys that are done, hours that were spent."""
        while (due := self._next_due()) is not None:
            service, deploy = due
            self._count(deploy.created_s + self._build_s)
            self._finish(service, deploy)
        self._count(self.now_s)

    def push(self, service: RenderService, commit: str, *, healthy: bool) -> Deploy | None:
        """Have a new commit, which is deployed by itself where auto-deploy is on.

        Raises:
            Refused: It would be deployed, and the service is suspended.
        """
        service.head = commit
        if not healthy:
            self._broken_commits.add(commit)
        if not service.auto_deploy:
            return None
        return self.order_deploy(service, "new_commit", commit, healthy=healthy)

    def works(self, commit: str) -> bool:
        """Whether a service that runs a commit works, as far as was said when it was pushed."""
        return commit not in self._broken_commits

    def order_deploy(
        self, service: RenderService, trigger: str, commit: str, *, healthy: bool
    ) -> Deploy:
        """Deploy something.

        Raises:
            Refused: The service is suspended.
        """
        self.settle()
        if service.suspenders:
            raise Refused(409, f"{service.name} is suspended")
        if service.deploying is not None:
            service.deploying.status, service.deploying.finished_s = "canceled", self.now_s
        deploy = Deploy(self._new_id("dep"), commit, trigger, self.now_s, healthy=healthy)
        service.deploys.append(deploy)
        self.tell(service, "deploy_started", deployId=deploy.id, trigger=_trigger(trigger))
        return deploy

    def roll_back(self, service: RenderService, deploy_id: str) -> Deploy:
        """Deploy again what a former deploy was.

        Raises:
            Refused: There is no such deploy, or it lies further back than a free plan may go.
        """
        finished = [one for one in service.deploys if one.status in ("live", "deactivated")]
        target = next((one for one in finished if one.id == deploy_id), None)
        if target is None:
            raise Refused(404, f"not found: {deploy_id}")
        if service.plan == FREE and target not in finished[-3:]:
            raise Refused(402, "free services can roll back to the two latest deploys only")
        again = self.order_deploy(service, "rollback", target.commit, healthy=target.healthy)
        again.slow_by_s = target.slow_by_s
        return again

    def restart(self, service: RenderService) -> None:
        """Restart a service: it is gone for a moment, and whatever its process suffered with it.

        Raises:
            Refused: The service is suspended.
        """
        self.settle()
        if service.suspenders:
            raise Refused(409, f"{service.name} is suspended")
        service.restarts += 1
        service.back_s = self.now_s + RESTART_S
        service.awake_until_s = max(service.awake_until_s, service.back_s + self._idle_s)
        self.tell(service, "server_restarted", triggeredByUser=_OWNER)
        self._renew(service, self.now_s)
        service.broken = service.dies_of_restart

    def suspend(self, service: RenderService, by: str = "user") -> None:
        """Stop a service until it is resumed."""
        self.settle()
        self._stop(service, by, self.now_s)

    def resume(self, service: RenderService, by: str = "user") -> None:
        """Undo a suspension of one kind."""
        service.suspenders.discard(by)
        self.tell(service, "suspender_removed", actor=by)

    def tell(self, service: RenderService, kind: str, **details: Any) -> None:
        """Add an event of this moment."""
        self._tell(service, kind, self.now_s, details)

    def _tell(
        self, service: RenderService, kind: str, at_s: float, details: dict[str, Any]
    ) -> None:
        service.events.append(Event(self._new_id("evt"), at_s, kind, details))

    def _stop(self, service: RenderService, by: str, at_s: float) -> None:
        service.suspenders.add(by)
        service.awake_until_s = min(service.awake_until_s, at_s)
        self._tell(service, "suspender_added", at_s, {"actor": by})

    def _next_due(self) -> tuple[RenderService, Deploy] | None:
        """The deploy that was done first and not taken note of."""
        under_way = [(one, one.deploying) for one in self.services.values()]
        due = [
            (service, deploy)
            for service, deploy in under_way
            if deploy is not None and deploy.created_s + self._build_s <= self.now_s
        ]
        return min(due, key=lambda pair: pair[1].created_s, default=None)

    def _finish(self, service: RenderService, deploy: Deploy) -> None:
        deploy.finished_s = done_s = deploy.created_s + self._build_s
        how, status = ("succeeded", 2) if deploy.builds else ("failed", 3)
        about = {"deployId": deploy.id, "deployStatus": how, "status": status, "reason": {}}
        self._tell(service, "deploy_ended", done_s, about)
        if not deploy.builds:
            deploy.status = "build_failed"
            return
        if service.live is not None:
            service.live.status = "deactivated"
        deploy.status = "live"
        service.awake_until_s = max(service.awake_until_s, done_s + self._idle_s)
        service.broken = service.dies_of_restart = False
        self._renew(service, done_s)
        if not deploy.healthy:
            about = {"reason": {"evicted": False, "unhealthy": "status 500"}}
            self._tell(service, "server_failed", done_s, about)

    def _renew(self, service: RenderService, at_s: float) -> None:
        service.started_s = at_s
        for told in self.renewed:
            told(service)

    def _count(self, now_s: float) -> None:
        """Spend hours, month by month and at most until the pool is empty."""
        while self._counted_s < now_s:
            until_s = min(now_s, month_end_s(self._counted_s))
            self._count_within(self._counted_s, until_s)
            self._counted_s = until_s
            if until_s < now_s:
                self._begin_month()

    def _count_within(self, from_s: float, until_s: float) -> None:
        month = _month(from_s)
        free = [one for one in self.services.values() if one.plan == FREE and not one.suspenders]
        before_s = sum(one.awake_s.get(month, 0.0) for one in self.services.values())
        awake_s = {one.id: max(0.0, min(one.awake_until_s, until_s) - from_s) for one in free}
        left_s = self._free_hours * _HOUR_S - before_s
        share = min(1.0, left_s / sum(awake_s.values())) if any(awake_s.values()) else 1.0
        for one in free:
            spent_s = awake_s[one.id] * share
            one.awake_s[month] = one.awake_s.get(month, 0.0) + spent_s
            _note_run(one, from_s, spent_s)
        if share < 1.0:
            for one in free:
                self._stop(one, "billing", until_s)

    def _begin_month(self) -> None:
        for one in self.services.values():
            if "billing" in one.suspenders:
                self.resume(one, "billing")

    def _new_id(self, kind: str) -> str:
        self._numbers += 1
        return f"{kind}-{self._numbers:020d}"


@lru_cache(maxsize=4_096)
def stamp(at_s: float) -> str:
    """An instant as Render writes it."""
    return datetime.fromtimestamp(at_s, UTC).isoformat(timespec="milliseconds")[:-6] + "Z"


def _note_run(service: RenderService, from_s: float, ran_s: float) -> None:
    """Add a time it ran to those before, as one with the last where they touch."""
    if ran_s <= 0:
        return
    until_s = from_s + ran_s
    if service.ran and service.ran[-1][1] >= from_s:
        from_s, _ = service.ran.pop()
    service.ran.append((from_s, until_s))


def _trigger(word: str) -> dict[str, Any]:
    """Why something was deployed, as its event tells it."""
    whys = dict.fromkeys(("firstBuild", "envUpdated", "deployedByRender", "clearCache"), False)
    return {**whys, "manual": word in ("api", "manual"), "rollback": word == "rollback"}


def _month(at_s: float) -> int:
    at = datetime.fromtimestamp(at_s, UTC)
    return at.year * 12 + at.month - 1


def month_end_s(at_s: float) -> float:
    """When the calendar month of an instant ends, UTC."""
    year, month = divmod(_month(at_s) + 1, 12)
    return datetime(year, month + 1, 1, tzinfo=UTC).timestamp()
