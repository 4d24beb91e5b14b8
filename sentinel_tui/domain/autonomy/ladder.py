"""The healing ladder: what to try next for a service that is down, and when to call the owner."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from enum import StrEnum

from sentinel_tui.domain.autonomy.policy import Past, Verb


class Rung(StrEnum):
    """What is tried, the gentlest first."""

    WAKE = "wake"
    PROBE = "probe"
    RESTART = "restart"
    ROLLBACK = "rollback"
    OWNER = "owner"


@dataclass(frozen=True, slots=True)
class Deploy:
    """A deploy of a service.

    Attributes:
        id: The platform's name for it.
        live_ms: When it went live.
        healthy_min: How many minutes it was healthy while it was live.
    """

    id: str
    live_ms: int
    healthy_min: float


@dataclass(frozen=True, slots=True)
class Trouble:
    """A service that is down.

    Attributes:
        down_since_ms: Since when, dated back.
        may_sleep: Whether it may only have fallen asleep.
        probed: Whether it was looked at again since it went down.
        platform_knows: Whether the platform can restart it and roll it back.
        deploys: Its deploys, the newest first; the first one is live.
    """

    down_since_ms: int
    may_sleep: bool
    probed: bool
    platform_knows: bool
    deploys: tuple[Deploy, ...] = ()


@dataclass(frozen=True, slots=True)
class Climb:
    """The next rung, and why.

    Attributes:
        rung: What to try.
        reason: Why this one.
        deploy: To which deploy to roll back, or empty.
    """

    rung: Rung
    reason: str
    deploy: str = ""


def next_rung(
    trouble: Trouble,
    tried: Sequence[Past],
    *,
    resting: Collection[Verb] = (),
    healthy_min: float = 10.0,
    blame_min: float = 15.0,
) -> Climb:
    """What to try next.

    Args:
        trouble: What is wrong.
        tried: What was done about it since it went down.
        resting: Remedies that are left out because they never help it; see `learning.resting`.
        healthy_min: A deploy is worth going back to when it was healthy for so many minutes.
        blame_min: A deploy is to blame for what begins within so many minutes of it.
    """
    done = {one.verb for one in tried} | set(resting)
    if trouble.may_sleep and Verb.WAKE not in done:
        return Climb(Rung.WAKE, "it may only have fallen asleep")
    if not trouble.probed:
        return Climb(Rung.PROBE, "a fresh look costs nothing")
    if not trouble.platform_knows:
        return Climb(Rung.OWNER, "no platform is connected that could restart it")
    back_to = _worth_going_back_to(trouble, healthy_min, blame_min)
    if Verb.RESTART not in done:
        return Climb(Rung.RESTART, "it did not come back by itself")
    if back_to is not None and Verb.ROLLBACK not in done:
        return Climb(Rung.ROLLBACK, "it went down right after a deploy", back_to.id)
    return Climb(Rung.OWNER, "what Sentinel knows did not help")


def _worth_going_back_to(trouble: Trouble, healthy_min: float, blame_min: float) -> Deploy | None:
    """The last deploy that was healthy for long enough, if the live one is to blame."""
    if not trouble.deploys:
        return None
    live, *earlier = trouble.deploys
    after_min = (trouble.down_since_ms - live.live_ms) / 60_000
    if not 0 <= after_min <= blame_min:
        return None
    return next((one for one in earlier if one.healthy_min >= healthy_min), None)
