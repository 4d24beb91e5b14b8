"""What platforms said of services: how they stand, their deploys, and what happened to them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from sentinel_tui.domain.hosting import DeployStatus, HostedDeploy, HostedService, HostEvent
from sentinel_tui.store.driver import Connection

SELECT_HOSTED = (
    "SELECT h.service, h.host_id, h.workspace, h.plan, h.instances, h.suspenders, h.auto_deploy, "
    "h.running, h.seen_ms FROM hosted_services h "
)
"""Reads what was said with the columns in the order of a `HostedService`'s fields."""

SELECT_DEPLOYS = (
    "SELECT deploy, service, status, revision, message, occasion, created_ms, live_ms, ended_ms "
    "FROM deploys "
)
"""Reads deploys with the columns in the order of a `HostedDeploy`'s fields."""

_NEWEST = (
    # One look along the index for each service, however often it changed.
    "JOIN services s ON h.id = (SELECT id FROM hosted_services WHERE service = s.id "
    "ORDER BY since_ms DESC LIMIT 1) WHERE NOT s.gone ORDER BY s.position"
)
_CHOSEN = (
    "WHERE (:service = '' OR service = :service) "
    "AND (:start_ms IS NULL OR coalesce(ended_ms, live_ms, created_ms) >= :start_ms) "
    "AND (:end_ms IS NULL OR created_ms < :end_ms) "
    "ORDER BY created_ms DESC, id DESC LIMIT :limit"
)
_EVENTS = (
    "SELECT event, service, at_ms, kind, text FROM host_events "
    "WHERE (:service = '' OR service = :service) AND (:start_ms IS NULL OR at_ms >= :start_ms) "
    "AND (:end_ms IS NULL OR at_ms < :end_ms) ORDER BY at_ms DESC, id DESC LIMIT :limit"
)


def hosted(connection: Connection) -> dict[str, HostedService]:
    """See `queries.Reader.hosted`."""
    rows = connection.execute(SELECT_HOSTED + _NEWEST).fetchall()
    return {row[0]: hosted_from_row(row) for row in rows}


def deploys(
    connection: Connection, service: str, start_ms: int | None, end_ms: int | None, limit: int
) -> list[HostedDeploy]:
    """See `queries.Reader.deploys`."""
    values = {"service": service, "start_ms": start_ms, "end_ms": end_ms, "limit": limit}
    rows = connection.execute(SELECT_DEPLOYS + _CHOSEN, values).fetchall()
    return [deploy_from_row(row) for row in rows]


def host_events(
    connection: Connection, service: str, start_ms: int | None, end_ms: int | None, limit: int
) -> list[HostEvent]:
    """See `queries.Reader.host_events`."""
    values = {"service": service, "start_ms": start_ms, "end_ms": end_ms, "limit": limit}
    return [HostEvent(*row) for row in connection.execute(_EVENTS, values).fetchall()]


def hosted_from_row(row: Sequence[Any]) -> HostedService:
    """What was said, from a row of `SELECT_HOSTED`."""
    service, host_id, workspace, plan, instances, suspenders, auto_deploy, running, seen_ms = row
    return HostedService(
        service,
        host_id,
        workspace,
        plan,
        instances,
        tuple(json.loads(suspenders)),
        bool(auto_deploy),
        None if running is None else bool(running),
        seen_ms,
    )


def deploy_from_row(row: Sequence[Any]) -> HostedDeploy:
    """The deploy in a row of `SELECT_DEPLOYS`."""
    number, service, status, *rest = row
    return HostedDeploy(number, service, DeployStatus(status), *rest)
