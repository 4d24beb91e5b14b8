"""`sentinel plan --simulate`: what the wake plan would have done on a log of real visits."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from sentinel_tui.cli.output import print_text
from sentinel_tui.cli.visit_logs import first_monday, read_visit_log
from sentinel_tui.errors import UsageError

if TYPE_CHECKING:
    from sentinel_tui.domain.keepalive.simulation import Tally

_MOST_WEEKS = 22
_NAMES = {"plan": "the plan", "always_on": "always on", "fixed_hours": "8 to 18, Mon to Fri"}


@click.command("plan")
@click.option("--simulate", is_flag=True, help="Try it on logs of visits.")
@click.argument(
    "files", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="FILE..."
)
@click.option(
    "--budget",
    "budget_h",
    type=click.FloatRange(min=0, min_open=True),
    default=750.0,
    show_default=True,
    help="Instance-hours a month for all of them.",
)
@click.option(
    "--weeks",
    type=click.IntRange(min=7),
    default=_MOST_WEEKS,
    show_default=True,
    help="Weeks from the first Monday on, 6 of them to learn from.",
)
@click.option("--json", "as_json", is_flag=True, help="For programs.")
def plan(
    simulate: bool, files: tuple[Path, ...], budget_h: float, weeks: int, as_json: bool
) -> int:
    """Show which cold starts the wake plan would have saved, against the usual ways.

    Each FILE is one service: CSV, plain or gzip, one visit a line, its time in the first column.
    Logs are laid over one calendar, aligned by weekday; months have 30 days.
    """
    if not simulate:
        raise UsageError("so far plans are made on logs only", "sentinel plan --simulate FILE...")
    from sentinel_tui.domain.keepalive.simulation import simulate as live_through

    events_s, weeks = _events(files, weeks)
    tallies = live_through(events_s, weeks, budget_h)
    figures = {name: _figures(tally) for name, tally in tallies.items()}
    if as_json:
        best = figures.pop("plan")
        print_text(json.dumps({**best, **figures, "budget_hours": budget_h, "weeks": weeks}))
    else:
        print_text(_table(figures, budget_h, weeks))
    return 0


def _events(files: tuple[Path, ...], weeks: int) -> tuple[dict[str, list[float]], int]:
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
