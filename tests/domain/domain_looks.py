"""Looks, rules and owners' doings for the domain's tests: builders, strategies and a replay."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import Enum

from hypothesis import strategies as st

from sentinel_tui.domain.monitoring.observations import (
    Certificate,
    FailurePhase,
    Observation,
    Outcome,
    PhaseTimings,
    WakeHint,
)
from sentinel_tui.domain.monitoring.states import (
    CheckState,
    State,
    Thresholds,
    end_maintenance,
    fold,
    is_frozen,
    maintain,
    pause,
    rest,
    resume,
    rouse,
)

START_MS = 1_800_000_000_000
S = 1_000
MINUTE = 60 * S
HOUR = 60 * MINUTE
DAY = 24 * HOUR


def look(
    at_s: float,
    outcome: Outcome = Outcome.OK,
    *,
    took_ms: float = 20.0,
    hint: WakeHint | None = None,
    error: str = "",
    certificate: Certificate | None = None,
) -> Observation:
    """A look that began `at_s` seconds after `START_MS`."""
    failed = outcome in (Outcome.FAIL, Outcome.INCONCLUSIVE)
    return Observation(
        at_ms=START_MS + round(at_s * S),
        outcome=outcome,
        timings=PhaseTimings(total_ms=took_ms),
        latency_ms=None if failed else took_ms,
        phase=FailurePhase.CONNECT if outcome is Outcome.FAIL else None,
        error=error,
        wake_hint=hint,
        certificate=certificate,
    )


def good(at_s: float, took_ms: float = 20.0) -> Observation:
    """A look that went well."""
    return look(at_s, Outcome.OK, took_ms=took_ms)


def slow(at_s: float) -> Observation:
    """A right answer that took too long."""
    return look(at_s, Outcome.SLOW, took_ms=3_000.0)


def bad(at_s: float, hint: WakeHint | None = None, took_ms: float = 20.0) -> Observation:
    """A look that failed."""
    return look(at_s, Outcome.FAIL, took_ms=took_ms, hint=hint, error="refused")


def blind(at_s: float) -> Observation:
    """A look that says nothing, because our own side was at fault."""
    return look(at_s, Outcome.INCONCLUSIVE, error="no network")


def folded(
    looks: Iterable[Observation], rules: Thresholds, start: CheckState | None = None
) -> CheckState:
    """The state after all the looks."""
    check = start or CheckState()
    for seen in looks:
        check = fold(check, seen, rules)
    return check


class Doing(Enum):
    """What the owner or the plan does to a check; each lays a sheet over it or takes it away."""

    PAUSE = "pause"
    RESUME = "resume"
    MAINTAIN = "maintain"
    END_MAINTENANCE = "end maintenance"
    REST = "rest"
    ROUSE = "rouse"

    def apply(self, check: CheckState, at_ms: int) -> CheckState:
        match self:
            case Doing.PAUSE:
                return pause(check, at_ms, "paused by the owner")
            case Doing.RESUME:
                return resume(check, at_ms)
            case Doing.MAINTAIN:
                return maintain(check, at_ms, "new disks")
            case Doing.END_MAINTENANCE:
                return end_maintenance(check, at_ms)
            case Doing.REST:
                return rest(check, at_ms, "nobody comes at night")
            case Doing.ROUSE:
                return rouse(check, at_ms)


UNCOVERING = (Doing.RESUME, Doing.END_MAINTENANCE, Doing.ROUSE)
"""Takes away every sheet that freezes."""


@dataclass(frozen=True)
class Done:
    """Something the owner or the plan did."""

    at_ms: int
    what: Doing


Event = Observation | Done


@dataclass(frozen=True)
class Step:
    """One event of a replay with the states on either side."""

    event: Event
    before: CheckState
    after: CheckState

    @property
    def seen(self) -> Observation | None:
        """The look, when it counted: neither blind nor at a check that a sheet freezes."""
        if not isinstance(self.event, Observation) or self.event.outcome is Outcome.INCONCLUSIVE:
            return None
        wakes = self.before.sheet is State.ASLEEP and self.event.good
        return self.event if wakes or not is_frozen(self.before) else None


def apply(check: CheckState, event: Event, rules: Thresholds) -> CheckState:
    """The state after one event."""
    if isinstance(event, Done):
        return event.what.apply(check, event.at_ms)
    return fold(check, event, rules)


def replay(
    events: Iterable[Event], rules: Thresholds, start: CheckState | None = None
) -> list[Step]:
    """Every event with the state before and after it."""
    check, steps = start or CheckState(), []
    for event in events:
        after = apply(check, event, rules)
        steps.append(Step(event, check, after))
        check = after
    return steps


thresholds = st.builds(
    Thresholds,
    burst_s=st.lists(st.integers(min_value=1, max_value=30), unique=True, max_size=4).map(
        lambda steps: tuple(float(step) for step in sorted(steps))
    ),
    confirm_cycles=st.integers(min_value=1, max_value=3),
    recover_cycles=st.integers(min_value=1, max_value=3),
    recover_after_s=st.sampled_from([0.0, 10.0, 60.0]),
    slow_cycles=st.integers(min_value=1, max_value=3),
    fast_cycles=st.integers(min_value=1, max_value=3),
    sleeps_after_s=st.sampled_from([None, 60.0, 900.0]),
    wake_deadline_s=st.sampled_from([30.0, 120.0]),
    usual_ms=st.sampled_from([None, 100.0, 1_000.0]),
)

sleepless = thresholds.map(lambda rules: replace(rules, sleeps_after_s=None))

_KINDS = ["good", "good", "slow", "late", "bad", "bad", "bad", "hint", "blind", "done", "flap"]
_LATENCIES_MS = [20.0, 1_300.0, 1_600.0, 4_000.0]


@st.composite
def histories(draw: st.DrawFn, max_size: int = 60) -> list[Event]:
    """What may happen to a check, in order of time; failures come in rows, as they do."""
    at_s, events = 0.0, []
    while len(events) < max_size and draw(st.integers(0, 12)):
        kind = draw(st.sampled_from(_KINDS))
        for _ in range(draw(st.integers(1, 6)) if kind in ("good", "bad", "slow") else 1):
            at_s += draw(st.sampled_from([0.0, 0.5, 2.0, 5.0, 30.0, 61.0, 1_000.0]))
            events.append(_event(kind, at_s, draw))
        if kind == "flap":
            for turn in range(draw(st.integers(2, 16))):
                at_s += 61.0
                events.append(good(at_s) if turn % 2 else bad(at_s))
    return events


def _event(kind: str, at_s: float, draw: st.DrawFn) -> Event:
    match kind:
        case "slow":
            return slow(at_s)
        case "late":
            return good(at_s, draw(st.sampled_from(_LATENCIES_MS)))
        case "bad":
            return bad(at_s)
        case "hint":
            took_ms = draw(st.sampled_from([20.0, 10_000.0, 125_000.0]))
            return bad(at_s, draw(st.sampled_from(WakeHint)), took_ms)
        case "blind":
            return blind(at_s)
        case "done":
            return Done(START_MS + round(at_s * S), draw(st.sampled_from(Doing)))
        case _:
            return good(at_s)
