"""Figures, rows and curves of videos, before anything is drawn."""

from __future__ import annotations

from contextlib import closing
from dataclasses import fields, replace
from datetime import UTC, datetime
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tui_past import NOW_MS as SEED_MS

from sentinel_tui.commands.video_story import VideoStory
from sentinel_tui.domain.monitoring.alerts import Severity
from sentinel_tui.domain.video.cards import Card
from sentinel_tui.domain.video.catalog import DAY_MS, HOUR_MS, DayCount, HourCount, Video
from sentinel_tui.domain.video.engagement import Score
from sentinel_tui.domain.video.insights import Insight, Language
from sentinel_tui.domain.video.lost import Lost
from sentinel_tui.domain.video.metrics import Basis, Figure, unavailable
from sentinel_tui.domain.video.retention import Retention
from sentinel_tui.domain.video.study import UsualCurve
from sentinel_tui.domain.video.trends import Outcome, Topic, Trend
from sentinel_tui.store.queries import Reader
from sentinel_tui.store.study_rows import CardRow
from sentinel_tui.tui.cells import line_width, plain
from sentinel_tui.tui.lost_views import uncounted_libraries
from sentinel_tui.tui.view_models.figures import bar
from sentinel_tui.tui.view_models.lost_views import lost_view_lines
from sentinel_tui.tui.view_models.video_page import body_lines
from sentinel_tui.tui.view_models.video_plots import age_plot, retention_plot
from sentinel_tui.tui.view_models.video_table import Listed, Sort, chosen_videos
from sentinel_tui.tui.view_models.video_trends import insight_lines, trend_lines
from sentinel_tui.tui.view_models.views_plot import (
    RANGES,
    Counts,
    Step,
    edges_of,
    numbers_line,
    timeline,
    views_plot,
)
from sentinel_tui.tui.view_models.words import Times

NOW_MS = 1_800_014_400_000
PARIS = Times(ZoneInfo("Europe/Paris"), "Europe/Paris", NOW_MS)
VIDEO = Video("a", "films", "A", 600.0, NOW_MS - 10 * DAY_MS, views=100)

shares = st.floats(0, 1)
figures = st.builds(
    Figure,
    st.none() | shares,
    st.sampled_from(Basis),
    st.just(""),
    st.none() | shares,
    st.none() | shares,
)


@given(figures, st.integers(1, 30))
def test_a_bar_is_as_wide_as_its_column_or_a_dash(figure, cells):
    assert line_width(bar(figure, cells)) in (cells, 1)


def test_what_is_unknown_is_never_an_empty_bar():
    assert plain(bar(unavailable("a view"), 9)) == "–"


def listed(name: str, score: float, wide: float, views: int, confidence: float = 0.9) -> Listed:
    own = Score(score, score - wide, score + wide, confidence, 0.4)
    share = Figure(score / 100, Basis.EXACT, "", (score - wide) / 100, (score + wide) / 100)
    row = CardRow(name, "films", name, 600.0, 0, views, 0.0, 0, 0.4, share, share, own)
    return Listed(replace(VIDEO, id=name, views=views), row)


def ids(videos, sort, *, best=True, words="", library=""):
    found = chosen_videos(videos, words=words, library=library, sort=sort, best=best)
    return [one.video.id for one in found]


@pytest.mark.parametrize("sort", [Sort.ENGAGEMENT, Sort.REACH, Sort.COMPLETION])
def test_neither_end_belongs_to_what_is_least_certain(sort):
    videos = [listed("sure", 70, 3, 900), listed("unsure", 75, 24, 20), listed("poor", 40, 3, 900)]
    assert ids(videos, sort)[0] == "sure"
    assert ids(videos, sort, best=False)[0] == "poor"


@pytest.mark.parametrize("sort", [Sort.ENGAGEMENT, Sort.REACH, Sort.COMPLETION])
def test_what_cannot_be_ranked_comes_last_from_both_ends(sort):
    videos = [Listed(VIDEO), listed("few", 99, 1, 3, confidence=0.2), listed("some", 50, 5, 200)]
    for best in (True, False):
        assert ids(videos, sort, best=best)[0] == "some"
        assert len(ids(videos, sort, best=best)) == len(videos)


