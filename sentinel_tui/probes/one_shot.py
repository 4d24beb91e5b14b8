"""One look at any URL, without a configuration: what `sentinel check URL` does."""

from __future__ import annotations

from typing import Any
from urllib.parse import SplitResult, urlsplit

from pydantic import ValidationError

from sentinel_tui.clock import Clock
from sentinel_tui.config.checks import (
    Check,
    DnsCheck,
    DomainCheck,
    HttpCheck,
    IcmpCheck,
    TcpCheck,
    TlsCheck,
)
from sentinel_tui.config.redaction import redact
from sentinel_tui.domain.monitoring.observations import Observation
from sentinel_tui.errors import UsageError
from sentinel_tui.text import clean_text

_FORMS = (
    "https://HOST/PATH, http://HOST/PATH, tcp://HOST:PORT, tls://HOST, dns://NAME, ping://HOST "
    "or domain://NAME"
)


async def check_once(url: str, timeout_s: float, clock: Clock | None = None) -> Observation:
    """Look once at `url`, all phases within `timeout_s`.

    Raises:
        UsageError: `url` is none that can be looked at.
    """
    check = check_for(url)
    # Only now: whoever mistypes a URL should not wait for httpx to load.
    from sentinel_tui.probes.prober import Prober

    async with Prober(clock=clock) as prober:
        return await prober.look(check, timeout_s=timeout_s)


def check_for(url: str) -> Check:
    """The check that a URL stands for.

    Raises:
        UsageError: It stands for none.
    """
    try:
        parts = urlsplit(url)
        return _check(url, parts)
    except ValidationError as error:
        raise _unusable(url, error.errors()[0]["msg"].removeprefix("Value error, ")) from None
    except ValueError as error:
        raise _unusable(url, str(error)) from None


def as_json(url: str, seen: Observation) -> dict[str, Any]:
    """An observation as `sentinel check --json` prints it."""
    timings = seen.timings
    answer: dict[str, Any] = {
        "url": url,
        "outcome": seen.outcome.word,
        "phase": seen.phase,
        "status": seen.status,
        "latency_ms": seen.latency_ms,
        "timings_ms": {
            "dns": timings.dns_ms,
            "connect": timings.connect_ms,
            "tls": timings.tls_ms,
            "first_byte": timings.first_byte_ms,
            "body": timings.body_ms,
            "total": timings.total_ms,
        },
        "error": seen.error,
        "address": seen.address,
    }
    if seen.certificate is not None:
        answer["certificate"] = {
            "subject": seen.certificate.subject,
            "issuer": seen.certificate.issuer,
            "fingerprint": seen.certificate.fingerprint,
            "not_before_ms": seen.certificate.not_before_ms,
            "not_after_ms": seen.certificate.not_after_ms,
            "kind": seen.certificate.kind,
        }
    return answer


def _check(url: str, parts: SplitResult) -> Check:
    host = parts.hostname or ""
    match parts.scheme:
        case "http" | "https":
            return HttpCheck(url=url)
        case "tcp":
            if parts.port is None:
                raise ValueError("it names no port")
            return TcpCheck(host=host, port=parts.port)
        case "tls":
            return TlsCheck(host=host, port=443 if parts.port is None else parts.port)
        case "dns":
            return DnsCheck(host=host)
        case "ping":
            return IcmpCheck(host=host)
        case "domain":
            return DomainCheck(domain=host)
        case _:
            raise ValueError("it begins with no scheme that is known")


def _unusable(url: str, why: str) -> UsageError:
    return UsageError(
        f"cannot look at {clean_text(redact(url), 200)}: {clean_text(why)}", f"write {_FORMS}"
    )
