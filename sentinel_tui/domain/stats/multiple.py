"""Many questions at once: what is still worth saying when so much was asked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import erf, log, sqrt

_PSEUDO_QUESTIONS = 10.0
_PSEUDO_VARIANCE = 0.25**2
"""What effects on a logarithmic scale are usually like, as strong as ten questions."""
_ROUNDS = 60
_WORTH_SAYING = log(1.1)


@dataclass(frozen=True, slots=True)
class Shrunk:
    """An effect on a logarithmic scale, as far as it may be believed.

    Attributes:
        value: The effect; 0 is none.
        sd: How far off it may be.
        confidence: The chance that it is larger than a tenth in the direction stated.
    """

    value: float
    sd: float
    confidence: float


def false_discovery(p: Sequence[float]) -> list[float]:
    """The least false discovery rate at which each question would be among the findings.

    Benjamini and Hochberg 1995.

    Args:
        p: The p-value of every question that was asked, the dull ones too.
    """
    q = [1.0] * len(p)
    least = 1.0
    for rank, place in sorted(
        enumerate(sorted(range(len(p)), key=p.__getitem__), start=1), reverse=True
    ):
        least = min(least, p[place] * len(p) / rank)
        q[place] = least
    return q


def shrink(effects: Sequence[float], errors: Sequence[float]) -> list[Shrunk]:
    """Effects of one family, drawn to nothing by as much as the family's spread suggests.

    The largest of many effects is large by luck as well; this takes the luck out. The variance
    between effects is Paule and Mandel's (1982), mixed with what is usual.

    Args:
        effects: On a logarithmic scale.
        errors: Their standard errors, positive.
    """
    count = len(effects)
    own = _variance_between(effects, errors) if count > 1 else 0.0
    between = (count * own + _PSEUDO_QUESTIONS * _PSEUDO_VARIANCE) / (count + _PSEUDO_QUESTIONS)
    found = []
    for effect, error in zip(effects, errors, strict=True):
        belief = between / (between + error**2)
        value, sd = belief * effect, sqrt(belief) * error
        found.append(Shrunk(value, sd, _below((abs(value) - _WORTH_SAYING) / sd)))
    return found


def _variance_between(effects: Sequence[float], errors: Sequence[float]) -> float:
    """The variance at which the effects scatter about their mean as much as they should."""
    low, high = 0.0, max(effect**2 for effect in effects) * 4 + 1e-12
    if _scatter(effects, errors, low) <= len(effects) - 1:
        return 0.0
    for _ in range(_ROUNDS):
        middle = (low + high) / 2
        beyond = _scatter(effects, errors, middle) > len(effects) - 1
        low, high = (middle, high) if beyond else (low, middle)
    return (low + high) / 2


def _scatter(effects: Sequence[float], errors: Sequence[float], between: float) -> float:
    weights = [1 / (error**2 + between) for error in errors]
    mean = sum(w * effect for w, effect in zip(weights, effects, strict=True)) / sum(weights)
    return sum(w * (effect - mean) ** 2 for w, effect in zip(weights, effects, strict=True))


def _below(z: float) -> float:
    return (1 + erf(z / sqrt(2))) / 2
