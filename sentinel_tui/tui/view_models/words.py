"""States, severities, instants and numbers as the screen writes them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from typing import TYPE_CHECKING

from sentinel_tui.commands.wording import SIGNS
from sentinel_tui.domain.monitoring.alerts import Severity
from sentinel_tui.domain.monitoring.states import State
from sentinel_tui.text import format_duration, format_latency, format_ratio
from sentinel_tui.tui.cells import Line, Span, Tone, line, merged, muted

if TYPE_CHECKING:
    from sentinel_tui.domain.monitoring.uptime import Uptime

STATE_TONES = {
    State.UP: Tone.GOOD,
    State.DEGRADED: Tone.WARN,
    State.SUSPECT: Tone.WARN,
    State.DOWN: Tone.BAD,
    State.FLAPPING: Tone.BAD,
    State.WAKING: Tone.BUSY,
    State.ASLEEP: Tone.BUSY,
    State.MAINT: Tone.MUTED,
    State.PAUSED: Tone.MUTED,
    State.UNKNOWN: Tone.MUTED,
}
DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_STEADY = "━"
_UNSEEN = "·"
_MINUTE_S = 60
_HOUR_S = 3_600
_DAY_S = 86_400


@dataclass(frozen=True, slots=True)
class Times:
    """How instants are told: in which zone, and seen from when.

    Attributes:
        zone: The time zone.
        zone_name: What it is called on the screen.
        now_ms: The present, which decides whether a date must be said.
    """

    zone: tzinfo
    zone_name: str
    now_ms: int

    def at(self, at_ms: int) -> datetime:
        """The instant in the zone."""
        return datetime.fromtimestamp(at_ms / 1_000, UTC).astimezone(self.zone)

    def minute(self, at_ms: int) -> str:
        """An instant to the minute, with its date where that is not today's."""
        return self._dated(at_ms, f"{self.at(at_ms):%H:%M}")

    def second(self, at_ms: int) -> str:
        """An instant to the second, with its date where that is not today's."""
        return self._dated(at_ms, f"{self.at(at_ms):%H:%M:%S}")

    def _dated(self, at_ms: int, time: str) -> str:
        at, now = self.at(at_ms), self.at(self.now_ms)
        if at.date() == now.date():
            return time
        if abs(self.now_ms - at_ms) < 300 * _DAY_S * 1_000:
            return f"{at.day} {at:%b} {time}"
        return f"{at:%Y-%m-%d} {time}"


def state_cell(state: State) -> Line:
    """A state: sign, word and tone, any one of which is enough."""
    return line(Span(f"{SIGNS[state]} {state}", STATE_TONES[state]))


def severity_cell(severity: Severity) -> Line:
    """A severity: sign, word and tone."""
    if severity is Severity.CRITICAL:
        return line(Span("✖ CRITICAL", Tone.BAD))
    return line(Span("▲ WARNING", Tone.WARN))


def latency_cell(latency_ms: float | None) -> Line:
    """A latency, or a dash that steps back."""
    text = format_latency(latency_ms)
    return line(muted(text) if latency_ms is None else text)


def uptime_cell(uptime: Uptime | None) -> Line:
    """An uptime; a perfect one steps back, for it needs no look."""
    ratio = None if uptime is None else uptime.ratio
    if ratio is None or ratio >= 1:
        return line(muted(format_ratio(ratio)))
    return line(format_ratio(ratio))


def uptime_bar(cells: Sequence[State | None]) -> Line:
    """The states of the last hours, one cell each: a calm line that trouble stands out from."""
    return merged([_bar_cell(state) for state in cells])


def lasted(seconds: float) -> str:
    """How long something lasted, to the minute: what still lasts then changes once a minute."""
    minutes = int(max(0.0, seconds)) // _MINUTE_S
    if minutes < 1:
        return "under 1m"
    if seconds < _HOUR_S:
        return f"{minutes}m"
    if seconds < _DAY_S:
        return f"{minutes // 60}h {minutes % 60:02d}m"
    return f"{minutes // 1_440}d {minutes // 60 % 24}h"


def lasting(opened_ms: int, resolved_ms: int | None, times: Times) -> str:
    """How long something lasted; to the minute while it goes on, so that it is repainted seldom."""
    if resolved_ms is None:
        return lasted((times.now_ms - opened_ms) / 1_000)
    return format_duration((resolved_ms - opened_ms) / 1_000)


def seconds_text(milliseconds: float | None) -> str:
    """A cold start: "4.2 s"; a dash for none."""
    return "–" if milliseconds is None else f"{milliseconds / 1_000:.1f} s"


def counted(number: int, one: str, many: str = "") -> str:
    """A number of things: "1 alert", "3 alerts"."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def sentence(text: str) -> str:
    """A reason with a capital letter."""
    return text[:1].upper() + text[1:]


def _bar_cell(state: State | None) -> Span:
    if state is None or state is State.UNKNOWN:
        return Span(_UNSEEN, Tone.FAINT)
    if state is State.UP:
        return Span(_STEADY, Tone.GOOD)
    return Span(SIGNS[state], STATE_TONES[state])
