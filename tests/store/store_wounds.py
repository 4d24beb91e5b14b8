"""Damages stores, as a failing disk does."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

from sentinel_tui.store.driver import open_reader


def page_size(store: Path) -> int:
    with closing(open_reader(store)) as connection:
        return int(connection.execute("PRAGMA page_size").fetchone()[0])


def root_page(store: Path, table: str) -> int:
    with closing(open_reader(store)) as connection:
        row = connection.execute(
            "SELECT rootpage FROM sqlite_master WHERE name = ?", (table,)
        ).fetchone()
    return int(row[0])


def leaf_pages(store: Path, table: str) -> list[int]:
    """The pages that hold a table's rows, read from its root, which must be an interior page."""
    size = page_size(store)
    start = (root_page(store, table) - 1) * size
    page = store.read_bytes()[start : start + size]
    cells = int.from_bytes(page[3:5], "big")
    pointers = [int.from_bytes(page[12 + 2 * n : 14 + 2 * n], "big") for n in range(cells)]
    return [int.from_bytes(page[at : at + 4], "big") for at in pointers]


def zero_a_page(store: Path, table: str, leaf: int = 0) -> None:
    """Overwrite one page of a table with zeros. Nobody may have the store open."""
    size = page_size(store)
    zero_pages(store, [leaf_pages(store, table)[leaf]], size)


def zero_pages(store: Path, pages: list[int], size: int) -> None:
    with store.open("r+b") as file:
        for page in pages:
            file.seek((page - 1) * size)
            file.write(bytes(size))
