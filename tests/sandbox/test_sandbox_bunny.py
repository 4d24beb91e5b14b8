"""The look-alike of Bunny: its likeness to the platform's description, its quirks, its mishaps."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from jsonschema import Draft202012Validator
from sandbox_visitor import Visitor

from sentinel_tui.clock import FakeClock
from sentinel_tui.domain.video.catalog import DAY_MS
from sentinel_tui.platforms.bunny_webhooks import NotFromBunny, verify
from sentinel_tui.sandbox.bunny.api import (
    DEFAULT_DAYS,
    KEPT_DAYS,
    LARGEST_PAGE,
    SMALLEST_PAGE,
    BunnyApi,
)
from sentinel_tui.sandbox.bunny.library import BunnyLibrary
from sentinel_tui.sandbox.bunny.look_alike import encoding_notice
from sentinel_tui.sandbox.bunny.mishaps import HOSTILE, Mishap
from sentinel_tui.sandbox.bunny.tally import SEGMENTS
from sentinel_tui.sandbox.bunny.views import ENCODING_MS
from sentinel_tui.sandbox.catalogue import survival
from sentinel_tui.sandbox.films import COURSES, PREVIEWS, Again, Film, film_id, truth
from sentinel_tui.sandbox.http.messages import Request, Response
from sentinel_tui.sandbox.viewing import Audience
from sentinel_tui.sandbox.world import World

NOW_MS = FakeClock().now_ms()
SEED = 3
_SPEC = Path(__file__).parents[3] / "shared" / "specs" / "bunny-stream-openapi.json"


def film(title: str, age_days: float = 20.0, **more: object) -> Film:
    given: dict[str, object] = {
        "id": film_id(PREVIEWS, title),
        "library": PREVIEWS,
        "title": title,
        "length_s": 300.0,
        "published_ms": NOW_MS - round(age_days * DAY_MS),
        "fans": 60.0,
        "survival": survival(300.0, 0.1),
        **more,
    }
    return Film(**given)  # type: ignore[arg-type] # what a test gives is of the right types


BOWL = film(
    "Un bol", fans=600.0, tags=("pottery", "fr"), series="Terre", again=Again(150.0, 180.0, 0.5)
)
STOOL = film("A stool", 400.0, full=film_id(COURSES, "A stool"), tells_full=True)
UNSEEN = film("Nobody's", 9.0, fans=0.0)
NEW = film("Just uploaded", 0.002)
FILMS = (BOWL, STOOL, UNSEEN, NEW)


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock(NOW_MS)


@pytest.fixture
def library() -> BunnyLibrary:
    return BunnyLibrary(PREVIEWS, 11, Audience(FILMS, SEED))


@pytest.fixture
def api(library: BunnyLibrary, clock: FakeClock) -> BunnyApi:
    return BunnyApi([library, BunnyLibrary(COURSES, 12, Audience((), SEED))], clock)


async def call(
    api: BunnyApi, path: str, *, key: str = "sandbox-previews-read-only", **query: object
) -> Response:
    request = Request("GET", f"/library/11{path}", urlencode(query), {"accesskey": key})
    return await api.answer(request)


async def told(api: BunnyApi, path: str, **query: object) -> Any:
    answer = await call(api, path, **query)
    assert answer.status == 200, answer.body
    return json.loads(answer.body)


async def seen(api: BunnyApi) -> dict[str, dict[str, Any]]:
    listed = await told(api, "/videos")
    return {one["guid"]: one for one in listed["items"]}


class TestLikeness:
    """Every answer has the shape that the platform's description gives to it."""

    @pytest.mark.parametrize(
        ("path", "described"),
        [
            ("/videos", "/videos"),
            (f"/videos/{BOWL.id}", "/videos/{videoId}"),
            (f"/videos/{NEW.id}", "/videos/{videoId}"),
            (f"/videos/{BOWL.id}/heatmap", "/videos/{videoId}/heatmap"),
            (f"/videos/{UNSEEN.id}/heatmap", "/videos/{videoId}/heatmap"),
            ("/statistics", "/statistics"),
            ("/collections", "/collections"),
        ],
    )
    async def test_of_answers(self, api: BunnyApi, path: str, described: str) -> None:
        Draft202012Validator(schema_of(described)).validate(await told(api, path))

    @pytest.mark.parametrize("film_id", [BOWL.id, UNSEEN.id])
    async def test_of_a_videos_statistics(self, api: BunnyApi, film_id: str) -> None:
        statistics = await told(api, "/statistics", videoGuid=film_id, hourly="true")
        Draft202012Validator(schema_of("/statistics")).validate(statistics)


