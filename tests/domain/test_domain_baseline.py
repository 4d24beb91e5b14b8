"""What is usual at an hour: the slot's own median, what it borrows, and when nothing is known."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from domain_looks import HOUR
from hypothesis import given
from hypothesis import strategies as st

from sentinel_tui.domain.monitoring.baseline import (
    LEAST_DAYS,
    LEAST_HOURS,
    WEEKEND,
    slot,
    usual_ms,
)

PARIS = ZoneInfo("Europe/Paris")


def at(text: str, zone: ZoneInfo | None = None) -> int:
    return round(datetime.fromisoformat(text).replace(tzinfo=zone or UTC).timestamp() * 1_000)


MONDAY_9 = at("2026-11-02T09:30:00")
SATURDAY_9 = at("2026-11-07T09:30:00")

slots = st.integers(0, 2 * WEEKEND - 1)
medians = st.dictionaries(slots, st.tuples(st.floats(1, 5_000), st.integers(1, 14)))


class TestSlot:
    def test_it_is_the_hour_of_the_day(self) -> None:
        assert slot(MONDAY_9) == 9

    def test_week_ends_have_their_own(self) -> None:
        assert slot(SATURDAY_9) == 9 + WEEKEND

    def test_the_hour_is_that_of_the_zone_whatever_its_clocks_do(self) -> None:
        # 2026-03-29 is the Sunday on which Paris goes from winter to summer time.
        assert slot(at("2026-03-28T12:00:00", PARIS), PARIS) == 12 + WEEKEND
        assert slot(at("2026-03-29T12:00:00", PARIS), PARIS) == 12 + WEEKEND
        assert slot(at("2026-03-30T12:00:00", PARIS), PARIS) == 12
        assert slot(at("2026-03-27T23:30:00"), PARIS) == WEEKEND

    @given(st.integers(0, 4_000_000_000))
    def test_the_same_hour_a_week_later_is_the_same_slot(self, at_s: int) -> None:
        assert slot(at_s * 1_000) == slot(at_s * 1_000 + 7 * 24 * HOUR)


class TestUsual:
    def test_a_slot_that_is_known_speaks_for_itself(self) -> None:
        known = {9: (200.0, LEAST_DAYS), 10: (900.0, 10), 9 + WEEKEND: (50.0, 10)}
        assert usual_ms(known, MONDAY_9) == 200.0

    def test_a_slot_with_too_few_days_borrows_from_the_same_hour(self) -> None:
        known = {9 + WEEKEND: (50.0, LEAST_DAYS - 1), 9: (200.0, 10), 10: (900.0, 10)}
        assert usual_ms(known, SATURDAY_9) == 200.0

    def test_an_hour_with_too_few_days_borrows_from_all(self) -> None:
        known = {9: (5_000.0, 1), **dict.fromkeys(range(10, 10 + LEAST_HOURS), (100.0, 1))}
        assert usual_ms(known, MONDAY_9) == 100.0

    def test_less_than_a_day_is_too_little(self) -> None:
        known = dict.fromkeys(range(LEAST_HOURS - 1), (100.0, 1))
        assert usual_ms(known, SATURDAY_9) is None
        assert usual_ms({}, MONDAY_9) is None

    def test_one_bad_slot_moves_nothing(self) -> None:
        known = {hour: (100.0 + hour, 2) for hour in range(10, 24)} | {0: (60_000.0, 2)}
        assert usual_ms(known, MONDAY_9) == pytest.approx(117.0)

    def test_of_two_as_well_known_the_faster_is_the_usual(self) -> None:
        known = {9: (200.0, 2), 9 + WEEKEND: (50.0, 2)}
        assert usual_ms(known, MONDAY_9) == usual_ms(known, SATURDAY_9) == 50.0

    @given(medians, st.integers(0, 4_000_000_000))
    def test_it_is_always_one_of_the_medians(
        self, known: dict[int, tuple[float, int]], at_s: int
    ) -> None:
        usual = usual_ms(known, at_s * 1_000)
        assert usual is None or usual in [median for median, _ in known.values()]
        enough = sum(days for _, days in known.values()) >= LEAST_HOURS
        assert usual is not None or not enough
