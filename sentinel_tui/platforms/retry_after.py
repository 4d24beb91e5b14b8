"""How long others ask to be left alone."""

from __future__ import annotations

import re


def retry_after_s(written: str, now_ms: int) -> float | None:
    """A `Retry-After` header as seconds from now, or None where it says nothing usable.

    Args:
        written: The header: a number of seconds, or a date.
        now_ms: Now, UTC, for a date.
    """
    if re.fullmatch("[0-9]{1,9}", written.strip()):
        return float(written)
    # Here, because hardly any answer carries a date.
    from email.utils import parsedate_to_datetime

    try:
        wanted_s = parsedate_to_datetime(written).timestamp()
    except (ValueError, TypeError, OverflowError):
        return None
    return max(0.0, wanted_s - now_ms / 1_000)
