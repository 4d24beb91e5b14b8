"""Blocking work has a thread of its own, which nobody has to wait for."""

from __future__ import annotations

import asyncio
import threading

import pytest

from sentinel_tui.platforms.threads import in_thread


async def test_the_result_and_the_error_come_back() -> None:
    assert await in_thread(lambda: threading.current_thread().daemon) is True
    with pytest.raises(ZeroDivisionError):
        await in_thread(lambda: 1 / 0)


async def test_whoever_stops_waiting_leaves_it_to_end_by_itself() -> None:
    gate, ended = threading.Event(), threading.Event()

    def work() -> None:
        gate.wait(10)
        ended.set()

    task = asyncio.create_task(in_thread(work))
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    gate.set()
    assert await in_thread(lambda: ended.wait(10))


async def test_stuck_ones_stop_no_other() -> None:
    gate = threading.Event()
    stuck = [asyncio.create_task(in_thread(gate.wait)) for _ in range(50)]
    await asyncio.sleep(0)
    assert await in_thread(lambda: 3) == 3
    gate.set()
    await asyncio.gather(*stuck)


def test_a_loop_that_is_gone_is_not_missed() -> None:
    gate, ended = threading.Event(), threading.Event()

    def work() -> None:
        gate.wait(10)
        ended.set()

    async def begin() -> None:
        task = asyncio.create_task(in_thread(work))
        await asyncio.sleep(0)
        task.cancel()

    asyncio.run(begin())
    gate.set()
    assert ended.wait(10)
