"""What Sentinel knows of its own network, and who watches Sentinel."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, Field, ValidationInfo, WithJsonSchema, field_validator

from sentinel_tui.config.base import Mistake, Options
from sentinel_tui.config.channels import check_secret_url
from sentinel_tui.config.durations import Seconds
from sentinel_tui.config.secrets import Secret
from sentinel_tui.config.urls import check_http_url
from sentinel_tui.config.values import check_host, is_port

GATEWAY = "gateway"
"""The witness that stands for the router of this machine."""

_WITNESSES = (GATEWAY, "1.1.1.1:53", "8.8.8.8:53", "https://www.gstatic.com/generate_204")


def _witness(text: str) -> str:
    if text == GATEWAY:
        return text
    if "://" in text:
        return check_http_url(text)
    host, _, port = text.rpartition(":")
    if not is_port(port):
        raise Mistake("is no witness", f'"{GATEWAY}", HOST:PORT or a URL')
    check_host(host.removeprefix("[").removesuffix("]"))
    return text


Witness = Annotated[
    str,
    AfterValidator(_witness),
    WithJsonSchema(
        {"type": "string", "format": "witness", "examples": [GATEWAY, "9.9.9.9:53", "https://…"]}
    ),
]
"""Somebody who shows whether this machine has a network: the gateway, HOST:PORT, or a URL."""


class NetworkOptions(Options):
    """This machine's own network, asked before any failure is believed."""

    witnesses: list[Witness] = Field(default_factory=lambda: list(_WITNESSES), max_length=20)
    """Who is asked: `gateway`, `HOST:PORT` for a TCP connection, or a URL; empty to never doubt."""
    quorum: int = Field(default=2, ge=1, le=20, validate_default=True)
    """How many of them must answer for a failure to count."""

    @field_validator("quorum")
    @classmethod
    def _can_be_met(cls, quorum: int, info: ValidationInfo) -> int:
        witnesses = info.data.get("witnesses", [])
        if witnesses and quorum > len(witnesses):
            raise Mistake(
                "is more than there are witnesses", f"a whole number from 1 to {len(witnesses)}"
            )
        return quorum


class HeartbeatOptions(Options):
    """A dead man's switch outside: told while Sentinel is well, so that its silence tells."""

    allow_private: bool = False
    """Let it go to this machine or its own network, and over plain http."""
    url: Secret
    """What to request, such as the ping URL of a check at healthchecks.io."""
    every_s: Seconds = Field(default=60.0, alias="every", ge=10)
    """How often."""

    @field_validator("url")
    @classmethod
    def _can_be_requested(cls, url: Secret, info: ValidationInfo) -> Secret:
        return check_secret_url(url, info)
