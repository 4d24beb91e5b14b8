"""`sentinel export`: what others read of Sentinel, as files."""

from __future__ import annotations

from pathlib import Path

import click

from sentinel_tui.cli.files import write_whole
from sentinel_tui.cli.output import print_text, tell
from sentinel_tui.cli.session import Session
from sentinel_tui.errors import SentinelError
from sentinel_tui.text import clean_text

_PATH = click.Path(path_type=Path)


@click.group("export")
def export() -> None:
    """Write what others read: metrics, a status page, a table of videos."""


@export.command("prometheus")
@click.option("--file", "path", type=_PATH, help="Where to, instead of standard output.")
@click.pass_obj
def export_prometheus(session: Session, path: Path | None) -> int:
    """Print the last looks as Prometheus reads them.

    The names are those of blackbox_exporter. With --file the file is replaced whole, as
    node_exporter's textfile collector needs it.
    """
    from sentinel_tui.commands.exporting.prometheus import prometheus_text
    from sentinel_tui.commands.standing import find_engine

    with session.context() as context:
        store = context.store
        text = prometheus_text(
            store.services(),
            store.incidents(open_only=True),
            watching=find_engine(context).watching,
            view_events=store.view_events_received(),
        )
    if path is None:
        print_text(text.rstrip("\n"))
    else:
        write_whole(path, text)
    return 0


@export.command("status-page")
@click.argument("folder", type=_PATH, metavar="DIR")
@click.option("--title", default="Status", show_default=True, help="The heading of the page.")
@click.pass_obj
def export_status_page(session: Session, folder: Path, title: str) -> int:
    """Write a status page and badges for the public: plain HTML and SVG.

    It holds names and states only: no address, no error. DIR gets index.html, badge.svg and
    badges/SERVICE.svg.
    """
    from sentinel_tui.commands.exporting.public_words import overall_badge, service_badge
    from sentinel_tui.commands.exporting.status_page import status_page
    from sentinel_tui.commands.public_board import gather_board

    with session.context() as context:
        board = gather_board(context, clean_text(title, 100))
        zone = context.zone
    badges = folder / "badges"
    _make(badges)
    write_whole(folder / "index.html", status_page(board, zone))
    write_whole(folder / "badge.svg", overall_badge(board))
    for service in board.services:
        write_whole(badges / f"{service.id}.svg", service_badge(service, board))
    tell(f"{folder / 'index.html'} and {len(board.services) + 1} badges are written.")
    return 0


@export.command("videos")
@click.option("--file", "path", type=_PATH, help="Where to, instead of standard output.")
@click.pass_obj
def export_videos(session: Session, path: Path | None) -> int:
    """Print all videos as CSV: each figure with its interval and what it rests on.

    What is unknown is an empty cell, never a zero.
    """
    from sentinel_tui.commands.exporting.video_table import video_table

    with session.context() as context:
        text = video_table(context.store)
    if path is None:
        print_text(text.rstrip("\n"))
    else:
        write_whole(path, text)
    return 0


def _make(folder: Path) -> None:
    try:
        folder.mkdir(mode=0o755, parents=True, exist_ok=True)
    except OSError as error:
        raise SentinelError(
            f"cannot make {folder}: {error.strerror}", "name another place"
        ) from None
