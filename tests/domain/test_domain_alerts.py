"""Which alerts open and resolve, and that each alarm has its one recovery."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

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
    findings,
    fingerprint,
)
from sentinel_tui.domain.monitoring.observations import Certificate, Observation
from sentinel_tui.domain.monitoring.states import CheckState, State, Thresholds, fold, pause

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
        assert len(alerts.open) <= 1


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

    def test_a_renewed_certificate_resolves_under_the_same_identity(self) -> None:
        old, new = certificate(DAY), certificate(90 * DAY)
        warned = certificate_finding("shop", "tls", old, old.not_after_ms)
        renewed = certificate_finding("shop", "tls", new, old.not_after_ms)
        assert warned.fingerprint == renewed.fingerprint
        assert (warned.holds, renewed.holds) == (True, False)

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
