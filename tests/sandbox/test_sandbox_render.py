"""The look-alike of Render: its rules over time, and its likeness to the platform's description."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest
from jsonschema import Draft202012Validator

from sentinel_tui.clock import FakeClock
from sentinel_tui.sandbox.http.messages import Request, Response
from sentinel_tui.sandbox.render.api import KEY, Mishap, RenderApi
from sentinel_tui.sandbox.render.service import Refused, RenderService
from sentinel_tui.sandbox.render.workspace import RESTART_S, Workspace, stamp

NOVEMBER_MS = 1_793_491_200_000
MINUTE_S, HOUR_S = 60.0, 3_600.0
_SPEC = Path(__file__).parents[3] / "shared" / "specs" / "render-openapi.prism.json"


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock(NOVEMBER_MS)


@pytest.fixture
def workspace(clock: FakeClock) -> Workspace:
    return Workspace(clock, pays=True)


@pytest.fixture
def free(workspace: Workspace) -> RenderService:
    return workspace.add("curator", "https://curator.example")


@pytest.fixture
def paid(workspace: Workspace) -> RenderService:
    return workspace.add("shop", "https://shop.example", "starter")


async def call(api: RenderApi, method: str, path: str, query: str = "", **body: object) -> Response:
    headers = {"authorization": f"Bearer {KEY}"}
    request = Request(method, f"/v1{path}", query, headers, json.dumps(body).encode())
    answer = await api.answer(request)
    assert answer is not None
    return answer


async def told(api: RenderApi, path: str, query: str = "") -> Any:
    answer = await call(api, "GET", path, query)
    assert answer.status == 200, answer.body
    return json.loads(answer.body)


def kinds(service: RenderService) -> list[str]:
    return [event.kind for event in service.events]


class TestDeploys:
    async def test_a_commit_is_deployed_by_itself_only_while_auto_deploy_is_on(
        self, workspace: Workspace, paid: RenderService, clock: FakeClock
    ) -> None:
        made = workspace.push(paid, "abc", healthy=True)
        assert made is not None
        await clock.advance(HOUR_S)
        workspace.settle()
        assert paid.live is made
        paid.auto_deploy = False
        assert workspace.push(paid, "def", healthy=False) is None
        assert (paid.head, paid.live.commit) == ("def", "abc")

    async def test_what_the_api_deploys_works_or_not_as_its_commit_does(
        self, workspace: Workspace, paid: RenderService, clock: FakeClock
    ) -> None:
        api = RenderApi(workspace, clock)
        paid.auto_deploy = False
        workspace.push(paid, "bad", healthy=False)
        await call(api, "POST", f"/services/{paid.id}/deploys")
        await clock.advance(HOUR_S)
        workspace.settle()
        assert not paid.works
        good = paid.deploys[0]
        await call(api, "POST", f"/services/{paid.id}/rollback", deployId=good.id)
        await clock.advance(HOUR_S)
        workspace.settle()
        assert paid.works
        assert paid.live is not None
        assert paid.live.commit == good.commit

    async def test_a_deploy_that_cannot_be_built_changes_nothing(
        self, workspace: Workspace, paid: RenderService, clock: FakeClock
    ) -> None:
        before = paid.live
        made = workspace.order_deploy(paid, "api", "abc", healthy=True)
        made.builds = False
        await clock.advance(HOUR_S)
        workspace.settle()
        assert (made.status, paid.live) == ("build_failed", before)
        assert kinds(paid)[-1] == "deploy_ended"

    async def test_a_restart_takes_a_moment_and_may_make_it_worse_until_the_next_deploy(
        self, workspace: Workspace, paid: RenderService, clock: FakeClock
    ) -> None:
        renewed: list[RenderService] = []
        workspace.renewed.append(renewed.append)
        workspace.restart(paid)
        assert paid.back_s == pytest.approx(workspace.now_s + RESTART_S)
        assert (paid.works, renewed) == (True, [paid])
        paid.dies_of_restart = True
        workspace.restart(paid)
        assert not paid.works
        workspace.order_deploy(paid, "api", "abc", healthy=True)
        await clock.advance(HOUR_S)
        workspace.settle()
        assert paid.works
        assert len(renewed) == 3

    async def test_a_free_service_goes_back_two_deploys_at_the_most(
        self, workspace: Workspace, free: RenderService, clock: FakeClock
    ) -> None:
        for number in range(3):
            workspace.order_deploy(free, "api", f"c{number}", healthy=True)
            await clock.advance(HOUR_S)
        workspace.settle()
        oldest, _, recent, _ = free.deploys
        with pytest.raises(Refused, match="two latest"):
            workspace.roll_back(free, oldest.id)
        assert workspace.roll_back(free, recent.id).commit == recent.commit

    def test_nothing_is_restarted_or_deployed_while_it_is_suspended(
        self, workspace: Workspace, paid: RenderService
    ) -> None:
        workspace.suspend(paid)
        with pytest.raises(Refused, match="suspended"):
            workspace.restart(paid)
        with pytest.raises(Refused, match="suspended"):
            workspace.push(paid, "abc", healthy=True)
        assert paid.restarts == 0


class TestHours:
    async def test_a_deploy_wakes_a_sleeper_from_when_it_is_live_and_no_earlier(
        self, workspace: Workspace, free: RenderService, clock: FakeClock
    ) -> None:
        workspace.order_deploy(free, "api", "abc", healthy=True)
        await clock.advance(10 * HOUR_S)
        assert workspace.used_h() == pytest.approx(0.25)

    async def test_hours_are_what_the_metric_shows(
        self, workspace: Workspace, free: RenderService, clock: FakeClock
    ) -> None:
        api = RenderApi(workspace, clock)
        for _ in range(3):
            workspace.visit(free)
            await clock.advance(HOUR_S)
        series = await told(api, "/metrics/instance-count", f"resource={free.id}&{window(0, 3)}")
        running = sum(point["value"] for point in series[0]["values"])
        assert running / 60 == pytest.approx(workspace.used_h(), abs=0.06)

    async def test_no_month_spends_more_than_the_pool_however_late_it_is_looked_at(
        self, clock: FakeClock
    ) -> None:
        small = Workspace(clock, free_hours=10)
        services = [small.add(name, "https://x.example") for name in ("a", "b", "c")]
        for one in services:
            one.awake_until_s = small.now_s + 100 * 86_400
        await clock.advance(70 * 86_400)
        small.settle()
        spent = sum(spent_s for one in services for spent_s in one.awake_s.values())
        assert spent == pytest.approx(10 * HOUR_S)
        assert [kinds(one) for one in services] == [["suspender_added", "suspender_removed"]] * 3
        assert all(
            until_s - from_s < 10 * HOUR_S for one in services for from_s, until_s in one.ran
        )

    async def test_a_deploy_that_was_done_is_not_called_off_by_the_next_one(
        self, workspace: Workspace, paid: RenderService, clock: FakeClock
    ) -> None:
        first = workspace.order_deploy(paid, "api", "abc", healthy=True)
        await clock.advance(HOUR_S)
        second = workspace.order_deploy(paid, "api", "def", healthy=True)
        assert (first.status, paid.deploying) == ("live", second)
        third = workspace.order_deploy(paid, "api", "ghi", healthy=True)
        assert (second.status, paid.deploying) == ("canceled", third)

    async def test_a_clock_that_somebody_sets_spends_no_hours(
        self, workspace: Workspace, free: RenderService, clock: FakeClock
    ) -> None:
        workspace.visit(free)
        clock.jump(20 * 86_400)
        assert workspace.used_h() == 0
        await clock.advance(HOUR_S)
        assert workspace.used_h() == pytest.approx(0.25)

    async def test_a_service_that_is_suspended_spends_nothing(
        self, workspace: Workspace, free: RenderService, clock: FakeClock
    ) -> None:
        workspace.visit(free)
        workspace.suspend(free)
        await clock.advance(HOUR_S)
        assert workspace.used_h() == 0
        workspace.resume(free)
        assert not workspace.awake(free)


class TestMetrics:
    async def test_requests_are_counted_in_the_minute_they_came(
        self, workspace: Workspace, free: RenderService, clock: FakeClock
    ) -> None:
        api = RenderApi(workspace, clock)
        for _ in range(3):
            workspace.visit(free)
        await clock.advance(2 * MINUTE_S)
        workspace.visit(free)
        series = await told(api, "/metrics/http-requests", f"resource={free.id}&{window(0, 1)}")
        assert [point["value"] for point in series[0]["values"]][:4] == [3, 0, 1, 0]
        coarse = f"resource={free.id}&{window(0, 1)}&resolutionSeconds=3600"
        series = await told(api, "/metrics/http-requests", coarse)
        assert series[0]["values"][0]["value"] == 4

    async def test_what_sleeps_has_no_load_and_no_instance(
        self, workspace: Workspace, free: RenderService, paid: RenderService, clock: FakeClock
    ) -> None:
        api = RenderApi(workspace, clock)
        query = f"resource={free.id}&resource={paid.id}&{window(0, 1)}"
        await clock.advance(HOUR_S)
        asleep, runs = await told(api, "/metrics/cpu", query)
        assert asleep["values"] == []
        assert len(runs["values"]) == 61
        asleep, runs = await told(api, "/metrics/instance-count", query)
        assert {point["value"] for point in asleep["values"]} == {0}
        assert {point["value"] for point in runs["values"]} == {1}
        asleep, runs = await told(api, "/metrics/cpu-limit", query)
        assert asleep["values"][0]["value"] < runs["values"][0]["value"]

    @pytest.mark.parametrize(
        ("path", "query", "status"),
        [
            ("/metrics/weather", "resource={id}", 404),
            ("/metrics/cpu", "resource=srv-none", 404),
            ("/metrics/cpu", "resource={id}&resolutionSeconds=5", 400),
            ("/metrics/cpu", "resource={id}&startTime=2020-01-01T00:00:00Z", 400),
            ("/metrics/cpu", "resource={id}&startTime=yesterday", 400),
        ],
    )
    async def test_what_cannot_be_answered_is_refused(
        self,
        workspace: Workspace,
        free: RenderService,
        clock: FakeClock,
        path: str,
        query: str,
        status: int,
    ) -> None:
        answer = await call(RenderApi(workspace, clock), "GET", path, query.format(id=free.id))
        assert answer.status == status


class TestMishaps:
    @pytest.mark.parametrize(
        ("mishap", "status", "restarts"),
        [
            (Mishap.ERROR, 500, 0),
            (Mishap.ERROR_AFTER, 500, 1),
            (Mishap.LIMITED, 429, 0),
            (Mishap.LIMITED_AFTER, 429, 1),
            (Mishap.QUEUED, 202, 1),
        ],
    )
    async def test_each_befalls_one_writing_call(
        self,
        workspace: Workspace,
        paid: RenderService,
        clock: FakeClock,
        mishap: Mishap,
        status: int,
        restarts: int,
    ) -> None:
        api = RenderApi(workspace, clock)
        api.mishaps.append(mishap)
        await told(api, f"/services/{paid.id}")
        path = f"/services/{paid.id}/restart"
        assert (await call(api, "POST", path)).status == status
        assert paid.restarts == restarts
        assert (await call(api, "POST", path)).status == 200


class TestLikeness:
    """Every event the look-alike tells has the shape that the description gives to its kind."""

    async def test_events_have_the_details_of_their_kind(
        self, workspace: Workspace, paid: RenderService, clock: FakeClock
    ) -> None:
        spec = description()
        await everything_happens(workspace, paid, clock)
        api = RenderApi(workspace, clock)
        rows = await told(api, f"/services/{paid.id}/events", window(0, 48) + "&limit=100")
        by_title = {one["title"]: one for one in details_of_events(spec)}
        told_kinds = set()
        for row in rows:
            event = row["event"]
            told_kinds.add(event["type"])
            title = _TITLES.get(event["type"], event["type"].replace("_", " ").title())
            schema = {**by_title[title], "paths": spec["paths"], "components": spec["components"]}
            Draft202012Validator(schema).validate(event["details"])
        assert {"server_restarted", "plan_changed", "autoscaling_config_changed"} <= told_kinds
        known = spec["components"]["parameters"]["eventTypeParam"]["schema"]["anyOf"][0]["enum"]
        assert told_kinds <= set(known)

    @pytest.mark.parametrize("metric", ["instance-count", "http-requests", "cpu", "cpu-limit"])
    async def test_metrics_are_series(
        self, workspace: Workspace, paid: RenderService, clock: FakeClock, metric: str
    ) -> None:
        spec = description()
        workspace.visit(paid)
        api = RenderApi(workspace, clock)
        series = await told(api, f"/metrics/{metric}", f"resource={paid.id}")
        assert series[0]["values"]
        answer = spec["paths"]["/metrics/cpu"]["get"]["responses"]["200"]
        schema = answer["content"]["application/json"]["schema"]
        Draft202012Validator(schema).validate(series)


_TITLES = {"plan_changed": "Instance Type Changed"}


async def everything_happens(
    workspace: Workspace, service: RenderService, clock: FakeClock
) -> None:
    api = RenderApi(workspace, clock)
    path = f"/services/{service.id}"
    workspace.order_deploy(service, "api", "bad", healthy=False)
    await clock.advance(HOUR_S)
    workspace.order_deploy(service, "api", "unbuildable", healthy=True).builds = False
    await clock.advance(HOUR_S)
    off = {"enabled": False, "percentage": 70}
    rule = {"enabled": True, "min": 1, "max": 3, "criteria": {"cpu": off, "memory": off}}
    calls: list[tuple[str, str, Mapping[str, object]]] = [
        ("POST", "/rollback", {"deployId": service.deploys[0].id}),
        ("POST", "/restart", {}),
        ("POST", "/scale", {"numInstances": 2}),
        ("PATCH", "", {"serviceDetails": {"plan": "pro"}}),
        ("PUT", "/autoscaling", rule),
        ("DELETE", "/autoscaling", {}),
        ("POST", "/suspend", {}),
        ("POST", "/resume", {}),
    ]
    for method, ending, body in calls:
        answer = await call(api, method, path + ending, **body)
        assert answer.status < 300, answer.body
        await clock.advance(1)


def window(from_h: float, until_h: float) -> str:
    """Hours after the beginning as the query of a call."""
    begin_s = NOVEMBER_MS / 1_000
    start, end = stamp(begin_s + from_h * HOUR_S), stamp(begin_s + until_h * HOUR_S)
    return f"startTime={start}&endTime={end}"


def description() -> dict[str, Any]:
    if not _SPEC.exists():
        pytest.skip("the platform's OpenAPI file is not at hand")
    spec: dict[str, Any] = json.loads(_SPEC.read_text(encoding="utf-8"))
    return spec


def details_of_events(spec: dict[str, Any]) -> list[dict[str, Any]]:
    event = spec["components"]["schemas"]["serviceEventWithCursor"]["properties"]["event"]
    while "$ref" in event:
        value: Any = spec
        for part in event["$ref"].removeprefix("#/").split("/"):
            value = value[unquote(part).replace("~1", "/").replace("~0", "~")]
        event = value
    alternatives: list[dict[str, Any]] = event["properties"]["details"]["oneOf"]
    return alternatives
