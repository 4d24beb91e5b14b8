"""A web service on Render: what it is set to, what was deployed of it, and what it went through."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

FREE, STARTER = "free", "starter"
PLANS = (FREE, STARTER, "standard", "pro")

FIRST_COMMIT = "c0ffee0"
"""What a service runs in the beginning."""


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
        builds: Whether it can be built at all.
        slow_by_s: How much later a service that runs it answers.
    """

    id: str
    commit: str
    trigger: str
    created_s: float
    status: str = "build_in_progress"
    finished_s: float | None = None
    healthy: bool = True
    builds: bool = True
    slow_by_s: float = 0.0


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
        head: The newest commit there is of it.
        autoscaling: Its rule, or None.
        deploys: In the order of their making.
        events: In the order of their happening.
        awake_until_s: When it falls asleep if nobody comes; of no meaning on paid plans.
        started_s: When what runs of it was started, or ran last.
        awake_s: How long it has been awake, by month of the clock.
        restarts: How often it was restarted by order.
        back_s: Until when it does not answer because it is being restarted.
        dies_of_restart: Whether the next restart breaks it, until something else is deployed.
        broken: Whether a restart broke it.
        load: Which share of its processors is busy.
        ran: When it ran, from and until; free services only.
        requests: How many came in, by minute.
    """

    id: str
    name: str
    url: str
    plan: str = FREE
    health_path: str = "/health"
    instances: int = 1
    suspenders: set[str] = field(default_factory=set)
    auto_deploy: bool = True
    head: str = FIRST_COMMIT
    autoscaling: dict[str, Any] | None = None
    deploys: list[Deploy] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)
    awake_until_s: float = 0.0
    started_s: float = 0.0
    awake_s: dict[int, float] = field(default_factory=dict)
    restarts: int = 0
    back_s: float = 0.0
    dies_of_restart: bool = False
    broken: bool = False
    load: float = 0.02
    ran: list[tuple[float, float]] = field(default_factory=list)
    requests: Counter[int] = field(default_factory=Counter)

    @property
    def works(self) -> bool:
        """Whether it answers as it should while it runs."""
        return not self.broken and (self.live is None or self.live.healthy)

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
