"""Did an action help, or make it worse? Judged by the looks before it and after it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from sentinel_tui.domain.stats.rank_test import compare, fisher_more

_LEAST_LOOKS = 10
_MOST_LOOKS = 40
_LEAST_Z = 3.1
_LEAST_RATIO = 1.2
_LEAST_DIFFERENCE_MS = 50.0
_ERRORS_P = 0.001
_LEAST_ERRORS = 3
_LOOKS_IN_A_ROW = 3


class Effect(StrEnum):
    """What came of an action. The words are stored."""

    TOO_EARLY = "too early"
    WELL = "well"
    """Healthy, and no worse than before."""
    NOT_HEALED = "not healed"
    SLOWER = "slower"
    MORE_ERRORS = "more errors"


@dataclass(frozen=True, slots=True)
class Looks:
    """Looks at a service in the order of time.

    Attributes:
        latencies_ms: Of the good ones.
        errors: How many failed.
        count: How many there were in all.
    """

    latencies_ms: tuple[float, ...] = ()
    errors: int = 0
    count: int = 0


def effect(before: Looks, after: Looks, *, healthy: bool, in_time: bool) -> Effect:
    """What came of an action so far.

    Slower means certain (Mann-Whitney, p < .001), by a fifth at least, and so at three looks in a
    row, for one look in a hundred is taken in by noise; more errors means Fisher's test and three
    of them at least.

    Args:
        before: Looks from when all was well, before the trouble or the deploy.
        after: Looks since the action.
        healthy: Whether the service is confirmed healthy now.
        in_time: Whether its time to become healthy is not over yet.
    """
    if not healthy:
        return Effect.TOO_EARLY if in_time else Effect.NOT_HEALED
    if _more_errors(before, after):
        return Effect.MORE_ERRORS
    if len(after.latencies_ms) < _LEAST_LOOKS:
        return Effect.TOO_EARLY
    return Effect.SLOWER if _slower(before.latencies_ms, after.latencies_ms) else Effect.WELL


def _more_errors(before: Looks, after: Looks) -> bool:
    if after.errors < _LEAST_ERRORS or not before.count:
        return False
    return fisher_more(before.errors, before.count, after.errors, after.count) < _ERRORS_P


def _slower(before_ms: Sequence[float], after_ms: Sequence[float]) -> bool:
    if len(before_ms) < _LEAST_LOOKS:
        return False
    seen = min(len(after_ms), _MOST_LOOKS)
    lengths = range(seen, max(_LEAST_LOOKS, seen - _LOOKS_IN_A_ROW + 1) - 1, -1)
    return all(_certainly_slower(before_ms, after_ms[:length]) for length in lengths)


def _certainly_slower(before_ms: Sequence[float], after_ms: Sequence[float]) -> bool:
    told = compare(before_ms, after_ms)
    usual_ms = sorted(before_ms)[len(before_ms) // 2]
    worth_telling = usual_ms * (told.ratio - 1) >= _LEAST_DIFFERENCE_MS
    return told.z >= _LEAST_Z and told.ratio >= _LEAST_RATIO and worth_telling
