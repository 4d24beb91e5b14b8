"""The script that a page takes into itself to tell what is watched in its player."""

from __future__ import annotations

from functools import cache
from importlib.resources import files

from sentinel_tui.engine.ingest.messages import Answer

_FILE = "player/sentinel-player.js"
_FRESH_FOR = (("cache-control", "public, max-age=3600"),)


@cache
def player_script() -> Answer:
    """The script, as it lies in the package."""
    script = files("sentinel_tui").joinpath(_FILE).read_bytes()
    return Answer(200, script, "text/javascript; charset=utf-8", _FRESH_FOR)
