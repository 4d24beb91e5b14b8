"""Asks a domain's registry when its registration ends, over RDAP (RFC 9082 and 9083).

What is looked at is the registration, not the registry's server: that one being slow, away or tired
of questions says nothing about the domain. So only two answers count, the date and "there is no
such domain"; everything else is inconclusive.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from sentinel_tui.config.checks import DomainCheck, HttpCheck
from sentinel_tui.domain.monitoring.observations import Certificate, ExpiryKind, FailurePhase
from sentinel_tui.probes.assertions import Answer
from sentinel_tui.probes.faults import OwnFault, ProbeFailure, said
from sentinel_tui.probes.http import HttpProbe
from sentinel_tui.probes.json_path import read_json
from sentinel_tui.probes.trail import Trail
from sentinel_tui.text import clean_text

_BOOTSTRAP_HOSTS = frozenset({"rdap.org", "www.rdap.org"})
"""They only send on to registries. Their own 404 means that a top-level domain has no RDAP."""
_NOT_FOUND = 404
_TOO_MANY = 429
_YEAR_MS = 365 * 86_400_000
_MOST_EVENTS = 100


async def look(check: DomainCheck, http: HttpProbe, trail: Trail) -> None:
    """Ask, and put the registration on the trail as what was seen.

    Raises:
        ProbeFailure: The domain is not registered.
        OwnFault: Nobody could say when the registration ends.
    """
    name = _ascii_name(check.domain)
    question = HttpCheck(
        url=check.rdap_url.replace("{domain}", name),
        headers={"accept": "application/rdap+json, application/json"},
    )
    trail.own_fault = f"the registry of {check.domain} did not answer in time"
    try:
        answer, host = await http.fetch(question, trail)
    except ProbeFailure as failure:
        raise OwnFault(f"the registry of {check.domain} could not be asked: {failure}") from failure
    trail.own_fault = ""
    trail.enter(FailurePhase.ASSERTION)
    trail.certificate = registration(check.domain, _record(check, answer, host))


def registration(domain: str, record: Mapping[str, Any]) -> Certificate:
    """What a registry's record says about the registration of `domain`.

    Its fingerprint changes with its end, so that a renewal is something new.

    Raises:
        OwnFault: The record names no end.
    """
    events = dict(_events(record))
    ends_ms = events.get("expiration")
    if ends_ms is None:
        raise OwnFault(
            f"the registry of {domain} does not tell when the registration ends; "
            "some never do, then remove this check"
        )
    return Certificate(
        fingerprint=hashlib.sha256(f"{domain} {ends_ms}".encode()).hexdigest(),
        subject=clean_text(domain, 100),
        issuer=_registrar(record),
        not_before_ms=min(ends_ms, events.get("registration", ends_ms - _YEAR_MS)),
        not_after_ms=ends_ms,
        kind=ExpiryKind.DOMAIN,
    )


def _record(check: DomainCheck, answer: Answer, host: str) -> Mapping[str, Any]:
    status, domain = answer.status, check.domain
    if status == _NOT_FOUND and host not in _BOOTSTRAP_HOSTS:
        raise ProbeFailure(FailurePhase.ASSERTION, f"{domain} is not registered", kept=answer.text)
    if status == _NOT_FOUND:
        raise OwnFault(f"{host} knows no registry with RDAP for {domain}; set the check's rdap_url")
    if status == _TOO_MANY:
        raise OwnFault(f"{host} is asked too often (429); set a longer interval")
    if not 200 <= status <= 299:
        raise OwnFault(f"{host} answered {status}, which says nothing about {domain}")
    try:
        record = read_json(answer.body)
    except ValueError as error:
        raise OwnFault(f"{host} answered {said(error)}") from None
    if not isinstance(record, dict) or record.get("objectClassName", "domain") != "domain":
        raise OwnFault(f"{host} answered with something else than a domain's record")
    return record


def _events(record: Mapping[str, Any]) -> Iterator[tuple[str, int]]:
    """Each event's action and instant; what cannot be read as one is passed over."""
    events = record.get("events")
    for event in events[:_MOST_EVENTS] if isinstance(events, list) else ():
        match event:
            case {"eventAction": str(action), "eventDate": str(date)}:
                instant_ms = _instant_ms(date)
                if instant_ms is not None:
                    yield action.strip().casefold(), instant_ms
            case _:
                continue


def _instant_ms(date: str) -> int | None:
    """An RFC 3339 instant; one without a zone, which some registries write, is taken for UTC."""
    try:
        instant = datetime.fromisoformat(date.strip())
        return round((instant if instant.tzinfo else instant.replace(tzinfo=UTC)).timestamp() * 1e3)
    except (ValueError, OverflowError):
        return None


def _registrar(record: Mapping[str, Any]) -> str:
    """Who keeps the registration, by the name on its jCard (RFC 7095), or empty."""
    entities = record.get("entities")
    for entity in entities[:_MOST_EVENTS] if isinstance(entities, list) else ():
        match entity:
            case {"roles": [*roles], "vcardArray": [_, [*fields], *_]} if "registrar" in roles:
                for field in fields:
                    match field:
                        case ["fn", _, _, str(name), *_]:
                            return clean_text(name, 100)
                        case _:
                            continue
            case _:
                continue
    return ""


def _ascii_name(domain: str) -> str:
    try:
        return domain.encode("idna").decode("ascii")
    except UnicodeError:
        raise OwnFault(f"{said(domain)} is no domain name") from None
