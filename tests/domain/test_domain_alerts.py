"""Which alerts open and resolve, and that each alarm has its one recovery."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace

import pytest
from domain_looks import (
    DAY,
    HOUR,
    START_MS,
    Event,
    bad,
    folded,
    good,
    histories,
    replay,
    slow,
    thresholds,
)
from hypothesis import given
from hypothesis import strategies as st

from sentinel_tui.domain.monitoring.alerts import (
    Finding,
    Rule,
    Severity,
    certificate_finding,
    expiry_findings,
    expiry_severity,
    findings,
    fingerprint,
)
from sentinel_tui.domain.monitoring.flapping import share_changed
from sentinel_tui.domain.monitoring.observations import Certificate, ExpiryKind, Observation
from sentinel_tui.domain.monitoring.states import (
    HEALTHY,
    CheckState,
    State,
    Thresholds,
    fold,
    pause,
)

RULES = Thresholds(burst_s=(), confirm_cycles=2, recover_cycles=1, recover_after_s=0)


@dataclass
class OpenAlerts:
    """Findings folded as a store does: at most one open alert per fingerprint."""

    open: dict[str, Finding] = field(default_factory=dict)
    ended: list[tuple[Finding, Finding]] = field(default_factory=list)

    def take(self, finding: Finding) -> None:
        if finding.holds:
            self.open.setdefault(finding.fingerprint, finding)
        elif finding.fingerprint in self.open:
            self.ended.append((self.open.pop(finding.fingerprint), finding))


def found(before: CheckState, after: CheckState) -> dict[Rule, bool]:
    return {one.rule: one.holds for one in findings("shop", "http", before, after)}


class TestFindings:
    def test_down_opens_a_critical_alert_dated_back(self) -> None:
        before = folded([good(0), bad(30)], RULES)
        after = fold(before, bad(60), RULES)
        opened = next(one for one in findings("shop", "http", before, after) if one.holds)
        assert (opened.rule, opened.severity) == (Rule.DOWN, Severity.CRITICAL)
        assert (opened.at_ms, opened.reason) == (START_MS + 30_000, "refused")

    def test_suspicion_opens_and_resolves_nothing(self) -> None:
        before = folded([good(0)], RULES)
        assert found(before, fold(before, bad(30), RULES)) == {}

    def test_recovery_resolves_down(self) -> None:
        before = folded([bad(0), bad(30)], RULES)
        assert found(before, fold(before, good(60), RULES))[Rule.DOWN] is False

    def test_slowness_opens_a_warning_and_speed_resolves_it(self) -> None:
        before = folded([slow(30.0 * n) for n in range(RULES.slow_cycles - 1)], RULES)
        degraded = fold(before, slow(300), RULES)
        opened = findings("shop", "http", before, degraded)
        assert [(one.rule, one.severity) for one in opened if one.holds] == [
            (Rule.DEGRADED, Severity.WARNING)
        ]
        nearly = folded([good(400.0 + n) for n in range(RULES.fast_cycles - 1)], RULES, degraded)
        assert found(nearly, fold(nearly, good(500), RULES))[Rule.DEGRADED] is False

    def test_down_takes_the_place_of_degraded(self) -> None:
        degraded = folded([slow(30.0 * n) for n in range(RULES.slow_cycles)], RULES)
        before = fold(degraded, bad(400), RULES)
        assert found(degraded, before) == {}
        assert found(before, fold(before, bad(430), RULES)) == {
            Rule.DOWN: True,
            Rule.DEGRADED: False,
        }

    def test_a_pause_opens_and_resolves_nothing(self) -> None:
        down = folded([bad(0), bad(30)], RULES)
        assert found(down, pause(down, START_MS + HOUR, "paused")) == {}

    @pytest.mark.parametrize("retry", [slow, good])
    def test_a_blip_does_not_end_a_slowness(self, retry: Callable[[float], Observation]) -> None:
        rules = Thresholds()
        degraded = folded([slow(30.0 * n) for n in range(rules.slow_cycles)], rules)
        suspect = fold(degraded, bad(400), rules)
        assert Rule.DEGRADED not in found(degraded, suspect)
        assert found(suspect, fold(suspect, retry(402), rules)).get(Rule.DEGRADED) is not False


@given(histories(), thresholds)
def test_every_alarm_has_exactly_one_recovery_after_it(
    events: list[Event], rules: Thresholds
) -> None:
    alerts = OpenAlerts()
    for step in replay(events, rules):
        for finding in findings("shop", "http", step.before, step.after):
            if finding.holds and finding.rule is Rule.DOWN:
                assert finding.fingerprint not in alerts.open
            alerts.take(finding)
        downs = fingerprint(Rule.DOWN, "shop", "http") in alerts.open
        assert downs is (step.after.verdict is State.DOWN)
    for opened, resolved in alerts.ended:
        assert resolved.at_ms >= opened.at_ms


@given(histories(), thresholds)
def test_down_and_degraded_never_hold_together(events: list[Event], rules: Thresholds) -> None:
    alerts = OpenAlerts()
    for step in replay(events, rules):
        for finding in findings("shop", "http", step.before, step.after):
            alerts.take(finding)
        rules_open = {one.rule for one in alerts.open.values()}
        assert not {Rule.DOWN, Rule.DEGRADED} <= rules_open


@given(histories(), thresholds)
def test_no_alarm_opens_without_a_confirmed_cause(events: list[Event], rules: Thresholds) -> None:
    for step in replay(events, rules):
        for finding in findings("shop", "http", step.before, step.after):
            if not finding.holds:
                continue
            assert step.seen is not None
            match finding.rule:
                case Rule.DOWN:
                    assert step.after.failed_cycles >= rules.confirm_cycles
                case Rule.DEGRADED:
                    assert step.after.slow_looks >= rules.slow_cycles
                case Rule.FLAPPING:
                    assert share_changed(step.after.flips) >= 0.3


@given(histories(), thresholds)
def test_flapping_is_told_until_it_is_over_and_the_check_is_well(
    events: list[Event], rules: Thresholds
) -> None:
    alerts, told = OpenAlerts(), fingerprint(Rule.FLAPPING, "shop", "http")
    for step in replay(events, rules):
        was_open = told in alerts.open
        for finding in findings("shop", "http", step.before, step.after):
            alerts.take(finding)
        if step.after.flapping:
            assert told in alerts.open
        elif step.seen is not None and step.after.verdict in HEALTHY:
            assert told not in alerts.open
        else:
            assert (told in alerts.open) is was_open


@given(histories(), thresholds)
def test_while_a_sheet_lies_over_a_check_nothing_opens_or_resolves(
    events: list[Event], rules: Thresholds
) -> None:
    for step in replay(events, rules):
        if step.after.sheet is not None:
            assert findings("shop", "http", step.before, step.after) == []


class TestFingerprint:
    def test_it_names_the_rule_and_what_it_is_about(self) -> None:
        assert fingerprint(Rule.DOWN, "shop", "http") == "down/shop/http"
        assert fingerprint(Rule.WORKER, "", "", "probing") == "worker/probing"

    @given(st.sampled_from(Rule), st.sampled_from(Rule))
    def test_two_rules_about_one_check_are_two_alerts(self, one: Rule, other: Rule) -> None:
        same = fingerprint(one, "shop", "http") == fingerprint(other, "shop", "http")
        assert same is (one is other)


def certificate(lifetime_ms: int) -> Certificate:
    return Certificate("ab" * 32, "shop.example", "Test CA", START_MS, START_MS + lifetime_ms)


class TestCertificates:
    @pytest.mark.parametrize(
        ("lifetime_ms", "warn_ms", "critical_ms"),
        [
            (DAY, 8 * HOUR, 4 * HOUR),
            (30 * DAY, 10 * DAY, 5 * DAY),
            (90 * DAY, 21 * DAY, 7 * DAY),
            (365 * DAY, 21 * DAY, 7 * DAY),
        ],
    )
    def test_the_warning_fits_the_lifetime(
        self, lifetime_ms: int, warn_ms: int, critical_ms: int
    ) -> None:
        def severity(left_ms: int) -> Severity | None:
            seen = certificate(lifetime_ms)
            finding = certificate_finding("shop", "tls", seen, seen.not_after_ms - left_ms)
            return finding.severity if finding.holds else None

        assert severity(lifetime_ms) is None
        assert severity(warn_ms + 1) is None
        assert severity(warn_ms) is Severity.WARNING
        assert severity(critical_ms + 1) is Severity.WARNING
        assert severity(critical_ms) is Severity.CRITICAL
        assert severity(-1) is Severity.CRITICAL

    @given(st.integers(HOUR, 1_000 * DAY), st.integers(-DAY, 1_000 * DAY))
    def test_it_only_ever_gets_worse_until_the_certificate_is_renewed(
        self, lifetime_ms: int, at_ms: int
    ) -> None:
        def rank(now_ms: int) -> int:
            finding = certificate_finding("shop", "tls", certificate(lifetime_ms), now_ms)
            return (1 + (finding.severity is Severity.CRITICAL)) if finding.holds else 0

        assert rank(START_MS + at_ms) <= rank(START_MS + at_ms + HOUR)

    def test_each_certificate_has_its_own_alert(self) -> None:
        old, new = certificate(DAY), replace(certificate(DAY), fingerprint="cd" * 32)
        alerts = OpenAlerts()
        for known, seen in (("", old), (old.fingerprint, old), (old.fingerprint, new)):
            for finding in expiry_findings("shop", "tls", known, seen, old.not_after_ms):
                alerts.take(finding)
        (ended,) = alerts.ended
        assert ended[0].fingerprint == f"certificate/shop/tls/{old.fingerprint[:16]}"
        assert ended[1].reason == "certificate of shop.example was renewed"
        assert list(alerts.open) == [f"certificate/shop/tls/{new.fingerprint[:16]}"]

    def test_a_renewal_ends_the_warning(self) -> None:
        old, new = certificate(DAY), replace(certificate(90 * DAY), fingerprint="cd" * 32)
        found = expiry_findings("shop", "tls", old.fingerprint, new, old.not_after_ms)
        assert [one.holds for one in found] == [False]

    def test_a_certificate_that_is_far_from_its_end_says_nothing(self) -> None:
        seen = certificate(90 * DAY)
        assert expiry_findings("shop", "tls", seen.fingerprint, seen, START_MS) == []

    def test_an_alert_from_before_they_were_told_apart_is_ended(self) -> None:
        found = expiry_findings("shop", "tls", "", certificate(90 * DAY), START_MS)
        assert [(one.fingerprint, one.holds) for one in found] == [("certificate/shop/tls", False)]

    def test_a_domain_is_told_by_the_same_rules_under_its_own_name(self) -> None:
        domain = replace(certificate(365 * DAY), kind=ExpiryKind.DOMAIN)
        at_ms = domain.not_after_ms - 3 * DAY
        finding = certificate_finding("shop", "name", domain, at_ms)
        assert (finding.rule, finding.severity) == (Rule.DOMAIN, Severity.CRITICAL)
        assert finding.fingerprint.startswith("domain/shop/name/")
        assert finding.reason == "registration of shop.example expires in 3.0 days"

    @pytest.mark.parametrize(
        ("left_ms", "words"), [(3 * DAY, "expires in 3.0 days"), (-2 * DAY, "expired 2.0 days ago")]
    )
    def test_the_reason_names_the_certificate_and_the_days(self, left_ms: int, words: str) -> None:
        seen = certificate(365 * DAY)
        reason = certificate_finding("shop", "tls", seen, seen.not_after_ms - left_ms).reason
        assert reason == f"certificate of shop.example {words}"

    def test_a_certificate_past_its_end_is_critical_whatever_its_beginning(self) -> None:
        absurd = Certificate("ab" * 32, "shop.example", "CA", START_MS + 365 * DAY, START_MS)
        finding = certificate_finding("shop", "tls", absurd, START_MS + HOUR)
        assert finding.holds
        assert finding.severity is Severity.CRITICAL

    @given(st.integers(1, 10**12), st.integers(1, 10**12))
    def test_the_thresholds_are_the_same_for_a_domain(self, left_ms: int, lifetime_ms: int) -> None:
        kinds = [replace(certificate(lifetime_ms), kind=kind) for kind in ExpiryKind]
        found = [certificate_finding("shop", "x", one, one.not_after_ms - left_ms) for one in kinds]
        expected = expiry_severity(left_ms, lifetime_ms)
        assert {one.severity if one.holds else None for one in found} == {expected}
