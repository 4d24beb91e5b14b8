"""Notifications over HTTP, and what the answer says: taken, later, or never."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlsplit

from sentinel_tui.config.redaction import redact
from sentinel_tui.platforms.notify.channel import DeliveryError
from sentinel_tui.platforms.retry_after import retry_after_s
from sentinel_tui.platforms.transport import Answer, NoAnswer, exchange
from sentinel_tui.text import clean_text

_ASK_AGAIN = frozenset({408, 425, 429})
"""The only statuses of the 4xx kind that do not mean "never"."""
_MOST_SAID = 120
_MOST_READ = 4_096


async def post(
    url: str, headers: Mapping[str, str], body: bytes, *, allow_private: bool, now_ms: int
) -> None:
    """Send a notification over HTTP, and expect it to be taken.

    Raises:
        DeliveryError: It was not; final for 4xx except 408, 425 and 429.
    """
    try:
        answer = await exchange(
            "POST", url, headers=headers, body=body, allow_private=allow_private
        )
    except NoAnswer as nobody:
        raise DeliveryError(nobody.error, unsure=nobody.sent) from None
    expect_taken(urlsplit(url).hostname or "", answer, now_ms)


def expect_taken(host: str, answer: Answer, now_ms: int) -> None:
    """Accept an answer that says yes.

    Args:
        host: Who answered.
        answer: What.
        now_ms: Now, UTC, for a `Retry-After` that names a date.

    Raises:
        DeliveryError: It says anything else.
    """
    status = answer.status
    if 200 <= status <= 299:
        return
    if 300 <= status <= 399:
        raise DeliveryError(
            f"{host} answered {status}, a redirect, which is not followed; name its target as url"
        )
    said = clean_text(redact(answer.body[:_MOST_READ].decode("utf-8", "replace")), _MOST_SAID)
    raise DeliveryError(
        f"{host} answered {status}" + (f": {said}" if said else ""),
        final=400 <= status <= 499 and status not in _ASK_AGAIN,
        retry_after_s=retry_after_s(answer.headers.get("retry-after", ""), now_ms),
    )
