"""A machine that sleeps, a clock that jumps: no false outage, no burst, and an honest gap."""

from __future__ import annotations

from contextlib import closing

import pytest
from engine_world import Answer, Network, Watching, service

from sentinel_tui.clock import FakeClock
from sentinel_tui.domain.monitoring.states import State
from sentinel_tui.domain.records import EntryKind

_MANY = [service(f"service-{n}") for n in range(30)]


def _entries(engine: Watching, kind: EntryKind) -> list[tuple[int, str]]:
    with closing(engine.read()) as reader:
        entries = reader.timeline(0, engine.clock.now_ms() + 1, limit=1_000)
    return [(one.at_ms, one.text) for one in entries if one.kind is kind]


async def test_a_suspend_makes_no_outage(watching, network: Network, clock: FakeClock) -> None:
    async with watching(*_MANY) as engine:
        await engine.advance(60)
        closed_ms = clock.now_ms()
        clock.suspend(600)
        # The network is not back yet when the machine is.
        network.answers = lambda check: Answer.failing("no route")
        await engine.advance(30)
        network.answers = lambda check: Answer()
        await engine.advance(60)
        with closing(engine.read()) as reader:
            assert reader.alerts() == []
            uptimes = reader.uptimes(closed_ms, clock.now_ms())
        assert {engine.state(f"service-{n}") for n in range(30)} == {State.UP}
        assert {uptime.ratio for uptime in uptimes.values()} == {1.0}
        assert all(uptime.excluded_ms >= 600_000 for uptime in uptimes.values())


async def test_after_a_suspend_looks_go_on_without_a_burst(
    watching, network: Network, clock: FakeClock
) -> None:
    async with watching(*_MANY) as engine:
        await engine.advance(60)
        network.looks.clear()
        clock.suspend(600)
        await engine.advance(30)
    by_second: dict[int, int] = {}
    for look in network.looks:
        by_second[int(look.at_s)] = by_second.get(int(look.at_s), 0) + 1
    assert len(network.looks) == pytest.approx(len(_MANY), abs=1)
    assert max(by_second.values()) <= 6


async def test_looks_under_way_during_a_suspend_say_nothing(
    watching, network: Network, clock: FakeClock
) -> None:
    network.answers = lambda check: Answer(takes_s=5.0)
    async with watching(service("curator")) as engine:
        await engine.advance(60)
        while not network.under_way:
            await clock.advance(1)
        network.answers = lambda check: Answer.failing()
        clock.suspend(600)
        await engine.advance(1)
        assert engine.state("curator") is State.UNKNOWN


async def test_a_gap_of_our_own_is_a_line_in_the_timeline(watching, clock: FakeClock) -> None:
    async with watching(service("curator")) as engine:
        await engine.advance(60)
        clock.suspend(600)
        await engine.advance(5)
        ((_, text),) = _entries(engine, EntryKind.GAP)
        assert "10m" in text


@pytest.mark.parametrize("seconds", [7_200, -7_200])
async def test_a_jump_of_the_wall_clock_makes_no_outage_and_no_burst(
    watching, network: Network, clock: FakeClock, seconds: int
) -> None:
    async with watching(*_MANY) as engine:
        await engine.advance(60)
        network.looks.clear()
        clock.jump(seconds)
        await engine.advance(60)
        assert len(network.looks) == pytest.approx(2 * len(_MANY), abs=2)
        with closing(engine.read()) as reader:
            assert reader.alerts() == []
        texts = [text for _, text in _entries(engine, EntryKind.ENGINE)]
        assert sum("the clock jumped" in text for text in texts) == 1
        await engine.advance(60)
        assert {engine.state(f"service-{n}") for n in range(30)} == {State.UP}


async def test_an_outage_that_follows_a_suspend_is_still_found(
    watching, network: Network, clock: FakeClock
) -> None:
    async with watching(service("curator")) as engine:
        await engine.advance(60)
        clock.suspend(600)
        network.answers = lambda check: Answer.failing()
        await engine.advance(240)
        assert engine.state("curator") is State.DOWN


async def test_time_in_which_no_engine_ran_is_a_gap(watching, clock: FakeClock) -> None:
    async with watching(service("curator")) as engine:
        await engine.advance(60)
        stopped_ms = clock.now_ms()
    await clock.advance(3_600)
    async with watching(service("curator")) as engine:
        await engine.advance(30)
        (gap,) = _entries(engine, EntryKind.GAP)
        assert "was not watching" in gap[1]
        with closing(engine.read()) as reader:
            uptime = reader.uptimes(stopped_ms, clock.now_ms())["curator"]
        assert uptime.excluded_ms == pytest.approx(3_600_000, abs=1_000)


async def test_a_quick_restart_is_no_gap(watching, clock: FakeClock) -> None:
    for _ in range(3):
        async with watching(service("curator")) as engine:
            await engine.advance(15)
    async with watching(service("curator")) as engine:
        assert _entries(engine, EntryKind.GAP) == []
