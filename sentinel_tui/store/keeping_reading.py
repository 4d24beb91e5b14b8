"""When services were awake and visited, in which modes they are watched, and the plan."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import astuple
from typing import Any

from sentinel_tui.domain.keepalive.awake import Cause, Stretch
from sentinel_tui.domain.keepalive.hours_ledger import Correction
from sentinel_tui.domain.keepalive.modes import Mode, ModeChange, ModeSetting
from sentinel_tui.domain.keepalive.peaks import HourRate, Profile
from sentinel_tui.domain.keepalive.week import PlannedHour, PlanRecord
from sentinel_tui.domain.records import Visit
from sentinel_tui.store.driver import Connection

_STRETCHES = "SELECT service, start_ms, end_ms, cause, open FROM awake_stretches "
_SETTINGS = "SELECT service, mode, at_ms, until_ms, author FROM mode_settings "
_CHANGES = "SELECT m.service, m.at_ms, m.mode, m.reason FROM mode_changes m "
_NEWEST_CHANGE = (
    # One look along the index for each service, however often its mode changed.
    "JOIN services s ON m.id = (SELECT id FROM mode_changes WHERE service = s.id "
    "ORDER BY at_ms DESC, id DESC LIMIT 1) WHERE NOT s.gone ORDER BY s.position"
)
_PLANS = (
    "SELECT made_ms, reason, budget_h, used_h, natural_h, allowed_h, threshold, forecast_p50_h, "
    "forecast_p90_h, exhausted_ms, weeks, profiles FROM plans "
)


def stretches(connection: Connection, start_ms: int, end_ms: int) -> list[Stretch]:
    """See `queries.Reader.awake`."""
    sql = _STRETCHES + "WHERE end_ms > ? AND start_ms < ? ORDER BY start_ms, service"
    return _stretches(connection, sql, (start_ms, end_ms))


def open_stretches(connection: Connection) -> list[Stretch]:
    """See `awake.open_stretches`."""
    return _stretches(connection, _STRETCHES + "WHERE open ORDER BY service, start_ms")


def visits(connection: Connection, service: str, start_ms: int) -> list[Visit]:
    """See `queries.Reader.visits`."""
    sql = (
        "SELECT ?, v.at_ms, v.count, v.source FROM visits v WHERE v.service_key = "
        "(SELECT key FROM services WHERE id = ?) AND v.at_ms >= ? ORDER BY v.at_ms, v.source"
    )
    rows = connection.execute(sql, (service, service, start_ms)).fetchall()
    return [Visit(*row) for row in rows]


def visit_times(connection: Connection, service: str, start_ms: int) -> list[int]:
    """See `awake.visit_times`."""
    sql = (
        "SELECT DISTINCT at_ms FROM visits WHERE service_key = "
        "(SELECT key FROM services WHERE id = ?) AND at_ms >= ? ORDER BY at_ms"
    )
    return [at_ms for (at_ms,) in connection.execute(sql, (service, start_ms)).fetchall()]


def correction(connection: Connection) -> Correction | None:
    """See `queries.Reader.correction`."""
    sql = "SELECT at_ms, used_h FROM hours_corrections ORDER BY at_ms DESC, id DESC LIMIT 1"
    rows = connection.execute(sql).fetchall()
    return Correction(*rows[0]) if rows else None


def mode_settings(connection: Connection, active_at_ms: int | None) -> list[ModeSetting]:
    """See `queries.Reader.mode_settings`."""
    sql = _SETTINGS + (
        "WHERE ended_ms IS NULL AND (? IS NULL OR until_ms IS NULL OR until_ms > ?) "
        "ORDER BY service"
    )
    rows = connection.execute(sql, (active_at_ms, active_at_ms)).fetchall()
    return [ModeSetting(service, Mode(mode), *rest) for service, mode, *rest in rows]


def mode_changes(
    connection: Connection, service: str, start_ms: int, end_ms: int
) -> list[ModeChange]:
    """See `queries.Reader.mode_changes`."""
    since_ms = "(SELECT max(at_ms) FROM mode_changes WHERE service = :service AND at_ms <= :start)"
    sql = _CHANGES + (
        f"WHERE m.service = :service AND m.at_ms >= coalesce({since_ms}, :start) "
        "AND m.at_ms < :end ORDER BY m.at_ms, m.id"
    )
    values = {"service": service, "start": start_ms, "end": end_ms}
    return [_change(row) for row in connection.execute(sql, values).fetchall()]


def last_modes(connection: Connection) -> dict[str, ModeChange]:
    """See `queries.Reader.modes`."""
    rows = connection.execute(_CHANGES + _NEWEST_CHANGE).fetchall()
    return {row[0]: _change(row) for row in rows}


def newest_plan(connection: Connection) -> int:
    """The number of the newest plan; 0 while there is none."""
    sql = "SELECT id FROM plans ORDER BY made_ms DESC, id DESC LIMIT 1"
    rows = connection.execute(sql).fetchall()
    return int(rows[0][0]) if rows else 0


def plan(connection: Connection, number: int) -> PlanRecord:
    """The plan of a number that there is."""
    row = connection.execute(_PLANS + "WHERE id = ?", (number,)).fetchone()
    *figures, weeks, profiles = row
    values = (*figures, _weeks(weeks), _profiles(profiles))
    return PlanRecord(*values)


def plan_values(record: PlanRecord) -> tuple[Any, ...]:
    """A plan as values for the columns that `plan` reads, in their order."""
    weeks = {name: [astuple(hour) for hour in hours] for name, hours in record.weeks.items()}
    profiles = {name: astuple(profile) for name, profile in record.profiles.items()}
    return (
        record.made_ms,
        record.reason,
        record.budget_h,
        record.used_h,
        record.natural_h,
        record.allowed_h,
        record.threshold,
        record.forecast_p50_h,
        record.forecast_p90_h,
        record.exhausted_ms,
        json.dumps(weeks),
        json.dumps(profiles),
    )


def _weeks(stored: str) -> dict[str, tuple[PlannedHour, ...]]:
    return {
        service: tuple(PlannedHour(*hour) for hour in hours)
        for service, hours in json.loads(stored).items()
    }


def _profiles(stored: str) -> dict[str, Profile]:
    return {
        service: Profile(tuple(HourRate(*hour) for hour in hours), *rest)
        for service, (hours, *rest) in json.loads(stored).items()
    }


def _stretches(connection: Connection, sql: str, values: Sequence[int] = ()) -> list[Stretch]:
    rows = connection.execute(sql, values).fetchall()
    return [
        Stretch(service, start_ms, end_ms, Cause(cause), bool(still_open))
        for service, start_ms, end_ms, cause, still_open in rows
    ]


def _change(row: Sequence[Any]) -> ModeChange:
    service, at_ms, mode, reason = row
    return ModeChange(service, at_ms, Mode(mode), reason)
