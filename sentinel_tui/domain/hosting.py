"""What a hosting platform knows of a service: its plan, its deploys and what happened to it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class DeployStatus(StrEnum):
    """How far a deploy has come. The words are stored."""

    UNDER_WAY = "under way"
    LIVE = "live"
    REPLACED = "replaced"
    """It was live until a later one took its place."""
    FAILED = "failed"
    CANCELED = "canceled"


@dataclass(frozen=True, slots=True)
class HostedService:
    """A service as its platform describes it.

    Attributes:
        service: Sentinel's id of it.
        host_id: The platform's id of it, such as `srv-…`.
        workspace: The platform's id of the workspace it lies in.
        plan: What is paid for it, such as `free`.
        instances: How many of it run while it runs.
        suspenders: Who suspended it, such as `user` or `billing`; empty: nobody.
        auto_deploy: Whether new commits are deployed by themselves.
        running: Whether an instance ran when it was looked at; None where that is not known.
        seen_ms: When the platform was asked.
    """

    service: str
    host_id: str
    workspace: str
    plan: str
    instances: int
    suspenders: tuple[str, ...]
    auto_deploy: bool
    running: bool | None
    seen_ms: int

    @property
    def free(self) -> bool:
        """Whether it costs nothing, and so sleeps and may not do everything."""
        return self.plan == "free"

    @property
    def suspended(self) -> bool:
        """Whether it is stopped until it is resumed."""
        return bool(self.suspenders)


@dataclass(frozen=True, slots=True)
class HostedDeploy:
    """A deploy of a service.

    Attributes:
        id: The platform's name for it.
        service: Sentinel's id of the service.
        status: How far it has come.
        commit: What was deployed, or empty.
        message: What the commit says, its first line, or empty.
        trigger: What it was made for, in the platform's word, such as `new_commit`.
        created_ms: When it was ordered.
        live_ms: When it went live, or None.
        ended_ms: When it failed, was cancelled or replaced, or None.
    """

    id: str
    service: str
    status: DeployStatus
    commit: str
    message: str
    trigger: str
    created_ms: int
    live_ms: int | None = None
    ended_ms: int | None = None


@dataclass(frozen=True, slots=True)
class HostEvent:
    """Something that happened to a service, as its platform tells it.

    Attributes:
        id: The platform's name for it.
        service: Sentinel's id of the service.
        at_ms: When.
        kind: The platform's word, such as `server_failed`.
        text: What happened, in one line.
    """

    id: str
    service: str
    at_ms: int
    kind: str
    text: str
