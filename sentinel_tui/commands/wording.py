"""How states, instants and stretches of time are told in plain text."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, tzinfo
from typing import TYPE_CHECKING

from sentinel_tui.domain.monitoring.alerts import Severity
from sentinel_tui.domain.monitoring.states import State
from sentinel_tui.text import format_duration

if TYPE_CHECKING:
    from sentinel_tui.domain.monitoring.silences import Silence

SIGNS = {
    State.UP: "●",
    State.DEGRADED: "▲",
    State.SUSPECT: "◐",
    State.DOWN: "✖",
    State.FLAPPING: "~",
    State.WAKING: "↻",
    State.ASLEEP: "z",
    State.MAINT: "⚒",
    State.PAUSED: "‖",
    State.UNKNOWN: "?",
}
"""A shape for each state, so that no colour is needed to tell them apart."""

_WELL = frozenset({State.UP, State.ASLEEP, State.MAINT, State.PAUSED})


def signed(state: State) -> str:
    """A state with its sign: "● UP"."""
    return f"{SIGNS[state]} {state}"


def exit_code(states: Iterable[State]) -> int:
    """What the command line exits with for these states: 0 well, 1 look at it, 2 down.

    Sleep, maintenance and pauses are wanted, so they are well; what is not known is not.
    """
    present = set(states)
    if State.DOWN in present:
        return 2
    return 0 if present <= _WELL else 1


def severity_exit(opened: Iterable[Severity]) -> int:
    """What the command line exits with for what is open: 0 nothing, 1 warnings, 2 critical."""
    present = set(opened)
    if Severity.CRITICAL in present:
        return 2
    return 1 if present else 0


def moment(at_ms: int, now_ms: int, zone: tzinfo) -> str:
    """An instant: the time of day, with its date when that is not today's."""
    at = datetime.fromtimestamp(at_ms / 1_000, zone)
    today = datetime.fromtimestamp(now_ms / 1_000, zone).date()
    return f"{at:%H:%M:%S}" if at.date() == today else f"{at:%Y-%m-%d %H:%M:%S}"


def end_of(silence: Silence, now_ms: int, zone: tzinfo) -> str:
    """When a silence or a maintenance ends, or ended: "14:00:00", "healthy"."""
    if silence.ended_ms is not None:
        return moment(silence.ended_ms, now_ms, zone)
    if silence.end_ms is None:
        return "healthy" if silence.until_healthy else "ended by hand"
    end = moment(silence.end_ms, now_ms, zone)
    return f"healthy, {end} at the latest" if silence.until_healthy else end


def since(at_ms: int, now_ms: int) -> str:
    """How long ago an instant was: "3m 20s"."""
    return format_duration((now_ms - at_ms) / 1_000)


def until(at_ms: int, now_ms: int) -> str:
    """How far away an instant is: "in 12s", or "now" when it has come."""
    return f"in {format_duration((at_ms - now_ms) / 1_000)}" if at_ms > now_ms else "now"


def counted(number: int, one: str, many: str = "") -> str:
    """A number of things: "1 alert", "3 alerts"."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def listed(names: Sequence[str]) -> str:
    """Names in a sentence: "a", "a and b", "a, b and c"."""
    *first, last = names
    return f"{', '.join(first)} and {last}" if first else last
