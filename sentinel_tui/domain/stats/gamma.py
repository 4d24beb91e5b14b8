"""The gamma distribution: how sure a rate is that was learnt from a count of events.

The regularised incomplete gamma function by its series below the mean and by its continued fraction
above it (Press et al., Numerical Recipes, §6.2); quantiles by Newton's method from the
approximation of Wilson and Hilferty (1931).
"""

from __future__ import annotations

from functools import lru_cache
from math import exp, inf, lgamma, log, sqrt
from statistics import NormalDist

_PRECISION = 1e-12
_LONGEST_STEP = 20.0
"""Further than this in log x Newton's method leads astray."""
_QUANTILE_PRECISION = 1e-10
_TINY = 1e-300


def share_below(x: float, shape: float) -> float:
    """How likely a gamma variable of scale 1 is at most `x`.

    Raises:
        ValueError: The shape is not positive.
    """
    if shape <= 0:
        raise ValueError("the shape of a gamma distribution is positive")
    if x <= 0:
        return 0.0
    if x == inf:
        return 1.0
    front = exp(shape * log(x) - x - lgamma(shape))
    if x < shape + 1:
        return min(1.0, front * _series(x, shape))
    return max(0.0, 1.0 - front * _fraction(x, shape))


@lru_cache(maxsize=1_024)  # counts repeat themselves, hour after hour
def quantile(share: float, shape: float) -> float:
    """The value that a gamma variable of scale 1 stays below with a given probability.

    Args:
        share: The probability, above 0 and below 1.
        shape: The shape of the distribution.

    Raises:
        ValueError: The share or the shape is out of range.
    """
    if not 0 < share < 1:
        raise ValueError("a quantile belongs to a share between 0 and 1")
    x = _first_guess(share, shape)
    low, high = 0.0, inf
    while True:
        off = share_below(x, shape) - share
        low, high = (low, x) if off > 0 else (x, high)
        # Newton's step is taken in log x, where the slope cannot overflow.
        slope = exp(shape * log(x) - x - lgamma(shape))
        nearer = x * exp(-off / slope) if abs(off) < _LONGEST_STEP * slope else inf
        if not low < nearer < high:
            nearer = (low + high) / 2 if high < inf else 2 * x
        if abs(nearer - x) <= _QUANTILE_PRECISION * x or nearer < _TINY:
            return nearer
        x = nearer


def _first_guess(share: float, shape: float) -> float:
    spread = 1 / (9 * shape)
    root = 1 - spread + NormalDist().inv_cdf(share) * sqrt(spread)
    if root > 0.1:
        return shape * root**3
    # Near zero the distribution is a power: P(x) = x^a / (a Γ(a)).
    return max(_TINY, exp((log(share) + lgamma(shape + 1)) / shape))


def _series(x: float, shape: float) -> float:
    term = total = 1 / shape
    number = 0
    while term > total * _PRECISION:
        number += 1
        term *= x / (shape + number)
        total += term
    return total


def _fraction(x: float, shape: float) -> float:
    b = x + 1 - shape
    c, d = 1 / _TINY, 1 / b
    value, number, change = d, 0, 0.0
    while abs(change - 1) > _PRECISION:
        number += 1
        factor = -number * (number - shape)
        b += 2
        d = 1 / _away_from_zero(factor * d + b)
        c = _away_from_zero(b + factor / c)
        change = d * c
        value *= change
    return value


def _away_from_zero(x: float) -> float:
    return x if abs(x) > _TINY else _TINY
