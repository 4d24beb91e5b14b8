"""`sentinel store`: what the store holds, whether it is sound, copies of it, and its size."""

from __future__ import annotations

import asyncio
from contextlib import closing
from typing import TYPE_CHECKING, Any

import click

from sentinel_tui.cli.output import json_option, print_answer, print_json, print_text, tell
from sentinel_tui.cli.session import Session
from sentinel_tui.clock import SystemClock
from sentinel_tui.commands.answers import Answer, Table
from sentinel_tui.errors import StoreError
from sentinel_tui.text import format_bytes

if TYPE_CHECKING:
    from sentinel_tui.config.model import RetentionOptions
    from sentinel_tui.store.database import Database
    from sentinel_tui.store.info import StoreInfo


@click.group("store")
def store() -> None:
    """Look after the file that holds everything recorded."""


@store.command("info")
@json_option
@click.pass_obj
def store_info(session: Session, json: bool) -> int:
    """Show how large the store is and what it holds."""
    from sentinel_tui.store.queries import Reader

    with closing(Reader(session.paths)) as reader:
        info = reader.info()
    forecast_bytes = info.forecast_bytes(_limits(session).raw_days)
    return print_answer(_info_answer(info, forecast_bytes), json=json)


@store.command("check")
@json_option
@click.pass_obj
def store_check(session: Session, json: bool) -> int:
    """Check every page of the store; an engine may go on meanwhile."""
    from sentinel_tui.store.backup import check

    _need_store(session)
    problems = check(session.paths.store)
    exit_code = StoreError.exit_code if problems else 0
    if json:
        print_json({"problems": problems, "exit_code": exit_code})
    elif problems:
        print_text("\n".join(problems))
        tell("Stop the engine and start it again: it salvages what can be read.")
    else:
        print_text("The store is sound.")
    return exit_code


@store.command("backup")
@click.pass_obj
def store_backup(session: Session) -> int:
    """Copy the store into the backups folder; an engine may go on meanwhile."""
    from sentinel_tui.store.backup import backup

    session.need_to_change()
    _need_store(session)
    kept = _limits(session).backups_kept
    paths = session.paths
    print_text(str(backup(paths, paths.backups, SystemClock().now_ms(), kept)))
    return 0


@store.command("vacuum")
@click.pass_obj
def store_vacuum(session: Session) -> int:
    """Give unused space back to the device. Only without an engine: it rewrites the whole file."""
    from sentinel_tui.engine.lock import EngineLock
    from sentinel_tui.store.writer import Holder, StoreWriter

    session.need_to_change()
    _need_store(session)
    clock = SystemClock()
    before_bytes = session.paths.store.stat().st_size
    lock = EngineLock.take(session.paths.lock, clock.now_ms())
    try:
        opened = StoreWriter.open(session.paths, clock, _limits(session), Holder.here())
        with closing(opened) as writer:
            asyncio.run(writer.run_alone(_vacuum))
    finally:
        lock.release()
    after_bytes = session.paths.store.stat().st_size
    print_text(f"{format_bytes(before_bytes)} before, {format_bytes(after_bytes)} now")
    return 0


def _vacuum(db: Database) -> None:
    db.raw.execute("VACUUM")


def _need_store(session: Session) -> None:
    if not session.paths.store.exists():
        raise StoreError(
            f"there is no store at {session.paths.store} yet", "start the engine: sentinel engine"
        )


def _limits(session: Session) -> RetentionOptions:
    from sentinel_tui.config.model import RetentionOptions

    return session.config.retention if session.config else RetentionOptions()


def _info_answer(info: StoreInfo, forecast_bytes: int | None) -> Answer:
    lines = [
        f"SQLite {info.sqlite_version}, journal mode {info.journal_mode}, "
        f"layout {info.layout_version}",
        f"Write-ahead log {format_bytes(info.wal_bytes)}, unused inside "
        f"{format_bytes(info.free_bytes)}, free on the device "
        f"{format_bytes(info.device_free_bytes)}",
    ]
    if forecast_bytes is not None:
        lines.append(f"It will settle at about {format_bytes(forecast_bytes)}.")
    return Answer(
        title=f"{info.path}: {format_bytes(info.size_bytes)}",
        lines=tuple(lines),
        table=Table(
            ("TABLE", "ROWS"),
            tuple((name, f"{rows:,}") for name, rows in info.rows.items()),
            numbers=frozenset({"ROWS"}),
        ),
        data=_info_data(info, forecast_bytes),
    )


def _info_data(info: StoreInfo, forecast_bytes: int | None) -> dict[str, Any]:
    return {
        "path": str(info.path),
        "size_bytes": info.size_bytes,
        "wal_bytes": info.wal_bytes,
        "free_bytes": info.free_bytes,
        "device_free_bytes": info.device_free_bytes,
        "forecast_bytes": forecast_bytes,
        "rows": info.rows,
        "layout_version": info.layout_version,
        "sqlite_version": info.sqlite_version,
        "journal_mode": info.journal_mode,
        "oldest_ms": info.oldest_ms,
        "newest_ms": info.newest_ms,
    }
