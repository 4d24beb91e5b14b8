"""What is kept and shown when the screen itself fails.

Textual would print every local variable of every frame, and some of them hold what owners trust
Sentinel with. Here a crash leaves the frames, the kind of error and nothing else.
"""

from __future__ import annotations

import os
import traceback
from pathlib import Path

from sentinel_tui import __version__
from sentinel_tui.paths import Paths


def crash_file(paths: Paths) -> Path:
    """Where the last crash of the screen is kept."""
    return paths.data_dir / "screen-crash.txt"


def crash_report(error: BaseException) -> str:
    """The frames of an error and of those that led to it, without messages and variables."""
    parts = [f"Sentinel {__version__}"]
    link: BaseException | None = error
    while link is not None:
        parts.append(f"\n{type(link).__module__}.{type(link).__qualname__}")
        parts += [
            f"  {frame.filename}:{frame.lineno} in {frame.name}"
            for frame in traceback.extract_tb(link.__traceback__)
        ]
        link = link.__cause__ or link.__context__
    return "\n".join(parts) + "\n"


def keep_crash(paths: Paths, error: BaseException) -> Path | None:
    """Write the report, readable by its owner alone; None when it cannot be written."""
    path = crash_file(paths)
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        path.unlink(missing_ok=True)
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(crash_report(error))
    except OSError:
        return None
    return path


def farewell(error: BaseException, kept: Path | None) -> str:
    """What the owner reads after a crash: what happened, that the watch goes on, what to do."""
    frames = traceback.extract_tb(error.__traceback__)
    at = f" at {Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else ""
    where = f"The frames are in {kept}; it holds no data of yours." if kept else ""
    return (
        f"The screen failed ({type(error).__name__}{at}). The engine is not affected and goes on "
        f"watching.\n{where}\nOpen the screen again with: sentinel"
    )
