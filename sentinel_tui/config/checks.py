"""The kinds of checks a service can have. Each field's docstring is its entry in the README."""

from __future__ import annotations

import re
from typing import Annotated, Literal

from pydantic import Field, ValidationInfo, field_validator

from sentinel_tui.config.base import Mistake, Options
from sentinel_tui.config.durations import Seconds
from sentinel_tui.config.secrets import Secret
from sentinel_tui.config.urls import HttpUrl, RdapUrl
from sentinel_tui.config.values import (
    HeaderName,
    HeaderValue,
    Host,
    Line,
    OwnFile,
    Pattern,
    PlainHeaderName,
    Resolver,
    StatusRange,
    is_address,
)

_RCODES = ("NOERROR", "FORMERR", "SERVFAIL", "NXDOMAIN", "NOTIMP", "REFUSED")


class _Check(Options):
    """What every kind of check has."""

    name: Line = Field(default="", max_length=40)
    """How the check is called; unique within its service. Its kind, when left out."""
    interval_s: Seconds = Field(default=30.0, alias="interval", ge=1)
    """How often to look."""
    timeout_s: Seconds = Field(default=10.0, alias="timeout", gt=0, le=60)
    """The hard deadline of one look, all phases together."""


class JsonExpectation(Options):
    """What a value inside a JSON answer must be."""

    path: str
    """Where the value is: `status`, `data.items[0].id`."""
    is_: str | int | float | bool | None = Field(default=None, alias="is")
    """What it must equal; left out, it only has to be there."""
    comparison: Literal["==", "!=", "<", "<=", ">", ">="] = "=="
    """How it is compared with `is`."""

    @field_validator("is_", mode="before")
    @classmethod
    def _one_value(cls, value: object) -> object:
        if not isinstance(value, str | int | float | bool | None):
            raise Mistake("cannot be compared", "text, a number, true or false")
        return value

    @field_validator("comparison")
    @classmethod
    def _comparable(cls, comparison: str, info: ValidationInfo) -> str:
        wanted = info.data.get("is_", 0)
        number = isinstance(wanted, int | float) and not isinstance(wanted, bool)
        if comparison not in ("==", "!=") and not number:
            raise Mistake(f"{comparison} needs a number in `is`", '"==" or "!="')
        return comparison


class HttpCheck(_Check):
    """A request over HTTP or HTTPS, with what its answer must be like."""

    kind: Literal["http"] = "http"
    """`http`."""
    url: HttpUrl
    """What to request."""
    method: Literal["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"] = "GET"
    """The request's method."""
    headers: dict[PlainHeaderName, HeaderValue] = Field(default_factory=dict)
    """Headers to send; put secrets into `secret_headers`."""
    secret_headers: dict[HeaderName, Secret] = Field(default_factory=dict)
    """Headers whose values are secret references."""
    body: str = ""
    """What to send as the request's body."""
    basic_user: str = ""
    """User name for HTTP basic authentication."""
    basic_password: Secret | None = None
    """Password for HTTP basic authentication."""
    bearer: Secret | None = None
    """Token for the `Authorization: Bearer` header."""
    status: list[StatusRange] = Field(default_factory=lambda: ["200-299"], min_length=1)
    """Which statuses are right: numbers and ranges, such as `["200-299", 404]`."""
    contains: str = ""
    """Text the body must contain."""
    lacks: str = ""
    """Text the body must not contain."""
    matches: Pattern = ""
    """Regular expression the body must match somewhere."""
    matches_not: Pattern = ""
    """Regular expression the body must match nowhere."""
    json_path: list[JsonExpectation] = Field(default_factory=list, alias="json")
    """Values the body, read as JSON, must hold."""
    expect_headers: dict[HeaderName, Pattern] = Field(default_factory=dict)
    """Headers the answer must carry; a value is a regular expression, empty for "any"."""
    max_latency_s: Seconds | None = Field(default=None, alias="max_latency", gt=0)
    """Slower than this is DEGRADED, not DOWN."""
    follow_redirects: bool = True
    """Follow up to five redirects; credentials stay with the first origin."""
    ca_file: OwnFile | None = None
    """Certificates to trust instead of the system's."""
    client_certificate: OwnFile | None = None
    """A client certificate (PEM)."""
    client_key: OwnFile | None = None
    """Its key (PEM), when it is not in the same file."""
    ip_version: Literal["any", "4", "6"] = "any"
    """Which family of addresses to use."""
    http2: bool = False
    """Offer HTTP/2; needs the `http2` extra."""

    @field_validator("bearer")
    @classmethod
    def _one_authorization(cls, bearer: Secret | None, info: ValidationInfo) -> Secret | None:
        if bearer and (info.data.get("basic_user") or info.data.get("basic_password")):
            raise Mistake(
                "cannot be combined with basic_user and basic_password",
                "one way to authenticate",
            )
        return bearer

    @field_validator("client_key")
    @classmethod
    def _belongs_to_certificate(cls, key: object, info: ValidationInfo) -> object:
        if key and info.data.get("client_certificate", key) is None:
            raise Mistake("is of no use alone", mend="set client_certificate too")
        return key


