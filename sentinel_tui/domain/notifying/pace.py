"""How often a channel is used: its cap, and how patiently a message is tried again."""

from __future__ import annotations

from collections.abc import Iterable

MOST_MESSAGES = 10
"""A channel takes at most this many messages in `WINDOW_S`; what is due beyond that waits and goes
out together."""
WINDOW_S = 600.0
GIVE_UP_S = 86_400.0
"""A message that could not be delivered for this long is given up,"""
GIVE_UP_TRIES = 10
"""if it was tried at least so often: a machine that slept over the day has not tried for a day."""

_RETRIES_S = (0.0, 5.0, 30.0, 120.0, 600.0, 1_800.0)
_LATER_S = 3_600.0
_JITTER = 0.2
_SHORTEST_ASKED_S, _LONGEST_ASKED_S = 1.0, 900.0


def may_send(sent_ms: Iterable[int], now_ms: int) -> bool:
    """Whether a channel may take another message now.

    Args:
        sent_ms: When it took its last ones, in any order.
        now_ms: Now.
    """
    return _recent(sent_ms, now_ms) < MOST_MESSAGES


def must_digest(sent_ms: Iterable[int], now_ms: int) -> bool:
    """Whether the next message is the last for a while, and so must tell everything that is due."""
    return _recent(sent_ms, now_ms) >= MOST_MESSAGES - 1


def retry_in_s(attempts: int, jitter: float, retry_after_s: float | None = None) -> float:
    """How long to wait before a message is tried again.

    Args:
        attempts: How often it was tried: never yet at once, then after 5 s, 30 s, 2, 10 and 30
            minutes, then hourly.
        jitter: Between -1 and 1; spreads the wait by a fifth either way, so that many who were
            refused together do not come back together.
        retry_after_s: What the receiver asked for, or None; taken at its word between a second
            and a quarter of an hour.
    """
    if retry_after_s is not None:
        return min(max(retry_after_s, _SHORTEST_ASKED_S), _LONGEST_ASKED_S)
    wait_s = _RETRIES_S[attempts] if attempts < len(_RETRIES_S) else _LATER_S
    return wait_s * (1 + _JITTER * jitter)


def _recent(sent_ms: Iterable[int], now_ms: int) -> int:
    """How many sendings still count.

    One in the future counts as well: the clock was set back, and the channel took it all the same.
    """
    return sum(at_ms > now_ms - WINDOW_S * 1_000 for at_ms in sent_ms)