class TestCounts:
    async def test_sums_charts_and_sessions_agree(
        self, api: BunnyApi, library: BunnyLibrary
    ) -> None:
        sessions = [
            one
            for day in range(BOWL.published_ms // DAY_MS, NOW_MS // DAY_MS + 1)
            for one in Audience(FILMS, SEED).sessions(BOWL, day)
            if one.end_ms <= NOW_MS
        ]
        row = (await seen(api))[BOWL.id]
        assert row["views"] == len(sessions) > 1_000
        assert row["totalWatchTime"] == round(sum(one.watch_s for one in sessions))
        for hourly in ("true", "false"):
            charts = await told(api, "/statistics", videoGuid=BOWL.id, hourly=hourly)
            assert sum(charts["viewsChart"].values()) == row["views"]
            rounding = len(charts["watchTimeChart"])
            watched_s = sum(charts["watchTimeChart"].values())
            assert watched_s == pytest.approx(row["totalWatchTime"], abs=rounding)

    async def test_a_librarys_chart_is_the_sum_of_its_videos(self, api: BunnyApi) -> None:
        whole = await told(api, "/statistics")
        parts = [await told(api, "/statistics", videoGuid=one.id) for one in (BOWL, STOOL)]
        for hour, views in whole["viewsChart"].items():
            assert views == sum(part["viewsChart"][hour] for part in parts)
        assert "engagementScore" not in whole

    async def test_the_heatmap_shows_who_still_watches_and_what_is_played_twice(
        self, api: BunnyApi
    ) -> None:
        heat = (await told(api, f"/videos/{BOWL.id}/heatmap"))["heatmap"]
        assert max(heat.values()) == 100
        again, stated = BOWL.again, truth(BOWL).curve
        assert again is not None
        first = heat["0"] / 100
        for place in range(SEGMENTS):
            at_s = (place + 0.5) * BOWL.length_s / SEGMENTS
            plays = stated.still_at(at_s / BOWL.length_s)
            if again.from_s <= at_s < again.to_s:
                plays += again.share * stated.still_at(again.to_s / BOWL.length_s)
            assert heat[str(place)] / 100 / first == pytest.approx(plays, abs=0.06)

    async def test_a_view_counts_once_it_is_over(self, api: BunnyApi, clock: FakeClock) -> None:
        before = (await seen(api))[BOWL.id]["views"]
        assert (await seen(api))[BOWL.id]["views"] == before
        await clock.advance(6 * 3_600)
        assert (await seen(api))[BOWL.id]["views"] > before


class TestQuirks:
    async def test_a_start_that_is_no_date_is_silently_the_last_month(self, api: BunnyApi) -> None:
        for start in ({}, {"dateFrom": "last year"}, {"dateFrom": "", "dateTo": "2020-01-01"}):
            chart = (await told(api, "/statistics", **start))["viewsChart"]
            assert len(chart) == DEFAULT_DAYS + 1

    async def test_an_early_start_is_silently_a_year_ago(self, api: BunnyApi) -> None:
        chart = (await told(api, "/statistics", dateFrom="2001-01-01"))["viewsChart"]
        assert len(chart) == KEPT_DAYS + 1
        refused = await call(api, "/statistics", dateFrom="2001-01-01", dateTo="2002-01-01")
        assert refused.status == 400

    async def test_a_range_without_a_zone_is_in_utc(self, api: BunnyApi) -> None:
        ranges = [
            {"dateFrom": "2027-01-10T12:00:00", "dateTo": "2027-01-10T15:00:00"},
            {"dateFrom": "2027-01-10T12:00:00Z", "dateTo": "2027-01-10T16:00:00+01:00"},
        ]
        for asked in ranges:
            chart = (await told(api, "/statistics", hourly="true", **asked))["viewsChart"]
            assert [one[11:13] for one in chart] == ["12", "13", "14"]

    async def test_the_two_charts_write_instants_in_two_forms(self, api: BunnyApi) -> None:
        charts = await told(api, "/statistics", hourly="true")
        views, watched = list(charts["viewsChart"]), list(charts["watchTimeChart"])
        assert [f"{one}Z" for one in views] == watched

    async def test_what_nobody_watched_has_no_charts(self, api: BunnyApi) -> None:
        charts = await told(api, "/statistics", videoGuid=UNSEEN.id)
        assert set(charts.values()) == {None}
        assert await told(api, f"/videos/{UNSEEN.id}/heatmap") == {"heatmap": None}

    async def test_a_heatmap_has_a_stray_segment(self, api: BunnyApi) -> None:
        assert "-1" in (await told(api, f"/videos/{BOWL.id}/heatmap"))["heatmap"]

    async def test_a_video_has_no_length_before_it_is_encoded(
        self, api: BunnyApi, clock: FakeClock
    ) -> None:
        fresh = (await seen(api))[NEW.id]
        assert (fresh["length"], fresh["encodeProgress"] < 100) == (0, True)
        await clock.advance(ENCODING_MS / 1_000)
        assert (await seen(api))[NEW.id]["length"] == NEW.length_s

    async def test_tags_and_the_full_film_are_meta_tags(self, api: BunnyApi) -> None:
        rows = await seen(api)
        tags = {one["property"]: one["value"] for one in rows[BOWL.id]["metaTags"]}
        assert tags == {"tags": ", ".join(BOWL.tags)}
        tags = {one["property"]: one["value"] for one in rows[STOOL.id]["metaTags"]}
        assert tags == {"sentinel.full": STOOL.full}


class TestLists:
    @pytest.fixture
    def many(self, clock: FakeClock) -> BunnyApi:
        films = [film(f"Film {number:04d}", number / 10, fans=0.0) for number in range(1_200)]
        return BunnyApi([BunnyLibrary(PREVIEWS, 11, Audience(films, SEED))], clock)

    async def test_pages_hold_no_more_and_no_fewer_than_the_platform_allows(
        self, many: BunnyApi
    ) -> None:
        largest = await told(many, "/videos", itemsPerPage=5_000)
        assert (len(largest["items"]), largest["itemsPerPage"]) == (LARGEST_PAGE, LARGEST_PAGE)
        rest = await told(many, "/videos", itemsPerPage=5_000, page=2)
        both = [one["guid"] for one in (*largest["items"], *rest["items"])]
        assert len(set(both)) == len(both) == largest["totalItems"]
        smallest = await told(many, "/videos", itemsPerPage=1)
        assert len(smallest["items"]) == SMALLEST_PAGE
        assert (await told(many, "/videos", page=99))["items"] == []

    async def test_the_newest_come_first_whatever_order_is_asked_for(self, api: BunnyApi) -> None:
        for order in ("date", "views", ""):
            rows = (await told(api, "/videos", orderBy=order))["items"]
            assert [one["guid"] for one in rows] == [NEW.id, UNSEEN.id, BOWL.id, STOOL.id]
        by_title = (await told(api, "/videos", orderBy="title"))["items"]
        assert [one["guid"] for one in by_title] == [STOOL.id, NEW.id, UNSEEN.id, BOWL.id]

    async def test_they_can_be_searched_by_title_and_by_collection(self, api: BunnyApi) -> None:
        (found,) = (await told(api, "/videos", search="UN BOL"))["items"]
        (series,) = (await told(api, "/collections"))["items"]
        assert (series["name"], series["videoCount"]) == (BOWL.series, 1)
        assert found["collectionId"] == series["guid"]
        (inside,) = (await told(api, "/videos", collection=series["guid"]))["items"]
        assert inside["guid"] == BOWL.id


class TestRefusals:
    @pytest.mark.parametrize("key", ["", "account-key", "sandbox-courses-read-only"])
    async def test_every_key_but_the_librarys_own(self, api: BunnyApi, key: str) -> None:
        answer = await call(api, "/videos", key=key)
        assert answer.status == 401
        assert json.loads(answer.body)["success"] is False
        assert api.calls == []

    async def test_writing(self, api: BunnyApi, library: BunnyLibrary) -> None:
        path, headers = f"/library/11/videos/{BOWL.id}", {"accesskey": library.key}
        assert (await api.answer(Request("DELETE", path, "", headers))).status == 403
        assert BOWL.id in await seen(api)

    @pytest.mark.parametrize(
        "path",
        ["/videos/none", "/videos/none/heatmap", f"/videos/{BOWL.id}/statistics", "/elsewhere"],
    )
    async def test_what_is_not_there(self, api: BunnyApi, path: str) -> None:
        assert (await call(api, path)).status == 404
        assert (await call(api, "/statistics", videoGuid="none")).status == 404


class TestChanges:
    async def test_a_deleted_video_is_gone_and_its_hours_with_it(
        self, api: BunnyApi, library: BunnyLibrary
    ) -> None:
        whole = sum((await told(api, "/statistics"))["viewsChart"].values())
        gone = (await seen(api))[BOWL.id]["views"]
        library.delete(BOWL.id)
        assert BOWL.id not in await seen(api)
        left = sum((await told(api, "/statistics"))["viewsChart"].values())
        assert left == whole - gone
        with pytest.raises(KeyError):
            library.delete(BOWL.id)

    async def test_a_replaced_video_begins_anew_under_another_id(
        self, api: BunnyApi, library: BunnyLibrary, clock: FakeClock
    ) -> None:
        cut = library.replace(BOWL.id, 240.0, clock.now_ms())
        rows = await seen(api)
        assert BOWL.id not in rows
        assert rows[cut.id]["title"] == BOWL.title
        await clock.advance(DAY_MS / 1_000)
        later = (await seen(api))[cut.id]
        assert (later["length"], later["views"] > 0) == (240, True)

    async def test_counts_can_go_back(self, api: BunnyApi, library: BunnyLibrary) -> None:
        before = (await seen(api))[BOWL.id]
        library.set_back(BOWL.id, 0.5)
        after = (await seen(api))[BOWL.id]
        assert after["views"] == round(before["views"] / 2)
        chart = (await told(api, "/statistics", videoGuid=BOWL.id))["viewsChart"]
        assert sum(chart.values()) == before["views"]

    async def test_nonsense_can_be_told_of_one_video(
        self, api: BunnyApi, library: BunnyLibrary
    ) -> None:
        library.spoil(STOOL.id, title="\x1b[2J", views=None)
        rows = await seen(api)
        assert (rows[STOOL.id]["title"], rows[STOOL.id]["views"]) == ("\x1b[2J", None)
        assert rows[BOWL.id]["title"] == BOWL.title

    def test_its_webhooks_are_signed_with_the_librarys_key(self, library: BunnyLibrary) -> None:
        body, headers = encoding_notice(library, BOWL.id, 3)
        notice = verify(body, headers, library.key)
        assert (notice.library_id, notice.video) == (library.id, BOWL.id)
        with pytest.raises(NotFromBunny):
            verify(body, headers, "another key")


class TestMishaps:
    async def test_each_befalls_one_call(self, api: BunnyApi) -> None:
        api.mishaps += [Mishap.ERROR, Mishap.LIMITED]
        assert (await call(api, "/videos")).status == 500
        limited = await call(api, "/videos")
        assert (limited.status, limited.headers[0][0]) == (429, "retry-after")
        assert (await call(api, "/videos")).status == 200
        assert [one.path for one in api.calls] == ["/library/11/videos"] * 3

    @pytest.mark.parametrize("mishap", HOSTILE)
    async def test_nonsense_comes_with_status_200(self, api: BunnyApi, mishap: Mishap) -> None:
        api.mishaps.append(mishap)
        answer = await call(api, "/videos")
        assert answer.status == 200
        try:
            told = json.loads(answer.body)
        except (ValueError, RecursionError):
            return
        assert not Draft202012Validator(schema_of("/videos")).is_valid(told)


class TestWorld:
    async def test_previews_are_watched_only_while_the_public_site_works(
        self, clock: FakeClock, visitor: Visitor
    ) -> None:
        world = World(clock, films=[film("Rush", 2.0, fans=20_000.0, length_s=30.0)])
        library = world.bunny.libraries[PREVIEWS]

        async def views_after(wait_s: float) -> int:
            await clock.advance(wait_s)
            (tally,) = await library.tallies(clock.now_ms())
            return tally.views

        world.start()
        try:
            await world.mend("public")
            await world.break_service("public", "500", 600.0)
            at_first = await views_after(60.0)
            assert at_first > 0
            assert await views_after(500.0) == at_first
            await world.mend("public")
            assert await views_after(200.0) > at_first
        finally:
            await world.stop()

    async def test_it_can_be_broken_and_mended(self, world: World, visitor: Visitor) -> None:
        await world.break_service("bunny", "500")
        assert (await visitor.get(world.bunny.url)).status_code == 500
        await world.mend("bunny")
        assert (await visitor.get(world.bunny.url)).status_code == 404


def schema_of(path: str) -> dict[str, Any]:
    """What the platform's description says of the answer to a call, as JSON Schema says it."""
    if not _SPEC.exists():
        pytest.skip("the platform's OpenAPI file is not at hand")
    spec = json.loads(_SPEC.read_text(encoding="utf-8"))
    answers = spec["paths"][f"/library/{{libraryId}}{path}"]["get"]["responses"]
    (media,) = answers["200"]["content"].values()
    return {**media["schema"], "components": _with_nulls(spec["components"])}


def _with_nulls(described: Any) -> Any:
    """OpenAPI 3.0 says `nullable` where JSON Schema has another type beside it."""
    if isinstance(described, list):
        return [_with_nulls(one) for one in described]
    if not isinstance(described, dict):
        return described
    schema = {name: _with_nulls(one) for name, one in described.items()}
    return {"anyOf": [schema, {"type": "null"}]} if described.get("nullable") is True else schema
