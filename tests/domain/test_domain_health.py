"""The health score: every lost point has its cause, and the unknown only widens it."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sentinel_tui.domain.monitoring.health import Health, Vitals, service_health, system_health
from sentinel_tui.domain.monitoring.states import State

ratios = st.none() | st.floats(0, 1)
durations = st.none() | st.floats(0, 1e6)

vitals = st.builds(
    Vitals,
    service=st.sampled_from(["curator", "public"]),
    state=st.sampled_from(State),
    uptime_24h=ratios,
    p95_ms=durations,
    usual_p95_ms=durations,
    cold_start_s=durations,
    expected_wake_s=durations,
    warnings=st.lists(st.sampled_from(["certificate ends", "disk full"]), max_size=3).map(tuple),
)

WELL = Vitals("curator", State.UP, 1.0, 100.0, 100.0, 10.0, 10.0)


def lost(one: Health) -> float:
    return sum(loss.points for loss in one.losses)


@given(vitals)
def test_the_losses_add_up_to_what_is_missing(seen: Vitals) -> None:
    health = service_health(seen)
    assert 100 - health.high == pytest.approx(min(100.0, lost(health)))


@given(vitals)
def test_a_score_lies_between_nothing_and_a_hundred(seen: Vitals) -> None:
    health = service_health(seen)
    assert 0 <= health.low <= health.high <= 100
    assert health.score == health.high


@given(vitals)
def test_each_loss_names_the_service_and_the_largest_comes_first(seen: Vitals) -> None:
    losses = service_health(seen).losses
    assert all(loss.points > 0 and loss.cause.startswith(seen.service) for loss in losses)
    points = [loss.points for loss in losses]
    assert points == sorted(points, reverse=True)


@given(vitals)
def test_the_unknown_widens_and_does_not_lower(seen: Vitals) -> None:
    unknown = service_health(replace(seen, state=State.UNKNOWN))
    asleep = service_health(replace(seen, state=State.ASLEEP))
    assert unknown.high == asleep.high
    assert unknown.low < unknown.high or unknown.high == 0
    if seen.state is not State.UNKNOWN:
        known = service_health(seen)
        assert known.low == known.high


@given(vitals)
def test_what_was_not_measured_loses_nothing(seen: Vitals) -> None:
    bare = replace(seen, uptime_24h=None, p95_ms=None, cold_start_s=None, warnings=())
    expected = {State.DOWN: 60, State.FLAPPING: 35, State.DEGRADED: 15, State.SUSPECT: 10}
    assert 100 - service_health(bare).high == expected.get(seen.state, 0)


@given(vitals)
def test_down_is_the_worst_a_state_can_be(seen: Vitals) -> None:
    assert service_health(replace(seen, state=State.DOWN)).low <= service_health(seen).high


def test_all_well_is_a_hundred_without_a_reason() -> None:
    assert service_health(WELL) == Health(100.0, 100.0, ())


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"state": State.DOWN}, "curator is DOWN"),
        ({"uptime_24h": 0.99}, "curator was up 99.00 % of the time watched in 24 h"),
        ({"p95_ms": 300.0}, "curator is 3.0 times as slow as usual"),
        ({"cold_start_s": 40.0}, "curator took 4.0 times as long to wake as expected"),
        ({"warnings": ("certificate ends",)}, "curator: certificate ends"),
    ],
)
def test_each_cause_is_told(change: dict, words: str) -> None:
    (loss,) = service_health(replace(WELL, **change)).losses
    assert loss.cause == words


@pytest.mark.parametrize(
    "change",
    [{"p95_ms": 150.0}, {"cold_start_s": 15.0}, {"usual_p95_ms": 0.0}, {"expected_wake_s": 0.0}],
)
def test_a_little_worse_than_usual_costs_nothing(change: dict) -> None:
    assert service_health(replace(WELL, **change)).losses == ()


@given(st.floats(0, 1), st.floats(0, 1))
def test_more_downtime_never_costs_less(one: float, other: float) -> None:
    better, worse = max(one, other), min(one, other)
    assert service_health(replace(WELL, uptime_24h=better)).high >= (
        service_health(replace(WELL, uptime_24h=worse)).high
    )


class TestSystem:
    def test_without_services_everything_is_open(self) -> None:
        assert system_health([]) == Health(0.0, 100.0)

    def test_one_service_of_four_costs_a_quarter_of_its_loss(self) -> None:
        down = service_health(replace(WELL, state=State.DOWN))
        system = system_health([down, *[service_health(WELL)] * 3])
        assert 100 - system.high == (100 - down.high) / 4
        assert [loss.cause for loss in system.losses] == [loss.cause for loss in down.losses]

    @given(st.lists(vitals, min_size=1, max_size=6))
    def test_it_lies_between_its_best_and_its_worst_service(self, seen: list[Vitals]) -> None:
        services = [service_health(one) for one in seen]
        system = system_health(services)
        highs = [one.high for one in services]
        assert min(highs) - 1e-9 <= system.high <= max(highs) + 1e-9
        assert system.low <= system.high + 1e-9

    @given(st.lists(vitals, min_size=1, max_size=6))
    def test_its_losses_are_its_services_losses_by_their_share(self, seen: list[Vitals]) -> None:
        services = [service_health(one) for one in seen]
        system = system_health(services)
        assert lost(system) == pytest.approx(sum(map(lost, services)) / len(services))
        assert 100 - system.high <= lost(system) + 1e-9
