"""When more instances, or a larger plan, are worth their price, and when to go back.

Only what lasts counts: ten minutes of load before anything is proposed, half an hour of calm before
it is taken back, so that a service is not scaled up and down by every gust.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import ceil

from sentinel_tui.domain.autonomy.policy import Verb
from sentinel_tui.domain.autonomy.prices import added_euros
from sentinel_tui.domain.hosting import HostedService

SUSTAINED_MS = 600_000
CALM_MS = 1_800_000
PEAK_LEAD_MS = 600_000
"""How long before a peak that is expected more is asked for."""

_BUSY, _AIM, _CALM = 0.8, 0.6, 0.5
_BUSY_IF_SLOW = 0.6
_SLOW_RATIO = 2.0
_LEAST_SAMPLES = 5
_COVERED = 0.7
"""Samples that reach over this share of a time speak for all of it."""
_MOST_INSTANCES = 10
_OFTEN = 3
_AUTOSCALE_PERCENT = 70
_LARGER = {"free": "starter", "starter": "standard", "standard": "pro", "pro": "pro_plus"}
_CPUS = {"free": 0.1, "starter": 0.5, "standard": 1.0, "pro": 2.0, "pro_plus": 4.0}


@dataclass(frozen=True, slots=True)
class Load:
    """How busy a service was at an instant.

    Attributes:
        at_ms: When.
        cpu_share: Which share of its processors was busy, over all instances, 0 to 1.
        latency_p95_ms: How long answers took, or None.
        requests_per_s: What came in, or None.
    """

    at_ms: int
    cpu_share: float
    latency_p95_ms: float | None = None
    requests_per_s: float | None = None


@dataclass(frozen=True, slots=True)
class Peak:
    """A busy time that its rhythm predicts.

    Attributes:
        start_ms: From when,
        end_ms: until when.
        requests_per_s: How much comes in then.
    """

    start_ms: int
    end_ms: int
    requests_per_s: float


@dataclass(frozen=True, slots=True)
class Raised:
    """A service was given more before, and has it still.

    Attributes:
        verb: How: `SCALE` or `PLAN`.
        instances: How many instances it had before.
        plan: On what plan it was before.
        until_ms: Until when it was given more, or None: until it is calm.
    """

    verb: Verb
    instances: int
    plan: str
    until_ms: int | None = None


@dataclass(frozen=True, slots=True)
class Proposal:
    """A change of what a service runs on.

    Attributes:
        verb: What to do.
        arguments: With what, as in `Action.arguments`.
        euros_per_month: What it adds to the monthly bill, or None where that is not known.
        reason: Why.
        effect: What is expected of it.
        until_ms: When to go back, or None: once it is calm.
    """

    verb: Verb
    arguments: Mapping[str, str | int | bool]
    euros_per_month: float | None
    reason: str
    effect: str
    until_ms: int | None = None


def propose(
    loads: Sequence[Load],
    hosted: HostedService,
    *,
    now_ms: int,
    usual_p95_ms: float | None = None,
    peak: Peak | None = None,
    raised: Raised | None = None,
    times_raised: int = 0,
) -> Proposal | None:
    """What to change now, or None.

    Args:
        loads: How busy it was lately, in the order of time; half an hour is enough.
        hosted: How it is set.
        now_ms: The present.
        usual_p95_ms: How long its answers take as a rule, or None.
        peak: The next busy time that is predicted, or None.
        raised: What it was given before, or None.
        times_raised: How often it was given more in the last week; what is needed often is better
            left to the platform's own autoscaling.
    """
    lasting = _within(loads, now_ms, SUSTAINED_MS)
    if lasting and all(_is_busy(one, usual_p95_ms) for one in lasting):
        share = sum(one.cpu_share for one in lasting) / len(lasting)
        minutes = SUSTAINED_MS // 60_000
        reason = f"its processors are {share:.0%} busy for {minutes} minutes"
        return _more(hosted, share, reason, often=times_raised >= _OFTEN)
    if peak is not None and peak.start_ms - PEAK_LEAD_MS <= now_ms < peak.end_ms:
        return _for_peak(loads, hosted, peak)
    if raised is not None:
        return _back(_within(loads, now_ms, CALM_MS), hosted, raised, now_ms)
    return None


def _within(loads: Sequence[Load], now_ms: int, span_ms: int) -> list[Load]:
    """The samples of the last while; none where they do not reach over it."""
    recent = [one for one in loads if now_ms - span_ms <= one.at_ms <= now_ms]
    if len(recent) < _LEAST_SAMPLES or now_ms - recent[0].at_ms < _COVERED * span_ms:
        return []
    return recent


def _is_busy(load: Load, usual_p95_ms: float | None) -> bool:
    if load.cpu_share >= _BUSY:
        return True
    if usual_p95_ms is None or load.latency_p95_ms is None:
        return False
    slow = load.latency_p95_ms >= _SLOW_RATIO * usual_p95_ms
    return slow and load.cpu_share >= _BUSY_IF_SLOW


def _for_peak(loads: Sequence[Load], hosted: HostedService, peak: Peak) -> Proposal | None:
    """What a peak needs, reckoned from what a request costs now."""
    costs = [
        one.cpu_share / one.requests_per_s
        for one in loads
        if one.requests_per_s is not None and one.requests_per_s > 0
    ]
    if len(costs) < _LEAST_SAMPLES:
        return None
    share = sorted(costs)[len(costs) // 2] * peak.requests_per_s
    if share < _BUSY:
        return None
    reason = f"{peak.requests_per_s:.1f} requests a second are expected, {share:.0%} of what it can"
    return _more(hosted, share, reason, until_ms=peak.end_ms)


def _more(
    hosted: HostedService,
    share: float,
    reason: str,
    *,
    often: bool = False,
    until_ms: int | None = None,
) -> Proposal | None:
    """More instances; where there can be no more, the next plan."""
    wanted = max(hosted.instances + 1, ceil(hosted.instances * share / _AIM))
    if hosted.free or wanted > _MOST_INSTANCES:
        return _larger(hosted, reason, until_ms)
    effect = f"about {share * hosted.instances / wanted:.0%} busy each"
    verb, arguments = Verb.SCALE, {"instances": wanted}
    if often:
        verb, arguments = Verb.AUTOSCALE, _between(hosted.instances, wanted)
        effect = f"{effect} at the most, and back by itself"
    euros = added_euros(verb, arguments, hosted)
    return Proposal(verb, arguments, euros, reason, effect, until_ms)


def _between(least: int, most: int) -> dict[str, int]:
    return {"least": least, "most": most, "cpu_percent": _AUTOSCALE_PERCENT}


def _larger(hosted: HostedService, reason: str, until_ms: int | None) -> Proposal | None:
    plan = _LARGER.get(hosted.plan)
    if plan is None:
        return None
    arguments = {"plan": plan}
    euros = added_euros(Verb.PLAN, arguments, hosted)
    times = _CPUS[plan] / _CPUS[hosted.plan]
    effect = f"{times:g} times the processor"
    return Proposal(Verb.PLAN, arguments, euros, reason, effect, until_ms)


def _back(
    calm: Sequence[Load], hosted: HostedService, raised: Raised, now_ms: int
) -> Proposal | None:
    """Back to what it had, once that would have been enough for half an hour."""
    if not calm or (raised.until_ms is not None and now_ms < raised.until_ms):
        return None
    had = _CPUS.get(raised.plan, 1.0) * raised.instances
    has = _CPUS.get(hosted.plan, 1.0) * hosted.instances
    if any(one.cpu_share * has / had > _CALM for one in calm):
        return None
    arguments: dict[str, str | int | bool] = {"instances": raised.instances}
    if raised.verb is Verb.PLAN:
        arguments = {"plan": raised.plan}
    euros = added_euros(raised.verb, arguments, hosted)
    minutes = CALM_MS // 60_000
    reason = f"what it had before would have been enough for {minutes} minutes"
    return Proposal(raised.verb, arguments, euros, reason, "as it was before")
