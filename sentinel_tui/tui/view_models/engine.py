"""The engine line: who watches, since when, what troubles it, and how to stop it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sentinel_tui.tui.cells import Line, Span, Tone, cut, line, line_width, muted, spread
from sentinel_tui.tui.view_models.words import Times, counted

if TYPE_CHECKING:
    from sentinel_tui.domain.monitoring.silences import Silence
    from sentinel_tui.domain.notifying.notices import ChannelHealth
    from sentinel_tui.domain.records import EngineRecord

_LATE_S = 1.0


@dataclass(frozen=True, slots=True)
class EngineSight:
    """What is known of the engine.

    Attributes:
        record: How it last described itself, or None.
        runs: Whether it answers; None while nobody has tried.
        store_trouble: Why the store cannot be read, or empty.
        starting: Whether one is being started.
        failure: Why one could not be started, or empty.
        silences: What is silenced or in maintenance.
        failing: Notification channels that take no messages.
        may_start: Whether an engine can be started from this screen.
    """

    record: EngineRecord | None = None
    runs: bool | None = None
    store_trouble: str = ""
    starting: bool = False
    failure: str = ""
    silences: tuple[Silence, ...] = ()
    failing: tuple[ChannelHealth, ...] = ()
    may_start: bool = True


def engine_line(sight: EngineSight, times: Times, width: int) -> Line:
    """One line about the engine: the worst first, and how many more there are."""
    troubles = list(_troubles(sight, times))
    if troubles:
        more = line(muted(f"  +{len(troubles) - 1} more")) if len(troubles) > 1 else ()
        return (*cut(troubles[0], width - line_width(more)), *more)
    record = sight.record
    if not sight.runs or record is None:
        return cut(line(muted("looking for the engine")), width)
    watches = line(
        Span("● ", Tone.GOOD),
        muted(f"engine {record.pid} watches since {times.minute(record.started_ms)}"),
    )
    told = [*_quiet(sight), times.zone_name]
    stop = line(muted(" · ".join([*told, "stop it: sentinel stop"])))
    short = line(muted(" · ".join(told)))
    fits = line_width(watches) + line_width(stop) + 2 <= width
    return spread(watches, stop if fits else short, width)


def is_trouble(sight: EngineSight, times: Times) -> bool:
    """Whether the engine line says anything but that all is well."""
    return next(_troubles(sight, times), None) is not None


def _troubles(sight: EngineSight, times: Times) -> Iterator[Line]:
    record = sight.record
    if sight.runs is False:
        yield _nobody_watches(sight, times)
        return
    if sight.store_trouble:
        yield line(Span("▲ ", Tone.WARN), f"waiting for the store: {sight.store_trouble}")
    if record is None:
        return
    if record.trouble:
        yield line(Span("✖ cannot record: ", Tone.BAD), record.trouble)
    if record.config_error:
        yield line(
            Span("▲ ", Tone.WARN), "the old configuration stays in force: ", record.config_error
        )
    yield from _worker_troubles(record, times)
    for channel in sight.failing:
        since = times.minute(channel.failing_since_ms or times.now_ms)
        waiting = f", {channel.waiting} waiting" if channel.waiting else ""
        yield line(
            Span("▲ ", Tone.WARN),
            f"channel {channel.name} takes no messages since {since}{waiting}: {channel.error}",
        )
    if record.lag_s > _LATE_S:
        yield line(Span("▲ ", Tone.WARN), f"looks start {record.lag_s:.1f} s late")


def _worker_troubles(record: EngineRecord, times: Times) -> Iterator[Line]:
    for worker in record.workers:
        if worker.retry_ms is not None:
            again = times.second(worker.retry_ms)
            yield line(
                Span("▲ ", Tone.WARN),
                f"worker {worker.name} failed, starts again {again}: {worker.error}",
            )
        elif worker.error and worker.failures == 0:
            # It goes on, and says what keeps it from doing all it should.
            yield line(Span("▲ ", Tone.WARN), f"{worker.name}: {worker.error}")


def _quiet(sight: EngineSight) -> Iterator[str]:
    """How much is kept quiet, so that silence is not taken for health."""
    kinds = [str(one.kind) for one in sight.silences]
    silences = kinds.count("silence")
    if silences:
        yield f"‖ {counted(silences, 'silence')}"
    if silences < len(kinds):
        yield f"⚒ {len(kinds) - silences} in maintenance"


def _nobody_watches(sight: EngineSight, times: Times) -> Line:
    if sight.starting:
        return line(Span("↻ ", Tone.BUSY), "starting an engine")
    if sight.failure:
        return line(Span("✖ No engine is watching. ", Tone.BAD), sight.failure)
    record = sight.record
    last = "" if record is None else f" since {times.minute(record.stopped_ms or record.beat_ms)}"
    return line(
        Span(f"✖ No engine is watching{last}. ", Tone.BAD),
        *(line("e starts one", muted(" · sentinel engine")) if sight.may_start else ()),
    )