def test_only_the_library_and_the_words_that_are_asked_for():
    other = Listed(replace(VIDEO, id="b", library="previews", title="Fond brun", tags=("sauce",)))
    assert ids([Listed(VIDEO), other], Sort.VIEWS, library="previews") == ["b"]
    assert ids([Listed(VIDEO), other], Sort.VIEWS, words="SAUCE !films") == ["b"]


@pytest.mark.parametrize("range_", RANGES, ids=lambda one: one.label)
def test_a_range_is_cut_at_hours_days_and_weeks_of_the_zone(range_):
    edges_ms = edges_of(range_, PARIS)
    assert len(edges_ms) == range_.count + 1
    assert edges_ms[-2] <= NOW_MS < edges_ms[-1]
    at = [PARIS.at(edge_ms) for edge_ms in edges_ms]
    if range_.step is not Step.HOUR:
        assert {one.hour for one in at} == {0}
    if range_.step is Step.WEEK:
        assert {one.weekday() for one in at} == {0}


def test_the_day_on_which_clocks_change_has_all_its_hours():
    noon = datetime(2026, 3, 31, 12, tzinfo=UTC)
    times = replace(PARIS, now_ms=round(noon.timestamp() * 1_000))
    edges_ms = edges_of(RANGES[2], times)
    hours = {(after - before) // HOUR_MS for before, after in pairwise(edges_ms)}
    assert hours == {23, 24}


@given(
    st.lists(st.integers(0, 400), unique=True, max_size=40),
    st.integers(0, 200),
    st.integers(200, 400),
    st.sampled_from(RANGES),
)
@settings(max_examples=60)
def test_a_point_is_a_gap_or_all_views_of_its_time(ages_h, from_h, to_h, range_):
    first_ms = NOW_MS - 400 * HOUR_MS
    counted_ms = [first_ms + age_h * HOUR_MS for age_h in sorted(ages_h) if from_h <= age_h < to_h]
    hours = [HourCount(at_ms, 2, 60.0) for at_ms in counted_ms]
    from_ms, to_ms = first_ms + from_h * HOUR_MS, first_ms + to_h * HOUR_MS
    edges_ms = edges_of(range_, PARIS)
    drawn = timeline({"films": Counts(hours, from_ms, to_ms)}, edges_ms)
    for value, (start_ms, end_ms) in zip(drawn.total, pairwise(edges_ms), strict=True):
        inside = sum(start_ms <= at_ms < end_ms for at_ms in counted_ms)
        assert value == (2 * inside if from_ms <= start_ms and end_ms <= to_ms else None)


def test_a_library_that_lags_behind_makes_no_fall_of_the_total_and_its_own_curve_fills_the_chart():
    edges_ms = edges_of(RANGES[0], PARIS)
    hours = [HourCount(at_ms, 1, 60.0) for at_ms in edges_ms]
    many = [replace(one, views=1_000) for one in hours]
    counts = {
        "films": Counts(hours, edges_ms[0], edges_ms[-9]),
        "previews": Counts(many, edges_ms[0], edges_ms[-1]),
    }
    views = timeline(counts, edges_ms)
    assert set(views.total[:-8]) == {1_001}
    assert set(views.total[-8:]) == {None}
    drawn = views_plot(views, [], "films", RANGES[0], PARIS)
    assert drawn.top <= 4 * max(one for one in drawn.front if one is not None)
    told = plain(numbers_line(views, [], "films", PARIS, 100))
    assert told.startswith("40 views · 48,040 of all libraries")


def test_views_since_upload_are_not_known_before_days_were_kept_nor_after():
    begin_ms = VIDEO.published_ms // DAY_MS * DAY_MS
    days = [DayCount(begin_ms + 5 * DAY_MS, 10, 0.0), DayCount(begin_ms + 6 * DAY_MS, 5, 0.0)]
    known = (begin_ms + 5 * DAY_MS, begin_ms + 8 * DAY_MS)
    usual = UsualCurve("films", 9, (1, 28), (0.2, 1.0), (20.0, 128.0))
    drawn = age_plot(VIDEO, days, known, usual)
    # What came before is the count of all less the days that are known.
    assert drawn.front == (None,) * 6 + (95.0, 100.0, 100.0)
    assert drawn.back[:3] == (0.0, 20.0, 24.0)
    assert age_plot(VIDEO, days, None, usual) is None


@given(st.lists(st.floats(0, 3), min_size=1, max_size=100), st.floats(0.5, 30_000))
def test_any_retention_can_be_drawn(plays, length_s):
    still = tuple(sorted((min(1.0, one) for one in plays), reverse=True))
    curve = Retention(tuple(plays), still, 0.1, None)
    drawn = retention_plot(VideoStory(replace(VIDEO, length_s=length_s), retention=curve))
    assert max((*plays, *still)) <= drawn.top
    assert all(0 <= tick.at <= 1 for tick in drawn.ticks)
    assert len(drawn.ticks) <= 8


def test_the_raw_ratio_of_a_group_is_never_shown():
    found = Trend(Topic.TAG, "bread", Outcome.REACH, 12, 40, 7.7, 1.8, 1.3, 2.5, 0.001, 0.02, 0.82)
    missing = Trend(Topic.TAG, "pastry", Outcome.REACH, 2, 50, videos_missing=6)
    told = "\n".join(plain(one) for one in trend_lines([found, missing], 2, 78))
    assert "7.7" not in told
    assert "×1.8" in told
    assert "82 % sure" in told
    assert "not enough data: 6 more videos" in told


def test_nothing_is_surer_than_99_percent():
    sure = Trend(Topic.TAG, "bread", Outcome.REACH, 12, 40, 2, 1.8, 1.3, 2.5, 0.0, 0.0, 0.9999)
    insight = Insight("tag", "bread", "Bread is watched.", "Le pain est vu.", 1.0)
    told = [*trend_lines([sure], 1, 78), *insight_lines([insight], Language.ENGLISH, 78)]
    assert [plain(one) for one in told if "100 %" in plain(one)] == []
    assert sum("99 %" in plain(one) for one in told) == 2


@pytest.mark.parametrize("width", [56, 78, 118])
def test_what_a_figure_rests_on_is_never_squeezed_into_a_few_cells(width):
    source = "daily counts of its first 7 days"
    figure = Figure(0.4, Basis.EXACT, source, 0.3, 0.5)
    names = [one.name for one in fields(Card) if one.type == "Figure"]
    card = Card("a", "films", NOW_MS, score=None, **dict.fromkeys(names, figure))
    page = body_lines(VideoStory(VIDEO, card=card), PARIS, Language.ENGLISH, width)
    assert max(map(line_width, page)) <= width
    figures = [one for one in map(plain, page) if "exact ·" in one]
    assert len(figures) == len(names)
    assert all(one.endswith(source) or "daily" in one for one in figures)


def test_a_loss_that_may_be_chance_is_not_told_as_one():
    chance = Lost("films", 40.0, 35, 5.0, 0.0, 14.0, 300.0, 0.0, 900.0, 8)
    sure = replace(chance, seen_views=2, views=38.0, views_low=29.0, views_high=47.0)
    told = [plain(one) for one in lost_view_lines([chance, sure])]
    assert "more than chance" in told[0]
    assert "fewer" not in told[0]
    assert "38 views fewer (29 to 47)" in told[1]


def test_while_no_hour_of_an_outage_is_counted_the_page_says_that_its_views_will_be_told(videos):
    with closing(Reader(videos)) as reader:
        [past] = [one for one in reader.incidents(limit=9) if one.severity is Severity.CRITICAL]
        new = replace(past, opened_ms=SEED_MS + 60_000, resolved_ms=None)
        assert uncounted_libraries(reader, past) == []
        assert sorted(uncounted_libraries(reader, new)) == ["films", "previews"]
        assert uncounted_libraries(reader, replace(new, severity=Severity.WARNING)) == []
    told = [plain(one) for one in lost_view_lines([], ["films", "previews"])]
    assert [one.split()[0] for one in told] == ["films", "previews"]
    assert all("once the hour" in one for one in told)
