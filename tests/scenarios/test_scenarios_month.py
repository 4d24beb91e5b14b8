"""The end of a month with four free services: the plan makes the hours last, always-on does not.

Two days with the share of the 750 hours that two days have; `bench_month.py` lives through all of
it.
"""

from __future__ import annotations

from contextlib import closing
from datetime import UTC, datetime

import pytest
from month_world import DAY_S, NAMES, Month

from sentinel_tui.domain.keepalive.awake import people_met
from sentinel_tui.domain.keepalive.modes import Mode
from sentinel_tui.paths import Paths
from sentinel_tui.store.queries import Reader

THURSDAY_MS = round(datetime(2027, 4, 29, tzinfo=UTC).timestamp() * 1_000)
DAYS = 2.0
FREE_HOURS = 750 / 30 * DAYS
LAST_MOMENT_S = 1_800.0


@pytest.fixture
def month() -> Month:
    return Month(THURSDAY_MS, FREE_HOURS)


async def test_the_hours_last_to_the_end_of_the_month_and_fewer_visitors_have_to_wait(
    month: Month, paths: Paths
) -> None:
    async with month.watched(paths, month.config(FREE_HOURS)) as engine:
        await month.clock.advance(DAYS * DAY_S - LAST_MOMENT_S)
        now_ms = month.clock.now_ms()
        counted_h, told_h = month.workspace.used_h(), engine.parts.keeping.ledger.used_h(now_ms)
        await engine.parts.recording.flush()
        with closing(Reader(paths)) as reader:
            stretches = reader.awake(THURSDAY_MS, now_ms)
            visits = sum(len(reader.visits(name, THURSDAY_MS)) for name in NAMES)
            modes = {
                change.mode
                for name in NAMES
                for change in reader.mode_changes(name, THURSDAY_MS, now_ms)
            }
            plan = reader.plan()
    assert not month.suspended
    assert month.met["refused"] == 0
    assert month.met["cold"] < 0.8 * month.first
    assert FREE_HOURS / 2 < counted_h < FREE_HOURS
    assert told_h == pytest.approx(counted_h, rel=0.02)
    assert people_met(stretches) == pytest.approx(month.met["cold"], abs=3)
    assert visits == pytest.approx(month.met.total(), rel=0.15)
    assert Mode.ECONOMY in modes
    assert plan is not None
    assert set(plan.weeks) == set(NAMES)


async def test_who_keeps_everything_awake_has_nothing_left_after_half_a_day(
    month: Month, paths: Paths
) -> None:
    async with month.watched(paths, month.config(FREE_HOURS, always_on=True)):
        await month.clock.advance(DAY_S * 2 / 3)
    assert month.suspended
    assert month.met["refused"] > 0
