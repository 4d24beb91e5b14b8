"""The latency histogram: percentiles within 2 %, exact merging, bytes that come back whole."""

from __future__ import annotations

import math
from itertools import accumulate

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sentinel_tui.domain.stats.histogram import RELATIVE_ERROR, LatencyHistogram

latencies = st.integers(0, 10**9)
samples = st.lists(latencies, max_size=200)
filled = st.lists(latencies, min_size=1, max_size=200)
quantiles = st.floats(0, 1)


def nearest_rank(values: list[int], quantile: float) -> int:
    return sorted(values)[max(1, math.ceil(quantile * len(values))) - 1]


@given(filled, quantiles)
def test_a_quantile_is_within_two_percent_of_the_true_one(
    values: list[int], quantile: float
) -> None:
    estimate = LatencyHistogram.of(values).quantile_us(quantile)
    truth = nearest_rank(values, quantile)
    assert estimate is not None
    assert abs(estimate - truth) <= truth * RELATIVE_ERROR * (1 + 1e-9)


@given(st.integers(1, 10**12))
def test_every_single_latency_is_within_two_percent(latency_us: int) -> None:
    estimate = LatencyHistogram.of([latency_us]).quantile_us(0.5)
    assert estimate == pytest.approx(latency_us, rel=RELATIVE_ERROR * (1 + 1e-9))


@given(filled, quantiles, quantiles)
def test_a_higher_quantile_is_never_lower(values: list[int], one: float, other: float) -> None:
    histogram = LatencyHistogram.of(values)
    low, high = histogram.quantile_us(min(one, other)), histogram.quantile_us(max(one, other))
    assert low is not None
    assert high is not None
    assert low <= high


@given(samples, samples)
def test_merging_is_counting_everything_together(one: list[int], other: list[int]) -> None:
    merged = LatencyHistogram.of(one)
    merged.merge(LatencyHistogram.of(other))
    assert merged == LatencyHistogram.of([*one, *other])
    assert merged.count == len(one) + len(other)


@given(samples, samples)
def test_merging_leaves_the_other_as_it_was(one: list[int], other: list[int]) -> None:
    second = LatencyHistogram.of(other)
    LatencyHistogram.of(one).merge(second)
    assert second == LatencyHistogram.of(other)


@given(samples)
def test_it_comes_back_from_its_bytes(values: list[int]) -> None:
    histogram = LatencyHistogram.of(values)
    assert LatencyHistogram.from_bytes(histogram.to_bytes()) == histogram


@given(st.dictionaries(st.integers(0, 2_000), st.integers(1, 2**40), max_size=50))
def test_large_counts_come_back_too(counts: dict[int, int]) -> None:
    histogram = LatencyHistogram(counts)
    assert LatencyHistogram.from_bytes(histogram.to_bytes()) == histogram
    assert histogram.count == sum(counts.values())


def bucket_ends(histogram: LatencyHistogram) -> set[int]:
    """Where in its bytes a bucket ends: after every second number."""
    ends = [index + 1 for index, byte in enumerate(histogram.to_bytes()) if byte < 0x80]
    return {0, *ends[1::2]}


@given(filled, st.data())
def test_bytes_cut_inside_a_bucket_are_refused(values: list[int], data: st.DataObject) -> None:
    histogram = LatencyHistogram.of(values)
    encoded = histogram.to_bytes()
    cut = data.draw(st.integers(0, len(encoded) - 1))
    if cut in bucket_ends(histogram):
        assert LatencyHistogram.from_bytes(encoded[:cut]).count < histogram.count
    else:
        with pytest.raises(ValueError, match="ends in the middle"):
            LatencyHistogram.from_bytes(encoded[:cut])


@given(st.binary(max_size=64))
def test_arbitrary_bytes_are_read_or_refused(encoded: bytes) -> None:
    try:
        histogram = LatencyHistogram.from_bytes(encoded)
    except ValueError:
        return
    assert histogram.count >= 0


def test_nothing_has_no_quantile_and_no_bytes() -> None:
    empty = LatencyHistogram()
    assert (empty.count, empty.quantile_us(0.5), empty.to_bytes()) == (0, None, b"")
    assert LatencyHistogram.from_bytes(b"") == empty


def test_below_a_microsecond_is_nothing() -> None:
    assert LatencyHistogram.of([0, 0, 0]).quantile_us(1.0) == 0.0


def test_a_days_latencies_fit_into_a_few_hundred_bytes() -> None:
    spread = accumulate(range(1, 2_880), lambda latency, _: latency * 1.003, initial=5_000.0)
    encoded = LatencyHistogram.of(int(latency) for latency in spread).to_bytes()
    assert len(encoded) <= 2 * 230


def test_equality_is_of_counts() -> None:
    one, same = LatencyHistogram.of([5, 7]), LatencyHistogram.of([7, 5])
    assert one == same
    assert hash(one) == hash(same)
    assert one != LatencyHistogram.of([5])
    assert one != "a histogram"


def test_it_says_what_it_holds() -> None:
    assert repr(LatencyHistogram.of([0, 0])) == "LatencyHistogram(count=2, p50=0.0)"
