"""Visitors who come by a curve: as many as it says, the same ones for everybody who asks."""

from __future__ import annotations

import asyncio

import pytest

from sentinel_tui.clock import FakeClock
from sentinel_tui.sandbox.visitors import HOUR_MS, HOURS_OF_WEEK, Visitors

MONDAY_MS = 1_793_577_600_000  # 2026-11-02
WEEK_MS = HOURS_OF_WEEK * HOUR_MS


def visitors(curves: dict[str, list[float]], seed: int = 1) -> tuple[Visitors, FakeClock, list]:
    clock = FakeClock(MONDAY_MS)
    came: list[tuple[int, str]] = []

    async def visit(service: str) -> None:
        came.append((clock.now_ms(), service))

    return Visitors(curves, visit, clock, seed), clock, came


def office_hours(rate: float) -> list[float]:
    return [rate if hour % 24 in range(8, 18) and hour < 5 * 24 else 0.0 for hour in range(168)]


def test_they_come_in_the_hours_of_the_curve_and_as_many_as_it_says() -> None:
    some, _, _ = visitors({"shop": office_hours(4.0)})
    times = some.times("shop", MONDAY_MS, MONDAY_MS + 20 * WEEK_MS)
    hours = {(at_ms - MONDAY_MS) // HOUR_MS % HOURS_OF_WEEK for at_ms in times}
    assert hours <= {hour for hour, rate in enumerate(office_hours(4.0)) if rate}
    expected = 20 * 50 * 4.0
    assert abs(len(times) - expected) < 4 * expected**0.5


def test_the_same_seed_gives_the_same_visits_however_they_are_asked_for() -> None:
    curves = {"shop": [2.0] * HOURS_OF_WEEK}
    one, _, _ = visitors(curves)
    other, _, _ = visitors(curves, seed=2)
    middle_ms = MONDAY_MS + 90_000_001
    whole = one.times("shop", MONDAY_MS, MONDAY_MS + WEEK_MS)
    halves = one.times("shop", MONDAY_MS, middle_ms) + one.times(
        "shop", middle_ms, MONDAY_MS + WEEK_MS
    )
    assert whole == halves == sorted(whole)
    assert whole != other.times("shop", MONDAY_MS, MONDAY_MS + WEEK_MS)


async def test_they_come_when_it_is_time_and_to_all_services_in_their_order() -> None:
    curves = {"shop": [3.0] * HOURS_OF_WEEK, "curator": [1.0] * HOURS_OF_WEEK}
    some, clock, came = visitors(curves)
    coming = asyncio.create_task(some.come())
    await clock.advance(5 * 3_600)
    coming.cancel()
    expected = sorted(
        (at_ms, service)
        for service in curves
        for at_ms in some.times(service, MONDAY_MS, MONDAY_MS + 5 * HOUR_MS)
    )
    assert [service for _, service in came] == [service for _, service in expected]
    assert all(abs(there - due) <= 1 for (there, _), (due, _) in zip(came, expected, strict=True))


def test_a_week_has_all_its_hours() -> None:
    with pytest.raises(ValueError, match="168"):
        visitors({"shop": [1.0] * 24})
