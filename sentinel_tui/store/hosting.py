"""What platforms say of services, written down as it changes."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace

from sentinel_tui.domain.hosting import HostedDeploy, HostedService, HostEvent
from sentinel_tui.store import hosting_reading
from sentinel_tui.store.database import Database, Value
from sentinel_tui.store.hosting_reading import (
    SELECT_DEPLOYS,
    SELECT_HOSTED,
    deploy_from_row,
    hosted_from_row,
)

_PUT_SERVICE = (
    "INSERT OR REPLACE INTO hosted_services (since_ms, service, host_id, workspace, plan, "
    "instances, suspenders, auto_deploy, running, seen_ms) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
)
_SEEN_AGAIN = (
    "UPDATE hosted_services SET seen_ms = ? WHERE service = ? "
    "AND since_ms = (SELECT max(since_ms) FROM hosted_services WHERE service = ?)"
)
_PUT_DEPLOY = (
    "INSERT INTO deploys (deploy, service, status, revision, message, occasion, created_ms, "
    "live_ms, ended_ms) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (deploy) DO UPDATE SET "
    "service = excluded.service, status = excluded.status, revision = excluded.revision, "
    "message = excluded.message, occasion = excluded.occasion, created_ms = excluded.created_ms, "
    "live_ms = excluded.live_ms, ended_ms = excluded.ended_ms"
)


def save_services(db: Database, services: Sequence[HostedService]) -> None:
    """Note how services stand by their platform.

    What is said again only moves the instant at which it was last said; what is new is a row of
    its own, so that the past can tell how a service stood. What is written last counts.
    """
    for said in services:
        _save_service(db, said)


def save_deploys(db: Database, deploys: Sequence[HostedDeploy]) -> list[HostedDeploy]:
    """Note deploys; the timeline tells of those that went live or failed, once.

    An instant that was known stays known where the platform no longer tells it.

    Returns:
        Those that are new or changed, in the order given.
    """
    changed = []
    for told in deploys:
        row = db.row(SELECT_DEPLOYS + "WHERE deploy = ?", (told.id,))
        known = None if row is None else deploy_from_row(row)
        deploy = told if known is None else _with_known_instants(told, known)
        if deploy != known:
            db.write(_PUT_DEPLOY, _deploy_values(deploy))
            changed.append(deploy)
    return changed


def save_events(db: Database, events: Sequence[HostEvent]) -> list[HostEvent]:
    """Note what platforms say happened; the timeline tells it.

    Returns:
        Those that are new, in the order given.
    """
    return [event for event in events if _add_event(db, event)]


def hosted(db: Database) -> dict[str, HostedService]:
    """How each configured service last stood by its platform, by service id."""
    return hosting_reading.hosted(db.raw)


def last_deploys(db: Database, service: str, limit: int) -> list[HostedDeploy]:
    """The last deploys of a service, the newest first."""
    return hosting_reading.deploys(db.raw, service, None, None, limit)


def _save_service(db: Database, told: HostedService) -> None:
    row = db.row(
        SELECT_HOSTED + "WHERE h.service = ? ORDER BY h.since_ms DESC LIMIT 1", (told.service,)
    )
    known = told if row is None else hosted_from_row(row)
    # What was asked for first may be answered last.
    said = replace(told, seen_ms=max(told.seen_ms, known.seen_ms))
    if row is not None and replace(known, seen_ms=said.seen_ms) == said:
        db.write(_SEEN_AGAIN, (said.seen_ms, said.service, said.service))
    else:
        db.write(_PUT_SERVICE, (said.seen_ms, *_service_values(said)))


def _service_values(said: HostedService) -> tuple[Value, ...]:
    return (
        said.service,
        said.host_id,
        said.workspace,
        said.plan,
        said.instances,
        json.dumps(said.suspenders),
        int(said.auto_deploy),
        None if said.running is None else int(said.running),
        said.seen_ms,
    )


def _with_known_instants(told: HostedDeploy, known: HostedDeploy) -> HostedDeploy:
    return replace(
        told,
        live_ms=known.live_ms if told.live_ms is None else told.live_ms,
        ended_ms=known.ended_ms if told.ended_ms is None else told.ended_ms,
    )


def _deploy_values(deploy: HostedDeploy) -> tuple[Value, ...]:
    return (
        deploy.id,
        deploy.service,
        deploy.status.value,
        deploy.commit,
        deploy.message,
        deploy.trigger,
        deploy.created_ms,
        deploy.live_ms,
        deploy.ended_ms,
    )


def _add_event(db: Database, event: HostEvent) -> bool:
    added = db.write(
        "INSERT OR IGNORE INTO host_events (event, service, at_ms, kind, text) "
        "VALUES (?, ?, ?, ?, ?)",
        (event.id, event.service, event.at_ms, event.kind, event.text),
    )
    return added > 0
