"""What is made of Bunny's answers, whatever they hold."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

import pytest
from bunny_bench import row
from hypothesis import given, settings
from hypothesis import strategies as st

from sentinel_tui.domain.video.catalog import DAY_MS, HOUR_MS, VideoStatus
from sentinel_tui.errors import PlatformError
from sentinel_tui.platforms.bunny_statistics import (
    Asked,
    doubt_about_unit,
    segments_of,
    statistics_of,
)
from sentinel_tui.platforms.bunny_videos import Unreadable, video_of
from sentinel_tui.text import clean_block, clean_text

JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=6,
)
OTHER_FIELDS = (
    *("width", "height", "framerate", "outputCodecs", "availableResolutions", "storageSize"),
    *("collectionId", "category", "description", "chapters", "captions", "metaTags"),
)
"""Of a video, beside those that `row` writes."""
MAY_MS = 1_777_593_600_000


class TestOneVideo:
    """What becomes of each field, whatever JSON it holds."""

    fields = st.sampled_from(sorted(row(1, **dict.fromkeys(OTHER_FIELDS))))

    @settings(deadline=None, max_examples=150)
    @given(st.dictionaries(fields, JSON_VALUES, max_size=20))
    def test_whatever_a_field_holds_only_that_field_suffers(self, spoiled: dict[str, Any]) -> None:
        try:
            video = video_of({**row(4), **spoiled}, "previews", {}, 5)
        except Unreadable as error:
            unreadable = str(error)
        else:
            unreadable = ""
        if unreadable:
            assert clean_text(unreadable) == unreadable
            assert spoiled.keys() & {"guid", "dateUploaded", "views", "totalWatchTime"}
            return
        for text in (video.title, video.category, *video.tags, *video.codecs, *video.captions):
            assert clean_text(text) == text
        assert clean_block(video.description, 2_000) == video.description
        for number in (video.views, video.watch_s, video.average_watch_s, video.length_s):
            assert 0 <= number < 2**63
        assert "length" in spoiled or video.length_s == 60
        assert "status" in spoiled or video.status is VideoStatus.FINISHED

    def test_without_what_tells_or_counts_it_a_video_is_unreadable(self) -> None:
        for missing in ("guid", "dateUploaded", "views"):
            with pytest.raises(Unreadable):
                video_of({**row(4), missing: None}, "previews", {}, 0)

    def test_one_watch_time_makes_up_for_the_other_and_none_is_not_zero(self) -> None:
        def read(**members: Any) -> tuple[float, float]:
            video = video_of(row(4, **members), "previews", {}, 0)
            return video.watch_s, video.average_watch_s

        assert read(averageWatchTime=None) == (120, 30)
        assert read(totalWatchTime="much") == (120, 30)
        assert read(views=0, averageWatchTime=None, totalWatchTime=None) == (0, 0)
        with pytest.raises(Unreadable, match="watch time"):
            read(averageWatchTime=None, totalWatchTime=float("nan"))

    def test_instants_are_read_in_every_form_as_utc(self) -> None:
        at_ms = 1_777_629_600_000
        forms: dict[str | int, int] = {
            "2026-05-01T10:00:00": at_ms,
            "2026-05-01T10:00:00Z": at_ms,
            "2026-05-01T12:00:00.5+02:00": at_ms + 500,
            "1777629600": at_ms,
            at_ms: at_ms,
        }
        for written, meant_ms in forms.items():
            video = video_of(row(1, dateUploaded=written), "previews", {}, 0)
            assert video.published_ms == meant_ms, written

    def test_tags_and_the_full_video_are_found_among_meta_tags(self) -> None:
        meta = [
            {"property": "Tags", "value": " Wood , joints,,wood"},
            {"property": "keywords", "value": "Hand tools"},
            {"property": "sentinel.full", "value": " 9f-1 "},
            {"property": "og:title", "value": "no tag"},
            None,
        ]
        video = video_of(row(1, metaTags=meta), "previews", {}, 0)
        assert (video.tags, video.full) == (("wood", "joints", "hand tools"), "9f-1")

    def test_a_path_cannot_come_in_by_an_id(self) -> None:
        video = video_of(
            row(1, metaTags=[{"property": "sentinel.full", "value": "../../x"}]), "previews", {}, 0
        )
        assert video.full == ""
        with pytest.raises(Unreadable):
            video_of(row(1, guid="../statistics"), "previews", {}, 0)

    def test_statuses_are_those_of_videos_not_of_webhooks(self) -> None:
        meant = {
            0: VideoStatus.CREATED,
            4: VideoStatus.FINISHED,
            5: VideoStatus.FAILED,
            8: VideoStatus.FINISHED,
            77: VideoStatus.UNKNOWN,
            "4": VideoStatus.UNKNOWN,
        }
        for number, status in meant.items():
            assert video_of(row(1, status=number), "previews", {}, 0).status is status, number


class TestStatistics:
    keys = st.integers(-5, 100).map(
        lambda half_hours: datetime.fromtimestamp(MAY_MS / 1_000 + 1_800 * half_hours, UTC)
    )
    charts = st.dictionaries(
        keys.map(str) | st.text(), st.integers(-1, 2**60) | JSON_VALUES, max_size=8
    )

    @settings(deadline=None, max_examples=150)
    @given(charts | JSON_VALUES, charts, JSON_VALUES, st.booleans())
    def test_whatever_the_charts_hold_what_is_told_is_possible(
        self, views: Any, watched: Any, countries: Any, hourly: bool
    ) -> None:
        asked = Asked(MAY_MS, MAY_MS + 2 * DAY_MS, hourly)
        answer = {"viewsChart": views, "watchTimeChart": watched, "countryViewCounts": countries}
        with suppress(PlatformError):
            told = statistics_of(answer, asked)
            counted = told.hours if hourly else told.days
            assert all(asked.from_ms <= one.at_ms < told.to_ms <= asked.to_ms for one in counted)
            assert (told.from_ms is None) == (not counted)
            assert sum(day.views for day in told.days) == sum(one.views for one in counted)
            assert all(0 <= one.watch_s <= 24 * 2**53 and one.views >= 0 for one in told.days)
            assert len({one.at_ms % asked.step_ms for one in counted} - {0}) == 0

    def test_hours_that_are_not_counted_yet_are_not_taken_for_none(self) -> None:
        from_ms = 1_799_539_200_000
        chart = {"2027-01-10T01:00:00": 3, "2027-01-10T04:00:00": 0}
        asked = Asked(from_ms, from_ms + 9 * HOUR_MS, hourly=True)
        told = statistics_of({"viewsChart": chart, "watchTimeChart": chart}, asked)
        assert (told.from_ms, told.to_ms) == (from_ms + HOUR_MS, from_ms + 5 * HOUR_MS)
        now = Asked(from_ms, from_ms + 4 * HOUR_MS + 1, hourly=True)
        assert statistics_of({"viewsChart": chart}, now).to_ms == now.to_ms

    def test_one_hour_in_two_forms_is_one_hour_and_nonsense_is_counted(self) -> None:
        chart = {
            "2027-01-10T05:00:00": 3,
            "2027-01-10T05:00:00Z": 3,
            "2027-01-10T06:00:00": -1,
            "2027-01-10T07:00:00": 1e999,
            "soon": 5,
        }
        from_ms = 1_799_539_200_000
        asked = Asked(from_ms, from_ms + DAY_MS, hourly=True)
        told = statistics_of({"viewsChart": chart, "engagementScore": 101}, asked)
        assert [(hour.at_ms, hour.views) for hour in told.hours] == [(from_ms + 5 * HOUR_MS, 3)]
        assert told.doubts == (
            "3 values of Bunny's charts cannot be read",
            "Bunny told of views and of no watch time",
        )
        assert told.engagement is None

    def test_a_unit_that_can_hardly_be_seconds_is_doubted(self) -> None:
        for watch, unit in ((100.0, "minutes"), (6e6, "milliseconds")):
            assert unit in doubt_about_unit(100, watch, average_watch_s=60)
            assert doubt_about_unit(10, watch, average_watch_s=60) == ""  # too few views to say
        for watch in (0.0, 3_000.0, 6_000.0, 12_000.0):
            assert doubt_about_unit(100, watch, average_watch_s=60) == ""


class TestHeatmaps:
    def test_stray_keys_and_values_are_dropped_and_the_rest_is_scaled(self) -> None:
        chart = {"-1": 90, "0": 50, "2": 25, "x": 9, "1e3": 9, "3": None, "999999": 7}
        assert segments_of({"heatmap": chart}, 900) == (100, 0, 50)

    def test_no_heat_is_no_heatmap(self) -> None:
        nothings: tuple[object, ...] = (None, "", [], {}, {"0": 0}, {"-1": 100})
        for nothing in nothings:
            assert segments_of({"heatmap": nothing}, 60) is None
            assert segments_of(nothing, 60) is None

    def test_keys_that_end_with_the_video_are_its_seconds(self) -> None:
        heat = segments_of({"heatmap": {str(second): 10 for second in range(598)}}, 600)
        assert heat is not None
        assert (len(heat), heat[0], heat[599]) == (600, 100, 0)

    def test_an_end_that_nobody_saw_is_made_out_by_how_long_views_last(self) -> None:
        """Views fall evenly to nothing where the last key is; the rest of the video is unseen."""
        told, length_s = 60, 600
        chart = {str(n): 100 * (told - n) / told for n in range(told)}
        for parts, average_s in ((100, 180.0), (told, 300.0), (length_s, 30.0)):
            heat = segments_of({"heatmap": chart}, length_s, average_s)
            assert heat is not None
            assert len(heat) == parts
            assert sum(heat) / 100 / parts == pytest.approx(average_s / length_s, rel=0.03)
        assert len(segments_of({"heatmap": chart}, length_s) or ()) == told
