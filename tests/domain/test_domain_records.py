"""What screens and commands are given: the small things that records and outcomes say."""

from __future__ import annotations

from dataclasses import replace

import pytest

from sentinel_tui.domain.monitoring.alerts import Rule, Severity
from sentinel_tui.domain.monitoring.observations import Observation, Outcome, PhaseTimings
from sentinel_tui.domain.monitoring.states import State
from sentinel_tui.domain.records import AlertRecord, CheckRecord, ServiceRecord

CHECK = CheckRecord(1, "shop", "http", "http", "http://shop.example/", 30.0, State.UP, 0, "")
ALERT = AlertRecord(
    id=1,
    fingerprint="down/shop/http",
    rule=Rule.DOWN,
    severity=Severity.CRITICAL,
    service="shop",
    check="http",
    opened_ms=1,
    resolved_ms=None,
    acknowledged_ms=None,
    reason="refused",
)


def test_the_first_check_is_the_one_that_is_drawn() -> None:
    other = replace(CHECK, key=2, name="tcp")
    service = ServiceRecord("shop", "Shop", "public", State.UP, 0, "", checks=(CHECK, other))
    assert service.primary is CHECK


def test_a_service_without_checks_draws_nothing() -> None:
    assert ServiceRecord("shop", "Shop", "public", State.UNKNOWN, 0, "").primary is None


def test_an_alert_is_open_until_it_is_resolved() -> None:
    assert ALERT.open
    assert not replace(ALERT, resolved_ms=2).open


@pytest.mark.parametrize(
    ("outcome", "word", "good"),
    [
        (Outcome.OK, "ok", True),
        (Outcome.SLOW, "slow", True),
        (Outcome.FAIL, "fail", False),
        (Outcome.INCONCLUSIVE, "inconclusive", False),
    ],
)
def test_an_outcome_has_its_word_and_its_number_for_good(
    outcome: Outcome, word: str, good: bool
) -> None:
    assert outcome.word == word
    assert Observation(at_ms=0, outcome=outcome).good is good
    assert list(Outcome) == [0, 1, 2, 3]


def test_a_look_ends_when_all_its_phases_are_over() -> None:
    seen = Observation(at_ms=1_000, outcome=Outcome.OK, timings=PhaseTimings(total_ms=12.6))
    assert seen.end_ms == 1_013
