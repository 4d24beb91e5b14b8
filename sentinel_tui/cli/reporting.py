"""`sentinel report`: a month on paper."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from sentinel_tui.cli.files import write_whole
from sentinel_tui.cli.output import print_text
from sentinel_tui.cli.session import Session
from sentinel_tui.commands.answers import to_json
from sentinel_tui.errors import UsageError

if TYPE_CHECKING:
    from sentinel_tui.commands.context import Context
    from sentinel_tui.domain.monitoring.report import Report

_MOST_INCIDENTS = 10_000


@click.command("report")
@click.option("--month", required=True, metavar="YYYY-MM", help="The month, such as 2026-10.")
@click.option(
    "--format",
    "style",
    type=click.Choice(["md", "csv", "json"]),
    default="md",
    show_default=True,
    help="How it is written.",
)
@click.option(
    "-o", "--output", type=click.Path(path_type=Path), help="Where to, instead of standard output."
)
@click.pass_obj
def report(session: Session, month: str, style: str, output: Path | None) -> int:
    """Report a month: availability, latency, incidents, and how they are counted.

    The month is meant in the zone of the configuration; one that goes on is reported up to now.
    """
    with session.context() as context:
        text = _written(_read(context, month), style)
    if output is None:
        print_text(text.rstrip("\n"))
    else:
        write_whole(output, text)
    return 0


def _read(context: Context, month: str) -> Report:
    from sentinel_tui.domain.monitoring.report import assemble, month_bounds

    zone = str(context.zone)
    try:
        start_ms, end_ms = month_bounds(month, zone)
        store = context.store
        until_ms = max(start_ms, min(end_ms, context.now_ms))
        return assemble(
            month,
            zone,
            context.now_ms,
            store.services(),
            store.state_times(start_ms, until_ms),
            store.summaries(start_ms, until_ms),
            store.incidents(start_ms=start_ms, end_ms=until_ms, limit=_MOST_INCIDENTS),
            context.objectives,
        )
    except ValueError as error:
        raise UsageError(str(error), "name a month: --month 2026-10") from None


def _written(report: Report, style: str) -> str:
    from sentinel_tui.domain.monitoring.report_text import to_csv, to_dict, to_markdown

    if style == "csv":
        return to_csv(report)
    return to_json(to_dict(report)) + "\n" if style == "json" else to_markdown(report)
