"""A walk through the past: which instant is shown, and where the next step leads."""

from __future__ import annotations

from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True)
class Replay:
    """The instant that the whole screen shows instead of the present.

    Attributes:
        at_ms: The instant.
        marks: Instants worth jumping to, such as the start and the end of an incident; ascending.
    """

    at_ms: int
    marks: tuple[int, ...] = ()

    def stepped(self, by_ms: int, now_ms: int) -> Replay:
        """Further on or back, but never past the present."""
        return self._at(self.at_ms + by_ms, now_ms)

    def jumped(self, direction: int, now_ms: int) -> Replay:
        """At the next mark, or at the one before for a negative direction; as it is without one."""
        after = [mark for mark in self.marks if mark > self.at_ms]
        before = [mark for mark in self.marks if mark < self.at_ms]
        ahead = after[:1] if direction > 0 else before[-1:]
        return self._at(ahead[0], now_ms) if ahead else self

    def _at(self, at_ms: int, now_ms: int) -> Replay:
        return replace(self, at_ms=max(0, min(at_ms, now_ms)))
