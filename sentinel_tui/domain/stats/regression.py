"""The differences that belonging to groups makes, with what else differs taken out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sentinel_tui.domain.stats.special import beta_below

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Integers = NDArray[np.int64]

_HIGHEST_LEVERAGE = 0.999
_LEAST_LEFT = 1e-6
"""A group of which the rest leaves less than this share to itself cannot be told from the rest."""
_LEAST_ERROR = 1e-9
"""Outcomes that scatter less are all the same, and what seems to be left is rounding."""


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


def differences(
    outcome: Floats, groups: Floats, others: Floats, witnesses: Integers
) -> list[Difference | None]:
    """The coefficient of each group in a least-squares fit of its own.

    What else matters is taken out of the outcome and of the groups first, once for all groups,
    which leaves their coefficients as they are (Frisch & Waugh 1933, Lovell 1963). Errors are
    robust against unequal scatter (HC3; MacKinnon & White 1985), and members who tell of the same
    thing count as one witness, with the leverage of all of them (Bell & McCaffrey 2002).

    Args:
        outcome: One value for each member.
        groups: A column for each group, 1 for its members and 0 for others.
        others: What else may matter, a column each; no constant.
        witnesses: A number for each member; those who share it are not independent.

    Returns:
        A difference for each group, or None where the rest tells all about who belongs to it
        or the outcome is the same for all.
    """
    import numpy as np

    basis = _basis(np.column_stack([np.ones(len(outcome)), others]))
    _, place = np.unique(witnesses, return_inverse=True)
    left = outcome - basis @ (basis.T @ outcome)
    own = groups - basis @ (basis.T @ groups)
    weight = np.einsum("ij,ij->j", own, own)
    known = weight > _LEAST_LEFT * np.einsum("ij,ij->j", groups, groups)
    own, weight = own[:, known], weight[known]
    values = own.T @ left / weight
    leverage = _sums((basis**2).sum(axis=1)[:, None] + own**2 / weight, place)
    pull = _sums(own * (left[:, None] - own * values), place)
    pull /= 1 - np.minimum(leverage, _HIGHEST_LEVERAGE)
    errors = np.sqrt((pull**2).sum(axis=0)) / weight
    freedom = max(1, len(pull) - basis.shape[1] - 1)
    p = _two_sided(values / np.maximum(errors, np.finfo(float).tiny), freedom)
    return _in_place(known, values, errors, p)


def shuffled_differences(
    outcome: Floats, groups: Floats, strata: Floats, shuffles: int, seed: int
) -> list[Difference | None]:
    """The mean difference within strata, judged by shuffling who had which outcome within them.

    For few members, where a fit would have more freedom than data.

    Args:
        outcome: One value for each member.
        groups: A column for each group, 1 for its members and 0 for others.
        strata: A number for each member; only those of the same stratum change places.
        shuffles: How many times; the smallest p is 1 / (shuffles + 1).
        seed: Decides the shuffles, so that the same question has the same answer.

    Returns:
        A difference for each group, or None where no stratum has members inside and outside
        or the outcome is the same for all.
    """
    import numpy as np

    order = np.argsort(strata, kind="stable")
    _, place = np.unique(strata[order], return_inverse=True)
    values, inside = _centred(outcome[order, None], place)[:, 0], _centred(groups[order], place)
    weight = np.einsum("ij,ij->j", inside, inside)
    known = weight > _LEAST_LEFT
    contrasts = inside[:, known] / weight[known]
    keys = np.random.default_rng(seed).random((shuffles, len(values)))
    luck = values[np.argsort(place + keys, axis=1)] @ contrasts
    seen = values @ contrasts
    beyond = np.count_nonzero(np.abs(luck) >= np.abs(seen) - 1e-12, axis=0)
    return _in_place(known, seen, np.std(luck, axis=0), (1 + beyond) / (shuffles + 1))


def unexplained(outcome: Floats, others: Floats) -> Floats:
    """What a least-squares fit by other causes leaves of an outcome.

    Args:
        outcome: One value for each member.
        others: What may matter, a column each; no constant.
    """
    import numpy as np

    basis = _basis(np.column_stack([np.ones(len(outcome)), others]))
    return np.asarray(outcome - basis @ (basis.T @ outcome))


def spline(values: Floats, knots: int = 2) -> Floats:
    """Columns that let a fit bend with a quantity: the quantity, and its rise beyond each knot.

    Knots lie at quantiles, and where too few values differ there are fewer columns.
    """
    import numpy as np

    places = np.unique(np.quantile(values, np.linspace(0, 1, knots + 2)[1:-1]))
    inner = places[(places > values.min()) & (places < values.max())]
    return np.column_stack([values, *(np.maximum(values - knot, 0) for knot in inner)])


def _basis(columns: Floats) -> Floats:
    """Orthogonal columns for the same space; columns that say nothing new are left out."""
    import numpy as np

    directions, sizes, _ = np.linalg.svd(columns, full_matrices=False)
    return np.asarray(directions[:, sizes > sizes[0] * len(columns) * np.finfo(float).eps])


def _sums(rows: Floats, place: Integers) -> Floats:
    """The sums of the rows of each place."""
    import numpy as np

    order = np.argsort(place, kind="stable")
    starts = np.flatnonzero(np.diff(place[order], prepend=-1))
    return np.asarray(np.add.reduceat(rows[order], starts, axis=0))


def _centred(columns: Floats, place: Integers) -> Floats:
    """Columns less the mean of each place."""
    import numpy as np

    return np.asarray(columns - (_sums(columns, place) / np.bincount(place)[:, None])[place])


def _in_place(
    known: NDArray[np.bool_], values: Floats, errors: Floats, p: Floats
) -> list[Difference | None]:
    found = (Difference(*map(float, row)) for row in zip(values, errors, p, strict=True))
    differences = (next(found) if one else None for one in known)
    return [one if one is not None and one.error > _LEAST_ERROR else None for one in differences]


def _two_sided(t: Floats, freedom: int) -> Floats:
    """Student's distribution by way of the incomplete beta function."""
    import numpy as np

    return beta_below(freedom / (freedom + t * t), np.array(freedom / 2), np.array(0.5))
