"""How many views reach the end or leave at once, as far as a video's few views can tell.

Where neither reports nor a heatmap tell it, the average time watched still sets bounds: many who
watched nearly all of it would have made the average longer (Markov's inequality, both ways round).
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

from sentinel_tui.domain.stats.shrinkage import Beta, Share, fit_beta, posterior
from sentinel_tui.domain.video.metrics import (
    HEATMAP_NEEDS_VIEWS,
    Basis,
    Counted,
    Figure,
    by_events,
    speak_for_all,
    told,
    unavailable,
)
from sentinel_tui.domain.video.retention import (
    BOUNCE_NEEDS_S,
    BOUNCE_S,
    COMPLETE_SHARE,
    Retention,
)

COMPLETION_PRIOR = Beta(1.0, 4.0)
BOUNCE_PRIOR = Beta(1.0, 1.0)
"""Nothing is usual for leaving at once: it depends on where a player stands."""

_READS_OTHERWISE = 0.005
"""A share that is told by so much more or less than was counted would look like a slip."""
_BUCKET_EDGES_S = (60.0, 300.0, 900.0)
_LEAST_VIDEOS = 8
_COMPLETION_ERROR = 0.04
"""Heatmaps of nine in ten of KuaiRand's public videos are no further off the true completion."""
_BOUNCE_ERROR = 0.06
"""Likewise for those who leave before 30 s."""

_MOST_STRENGTH = 200.0
"""How many views what is usual may count for. Few videos with few views never show how much they
differ; taken at its word, that would make them all the same, and surely so."""

_NEEDS_MORE = f"view events, or a heatmap and {HEATMAP_NEEDS_VIEWS} views"
_NEEDS_LENGTH = "its length"


@dataclass(frozen=True, slots=True)
class Reached:
    """How many views of a video reached nine tenths of it.

    Attributes:
        length_s: Its length.
        views: How often it was begun.
        completed: How many of these views reached 90 % of it.
    """

    length_s: float
    views: int
    completed: int


@dataclass(frozen=True, slots=True)
class Hits:
    """How often something happened, before what is usual is heard.

    Attributes:
        length_s: The length of the video it happened to.
        hits: How often,
        tries: of how many times it might have.
        basis: What that rests on.
        source: Where it comes from.
        error: How far the way of measuring may be off, besides chance.
    """

    length_s: float
    hits: int
    tries: int
    basis: Basis
    source: str
    error: float = 0.0


def completions(videos: Sequence[Reached]) -> list[Share]:
    """The completion of a library's videos, in their order, with intervals of 90 %.

    A video is completed by what is known of those of its length: up to 1, 5 and 15 minutes, and
    above. With fewer than eight of them the whole library speaks, and with fewer than eight in
    that, a cautious guess.
    """
    hits = [
        Hits(one.length_s, one.completed, one.views, Basis.EXACT, "an export") for one in videos
    ]
    return _shares(hits, COMPLETION_PRIOR)


def completion(count: Counted, curve: Retention | None) -> Hits | Figure:
    """What is known of the share of views that reach nine tenths of a video."""
    if curve is not None:
        return _hits(count, curve, curve.completion, _COMPLETION_ERROR)
    if count.length_s <= 0:
        return unavailable(_NEEDS_LENGTH)
    average_s, end_s = count.average_watch_s, COMPLETE_SHARE * count.length_s
    if average_s is None:
        return unavailable("a view" if count.views == 0 else _NEEDS_MORE)
    return _bounded(*_reaching(end_s, average_s, count.length_s))


def bounce(count: Counted, curve: Retention | None) -> Hits | Figure:
    """What is known of the share of views that leave before 30 s, from a minute's length on."""
    if count.length_s <= 0:
        return unavailable(_NEEDS_LENGTH)
    if count.length_s < BOUNCE_NEEDS_S:
        return unavailable("a video of at least a minute")
    if curve is not None and curve.bounce_30s is not None:
        return _hits(count, curve, curve.bounce_30s, _BOUNCE_ERROR)
    average_s = count.average_watch_s
    if average_s is None:
        return unavailable("a view" if count.views == 0 else _NEEDS_MORE)
    low, high = _reaching(BOUNCE_S, average_s, count.length_s)
    return _bounded(1 - high, 1 - low)


def settled(found: Sequence[Hits | Figure], otherwise: Beta) -> list[Figure]:
    """The figures of a library's videos, in their order, completed by what is usual there.

    Args:
        found: What is known of each; a figure is left as it is.
        otherwise: What is usual where too few videos tell.
    """
    hits = [one for one in found if isinstance(one, Hits)]
    shares = iter(_shares(hits, otherwise))
    return [_figure(one, next(shares)) if isinstance(one, Hits) else one for one in found]


def bucket_of(length_s: float) -> int:
    """The class of a length: up to 1, 5 and 15 minutes, and above."""
    return bisect_right(_BUCKET_EDGES_S, length_s)


def _shares(found: Sequence[Hits], otherwise: Beta) -> list[Share]:
    whole = _prior(found, otherwise)
    priors = [
        _prior([one for one in found if bucket_of(one.length_s) == bucket], whole)
        for bucket in range(len(_BUCKET_EDGES_S) + 1)
    ]
    return posterior(
        [priors[bucket_of(one.length_s)] for one in found],
        [one.hits for one in found],
        [one.tries for one in found],
    )


def _prior(found: Sequence[Hits], otherwise: Beta) -> Beta:
    if len(found) < _LEAST_VIDEOS:
        return otherwise
    fitted = fit_beta([one.hits for one in found], [one.tries for one in found])
    weaker = min(1.0, _MOST_STRENGTH / fitted.strength)
    return Beta(fitted.a * weaker, fitted.b * weaker)


def _figure(one: Hits, share: Share) -> Figure:
    drawn = one.tries > 0 and abs(share.value - one.hits / one.tries) >= _READS_OTHERWISE
    return Figure(
        value=share.value,
        basis=one.basis,
        source=f"{one.source}; few, so what is usual counts too" if drawn else one.source,
        low=max(0.0, share.low - one.error),
        high=min(1.0, share.high + one.error),
        confidence=share.reliability,
    )


def _hits(count: Counted, curve: Retention, share: float, heatmap_error: float) -> Hits:
    hits = round(share * curve.views)
    if curve.basis is Basis.EXACT:
        source = f"{told(hits)} of {by_events(curve.views, count.views)}"
        # Those whose players report may watch in another way than those whose players do not.
        basis = Basis.EXACT if speak_for_all(curve.views, count.views) else Basis.ESTIMATED
        return Hits(count.length_s, hits, curve.views, basis, source)
    source = f"heatmap of {told(curve.views)} views and their average time"
    return Hits(count.length_s, hits, curve.views, curve.basis, source, heatmap_error)


def _reaching(moment_s: float, average_s: float, length_s: float) -> tuple[float, float]:
    """The least and the greatest share of views that can have come to a moment.

    An average beyond the length means that parts were played twice: then it bounds nothing.
    """
    if average_s > length_s:
        return 0.0, 1.0
    least = (average_s - moment_s) / (length_s - moment_s)
    return max(0.0, least), min(1.0, average_s / moment_s)


def _bounded(low: float, high: float) -> Figure:
    if low <= 0 and high >= 1:
        return unavailable(_NEEDS_MORE)
    source = "average time watched, if nobody skips or plays anything twice"
    return Figure(None, Basis.BOUNDED, source, low, high)
