"""URLs as the configuration takes them."""

from __future__ import annotations

from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator, WithJsonSchema

from sentinel_tui.config.base import Mistake
from sentinel_tui.text import clean_text

_LONGEST = 2_048
_TALK_EXPECTED = "https:// and a host, without a password"
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


def check_talk_url(url: str, *, allow_http: bool) -> None:
    """Refuse a URL, maybe a secret one, to which no message can be sent.

    Raises:
        Mistake: It is no https URL, nor a plain http one where that is allowed. Unlike those of
            `check_http_url`, its words never quote it.
    """
    try:
        check_http_url(url)
    except Mistake:
        raise Mistake("is no URL that can be talked to", _TALK_EXPECTED) from None
    if url.startswith("http://") and not allow_http:
        mend = "set allow_private = true if it is on your own network"
        raise Mistake("is plain http, which anybody on the way can read", _TALK_EXPECTED, mend)


def _rdap_url(url: str) -> str:
    if "{domain}" not in url:
        raise Mistake("names no domain", "a URL with {domain} where the name goes")
    check_http_url(url.replace("{domain}", "example.com"))
    return url


HttpUrl = Annotated[
    str,
    AfterValidator(check_http_url),
    WithJsonSchema({"type": "string", "format": "uri", "pattern": "^https?://"}),
]
"""A URL that can be requested over HTTP."""

RdapUrl = Annotated[
    str,
    AfterValidator(_rdap_url),
    WithJsonSchema({"type": "string", "format": "rdap-url", "pattern": "^https?://"}),
]
"""The URL of an RDAP service, with `{domain}` where the name goes."""
