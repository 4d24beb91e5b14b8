"""Suspends, jumps and delays are not held against services."""

from __future__ import annotations

import pytest

from sentinel_tui.clock import FakeClock
from sentinel_tui.domain.monitoring.observations import FailurePhase, Observation, Outcome
from sentinel_tui.engine.clockwatch import ClockWatch, Lapse


@pytest.fixture
def lapses() -> list[Lapse]:
    return []


@pytest.fixture
def clockwatch(clock: FakeClock, lapses: list[Lapse]) -> ClockWatch:
    return ClockWatch(clock, lapses.append)


def _failed(clock: FakeClock) -> Observation:
    return Observation(clock.now_ms(), Outcome.FAIL, phase=FailurePhase.CONNECT, error="refused")


def _good(clock: FakeClock) -> Observation:
    return Observation(clock.now_ms(), Outcome.OK, latency_ms=20.0)


async def _tick(clock: FakeClock, clockwatch: ClockWatch, seconds: int) -> None:
    for _ in range(seconds):
        await clock.advance(1)
        clockwatch.glance()


async def test_time_that_behaves_tells_nothing(
    clock: FakeClock, clockwatch: ClockWatch, lapses: list[Lapse]
) -> None:
    mark = clockwatch.begin()
    await _tick(clock, clockwatch, 120)
    assert lapses == []
    assert clockwatch.discount(_failed(clock), mark).outcome is Outcome.FAIL


async def test_a_suspend_is_a_gap(
    clock: FakeClock, clockwatch: ClockWatch, lapses: list[Lapse]
) -> None:
    before_ms = clock.now_ms()
    clock.suspend(600)
    clockwatch.glance()
    assert [(one.from_ms, one.to_ms, one.lost_s) for one in lapses] == [
        (before_ms, before_ms + 600_000, 600)
    ]


@pytest.mark.parametrize("look", [_failed, _good])
async def test_a_look_across_a_suspend_says_nothing(
    clock: FakeClock, clockwatch: ClockWatch, look
) -> None:
    mark = clockwatch.begin()
    clock.suspend(600)
    seen = clockwatch.discount(look(clock), mark)
    assert seen.outcome is Outcome.INCONCLUSIVE
    assert seen.latency_ms is None
    assert "stood still for 10m" in seen.error


async def test_failures_just_after_a_suspend_say_nothing(
    clock: FakeClock, clockwatch: ClockWatch
) -> None:
    clock.suspend(600)
    mark = clockwatch.begin()
    assert clockwatch.discount(_failed(clock), mark).outcome is Outcome.INCONCLUSIVE
    assert clockwatch.discount(_good(clock), mark).outcome is Outcome.OK
    await _tick(clock, clockwatch, 60)
    mark = clockwatch.begin()
    assert clockwatch.discount(_failed(clock), mark).outcome is Outcome.FAIL


@pytest.mark.parametrize(("seconds", "word"), [(3_600, "forward"), (-3_600, "back")])
async def test_a_jump_of_the_wall_clock_is_told_and_is_no_gap(
    clock: FakeClock, clockwatch: ClockWatch, lapses: list[Lapse], seconds: int, word: str
) -> None:
    mark = clockwatch.begin()
    clock.jump(seconds)
    assert clockwatch.discount(_good(clock), mark).outcome is Outcome.INCONCLUSIVE
    assert [one.lost_s for one in lapses] == [0]
    assert f"{word} by 1h" in lapses[0].text


async def test_a_small_correction_of_the_wall_clock_is_nothing(
    clock: FakeClock, clockwatch: ClockWatch, lapses: list[Lapse]
) -> None:
    mark = clockwatch.begin()
    clock.jump(1.5)
    assert clockwatch.discount(_failed(clock), mark).outcome is Outcome.FAIL
    assert lapses == []


async def test_a_short_delay_of_our_own_excuses_failures_only(
    clock: FakeClock, clockwatch: ClockWatch, lapses: list[Lapse]
) -> None:
    mark = clockwatch.begin()
    clock.suspend(5)
    assert clockwatch.discount(_failed(clock), mark).outcome is Outcome.INCONCLUSIVE
    assert clockwatch.discount(_good(clock), mark).outcome is Outcome.OK
    assert lapses == []


async def test_a_gap_is_measured_by_the_shortest_interval(
    clock: FakeClock, clockwatch: ClockWatch, lapses: list[Lapse]
) -> None:
    clockwatch.shortest_interval_s = 60
    clock.suspend(100)
    clockwatch.glance()
    assert lapses == []
    clock.suspend(130)
    clockwatch.glance()
    assert len(lapses) == 1
