"""Standard Webhooks signatures of requests: who signed, when, and whether that is news.

A message is signed over `id.timestamp.body` with HMAC-SHA256; a signature older than five minutes
counts for nothing, and what was done once is not done again.
"""

from __future__ import annotations

import base64
import hmac
from collections.abc import Mapping, Sequence

from sentinel_tui.clock import Clock

_VERSION = "v1,"
_WINDOW_S = 300
_REMEMBERED_S = 900.0
"""Past the window of a message, and of one whose sender's clock is ahead by as much."""
_MOST_REMEMBERED = 100_000
_MOST_SIGNATURES = 4
_LONGEST_ID = 200


def signed_id(
    headers: Mapping[str, str], body: bytes, keys: Sequence[bytes], now_ms: int
) -> str | None:
    """The id of a message that one of the keys signed within the last five minutes, or None.

    Args:
        headers: `webhook-id`, `webhook-timestamp` and `webhook-signature` among them.
        body: What was signed.
        keys: With which it may be signed; two while one replaces the other.
        now_ms: The present.
    """
    message, stamp = headers.get("webhook-id", ""), headers.get("webhook-timestamp", "")
    if not 0 < len(message) <= _LONGEST_ID or not (stamp.isascii() and stamp.isdigit()):
        return None
    if len(stamp) > len("9999999999") or abs(int(stamp) - now_ms / 1_000) > _WINDOW_S:
        return None
    signed = f"{message}.{stamp}.".encode() + body
    given = headers.get("webhook-signature", "").split()[:_MOST_SIGNATURES]
    matches = False
    for key in keys:
        wanted = base64.b64encode(hmac.digest(key, signed, "sha256")).decode("ascii")
        for one in given:
            # No early end: how long it takes must not tell how much was right.
            matches |= hmac.compare_digest(one.encode(), f"{_VERSION}{wanted}".encode())
    return message if matches else None


class Done:
    """The messages that were done lately, so that a copy of one does nothing."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._at_s: dict[tuple[str, str], float] = {}

    def knows(self, source: str, message: str) -> bool:
        """Whether a message of a source was done already."""
        self._forget()
        return (source, message) in self._at_s

    def add(self, source: str, message: str) -> None:
        """Remember that a message was done."""
        self._at_s[source, message] = self._clock.elapsed_s()

    def _forget(self) -> None:
        old_s = self._clock.elapsed_s() - _REMEMBERED_S
        # The oldest come first, because they were put in first.
        while self._at_s and (
            next(iter(self._at_s.values())) < old_s or len(self._at_s) > _MOST_REMEMBERED
        ):
            del self._at_s[next(iter(self._at_s))]
