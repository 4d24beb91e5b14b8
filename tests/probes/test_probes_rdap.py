"""When a registration ends: only a registry's own words count, everything else does not."""

from __future__ import annotations

import contextlib
import json
from typing import Any

import pytest
from hostile import HostileServers, proper_answer, unused_port
from hypothesis import given
from hypothesis import strategies as st

from sentinel_tui.config.checks import DomainCheck
from sentinel_tui.domain.monitoring.observations import (
    Certificate,
    ExpiryKind,
    FailurePhase,
    Observation,
    Outcome,
)
from sentinel_tui.probes import rdap
from sentinel_tui.probes.faults import OwnFault
from sentinel_tui.probes.prober import Prober
from sentinel_tui.probes.rdap import registration

RECORD: dict[str, Any] = {
    "objectClassName": "domain",
    "ldhName": "EXAMPLE.COM",
    "events": [
        {"eventAction": "registration", "eventDate": "1995-08-14T04:00:00Z"},
        {"eventAction": "expiration", "eventDate": "2027-08-13T04:00:00Z"},
        {"eventAction": "last changed", "eventDate": "2026-08-14T07:01:44Z"},
    ],
    "entities": [
        {"objectClassName": "entity", "roles": ["abuse"]},
        {
            "objectClassName": "entity",
            "roles": ["registrar"],
            "vcardArray": [
                "vcard",
                [["version", {}, "text", "4.0"], ["fn", {}, "text", "Some\u202e Registrar"]],
            ],
        },
    ],
}
ENDS_MS = 1_818_129_600_000
BEGAN_MS = 808_372_800_000


def with_events(*events: tuple[str, str]) -> dict[str, Any]:
    listed = [{"eventAction": action, "eventDate": date} for action, date in events]
    return {"objectClassName": "domain", "events": listed}


async def asked(prober: Prober, port: int, domain: str = "example.com", **more: Any) -> Observation:
    url = f"http://127.0.0.1:{port}/domain/{{domain}}"
    return await prober.look(DomainCheck(domain=domain, rdap_url=url), **more)


# -- what counts ------------------------------------------------------------------------------


async def test_the_registration_is_what_is_seen(hostile: HostileServers, prober: Prober) -> None:
    port = hostile.serve(hostile.answers_with(json.dumps(RECORD).encode()))

    seen = await asked(prober, port)

    assert seen.outcome is Outcome.OK
    assert seen.certificate is not None
    assert seen.certificate.kind is ExpiryKind.DOMAIN
    assert seen.certificate.subject == "example.com"
    assert seen.certificate.issuer == "Some· Registrar"
    assert (seen.certificate.not_before_ms, seen.certificate.not_after_ms) == (BEGAN_MS, ENDS_MS)
    assert seen.latency_ms is None, "how fast a registry is says nothing about the domain"
    assert seen.timings.total_ms > 0
    head = hostile.requests[0].decode()
    assert head.startswith("GET /domain/example.com ")
    assert "application/rdap+json" in head


async def test_it_is_followed_to_the_registry(hostile: HostileServers, prober: Prober) -> None:
    registry = hostile.serve(hostile.answers_with(json.dumps(RECORD).encode()))
    port = hostile.serve(hostile.redirects(f"http://127.0.0.1:{registry}/v1/domain/example.com"))
    assert (await asked(prober, port)).certificate is not None


async def test_names_beyond_ascii_are_asked_for_in_ascii(
    hostile: HostileServers, prober: Prober
) -> None:
    port = hostile.serve(hostile.answers_with(json.dumps(RECORD).encode()))
    seen = await asked(prober, port, "bücher.example")
    assert seen.certificate is not None
    assert seen.certificate.subject == "bücher.example"
    assert hostile.requests[0].startswith(b"GET /domain/xn--bcher-kva.example ")


async def test_a_domain_that_is_not_registered_fails(
    hostile: HostileServers, prober: Prober
) -> None:
    port = hostile.serve(hostile.answers_with(b"{}", status="404 Not Found"))
    seen = await asked(prober, port)
    assert (seen.outcome, seen.phase) == (Outcome.FAIL, FailurePhase.ASSERTION)
    assert "not registered" in seen.error


async def test_whoever_only_sends_on_cannot_say_that(
    hostile: HostileServers, prober: Prober, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rdap, "_BOOTSTRAP_HOSTS", {"127.0.0.1"})
    port = hostile.serve(hostile.answers_with(b"{}", status="404 Not Found"))
    seen = await asked(prober, port)
    assert seen.outcome is Outcome.INCONCLUSIVE
    assert "rdap_url" in seen.error


