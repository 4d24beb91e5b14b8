"""`sentinel replay TIME`: the dashboard as it was."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

import click

from sentinel_tui.cli.session import Session
from sentinel_tui.commands.instants import read_instant
from sentinel_tui.errors import StoreError

if TYPE_CHECKING:
    from sentinel_tui.commands.context import Context


@click.command("replay")
@click.argument("time", nargs=-1, required=True, metavar="TIME")
@click.option("--date", "day", default="", help="The day, where TIME is only a time of day.")
@click.pass_obj
def replay(session: Session, time: tuple[str, ...], day: str) -> int:
    """Show the dashboard as it was: at 14:02, or at 2026-11-21 14:02.

    A time of day alone is the last one that has passed. Times are in the zone of the configuration.
    """
    from sentinel_tui.tui.run import run

    with session.context() as context:
        at_ms = read_instant(" ".join(time), day, context.now_ms, context.zone)
        _need_records(context, at_ms)
    return run(session.paths, replay_ms=at_ms, read_only=session.read_only)


def _need_records(context: Context, at_ms: int) -> None:
    """Make sure that something was recorded by then.

    Raises:
        StoreError: Nothing was.
    """
    if context.store.timeline(0, at_ms + 1, limit=1):
        return
    at = datetime.fromtimestamp(at_ms / 1_000, context.zone)
    raise StoreError(
        f"nothing had been recorded by {at:%Y-%m-%d %H:%M} ({context.zone})",
        "`sentinel history 30d` shows since when there is something",
    )
