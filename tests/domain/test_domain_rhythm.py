"""The rhythm of a service: what is usual, what is new, and what is expected of a stranger."""

from __future__ import annotations

from domain_visits import WEEK_S, course, office
from hypothesis import given, settings
from hypothesis import strategies as st

from sentinel_tui.domain.keepalive.rhythm import DEFAULT, learn
from sentinel_tui.domain.keepalive.use import HOURS_A_WEEK


class TestLearning:
    def test_the_usual_hour_is_worth_more_than_any_other(self) -> None:
        rhythm = learn(course(office(8), 8))
        usual = {day * 24 + 9 for day in range(5)}
        others = set(range(HOURS_A_WEEK)) - usual
        assert min(rhythm.rates[c] for c in usual) > 3 * max(rhythm.rates[c] for c in others)

    def test_a_new_habit_replaces_the_old_one(self) -> None:
        old = [time_s for time_s in office(24) if time_s < 12 * WEEK_S]
        new = [time_s for time_s in office(24, 20) if time_s >= 12 * WEEK_S]
        rhythm = learn(course(old + new, 24))
        assert rhythm.rates[20] > 2 * rhythm.rates[9]

    def test_nobody_ever_came(self) -> None:
        rhythm = learn(course([], 3))
        assert set(rhythm.rates) == {0.0}
        assert rhythm.weeks == 3

    def test_without_a_single_hour_nothing_is_expected(self) -> None:
        assert learn([]).value(0, 0) == 0.0

    @given(st.lists(st.floats(0, 3 * WEEK_S - 1), max_size=40).map(sorted), st.booleans())
    @settings(max_examples=25)
    def test_rates_and_factors_are_never_negative(
        self, events_s: list[float], as_usual: bool
    ) -> None:
        rhythm = learn(course(events_s, 3), prior=DEFAULT if as_usual else None)
        assert min(rhythm.rates) >= 0
        assert min(rhythm.recency) > 0


class TestPrior:
    def test_of_a_stranger_the_usual_day_is_expected(self) -> None:
        rhythm = learn([], prior=DEFAULT)
        assert rhythm.rates == DEFAULT.rates

    def test_people_are_awake_by_day_and_free_in_the_evening(self) -> None:
        night, day, evening = (
            [DEFAULT.rates[hour] for hour in hours]
            for hours in (range(1, 7), range(8, 16), range(18, 22))
        )
        assert max(night) < min(day) / 2
        assert max(day) < min(evening)

    def test_whom_nobody_visits_little_is_expected_soon(self) -> None:
        weeks = [learn(course([], n), prior=DEFAULT) for n in (1, 4)]
        assert sum(DEFAULT.rates) > 2 * sum(weeks[0].rates) > 4 * sum(weeks[1].rates)

    def test_a_busy_day_makes_the_next_ones_likelier_too(self) -> None:
        monday = [hour * 3_600.0 for hour in range(8, 18)]
        busy, idle = (
            learn(course(events_s, 1)[:24], prior=DEFAULT).rates[44] for events_s in (monday, [])
        )
        assert busy > 2 * DEFAULT.rates[44] > 4 * idle

    def test_what_is_known_outweighs_what_is_usual(self) -> None:
        rhythm = learn(course(office(4, 3), 4), prior=DEFAULT)
        assert rhythm.rates[3] > 5 * rhythm.rates[20]

    def test_after_some_weeks_it_hardly_matters(self) -> None:
        told = course(office(6), 6)
        with_prior, without = learn(told, prior=DEFAULT), learn(told)
        assert abs(with_prior.rates[9] / without.rates[9] - 1) < 0.1
