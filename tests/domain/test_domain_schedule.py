"""Cron in a time zone: once on every local day, even where the clocks are changed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from itertools import islice, pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sentinel_tui.domain.schedule import check_cron, next_run_ms

PARIS, NEW_YORK = "Europe/Paris", "America/New_York"


def ms(text: str, zone: str) -> int:
    return round(datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).timestamp() * 1_000)


def runs(expression: str, zone: str, after_ms: int) -> Iterator[datetime]:
    """The runs that follow, in local time."""
    while True:
        after_ms = next_run_ms(expression, zone, after_ms)
        yield datetime.fromtimestamp(after_ms / 1_000, ZoneInfo(zone))


def words(found: Iterator[datetime], count: int) -> list[str]:
    return [run.isoformat() for run in islice(found, count)]


class TestChangesOfTheClock:
    @pytest.mark.parametrize(
        ("zone", "eve", "expected"),
        [
            (PARIS, "2026-03-28T12:00", ["2026-03-29T03:00:00+02:00", "2026-03-30T02:30:00+02:00"]),
            (
                NEW_YORK,
                "2026-03-07T12:00",
                ["2026-03-08T03:00:00-04:00", "2026-03-09T02:30:00-04:00"],
            ),
        ],
    )
    def test_in_spring_a_job_in_the_missing_hour_runs_when_it_is_over(
        self, zone: str, eve: str, expected: list[str]
    ) -> None:
        assert words(runs("30 2 * * *", zone, ms(eve, zone)), 2) == expected

    @pytest.mark.parametrize(
        ("zone", "expression", "eve", "expected"),
        [
            (
                PARIS,
                "30 2 * * *",
                "2026-10-24T12:00",
                ["2026-10-25T02:30:00+02:00", "2026-10-26T02:30:00+01:00"],
            ),
            (
                NEW_YORK,
                "30 1 * * *",
                "2026-10-31T12:00",
                ["2026-11-01T01:30:00-04:00", "2026-11-02T01:30:00-05:00"],
            ),
        ],
    )
    def test_in_autumn_a_job_in_the_double_hour_runs_once(
        self, zone: str, expression: str, eve: str, expected: list[str]
    ) -> None:
        assert words(runs(expression, zone, ms(eve, zone)), 2) == expected

    def test_from_inside_the_second_of_the_double_hours_it_waits_for_tomorrow(self) -> None:
        inside = datetime(2026, 10, 25, 2, 10, fold=1, tzinfo=ZoneInfo(PARIS))
        following = runs("30 2 * * *", PARIS, round(inside.timestamp() * 1_000))
        assert words(following, 1) == ["2026-10-26T02:30:00+01:00"]

    @pytest.mark.parametrize("zone", [PARIS, NEW_YORK])
    @pytest.mark.parametrize("eve", ["2026-03-07T00:00", "2026-03-28T00:00", "2026-10-24T00:00"])
    def test_a_job_of_every_half_hour_never_misses_one_and_never_repeats(
        self, zone: str, eve: str
    ) -> None:
        found = list(islice(runs("*/30 * * * *", zone, ms(eve, zone)), 120))
        instants = [run.astimezone(UTC) for run in found]
        assert {b - a for a, b in pairwise(instants)} == {timedelta(minutes=30)}

    def test_a_list_of_fixed_hours_does_not_double_either(self) -> None:
        following = runs("30 2,14 * * *", PARIS, ms("2026-10-24T20:00", PARIS))
        assert words(following, 2) == ["2026-10-25T02:30:00+02:00", "2026-10-25T14:30:00+01:00"]


@settings(max_examples=25)
@given(
    zone=st.sampled_from([PARIS, NEW_YORK, "UTC", "Asia/Kolkata", "Australia/Lord_Howe"]),
    hour=st.integers(0, 23),
    minute=st.integers(0, 59),
    first=st.dates(date(2025, 1, 1), date(2028, 12, 31)),
)
def test_a_daily_job_runs_once_on_every_local_day(
    zone: str, hour: int, minute: int, first: date
) -> None:
    eve_ms = ms(f"{first}T00:00", zone) - 1
    found = [run.date() for run in islice(runs(f"{minute} {hour} * * *", zone, eve_ms), 60)]
    assert found == [first + timedelta(days=index) for index in range(60)]


@settings(max_examples=50)
@given(
    expression=st.sampled_from(
        ["17 4 * * *", "*/5 * * * *", "0 0 29 2 *", "30 6 * * MON", "0 0 1 * *"]
    ),
    zone=st.sampled_from([PARIS, NEW_YORK, "UTC"]),
    after=st.datetimes(datetime(2025, 1, 1), datetime(2035, 1, 1)),  # noqa: DTZ001 - made aware below
)
def test_the_next_run_is_always_later(expression: str, zone: str, after: datetime) -> None:
    after_ms = round(after.replace(tzinfo=UTC).timestamp() * 1_000)
    assert next_run_ms(expression, zone, after_ms) > after_ms


class TestForms:
    @pytest.mark.parametrize(
        "expression",
        ["17 4 * * *", "*/5 * * * *", "0 0 29 2 *", "0 4 * * MON", "0 9-17/2 1,15 * *"],
    )
    def test_plain_expressions_are_taken(self, expression: str) -> None:
        check_cron(expression)

    @pytest.mark.parametrize(
        "expression",
        [
            "",
            "* * * *",
            "* * * * * *",
            "@daily",
            "R * * * *",
            "H H * * *",
            "R(0-10) 4 * * *",
            "H/15 * * * *",
        ],
    )
    def test_other_forms_are_refused_with_an_example(self, expression: str) -> None:
        with pytest.raises(ValueError, match=r"five fields.*17 4"):
            check_cron(expression)

    @pytest.mark.parametrize(
        "expression", ["0 0 30 2 *", "0 0 31 4 *", "99 * * * *", "a b c d e", "0 25 * * *"]
    )
    def test_dates_that_never_come_are_refused(self, expression: str) -> None:
        with pytest.raises(ValueError, match="names no date"):
            check_cron(expression)

    def test_a_run_that_never_comes_is_an_error_not_an_endless_search(self) -> None:
        with pytest.raises(ValueError, match="never comes"):
            next_run_ms("0 0 30 2 *", "UTC", 0)

    @pytest.mark.parametrize("expression", ["0 4 * * FRI", "0 4 * * THU", "0 4 1 MAR *"])
    def test_names_of_days_and_months_are_taken(self, expression: str) -> None:
        check_cron(expression)
