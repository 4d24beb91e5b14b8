"""A plan, modes and what waits for a yes on a real terminal."""

from __future__ import annotations

import asyncio

import pytest
from tui_kept import Kept
from tui_past import NOW_MS

from sentinel_tui.store import actions

QUIET_S = 3.0


@pytest.fixture
def kept(paths):
    """A watch that keeps awake and heals."""
    Kept(paths).write()
    return paths


def test_what_is_told_of_it_costs_nothing_until_it_changes(kept, engine, open_screen):
    terminal = open_screen()
    for told in ("waits for your yes", "engine 4711 watches", "mode │", "Hours"):
        terminal.read_until(terminal.shows(told))
    terminal.read_until_quiet()
    whole = len(terminal.raw)
    assert terminal.read_for(QUIET_S) == 0
    freeze(kept)
    terminal.read_until(terminal.shows("FROZEN since"))
    terminal.read_until_quiet()
    assert len(terminal.raw) < 2 * whole
    assert terminal.read_for(QUIET_S) == 0


def freeze(paths) -> None:
    writer = Kept(paths).open()
    asyncio.run(writer.run(lambda db: actions.freeze(db, NOW_MS, "cli", "")))
    writer.close()
