"""When time itself misbehaves: a suspended machine, a held-up process, a wall clock set anew.

What was looked at across such a lapse says nothing about the service, and the time in it belongs
to nobody's uptime.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from sentinel_tui.clock import Clock
from sentinel_tui.domain.monitoring.observations import Observation, Outcome
from sentinel_tui.text import format_duration

GLANCE_EVERY_S = 1.0
"""How often somebody has to glance, so that what lies between two glances is known."""

_JUMP_S = 2.0
_HELD_UP_S = 2.0
_LONGEST_SILENCE_S = 30.0
_SETTLING_S = 60.0


@dataclass(frozen=True, slots=True)
class Lapse:
    """A stretch in which time misbehaved.

    Attributes:
        from_ms: Wall clock before it.
        to_ms: Wall clock after it.
        lost_s: How long nothing was watched; 0 for a wall clock that only jumped.
        text: What happened, in one line.
    """

    from_ms: int
    to_ms: int
    lost_s: float
    text: str


@dataclass(frozen=True, slots=True)
class Mark:
    """What had gone wrong with time until a look began."""

    lapses: int
    delays: int


class ClockWatch:
    """Compares the wall clock with the elapsed time, glance by glance.

    Attributes:
        shortest_interval_s: Of all checks; a silence counts as a gap from twice this on, and at
            least 30 s.
        watching_since_s: Elapsed time since which nothing was missed: the start, or the end of
            the last gap.
    """

    def __init__(self, clock: Clock, on_lapse: Callable[[Lapse], None]) -> None:
        """Begin to watch.

        Args:
            clock: The clock to watch.
            on_lapse: Told of each jump and of each gap in our sight.
        """
        self.shortest_interval_s = _LONGEST_SILENCE_S / 2
        self._clock = clock
        self._on_lapse = on_lapse
        self._wall_ms = clock.now_ms()
        self._elapsed_s = clock.elapsed_s()
        self.watching_since_s = self._elapsed_s
        self._settled_s = self._elapsed_s
        self._lapses = 0
        self._delays = 0
        self._last_lapse = ""

    def glance(self) -> None:
        """Look at both clocks. Cheap; done at each tick and around each look."""
        wall_ms, elapsed_s = self._clock.now_ms(), self._clock.elapsed_s()
        before_ms, before_s = self._wall_ms, self._elapsed_s
        self._wall_ms, self._elapsed_s = wall_ms, elapsed_s
        passed_s = elapsed_s - before_s
        late_s = passed_s - GLANCE_EVERY_S
        jump_s = (wall_ms - before_ms) / 1_000 - passed_s
        if late_s > max(2 * self.shortest_interval_s, _LONGEST_SILENCE_S):
            self.watching_since_s = elapsed_s
            self._settled_s = elapsed_s + _SETTLING_S
            text = f"Sentinel stood still for {format_duration(passed_s)}"
            self._tell(Lapse(before_ms, wall_ms, passed_s, text))
        elif abs(jump_s) > _JUMP_S:
            direction = "forward" if jump_s > 0 else "back"
            text = f"the clock jumped {direction} by {format_duration(abs(jump_s))}"
            self._tell(Lapse(before_ms, wall_ms, 0.0, text))
        elif late_s > _HELD_UP_S:
            self._delays += 1

    @property
    def glanced_s(self) -> float:
        """Elapsed time of the last glance: somebody glances each second while the loop lives."""
        return self._elapsed_s

    def begin(self) -> Mark:
        """Remember how things stand as a look begins; `discount` takes the mark back."""
        self.glance()
        return Mark(self._lapses, self._delays)

    def discount(self, seen: Observation, mark: Mark) -> Observation:
        """`seen` as far as it may be believed: inconclusive where time misbehaved meanwhile."""
        self.glance()
        doubt = self._doubt(seen, mark)
        if doubt is None:
            return seen
        return replace(
            seen,
            outcome=Outcome.INCONCLUSIVE,
            latency_ms=None,
            phase=None,
            wake_hint=None,
            error=doubt,
        )

    def _doubt(self, seen: Observation, mark: Mark) -> str | None:
        if self._lapses != mark.lapses:
            return self._last_lapse
        if seen.outcome is Outcome.OK:
            return None
        if self._delays != mark.delays:
            return "Sentinel was held up while it looked"
        if not seen.good and self._elapsed_s < self._settled_s:
            return "Sentinel only just came back"
        return None

    def _tell(self, lapse: Lapse) -> None:
        self._lapses += 1
        self._last_lapse = lapse.text
        self._on_lapse(lapse)
