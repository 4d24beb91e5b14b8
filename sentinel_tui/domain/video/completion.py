"""How many views reach the end, as far as a video's few views can tell."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

from sentinel_tui.domain.stats.shrinkage import Beta, Share, fit_beta, posterior

_BUCKET_EDGES_S = (60.0, 300.0, 900.0)
_LEAST_VIDEOS = 8
_PRIOR_WITHOUT_VIDEOS = Beta(1.0, 4.0)


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


def completions(videos: Sequence[Reached]) -> list[Share]:
    """The completion of a library's videos, in their order, with intervals of 90 %.

    A video is completed by what is known of those of its length: up to 1, 5 and 15 minutes, and
    above. With fewer than eight of them the whole library speaks, and with fewer than eight in
    that, a cautious guess.
    """
    found: list[Share | None] = [None] * len(videos)
    whole = _prior(videos, _PRIOR_WITHOUT_VIDEOS)
    for bucket in range(len(_BUCKET_EDGES_S) + 1):
        places = [n for n, video in enumerate(videos) if bucket_of(video.length_s) == bucket]
        members = [videos[place] for place in places]
        prior = _prior(members, whole)
        shares = posterior(
            prior, [one.completed for one in members], [one.views for one in members]
        )
        for place, share in zip(places, shares, strict=True):
            found[place] = share
    return [share for share in found if share is not None]


def bucket_of(length_s: float) -> int:
    """The class of a length: up to 1, 5 and 15 minutes, and above."""
    return bisect_right(_BUCKET_EDGES_S, length_s)


def _prior(videos: Sequence[Reached], otherwise: Beta) -> Beta:
    if len(videos) < _LEAST_VIDEOS:
        return otherwise
    return fit_beta([video.completed for video in videos], [video.views for video in videos])