class TcpCheck(_Check):
    """A TCP connection, and optionally a line sent and an answer expected."""

    kind: Literal["tcp"] = "tcp"
    """`tcp`."""
    host: Host
    """Host name or address."""
    port: int = Field(ge=1, le=65_535)
    """Port."""
    send: str = ""
    """Text to send once connected; `\\r\\n` and the like are understood."""
    expect: str = ""
    """Text the answer must contain."""
    max_latency_s: Seconds | None = Field(default=None, alias="max_latency", gt=0)
    """Slower than this is DEGRADED, not DOWN."""
    ip_version: Literal["any", "4", "6"] = "any"
    """Which family of addresses to use."""


class DnsCheck(_Check):
    """A DNS question with the answer it must have."""

    kind: Literal["dns"] = "dns"
    """`dns`."""
    host: Host
    """The name to ask for."""
    record: Literal["A", "AAAA", "CNAME", "MX", "NS", "TXT", "SOA", "CAA", "SRV", "PTR"] = "A"
    """The kind of record."""
    rcode: str = "NOERROR"
    """The response code expected, such as NOERROR or NXDOMAIN."""
    contains: str = ""
    """Text one of the records must contain."""
    resolver: Resolver = ""
    """Address of the resolver to ask, with an optional `:port`; the system's when left out."""

    @field_validator("rcode")
    @classmethod
    def _known_rcode(cls, rcode: str) -> str:
        if rcode.upper() not in _RCODES:
            raise Mistake("is no response code", f"one of {', '.join(_RCODES)}")
        return rcode.upper()


class TlsCheck(_Check):
    """A TLS handshake: the chain must be trusted and the certificate in date."""

    kind: Literal["tls"] = "tls"
    """`tls`."""
    host: Host
    """Host name."""
    port: int = Field(default=443, ge=1, le=65_535)
    """Port."""
    interval_s: Seconds = Field(default=3_600.0, alias="interval", ge=1)
    """How often to look."""
    ca_file: OwnFile | None = None
    """Certificates to trust instead of the system's."""
    fingerprint: str = ""
    """SHA-256 the certificate must have, when only that one is right."""

    @field_validator("fingerprint")
    @classmethod
    def _sha256(cls, fingerprint: str) -> str:
        digits = fingerprint.replace(":", "").lower()
        if digits and not re.fullmatch("[0-9a-f]{64}", digits):
            raise Mistake("is no SHA-256", "64 hexadecimal digits, with or without colons")
        return digits


class HeartbeatCheck(_Check):
    """A dead man's switch: the service reports in, and silence is the failure."""

    kind: Literal["heartbeat"] = "heartbeat"
    """`heartbeat`."""
    every_s: Seconds = Field(default=3_600.0, alias="every", ge=1)
    """How often a beat is due (`sentinel beat SERVICE`)."""
    grace_s: Seconds = Field(default=60.0, alias="grace")
    """How late a beat may be."""


class IcmpCheck(_Check):
    """A ping, where the system permits it to ordinary users."""

    kind: Literal["icmp"] = "icmp"
    """`icmp`."""
    host: Host
    """Host name or address."""
    max_latency_s: Seconds | None = Field(default=None, alias="max_latency", gt=0)
    """Slower than this is DEGRADED, not DOWN."""


class DomainCheck(_Check):
    """When the registration of a domain name ends, as its registry tells over RDAP."""

    kind: Literal["domain"] = "domain"
    """`domain`."""
    domain: Host
    """The registered name, such as `example.com`; not a host below it."""
    interval_s: Seconds = Field(default=86_400.0, alias="interval", ge=3_600)
    """How often to ask; registries do not like to be asked often."""
    timeout_s: Seconds = Field(default=30.0, alias="timeout", gt=0, le=60)
    """The hard deadline of one question, redirects included."""
    rdap_url: RdapUrl = "https://rdap.org/domain/{domain}"
    """Whom to ask; `{domain}` stands for the name. rdap.org sends on to the right registry."""

    @field_validator("domain")
    @classmethod
    def _is_registered(cls, domain: str) -> str:
        if is_address(domain) or "." not in domain.removesuffix("."):
            raise Mistake("is no registered name", "a name such as example.com")
        return domain.removesuffix(".").lower()


Check = Annotated[
    HttpCheck | TcpCheck | DnsCheck | TlsCheck | HeartbeatCheck | IcmpCheck | DomainCheck,
    Field(discriminator="kind"),
]
