"""`alerts`: what is open, acknowledged, silenced or past."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from sentinel_tui.commands.answers import Answer, Table
from sentinel_tui.commands.records import alert_data
from sentinel_tui.commands.spec import (
    ANY_SERVICE,
    Argument,
    ArgumentKind,
    Arguments,
    command,
    words,
)
from sentinel_tui.commands.standing import engine_data, find_engine, worst_exit
from sentinel_tui.commands.wording import counted, moment, severity_exit
from sentinel_tui.domain.monitoring.matching import matches
from sentinel_tui.domain.records import AlertRecord
from sentinel_tui.text import format_duration

if TYPE_CHECKING:
    from sentinel_tui.commands.context import Context

_MOST_ROWS = 200
_VIEW = Argument(
    ArgumentKind.CHOICE,
    "open|acknowledged|silenced|past|all",
    choices={
        "open": words("open active current ouverte ouvertes actives en-cours"),
        "acknowledged": words("acknowledged acked acquittee acquittees"),
        "silenced": words("silenced muted silenciees"),
        "past": words("past closed over resolved passees fermees terminees"),
        "all": words("all toutes toute tout"),
    },
)
_NONE = {
    "open": "No open alerts",
    "acknowledged": "No acknowledged alerts",
    "silenced": "No silenced alerts",
    "past": "No past alerts",
    "all": "No alerts at all",
}


@command(
    "alerts",
    en="alert alarms alarm",
    fr="alerte alertes alarme alarmes",
    arguments=(_VIEW, ANY_SERVICE),
)
def alerts(context: Context, given: Arguments) -> Answer:
    """Show the open alerts, or another view of them."""
    view = given.choice or "open"
    read = context.store.alerts(
        open_only=view not in ("past", "all"), service=given.service, limit=_MOST_ROWS
    )
    found = _seen_in(view, read, context)
    opened = [alert for alert in found if alert.open]
    engine = find_engine(context)
    title = _title(view, found, opened)
    return Answer(
        title=f"{title} (times in {context.zone})" if found else title,
        lines=tuple(_lines(read, opened)),
        table=Table(
            ("#", "SEVERITY", "SERVICE", "SINCE", "LASTED", "WHY"),
            tuple(_row(alert, context) for alert in found),
            numbers=frozenset({"#", "LASTED"}),
        ),
        data={
            "view": view,
            "alerts": [alert_data(alert) for alert in found],
            "open": len(opened),
            "complete": len(read) < _MOST_ROWS,
            "engine": engine_data(engine),
        },
        exit_code=worst_exit(severity_exit(one.severity for one in opened), engine),
    )


def _seen_in(view: str, read: Sequence[AlertRecord], context: Context) -> list[AlertRecord]:
    match view:
        case "acknowledged":
            return [one for one in read if one.acknowledged_ms is not None]
        case "silenced":
            return _silenced(read, context)
        case "past":
            return [one for one in read if not one.open]
        case _:
            return list(read)


def _silenced(read: Sequence[AlertRecord], context: Context) -> list[AlertRecord]:
    """Those that a silence or a maintenance lies over now."""
    quiet = context.store.silences(active_at_ms=context.now_ms)
    tags = {service.id: service.tags for service in context.store.services()}
    return [
        alert
        for alert in read
        if any(
            matches(
                one.match,
                service=alert.service,
                tags=tags.get(alert.service, ()),
                rule=alert.rule,
                severity=alert.severity,
            )
            for one in quiet
        )
    ]


def _title(view: str, found: Sequence[AlertRecord], opened: Sequence[AlertRecord]) -> str:
    if not found:
        return _NONE[view]
    past = len(found) - len(opened)
    match view:
        case "past":
            return counted(past, "past alert")
        case "all":
            return f"{counted(len(opened), 'open alert')}, {counted(past, 'past one')}"
        case _:
            return counted(len(found), f"{view} alert")


def _row(alert: AlertRecord, context: Context) -> tuple[str, ...]:
    ended_ms = context.now_ms if alert.resolved_ms is None else alert.resolved_ms
    notes = alert.reason
    if alert.resolution:
        notes += f"; ended: {alert.resolution}"
    if alert.open and alert.acknowledged_ms is not None:
        notes += " (acknowledged)"
    return (
        str(alert.id),
        alert.severity,
        alert.service or "Sentinel",
        moment(alert.opened_ms, context.now_ms, context.zone),
        format_duration((ended_ms - alert.opened_ms) / 1_000),
        notes,
    )


def _lines(read: Sequence[AlertRecord], opened: Sequence[AlertRecord]) -> list[str]:
    lines = []
    if opened:
        lines.append("`ack 12` acknowledges alert 12; `incidents` shows what belongs together.")
    if len(read) == _MOST_ROWS:
        lines.append(f"Only the newest {_MOST_ROWS} are shown.")
    return lines
