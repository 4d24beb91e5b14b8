"""Workers run for ever, whatever happens inside them."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import AsyncIterator, Callable

import pytest

from sentinel_tui.clock import FakeClock
from sentinel_tui.domain.monitoring.alerts import Finding, Rule
from sentinel_tui.engine.supervisor import Supervisor


@pytest.fixture
def findings() -> list[Finding]:
    return []


@pytest.fixture
async def supervisor(clock: FakeClock, findings: list[Finding]) -> AsyncIterator[Supervisor]:
    supervisor = Supervisor(clock, findings.append)
    yield supervisor
    await supervisor.stop()


class Worker:
    """Fails as often as it is told, then goes on."""

    def __init__(self, clock: FakeClock, failures: int) -> None:
        self.clock = clock
        self.failures = failures
        self.started_s: list[float] = []

    async def __call__(self, beat: Callable[[], None]) -> None:
        self.started_s.append(self.clock.elapsed_s())
        if len(self.started_s) <= self.failures:
            raise ValueError("broken \x1b[2J pipe")
        while True:
            beat()
            await self.clock.sleep(10)


async def test_a_failed_worker_is_started_again_ever_later(
    clock: FakeClock, supervisor: Supervisor
) -> None:
    worker = Worker(clock, failures=10)
    supervisor.start("probing", worker)
    await clock.advance(1_000)
    waits_s = [b - a for a, b in itertools.pairwise(worker.started_s)]
    assert waits_s == [1, 2, 4, 8, 16, 32, 60, 60, 60, 60]


async def test_a_failure_is_shown_with_its_reason_and_its_next_start(
    clock: FakeClock, supervisor: Supervisor
) -> None:
    supervisor.start("probing", Worker(clock, failures=1))
    await clock.advance(0)
    (record,) = supervisor.records()
    assert (record.name, record.failures) == ("probing", 1)
    assert record.error == "ValueError: broken ·[2J pipe"
    assert record.retry_ms == clock.now_ms() + 1_000
    await clock.advance(2)
    assert supervisor.records()[0].retry_ms is None


async def test_three_failures_in_a_row_are_an_alert_that_ends_once_it_runs(
    clock: FakeClock, supervisor: Supervisor, findings: list[Finding]
) -> None:
    supervisor.start("probing", Worker(clock, failures=3))
    await clock.advance(2)
    assert findings == []
    await clock.advance(2)
    assert [(one.rule, one.holds) for one in findings] == [(Rule.WORKER, True)]
    assert "probing" in findings[0].reason
    await clock.advance(80)
    assert [one.holds for one in findings] == [True, False]
    assert len({one.fingerprint for one in findings}) == 1
    assert supervisor.records()[0].failures == 0


async def test_a_worker_that_returns_has_failed(clock: FakeClock, supervisor: Supervisor) -> None:
    async def give_up(beat: Callable[[], None]) -> None:
        return

    supervisor.start("rollup", give_up)
    await clock.advance(0)
    assert supervisor.records()[0].error == "RuntimeError: ended by itself"


async def test_one_failing_worker_leaves_the_others_alone(
    clock: FakeClock, supervisor: Supervisor
) -> None:
    healthy = Worker(clock, failures=0)
    supervisor.start("healthy", healthy)
    supervisor.start("broken", Worker(clock, failures=100))
    await clock.advance(300)
    record = next(one for one in supervisor.records() if one.name == "healthy")
    assert len(healthy.started_s) == 1
    assert clock.now_ms() - record.beat_ms <= 10_000


async def test_stopping_waits_for_the_workers_to_tidy_up(clock: FakeClock) -> None:
    tidied = []

    async def tidy(beat: Callable[[], None]) -> None:
        try:
            await asyncio.Event().wait()
        finally:
            await asyncio.sleep(0)
            tidied.append(True)

    supervisor = Supervisor(clock, lambda finding: None)
    supervisor.start("tidy", tidy)
    await clock.advance(0)
    await supervisor.stop()
    assert tidied == [True]


async def test_a_worker_in_which_something_was_cancelled_is_started_again(
    clock: FakeClock, supervisor: Supervisor
) -> None:
    starts = []

    async def await_a_cancelled_task(beat: Callable[[], None]) -> None:
        starts.append(clock.elapsed_s())
        inner = asyncio.ensure_future(asyncio.Event().wait())
        inner.cancel()
        await inner

    supervisor.start("rollup", await_a_cancelled_task)
    await clock.advance(5)
    assert len(starts) == 3
