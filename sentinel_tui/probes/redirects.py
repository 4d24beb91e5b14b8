"""Where a redirect leads, and whether a probe may go there."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace

import httpx

from sentinel_tui.domain.addresses import NOT_FORBIDDEN, PUBLIC_ONLY, Reach, reach
from sentinel_tui.domain.monitoring.observations import FailurePhase
from sentinel_tui.probes.faults import ProbeFailure, said

MOST_HOPS = 5

_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_KEEP_THE_METHOD = frozenset({307, 308})
_LONGEST_URL = 2_048


@dataclass(frozen=True, slots=True)
class Hop:
    """One request of a look.

    Attributes:
        method: Its method.
        url: Where it goes.
        trusted: Whether it goes to the configured origin and never left it; only then does it
            carry what the owner configured: headers, credentials, client certificate.
        with_body: Whether it carries the configured body.
        allowed: Which addresses it may be sent to.
        before: What was requested before it.
    """

    method: str
    url: httpx.URL
    trusted: bool = True
    with_body: bool = False
    allowed: Collection[Reach] = NOT_FORBIDDEN
    before: frozenset[tuple[str, str]] = frozenset()


def is_redirect(status: int, location: str) -> bool:
    """Whether an answer asks to look elsewhere."""
    return status in _REDIRECTS and bool(location)


def next_hop(hop: Hop, status: int, location: str, ip: str) -> Hop:
    """The request that follows a redirect.

    Args:
        hop: The request that was redirected.
        status: The redirect's status.
        location: Its `location` header.
        ip: The address that sent it. A public one may not send a probe into a private network.

    Raises:
        ProbeFailure: It may not be followed.
    """
    url = _target(hop.url, location)
    method = _method(hop.method, status)
    before = hop.before | {(hop.method, str(hop.url))}
    if hop.url.scheme == "https" and url.scheme == "http":
        raise _refused(f"leads from https to {said(url, 200)}")
    if (method, str(url)) in before:
        raise _refused(f"leads in a circle, back to {said(url, 200)}")
    if len(before) > MOST_HOPS:
        raise _refused(f"is one more than the {MOST_HOPS} that are followed")
    trusted = hop.trusted and _origin(url) == _origin(hop.url)
    with_body = hop.with_body and status in _KEEP_THE_METHOD
    if with_body and not trusted:
        raise _refused(f"would take the request's body to {said(url, 200)}")
    private = reach(ip) is Reach.PRIVATE and Reach.PRIVATE in hop.allowed
    return replace(
        hop,
        method=method,
        url=url,
        trusted=trusted,
        with_body=with_body,
        allowed=NOT_FORBIDDEN if private else PUBLIC_ONLY,
        before=before,
    )


def _target(base: httpx.URL, location: str) -> httpx.URL:
    shown = said(location)
    if len(location) > _LONGEST_URL or not location.isprintable():
        raise _refused(f"leads to no usable address: {shown}")
    try:
        url = base.join(location)
    except (httpx.InvalidURL, ValueError) as error:
        raise _refused(f"leads to no usable address: {shown}") from error
    if url.scheme not in ("http", "https") or not url.host:
        raise _refused(f"leads to no web address: {shown}")
    if url.port is not None and not 1 <= url.port <= 65_535:
        raise _refused(f"leads to a port that cannot be: {shown}")
    if url.userinfo:
        raise _refused("carries a user name or password")
    return url


def _method(method: str, status: int) -> str:
    """Browsers turn a redirected POST into a GET, and servers count on it."""
    if status in _KEEP_THE_METHOD or method in ("GET", "HEAD"):
        return method
    return "GET"


def _origin(url: httpx.URL) -> tuple[str, str, int]:
    return url.scheme, url.host, url.port or (443 if url.scheme == "https" else 80)


def _refused(why: str) -> ProbeFailure:
    return ProbeFailure(FailurePhase.ASSERTION, f"redirect not followed: it {why}")
