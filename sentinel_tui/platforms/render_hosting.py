"""From Render's answers to what the rest of Sentinel knows of hosted services."""

from __future__ import annotations

from datetime import datetime

from sentinel_tui.domain.hosting import DeployStatus, HostedDeploy, HostedService, HostEvent
from sentinel_tui.platforms.render import Deploy, RenderEvent, RenderService
from sentinel_tui.platforms.render_events import told

_SUSPENDED = "suspended"
_SOMEBODY = "unknown"
_YES = "yes"
_STATUSES = {
    "created": DeployStatus.UNDER_WAY,
    "queued": DeployStatus.UNDER_WAY,
    "build_in_progress": DeployStatus.UNDER_WAY,
    "pre_deploy_in_progress": DeployStatus.UNDER_WAY,
    "update_in_progress": DeployStatus.UNDER_WAY,
    "live": DeployStatus.LIVE,
    "deactivated": DeployStatus.REPLACED,
    "build_failed": DeployStatus.FAILED,
    "pre_deploy_failed": DeployStatus.FAILED,
    "update_failed": DeployStatus.FAILED,
    "canceled": DeployStatus.CANCELED,
}


def hosted_service(
    seen: RenderService, service: str, now_ms: int, *, running: bool | None = None
) -> HostedService:
    """A service as Render describes it.

    Args:
        seen: The description.
        service: Sentinel's id of the service.
        now_ms: When Render was asked.
        running: Whether it has an instance, which the description itself does not tell.
    """
    suspenders = seen.suspenders or (_SOMEBODY,)
    return HostedService(
        service=service,
        host_id=seen.id,
        workspace=seen.owner_id,
        plan=seen.details.plan,
        instances=seen.details.num_instances,
        suspenders=suspenders if seen.suspended == _SUSPENDED else (),
        auto_deploy=seen.auto_deploy == _YES,
        running=running,
        seen_ms=now_ms,
    )


def hosted_deploy(seen: Deploy, service: str, now_ms: int) -> HostedDeploy:
    """A deploy as Render describes it.

    Render dates a deploy's end once, when it goes live or fails; when a later one took its place is
    the last time that it was changed, or is not known where that is no later.

    Args:
        seen: The description.
        service: Sentinel's id of the service.
        now_ms: When Render was asked; stands for the date of an order that Render does not date.
    """
    status = _status(seen)
    finished_ms, changed_ms = _ms(seen.finished_at), _ms(seen.updated_at)
    over_ms = finished_ms or changed_ms
    live_ms = over_ms if status in (DeployStatus.LIVE, DeployStatus.REPLACED) else None
    ended_ms = over_ms if status in (DeployStatus.FAILED, DeployStatus.CANCELED) else None
    if status is DeployStatus.REPLACED and changed_ms and live_ms and changed_ms > live_ms:
        ended_ms = changed_ms
    ordered = seen.created_at or seen.started_at
    return HostedDeploy(
        id=seen.id,
        service=service,
        status=status,
        commit=seen.commit.id,
        message=seen.commit.message,
        trigger=seen.trigger,
        created_ms=now_ms if ordered is None else _to_ms(ordered),
        live_ms=live_ms,
        ended_ms=ended_ms,
    )


def host_event(seen: RenderEvent, service: str) -> HostEvent:
    """Something that happened to a service, with what Render says of it in one line.

    Args:
        seen: The event.
        service: Sentinel's id of the service.
    """
    return HostEvent(
        id=seen.id,
        service=service,
        at_ms=_to_ms(seen.timestamp),
        kind=seen.type,
        text=told(seen.type, seen.details),
    )


def _status(seen: Deploy) -> DeployStatus:
    """How far it has come; of a word that Render has since added, only whether it is over."""
    unheard_of = DeployStatus.UNDER_WAY if seen.finished_at is None else DeployStatus.REPLACED
    return _STATUSES.get(seen.status, unheard_of)


def _ms(at: datetime | None) -> int | None:
    return None if at is None else _to_ms(at)


def _to_ms(at: datetime) -> int:
    return round(at.timestamp() * 1_000)
