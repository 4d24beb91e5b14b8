"""What is watched: services and checks as the configuration names them."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from urllib.parse import urlsplit

from sentinel_tui.config.checks import (
    Check,
    DnsCheck,
    DomainCheck,
    HeartbeatCheck,
    HttpCheck,
    IcmpCheck,
    TcpCheck,
    TlsCheck,
)
from sentinel_tui.config.model import Service
from sentinel_tui.domain.monitoring.states import CheckState
from sentinel_tui.store.database import Database
from sentinel_tui.store.rows import STATE_COLUMNS, state_from_row
from sentinel_tui.text import clean_text, format_duration

_NEW = CheckState()


def register(db: Database, services: Sequence[Service]) -> dict[tuple[str, str], int]:
    """Bring the tables in line with the configuration.

    Services and checks that were taken out keep their history and are marked gone; one that comes
    back is the same as before.

    Returns:
        The key of each configured check, by (service id, check name).
    """
    db.write("UPDATE services SET gone = 1")
    db.write("UPDATE checks SET gone = 1")
    keys: dict[tuple[str, str], int] = {}
    for position, service in enumerate(services):
        service_key = _put_service(db, service, position)
        for place, check in enumerate(service.all_checks):
            name = check.name or check.kind
            keys[service.id, name] = _put_check(db, service_key, name, check, place)
    return keys


def load_states(db: Database) -> dict[tuple[str, str], CheckState]:
    """What each configured check was in, by (service id, check name)."""
    columns = ", ".join(f"t.{column}" for column in STATE_COLUMNS)
    rows = db.rows(
        f"SELECT s.id, c.name, {columns} FROM check_states t "  # noqa: S608 (own columns)
        "JOIN checks c ON c.key = t.check_key JOIN services s ON s.key = c.service_key "
        "WHERE NOT c.gone AND NOT s.gone"
    )
    return {(row[0], row[1]): state_from_row(row[2:]) for row in rows}


def set_paused(db: Database, service: str, paused: bool, at_ms: int) -> None:
    """Note that the owner paused a service, or resumed it."""
    db.write(
        "UPDATE services SET paused_ms = CASE WHEN ? THEN coalesce(paused_ms, ?) END WHERE id = ?",
        (paused, at_ms, service),
    )


def set_wake(
    db: Database, service: str, last_wake_ms: int | None, next_wake_ms: int | None
) -> None:
    """Note when a service was last woken and when it is woken next."""
    db.write(
        "UPDATE services SET last_wake_ms = ?, next_wake_ms = ? WHERE id = ?",
        (last_wake_ms, next_wake_ms, service),
    )


def set_suppressed(db: Database, service: str, parent: str) -> None:
    """Note behind which failing service the alarms of a service are withheld; empty for none."""
    db.write("UPDATE services SET suppressed_by = ? WHERE id = ?", (parent, service))


def set_next_looks(db: Database, next_ms: Mapping[int, int | None]) -> None:
    """Note when checks look next, by check key; None for those that wait to be asked."""
    db.write_many(
        "UPDATE check_states SET next_ms = ? WHERE check_key = ?",
        ((at_ms, key) for key, at_ms in next_ms.items()),
    )


def _put_service(db: Database, service: Service, position: int) -> int:
    row = db.row(
        "INSERT INTO services (id, name, role, position, tags, depends_on, sleeps, "
        "expected_wake_s, gone, state, since_ms, reason) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?, 0, ?, ?, ?) "
        "ON CONFLICT (id) DO UPDATE SET name = excluded.name, role = excluded.role, "
        "position = excluded.position, tags = excluded.tags, depends_on = excluded.depends_on, "
        "sleeps = excluded.sleeps, expected_wake_s = excluded.expected_wake_s, gone = 0 "
        "RETURNING key",
        (
            service.id,
            clean_text(service.label),
            service.role,
            position,
            json.dumps([clean_text(tag) for tag in service.tags]),
            json.dumps(service.depends_on),
            service.sleeps is not None,
            service.sleeps.expected_wake_s if service.sleeps else None,
            _NEW.verdict,
            _NEW.since_ms,
            _NEW.reason,
        ),
    )
    assert row is not None  # noqa: S101 (an upsert with RETURNING always yields its row)
    return int(row[0])


def _put_check(db: Database, service_key: int, name: str, check: Check, position: int) -> int:
    row = db.row(
        "INSERT INTO checks (service_key, name, kind, target, interval_s, position, gone) "
        "VALUES (?, ?, ?, ?, ?, ?, 0) ON CONFLICT (service_key, name) DO UPDATE SET "
        "kind = excluded.kind, target = excluded.target, interval_s = excluded.interval_s, "
        "position = excluded.position, gone = 0 RETURNING key",
        (service_key, name, check.kind, clean_text(_target(check)), check.interval_s, position),
    )
    assert row is not None  # noqa: S101 (an upsert with RETURNING always yields its row)
    key = int(row[0])
    db.write(
        "INSERT INTO check_states (check_key, verdict, since_ms, reason, burst_step, "
        "failed_cycles, good_cycles, slow_looks, fast_looks, error, total_us) "
        "VALUES (?, ?, ?, ?, 0, 0, 0, 0, 0, '', 0) ON CONFLICT (check_key) DO NOTHING",
        (key, _NEW.verdict, _NEW.since_ms, _NEW.reason),
    )
    return key


def _target(check: Check) -> str:
    """What a check looks at, in one line and without what a query string may hide."""
    match check:
        case HttpCheck():
            parts = urlsplit(check.url)
            shown = parts._replace(query="…" if parts.query else "", fragment="").geturl()
            return shown if check.method == "GET" else f"{check.method} {shown}"
        case TcpCheck() | TlsCheck():
            return f"{check.host}:{check.port}"
        case DnsCheck():
            return f"{check.record} {check.host}"
        case HeartbeatCheck():
            return f"a beat every {format_duration(check.every_s)}"
        case IcmpCheck():
            return check.host
        case DomainCheck():
            return check.domain
