"""Looks come when they are due, and what follows from them reaches the store."""

from __future__ import annotations

import itertools
from contextlib import closing

import pytest
from engine_world import Answer, Network, service

from sentinel_tui.clock import FakeClock
from sentinel_tui.domain.monitoring.alerts import Rule, Severity
from sentinel_tui.domain.monitoring.observations import Outcome
from sentinel_tui.domain.monitoring.states import State

QUARTER_S = 900


def _gaps_s(times_s: list[float]) -> list[float]:
    return [b - a for a, b in itertools.pairwise(times_s)]


async def test_looks_do_not_drift_however_long_they_take(watching, network: Network) -> None:
    network.answers = lambda check: Answer(takes_s=7.3)
    async with watching(service("curator")) as engine:
        await engine.advance(QUARTER_S)
    gaps_s = _gaps_s(network.times_s("curator")[1:])
    assert len(gaps_s) >= 27
    assert gaps_s == pytest.approx([30.0] * len(gaps_s))


async def test_a_look_longer_than_its_interval_leaves_looks_out(watching, network: Network) -> None:
    network.answers = lambda check: Answer(takes_s=40.0)
    async with watching(service("curator", timeout=60.0)) as engine:
        await engine.advance(600)
    gaps_s = _gaps_s(network.times_s("curator")[1:])
    assert gaps_s == pytest.approx([60.0] * len(gaps_s))
    assert network.most_under_way == 1


async def test_everything_is_seen_soon_after_the_first_start(watching, network: Network) -> None:
    async with watching(
        service("curator"), service("public", interval=3_600.0), service("own", interval=5.0)
    ) as engine:
        await engine.advance(10)
        assert {engine.state(one) for one in ("curator", "public", "own")} == {State.UP}


async def test_checks_start_apart_and_always_in_the_same_places(
    watching, network: Network, clock: FakeClock
) -> None:
    many = [service(f"service-{n}") for n in range(20)]
    async with watching(*many) as engine:
        await engine.advance(60)
    places = {one.check: one.at_s % 30 for one in network.looks[-20:]}
    assert len({round(place, 1) for place in places.values()}) >= 15
    network.looks.clear()
    async with watching(*many) as engine:
        await engine.advance(60)
    for check, place in places.items():
        assert network.times_s(check)[-1] % 30 == pytest.approx(place, abs=0.01)


async def test_no_more_looks_at_once_than_allowed(watching, network: Network) -> None:
    network.answers = lambda check: Answer(takes_s=20.0)
    many = [service(f"service-{n}", timeout=30.0) for n in range(12)]
    async with watching(*many, engine={"concurrency": 3}) as engine:
        await engine.advance(300)
        assert engine.engine.describe().lag_s > 0
    assert network.most_under_way == 3
    assert len({look.check for look in network.looks}) == 12


async def test_a_failure_is_confirmed_after_two_five_and_ten_seconds(
    watching, network: Network
) -> None:
    async with watching(service("curator")) as engine:
        await engine.advance(40)
        network.looks.clear()
        network.answers = lambda check: Answer.failing()
        await engine.advance(100)
        looks = network.looks
        first_s = looks[0].at_s
        assert [look.at_s - first_s for look in looks[:4]] == pytest.approx([0, 2, 5, 10])
        assert [look.attempt for look in looks[:4]] == [0, 1, 2, 3]
        # The next cycle keeps to the rhythm.
        assert looks[4].at_s - first_s == pytest.approx(30)
        assert engine.state("curator") is State.DOWN


async def test_a_blip_that_passes_on_retry_goes_back_to_the_rhythm(
    watching, network: Network
) -> None:
    async with watching(service("curator")) as engine:
        await engine.advance(40)
        network.looks.clear()
        answers = iter([Answer.failing()])
        network.answers = lambda check: next(answers, Answer())
        await engine.advance(90)
        assert _gaps_s(network.times_s("curator")) == pytest.approx([2, 28, 30])
        assert engine.state("curator") is State.UP
        with closing(engine.read()) as reader:
            assert reader.alerts() == []


async def test_a_service_that_hangs_is_not_looked_at_twice_at_once(
    watching, network: Network
) -> None:
    network.answers = lambda check: Answer(Outcome.FAIL, takes_s=10.0, error="timeout")
    async with watching(service("curator")) as engine:
        await engine.advance(50)
    first_s = network.looks[0].at_s
    assert [look.at_s - first_s for look in network.looks[:4]] == pytest.approx([0, 10, 20, 30])
    assert network.most_under_way == 1


