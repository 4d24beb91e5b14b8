"""URLs as the configuration takes them."""

from __future__ import annotations

from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator, WithJsonSchema

from sentinel_tui.config.base import Mistake
from sentinel_tui.text import clean_text

_LONGEST = 2_048
_EXPECTED = "http:// or https:// and a host, such as https://example.com/health"


def check_http_url(url: str) -> str:
    """The URL as it is, when it can be requested.

    Raises:
        Mistake: It is no http or https URL, or carries what does not belong there.
    """
    if " " in url or url != clean_text(url, _LONGEST):
        raise Mistake(
            "is no URL",
            "at most 2,048 characters without spaces or hidden ones",
            "percent-encode what is not plain",
        )
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise Mistake(f"is no URL: {error}", _EXPECTED) from None
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise Mistake("is no URL that can be requested", _EXPECTED)
    if "@" in parts.netloc:
        raise Mistake("carries a password", _EXPECTED, "use basic_user and basic_password")
    if port == 0:
        raise Mistake("names port 0", "a port from 1 to 65535")
    return url


HttpUrl = Annotated[
    str,
    AfterValidator(check_http_url),
    WithJsonSchema({"type": "string", "format": "uri", "pattern": "^https?://"}),
]
"""A URL that can be requested over HTTP."""
