"""Is it slower than before? A rank test of two windows, which no single outlier can sway.

Mann and Whitney's test with the normal approximation and the correction for ties (Mann & Whitney
1947; Lehmann, Nonparametrics, 1975), together with the ratio of medians, so that a difference must
be both certain and worth talking about.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from math import comb, sqrt
from statistics import median


@dataclass(frozen=True, slots=True)
class Comparison:
    """How a later window compares with an earlier one.

    Attributes:
        z: Standard deviations by which its ranks are higher than by chance; positive is slower.
        ratio: Its median divided by the earlier median.
    """

    z: float
    ratio: float


def compare(before: Sequence[float], after: Sequence[float]) -> Comparison:
    """Compare two windows of positive figures, such as latencies.

    Raises:
        ValueError: One of them is empty.
    """
    if not before or not after:
        raise ValueError("a comparison needs figures on both sides")
    count_before, count_after = len(before), len(after)
    total = count_before + count_after
    rank_sum, ties = _ranks(before, after)
    u = rank_sum - count_after * (count_after + 1) / 2
    variance = count_before * count_after / 12 * (total + 1 - ties / (total * (total - 1)))
    expected = count_before * count_after / 2
    z = (u - expected) / sqrt(variance) if variance > 0 else 0.0
    usual = median(before)
    return Comparison(z, median(after) / usual if usual > 0 else 1.0)


def fisher_more(bad_before: int, before: int, bad_after: int, after: int) -> float:
    """How likely it is by chance that the later looks hold so many bad ones, or more.

    Fisher's exact test, one-sided.

    Args:
        bad_before: Bad looks in the earlier window,
        before: of so many.
        bad_after: Bad looks in the later window,
        after: of so many.

    Raises:
        ValueError: More looks are bad than there are.
    """
    if not (0 <= bad_before <= before and 0 <= bad_after <= after):
        raise ValueError("more bad looks than looks")
    bad, total = bad_before + bad_after, before + after
    ways = comb(total, after)
    most = min(bad, after)
    return (
        sum(comb(bad, k) * comb(total - bad, after - k) for k in range(bad_after, most + 1)) / ways
    )


def _ranks(before: Sequence[float], after: Sequence[float]) -> tuple[float, float]:
    """The sum of the later window's ranks, and the term of the ties."""
    marked = sorted([(value, 0) for value in before] + [(value, 1) for value in after])
    rank, rank_sum, ties = 1, 0.0, 0.0
    for _, group in groupby(marked, key=lambda pair: pair[0]):
        members = [late for _, late in group]
        size = len(members)
        rank_sum += sum(members) * (rank + (size - 1) / 2)
        ties += size**3 - size
        rank += size
    return rank_sum, ties
