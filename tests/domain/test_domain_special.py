"""Beta distributions against SciPy's."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import special, stats

from sentinel_tui.domain.stats.special import (
    beta_below,
    beta_quantile,
    digamma,
    log_gamma,
    trigamma,
)

POSITIVE = np.geomspace(1e-3, 1e6, 500)


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        (log_gamma, special.gammaln),
        (digamma, special.digamma),
        (trigamma, lambda x: special.polygamma(1, x)),
    ],
)
def test_the_gamma_functions_are_those_of_scipy(ours, theirs):
    expected = theirs(POSITIVE)
    assert np.max(np.abs(ours(POSITIVE) - expected) / (1 + np.abs(expected))) < 1e-11


def test_the_incomplete_beta_function_is_that_of_scipy():
    random = np.random.default_rng(7)
    a, b = np.exp(random.uniform(-3, 8, (2, 2_000)))
    x = np.append(random.uniform(0, 1, 1_998), [0.0, 1.0])
    assert np.max(np.abs(beta_below(x, a, b) - stats.beta.cdf(x, a, b))) < 1e-10


@pytest.mark.parametrize("share", [0.05, 0.5, 0.95])
def test_the_quantiles_are_those_of_scipy(share):
    random = np.random.default_rng(8)
    a, b = np.exp(random.uniform(-1, 7, (2, 1_000)))
    assert np.max(np.abs(beta_quantile(share, a, b) - stats.beta.ppf(share, a, b))) < 1e-9
