"""The screen as a process of its own on a pseudo-terminal, with a recorded past to show."""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "tui"))

from pty_terminal import Terminal
from tui_engine import ControlDouble, listening
from tui_past import HOSTILE, HOSTILE_CONFIG, MINUTE_MS, NOW_MS, Past, Trouble
from tui_screen import ENGINE

from sentinel_tui.paths import Paths

CHILD = Path(__file__).parent / "pty_child.py"
ROOT = Path(__file__).parents[2]

Open = Callable[..., Terminal]


@pytest.fixture
def paths() -> Iterator[Paths]:
    """A watch in a folder with a short path: a socket's may take about 100 characters."""
    with tempfile.TemporaryDirectory(prefix="sentinel-") as name:
        folder = Path(name)
        paths = Paths(config=folder / "sentinel.toml", data_dir=folder / "data")
        paths.config.write_text("")
        yield paths


@pytest.fixture
def watch(paths: Paths) -> Paths:
    """A watch with an ordinary past."""
    Past(paths).write()
    return paths


@pytest.fixture
def hostile_watch(paths: Paths) -> Paths:
    """A watch with hostile text wherever a service can put any."""
    trouble = Trouble("service-2", NOW_MS - 20 * MINUTE_MS, NOW_MS + 1, "status")
    past = Past(paths, config=HOSTILE_CONFIG, troubles=(trouble,), error=HOSTILE, kept=HOSTILE)
    past.write()
    return paths


@pytest.fixture
def engine(paths: Paths) -> Iterator[ControlDouble]:
    """An engine's double on the watch's control socket."""
    with listening(paths, ControlDouble(ENGINE)) as double:
        yield double


@pytest.fixture
def open_screen(paths: Paths) -> Iterator[Open]:
    """Opens the screen of the watch on a terminal; ends it with the test."""
    with ExitStack() as screens:

        def open_one(*, columns: int = 80, rows: int = 24, **environment: str) -> Terminal:
            command = [sys.executable, str(CHILD), str(paths.config), str(paths.data_dir)]
            search = {"PYTHONPATH": f"{ROOT}{os.pathsep}{os.environ.get('PYTHONPATH', '')}"}
            terminal = Terminal(
                command, columns=columns, rows=rows, environment={**search, **environment}
            )
            return screens.enter_context(terminal)

        yield open_one
