"""The screen stays small: what needs NumPy is reckoned elsewhere, and only rows are read here."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent
LOOKED_AT = """
import asyncio, sys
from pathlib import Path
sys.path[:0] = [{here!r}]
from tui_screen import opened
from sentinel_tui.paths import Paths

async def look(folder):
    async with opened(Paths(config=folder / "sentinel.toml", data_dir=folder / "data")) as screen:
        await screen.press("4")
        await screen.shows("h watched")
        for sign in ("Go on to", "asked together", "×1 is", "Not enough", "Seems", "h watched"):
            await screen.press("v")
            await screen.shows(sign)
        await screen.press("enter")
        await screen.shows("Figures, and what each rests on")
        screen.app.open_incident(1)
        await screen.shows("views fewer")

asyncio.run(look(Path({folder!r})))
print([name for name in sys.modules if name.split(".")[0] == "numpy"])
"""


def test_all_of_the_tab_is_shown_without_numpy(videos):
    script = LOOKED_AT.format(here=str(HERE), folder=str(videos.data_dir.parent))
    run = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, timeout=60, check=False
    )
    assert run.returncode == 0, run.stderr
    assert run.stdout.strip() == "[]"
