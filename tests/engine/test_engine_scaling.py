"""What the next hour is expected to bring, told from what comes in now and the usual rhythm."""

from __future__ import annotations

import pytest

from sentinel_tui.domain.autonomy.scaling import Load
from sentinel_tui.domain.keepalive.peaks import HourRate
from sentinel_tui.engine.workers.scaling import expected_peak

NOW = 1_800_000_000_000
LOADS = [Load(NOW, 0.2, requests_per_s=rate) for rate in (1.0, 2.0, 9.0)]


def hour(rate: float, *, peak: bool = False) -> HourRate:
    return HourRate(rate, rate, rate, visits=100, peak=peak)


def test_a_busy_hour_brings_in_proportion_more_than_this_one() -> None:
    peak = expected_peak(hour(4.0), hour(12.0, peak=True), LOADS, NOW)
    assert peak is not None
    assert peak.requests_per_s == pytest.approx(6.0)
    assert peak.start_ms == NOW < peak.end_ms


@pytest.mark.parametrize(
    ("here", "there", "loads"),
    [
        (hour(4.0), hour(12.0), LOADS),
        (hour(0.0), hour(12.0, peak=True), LOADS),
        (hour(4.0), hour(12.0, peak=True), []),
        (hour(4.0), hour(12.0, peak=True), [Load(NOW, 0.2)]),
    ],
)
def test_nothing_is_expected_without_evidence(here, there, loads) -> None:
    assert expected_peak(here, there, loads, NOW) is None
