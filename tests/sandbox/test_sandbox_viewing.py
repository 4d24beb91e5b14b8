"""People who watch: what they do agrees with what is stated of the films, whoever asks and when."""

from __future__ import annotations

import math
from collections import Counter
from itertools import pairwise
from statistics import fmean

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sentinel_tui.domain.video.catalog import DAY_MS, HOUR_MS
from sentinel_tui.sandbox.catalogue import FILMING_DAYS, REACH, catalogue, survival
from sentinel_tui.sandbox.films import COURSES, PREVIEWS, Again, Film, Survival, film_id, truth
from sentinel_tui.sandbox.viewing import CONVERSION_DAYS, HOURS, Audience
from sentinel_tui.text import clean_text

SEED = 7
MONDAY = 20_829
"""A Monday, in days since 1970."""
SIGMAS = 4.0
"""How far what is counted may be from what is true: further is chance once in ten thousand."""


def film(title: str = "Bowls", library: str = PREVIEWS, **more: object) -> Film:
    """A film of ten minutes, published on a Monday morning."""
    given: dict[str, object] = {
        "id": film_id(library, title),
        "library": library,
        "title": title,
        "length_s": 600.0,
        "published_ms": MONDAY * DAY_MS + 8 * HOUR_MS,
        "fans": 600.0,
        "survival": survival(600.0, 0.2, 0.45),
        **more,
    }
    return Film(**given)  # type: ignore[arg-type] # what a test gives is of the right types


def error_of(share: float, trials: int) -> float:
    return SIGMAS * math.sqrt(share * (1 - share) / trials)


@st.composite
def survivals(draw: st.DrawFn) -> Survival:
    inner = sorted(draw(st.sets(st.integers(1, 99), max_size=6)))
    levels = sorted(draw(st.lists(st.floats(0, 1), min_size=1, max_size=7)), reverse=True)
    moments = (0.0, *(one / 100 for one in inner), 1.0)
    still = (1.0, *levels, *[levels[-1]] * len(moments))[: len(moments)]
    return Survival(moments, still)


class TestSurvival:
    @given(survivals(), st.floats(0, 0.999_999))
    def test_who_leaves_at_a_moment_was_among_those_still_there(
        self, curve: Survival, rank: float
    ) -> None:
        left = curve.left_at(rank)
        assert 0 <= left <= 1
        assert left == 1 or curve.still_at(left) == pytest.approx(rank, abs=1e-6)

    @given(survivals())
    def test_it_falls_and_its_mean_is_the_area_below_it(self, curve: Survival) -> None:
        steps = [curve.still_at(place / 1_000) for place in range(1_001)]
        assert all(later <= earlier + 1e-9 for earlier, later in pairwise(steps))
        assert curve.mean == pytest.approx(fmean(steps), abs=0.01)

    @pytest.mark.parametrize(
        ("moments", "still"),
        [((0.0, 0.9), (1.0, 0.5)), ((0.0, 1.0), (0.9, 0.5)), ((0.0, 0.5, 1.0), (1.0, 0.4, 0.5))],
    )
    def test_what_is_no_survival_is_refused(
        self, moments: tuple[float, ...], still: tuple[float, ...]
    ) -> None:
        with pytest.raises(ValueError, match="survival"):
            Survival(moments, still)


