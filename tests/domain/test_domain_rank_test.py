"""The rank test and Fisher's: what they find, and how seldom they find what is not there."""

from __future__ import annotations

import random
from math import isclose

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sentinel_tui.domain.stats.rank_test import compare, fisher_more

figures = st.lists(st.floats(1, 1e4), min_size=1, max_size=30)


class TestCompare:
    def test_twice_as_slow_is_certain_and_large(self) -> None:
        luck = random.Random(1)  # noqa: S311 (play, not secrecy)
        before = [luck.lognormvariate(5, 0.3) for _ in range(200)]
        after = [2 * luck.lognormvariate(5, 0.3) for _ in range(20)]
        told = compare(before, after)
        assert told.z > 3.7
        assert told.ratio > 1.5

    def test_pure_noise_is_hardly_ever_certain(self) -> None:
        luck = random.Random(2)  # noqa: S311 (play, not secrecy)
        certain = 0
        for _ in range(1_000):
            figures = [luck.lognormvariate(5, 0.5) for _ in range(80)]
            certain += compare(figures[:60], figures[60:]).z > 3.1
        # One in a thousand by the normal distribution.
        assert certain <= 6

    @given(figures, figures)
    def test_the_other_way_round_is_the_opposite(
        self, one: list[float], other: list[float]
    ) -> None:
        assert isclose(compare(one, other).z, -compare(other, one).z, abs_tol=1e-9)

    @given(st.floats(1, 1e4), st.integers(1, 20), st.integers(1, 20))
    def test_equal_figures_differ_by_nothing(self, value: float, one: int, other: int) -> None:
        told = compare([value] * one, [value] * other)
        assert (told.z, told.ratio) == (0.0, 1.0)

    def test_a_window_of_zeros_has_no_ratio(self) -> None:
        assert compare([0.0, 0.0], [1.0, 2.0]).ratio == 1.0

    @pytest.mark.parametrize(("before", "after"), [([], [1.0]), ([1.0], [])])
    def test_nothing_cannot_be_compared(self, before: list[float], after: list[float]) -> None:
        with pytest.raises(ValueError, match="both sides"):
            compare(before, after)


class TestFisher:
    def test_the_tea_tasting_lady(self) -> None:
        # Fisher 1935: all four cups right by chance, one in seventy.
        assert isclose(fisher_more(0, 4, 4, 4), 1 / 70)

    def test_more_bad_ones_are_less_likely(self) -> None:
        told = [fisher_more(1, 60, bad, 20) for bad in range(8)]
        assert told[0] == 1.0
        assert told == sorted(told, reverse=True)

    @given(st.integers(0, 30), st.integers(0, 30), st.integers(0, 30), st.integers(0, 30))
    def test_it_is_a_probability(self, bad_a: int, good_a: int, bad_b: int, good_b: int) -> None:
        assert 0 <= fisher_more(bad_a, bad_a + good_a, bad_b, bad_b + good_b) <= 1 + 1e-9

    def test_more_bad_looks_than_looks_are_refused(self) -> None:
        with pytest.raises(ValueError, match="more bad looks"):
            fisher_more(3, 2, 0, 1)
