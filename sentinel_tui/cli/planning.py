"""`sentinel plan`: the wake plan as it holds, or what one would have done on logs of visits."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from sentinel_tui.cli.asking import answer
from sentinel_tui.cli.output import print_text
from sentinel_tui.cli.session import Session
from sentinel_tui.cli.visit_logs import first_monday, read_visit_log
from sentinel_tui.commands.catalog import BY_NAME
from sentinel_tui.commands.parser import parse_arguments
from sentinel_tui.errors import UsageError

if TYPE_CHECKING:
    from sentinel_tui.domain.keepalive.simulation import Tally

_SPEC = BY_NAME["plan"]
_MOST_WEEKS = 22
_BUDGET_H = 750.0
_NAMES = {"plan": "the plan", "always_on": "always on", "fixed_hours": "8 to 18, Mon to Fri"}


@click.command("plan", short_help=f"{_SPEC.summary}.")
@click.argument("words", nargs=-1, metavar="[SERVICE | FILE...]")
@click.option("--what-if", metavar="budget=HOURS", help="Think another budget through.")
@click.option("--simulate", is_flag=True, help="Try planning on logs of visits: FILEs.")
@click.option(
    "--budget",
    "budget_h",
    type=click.FloatRange(min=0, min_open=True),
    help=f"Instance-hours a month for all services; {_BUDGET_H:g} for logs.",
)
@click.option(
    "--weeks",
    type=click.IntRange(min=7),
    default=_MOST_WEEKS,
    show_default=True,
    help="Of logs: weeks from the first Monday on, 6 of them to learn from.",
)
@click.option("--json", "as_json", is_flag=True, help="Answer as JSON.")
@click.pass_obj
def plan(
    session: Session,
    words: tuple[str, ...],
    what_if: str | None,
    simulate: bool,
    budget_h: float | None,
    weeks: int,
    as_json: bool,
) -> int:
    """Show which hours services are kept awake, why, at what cost.

    With --simulate: which cold starts planning would have saved on logs of visits, against the
    usual ways. Each FILE is one service: CSV, plain or gzip, one visit a line, its time in the
    first column. Logs are laid over one calendar, aligned by weekday; months have 30 days.

    French: plan, planification
    """
    if simulate:
        if what_if is not None:
            raise UsageError("--what-if is about the plan that holds", "with logs, use --budget")
        return _simulate(words, budget_h or _BUDGET_H, weeks, as_json=as_json)
    if what_if is None and budget_h is not None:
        what_if = f"budget={budget_h:g}"
    return _show(session, (*words, *([what_if] if what_if else [])), as_json=as_json)


def _show(session: Session, words: tuple[str, ...], *, as_json: bool) -> int:
    with session.context() as context:
        read = parse_arguments(_SPEC, words, session.service_ids(context))
        files = [word for word in words if Path(word).is_file()]
        if files:
            raise UsageError(
                f"{files[0]} is a file; logs are only tried out",
                f"sentinel plan --simulate {files[0]}",
            )
        return answer(session, read, context, json=as_json)


def _simulate(names: tuple[str, ...], budget_h: float, weeks: int, *, as_json: bool) -> int:
    from sentinel_tui.domain.keepalive.simulation import simulate as live_through

    if not names:
        raise UsageError("no log was named", "sentinel plan --simulate FILE...")
    events_s, weeks = _events([Path(name) for name in names], weeks)
    tallies = live_through(events_s, weeks, budget_h)
    figures = {name: _figures(tally) for name, tally in tallies.items()}
    if as_json:
        best = figures.pop("plan")
        print_text(json.dumps({**best, **figures, "budget_hours": budget_h, "weeks": weeks}))
    else:
        print_text(_table(figures, budget_h, weeks))
    return 0


def _events(files: list[Path], weeks: int) -> tuple[dict[str, list[float]], int]:
    """Seconds since each log's first Monday, by file, and how many weeks all of them cover."""
    events_s: dict[str, list[float]] = {}
    for file in files:
        times = read_visit_log(file)
        monday = first_monday(times)
        weeks = min(weeks, (times[-1] - monday) // timedelta(weeks=1))
        events_s[str(file)] = [(time - monday).total_seconds() for time in times if time >= monday]
    if weeks < 7:
        raise UsageError(
            "there is too little to learn from: a log covers fewer than 7 whole weeks",
            "6 weeks teach the plan, and at least one more judges it",
        )
    return events_s, weeks


def _figures(tally: Tally) -> dict[str, Any]:
    sessions = max(tally.sessions, 1)
    return {
        **asdict(tally),
        "hours_per_month": round(tally.hours_per_month, 1),
        "cold_share": round(tally.cold / sessions, 4),
        "refused_share": round(tally.refused / sessions, 4),
    }


def _table(figures: Mapping[str, Mapping[str, Any]], budget_h: float, weeks: int) -> str:
    lines = [
        f"{weeks - 6} weeks on a budget of {budget_h:g} hours a month, after 6 weeks to learn from",
        "",
        f"{'':<20} {'visits':>7} {'cold':>8} {'refused':>8} {'h/month':>8}",
    ]
    for name, one in figures.items():
        lines.append(
            f"{_NAMES[name]:<20} {one['sessions']:>7} {one['cold_share']:>8.1%} "
            f"{one['refused_share']:>8.1%} {one['hours_per_month']:>8.0f}"
        )
    return "\n".join(lines)
