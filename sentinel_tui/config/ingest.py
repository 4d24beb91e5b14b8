"""The small HTTP server in the engine, for what services and players tell Sentinel themselves."""

from __future__ import annotations

from ipaddress import ip_address
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field, ValidationInfo, WithJsonSchema, field_validator

from sentinel_tui.config.base import Mistake, Options, Reading, beside
from sentinel_tui.config.channels import can_be_read, signing_key
from sentinel_tui.config.secrets import Secret
from sentinel_tui.config.urls import check_http_url
from sentinel_tui.config.values import ServiceId, is_address, is_port

UNIX = "unix:"
"""What stands before the path of a socket file."""

SHORTEST_TOKEN = 16
"""Shorter tokens could be guessed."""

_LONGEST_SOCKET_PATH_BYTES = 107
"""The system's own limit on the path of a socket file."""

_LOCAL = "localhost"
_LISTEN_EXPECTED = "ADDRESS:PORT such as 127.0.0.1:8787 or [::1]:8787, or unix:/path"
_ORIGIN_EXPECTED = "a scheme and a host as browsers send them, such as https://shop.example"
_TOKEN_MEND = "make one: openssl rand -hex 24"  # noqa: S105 (how to make a token is no token)


def _listen(text: str, info: ValidationInfo) -> str:
    if text.startswith(UNIX):
        return UNIX + str(_socket_path(text.removeprefix(UNIX), info))
    if _host_of(text) is None:
        raise Mistake("is no place to listen at", _LISTEN_EXPECTED)
    return text


def _host_of(listen: str) -> str | None:
    """The address in `ADDRESS:PORT`, or None where it is not of that form."""
    host, _, port = listen.rpartition(":")
    bare = host.removeprefix("[").removesuffix("]")
    wanted = f"[{bare}]" if ":" in bare else bare
    if host != wanted or not is_port(port) or not (host == _LOCAL or is_address(bare)):
        return None
    return bare


def _socket_path(written: str, info: ValidationInfo) -> Path:
    if not written:
        raise Mistake("names no socket file", _LISTEN_EXPECTED)
    reading = info.context if isinstance(info.context, Reading) else None
    path = beside(reading.folder if reading else None, written)
    if len(bytes(path)) > _LONGEST_SOCKET_PATH_BYTES:
        raise Mistake(
            "is too long for a socket file", f"at most {_LONGEST_SOCKET_PATH_BYTES} bytes"
        )
    return path


def _origin(text: str) -> str:
    check_http_url(text)
    parts = urlsplit(text)
    if parts.path not in ("", "/") or parts.query or parts.fragment:
        raise Mistake("is more than an origin", _ORIGIN_EXPECTED)
    return f"{parts.scheme}://{parts.netloc}".lower()


def is_local(listen: str) -> bool:
    """Whether only this machine can reach what listens there.

    Args:
        listen: As `IngestOptions.listen` has it; at what is no place nothing listens at all.
    """
    host = _host_of(listen)
    return host in (None, _LOCAL) or ip_address(str(host)).is_loopback


Listen = Annotated[
    str,
    AfterValidator(_listen),
    WithJsonSchema(
        {"type": "string", "format": "listen", "examples": ["127.0.0.1:8787", "unix:/path"]}
    ),
]
"""Where a server listens: an address with a port, or a socket file."""

Origin = Annotated[
    str,
    AfterValidator(_origin),
    WithJsonSchema({"type": "string", "format": "origin", "pattern": "^https?://"}),
]
"""The origin of a web page, as browsers name it."""


class SourceOptions(Options):
    """Who may tell or ask Sentinel something over HTTP, and what."""

    name: ServiceId
    """Stable name; it stands with what the source told."""
    token: Secret | None = None
    """What it sends as `Authorization: Bearer …`. On this machine one source may do without."""
    hmac_keys: list[Secret] = Field(default_factory=list, max_length=2)
    """Instead of a token: the keys (`whsec_…`) with which it signs by the Standard Webhooks
    convention; two while one replaces the other."""
    scopes: list[Literal["views", "actions", "beats", "read"]] = Field(min_length=1)
    """What it may do: tell of views, of your own actions, that a service is alive, or read
    figures."""
    per_s: int = Field(default=50, ge=1, le=100_000)
    """The most requests a second that are taken from it; each holds up to 500 events."""
    burst: int = Field(default=200, ge=1, le=1_000_000)
    """The most requests that are taken from it at once."""
    origins: list[Origin] = Field(default_factory=list, max_length=20)
    """Web pages whose players may post here from a viewer's browser."""

    @field_validator("token")
    @classmethod
    def _long_enough(cls, token: Secret | None, info: ValidationInfo) -> Secret | None:
        return None if token is None else _hard_to_guess(token, info)

    @field_validator("hmac_keys")
    @classmethod
    def _are_keys(cls, keys: list[Secret], info: ValidationInfo) -> list[Secret]:
        if keys and info.data.get("token") is not None:
            raise Mistake("stand beside token", "either of the two", "remove one of them")
        for key in keys:
            if can_be_read(key, info):
                signing_key(key.reveal())
        return keys


class IngestOptions(Options):
    """A small HTTP server for view events, your actions, signs of life and metrics.

    Without this table there is none.
    """

    listen: Listen = "127.0.0.1:8787"
    """An address with a port, or `unix:` and the path of a socket file. Sentinel speaks no TLS: to
    be reached from elsewhere, let a reverse proxy do so in front of it."""
    viewer_key: Secret | None = None
    """With what viewers' tokens are hashed before anything is kept; left out, a key is made once
    and kept in the data folder. With another key, viewers are strangers again."""
    sources: list[SourceOptions] = Field(min_length=1, max_length=50)
    """Who may tell or ask something."""

    @field_validator("viewer_key")
    @classmethod
    def _long_enough(cls, key: Secret | None, info: ValidationInfo) -> Secret | None:
        return None if key is None else _hard_to_guess(key, info)

    @property
    def is_local(self) -> bool:
        """Whether only this machine can reach it."""
        return is_local(self.listen)


def _hard_to_guess(secret: Secret, info: ValidationInfo) -> Secret:
    if can_be_read(secret, info) and len(secret.reveal()) < SHORTEST_TOKEN:
        raise Mistake(
            "could be guessed", f"at least {SHORTEST_TOKEN} random characters", _TOKEN_MEND
        )
    return secret