# -- what does not ----------------------------------------------------------------------------

SAYS_NOTHING = {
    "too many questions": proper_answer(b"{}", "Retry-After: 60", status="429 Too Many Requests"),
    "an outage": proper_answer(b"", status="503 Unavailable"),
    "a refusal": proper_answer(b"", status="403 Forbidden"),
    "no end": proper_answer(json.dumps({"objectClassName": "domain", "events": []}).encode()),
    "a page": proper_answer(b"<html>", "Content-Type: text/html"),
    "something else": proper_answer(b'{"objectClassName": "ip network"}'),
    "a list": proper_answer(b"[]"),
    "a deep nest": proper_answer(b"[" * 100_000),
    "garbage": b"\x00\xff\r\n\r\n",
    "a redirect to the metadata service": proper_answer(
        b"", "Location: http://169.254.169.254/", status="302 Found"
    ),
    "an endless length": b"HTTP/1.1 200 OK\r\nContent-Length: 99999999\r\n\r\n",
}


@pytest.mark.parametrize("answer", SAYS_NOTHING.values(), ids=SAYS_NOTHING)
async def test_an_answer_that_says_nothing_is_inconclusive(
    hostile: HostileServers, prober: Prober, answer: bytes
) -> None:
    seen = await asked(prober, hostile.serve(hostile.answers(answer)))
    assert seen.outcome is Outcome.INCONCLUSIVE
    assert seen.certificate is None
    assert seen.error
    assert seen.error.isprintable()


async def test_a_registry_that_is_away_or_silent_is_inconclusive(
    hostile: HostileServers, prober: Prober
) -> None:
    away = await asked(prober, unused_port())
    assert away.outcome is Outcome.INCONCLUSIVE
    assert "could not be asked" in away.error

    silent = await asked(prober, hostile.serve(hostile.keeps_silent()), timeout_s=0.2)
    assert silent.outcome is Outcome.INCONCLUSIVE
    assert "did not answer in time" in silent.error


async def test_the_reason_names_the_domain_and_what_to_do(
    hostile: HostileServers, prober: Prober
) -> None:
    seen = await asked(prober, hostile.serve(hostile.answers(SAYS_NOTHING["no end"])))
    assert "example.com does not tell when the registration ends" in seen.error
    assert "remove this check" in seen.error


# -- records ----------------------------------------------------------------------------------


def test_a_renewal_has_another_fingerprint() -> None:
    before = registration("a.example", with_events(("expiration", "2027-01-01T00:00:00Z")))
    same = registration("a.example", with_events(("expiration", "2027-01-01T01:00:00+01:00")))
    after = registration("a.example", with_events(("expiration", "2028-01-01T00:00:00Z")))
    assert before.fingerprint == same.fingerprint != after.fingerprint


@pytest.mark.parametrize(
    "date", ["2027-08-13T04:00:00", "2027-08-13T04:00:00.0Z", " 2027-08-13T06:00:00+02:00 "]
)
def test_dates_as_registries_write_them(date: str) -> None:
    assert registration("a.example", with_events(("Expiration", date))).not_after_ms == ENDS_MS


def test_without_its_beginning_a_registration_is_taken_for_a_year() -> None:
    seen = registration("a.example", with_events(("expiration", "2027-08-13T04:00:00Z")))
    assert seen.not_before_ms < seen.not_after_ms


@pytest.mark.parametrize("date", ["", "soon", "2027-13-45", "99999-01-01T00:00:00Z"])
def test_a_date_that_is_none_is_no_end(date: str) -> None:
    with pytest.raises(OwnFault, match="does not tell"):
        registration("a.example", with_events(("expiration", date)))


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(["events", "eventAction", "eventDate", "entities", "roles", "fn"]),
            inner | st.sampled_from(["expiration", "0001-01-01T00:00:00+14:00", ["registrar"]]),
            max_size=4,
        )
    ),
)


@given(st.dictionaries(st.sampled_from(["events", "entities", "status"]), json_values))
def test_no_record_is_met_with_anything_but_a_registration_or_a_reason(
    record: dict[str, Any],
) -> None:
    with contextlib.suppress(OwnFault):
        assert isinstance(registration("a.example", record), Certificate)
