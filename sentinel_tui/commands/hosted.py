"""What the platform and the wakes tell: `deploys` and `cold-starts`."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from typing import TYPE_CHECKING, Any

from sentinel_tui.commands.answers import Answer, Table
from sentinel_tui.commands.records import cold_start_data
from sentinel_tui.commands.spec import ANY_SERVICE, WINDOW, Arguments, command
from sentinel_tui.commands.standing import engine_data, find_engine, worst_exit
from sentinel_tui.commands.windows import Window
from sentinel_tui.commands.wording import counted, moment
from sentinel_tui.domain.hosting import DeployStatus, HostedDeploy
from sentinel_tui.domain.records import ColdStartRecord
from sentinel_tui.text import format_duration

if TYPE_CHECKING:
    from sentinel_tui.commands.context import Context
    from sentinel_tui.domain.keepalive.cold_start import Distribution

_MONTH = Window(30 * 86_400)
_MOST_DEPLOYS = 50
_MOST_WAKES = 1_000
_LAST_WAKES = 10
_COMMIT_DIGITS = 7


@command(
    "deploys",
    en="deployments releases",
    fr="déploiements livraisons",
    arguments=(ANY_SERVICE, WINDOW),
    fillers="all tout tous",
)
def deploys(context: Context, given: Arguments) -> Answer:
    """Show the deploys the platform knows, newest first."""
    start_ms = None if given.window is None else context.now_ms - given.window.seconds * 1_000
    found = context.store.deploys(given.service, start_ms=start_ms, limit=_MOST_DEPLOYS)
    engine, about = find_engine(context), f", {given.service}" if given.service else ""
    title = f"{counted(len(found), 'deploy')}{about} (times in {context.zone})"
    return Answer(
        title=title if found else f"No deploy is known{about}",
        lines=_deploy_lines(found),
        table=Table(
            ("WHEN", "SERVICE", "STATUS", "DEPLOY, COMMIT"),
            tuple(_deploy_row(one, context) for one in found),
        ),
        data={
            "deploys": [deploy_data(one) for one in found],
            "complete": len(found) < _MOST_DEPLOYS,
            "engine": engine_data(engine),
        },
        exit_code=worst_exit(0, engine),
    )


@command(
    "cold-starts",
    en="coldstarts wakes",
    fr="démarrages-à-froid réveils",
    arguments=(ANY_SERVICE, WINDOW),
    fillers="all tout tous",
)
def cold_starts(context: Context, given: Arguments) -> Answer:
    """Show how long services take to wake, and who met that."""
    # The statistics are heavy to import, and few commands need them.
    from sentinel_tui.domain.keepalive.awake import people_met
    from sentinel_tui.domain.keepalive.cold_start import distribution

    window, engine = given.window or _MONTH, find_engine(context)
    start_ms = context.now_ms - window.seconds * 1_000
    names = [one.id for one in context.store.services() if one.sleeps]
    wakes = {
        name: [
            one
            for one in context.store.cold_starts(name, limit=_MOST_WAKES)
            if one.at_ms >= start_ms
        ]
        for name in names
        if given.service in ("", name)
    }
    stretches = context.store.awake(start_ms, context.now_ms)
    met = {name: people_met([one for one in stretches if one.service == name]) for name in wakes}
    shapes = {
        name: distribution([one.duration_ms for one in found]) for name, found in wakes.items()
    }
    count = sum(len(found) for found in wakes.values())
    about = f", {given.service}" if given.service else ""
    return Answer(
        title=f"{counted(count, 'cold start')} over the last {window.label}{about}; people met "
        f"{sum(met.values())} of them (times in {context.zone})",
        lines=tuple(_wake_lines(wakes, given.service, context)),
        table=Table(
            ("SERVICE", "WAKES", "HALF WITHIN", "95 %", "LONGEST", "MET BY PEOPLE"),
            tuple(_shape_row(name, shapes[name], met[name]) for name in wakes),
            numbers=frozenset({"WAKES", "HALF WITHIN", "95 %", "LONGEST", "MET BY PEOPLE"}),
        ),
        data={
            "from_ms": start_ms,
            "until_ms": context.now_ms,
            "services": [
                {
                    "service": name,
                    **_shape_data(shapes[name]),
                    "met_by_people": met[name],
                    "cold_starts": [cold_start_data(one) for one in found],
                    "by_deploy": [
                        {"deploy": deploy, **_shape_data(shape)}
                        for deploy, shape in _by_deploy(found)
                    ],
                }
                for name, found in wakes.items()
            ],
            "engine": engine_data(engine),
        },
        exit_code=worst_exit(0, engine),
    )


def deploy_data(one: HostedDeploy) -> dict[str, Any]:
    """A deploy for programs."""
    return {
        "id": one.id,
        "service": one.service,
        "status": one.status,
        "commit": one.commit,
        "message": one.message,
        "trigger": one.trigger,
        "created_ms": one.created_ms,
        "live_ms": one.live_ms,
        "ended_ms": one.ended_ms,
    }


def _deploy_lines(found: Sequence[HostedDeploy]) -> tuple[str, ...]:
    if not found:
        return ("[render] key and a service's render_service_id let Sentinel read them.",)
    earlier = next((one for one in found if one.status is DeployStatus.REPLACED), None)
    if earlier is None:
        return ()
    return (f"`rollback {earlier.service} {earlier.id}` goes back to an earlier one.",)


def _deploy_row(one: HostedDeploy, context: Context) -> tuple[str, ...]:
    at_ms = one.created_ms if one.live_ms is None else one.live_ms
    return (
        moment(at_ms, context.now_ms, context.zone),
        one.service,
        one.status,
        " ".join(filter(None, (one.id, one.commit[:_COMMIT_DIGITS], one.message or one.trigger))),
    )


def _shape_row(name: str, shape: Distribution | None, met: int) -> tuple[str, ...]:
    if shape is None:
        return name, "0", "–", "–", "–", str(met)
    return (
        name,
        str(shape.count),
        format_duration(shape.p50_ms / 1_000),
        format_duration(shape.p95_ms / 1_000),
        format_duration(shape.max_ms / 1_000),
        str(met),
    )


def _shape_data(shape: Distribution | None) -> dict[str, Any]:
    return {
        "count": shape.count if shape else 0,
        "p50_ms": shape.p50_ms if shape else None,
        "p95_ms": shape.p95_ms if shape else None,
        "max_ms": shape.max_ms if shape else None,
    }


def _by_deploy(found: Sequence[ColdStartRecord]) -> list[tuple[str, Distribution | None]]:
    """How long wakes took under each deploy that is known, the newest first."""
    from sentinel_tui.domain.keepalive.cold_start import distribution

    return [
        (deploy, distribution([one.duration_ms for one in together]))
        for deploy, together in groupby(found, key=lambda one: one.deploy)
        if deploy
    ]


def _wake_lines(
    wakes: dict[str, list[ColdStartRecord]], service: str, context: Context
) -> list[str]:
    lines = []
    for name, found in wakes.items():
        slower = _slower(found)
        lines += [f"{name}: {slower}."] if slower else []
    if not service:
        return [
            *lines,
            *([f"`cold-starts {next(iter(wakes))}` shows its last ones."] if wakes else []),
        ]
    for deploy, shape in _by_deploy(wakes.get(service, [])):
        if shape is not None:
            took = format_duration(shape.p50_ms / 1_000)
            lines.append(f"Under {deploy}: {counted(shape.count, 'wake')}, half within {took}.")
    return lines + [
        f"{moment(one.at_ms, context.now_ms, context.zone)}  "
        f"{format_duration(one.duration_ms / 1_000)}, woken by {one.cause}"
        for one in wakes.get(service, [])[:_LAST_WAKES]
    ]


def _slower(found: Sequence[ColdStartRecord]) -> str:
    """Whether wakes take longer since the last deploy that is known."""
    from sentinel_tui.domain.keepalive.cold_start import slower_since

    newest = found[0].deploy if found else ""
    if not newest:
        return ""
    return slower_since(
        [one.duration_ms for one in found if one.deploy != newest],
        [one.duration_ms for one in found if one.deploy == newest],
    )