async def test_down_opens_one_critical_alert_and_recovery_resolves_it(
    watching, network: Network, clock: FakeClock
) -> None:
    async with watching(service("curator")) as engine:
        await engine.advance(40)
        network.answers = lambda check: Answer.failing("refused by 10.0.0.1:443")
        first_ms = clock.now_ms()
        await engine.advance(200)
        with closing(engine.read()) as reader:
            (alert,) = reader.alerts()
        assert (alert.rule, alert.severity) == (Rule.DOWN, Severity.CRITICAL)
        assert alert.reason == "refused by 10.0.0.1:443"
        assert first_ms <= alert.opened_ms <= first_ms + 30_000
        network.answers = lambda check: Answer()
        await engine.advance(120)
        with closing(engine.read()) as reader:
            (alert,) = reader.alerts()
        assert alert.resolved_ms is not None
        assert engine.state("curator") is State.UP


async def test_down_and_its_alert_survive_a_restart(watching, network: Network) -> None:
    network.answers = lambda check: Answer.failing()
    async with watching(service("curator")) as engine:
        await engine.advance(150)
        with closing(engine.read()) as reader:
            before = reader.alerts(open_only=True)
    network.looks.clear()
    async with watching(service("curator")) as engine:
        assert engine.state("curator") is State.DOWN
        await engine.advance(120)
        with closing(engine.read()) as reader:
            assert reader.alerts() == before
        network.answers = lambda check: Answer()
        await engine.advance(120)
        with closing(engine.read()) as reader:
            assert [alert.open for alert in reader.alerts()] == [False]


async def test_a_restart_in_the_middle_of_a_burst_goes_on_counting(
    watching, network: Network
) -> None:
    network.answers = lambda check: Answer(Outcome.FAIL, takes_s=0.0, error="refused")
    for _ in range(60):
        # Short lives: each sees a look or two at most.
        async with watching(service("curator")) as engine:
            await engine.advance(3)
            if engine.state("curator") is State.DOWN:
                break
    # Three cycles of a look and its three confirmations, none forgotten and none counted twice.
    assert len(network.looks) == 12


async def test_an_answer_that_breaks_our_own_code_is_not_the_services_fault(
    watching, network: Network
) -> None:
    def broken(check: str) -> Answer:
        raise KeyError("a bug of ours")

    async with watching(service("curator")) as engine:
        await engine.advance(40)
        network.answers = broken
        await engine.advance(300)
        assert engine.state("curator") is State.UNKNOWN
        with closing(engine.read()) as reader:
            assert reader.alerts() == []
        network.answers = lambda check: Answer()
        await engine.advance(40)
        assert engine.state("curator") is State.UP


async def test_every_look_is_in_the_store(watching, network: Network, clock: FakeClock) -> None:
    start_ms = clock.now_ms()
    async with watching(service("curator", interval=20.0)) as engine:
        await engine.advance(QUARTER_S)
        with closing(engine.read()) as reader:
            (key,) = [one.primary.key for one in reader.services() if one.primary]
            summary = reader.summaries(start_ms, clock.now_ms())[key]
    assert summary.count == len(network.looks)
    assert summary.count >= QUARTER_S / 20


async def test_probe_now_looks_at_once_and_tells_what_it_saw(watching, network: Network) -> None:
    async with watching(service("curator", interval=3_600.0), service("public")) as engine:
        await engine.advance(20)
        network.looks.clear()
        network.answers = lambda check: Answer.failing("refused")
        answer = await engine.ask("probe", service="curator")
        assert answer["looks"] == [
            {
                "service": "curator",
                "check": "curator",
                "outcome": "fail",
                "latency_ms": None,
                "error": "refused",
                "state": "SUSPECT",
            }
        ]
        assert engine.state("curator") is State.SUSPECT
        # A failure found by hand is confirmed like any other, not only after an hour.
        await engine.advance(11)
        assert len(network.times_s("curator")) == 4


async def test_the_store_tells_when_each_check_looks_next(
    watching, network: Network, clock: FakeClock
) -> None:
    async with watching(service("curator"), service("public", interval=600.0)) as engine:
        await engine.advance(60)
        for name, interval_s in (("curator", 30), ("public", 600)):
            with closing(engine.read()) as reader:
                (next_ms,) = [
                    check.next_ms
                    for one in reader.services()
                    for check in one.checks
                    if one.id == name
                ]
            assert next_ms is not None
            assert 0 < next_ms - clock.now_ms() <= interval_s * 1_000
            last_s = network.times_s(name)[-1]
            if name == "curator":
                due_s = clock.elapsed_s() + (next_ms - clock.now_ms()) / 1_000
                assert due_s == pytest.approx(last_s + interval_s, abs=0.01)
