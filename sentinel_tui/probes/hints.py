"""Answers that came from the platform, because the service itself was asleep."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from sentinel_tui.domain.monitoring.observations import WakeHint
from sentinel_tui.text import clean_text

_ROUTING_HEADER = "x-render-routing"
_RATE_LIMITED = "hibernate-rate-limited"
_SEARCHED_BYTES = 16_384
_GATEWAY_STATUSES = frozenset({502, 503, 504})
_START_PAGES = (
    ("service waking up",),
    ("service is waking up",),
    ("app is waking up",),
    ("app is almost live",),
    ("application is waking up",),
    ("application is starting up",),
    ("service is starting up",),
    ("application loading", "render"),
)
"""What start pages say, in lower case; all words of one line together. Only what a page of a
service itself would hardly say: many an application shows "loading" for its own reasons."""


class PlatformWord(NamedTuple):
    """What a platform said in place of the service.

    Attributes:
        hint: That it is starting the service, or None.
        remark: The same for people; empty where there is nothing to add.
    """

    hint: WakeHint | None = None
    remark: str = ""


NOTHING = PlatformWord()


def platform_word(status: int, headers: Mapping[str, str], body: bytes) -> PlatformWord:
    """What a platform says with an answer, if it is the platform's.

    Args:
        status: Its status.
        headers: Its headers; names are looked up in lower case.
        body: Its body, or as much of it as there is.
    """
    routing = clean_text(headers.get(_ROUTING_HEADER, ""), 60).casefold()
    if "hibernate" in routing:
        return PlatformWord(WakeHint.HIBERNATING, f"the platform is waking it ({routing})")
    if "suspend" in routing or routing == "no-server":
        return PlatformWord(None, f"the platform does not run it ({routing})")
    if status == 429 and _RATE_LIMITED.encode() in body:
        return PlatformWord(WakeHint.HIBERNATING, f"the platform is waking it ({_RATE_LIMITED})")
    if is_start_page(headers, body):
        return PlatformWord(WakeHint.LOADING_PAGE, "the platform shows its start page")
    if status in _GATEWAY_STATUSES:
        return PlatformWord(WakeHint.GATEWAY)
    return NOTHING


def is_start_page(headers: Mapping[str, str], body: bytes) -> bool:
    """Whether an HTML page reads like those that platforms show while a service starts."""
    if not headers.get("content-type", "").casefold().startswith("text/html"):
        return False
    text = " ".join(body[:_SEARCHED_BYTES].decode("utf-8", "replace").casefold().split())
    return any(all(words in text for words in page) for page in _START_PAGES)
