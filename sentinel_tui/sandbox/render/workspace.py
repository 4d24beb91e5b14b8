"""What a workspace on Render remembers of its services, and the rules it holds them to.

Free services sleep after a while without traffic and spend hours of one pool a month; when it is
used up all of them are suspended until the month ends. Deploys take their time, one at a time.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from sentinel_tui.clock import Clock

FREE_HOURS = 750.0
"""Instance-hours of all free services of a workspace in a calendar month."""
IDLE_S = 900.0
"""A free service sleeps after this long without inbound traffic."""
BUILD_S = 60.0
"""How long a deploy takes from its order until it is live."""

FREE, STARTER = "free", "starter"
PLANS = (FREE, STARTER, "standard", "pro")

_HOUR_S = 3_600.0
_FAILED = "build_failed"


@dataclass(slots=True)
class Deploy:
    """One deploy.

    Attributes:
        id: `dep-…`.
        commit: What was deployed.
        trigger: Why: `new_commit`, `api`, `rollback`, ….
        created_s: When it was ordered.
        status: Render's word for how far it has come.
        finished_s: When it went live or failed, or None.
        healthy: Whether a service that runs it works.
    """

    id: str
    commit: str
    trigger: str
    created_s: float
    status: str = "build_in_progress"
    finished_s: float | None = None
    healthy: bool = True


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened to a service, as Render tells it."""

    id: str
    at_s: float
    kind: str
    details: dict[str, Any]


@dataclass(slots=True)
class RenderService:
    """A web service.

    Attributes:
        id: `srv-…`.
        name: Its name.
        url: Where it answers.
        plan: One of `PLANS`.
        health_path: Where it says how it is.
        instances: How many of it there are while it runs.
        suspenders: Who suspended it; empty: nobody.
        auto_deploy: Whether a new commit is deployed by itself.
        autoscaling: Its rule, or None.
        deploys: In the order of their making.
        events: In the order of their happening.
        awake_until_s: When it falls asleep if nobody comes; of no meaning on paid plans.
        awake_s: How long it has been awake, by month of the clock.
        restarts: How often it was restarted by order.
    """

    id: str
    name: str
    url: str
    plan: str = FREE
    health_path: str = "/health"
    instances: int = 1
    suspenders: set[str] = field(default_factory=set)
    auto_deploy: bool = True
    autoscaling: dict[str, Any] | None = None
    deploys: list[Deploy] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)
    awake_until_s: float = 0.0
    awake_s: dict[int, float] = field(default_factory=dict)
    restarts: int = 0

    @property
    def live(self) -> Deploy | None:
        """The deploy that runs."""
        return next((one for one in reversed(self.deploys) if one.status == "live"), None)

    @property
    def deploying(self) -> Deploy | None:
        """The deploy that is under way, or None."""
        last = self.deploys[-1] if self.deploys else None
        return last if last is not None and last.finished_s is None else None


class Refused(Exception):
    """Render says no.

    Attributes:
        status: The HTTP status it says it with.
    """

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


