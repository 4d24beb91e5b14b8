"""Whether an engine is watching, told in lines and for programs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sentinel_tui.domain.records import EngineRecord, WorkerRecord
from sentinel_tui.errors import SentinelError
from sentinel_tui.text import format_duration

if TYPE_CHECKING:
    from sentinel_tui.commands.context import Context

_ASK_TIMEOUT_S = 2.0


@dataclass(frozen=True, slots=True)
class Standing:
    """The engine as it stands.

    Attributes:
        engine: What it says about itself, or what the last one wrote; None when none ever watched.
        watching: Whether it is watching now.
        now_ms: When that was found out.
    """

    engine: EngineRecord | None
    watching: bool
    now_ms: int


def find_engine(context: Context) -> Standing:
    """Whether an engine is watching: it answers, or it does not.

    Its row in the store would not do. After a kill that still shows signs of life for a while; and
    an engine that finds the disk full watches on, and cannot say so there.
    """
    answer = _ask(context)
    engine = answer or context.store.engine()
    return Standing(engine, watching=answer is not None, now_ms=context.now_ms)


def engine_lines(standing: Standing) -> list[str]:
    """Who watches since when, and what troubles it."""
    engine = standing.engine
    if engine is None:
        return ["No engine is watching, and none ever did. `sentinel engine` starts one."]
    if not standing.watching:
        silent = _span(engine.stopped_ms or engine.beat_ms, standing)
        return [
            f"No engine is watching: the last one was seen {silent} ago, and what stands here is "
            "as old. `sentinel engine` starts one."
        ]
    watched = _span(engine.started_ms, standing)
    lines = [f"Engine {engine.pid} on {engine.host} has been watching for {watched}."]
    if engine.trouble:
        lines.append(f"It cannot record: {engine.trouble}")
    if engine.config_error:
        lines.append(f"It keeps the old configuration: {engine.config_error}")
    return lines + [
        f"Its worker {worker.name} failed and is started again: {worker.error}"
        for worker in engine.workers
        if worker.retry_ms is not None
    ]


def engine_data(standing: Standing) -> dict[str, Any]:
    """The engine for programs; `watching` is false where there is none."""
    engine = standing.engine
    if engine is None:
        return {"watching": False}
    return {
        "watching": standing.watching,
        "pid": engine.pid,
        "host": engine.host,
        "version": engine.version,
        "started_ms": engine.started_ms,
        "beat_ms": engine.beat_ms,
        "stopped_ms": engine.stopped_ms,
        "lag_s": engine.lag_s,
        "trouble": engine.trouble,
        "config_error": engine.config_error,
    }


def worst_exit(code: int, standing: Standing) -> int:
    """The exit code of what was read: where nobody watches, nothing is known to be well."""
    return code if standing.watching else max(code, 1)


def _ask(context: Context) -> EngineRecord | None:
    try:
        said = context.ask("status", timeout_s=_ASK_TIMEOUT_S)
    except SentinelError:
        return None
    return EngineRecord(
        pid=said["pid"],
        host=said["host"],
        version=said["version"],
        started_ms=said["started_ms"],
        beat_ms=said["beat_ms"],
        stopped_ms=said["stopped_ms"],
        lag_s=said["lag_s"],
        config_error=said["config_error"],
        trouble=said["trouble"],
        workers=tuple(WorkerRecord(**worker) for worker in said["workers"]),
    )


def _span(from_ms: int, standing: Standing) -> str:
    return format_duration((standing.now_ms - from_ms) / 1_000)
