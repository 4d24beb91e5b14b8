"""Kinds of values that several tables share, each refusing what could not work later.

Text that reaches the screen is cleaned here, at the border, once.
"""

from __future__ import annotations

import ipaddress
import re
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, BeforeValidator, ValidationInfo, WithJsonSchema

from sentinel_tui.config.base import Mistake, Reading, beside
from sentinel_tui.text import clean_text

_LONGEST_LINE = 2_000
_HOST_LABEL = re.compile(r"[\w-]{1,63}")
_HEADER_NAME = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]{1,100}")
_SECRET_HEADER = re.compile(r"(?i)authorization|cookie|(api|access)-?key|token|secret|password")
_HEADER_VALUE = re.compile(r"[^\x00-\x1f\x7f]*")
_SERVICE_ID = re.compile(r"[a-z0-9][a-z0-9_-]{0,39}")
_MATCH_EXPECTED = "words such as service:api, tag:shop, rule:down, severity:critical, or !tag:lab"
_CRON_EXPECTED = "five fields: minute hour day month weekday, such as '17 4 * * *'"


def _line(text: str) -> str:
    return clean_text(text, _LONGEST_LINE)


def _service_id(text: str) -> str:
    if not _SERVICE_ID.fullmatch(text):
        raise Mistake("is no id", "lower-case letters, digits, - and _, at most 40 characters")
    return text


def _pattern(text: str) -> str:
    try:
        re.compile(text)
    except (re.error, RecursionError, OverflowError) as error:
        raise Mistake(f"is no regular expression: {error}", "a Python regular expression") from None
    return text


def check_host(text: str) -> str:
    """The host as it is, when it can be looked up or connected to.

    Raises:
        Mistake: It is neither a host name nor an address.
    """
    if "://" in text:
        raise Mistake("is a URL", "a host name or an address", "leave out what surrounds the host")
    if is_address(text):
        return text
    labels = text.removesuffix(".").split(".")
    if len(text) > 253 or not all(_HOST_LABEL.fullmatch(label) for label in labels):
        raise Mistake("is no host", "a host name or an address, without a port")
    return text


def _resolver(text: str) -> str:
    if not text or is_address(text):
        return text
    host, _, port = text.rpartition(":")
    if not is_address(host.removeprefix("[").removesuffix("]")) or not is_port(port):
        raise Mistake("is no resolver", "an address such as 9.9.9.9, 9.9.9.9:53 or [2620:fe::9]:53")
    return text


def _header_name(text: str) -> str:
    if not _HEADER_NAME.fullmatch(text):
        raise Mistake("is no header name", "letters, digits and hyphens")
    return text


def _plain_header_name(text: str) -> str:
    if _SECRET_HEADER.search(text):
        raise Mistake("would be shown to everybody", mend="move it to secret_headers")
    return _header_name(text)


def _header_value(text: str) -> str:
    if not _HEADER_VALUE.fullmatch(text):
        raise Mistake("cannot be a header", "one line without control characters")
    return text


def _status_range(value: object) -> object:
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


def _check_status_range(text: str) -> str:
    low, _, high = text.partition("-") if "-" in text else (text, "-", text)
    if not _is_status(low) or not _is_status(high) or low > high:
        raise Mistake("is no status", 'a status from 100 to 599, or a range such as "200-299"')
    return text


def _is_status(text: str) -> bool:
    return bool(re.fullmatch("[1-5][0-9][0-9]", text))


def _own_file(value: object, info: ValidationInfo) -> object:
    if not isinstance(value, str):
        return value
    reading = info.context if isinstance(info.context, Reading) else None
    path = beside(reading.folder if reading else None, value)
    if reading and reading.resolve and not path.is_file():
        raise Mistake(f"there is no file {path}", "the path of a file that can be read")
    return path


def _zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise Mistake("is no time zone", "a time zone such as Europe/Paris or UTC") from None
    return name


def _cron(expression: str) -> str:
    if expression:
        # Not imported above: croniter would cost every start a quarter of what pydantic does.
        from sentinel_tui.domain.schedule import check_cron

        try:
            check_cron(expression)
        except ValueError as error:
            raise Mistake(f"is no schedule: {error}", _CRON_EXPECTED) from None
    return expression


def _match(text: str) -> str:
    if text:
        # Not imported above: most configurations match nothing.
        from sentinel_tui.domain.monitoring.matching import check_match

        try:
            check_match(text)
        except ValueError as error:
            raise Mistake(f"matches nothing: {error}", _MATCH_EXPECTED) from None
    return text


def is_address(text: str) -> bool:
    """Whether `text` is an IPv4 or IPv6 address."""
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True


def is_port(text: str) -> bool:
    """Whether `text` is a port that something can listen on."""
    return bool(re.fullmatch("[0-9]{1,5}", text)) and 1 <= int(text) <= 65_535


Line = Annotated[str, AfterValidator(_line)]
"""Text on one line, made harmless for a terminal."""

ServiceId = Annotated[
    str,
    AfterValidator(_service_id),
    WithJsonSchema(
        {"type": "string", "format": "service-id", "pattern": f"^{_SERVICE_ID.pattern}$"}
    ),
]
"""The stable name of a service."""

Pattern = Annotated[
    str, AfterValidator(_pattern), WithJsonSchema({"type": "string", "format": "python-pattern"})
]
"""A regular expression that compiles."""

Host = Annotated[
    str, AfterValidator(check_host), WithJsonSchema({"type": "string", "format": "host"})
]
"""A host name or an address, without a port."""

Resolver = Annotated[
    str, AfterValidator(_resolver), WithJsonSchema({"type": "string", "format": "resolver"})
]
"""The address of a resolver, with or without a port; empty for the system's."""

HeaderName = Annotated[str, AfterValidator(_header_name)]
"""The name of an HTTP header."""

PlainHeaderName = Annotated[str, AfterValidator(_plain_header_name)]
"""The name of a header whose value may be shown."""

HeaderValue = Annotated[str, AfterValidator(_header_value)]
"""What an HTTP header may hold."""

StatusRange = Annotated[
    str,
    AfterValidator(_check_status_range),
    BeforeValidator(_status_range),
    WithJsonSchema({"type": ["string", "integer"], "examples": ["200-299", 404]}),
]
"""One status or a range of them; a number is taken for its text."""

OwnFile = Annotated[
    Path,
    BeforeValidator(_own_file),
    WithJsonSchema({"type": "string", "format": "path"}),
]
"""The path of a file; a relative one starts in the folder of the configuration."""

Cron = Annotated[str, AfterValidator(_cron), WithJsonSchema({"type": "string", "format": "cron"})]
"""When something happens, as a cron expression; empty for never."""

TimeZone = Annotated[
    str, AfterValidator(_zone), WithJsonSchema({"type": "string", "format": "time-zone"})
]
"""The name of a time zone."""

Match = Annotated[
    str, AfterValidator(_match), WithJsonSchema({"type": "string", "format": "match"})
]
"""Which services and rules are meant: `tag:shop !service:lab`; empty for all."""
