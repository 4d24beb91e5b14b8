"""Services that fall asleep are woken: in time, at once when found asleep, patiently."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from contextlib import closing
from typing import Any

import pytest
from engine_world import Answer, Network, Watching, service

from sentinel_tui.clock import FakeClock
from sentinel_tui.domain.monitoring.observations import Outcome
from sentinel_tui.domain.monitoring.states import State
from sentinel_tui.domain.records import ColdStartRecord
from sentinel_tui.errors import EngineError

_WAKE_TIMEOUT_S = 120.0


def sleeper(interval: float = 3_600.0, **options: Any) -> dict[str, Any]:
    return service("curator", interval=interval, sleeps=options)


def wakes_after(seconds: float, clock: FakeClock, asleep: Answer) -> Callable[[str], Answer]:
    """Answers of a service that is there so many seconds after it was asked first."""
    asked_s: list[float] = []

    def answer(check: str) -> Answer:
        asked_s.append(clock.elapsed_s())
        return Answer() if asked_s[-1] - asked_s[0] >= seconds else asleep

    return answer


def _cold_starts(engine: Watching) -> list[ColdStartRecord]:
    with closing(engine.read()) as reader:
        return reader.cold_starts("curator")


async def test_a_sleeper_is_woken_in_time_again_and_again(watching, network: Network) -> None:
    async with watching(sleeper(wake_every=300.0)) as engine:
        await engine.advance(1_750)
    wakes_s = [look.at_s for look in network.looks if look.timeout_s is not None]
    assert len(wakes_s) == 6
    gaps_s = [b - a for a, b in itertools.pairwise(wakes_s)]
    assert gaps_s == pytest.approx([300.0] * 5, abs=1)


async def test_the_last_wake_survives_a_restart(
    watching, network: Network, clock: FakeClock
) -> None:
    async with watching(sleeper(wake_every=300.0)) as engine:
        await engine.advance(100)
    network.looks.clear()
    async with watching(sleeper(wake_every=300.0)) as engine:
        with closing(engine.read()) as reader:
            (record,) = reader.services()
        assert record.next_wake_ms is not None
        assert record.next_wake_ms - clock.now_ms() == pytest.approx(200_000, abs=1_000)
        await engine.advance(190)
        assert [look for look in network.looks if look.timeout_s is not None] == []
        await engine.advance(20)
        assert len([look for look in network.looks if look.timeout_s is not None]) == 1


async def test_a_wake_is_patient_and_its_time_is_a_cold_start_not_a_latency(
    watching, network: Network, clock: FakeClock
) -> None:
    network.answers = wakes_after(23, clock, Answer.waking(503))
    async with watching(sleeper()) as engine:
        await engine.advance(6)
        assert engine.state("curator") is State.WAKING
        await engine.advance(54)
        assert engine.state("curator") is State.UP
        (cold_start,) = _cold_starts(engine)
        assert 23_000 <= cold_start.duration_ms <= 29_000
        with closing(engine.read()) as reader:
            assert reader.alerts() == []
            (record,) = reader.services()
            summary = reader.summaries(0, clock.now_ms())[record.checks[0].key]
        assert summary.max_ms is None or summary.max_ms < 1_000
        assert summary.failures == 0


async def test_a_platform_that_holds_the_request_open_gets_one_and_all_the_time_it_needs(
    watching, network: Network
) -> None:
    network.answers = lambda check: Answer(takes_s=47.0)
    async with watching(sleeper(interval=5.0, wake_every=600.0)) as engine:
        await engine.advance(46)
        assert network.most_under_way == 1
        assert [look.timeout_s for look in network.looks] == [_WAKE_TIMEOUT_S]
        await engine.advance(5)
        assert engine.state("curator") is State.UP
        assert [one.duration_ms for one in _cold_starts(engine)] == [47_000]


async def test_while_a_service_wakes_its_checks_leave_it_alone(
    watching, network: Network, clock: FakeClock
) -> None:
    network.answers = wakes_after(60, clock, Answer.waking(503))
    async with watching(sleeper(interval=5.0, wake_every=600.0)) as engine:
        await engine.advance(55)
    assert network.most_under_way == 1
    assert all(look.timeout_s is not None for look in network.looks)


@pytest.mark.parametrize(("status", "pause_s"), [(502, 5), (503, 5), (429, 10)])
async def test_a_platform_is_not_hammered(
    watching, network: Network, clock: FakeClock, status: int, pause_s: float
) -> None:
    network.answers = wakes_after(60, clock, Answer.waking(status))
    async with watching(sleeper()) as engine:
        await engine.advance(50)
    gaps_s = [b.at_s - a.at_s for a, b in itertools.pairwise(network.looks)]
    assert len(gaps_s) >= 4
    assert min(gaps_s) >= pause_s


async def test_a_service_that_does_not_wake_is_down_after_its_time(
    watching, network: Network
) -> None:
    network.answers = lambda check: Answer.waking(503)
    async with watching(sleeper()) as engine:
        await engine.advance(110)
        assert engine.state("curator") is State.WAKING
        await engine.advance(40)
        assert engine.state("curator") is State.DOWN
        with closing(engine.read()) as reader:
            (alert,) = reader.alerts(open_only=True)
        assert "did not wake within 120 s" in alert.reason


async def test_a_service_found_asleep_by_a_probe_is_woken_at_once(
    watching, network: Network, clock: FakeClock
) -> None:
    async with watching(sleeper(interval=400.0, wake_every=800.0)) as engine:
        await engine.advance(30)
        network.looks.clear()
        network.answers = wakes_after(12, clock, Answer.waking(503))
        await engine.advance(440)
        first, second = network.looks[:2]
        assert first.timeout_s is None
        assert second.timeout_s is not None
        assert second.at_s - first.at_s < 1
        assert engine.state("curator") is State.UP
        assert len(_cold_starts(engine)) == 1


@pytest.mark.parametrize(
    ("sleeps", "options"),
    [({"keep_awake": False}, {}), ({}, {"keep_alive": {"enabled": False}})],
)
async def test_nothing_is_woken_unasked_where_the_owner_said_so(
    watching, network: Network, sleeps: dict[str, Any], options: dict[str, Any]
) -> None:
    network.answers = lambda check: Answer.waking(503)
    async with watching(sleeper(interval=30.0, **sleeps), **options) as engine:
        await engine.advance(100)
    assert [look for look in network.looks if look.timeout_s is not None] == []


async def test_a_wake_can_be_asked_for(watching, network: Network, clock: FakeClock) -> None:
    async with watching(sleeper(keep_awake=False)) as engine:
        network.answers = wakes_after(8, clock, Answer.waking(503))
        answer = await engine.ask("wake", service="curator", step_s=1.0)
        assert (answer["state"], answer["outcome"]) == ("UP", "ok")
        assert answer["cold_start_ms"] >= 8_000
        assert len(_cold_starts(engine)) == 1


async def test_only_a_service_that_sleeps_can_be_woken(watching) -> None:
    async with watching(service("public")) as engine:
        with pytest.raises(EngineError, match="not known to fall asleep") as refused:
            await engine.ask("wake", service="public")
        assert "sleeps" in refused.value.hint


async def test_a_plain_failure_ends_the_wake_and_is_confirmed_like_any_other(
    watching, network: Network
) -> None:
    network.answers = lambda check: Answer(Outcome.FAIL, status=None, error="refused")
    async with watching(sleeper(interval=30.0, wake_every=600.0)) as engine:
        await engine.advance(12)
        assert len([look for look in network.looks if look.timeout_s is not None]) == 1
        assert [look.attempt for look in network.looks] == [0, 1, 2, 3]
