"""The Prometheus text: blackbox_exporter's names, a strict format, and no secret."""

from dataclasses import replace

import pytest
from commands_exposition import read_exposition
from commands_past import EVERY_MS, START_MS, failed, good
from hypothesis import given
from hypothesis import strategies as st

from sentinel_tui.commands.exporting.prometheus import prometheus_text, public_target
from sentinel_tui.domain.monitoring.observations import Outcome, PhaseTimings
from sentinel_tui.domain.monitoring.states import State
from sentinel_tui.domain.records import CheckRecord, ServiceRecord

LATER_MS = START_MS + 40 * EVERY_MS
PHASES = {"resolve", "connect", "tls", "processing", "transfer"}
CHECK = CheckRecord(
    key=1,
    service="shop",
    name="http",
    kind="http",
    target="https://shop.example/health",
    interval_s=30.0,
    state=State.UP,
    since_ms=START_MS,
    reason="answered",
    last_ms=START_MS + 500,
    outcome=Outcome.OK,
    latency_ms=87.0,
    status=200,
    timings=PhaseTimings(1.0, 2.0, 3.0, 4.0, 5.0, 15.0),
    certificate_ends_ms=START_MS + 1_500,
)


def service(*checks: CheckRecord) -> ServiceRecord:
    return ServiceRecord("shop", "Shop", "other", State.UP, START_MS, "answered", checks)


def exported(*checks: CheckRecord):
    samples = read_exposition(prometheus_text([service(*checks)], [], watching=True))
    return {
        (one.name, one.label("phase") if "phase" in dict(one.labels) else ""): one.value
        for one in samples
        if not one.name.startswith("sentinel_")
    }


def test_a_look_is_told_under_the_names_of_the_blackbox_exporter():
    assert exported(CHECK) == {
        ("probe_success", ""): 1,
        ("probe_duration_seconds", ""): 0.015,
        ("probe_http_duration_seconds", "resolve"): 0.001,
        ("probe_http_duration_seconds", "connect"): 0.002,
        ("probe_http_duration_seconds", "tls"): 0.003,
        ("probe_http_duration_seconds", "processing"): 0.004,
        ("probe_http_duration_seconds", "transfer"): 0.005,
        ("probe_http_status_code", ""): 200,
        ("probe_ssl_earliest_cert_expiry", ""): (START_MS + 1_500) / 1_000,
    }


def test_a_failed_look_is_no_success_and_its_missing_phases_took_nothing():
    seen = exported(
        replace(
            CHECK,
            outcome=Outcome.FAIL,
            status=None,
            timings=PhaseTimings(dns_ms=2.0, total_ms=2.0),
            certificate_ends_ms=None,
        )
    )
    assert seen["probe_success", ""] == 0
    assert seen["probe_http_status_code", ""] == 0
    assert seen["probe_http_duration_seconds", "connect"] == 0
    assert ("probe_ssl_earliest_cert_expiry", "") not in seen


def test_what_is_not_known_is_left_out():
    assert exported(replace(CHECK, outcome=None, last_ms=None, certificate_ends_ms=None)) == {}
    assert ("probe_success", "") not in exported(replace(CHECK, outcome=Outcome.INCONCLUSIVE))


def test_only_http_has_phases_and_only_certificates_expire_as_certificates():
    names = {name for name, _ in exported(replace(CHECK, kind="tls"))}
    assert names == {"probe_success", "probe_duration_seconds", "probe_ssl_earliest_cert_expiry"}
    assert ("probe_ssl_earliest_cert_expiry", "") not in exported(replace(CHECK, kind="domain"))


def test_a_service_is_in_exactly_one_state():
    samples = read_exposition(prometheus_text([service(CHECK)], [], watching=True))
    states = {one.label("state"): one.value for one in samples if one.name == "sentinel_state"}
    assert set(states) == set(State)
    assert [state for state, value in states.items() if value] == ["UP"]


@pytest.mark.parametrize(
    ("target", "shown"),
    [
        ("https://user:hunter2@shop.example/x", "https://shop.example/x"),
        ("https://user:p@ss@shop.example/x", "https://shop.example/x"),
        ("https://shop.example/x?token=hunter2#top", "https://shop.example/x"),
        ("POST https://shop.example/?a", "POST https://shop.example/"),
        ("shop.example:443", "shop.example:443"),
        ("A shop.example", "A shop.example"),
    ],
)
def test_no_secret_of_a_url_is_exported(target, shown):
    assert public_target(target) == shown
    text = prometheus_text([service(replace(CHECK, target=target))], [], watching=True)
    assert "hunter2" not in text
    assert "p@ss" not in text


@given(st.text(), st.text())
def test_whatever_a_label_holds_the_text_stays_well_formed(name, target):
    check = replace(CHECK, name=name, target=target)
    samples = read_exposition(prometheus_text([service(check)], [], watching=False))
    (success,) = (one for one in samples if one.name == "probe_success")
    assert success.label("check") == name
    assert success.label("target") == public_target(target)


def test_a_recorded_past_is_exported_whole(past, context):
    past.see("public", *(failed(LATER_MS + number * 5_000) for number in range(14)))
    store = context.store
    text = prometheus_text(store.services(), store.incidents(open_only=True), watching=True)
    samples = read_exposition(text)
    success = {
        (one.label("service"), one.label("check")): one.value
        for one in samples
        if one.name == "probe_success"
    }
    assert success == {
        ("curator", "http"): 1,
        ("monetizer", "http"): 1,
        ("monetizer", "port"): 1,
        ("public", "http"): 0,
    }
    phases = {one.label("phase") for one in samples if one.name == "probe_http_duration_seconds"}
    assert phases == PHASES
    (critical,) = (
        one
        for one in samples
        if one.name == "sentinel_incidents_open" and one.label("severity") == "CRITICAL"
    )
    assert critical.value == 1
    past.see("public", *(good(LATER_MS + 100_000 + n * EVERY_MS) for n in range(5)))
    after = prometheus_text(store.services(), store.incidents(open_only=True), watching=False)
    values = {one.name: one.value for one in read_exposition(after) if not one.labels}
    assert values["sentinel_watching"] == 0
