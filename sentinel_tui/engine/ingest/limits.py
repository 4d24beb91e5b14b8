"""How much of whom: sizes and patience of the server, and how often each source may come."""

from __future__ import annotations

import math
from dataclasses import dataclass

from sentinel_tui.clock import Clock

MOST_EVENTS = 500
"""Events in one request."""

LARGEST_BODY_BYTES = 65_536
"""Of one request."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What a client may take up.

    Attributes:
        connections: At once, of all clients together.
        connections_of_one: At once, of one address.
        idle_s: How long a connection may lie there without a request.
        head_s: How long a request's head may take from its first byte on.
        body_s: How long its body may take.
        send_s: How long a client may take to read its answer.
    """

    connections: int = 64
    connections_of_one: int = 8
    idle_s: float = 15.0
    head_s: float = 5.0
    body_s: float = 10.0
    send_s: float = 10.0


class Rate:
    """A bucket of tokens: so many a second, and so many at once."""

    def __init__(self, clock: Clock, per_s: float, burst: int) -> None:
        """Full at the beginning.

        Args:
            clock: The time.
            per_s: How many are let through each second in the long run.
            burst: How many are let through at once after a rest.
        """
        self._clock = clock
        self._per_s = per_s
        self._burst = burst
        self._left = float(burst)
        self._at_s = clock.elapsed_s()

    def take(self) -> int:
        """Let one through.

        Returns:
            0, or after how many seconds to come again because it was not let through.
        """
        now_s = self._clock.elapsed_s()
        self._left = min(self._burst, self._left + (now_s - self._at_s) * self._per_s)
        self._at_s = now_s
        if self._left >= 1:
            self._left -= 1
            return 0
        return max(1, math.ceil((1 - self._left) / self._per_s))