class TestTruth:
    def test_what_people_do_is_what_is_stated(self) -> None:
        watched = film(fans=3_000.0, again=Again(300.0, 360.0, 0.4))
        sessions = Audience([watched], SEED).sessions(watched, MONDAY + 5)
        assert len(sessions) > 1_000
        stated, views = truth(watched), len(sessions)
        completed = fmean(one.left_s >= 0.9 * watched.length_s for one in sessions)
        left = fmean(one.left_s < 30 for one in sessions)
        assert completed == pytest.approx(stated.completion, abs=error_of(stated.completion, views))
        assert left == pytest.approx(stated.bounce_30s, abs=error_of(stated.bounce_30s, views))
        spread_s = SIGMAS * watched.length_s / 2 / math.sqrt(views)
        average_s = fmean(one.watch_s for one in sessions)
        assert average_s == pytest.approx(stated.average_watch_s, abs=spread_s)
        assert {one.again_s for one in sessions} == {0.0, 60.0}

    def test_who_comes_follows_the_stated_interest_weekdays_and_hours(self) -> None:
        watched = film(fans=2_000.0)
        audience = Audience([watched], SEED)
        days = range(MONDAY + 7, MONDAY + 35)
        sessions = [one for day in days for one in audience.sessions(watched, day)]
        expected = sum(watched.interest(day * DAY_MS) for day in days)
        assert len(sessions) == pytest.approx(expected, abs=SIGMAS * math.sqrt(expected))
        by_hour = Counter(one.start_ms % DAY_MS // HOUR_MS for one in sessions)
        for hour, weight in enumerate(HOURS):
            share = weight / sum(HOURS)
            assert by_hour[hour] / len(sessions) == pytest.approx(
                share, abs=error_of(share, len(sessions))
            )
        weekend = [one for one in sessions if (one.start_ms // DAY_MS - MONDAY) % 7 in (5, 6)]
        assert len(weekend) > 2 / 7 * len(sessions)

    def test_previews_bring_viewers_to_the_full_film_within_a_week(self) -> None:
        full = film("Bowls, whole", COURSES, fans=0.0)
        preview = film(full=full.id, converts=0.2)
        audience = Audience([preview, full], SEED)
        days = range(MONDAY, MONDAY + 40)
        seen = [one for day in days for one in audience.sessions(preview, day)]
        opened = [one for day in days for one in audience.sessions(full, day)]
        assert len(opened) / len(seen) == pytest.approx(
            truth(preview).converts, abs=error_of(preview.converts, len(seen))
        )
        first_ms: dict[int, list[int]] = {}
        for one in seen:
            first_ms.setdefault(one.viewer, []).append(one.start_ms)
        for one in opened:
            waits = [one.start_ms - at_ms for at_ms in first_ms[one.viewer]]
            assert any(0 < wait <= CONVERSION_DAYS * DAY_MS for wait in waits)


class TestAudience:
    def test_the_same_seed_gives_the_same_sessions_in_whatever_order_days_are_asked_for(
        self,
    ) -> None:
        full = film("Bowls, whole", COURSES, fans=20.0)
        films = [film(full=full.id, converts=0.2), full]
        forth, back = Audience(films, SEED), Audience(films, SEED)
        days = range(MONDAY, MONDAY + 20)
        first = {day: [forth.sessions(one, day) for one in films] for day in days}
        second = {day: [back.sessions(one, day) for one in films] for day in reversed(days)}
        assert first == second
        assert Audience(films, SEED + 1).sessions(films[0], MONDAY) != first[MONDAY][0]

    def test_another_film_changes_nothing_for_the_others(self) -> None:
        audience = Audience([film()], SEED)
        before = audience.sessions(film(), MONDAY + 1)
        audience.add(film("Plates"))
        assert audience.sessions(film(), MONDAY + 1) == before
        audience.remove(film())
        assert [one.title for one in audience.films] == ["Plates"]

    def test_nobody_watches_what_is_not_published(self) -> None:
        watched = film()
        audience = Audience([watched], SEED)
        assert audience.sessions(watched, MONDAY - 1) == []
        first = audience.sessions(watched, MONDAY)
        assert first
        assert all(one.start_ms >= watched.published_ms for one in first)
        assert first == sorted(first, key=lambda one: one.start_ms)

    def test_nothing_is_begun_in_a_library_while_it_is_closed(self) -> None:
        watched, course = film(), film("Bowls, whole", COURSES)
        audience = Audience([watched, course], SEED)
        day_ms = (MONDAY + 1) * DAY_MS
        audience.close(PREVIEWS, day_ms + 6 * HOUR_MS)
        audience.close(PREVIEWS, day_ms + 7 * HOUR_MS)
        audience.open(PREVIEWS, day_ms + 18 * HOUR_MS)
        audience.open(PREVIEWS, day_ms + 23 * HOUR_MS)
        for session in audience.sessions(watched, MONDAY + 1):
            closed = 6 <= (session.start_ms - day_ms) / HOUR_MS < 18
            assert audience.takes_place(session) is not closed
        assert all(map(audience.takes_place, audience.sessions(course, MONDAY + 1)))
        audience.close(PREVIEWS, day_ms + DAY_MS)
        assert not any(map(audience.takes_place, audience.sessions(watched, MONDAY + 2)))


class TestCatalogue:
    SINCE_MS = MONDAY * DAY_MS

    def test_there_are_enough_films_of_each_theme_to_learn_from(self) -> None:
        films = catalogue(self.SINCE_MS, SEED)
        assert {one.library for one in films} == {PREVIEWS, COURSES}
        assert len({one.id for one in films}) == len({one.title for one in films}) == len(films)
        for theme in REACH:
            of_theme = [one for one in films if one.theme == theme]
            tagged = [one for one in of_theme if theme in one.tags]
            assert 10 <= len(tagged) < len(of_theme)
        assert {one.language for one in films} == {"en", "fr"}
        assert all(clean_text(one.title) == one.title for one in films)

    def test_all_are_published_once_its_days_are_over(self) -> None:
        films = catalogue(self.SINCE_MS, SEED)
        assert all(
            self.SINCE_MS <= one.published_ms < self.SINCE_MS + FILMING_DAYS * DAY_MS
            for one in films
        )

    def test_a_preview_follows_its_course_and_some_say_so_to_the_platform(self) -> None:
        films = {one.id: one for one in catalogue(self.SINCE_MS, SEED)}
        previews = [one for one in films.values() if one.full]
        for preview in previews:
            course = films[preview.full]
            assert (preview.library, course.library) == (PREVIEWS, COURSES)
            assert preview.published_ms > course.published_ms
            assert preview.length_s < course.length_s
            assert preview.title.startswith(course.title)
        assert {one.tells_full for one in previews} == {True, False}

    def test_the_same_seed_makes_the_same_films(self) -> None:
        assert catalogue(self.SINCE_MS, SEED) == catalogue(self.SINCE_MS, SEED)
        assert catalogue(self.SINCE_MS, SEED) != catalogue(self.SINCE_MS, SEED + 1)
