"""Commands that tell what is and what was: status, metrics, history."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sentinel_tui.commands.answers import Answer, Table
from sentinel_tui.commands.attending import (
    frozen_lines,
    is_frozen,
    waiting_for_yes,
    waiting_lines,
)
from sentinel_tui.commands.overview import Overview, Watched, gather, health_data
from sentinel_tui.commands.records import (
    check_data,
    entry_data,
    point_data,
    service_data,
    service_record,
    summary_data,
)
from sentinel_tui.commands.spec import (
    ANY_SERVICE,
    SERVICE,
    WINDOW,
    Arguments,
    command,
)
from sentinel_tui.commands.standing import engine_data, engine_lines, find_engine, worst_exit
from sentinel_tui.commands.windows import Window
from sentinel_tui.commands.wording import (
    counted,
    exit_code,
    moment,
    signed,
    since,
    until,
)
from sentinel_tui.domain.monitoring.health import Health
from sentinel_tui.domain.monitoring.states import worst
from sentinel_tui.domain.records import LatencySummary, SeriesPoint
from sentinel_tui.text import format_latency, format_ratio

if TYPE_CHECKING:
    from sentinel_tui.commands.context import Context

_DAY = Window(86_400)
_SLICES = 12
_MOST_ROWS = 200
_MOST_LOSSES = 6


@command(
    "status",
    en="state overview health",
    fr="statut état santé",
    arguments=(ANY_SERVICE,),
    fillers="everything every all tout tous toute toutes",
)
def status(context: Context, given: Arguments) -> Answer:
    """Show how every service is, and the health score."""
    if given.service:
        service_record(context, given.service)
    overview = gather(context.store, context.now_ms)
    shown = [one for one in overview.services if given.service in ("", one.record.id)]
    engine = find_engine(context)
    states = [one.record.state for one in shown]
    health = shown[0].health if given.service and shown else overview.health
    lines = [
        f"{one.record.id}: {one.record.reason}" for one in shown if exit_code([one.record.state])
    ]
    lines += _loss_lines(health)
    if overview.open_alerts:
        lines.append(f"{counted(len(overview.open_alerts), 'open alert')}; `alerts` shows them.")
    waiting = waiting_for_yes(context)
    lines += [*waiting_lines(waiting), *frozen_lines(context)]
    return Answer(
        title=_status_title(overview, shown),
        lines=(*lines, *engine_lines(engine)),
        table=Table(
            ("SERVICE", "STATE", "SINCE", "NOW", "P95 1H", "UP 24H", "UP 30D", "NEXT WAKE"),
            tuple(_status_row(one, context.now_ms) for one in shown),
            numbers=frozenset({"SINCE", "NOW", "P95 1H", "UP 24H", "UP 30D"}),
        ),
        data={
            "at_ms": context.now_ms,
            "worst_state": worst(states),
            "health": health_data(health),
            "services": [_watched_data(one) for one in shown],
            "open_alerts": len(overview.open_alerts),
            "waiting_actions": waiting,
            "frozen": is_frozen(context),
            "engine": engine_data(engine),
        },
        exit_code=worst_exit(exit_code(states) if states else 1, engine),
    )


@command(
    "metrics",
    en="metric latency latencies timing timings",
    fr="métrique métriques mesure mesures latence latences",
    arguments=(SERVICE, WINDOW),
    fillers="response time times temps reponse",
)
def metrics(context: Context, given: Arguments) -> Answer:
    """Show the latency and failures of a service."""
    store, now_ms = context.store, context.now_ms
    service = service_record(context, given.service)
    window = given.window or _DAY
    start_ms = now_ms - window.seconds * 1_000
    summaries = store.summaries(start_ms, now_ms)
    drawn = service.primary
    points = store.series(drawn.key, start_ms, now_ms, _SLICES) if drawn else []
    uptime = store.uptimes(start_ms, now_ms).get(service.id)
    ratio = uptime.ratio if uptime else None
    engine = find_engine(context)
    lines = [
        f"{check.name}: {_summary_line(summaries.get(check.key, LatencySummary()))}"
        for check in service.checks
    ]
    lines.append(f"Uptime {format_ratio(ratio)} over the last {window.label}.")
    return Answer(
        title=f"{service.id} over the last {window.label}"
        + (f", check {drawn.name}" if drawn else "")
        + _times_in(context),
        lines=tuple(lines),
        table=Table(
            ("FROM", "P50", "P95", "MAX", "LOOKS", "FAILED"),
            tuple(_point_row(point, context) for point in points if point.count),
            numbers=frozenset({"P50", "P95", "MAX", "LOOKS", "FAILED"}),
        ),
        data={
            "service": service.id,
            "state": service.state,
            "from_ms": start_ms,
            "until_ms": now_ms,
            "uptime": ratio,
            "checks": [
                {**check_data(check), **summary_data(summaries.get(check.key, LatencySummary()))}
                for check in service.checks
            ],
            "series": [point_data(point) for point in points],
            "engine": engine_data(engine),
        },
        exit_code=worst_exit(exit_code([service.state]), engine),
    )


@command(
    "history",
    en="timeline events log journal",
    fr="historique chronologie évènements",
    arguments=(ANY_SERVICE, WINDOW),
)
def history(context: Context, given: Arguments) -> Answer:
    """Show what happened, newest first."""
    store, now_ms = context.store, context.now_ms
    window = given.window or _DAY
    start_ms = now_ms - window.seconds * 1_000
    entries = store.timeline(start_ms, now_ms, service=given.service, limit=_MOST_ROWS)
    engine = find_engine(context)
    states = [one.state for one in store.services() if given.service in ("", one.id)]
    about = given.service or "all services"
    title = f"{counted(len(entries), 'event')} over the last {window.label}, {about}"
    title += _times_in(context)
    cut = len(entries) == _MOST_ROWS
    return Answer(
        title=title if entries else f"Nothing happened over the last {window.label}, {about}",
        lines=(f"Only the newest {_MOST_ROWS} are shown; ask for less time.",) if cut else (),
        table=Table(
            ("WHEN", "SERVICE", "WHAT", "DETAIL"),
            tuple(
                (
                    moment(entry.at_ms, now_ms, context.zone),
                    entry.service or "Sentinel",
                    signed(entry.state) if entry.state else str(entry.severity or entry.kind),
                    entry.text,
                )
                for entry in entries
            ),
        ),
        data={
            "from_ms": start_ms,
            "until_ms": now_ms,
            "events": [entry_data(entry) for entry in entries],
            "complete": not cut,
            "engine": engine_data(engine),
        },
        exit_code=worst_exit(exit_code(states) if states else 1, engine),
    )


def _loss_lines(health: Health) -> list[str]:
    lines = [f"−{loss.points:.0f} health: {loss.cause}" for loss in health.losses[:_MOST_LOSSES]]
    smaller = len(health.losses) - len(lines)
    if smaller:
        lines.append(f"and {counted(smaller, 'smaller loss', 'smaller losses')}")
    return lines


def _times_in(context: Context) -> str:
    return f" (times in {context.zone})"


def _status_title(overview: Overview, shown: list[Watched]) -> str:
    if not shown:
        return "Nothing is watched yet."
    if len(shown) == 1:
        one = shown[0]
        return f"{one.record.id} is {one.record.state}; health {one.health.score:.0f} of 100"
    well = sum(1 for one in shown if exit_code([one.record.state]) == 0)
    counts = f"{well} of {len(shown)} services are well"
    health = overview.health
    if health.low < health.high:
        return f"{counts}; health {health.low:.0f} to {health.high:.0f} of 100"
    return f"{counts}; health {health.score:.0f} of 100"


def _status_row(one: Watched, now_ms: int) -> tuple[str, ...]:
    record = one.record
    latest = record.primary.latency_ms if record.primary else None
    return (
        record.id,
        signed(record.state),
        since(record.since_ms, now_ms) if record.since_ms else "–",
        format_latency(latest),
        format_latency(one.last_hour.p95_ms),
        format_ratio(one.uptime_24h.ratio),
        format_ratio(one.uptime_30d.ratio),
        until(record.next_wake_ms, now_ms) if record.next_wake_ms is not None else "–",
    )


def _watched_data(one: Watched) -> dict[str, Any]:
    return {
        **service_data(one.record),
        "p95_1h_ms": one.last_hour.p95_ms,
        "uptime_24h": one.uptime_24h.ratio,
        "uptime_30d": one.uptime_30d.ratio,
        "health": health_data(one.health),
        "open_alerts": len(one.open_alerts),
    }


def _summary_line(summary: LatencySummary) -> str:
    if not summary.count:
        return "no looks in this time"
    looks = f"{counted(summary.count, 'look')}, {summary.failures:,} failed"
    return (
        f"{looks}; p50 {format_latency(summary.p50_ms)}, p95 {format_latency(summary.p95_ms)}, "
        f"p99 {format_latency(summary.p99_ms)}, max {format_latency(summary.max_ms)}"
    )


def _point_row(point: SeriesPoint, context: Context) -> tuple[str, ...]:
    return (
        moment(point.at_ms, context.now_ms, context.zone),
        format_latency(point.p50_ms),
        format_latency(point.p95_ms),
        format_latency(point.max_ms),
        f"{point.count:,}",
        f"{point.failures:,}",
    )
