"""What to make of a new deploy: keep it, wait for more looks, or go back to the one before."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from statistics import median

from sentinel_tui.domain.autonomy.verification import Effect, Looks, effect

_CLEARLY_SLOWER = 1.5
_ENOUGH_LOOKS = 40
"""More looks than these say nothing new of a deploy."""


class Verdict(StrEnum):
    """What to do with a deploy."""

    KEEP = "keep"
    WAIT = "wait"
    ROLL_BACK = "roll back"


@dataclass(frozen=True, slots=True)
class Judgement:
    """What to do with a deploy, and why.

    Attributes:
        verdict: What to do.
        effect: What it came from.
        reason: Why, in one line.
        clear: Whether it is so clear that a policy may act on it without asking: it did not become
            healthy, it brings errors, or it takes half as long again at least.
    """

    verdict: Verdict
    effect: Effect
    reason: str
    clear: bool = False


def judge_deploy(before: Looks, after: Looks, *, healthy: bool, in_time: bool) -> Judgement:
    """What to do with a deploy that is live.

    Whether it is slower or brings errors is decided by `verification.effect`; where the time is
    over before there were looks enough to tell, a healthy deploy is kept.

    Args:
        before: Looks from before the deploy, while all was well, of hours and not of days.
        after: Looks since it is live.
        healthy: Whether the service is confirmed healthy now.
        in_time: Whether the time to watch it is not over yet.
    """
    came = effect(before, after, healthy=healthy, in_time=in_time)
    match came:
        case Effect.NOT_HEALED:
            return Judgement(Verdict.ROLL_BACK, came, "it did not become healthy", clear=True)
        case Effect.MORE_ERRORS:
            reason = f"{after.errors} of {after.count} looks failed since it is live"
            return Judgement(Verdict.ROLL_BACK, came, reason, clear=True)
        case Effect.SLOWER:
            return _slower(before, after)
        case Effect.TOO_EARLY if in_time:
            reason = f"{after.count} looks since it is live are too few to tell"
            return Judgement(Verdict.WAIT, came, reason)
        case Effect.WELL if in_time and after.count < _ENOUGH_LOOKS:
            return Judgement(Verdict.WAIT, came, "well so far")
    return Judgement(Verdict.KEEP, came, "healthy, and no worse than before")


def _slower(before: Looks, after: Looks) -> Judgement:
    usual_ms, now_ms = median(before.latencies_ms), median(after.latencies_ms)
    ratio = now_ms / usual_ms
    reason = f"an answer takes {now_ms:.0f} ms, {ratio:.1f} times the {usual_ms:.0f} ms before it"
    return Judgement(Verdict.ROLL_BACK, Effect.SLOWER, reason, clear=ratio >= _CLEARLY_SLOWER)
