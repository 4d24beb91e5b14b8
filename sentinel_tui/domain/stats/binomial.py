"""The binomial distribution: how likely a share is by chance."""

from __future__ import annotations

from math import exp, lgamma, log


def at_least(hits: int, total: int, share: float) -> float:
    """How likely so many hits, or more, are by chance.

    Two counts of events in stretches of different length are compared by it: if nothing changed,
    each event falls into the later stretch with that stretch's share of the time.

    Args:
        hits: How many there were,
        total: of so many.
        share: How likely each is to be a hit, above 0 and below 1.

    Raises:
        ValueError: There are more hits than there can be, or the share is no probability.
    """
    if not (0 <= hits <= total and 0 < share < 1):
        raise ValueError("hits must be part of the total, and their share between 0 and 1")
    return min(1.0, sum(_exactly(number, total, share) for number in range(hits, total + 1)))


def _exactly(hits: int, total: int, share: float) -> float:
    ways = lgamma(total + 1) - lgamma(hits + 1) - lgamma(total - hits + 1)
    return exp(ways + hits * log(share) + (total - hits) * log(1 - share))
