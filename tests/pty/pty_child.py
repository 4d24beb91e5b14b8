"""The screen as `sentinel` opens it, but at a fixed time and without starting an engine."""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "tui"))

from tui_engine import StandbyClient
from tui_past import NOW_MS

import sentinel_tui.tui.run as opening
from sentinel_tui.clock import FakeClock
from sentinel_tui.paths import Paths

opening.Client = StandbyClient  # type: ignore[misc]  # the process boundary, as in all these tests
opening.SystemClock = lambda: FakeClock(NOW_MS)  # type: ignore[misc,assignment]

if os.environ.get("SENTINEL_TEST_IGNORE_HUP"):
    # As under nohup: the signal never comes, and the hang-up must be noticed all the same.
    signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGHUP])

config, data_dir = sys.argv[1:]
sys.exit(opening.run(Paths(config=Path(config), data_dir=Path(data_dir))))
