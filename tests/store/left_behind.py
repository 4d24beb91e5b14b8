"""Stores that the programs of earlier layouts left behind, and what lies in them."""

from __future__ import annotations

import gzip
from contextlib import closing
from pathlib import Path

from sentinel_tui.paths import Paths
from sentinel_tui.store.driver import open_reader
from sentinel_tui.store.guard import create_private, prepare_folder

MOVED = {"engine_lease", "schema_migration"}
"""What every start writes."""


def leave_behind(paths: Paths, name: str) -> Path:
    """Put one of the packed stores in the place of today's."""
    prepare_folder(paths)
    create_private(paths.store)
    paths.store.write_bytes(gzip.decompress(Path(__file__).with_name(name).read_bytes()))
    return paths.store


def layout(store: Path) -> int:
    with closing(open_reader(store)) as connection:
        return int(connection.execute("PRAGMA user_version").fetchone()[0])


def tables(store: Path) -> dict[str, str]:
    """The columns of each table but those in `MOVED`, as a list for a query."""
    with closing(open_reader(store)) as connection:
        found = connection.execute(
            "SELECT t.name, group_concat(c.name) FROM sqlite_master t "
            "JOIN pragma_table_info(t.name) c WHERE t.type = 'table' GROUP BY t.name"
        ).fetchall()
    return {name: columns for name, columns in found if name not in MOVED}


def rows(store: Path, named: dict[str, str]) -> dict[str, list[tuple[object, ...]]]:
    """All rows of some tables with some columns."""
    with closing(open_reader(store)) as connection:
        return {
            name: connection.execute(f"SELECT {columns} FROM {name}").fetchall()  # noqa: S608 (its own names)
            for name, columns in named.items()
        }
