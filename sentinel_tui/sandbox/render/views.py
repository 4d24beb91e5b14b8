"""Services, deploys and events as Render's API writes them."""

from __future__ import annotations

from typing import Any

from sentinel_tui.sandbox.render.service import Deploy, Event, RenderService
from sentinel_tui.sandbox.render.workspace import Workspace, stamp

_MADE_S = 1_760_000_000.0
_REGION = "frankfurt"


def status_view(workspace: Workspace) -> dict[str, Any]:
    """The summary of a status page, in the form of Atlassian's."""
    said = "All Systems Operational" if workspace.incident == "none" else "Deploys are delayed"
    return {
        "page": {"id": "sandbox", "name": "Render"},
        "status": {"indicator": workspace.incident, "description": said},
    }


def owner_view(workspace: Workspace) -> dict[str, Any]:
    """A workspace."""
    return {
        "id": workspace.id,
        "name": workspace.name,
        "email": "owner@sandbox.example",
        "type": "team",
        "ipAllowList": [],
    }


def service_view(service: RenderService, workspace: Workspace) -> dict[str, Any]:
    """A web service."""
    return {
        "id": service.id,
        "autoDeploy": "yes" if service.auto_deploy else "no",
        "branch": "main",
        "createdAt": stamp(_MADE_S),
        "dashboardUrl": f"https://dashboard.sandbox.example/web/{service.id}",
        "name": service.name,
        "notifyOnFail": "default",
        "ownerId": workspace.id,
        "repo": f"https://git.sandbox.example/{service.name}",
        "rootDir": "",
        "slug": service.name,
        "suspended": "suspended" if service.suspenders else "not_suspended",
        "suspenders": sorted(service.suspenders),
        "type": "web_service",
        "updatedAt": stamp(_MADE_S),
        "serviceDetails": _details(service),
    }


def deploy_view(deploy: Deploy) -> dict[str, Any]:
    """A deploy."""
    ended = {} if deploy.finished_s is None else {"finishedAt": stamp(deploy.finished_s)}
    return {
        "id": deploy.id,
        "commit": {
            "id": deploy.commit,
            "message": f"commit {deploy.commit}",
            "createdAt": stamp(deploy.created_s),
        },
        "status": deploy.status,
        "trigger": deploy.trigger,
        "createdAt": stamp(deploy.created_s),
        "startedAt": stamp(deploy.created_s),
        "updatedAt": stamp(deploy.finished_s or deploy.created_s),
        **ended,
    }


def event_view(event: Event, service: RenderService) -> dict[str, Any]:
    """An event."""
    return {
        "id": event.id,
        "timestamp": stamp(event.at_s),
        "serviceId": service.id,
        "type": event.kind,
        "details": event.details,
    }


def instance_views(service: RenderService, *, awake: bool) -> list[dict[str, Any]]:
    """The instances that run; none while the service sleeps."""
    if not awake:
        return []
    made = stamp(service.started_s)
    return [
        {"id": f"{service.id}-{number}", "createdAt": made} for number in range(service.instances)
    ]


def _details(service: RenderService) -> dict[str, Any]:
    scaling = {} if service.autoscaling is None else {"autoscaling": service.autoscaling}
    return {
        "env": "python",
        "runtime": "python",
        "envSpecificDetails": {"buildCommand": "make", "startCommand": "make run"},
        "healthCheckPath": service.health_path,
        "ipAllowList": [],
        "numInstances": service.instances,
        "openPorts": [{"port": 10000, "protocol": "TCP"}],
        "plan": service.plan,
        "buildPlan": "starter",
        "region": _REGION,
        "url": service.url,
        **scaling,
    }
