"""The difference that belonging to a group makes, with what else differs taken out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sentinel_tui.domain.stats.special import beta_below

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

_HIGHEST_LEVERAGE = 0.999


@dataclass(frozen=True, slots=True)
class Difference:
    """The difference between those inside a group and those outside.

    Attributes:
        value: By how much the outcome is higher inside.
        error: Its standard error.
        p: How likely so much is by chance alone, on either side.
    """

    value: float
    error: float
    p: float


def difference(outcome: Floats, inside: Floats, others: Floats) -> Difference:
    """The coefficient of a group in a least-squares fit.

    Its error is robust against unequal scatter (HC3; MacKinnon & White 1985).

    Args:
        outcome: One value for each member.
        inside: 1 for members of the group, 0 for others.
        others: What else may matter, a column each; no constant.
    """
    import numpy as np

    columns = np.column_stack([inside, np.ones(len(outcome)), others])
    inverse = np.linalg.pinv(columns.T @ columns)
    coefficients = inverse @ columns.T @ outcome
    left = outcome - columns @ coefficients
    leverage = np.einsum("ij,jk,ik->i", columns, inverse, columns)
    weighted = columns * (left / (1 - np.minimum(leverage, _HIGHEST_LEVERAGE)))[:, None]
    error = float(np.sqrt((inverse @ (weighted.T @ weighted) @ inverse)[0, 0]))
    freedom = max(1, len(outcome) - columns.shape[1])
    return Difference(float(coefficients[0]), error, _two_sided(coefficients[0] / error, freedom))


def shuffled_difference(
    outcome: Floats, inside: Floats, strata: Floats, shuffles: int, seed: int
) -> Difference:
    """The mean difference, judged by shuffling who belongs to the group within strata.

    For few members, where a fit would have more freedom than data.

    Args:
        outcome: One value for each member.
        inside: 1 for members of the group, 0 for others.
        strata: A number for each; only members of the same stratum change places.
        shuffles: How many times; the smallest p is 1 / (shuffles + 1).
        seed: Decides the shuffles, so that the same question has the same answer.
    """
    import numpy as np

    random = np.random.default_rng(seed)
    centred = outcome - _stratum_means(outcome, strata)
    seen = _gap(centred, inside)
    order = np.argsort(strata, kind="stable")
    labels, values = inside[order], centred[order]
    starts = np.flatnonzero(np.diff(strata[order], prepend=np.nan))
    luck = np.empty(shuffles)
    for number in range(shuffles):
        mixed = [random.permutation(part) for part in np.split(labels, starts[1:])]
        luck[number] = _gap(values, np.concatenate(mixed))
    p = (1 + np.count_nonzero(np.abs(luck) >= abs(seen) - 1e-12)) / (shuffles + 1)
    return Difference(float(seen), float(np.std(luck)), float(p))


def spline(values: Floats, knots: int = 2) -> Floats:
    """Columns that let a fit bend with a quantity: the quantity, and its rise beyond each knot.

    Knots lie at quantiles, and where too few values differ there are fewer columns.
    """
    import numpy as np

    places = np.unique(np.quantile(values, np.linspace(0, 1, knots + 2)[1:-1]))
    inner = places[(places > values.min()) & (places < values.max())]
    return np.column_stack([values, *(np.maximum(values - knot, 0) for knot in inner)])


def _stratum_means(outcome: Floats, strata: Floats) -> Floats:
    import numpy as np

    _, place = np.unique(strata, return_inverse=True)
    return np.asarray((np.bincount(place, outcome) / np.bincount(place))[place])


def _gap(values: Floats, inside: Floats) -> float:
    within = inside > 0
    return float(values[within].mean() - values[~within].mean())


def _two_sided(t: float, freedom: int) -> float:
    """Student's distribution by way of the incomplete beta function."""
    import numpy as np

    share = np.array([freedom / (freedom + t * t)])
    return float(beta_below(share, np.array([freedom / 2]), np.array([0.5]))[0])
