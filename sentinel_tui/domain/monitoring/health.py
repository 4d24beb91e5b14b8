"""The health score: 100 less what is wrong, each lost point with its cause.

Additive on purpose: the reasons add up to what is missing, so nobody has to trust a hidden weight.
What is not known lowers nothing; it widens the score into a range.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sentinel_tui.domain.monitoring.states import State

_STATE_POINTS = {
    State.DOWN: 60.0,
    State.FLAPPING: 35.0,
    State.SUSPECT: 10.0,
    State.DEGRADED: 15.0,
}
_UNKNOWN_POINTS = 60.0
_AVAILABILITY_POINTS_MOST = 20.0
_AVAILABILITY_POINTS_PER_PERCENT = 4.0
_LATENCY_POINTS_MOST = 15.0
_COLD_START_POINTS_MOST = 5.0
_WARNING_POINTS = 5.0


@dataclass(frozen=True, slots=True)
class Vitals:
    """What is known of one service.

    Attributes:
        service: Its name, for the reasons.
        state: What it is in.
        uptime_24h: Ratio 0 to 1, or None when nothing counted.
        p95_ms: 95th percentile of latency over the last hour, or None.
        usual_p95_ms: The same over the last week, or None.
        cold_start_s: The last cold start, or None where it never sleeps.
        expected_wake_s: What the owner expects of one.
        warnings: Reasons of open WARNING alerts other than slowness.
    """

    service: str
    state: State
    uptime_24h: float | None = None
    p95_ms: float | None = None
    usual_p95_ms: float | None = None
    cold_start_s: float | None = None
    expected_wake_s: float | None = None
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Loss:
    """Points lost, and why."""

    points: float
    cause: str


@dataclass(frozen=True, slots=True)
class Health:
    """A score between `low` and `high`; the two are equal when everything is known.

    Attributes:
        low: The score if all that is unknown were bad, 0 to 100.
        high: 100 less the losses.
        losses: Largest first; they add up to 100 - `high`, unless more than 100 were lost.
    """

    low: float
    high: float
    losses: tuple[Loss, ...] = ()

    @property
    def score(self) -> float:
        """The one number: `high`, because the unknown lowers nothing."""
        return self.high


def service_health(vitals: Vitals) -> Health:
    """The score of one service."""
    losses = [
        loss
        for loss in (_state(vitals), _availability(vitals), _latency(vitals), _cold_start(vitals))
        if loss is not None
    ]
    losses += [Loss(_WARNING_POINTS, f"{vitals.service}: {reason}") for reason in vitals.warnings]
    losses.sort(key=lambda loss: -loss.points)
    high = max(0.0, 100.0 - sum(loss.points for loss in losses))
    hidden = _UNKNOWN_POINTS if vitals.state is State.UNKNOWN else 0.0
    return Health(max(0.0, high - hidden), high, tuple(losses))


def system_health(services: Sequence[Health]) -> Health:
    """The score of all services: the mean, so that each loss counts with its share.

    A single service that is down in a system of four costs a quarter of its own loss; which
    service that is stands in the reason.
    """
    if not services:
        return Health(0.0, 100.0)
    count = len(services)
    losses = [Loss(loss.points / count, loss.cause) for one in services for loss in one.losses]
    losses.sort(key=lambda loss: -loss.points)
    return Health(
        sum(one.low for one in services) / count,
        sum(one.high for one in services) / count,
        tuple(losses),
    )


def _state(vitals: Vitals) -> Loss | None:
    points = _STATE_POINTS.get(vitals.state)
    return None if points is None else Loss(points, f"{vitals.service} is {vitals.state}")


def _availability(vitals: Vitals) -> Loss | None:
    if vitals.uptime_24h is None or vitals.uptime_24h >= 1:
        return None
    lost_percent = (1 - vitals.uptime_24h) * 100
    points = min(_AVAILABILITY_POINTS_MOST, lost_percent * _AVAILABILITY_POINTS_PER_PERCENT)
    return Loss(
        points, f"{vitals.service} was up {100 - lost_percent:.2f} % of the time watched in 24 h"
    )


def _latency(vitals: Vitals) -> Loss | None:
    if vitals.p95_ms is None or not vitals.usual_p95_ms:
        return None
    times = vitals.p95_ms / vitals.usual_p95_ms
    if times <= 1.5:
        return None
    points = min(_LATENCY_POINTS_MOST, (times - 1) * 5)
    return Loss(points, f"{vitals.service} is {times:.1f} times as slow as usual")


def _cold_start(vitals: Vitals) -> Loss | None:
    if vitals.cold_start_s is None or not vitals.expected_wake_s:
        return None
    times = vitals.cold_start_s / vitals.expected_wake_s
    if times <= 1.5:
        return None
    points = min(_COLD_START_POINTS_MOST, times)
    return Loss(points, f"{vitals.service} took {times:.1f} times as long to wake as expected")
