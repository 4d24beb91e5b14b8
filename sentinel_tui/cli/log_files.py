"""Log files of Bunny's CDN, as an owner may have kept them."""

from __future__ import annotations

from pathlib import Path

from sentinel_tui.errors import UsageError
from sentinel_tui.text import clean_text

_SHAPE = "lines of cache|status|instant|bytes|zone|address|referrer|url|edge|program|id|country"


def read_viewers(path: Path) -> list[tuple[str, int, int]]:
    """About how many people watched each video on each day, by a log file.

    The file is read line by line, and what tells one viewer from another is not kept.

    Returns:
        Video, start of the day (UTC, ms) and viewers.

    Raises:
        UsageError: The file cannot be read, or nobody in it fetched a piece of a video.
    """
    from sentinel_tui.platforms.cdn_logs import fetches_in_lines, unique_viewers

    try:
        with path.open(encoding="utf-8", errors="replace") as lines:
            found = unique_viewers(fetches_in_lines(lines))
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {clean_text(error, 200)}") from None
    if not found:
        raise UsageError(f"nobody in {path} fetched a piece of a video", _SHAPE)
    return [
        (video, day_ms, viewers)
        for video, by_day in found.items()
        for day_ms, viewers in by_day.items()
    ]
