"""The functions behind beta distributions, for whole arrays at once.

NumPy has none of them, and SciPy is three times its size. Each is exact to about 1e-10, which the
tests hold against SciPy.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

_SHIFT = 10
"""Arguments are moved up by this much, where the asymptotic series are exact enough."""
_EXACT_ENOUGH = 1e-14
_MOST_STEPS = 200
_NEAR_ENOUGH = 1e-10
_TINY = 1e-300


def log_gamma(x: Floats) -> Floats:
    """The logarithm of the gamma function, for positive numbers.

    Stirling's series (Abramowitz & Stegun 6.1.41) above ten, and the recurrence down from there.
    """
    import numpy as np

    high = x + _SHIFT
    inverse = 1 / high
    square = inverse * inverse
    series = inverse * (1 / 12 - square * (1 / 360 - square * (1 / 1260 - square / 1680)))
    below = sum(np.log(x + step) for step in range(_SHIFT))
    return np.asarray((high - 0.5) * np.log(high) - high + 0.5 * np.log(2 * np.pi) + series - below)


def digamma(x: Floats) -> Floats:
    """The derivative of `log_gamma` (Abramowitz & Stegun 6.3.18)."""
    import numpy as np

    high = x + _SHIFT
    square = 1 / (high * high)
    series = square * (1 / 12 - square * (1 / 120 - square * (1 / 252 - square / 240)))
    below = sum(1 / (x + step) for step in range(_SHIFT))
    return np.asarray(np.log(high) - 0.5 / high - series - below)


def trigamma(x: Floats) -> Floats:
    """The second derivative of `log_gamma` (Abramowitz & Stegun 6.4.12)."""
    import numpy as np

    high = x + _SHIFT
    inverse = 1 / high
    square = inverse * inverse
    series = square * inverse * (1 / 6 - square * (1 / 30 - square * (1 / 42 - square / 30)))
    below = sum(1 / (x + step) ** 2 for step in range(_SHIFT))
    return np.asarray(inverse + 0.5 * square + series + below)


def beta_below(x: Floats, a: Floats, b: Floats) -> Floats:
    """The probability that a beta-distributed share lies below `x`: the incomplete beta function.

    Lentz's continued fraction (Press et al., Numerical Recipes, 6.4), on whichever side of the
    mean it converges quickly.

    Args:
        x: Shares between 0 and 1.
        a: The first parameters, positive.
        b: The second ones.
    """
    import numpy as np

    x, a, b = np.broadcast_arrays(*(np.asarray(one, dtype=float) for one in (x, a, b)))
    mirrored = x > (a + 1) / (a + b + 2)
    first, second = np.where(mirrored, b, a), np.where(mirrored, a, b)
    at = np.clip(np.where(mirrored, 1 - x, x), 0.0, 1.0)
    inside = np.clip(at, _TINY, 1 - 1e-16)
    front = np.exp(
        first * np.log(inside)
        + second * np.log1p(-inside)
        - (log_gamma(first) + log_gamma(second) - log_gamma(first + second))
    )
    below = front * _fraction(inside, first, second) / first
    below = np.where(at <= 0, 0.0, np.where(at >= 1, 1.0, below))
    return np.asarray(np.where(mirrored, 1 - below, below))


def _fraction(x: Floats, a: Floats, b: Floats) -> Floats:
    import numpy as np

    c = np.ones_like(x)
    d = 1 / _away_from_zero(1 - (a + b) * x / (a + 1))
    value = d.copy()
    change, m = np.zeros_like(x), 0
    while np.any(np.abs(change - 1) > _EXACT_ENOUGH):
        m += 1
        even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
        odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
        for term in (even, odd):
            d = 1 / _away_from_zero(1 + term * d)
            c = _away_from_zero(1 + term / c)
            value = value * (change := d * c)
    return value


def _away_from_zero(x: Floats) -> Floats:
    import numpy as np

    return np.asarray(np.where(np.abs(x) < _TINY, _TINY, x))


def beta_quantile(share: float | Floats, a: Floats, b: Floats) -> Floats:
    """The value below which `share` of a beta distribution lies.

    By Newton's steps, and by halving wherever one of them would leave what is left to search.

    Args:
        share: Between 0 and 1, such as 0.05.
        a: The first parameters, positive.
        b: The second ones.
    """
    import numpy as np

    share, a, b = np.broadcast_arrays(*(np.asarray(one, dtype=float) for one in (share, a, b)))
    low, high = np.zeros_like(a), np.ones_like(a)
    normed = log_gamma(a) + log_gamma(b) - log_gamma(a + b)
    at, last = a / (a + b), np.full_like(a, np.inf)
    for _ in range(_MOST_STEPS):
        if np.all(np.abs(at - last) <= _NEAR_ENOUGH):
            break
        off = beta_below(at, a, b) - share
        high, low = np.where(off > 0, at, high), np.where(off > 0, low, at)
        inside = np.clip(at, _TINY, 1 - 1e-16)
        density = np.exp((a - 1) * np.log(inside) + (b - 1) * np.log1p(-inside) - normed)
        trial = at - off / np.maximum(density, _TINY)
        last, at = at, np.where((trial > low) & (trial < high), trial, (low + high) / 2)
    return np.asarray(at)
