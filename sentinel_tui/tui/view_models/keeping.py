"""What keeps a service awake and well, on its page: mode, plan, host, deploys, actions."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sentinel_tui.domain.autonomy.actions import Action, Step
from sentinel_tui.domain.hosting import HostedDeploy, HostedService, HostEvent
from sentinel_tui.domain.keepalive.peaks import Profile
from sentinel_tui.domain.keepalive.week import PlannedHour
from sentinel_tui.tui.cells import Line, Span, Tone, line, muted
from sentinel_tui.tui.view_models.actions import brief_lines
from sentinel_tui.tui.view_models.cold_starts import ColdStarts, cold_start_lines
from sentinel_tui.tui.view_models.hosting import deploy_lines, event_lines, hosted_line
from sentinel_tui.tui.view_models.modes import ModeSight, mode_line
from sentinel_tui.tui.view_models.week import grid_lines, peak_lines, week_figures
from sentinel_tui.tui.view_models.words import Times

_INDENT_CELLS = 2
_INDENT = Span(" " * _INDENT_CELLS)


@dataclass(frozen=True, slots=True)
class Keeping:
    """How a service is kept awake and well.

    Attributes:
        mode: Its mode, or None where that is not known.
        hosted: What its platform says, or None where it has none.
        week: Its plan, 168 hours; empty without one.
        planned_ms: When that was made.
        profile: When it is used, or None.
        now_cell: The hour of the week that it is now, in the owner's zone.
        cold: Its cold starts, or None where it has had none.
        deploys: Its last deploys, newest first.
        events: What its platform told, newest first.
        actions: What was done to it or is wanted, newest first.
    """

    mode: ModeSight | None = None
    hosted: HostedService | None = None
    week: Sequence[PlannedHour] = ()
    planned_ms: int | None = None
    profile: Profile | None = None
    now_cell: int | None = None
    cold: ColdStarts | None = None
    deploys: Sequence[HostedDeploy] = ()
    events: Sequence[HostEvent] = ()
    actions: Sequence[Action] = ()


NOTHING_KEPT = Keeping()
"""A service that neither sleeps nor lies with a platform."""


def standing_lines(keeping: Keeping, times: Times) -> Iterator[Line]:
    """The lines for the head of the page: mode, host and what waits for the owner."""
    if keeping.mode is not None:
        yield mode_line(keeping.mode, times)
    if keeping.hosted is not None:
        yield hosted_line(keeping.hosted, times)
    for action in keeping.actions:
        if action.step is Step.WAITING:
            yield line(
                Span(f"◐ {action.verb} waits for your yes", Tone.WARN),
                muted(f" · no. {action.id} · {action.why}"),
            )


def keeping_sections(
    keeping: Keeping, times: Times, width: int
) -> Iterator[tuple[str, list[Line]]]:
    """The sections of the page that have something to tell: title and lines."""
    room = width - _INDENT_CELLS
    if keeping.week:
        made = "" if keeping.planned_ms is None else times.minute(keeping.planned_ms)
        # Not set in: the grid needs all of the width that 80 columns have.
        grid = grid_lines(keeping.week, keeping.now_cell, made, width)
        yield "Week", [*_set_in([week_figures(keeping.week)]), *grid]
    if keeping.profile is not None:
        yield "Busy and quiet hours", _set_in(peak_lines(keeping.profile))
    if keeping.cold is not None:
        yield "Cold starts", _set_in(cold_start_lines(keeping.cold, times, room))
    sections: tuple[tuple[str, Iterator[Line]], ...] = (
        ("Actions", brief_lines(keeping.actions, times)),
        ("Deploys", deploy_lines(keeping.deploys, times)),
        ("Told by its platform", event_lines(keeping.events, times)),
    )
    for title, lines in sections:
        told = _set_in(lines)
        if told:
            yield title, told


def _set_in(lines: Iterator[Line] | Sequence[Line]) -> list[Line]:
    return [(_INDENT, *one) for one in lines]
