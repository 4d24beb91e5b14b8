"""Shares of few, judged by the company they keep: the beta-binomial model.

What little is known of one is completed by what is known of all: k of n is taken as drawn with a
share that is itself drawn from a beta distribution, which is fitted to the whole group by its
marginal likelihood (empirical Bayes; Casella 1985).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sentinel_tui.domain.stats.special import beta_quantile, digamma, log_gamma, trigamma

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

_SMALLEST_STEP = 1e-9
_WORTH_A_STEP = 1e-9
_SMALLEST_LOG, _LARGEST_LOG = -1.6, 9.0
"""Parameters stay between 0.2 and 8,000: a group without any spread has no largest one."""


@dataclass(frozen=True, slots=True)
class Beta:
    """A beta distribution of shares."""

    a: float
    b: float

    @property
    def mean(self) -> float:
        """The share it expects."""
        return self.a / (self.a + self.b)

    @property
    def strength(self) -> float:
        """How many observations it is worth."""
        return self.a + self.b


@dataclass(frozen=True, slots=True)
class Share:
    """A share, as far as it is known.

    Attributes:
        value: The best estimate.
        low: It lies above this with 95 %.
        high: It lies below this with 95 %.
        reliability: How much of the estimate is its own data, 0 to 1.
    """

    value: float
    low: float
    high: float
    reliability: float


def fit_beta(successes: Sequence[int], trials: Sequence[int]) -> Beta:
    """The distribution of shares that best explains a group.

    Newton's method on the logarithms of both parameters.

    Raises:
        ValueError: The group is empty, or more succeeded than were tried.
    """
    import numpy as np

    k, n = np.asarray(successes, dtype=float), np.asarray(trials, dtype=float)
    if not len(n) or np.any(k < 0) or np.any(k > n):
        raise ValueError("shares need at least one group, with no more successes than trials")
    at = np.clip(np.log(_first_guess(k, n)), _SMALLEST_LOG, _LARGEST_LOG)
    value = _log_likelihood(at, k, n)
    while (better := _climb(at, value, k, n)) is not None:
        at, value = better
    a, b = np.exp(at)
    return Beta(float(a), float(b))


def posterior(
    priors: Sequence[Beta], successes: Sequence[int], trials: Sequence[int]
) -> list[Share]:
    """Each share, given what is known of the group it belongs to; intervals hold 90 %.

    Args:
        priors: Of each share, how the shares of its group are distributed.
        successes: How often each succeeded,
        trials: of so many times that it was tried.
    """
    import numpy as np

    k, n = np.asarray(successes, dtype=float), np.asarray(trials, dtype=float)
    a = k + np.array([prior.a for prior in priors])
    b = n - k + np.array([prior.b for prior in priors])
    low, high = beta_quantile(np.array([[0.05], [0.95]]), a, b)
    columns = (a / (a + b), low, high, n / (a + b))
    return [Share(*map(float, row)) for row in zip(*columns, strict=True)]


def _climb(at: Floats, value: float, k: Floats, n: Floats) -> tuple[Floats, float] | None:
    """The next, more likely parameters; None at the top."""
    import numpy as np

    step = _newton_step(at, k, n)
    while np.max(np.abs(step)) > _SMALLEST_STEP:
        trial = np.clip(at + step, _SMALLEST_LOG, _LARGEST_LOG)
        if (likelier := _log_likelihood(trial, k, n)) > value + _WORTH_A_STEP:
            return trial, likelier
        step = step / 2
    return None


def _first_guess(k: Floats, n: Floats) -> Floats:
    import numpy as np

    mean = (k.sum() + 0.5) / (n.sum() + 1)
    return np.array([mean * 5, (1 - mean) * 5])


def _log_likelihood(at: Floats, k: Floats, n: Floats) -> float:
    import numpy as np

    a, b = np.exp(at)
    each = log_gamma(k + a) + log_gamma(n - k + b) - log_gamma(n + a + b)
    none = log_gamma(np.array([a, b, a + b]))
    return float(np.sum(each) - len(n) * (none[0] + none[1] - none[2]))


def _newton_step(at: Floats, k: Floats, n: Floats) -> Floats:
    """Towards the maximum; along the slope where the surface is not curved downwards."""
    import numpy as np

    a, b = np.exp(at)
    count = len(n)
    whole = count * digamma(np.array([a + b]))[0] - digamma(n + a + b).sum()
    slope = np.array(
        [
            a * (digamma(k + a).sum() - count * digamma(np.array([a]))[0] + whole),
            b * (digamma(n - k + b).sum() - count * digamma(np.array([b]))[0] + whole),
        ]
    )
    bend = count * trigamma(np.array([a + b]))[0] - trigamma(n + a + b).sum()
    bend_a = trigamma(k + a).sum() - count * trigamma(np.array([a]))[0] + bend
    bend_b = trigamma(n - k + b).sum() - count * trigamma(np.array([b]))[0] + bend
    curve = np.array(
        [[a * a * bend_a + slope[0], a * b * bend], [a * b * bend, b * b * bend_b + slope[1]]]
    )
    if np.all(np.linalg.eigvalsh(curve) < 0):
        return np.asarray(np.clip(-np.linalg.solve(curve, slope), -2, 2))
    return np.asarray(slope / max(1.0, float(np.max(np.abs(slope)))))
