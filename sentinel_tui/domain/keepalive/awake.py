"""When a service was awake, put together from whatever shows it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum

LATE_MS = 180_000
"""How late the platform's own figures may come."""
GRAIN_MS = 60_000
"""How exactly the platform's own figures tell when something was: nothing that seems shorter than
this was sleep, unless it was seen."""


class Cause(StrEnum):
    """What woke a service. The words are stored and shown."""

    PLAN = "plan"
    """Sentinel, because somebody was expected."""
    OWNER = "owner"
    """The owner's own wish."""
    VISIT = "visit"
    """Somebody came, and met a cold start."""
    DEPLOY = "deploy"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Stretch:
    """A stretch in which a service was awake.

    Attributes:
        service: Which.
        start_ms: Since when.
        end_ms: Until when; where `open`, until when it stays awake if nothing more is seen.
        cause: What woke it.
        open: Whether more may follow.
    """

    service: str
    start_ms: int
    end_ms: int
    cause: Cause
    open: bool = False


class Sign(StrEnum):
    """What shows whether a service is awake."""

    ANSWERED = "answered"
    """It answered a request of ours, which keeps it awake from then on."""
    VISITED = "visited"
    """Somebody else's request reached it."""
    RUNNING = "running"
    """Its platform says that an instance runs."""
    STOPPED = "stopped"
    """Its platform says that none runs."""
    DEPLOYED = "deployed"
    """A deploy went live, which starts it."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """One sign, at one instant."""

    service: str
    at_ms: int
    sign: Sign
    cause: Cause = Cause.UNKNOWN


_CAUSES = {Sign.VISITED: Cause.VISIT, Sign.DEPLOYED: Cause.DEPLOY}
"""What woke a service, where the sign itself tells."""


def fold(known: Stretch | None, sign: Evidence, idle_ms: int) -> tuple[Stretch, ...]:
    """Add one sign to what is known of a service.

    Signs may come late, as the platform's figures do, and more than once; the same sign twice
    changes nothing. A request that took long is two signs: one when it began, one when it ended.

    Args:
        known: The last stretch that is known, or None.
        sign: What was seen.
        idle_ms: How long the platform keeps the service awake after its last request.

    Returns:
        The stretches that are new or changed, the newest last; often none.
    """
    if sign.sign is Sign.STOPPED:
        return _stopped(known, sign.at_ms)
    if sign.sign is Sign.RUNNING:
        return _running(known, sign, idle_ms)
    return _kept_awake(known, sign, idle_ms)


def settle(known: Stretch, now_ms: int) -> Stretch | None:
    """The stretch closed, when it has run out for so long that no late sign can prolong it.

    Returns:
        The closed stretch, or None where it is closed already or may still go on.
    """
    if not known.open or now_ms < known.end_ms + LATE_MS:
        return None
    return replace(known, open=False)


def people_met(stretches: Iterable[Stretch]) -> int:
    """How many times somebody came and met a cold start.

    Stretches that adjoin are one: whoever came in the second found it awake.
    """
    met = 0
    awake_until_ms: dict[str, int] = {}
    for stretch in sorted(stretches, key=lambda one: one.start_ms):
        before_ms = awake_until_ms.get(stretch.service)
        slept = before_ms is None or stretch.start_ms > before_ms
        met += slept and stretch.cause is Cause.VISIT
        awake_until_ms[stretch.service] = max(stretch.end_ms, before_ms or stretch.end_ms)
    return met


def _kept_awake(known: Stretch | None, sign: Evidence, idle_ms: int) -> tuple[Stretch, ...]:
    """A request or a deploy at an instant keeps the service awake from then on."""
    until_ms = sign.at_ms + idle_ms
    if known is None:
        return (_opened(sign, until_ms),)
    if sign.at_ms < known.start_ms:
        earlier = replace(_opened(sign, min(until_ms, known.start_ms)), open=False)
        goes_on = known.open and until_ms > known.end_ms
        return (earlier, replace(known, end_ms=until_ms)) if goes_on else (earlier,)
    grain_ms = GRAIN_MS if known.open else 1
    if sign.at_ms >= known.end_ms + grain_ms:
        return (*_closed(known), _opened(sign, until_ms))
    if until_ms <= known.end_ms:
        return ()
    return (replace(known, end_ms=until_ms, open=True),)


def _running(known: Stretch | None, sign: Evidence, idle_ms: int) -> tuple[Stretch, ...]:
    """It runs: where nothing that is known explains it, somebody came a moment ago."""
    until_ms = sign.at_ms + max(0, idle_ms - GRAIN_MS)
    if known is None:
        return (_opened(sign, until_ms),)
    if sign.at_ms <= known.end_ms:
        return ()
    if known.open and sign.at_ms <= known.end_ms + idle_ms:
        return (replace(known, end_ms=until_ms),)
    somebody = sign if sign.cause is not Cause.UNKNOWN else replace(sign, cause=Cause.VISIT)
    return (*_closed(known), _opened(somebody, until_ms))


def _stopped(known: Stretch | None, at_ms: int) -> tuple[Stretch, ...]:
    if known is None or not known.open or at_ms < known.start_ms:
        return ()
    return (replace(known, end_ms=min(known.end_ms, at_ms), open=False),)


def _opened(sign: Evidence, until_ms: int) -> Stretch:
    cause = sign.cause
    if cause is Cause.UNKNOWN:
        cause = _CAUSES.get(sign.sign, Cause.UNKNOWN)
    return Stretch(sign.service, sign.at_ms, until_ms, cause, open=True)


def _closed(known: Stretch) -> tuple[Stretch, ...]:
    return (replace(known, open=False),) if known.open else ()
