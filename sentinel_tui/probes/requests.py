"""The request that a check describes, with no more of it than the place it goes to may see."""

from __future__ import annotations

import ssl
from base64 import b64encode
from functools import lru_cache
from importlib.util import find_spec

import httpx

from sentinel_tui.config.checks import HttpCheck
from sentinel_tui.errors import SecretError
from sentinel_tui.probes.faults import OwnFault
from sentinel_tui.probes.redirects import Hop
from sentinel_tui.probes.tls_contexts import TlsContexts
from sentinel_tui.probes.trail import Trail
from sentinel_tui.probes.transport import Way


def first_hop(check: HttpCheck) -> Hop:
    """Where a look begins.

    Raises:
        OwnFault: The URL cannot be requested.
    """
    return Hop(check.method, _url(check.url), with_body=bool(check.body))


def build_request(
    check: HttpCheck, hop: Hop, contexts: TlsContexts, trail: Trail, user_agent: str
) -> httpx.Request:
    """The request for one hop of a look.

    Raises:
        OwnFault: A secret or a certificate that it needs cannot be had.
    """
    http2 = check.http2 and _http2_is_installed()
    way = Way(
        trail=trail,
        tls=_tls(check, hop, contexts, http2) if hop.url.scheme == "https" else None,
        ip_version=check.ip_version,
        allowed=hop.allowed,
    )
    return httpx.Request(
        hop.method,
        hop.url,
        headers=_headers(check, hop, http2, user_agent),
        content=check.body.encode() if hop.with_body else None,
        extensions={"way": way},
    )


def _tls(check: HttpCheck, hop: Hop, contexts: TlsContexts, http2: bool) -> ssl.SSLContext:
    return contexts.context(
        ca_file=check.ca_file,
        client_certificate=check.client_certificate if hop.trusted else None,
        client_key=check.client_key if hop.trusted else None,
        protocols=("h2", "http/1.1") if http2 else ("http/1.1",),
    )


def _headers(check: HttpCheck, hop: Hop, http2: bool, user_agent: str) -> list[tuple[bytes, bytes]]:
    headers = {"user-agent": user_agent, "accept": "*/*", "accept-encoding": "gzip"}
    if not http2:
        headers["connection"] = "close"
    if hop.trusted:
        headers |= {name.casefold(): value for name, value in check.headers.items()}
        headers |= _credentials(check)
    return [(name.encode(), value.encode()) for name, value in headers.items()]


def _credentials(check: HttpCheck) -> dict[str, str]:
    try:
        headers = {name.casefold(): one.reveal() for name, one in check.secret_headers.items()}
        if check.basic_user or check.basic_password is not None:
            password = check.basic_password.reveal() if check.basic_password else ""
            pair = b64encode(f"{check.basic_user}:{password}".encode()).decode()
            headers["authorization"] = f"Basic {pair}"
        if check.bearer is not None:
            headers["authorization"] = f"Bearer {check.bearer.reveal()}"
    except SecretError as error:
        raise OwnFault(f"{error}; {error.hint}") from error
    return headers


@lru_cache(maxsize=2_048)
def _url(url: str) -> httpx.URL:
    try:
        return httpx.URL(url)
    except (httpx.InvalidURL, ValueError) as error:
        raise OwnFault(f"{url} cannot be requested: {error}") from error


@lru_cache(maxsize=1)
def _http2_is_installed() -> bool:
    return find_spec("h2") is not None
