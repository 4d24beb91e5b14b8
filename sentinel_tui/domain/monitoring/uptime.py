"""Uptime from state changes: time-based, with a stated method.

Counted up: UP, DEGRADED, SUSPECT (an unconfirmed blip) and FLAPPING. Counted down: DOWN. Left out
of both: WAKING, ASLEEP, MAINT, PAUSED, UNKNOWN, time before the first look, and gaps in which
Sentinel itself was not watching. A change is dated back to the look that began it, so a confirmed
outage counts from its first failed look and a blip that passed on retry costs nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice

from sentinel_tui.domain.monitoring.states import State, worst

_UP = frozenset({State.UP, State.DEGRADED, State.SUSPECT, State.FLAPPING})

METHOD = (
    "time-based from confirmed states; DOWN is dated back to the first failed look; "
    "waking, planned sleep, maintenance, pauses and gaps in our own sight are left out"
)


@dataclass(frozen=True, slots=True)
class Span:
    """A state that held from `start_ms` until `end_ms`."""

    start_ms: int
    end_ms: int
    state: State

    @property
    def length_ms(self) -> int:
        """How long it held."""
        return self.end_ms - self.start_ms


@dataclass(frozen=True, slots=True)
class Uptime:
    """How long a check was up, down and neither, in milliseconds."""

    up_ms: int = 0
    down_ms: int = 0
    excluded_ms: int = 0

    @property
    def ratio(self) -> float | None:
        """Share of the counted time that was up; None when nothing counts."""
        return _share(self.up_ms, self.up_ms + self.down_ms)

    def __add__(self, other: Uptime) -> Uptime:
        return Uptime(
            self.up_ms + other.up_ms,
            self.down_ms + other.down_ms,
            self.excluded_ms + other.excluded_ms,
        )


@dataclass(frozen=True, slots=True)
class StateTimes:
    """How long each state held, and the three numbers of a service that sleeps.

    Attributes:
        by_state_ms: Of each state that held at all, how long, in milliseconds.
    """

    by_state_ms: Mapping[State, int] = field(default_factory=dict)

    @property
    def up_ms(self) -> int:
        """How long it counted as up."""
        return sum(length_ms for state, length_ms in self.by_state_ms.items() if state in _UP)

    @property
    def down_ms(self) -> int:
        """How long it was down."""
        return self.by_state_ms.get(State.DOWN, 0)

    @property
    def total_ms(self) -> int:
        """How long anything is known, excluded states among it."""
        return sum(self.by_state_ms.values())

    @property
    def excluded_ms(self) -> int:
        """How long it was neither up nor down."""
        return self.total_ms - self.up_ms - self.down_ms

    @property
    def uptime(self) -> Uptime:
        """The same as up, down and neither."""
        return Uptime(self.up_ms, self.down_ms, self.excluded_ms)

    @property
    def warm_availability(self) -> float | None:
        """Up, of the time it was up or down: how far it can be relied on while awake."""
        return _share(self.up_ms, self.up_ms + self.down_ms)

    @property
    def reachable_availability(self) -> float | None:
        """Up or waking, of the time it was up, waking or down: how far a visitor got through.

        A visitor who comes while it wakes has to wait, and is served.
        """
        reached_ms = self.up_ms + self.by_state_ms.get(State.WAKING, 0)
        return _share(reached_ms, reached_ms + self.down_ms)

    @property
    def planned_sleep(self) -> float | None:
        """Asleep by plan, of all the time of which anything is known."""
        return _share(self.by_state_ms.get(State.ASLEEP, 0), self.total_ms)

    def __add__(self, other: StateTimes) -> StateTimes:
        states = {*self.by_state_ms, *other.by_state_ms}
        return StateTimes(
            {
                state: self.by_state_ms.get(state, 0) + other.by_state_ms.get(state, 0)
                for state in State
                if state in states
            }
        )


def spans(
    changes: Iterable[tuple[int, State]],
    gaps: Sequence[tuple[int, int]],
    start_ms: int,
    end_ms: int,
) -> list[Span]:
    """The states of one check between two instants, gaps cut out as UNKNOWN.

    Args:
        changes: (since when, which state) in order of time; the last one before `start_ms` belongs
            to them, for it says what held at the start.
        gaps: (from, to) when Sentinel was not watching, in order of time.
        start_ms: Start of the window.
        end_ms: End of the window, at most now.
    """
    found: list[Span] = []
    first = 0
    for span in _clip(_held(changes, end_ms), start_ms, end_ms):
        while first < len(gaps) and gaps[first][1] <= span.start_ms:
            first += 1
        parts = [span]
        for gap_start_ms, gap_end_ms in islice(gaps, first, None):
            if gap_start_ms >= span.end_ms:
                break
            parts = [part for piece in parts for part in _cut_out(piece, gap_start_ms, gap_end_ms)]
        found += parts
    return found


def uptime(held: Iterable[Span]) -> Uptime:
    """The uptime that spans add up to."""
    up_ms = down_ms = excluded_ms = 0
    for span in held:
        if span.state in _UP:
            up_ms += span.length_ms
        elif span.state is State.DOWN:
            down_ms += span.length_ms
        else:
            excluded_ms += span.length_ms
    return Uptime(up_ms, down_ms, excluded_ms)


def state_times(held: Iterable[Span]) -> StateTimes:
    """The time in each state that spans add up to."""
    by_state_ms: dict[State, int] = {}
    for span in held:
        by_state_ms[span.state] = by_state_ms.get(span.state, 0) + span.length_ms
    return StateTimes(by_state_ms)


def state_cells(held: Sequence[Span], start_ms: int, end_ms: int, cells: int) -> list[State | None]:
    """The worst state in each of `cells` equal slices; None where nothing was known yet.

    A moment of UNKNOWN hides nothing that was known in the rest of its slice.
    """
    slices: list[list[State]] = [[] for _ in range(cells)]
    width_ms = (end_ms - start_ms) / cells
    for span in held:
        if span.length_ms <= 0:
            continue
        first = max(0, int((span.start_ms - start_ms) / width_ms))
        last = min(cells - 1, int((span.end_ms - 1 - start_ms) / width_ms))
        for index in range(first, last + 1):
            slices[index].append(span.state)
    return [_worst_known(states) if states else None for states in slices]


def _share(part_ms: int, whole_ms: int) -> float | None:
    return part_ms / whole_ms if whole_ms else None


def _worst_known(states: Sequence[State]) -> State:
    return worst([state for state in states if state is not State.UNKNOWN])


def _held(changes: Iterable[tuple[int, State]], end_ms: int) -> Iterator[Span]:
    previous: tuple[int, State] | None = None
    for at_ms, state in changes:
        if previous is not None:
            yield Span(previous[0], at_ms, previous[1])
        previous = (at_ms, state)
    if previous is not None:
        yield Span(previous[0], max(end_ms, previous[0]), previous[1])


def _clip(held: Iterable[Span], start_ms: int, end_ms: int) -> Iterator[Span]:
    for span in held:
        start, end = max(span.start_ms, start_ms), min(span.end_ms, end_ms)
        if start < end:
            yield Span(start, end, span.state)


def _cut_out(span: Span, gap_start_ms: int, gap_end_ms: int) -> Iterator[Span]:
    start, end = max(span.start_ms, gap_start_ms), min(span.end_ms, gap_end_ms)
    if start >= end:
        yield span
        return
    if span.start_ms < start:
        yield Span(span.start_ms, start, span.state)
    yield Span(start, end, State.UNKNOWN)
    if end < span.end_ms:
        yield Span(end, span.end_ms, span.state)
