"""When checks look next."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sentinel_tui.engine.scheduler import Scheduler, next_in_rhythm_s, phase_s

_INTERVALS_S = st.floats(1, 86_400)
_MOMENTS_S = st.floats(0, 1e8)


def test_due_looks_come_out_earliest_first() -> None:
    scheduler: Scheduler[str] = Scheduler()
    for key, due_s in (("late", 3.0), ("early", 1.0), ("future", 9.0), ("middle", 2.0)):
        scheduler.plan(key, due_s)
    assert list(scheduler.pop_due(5.0)) == [("early", 1.0), ("middle", 2.0), ("late", 3.0)]
    assert scheduler.next_s() == 9.0


def test_a_key_has_one_plan_and_the_newest_counts() -> None:
    scheduler: Scheduler[str] = Scheduler()
    scheduler.plan("check", 1.0)
    scheduler.plan("check", 7.0)
    assert list(scheduler.pop_due(5.0)) == []
    assert list(scheduler.pop_due(7.0)) == [("check", 7.0)]
    assert scheduler.due_s("check") is None


def test_a_dropped_key_never_comes_out() -> None:
    scheduler: Scheduler[str] = Scheduler()
    scheduler.plan("check", 1.0)
    scheduler.drop("check")
    assert scheduler.next_s() is None
    assert list(scheduler.pop_due(5.0)) == []


def test_only_a_plan_before_all_others_calls_whoever_waits() -> None:
    scheduler: Scheduler[str] = Scheduler()
    scheduler.plan("first", 5.0)
    assert scheduler.changed.is_set()
    scheduler.changed.clear()
    scheduler.plan("later", 6.0)
    assert not scheduler.changed.is_set()
    scheduler.plan("sooner", 4.0)
    assert scheduler.changed.is_set()


@given(st.lists(st.tuples(st.integers(0, 5), st.floats(0, 100)), max_size=60), st.floats(0, 100))
def test_whatever_is_planned_comes_out_once_and_in_time(
    plans: list[tuple[int, float]], now_s: float
) -> None:
    scheduler: Scheduler[int] = Scheduler()
    for key, due_s in plans:
        scheduler.plan(key, due_s)
    newest = dict(plans)
    popped = list(scheduler.pop_due(now_s))
    assert sorted(popped) == sorted(pair for pair in newest.items() if pair[1] <= now_s)
    assert [due_s for _, due_s in popped] == sorted(due_s for _, due_s in popped)


@given(_MOMENTS_S, _INTERVALS_S, _MOMENTS_S)
def test_the_next_look_is_less_than_an_interval_away(
    phase: float, interval_s: float, after_s: float
) -> None:
    due_s = next_in_rhythm_s(phase, interval_s, after_s)
    assert after_s < due_s <= after_s + interval_s * 1.001


@given(_MOMENTS_S, _INTERVALS_S)
def test_a_rhythm_does_not_drift(phase: float, interval_s: float) -> None:
    due_s = phase
    for _ in range(100):
        due_s = next_in_rhythm_s(phase, interval_s, due_s)
    assert due_s == pytest.approx(phase + 100 * interval_s, rel=1e-9, abs=1e-3)


@given(st.integers(0, 10**9), st.integers(0, 10**6))
def test_the_rhythm_survives_a_restart(start_ms: int, later_ms: int) -> None:
    before = phase_s("curator", "http", 30.0, 5.0, start_ms)
    # Another engine, whose elapsed time began elsewhere.
    after = phase_s("curator", "http", 30.0, 1_000.0, start_ms + later_ms)
    apart_s = (after - 1_000.0 + later_ms / 1_000) - (before - 5.0)
    assert apart_s % 30.0 == pytest.approx(0.0, abs=1e-3) or apart_s % 30.0 == pytest.approx(30.0)


def test_checks_are_spread_over_the_interval() -> None:
    phases = sorted(phase_s(f"service-{n}", "http", 30.0, 0.0, 0) for n in range(100))
    gaps = [b - a for a, b in zip([phases[-1] - 30.0, *phases], phases, strict=False)]
    assert max(gaps) < 30.0 / 5
    assert len({round(phase, 3) for phase in phases}) > 90
