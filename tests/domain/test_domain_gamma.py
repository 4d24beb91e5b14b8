"""The gamma and binomial distributions, against what is known of them exactly."""

from __future__ import annotations

from math import comb, erf, exp, factorial, inf, sqrt

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from sentinel_tui.domain.stats.binomial import at_least
from sentinel_tui.domain.stats.gamma import quantile, share_below


class TestShareBelow:
    @given(st.floats(0, 60), st.integers(1, 40))
    def test_a_whole_shape_counts_poisson_events(self, x: float, shape: int) -> None:
        fewer = sum(exp(-x) * x**n / factorial(n) for n in range(shape))
        assert share_below(x, shape) == pytest.approx(1 - fewer, abs=1e-9)

    @given(st.floats(0, 30))
    def test_the_shape_of_a_half_is_a_squared_normal(self, x: float) -> None:
        assert share_below(x, 0.5) == pytest.approx(erf(sqrt(x)), abs=1e-9)

    @pytest.mark.parametrize(("x", "share"), [(-1.0, 0.0), (0.0, 0.0), (inf, 1.0)])
    def test_its_ends(self, x: float, share: float) -> None:
        assert share_below(x, 2.0) == share

    def test_a_shape_that_is_none_is_refused(self) -> None:
        with pytest.raises(ValueError, match="shape"):
            share_below(1.0, 0.0)


class TestQuantile:
    @given(st.floats(0.001, 0.999), st.floats(0.1, 1e5))
    def test_it_is_the_way_back(self, share: float, shape: float) -> None:
        assert share_below(quantile(share, shape), shape) == pytest.approx(share, abs=1e-7)

    def test_what_is_too_small_to_matter_is_as_good_as_nothing(self) -> None:
        assert quantile(1e-9, 0.01) < 1e-200

    @pytest.mark.parametrize("share", [0.0, 1.0])
    def test_certainty_has_no_quantile(self, share: float) -> None:
        with pytest.raises(ValueError, match="between 0 and 1"):
            quantile(share, 1.0)


class TestAtLeast:
    @given(st.integers(0, 40), st.integers(0, 40), st.floats(0.01, 0.99))
    def test_it_is_the_sum_of_what_can_happen(self, hits: int, total: int, share: float) -> None:
        assume(hits <= total)
        exact = sum(
            comb(total, n) * share**n * (1 - share) ** (total - n) for n in range(hits, total + 1)
        )
        assert at_least(hits, total, share) == pytest.approx(exact, rel=1e-9)

    @pytest.mark.parametrize(("hits", "total", "share"), [(2, 1, 0.5), (-1, 1, 0.5), (1, 1, 1.0)])
    def test_nonsense_is_refused(self, hits: int, total: int, share: float) -> None:
        with pytest.raises(ValueError, match="hits"):
            at_least(hits, total, share)
