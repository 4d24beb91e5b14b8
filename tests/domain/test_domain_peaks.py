"""Busy and quiet hours: on real logs they hold for the weeks to come, and chance makes none."""

from __future__ import annotations

import random
from collections.abc import Iterator
from math import exp

import pytest
from domain_visits import WEEK_S, course, office, read_log

from sentinel_tui.domain.keepalive.peaks import Profile, profile
from sentinel_tui.domain.keepalive.use import (
    DAY_CELLS,
    HOURS_A_WEEK,
    RECENCIES,
    Hour,
    day_cell,
    slept_through,
)


def by_chance(rate: float, weeks: int, seed: int) -> list[Hour]:
    """Visits that come whenever they like."""
    luck = random.Random(seed)  # noqa: S311 (play, not secrecy)
    return [
        Hour(n % HOURS_A_WEEK, 0.0, (0.0,) * RECENCIES, (poisson(rate, luck),) + (0,) * 8)
        for n in range(weeks * HOURS_A_WEEK)
    ]


def poisson(rate: float, luck: random.Random) -> int:
    count, left = 0, luck.random()
    while left > exp(-rate):
        count += 1
        left *= luck.random()
    return count


class TestPublicLogs:
    """Two office applications: flagged by four weeks, judged by the four weeks after them."""

    @pytest.mark.parametrize(
        ("name", "inside", "precision"), [("receipt", 0.83, 0.91), ("helpdesk", 0.80, 0.93)]
    )
    def test_busy_hours_hold_what_the_method_promises(
        self, name: str, inside: float, precision: float
    ) -> None:
        sessions = in_busy = in_quiet = busy = still_busy = 0
        for told, after in windows(read_log(name), 4):
            visits, mean = later(after)
            for cell, hour in enumerate(told.hours):
                sessions += visits[cell][0]
                in_busy += hour.peak * visits[cell][0]
                in_quiet += hour.off_peak * visits[cell][0]
                busy += hour.peak
                still_busy += hour.peak and visits[cell][0] / visits[cell][1] > 1.5 * mean
        assert in_busy / sessions >= inside - 0.08
        assert still_busy / busy >= precision - 0.08
        assert in_quiet / sessions <= 0.03


def windows(events_s: list[float], weeks: int) -> Iterator[tuple[Profile, list[Hour]]]:
    whole = course(events_s, int(events_s[-1] // WEEK_S))
    step = weeks * HOURS_A_WEEK
    for now in range(step, len(whole) - step, 2 * HOURS_A_WEEK):
        yield profile(whole[now - step : now]), whole[now : now + step]


def later(hours: list[Hour]) -> tuple[list[tuple[int, int]], float]:
    """Visits and hours of each hour of the day, and visits an hour over all."""
    visits, passed = [0] * DAY_CELLS, [0] * DAY_CELLS
    for hour in hours:
        visits[day_cell(hour.cell)] += sum(hour.visits)
        passed[day_cell(hour.cell)] += 1
    return list(zip(visits, passed, strict=True)), sum(visits) / len(hours)


class TestChance:
    @pytest.mark.parametrize("weeks", [2, 4])
    @pytest.mark.parametrize("rate", [0.02, 0.1, 0.5, 2.0])
    def test_it_is_hardly_ever_taken_for_a_busy_hour(self, rate: float, weeks: int) -> None:
        told = [profile(by_chance(rate, weeks, seed)) for seed in range(12)]
        busy = sum(hour.peak for one in told for hour in one.hours)
        assert busy / (len(told) * DAY_CELLS) <= 0.03

    def test_nor_for_a_change(self) -> None:
        assert not any(profile(by_chance(0.1, 8, seed)).changed for seed in range(12))


class TestLittleData:
    @pytest.mark.parametrize("hours", [[], [slept_through(0)], course([], 4)])
    def test_where_nobody_came_no_hour_is_special(self, hours: list[Hour]) -> None:
        told = profile(hours)
        assert len(told.hours) == DAY_CELLS
        assert not any(hour.peak or hour.off_peak or hour.high for hour in told.hours)

    def test_it_says_how_many_days_are_missing(self) -> None:
        missing = [profile(course(office(weeks), weeks)).days_needed for weeks in (1, 2, 3, 4, 5)]
        assert missing == [21, 14, 7, 0, 0]

    def test_in_the_first_two_weeks_no_hour_is_called_busy(self) -> None:
        assert not any(hour.peak for hour in profile(course(office(1), 1)).hours)

    def test_one_who_comes_every_day_is_noticed_after_two_weeks(self) -> None:
        told = profile(course(office(2), 2))
        assert [cell for cell, hour in enumerate(told.hours) if hour.peak] == [9]

    def test_one_visit_long_ago_makes_no_busy_hour(self) -> None:
        told = profile(course([600.0], 3)[: 15 * 24])
        assert told.mean > 0
        assert not any(hour.peak for hour in told.hours)

    def test_an_estimate_lies_between_its_bounds_and_narrows(self) -> None:
        few, many = (profile(course(office(weeks), weeks)).hours[9] for weeks in (2, 8))
        assert few.low < few.rate < few.high
        assert many.high - many.low < few.high - few.low

    def test_weeks_that_differ_much_count_for_less(self) -> None:
        steady = [time_s for time_s in office(8) if time_s // WEEK_S % 2]
        by_turns = [time_s + n for time_s in steady for n in (0, 1_000, 2_000)]
        evenly = sorted(time_s + n for time_s in office(8) for n in (0, 1_000))[: len(by_turns)]
        uneven, even = (profile(course(one, 8)).hours[9] for one in (by_turns, evenly))
        assert (uneven.high - uneven.low) / uneven.rate > (even.high - even.low) / even.rate


class TestChange:
    def often(self, weeks: range) -> list[float]:
        return [
            time_s + n * 7_200
            for time_s in office(8)
            if time_s // WEEK_S in weeks
            for n in range(4)
        ]

    def test_a_busy_fortnight_is_told(self) -> None:
        assert profile(course(sorted(office(6) + self.often(range(6, 8))), 8)).changed.startswith(
            "busier of late: "
        )

    def test_a_quiet_fortnight_is_told(self) -> None:
        assert profile(course(self.often(range(6)), 8)).changed.startswith("quieter of late: 0.0")

    def test_what_goes_on_as_before_is_no_change(self) -> None:
        assert profile(course(office(8), 8)).changed == ""

    def test_without_two_weeks_before_there_is_nothing_to_compare(self) -> None:
        assert profile(course(self.often(range(1, 3)), 3)).changed == ""
