"""The fake clock passes hours in an instant, and always in the same order."""

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sentinel_tui.clock import Clock, FakeClock, SystemClock


async def note_after(clock: Clock, seconds: float, name: str, woken: list[str]) -> None:
    await clock.sleep(seconds)
    woken.append(name)


async def test_sleepers_wake_in_the_order_of_their_deadlines() -> None:
    clock, woken = FakeClock(), []
    sleepers = [
        asyncio.create_task(note_after(clock, seconds, f"{seconds}", woken))
        for seconds in (30, 10, 20)
    ]

    await clock.advance(25)
    assert woken == ["10", "20"]

    await clock.advance(5)
    assert woken == ["10", "20", "30"]
    await asyncio.gather(*sleepers)


async def test_those_due_at_the_same_moment_wake_in_the_order_they_lay_down() -> None:
    clock, woken = FakeClock(), []
    names = ["first", "second", "third"]
    sleepers = [asyncio.create_task(note_after(clock, 5, name, woken)) for name in names]

    await clock.advance(5)
    assert woken == names
    await asyncio.gather(*sleepers)


async def test_a_sleeper_sees_its_own_deadline_when_it_wakes() -> None:
    clock = FakeClock(now_ms=1_000_000)
    seen: list[tuple[int, float]] = []
    began_s = clock.elapsed_s()

    async def look() -> None:
        await clock.sleep(7.5)
        seen.append((clock.now_ms(), clock.elapsed_s() - began_s))

    task = asyncio.create_task(look())
    await clock.advance(3_600)
    await task
    assert seen == [(1_007_500, 7.5)]


async def test_what_a_sleeper_starts_also_happens_on_the_way() -> None:
    clock, woken = FakeClock(), []

    async def chain() -> None:
        for step in range(5):
            await clock.sleep(60)
            woken.append(step)

    task = asyncio.create_task(chain())
    await clock.advance(300)
    await task
    assert woken == list(range(5))


async def test_a_cancelled_sleeper_is_forgotten() -> None:
    clock, woken = FakeClock(), []
    task = asyncio.create_task(note_after(clock, 10, "never", woken))
    await clock.settle()
    task.cancel()

    await clock.advance(20)
    assert woken == []
    with pytest.raises(asyncio.CancelledError):
        await task


@pytest.mark.parametrize("seconds", [0, -1])
async def test_sleeping_for_nothing_gives_way_once(seconds: float) -> None:
    await FakeClock().sleep(seconds)


def test_a_jump_moves_the_wall_clock_alone() -> None:
    clock = FakeClock(now_ms=5_000_000)
    before_s = clock.elapsed_s()

    clock.jump(-3_600)
    assert clock.now_ms() == 5_000_000 - 3_600_000
    assert clock.elapsed_s() == before_s


async def test_a_suspend_moves_both_clocks_and_wakes_nobody_until_it_is_over() -> None:
    clock, woken = FakeClock(), []
    before_ms, before_s = clock.now_ms(), clock.elapsed_s()
    task = asyncio.create_task(note_after(clock, 10, "woken", woken))
    await clock.settle()

    clock.suspend(600)
    await clock.settle()
    assert woken == []
    assert clock.now_ms() - before_ms == 600_000
    assert clock.elapsed_s() - before_s == 600

    await clock.advance(0)
    assert woken == ["woken"]
    await task


async def test_time_never_goes_back_for_one_who_slept_through_a_suspend() -> None:
    clock = FakeClock()
    seen_s: list[float] = []

    async def look() -> None:
        await clock.sleep(10)
        seen_s.append(clock.elapsed_s())

    task = asyncio.create_task(look())
    await clock.settle()
    clock.suspend(600)
    resumed_s = clock.elapsed_s()
    await clock.advance(0)
    await task
    assert seen_s == [resumed_s]


@given(st.lists(st.integers(min_value=0, max_value=100_000), max_size=10))
def test_the_two_clocks_go_at_the_same_pace(steps: list[int]) -> None:
    clock = FakeClock(now_ms=0)
    began_s = clock.elapsed_s()

    async def go() -> None:
        for step in steps:
            await clock.advance(step)

    asyncio.run(go())
    assert clock.now_ms() == sum(steps) * 1_000 == round((clock.elapsed_s() - began_s) * 1_000)


async def test_the_system_clock_goes_forward() -> None:
    clock = SystemClock()
    first_ms, first_s = clock.now_ms(), clock.elapsed_s()
    await clock.sleep(0)
    assert clock.elapsed_s() >= first_s
    assert isinstance(first_ms, int)
    assert first_ms > 1_700_000_000_000
