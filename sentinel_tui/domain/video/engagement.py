"""The engagement score: how well a video holds its viewers, compared with others of its length.

The share of a video that is watched falls with its length, in every library, so that ranking by it
ranks by shortness. What is scored is the distance from what this library's videos of that length
do, shrunk where few people watched. 50 is what is usual here; 84 is one spread better.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import erf, exp, log, sqrt

WITHIN = 0.61
"""The variance of the share watched within a video, as a part of what it would be if every viewer
watched all or nothing; measured on KuaiRand's public views."""
HALF_WEIGHT_VIEWS = 12.0
"""A video with so many views counts half as much as one with very many."""

_USUAL_SLOPE = -0.6
"""By how much the log-odds of the share watched fall when videos get e times longer."""
_SLOPE_VIDEOS = 8.0
"""How many videos of evidence stand behind the usual slope."""
_SPREAD_VIDEOS = 10.0
"""How many videos of evidence stand behind the usual spread between videos."""
_USUAL_SPREAD = WITHIN / HALF_WEIGHT_VIEWS
_HALVINGS = 80
_STEEPEST = 15.0
"""Log-odds beyond this are certainty: nothing is watched by everybody to the end, or by nobody."""
_Z90 = 1.645


@dataclass(frozen=True, slots=True)
class Watched:
    """How a video was watched.

    Attributes:
        length_s: Its length.
        views: How often it was begun; at least once.
        hold: The mean share of it that was watched, at most 1.
    """

    length_s: float
    views: int
    hold: float


@dataclass(frozen=True, slots=True)
class Score:
    """An engagement score.

    Attributes:
        score: 1 to 99.
        low: The lower end of its interval, which holds four of five next weeks' scores.
        high: The upper end.
        confidence: How much of it is the video's own doing, 0 to 1.
        expected_hold: The share that videos of this length are watched here.
    """

    score: float
    low: float
    high: float
    confidence: float
    expected_hold: float


def engagement(videos: Sequence[Watched]) -> list[Score]:
    """The scores of a library's videos, in their order.

    Raises:
        ValueError: A video was never begun, has no length, or was watched by a negative share.
    """
    for video in videos:
        if video.views < 1 or video.length_s <= 0 or video.hold < 0:
            raise ValueError("a score needs a length, a view and a share that was watched")
    if not videos:
        return []
    weights = [video.views / (video.views + HALF_WEIGHT_VIEWS) for video in videos]
    expected = _expected_holds(videos, weights)
    usual = _mean([share * (1 - share) for share in expected], weights)
    spread = _spread(videos, weights, expected, usual)
    return [
        _score(video, share, usual, spread) for video, share in zip(videos, expected, strict=True)
    ]


def _expected_holds(videos: Sequence[Watched], weights: Sequence[float]) -> list[float]:
    """What the library's curve over length says of each video."""
    lengths = [log(video.length_s / 60) for video in videos]
    slope = _slope(lengths, videos, weights)
    target = sum(w * _hold(video) for w, video in zip(weights, videos, strict=True))
    low, high = -_STEEPEST, _STEEPEST
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        reached = sum(
            w * _logistic(middle + slope * x) for w, x in zip(weights, lengths, strict=True)
        )
        low, high = (middle, high) if reached < target else (low, middle)
    return [_logistic((low + high) / 2 + slope * x) for x in lengths]


def _slope(lengths: Sequence[float], videos: Sequence[Watched], weights: Sequence[float]) -> float:
    """The library's own slope over the logarithm of length, drawn towards the usual one."""
    odds = [_logit((v.views * _hold(v) + 0.5) / (v.views + 1)) for v in videos]
    mean_length, mean_odds = _mean(lengths, weights), _mean(odds, weights)
    together = sum(
        w * (x - mean_length) * (y - mean_odds)
        for w, x, y in zip(weights, lengths, odds, strict=True)
    )
    alone = sum(w * (x - mean_length) ** 2 for w, x in zip(weights, lengths, strict=True))
    return (together + _SLOPE_VIDEOS * _USUAL_SLOPE) / (alone + _SLOPE_VIDEOS)


def _spread(
    videos: Sequence[Watched], weights: Sequence[float], expected: Sequence[float], usual: float
) -> float:
    """The variance between videos of one length, beyond what chance alone makes of their views."""
    beyond = [
        (_hold(video) - share) ** 2 - WITHIN * share * (1 - share) / video.views
        for video, share in zip(videos, expected, strict=True)
    ]
    count = len(videos)
    seen = count * max(0.0, _mean(beyond, weights))
    return (seen + _SPREAD_VIDEOS * _USUAL_SPREAD * usual) / (count + _SPREAD_VIDEOS)


def _score(video: Watched, expected: float, usual: float, spread: float) -> Score:
    views = video.views
    prior_views = WITHIN * expected * (1 - expected) / spread
    hold = (views * _hold(video) + prior_views * expected) / (views + prior_views)
    scale = usual / sqrt(spread)
    z = (_logit(hold) - _logit(expected)) * scale
    sd = sqrt(WITHIN / ((views + prior_views) * hold * (1 - hold))) * scale
    return Score(
        score=min(99.0, max(1.0, 100 * _normal_below(z))),
        low=100 * _normal_below(z - _Z90 * sd),
        high=100 * _normal_below(z + _Z90 * sd),
        confidence=views / (views + prior_views),
        expected_hold=expected,
    )


def _hold(video: Watched) -> float:
    """Platforms count what is watched twice, so that more than all of it may seem watched."""
    return min(video.hold, 1.0)


def _mean(values: Sequence[float], weights: Sequence[float]) -> float:
    return sum(w * value for w, value in zip(weights, values, strict=True)) / sum(weights)


def _logit(share: float) -> float:
    return log(share / (1 - share))


def _logistic(odds: float) -> float:
    return 1 / (1 + exp(-odds))


def _normal_below(z: float) -> float:
    return (1 + erf(z / sqrt(2))) / 2
