"""What a certificate says, and why one is not trusted, in a sentence."""

from __future__ import annotations

import hashlib
import ssl
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from sentinel_tui.domain.monitoring.observations import Certificate
from sentinel_tui.text import clean_text

_MOST_REMEMBERED = 1_024

_EXPIRED = 10
_NOT_YET_VALID = 9
_SELF_SIGNED = 18
_SELF_SIGNED_ROOT = 19
_NO_ISSUER = (2, 20, 21)
_WRONG_HOST = (62, 64)


class SeenCertificates:
    """Reads certificates from connections, each of them once."""

    def __init__(self) -> None:
        self._known: dict[str, Certificate] = {}

    def of(self, tls: ssl.SSLObject) -> Certificate | None:
        """The certificate the other side presented, or None where it presented none."""
        der = tls.getpeercert(binary_form=True)
        if der is None:
            return None
        fingerprint = hashlib.sha256(der).hexdigest()
        known = self._known.get(fingerprint)
        if known is not None:
            return known
        details = tls.getpeercert()
        seen = _from_details(fingerprint, details) if details else certificate_from_der(der)
        if len(self._known) >= _MOST_REMEMBERED:
            self._known.clear()
        self._known[fingerprint] = seen
        return seen


@lru_cache(maxsize=_MOST_REMEMBERED)
def certificate_from_der(der: bytes) -> Certificate:
    """Reads a certificate that nobody vouches for.

    Raises:
        ValueError: It cannot be read.
    """
    from cryptography import x509
    from cryptography.x509.oid import ExtensionOID, NameOID

    read = x509.load_der_x509_certificate(der)
    names = [str(name.value) for name in read.subject.get_attributes_for_oid(NameOID.COMMON_NAME)]
    try:
        others = read.extensions.get_extension_for_oid(ExtensionOID.SUBJECT_ALTERNATIVE_NAME).value
    except (x509.ExtensionNotFound, ValueError):
        others = None
    if isinstance(others, x509.SubjectAlternativeName):
        names += [str(name.value) for name in others]
    signers = [
        str(name.value)
        for oid in (NameOID.ORGANIZATION_NAME, NameOID.COMMON_NAME)
        for name in read.issuer.get_attributes_for_oid(oid)
    ]
    return Certificate(
        fingerprint=hashlib.sha256(der).hexdigest(),
        subject=clean_text(names[0] if names else "", 100),
        issuer=clean_text(" ".join(signers), 100),
        not_before_ms=round(read.not_valid_before_utc.timestamp() * 1_000),
        not_after_ms=round(read.not_valid_after_utc.timestamp() * 1_000),
    )


def trust_problem(
    error: ssl.SSLCertVerificationError, host: str, seen: Certificate | None, now_ms: int
) -> str:
    """Why the certificate is not trusted.

    Args:
        error: What OpenSSL said.
        host: Whose certificate it should be.
        seen: The certificate itself, where it could be had.
        now_ms: Now, UTC.
    """
    code = error.verify_code
    if code == _EXPIRED:
        end = _when(seen.not_after_ms, now_ms) if seen else ""
        return f"the certificate of {host} expired{end}"
    if code == _NOT_YET_VALID:
        start = _when(seen.not_before_ms, now_ms) if seen else " later on"
        return f"the certificate of {host} is not valid yet, only from{start}"
    if code == _SELF_SIGNED:
        return f"the certificate of {host} is self-signed; trust it with ca_file if it is yours"
    if code == _SELF_SIGNED_ROOT or code in _NO_ISSUER:
        signer = f" ({seen.issuer})" if seen and seen.issuer else ""
        return f"the certificate of {host} was signed by nobody trusted here{signer}"
    if code in _WRONG_HOST:
        owner = f"{seen.subject}, not for {host}" if seen else f"another host than {host}"
        return f"the certificate is for {owner}"
    return f"the certificate of {host} is not trusted: {error.verify_message}"


def _from_details(fingerprint: str, details: Mapping[str, Any]) -> Certificate:
    subject = _named(details.get("subject", ()), "commonName")
    subject += [name for _, name in details.get("subjectAltName", ())]
    issuer = details.get("issuer", ())
    signers = [*_named(issuer, "organizationName"), *_named(issuer, "commonName")]
    return Certificate(
        fingerprint=fingerprint,
        subject=clean_text(subject[0] if subject else "", 100),
        issuer=clean_text(" ".join(signers), 100),
        not_before_ms=round(ssl.cert_time_to_seconds(details["notBefore"]) * 1_000),
        not_after_ms=round(ssl.cert_time_to_seconds(details["notAfter"]) * 1_000),
    )


def _named(names: Iterable[Iterable[tuple[str, str]]], kind: str) -> list[str]:
    return [value for group in names for key, value in group if key == kind]


def _when(instant_ms: int, now_ms: int) -> str:
    day = datetime.fromtimestamp(instant_ms / 1_000, UTC).date().isoformat()
    days = abs(now_ms - instant_ms) / 86_400_000
    return f" {days:.1f} days ago, on {day}" if instant_ms <= now_ms else f" {day}"
