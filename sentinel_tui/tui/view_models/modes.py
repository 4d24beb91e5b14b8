"""Modes as the screen writes them: a cell, a strip under a chart, a line on a page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sentinel_tui.domain.keepalive.modes import Mode, ModeChange, ModeSetting
from sentinel_tui.tui.cells import Line, Span, Tone, line, muted
from sentinel_tui.tui.view_models.plot import Slices, Stretch
from sentinel_tui.tui.view_models.words import Times

_TONES = {
    Mode.HYPER_VIGILANT: Tone.ACCENT,
    Mode.NORMAL: Tone.TEXT,
    Mode.ECONOMY: Tone.BUSY,
}
_CELLS: Mapping[Mode, Line] = {
    Mode.HYPER_VIGILANT: line(Span("vigilant", Tone.ACCENT)),
    Mode.NORMAL: (),
    Mode.ECONOMY: line(Span("economy", Tone.BUSY)),
}
"""In a table; the ordinary mode needs no look."""

MODE_SIGNS = {
    Mode.HYPER_VIGILANT: Span("▰", Tone.ACCENT),
    Mode.NORMAL: Span("─", Tone.FAINT),
    Mode.ECONOMY: Span("▱", Tone.BUSY),
}


@dataclass(frozen=True, slots=True)
class ModeSight:
    """The mode of a service.

    Attributes:
        now: How it came into the mode it is in.
        setting: What the owner set by hand for it, or None.
    """

    now: ModeChange
    setting: ModeSetting | None = None


def mode_cells(modes: Mapping[str, Mode]) -> dict[str, Line]:
    """The mode of each service as a cell; none where all of them are in the ordinary one."""
    if all(mode is Mode.NORMAL for mode in modes.values()):
        return {}
    return {service: _CELLS[mode] for service, mode in modes.items()}


def mode_line(sight: ModeSight, times: Times) -> Line:
    """The mode with its reason: "mode economy · hardly anybody comes now · since 22:00"."""
    now = sight.now
    word = Span(now.mode, _TONES[now.mode])
    until = sight.setting.until_ms if sight.setting is not None else None
    ends = "" if until is None else f" · until {times.minute(until)}"
    return line(
        muted("mode "), word, muted(f" · {now.reason} · since {times.minute(now.at_ms)}{ends}")
    )


def mode_strip(changes: Sequence[ModeChange], cut_up: Slices) -> tuple[Stretch, ...]:
    """The modes of a range as stretches under its chart.

    Args:
        changes: The changes of one service in that range, and the one in force at its start; the
            oldest first.
        cut_up: The range; its last slice holds the present.

    Returns:
        The stretches; none where no other mode than the ordinary one was in force.
    """
    if all(one.mode is Mode.NORMAL for one in changes):
        return ()
    whole_ms = cut_up.end_ms - cut_up.start_ms
    ends = [*(one.at_ms for one in changes[1:]), cut_up.end_ms]
    return tuple(
        Stretch(
            max(0.0, (one.at_ms - cut_up.start_ms) / whole_ms),
            (end_ms - cut_up.start_ms) / whole_ms,
            *MODE_SIGNS[one.mode],
        )
        for one, end_ms in zip(changes, ends, strict=True)
        if end_ms > cut_up.start_ms
    )
