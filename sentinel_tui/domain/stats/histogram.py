"""A histogram of latencies that merges exactly and fits in a few dozen bytes.

Values fall into buckets whose bounds grow by a constant factor, so a percentile read from them is
within 2 % of the true one whatever the range (the layout of DDSketch: Masson, Rim and Lee, VLDB
2019). Merging adds counts, so a day's percentile is that of all its values and never an average of
hourly percentiles.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from itertools import accumulate

RELATIVE_ERROR = 0.02
_GAMMA = (1 + RELATIVE_ERROR) / (1 - RELATIVE_ERROR)
_LOG_GAMMA = math.log(_GAMMA)
_ZERO_BUCKET = 0
"""Holds everything below one microsecond."""


class LatencyHistogram:
    """Counts of latencies in microseconds by logarithmic bucket."""

    __slots__ = ("_counts",)

    def __init__(self, counts: Mapping[int, int] | None = None) -> None:
        self._counts: dict[int, int] = dict(counts or {})

    @classmethod
    def of(cls, latencies_us: Iterable[int]) -> LatencyHistogram:
        """A histogram of the given latencies."""
        histogram = cls()
        for latency_us in latencies_us:
            histogram.add(latency_us)
        return histogram

    @property
    def count(self) -> int:
        """How many latencies were added."""
        return sum(self._counts.values())

    def add(self, latency_us: int) -> None:
        """Count one latency."""
        bucket = math.ceil(math.log(latency_us) / _LOG_GAMMA) + 1 if latency_us >= 1 else 0
        self._counts[bucket] = self._counts.get(bucket, 0) + 1

    def merge(self, other: LatencyHistogram) -> None:
        """Add the counts of another histogram."""
        counts = self._counts
        for bucket, count in other._counts.items():
            counts[bucket] = counts.get(bucket, 0) + count

    def quantile_us(self, quantile: float) -> float | None:
        """The latency below which `quantile` of the values lie, within 2 %; None when empty.

        Args:
            quantile: 0 to 1; the value of rank ceil(quantile * count), the nearest-rank method.
        """
        rank = max(1, math.ceil(quantile * self.count))
        seen = 0
        for bucket in sorted(self._counts):
            seen += self._counts[bucket]
            if seen >= rank:
                return _middle_us(bucket)
        return None

    def to_bytes(self) -> bytes:
        """Bucket numbers as differences and counts, each a variable-length integer."""
        encoded = bytearray()
        previous = 0
        for bucket in sorted(self._counts):
            _append_varint(encoded, bucket - previous)
            _append_varint(encoded, self._counts[bucket])
            previous = bucket
        return bytes(encoded)

    @classmethod
    def from_bytes(cls, encoded: bytes) -> LatencyHistogram:
        """The histogram that `to_bytes` wrote.

        Raises:
            ValueError: The bytes end in the middle of a number.
        """
        numbers = _varints(encoded)
        if len(numbers) % 2:
            raise ValueError("a latency histogram ends in the middle of a bucket")
        buckets = accumulate(numbers[::2])
        return cls(dict(zip(buckets, numbers[1::2], strict=True)))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, LatencyHistogram) and self._counts == other._counts

    def __hash__(self) -> int:
        return hash(self.to_bytes())

    def __repr__(self) -> str:
        return f"LatencyHistogram(count={self.count}, p50={self.quantile_us(0.5)})"


def _middle_us(bucket: int) -> float:
    if bucket == _ZERO_BUCKET:
        return 0.0
    upper: float = _GAMMA ** (bucket - 1)
    return 2 * upper / (1 + _GAMMA)


def _append_varint(encoded: bytearray, number: int) -> None:
    while number >= 0x80:
        encoded.append(number & 0x7F | 0x80)
        number >>= 7
    encoded.append(number)


def _varints(encoded: bytes) -> list[int]:
    # Only the first bucket is far from the one before; what follows nearly always fits in a byte
    # each, and then need not be looked at closer.
    head = 0
    while head < len(encoded) and encoded[head] & 0x80:
        head += 1
    rest = encoded[head + 1 :]
    if rest.isascii():
        return [*_read_varints(encoded[: head + 1]), *rest]
    return _read_varints(encoded)


def _read_varints(encoded: bytes) -> list[int]:
    numbers, number, shift = [], 0, 0
    for byte in encoded:
        number |= (byte & 0x7F) << shift
        if byte & 0x80:
            shift += 7
            continue
        numbers.append(number)
        number = shift = 0
    if shift:
        raise ValueError("a latency histogram ends in the middle of a number")
    return numbers
