"""Few observations are completed by the group they belong to."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import optimize, special

from sentinel_tui.domain.stats.shrinkage import Beta, fit_beta, posterior


def group(a, b, count, seed):
    random = np.random.default_rng(seed)
    trials = random.integers(1, 80, count)
    return random.binomial(trials, random.beta(a, b, count)), trials


@pytest.mark.parametrize(("a", "b"), [(2.0, 5.0), (1.0, 30.0), (20.0, 20.0)])
def test_the_fit_is_the_most_likely_one(a, b):
    k, n = group(a, b, 400, 3)

    def less_likely(at):
        first, second = np.exp(at)
        return -np.sum(special.betaln(first + k, second + n - k) - special.betaln(first, second))

    best = optimize.minimize(less_likely, [0.0, 0.0], method="Nelder-Mead")
    found = fit_beta(k.tolist(), n.tolist())
    assert less_likely(np.log([found.a, found.b])) <= best.fun + 1e-6
    assert found.mean == pytest.approx(a / (a + b), abs=0.03)


def test_a_group_without_spread_is_as_strong_as_it_may_be():
    assert fit_beta([50] * 200, [100] * 200).strength > 1_000


@pytest.mark.parametrize(("k", "n"), [([], []), ([3], [2]), ([-1], [2])])
def test_no_group_or_an_impossible_one_is_refused(k, n):
    with pytest.raises(ValueError, match="shares need"):
        fit_beta(k, n)


def test_much_is_believed_and_little_is_drawn_to_the_group():
    prior = Beta(10.0, 30.0)
    little, much = posterior([prior] * 2, [2, 800], [2, 1_000])
    assert prior.mean < little.value < 0.35
    assert 0.75 < much.value < 0.8
    assert little.reliability < 0.1
    assert much.reliability > 0.9


@settings(max_examples=25)
@given(st.lists(st.tuples(st.integers(0, 500), st.integers(0, 500)), min_size=1, max_size=12))
def test_every_share_lies_in_its_interval(pairs):
    k = [min(pair) for pair in pairs]
    n = [max(pair) for pair in pairs]
    for share in posterior([fit_beta(k, n)] * len(k), k, n):
        assert 0 <= share.low <= share.value <= share.high <= 1
        assert 0 <= share.reliability <= 1
