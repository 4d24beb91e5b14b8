"""`why`: everything that explains the state of one service, short and honest."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from sentinel_tui.commands.answers import Answer
from sentinel_tui.commands.attending import attention_data, attention_lines, read_attention
from sentinel_tui.commands.overview import Watched, gather, health_data
from sentinel_tui.commands.records import (
    alert_data,
    cold_start_data,
    failure_data,
    service_data,
    service_record,
)
from sentinel_tui.commands.spec import SERVICE, Arguments, command
from sentinel_tui.commands.standing import engine_data, engine_lines, find_engine, worst_exit
from sentinel_tui.commands.wording import counted, end_of, exit_code, moment, signed, since, until
from sentinel_tui.domain.monitoring.matching import matches
from sentinel_tui.domain.monitoring.states import State
from sentinel_tui.domain.records import (
    AlertRecord,
    CheckRecord,
    ColdStartRecord,
    FailureRecord,
    ServiceRecord,
)
from sentinel_tui.text import format_duration, format_latency

if TYPE_CHECKING:
    from sentinel_tui.commands.context import Context

_FAILURES_SHOWN = 3
_COLD_STARTS_READ = 20


@command(
    "why",
    en="explain reason",
    fr="pourquoi explique expliquer raison",
    arguments=(SERVICE,),
    fillers=(
        "down up slow dead broken failing fails fail failed asleep waking degraded suspect paused "
        "not doesnt isnt work working so always often "
        "panne tombe tombee lent lente marche pas ne fonctionne bas rouge"
    ),
)
def why(context: Context, given: Arguments) -> Answer:
    """Explain a state, and what Sentinel does next."""
    store, now_ms = context.store, context.now_ms
    wanted = service_record(context, given.service)
    overview = gather(store, now_ms)
    one = next(watched for watched in overview.services if watched.record.id == wanted.id)
    others = {watched.record.id: watched.record for watched in overview.services}
    failures = store.failures(wanted.id, limit=_FAILURES_SHOWN)
    cold_starts = store.cold_starts(wanted.id, limit=_COLD_STARTS_READ)
    engine = find_engine(context)
    does_next = (
        _next(one.record, now_ms) if engine.watching else "Nothing, for no engine is watching."
    )
    attention = read_attention(context, one.record.id)
    lines = [
        *_reason_lines(one.record, context),
        *_dependency_lines(one.record, others),
        *_quiet_lines(one.record, context),
        *attention_lines(attention, context),
        *_health_lines(one),
        *_alert_lines(one.open_alerts, context),
        *_failure_lines(failures, context),
        *_cold_start_lines(one.record, cold_starts, context),
        f"Next: {does_next}",
    ]
    if not engine.watching:
        lines += engine_lines(engine)
    return Answer(
        title=_title(one.record, context),
        lines=tuple(lines),
        data={
            **service_data(one.record),
            **attention_data(attention),
            "health": health_data(one.health),
            "alerts": [alert_data(alert) for alert in one.open_alerts],
            "failures": [failure_data(failure) for failure in failures],
            "cold_starts": [cold_start_data(cold_start) for cold_start in cold_starts],
            "next": does_next,
            "engine": engine_data(engine),
        },
        exit_code=worst_exit(exit_code([one.record.state]), engine),
    )


def _title(record: ServiceRecord, context: Context) -> str:
    if not record.since_ms:
        return f"{record.id} is {signed(record.state)}"
    at = moment(record.since_ms, context.now_ms, context.zone)
    lasted = since(record.since_ms, context.now_ms)
    return f"{record.id} is {signed(record.state)} since {at} {context.zone} ({lasted})"


def _reason_lines(record: ServiceRecord, context: Context) -> list[str]:
    lines = [f"Because: {record.reason}"]
    if len(record.checks) > 1:
        lines += [f"  {_check_line(check, context)}" for check in record.checks]
    elif record.checks:
        lines.append(f"Looked at: {_check_line(record.checks[0], context)}")
    return lines


def _check_line(check: CheckRecord, context: Context) -> str:
    line = f"{check.name} {check.target}: {signed(check.state)}"
    if check.last_ms is None:
        return f"{line}, not looked at yet"
    saw = check.error or (format_latency(check.latency_ms) if check.latency_ms else "answered")
    return f"{line}, {saw} {since(check.last_ms, context.now_ms)} ago"


def _dependency_lines(record: ServiceRecord, others: dict[str, ServiceRecord]) -> list[str]:
    needed = [others[name] for name in record.depends_on if name in others]
    needing = [one.id for one in others.values() if record.id in one.depends_on]
    lines = []
    if needed:
        lines.append("Needs: " + ", ".join(f"{one.id} ({signed(one.state)})" for one in needed))
    ill = [one.id for one in needed if exit_code([one.state])]
    if ill and exit_code([record.state]):
        lines.append(f"Look at {' and '.join(ill)} first: {record.id} cannot work without.")
    if record.suppressed_by:
        lines.append(f"It raises no alarm of its own: {record.suppressed_by} stands behind it.")
    if needing:
        lines.append("Needed by: " + ", ".join(needing))
    return lines


def _quiet_lines(record: ServiceRecord, context: Context) -> list[str]:
    """The silences and maintenances that lie over the service now."""
    return [
        f"{one.kind.capitalize()} {one.id} until {end_of(one, context.now_ms, context.zone)}"
        + (f", because {one.reason}" if one.reason else "")
        + f" (`unsilence {one.id}`)"
        for one in context.store.silences(active_at_ms=context.now_ms)
        if matches(one.match, service=record.id, tags=record.tags)
    ]


def _health_lines(one: Watched) -> list[str]:
    health = one.health
    if health.low < health.high:
        lines = [f"Health: {health.low:.0f} to {health.high:.0f} of 100, for its state is unknown"]
    else:
        lines = [f"Health: {health.score:.0f} of 100"]
    return lines + [f"  −{loss.points:.0f}  {loss.cause}" for loss in health.losses]


def _alert_lines(open_alerts: Sequence[AlertRecord], context: Context) -> list[str]:
    lines = []
    for alert in open_alerts:
        at = moment(alert.opened_ms, context.now_ms, context.zone)
        seen = "acknowledged" if alert.acknowledged_ms is not None else f"`ack {alert.id}`"
        lines.append(f"Alert {alert.id}: {alert.severity} since {at}, {alert.reason} ({seen})")
    return lines


def _failure_lines(failures: Sequence[FailureRecord], context: Context) -> list[str]:
    if not failures:
        return ["Last failures: none kept"]
    return ["Last failures:"] + [
        f"  {moment(one.at_ms, context.now_ms, context.zone)}  {one.check}, {one.phase}: "
        f"{one.error}"
        for one in failures
    ]


def _cold_start_lines(
    record: ServiceRecord, cold_starts: Sequence[ColdStartRecord], context: Context
) -> list[str]:
    if not record.sleeps:
        return []
    if not cold_starts:
        return ["Cold starts: none seen yet"]
    last = cold_starts[0]
    took = format_duration(last.duration_ms / 1_000)
    line = f"Last cold start: {took}, {since(last.at_ms, context.now_ms)} ago"
    if record.expected_wake_s:
        line += f" (expected {format_duration(record.expected_wake_s)})"
    return [f"{line}; {counted(len(cold_starts), 'cold start')} kept"]


def _next(record: ServiceRecord, now_ms: int) -> str:
    """What the engine will do about the service, from what it has planned."""
    if record.paused:
        return f"nothing until `resume {record.id}`."
    planned = [check.next_ms for check in record.checks if check.next_ms is not None]
    look = f"it looks again {until(min(planned), now_ms)}" if planned else _at_latest(record)
    if record.next_wake_ms is not None:
        look += f", and wakes it {until(record.next_wake_ms, now_ms)}"
    return look + _AFTERWARDS.get(record.state, "") + "."


def _at_latest(record: ServiceRecord) -> str:
    shortest_s = min((check.interval_s for check in record.checks), default=0.0)
    return f"it looks again within {format_duration(shortest_s)}"


_AFTERWARDS = {
    State.SUSPECT: "; only if fresh looks fail as well is it called DOWN",
    State.DOWN: "; several good looks in a row make it UP",
    State.WAKING: "; if it has not answered before its wake timeout, it is called DOWN",
    State.FLAPPING: "; once it stays the same for a while it is called that again",
    State.MAINT: "; it is judged anew when the maintenance ends",
    State.UNKNOWN: "; the first conclusive look decides",
}