class Workspace:
    """Services of one owner.

    Attributes:
        id: `tea-…`.
        name: Its name.
        services: By their ids.
        pays: Whether there is a payment method.
    """

    def __init__(self, clock: Clock, *, pays: bool = False, free_hours: float = FREE_HOURS) -> None:
        """An empty workspace.

        Args:
            clock: Times everything.
            pays: Whether there is a payment method.
            free_hours: What its free services may spend in a month.
        """
        self.id = "tea-sandbox"
        self.name = "Sandbox"
        self.services: dict[str, RenderService] = {}
        self.pays = pays
        self._clock = clock
        self._free_hours = free_hours
        self._counted_s = self._now_s
        self._numbers = 0

    @property
    def _now_s(self) -> float:
        return self._clock.now_ms() / 1_000

    def add(self, name: str, url: str, plan: str = FREE) -> RenderService:
        """Have a service that was deployed some time ago."""
        service = RenderService(self._new_id("srv"), name, url, plan)
        first = Deploy(self._new_id("dep"), "c0ffee0", "new_commit", self._now_s - 86_400)
        first.status, first.finished_s = "live", first.created_s + BUILD_S
        service.deploys.append(first)
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
        return service.plan != FREE or self._now_s < service.awake_until_s

    def visit(self, service: RenderService) -> bool:
        """Let inbound traffic reach a service; whether it was awake already."""
        was_awake = self.awake(service)
        if not service.suspenders:
            service.awake_until_s = self._now_s + IDLE_S
        return was_awake

    def used_h(self) -> float:
        """Hours that the free services have spent this month."""
        self.settle()
        month = _month(self._now_s)
        return sum(one.awake_s.get(month, 0.0) for one in self.services.values()) / _HOUR_S

    def settle(self) -> None:
        """Catch up with the clock: deploys that are done, hours that were spent."""
        for service in self.services.values():
            self._finish_deploy(service)
        self._count(self._now_s)

    def order_deploy(
        self, service: RenderService, trigger: str, commit: str, *, healthy: bool
    ) -> Deploy:
        """Deploy something.

        Raises:
            Refused: The service is suspended.
        """
        if service.suspenders:
            raise Refused(409, f"{service.name} is suspended")
        if service.deploying is not None:
            service.deploying.status, service.deploying.finished_s = "canceled", self._now_s
        deploy = Deploy(self._new_id("dep"), commit, trigger, self._now_s, healthy=healthy)
        service.deploys.append(deploy)
        self.tell(service, "deploy_started", deployId=deploy.id)
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
        return self.order_deploy(service, "rollback", target.commit, healthy=target.healthy)

    def suspend(self, service: RenderService, by: str = "user") -> None:
        """Stop a service until it is resumed."""
        service.suspenders.add(by)
        self.tell(service, "suspender_added", actor=by)

    def resume(self, service: RenderService, by: str = "user") -> None:
        """Undo a suspension of one kind."""
        service.suspenders.discard(by)
        self.tell(service, "suspender_removed", actor=by)

    def tell(self, service: RenderService, kind: str, **details: Any) -> None:
        """Add an event."""
        service.events.append(Event(self._new_id("evt"), self._now_s, kind, details))

    def _finish_deploy(self, service: RenderService) -> None:
        deploy = service.deploying
        if deploy is None or self._now_s < deploy.created_s + BUILD_S:
            return
        if service.live is not None:
            service.live.status = "deactivated"
        deploy.status, deploy.finished_s = "live", deploy.created_s + BUILD_S
        service.awake_until_s = max(service.awake_until_s, deploy.finished_s + IDLE_S)
        self.tell(service, "deploy_ended", deployId=deploy.id, status=2)

    def _count(self, now_s: float) -> None:
        """Spend hours, month by month and at most until the pool is empty."""
        while self._counted_s < now_s:
            until_s = min(now_s, _month_end_s(self._counted_s))
            self._count_within(self._counted_s, until_s)
            self._counted_s = until_s
            if until_s < now_s:
                self._begin_month()

    def _count_within(self, from_s: float, until_s: float) -> None:
        month = _month(from_s)
        free = [one for one in self.services.values() if one.plan == FREE and not one.suspenders]
        spent_s = sum(one.awake_s.get(month, 0.0) for one in self.services.values())
        awake_s = {one.id: max(0.0, min(one.awake_until_s, until_s) - from_s) for one in free}
        left_s = self._free_hours * _HOUR_S - spent_s
        share = min(1.0, left_s / sum(awake_s.values())) if sum(awake_s.values()) > 0 else 1.0
        for one in free:
            one.awake_s[month] = one.awake_s.get(month, 0.0) + awake_s[one.id] * share
        if share < 1.0:
            for one in free:
                self.suspend(one, "billing")

    def _begin_month(self) -> None:
        for one in self.services.values():
            if "billing" in one.suspenders:
                self.resume(one, "billing")

    def _new_id(self, kind: str) -> str:
        self._numbers += 1
        return f"{kind}-{self._numbers:020d}"


def stamp(at_s: float) -> str:
    """An instant as Render writes it."""
    return datetime.fromtimestamp(at_s, UTC).isoformat(timespec="milliseconds")[:-6] + "Z"


def _month(at_s: float) -> int:
    at = datetime.fromtimestamp(at_s, UTC)
    return at.year * 12 + at.month - 1


def _month_end_s(at_s: float) -> float:
    year, month = divmod(_month(at_s) + 1, 12)
    return datetime(year, month + 1, 1, tzinfo=UTC).timestamp()
