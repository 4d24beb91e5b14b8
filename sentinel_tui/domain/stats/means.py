"""Means of few, judged by the company they keep: the normal model.

Each value is a true one with an error of known size; the true ones scatter about a mean by a
variance that is learnt from all of them (empirical Bayes; Paule & Mandel 1982), mixed with what is
usual where few speak.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

_HALVINGS = 60


@dataclass(frozen=True, slots=True)
class Mean:
    """A mean, as far as it may be believed.

    Attributes:
        value: The best estimate.
        sd: How far off it may be.
        reliability: How much of it is its own data, 0 to 1.
    """

    value: float
    sd: float
    reliability: float


def believed(
    values: Sequence[float], variances: Sequence[float], usual: float, weight: float
) -> list[Mean]:
    """Each of a group's means, drawn to their common one by as much as its error calls for.

    Args:
        values: One for each member.
        variances: Of the error of each, positive.
        usual: The variance between members that is usual elsewhere, positive.
        weight: How many members that is worth, positive.
    """
    import numpy as np

    if not values:
        return []
    x, v = np.asarray(values, dtype=float), np.asarray(variances, dtype=float)
    between = (len(x) * _variance_between(x, v) + weight * usual) / (len(x) + weight)
    weights = 1 / (v + between)
    common = float((weights * x).sum() / weights.sum())
    share = between / (between + v)
    columns = (common + share * (x - common), np.sqrt(share * v), share)
    return [Mean(*map(float, row)) for row in zip(*columns, strict=True)]


def _variance_between(x: Floats, v: Floats) -> float:
    """The variance at which the values scatter about their mean as much as they should."""
    low, high = 0.0, float(x.max() - x.min()) ** 2
    if _scatter(x, v, low) <= len(x) - 1:
        return 0.0
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        beyond = _scatter(x, v, middle) > len(x) - 1
        low, high = (middle, high) if beyond else (low, middle)
    return (low + high) / 2


def _scatter(x: Floats, v: Floats, between: float) -> float:
    weights = 1 / (v + between)
    mean = (weights * x).sum() / weights.sum()
    return float((weights * (x - mean) ** 2).sum())
