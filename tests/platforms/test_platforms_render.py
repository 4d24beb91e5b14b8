"""The Render client against the sandbox's look-alike, and that against Render's description."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Coroutine
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import unquote

import pytest
from jsonschema import Draft202012Validator

from sentinel_tui.clock import FakeClock
from sentinel_tui.config.secrets import Secret
from sentinel_tui.errors import (
    PlatformError,
    PlatformRefused,
    PlatformUnavailable,
    PlatformUnsure,
)
from sentinel_tui.platforms.render import Render
from sentinel_tui.sandbox.host import Host
from sentinel_tui.sandbox.http.messages import Request, Response
from sentinel_tui.sandbox.port import LOOPBACK
from sentinel_tui.sandbox.render.api import KEY, Mishap, RenderApi
from sentinel_tui.sandbox.render.rate_limits import SERVICE_WRITE_LIMIT
from sentinel_tui.sandbox.render.workspace import (
    BUILD_S,
    FREE_HOURS,
    IDLE_S,
    RenderService,
    Workspace,
)

Result = TypeVar("Result")
_SPEC = Path(__file__).parents[3] / "shared" / "specs" / "render-openapi.prism.json"


class Bench:
    """A workspace, its API on a port, a client, and the clock that moves them."""

    def __init__(self, clock: FakeClock, workspace: Workspace, api: RenderApi, host: Host) -> None:
        self.clock = clock
        self.workspace = workspace
        self.api = api
        self.client = self.client_with(KEY, host)
        self.host = host

    def client_with(self, key: str, host: Host) -> Render:
        url = f"http://{LOOPBACK}:{host.port}/v1"
        return Render(Secret(key), self.clock, base_url=url, allow_private=True)

    async def ask(self, question: Coroutine[Any, Any, Result], step_s: float = 0.5) -> Result:
        """The answer, however long the clock has to move for it."""
        asked = asyncio.create_task(question)
        while not (await asyncio.wait([asked], timeout=0.02))[0]:
            await self.clock.advance(step_s)
        return await asked


@pytest.fixture
async def bench() -> AsyncIterator[Bench]:
    clock = FakeClock()
    workspace = Workspace(clock)
    workspace.add("curator", "https://curator.example")
    workspace.add("shop", "https://shop.example", "starter")
    api = RenderApi(workspace, clock)
    host = Host(api, clock)
    host.start()
    yield Bench(clock, workspace, api, host)
    await host.stop()


def named(bench: Bench, name: str) -> RenderService:
    return next(one for one in bench.workspace.services.values() if one.name == name)


class TestReading:
    async def test_the_workspace_and_what_is_in_it(self, bench: Bench) -> None:
        owners = await bench.ask(bench.client.owners())
        services = await bench.ask(bench.client.services(owners[0].id))
        assert [one.name for one in services] == ["curator", "shop"]
        assert [one.free for one in services] == [True, False]
        assert services[0].details.health_check_path == "/health"

    async def test_many_services_come_page_by_page_and_each_once(self, bench: Bench) -> None:
        for number in range(230):
            bench.workspace.add(f"service-{number}", "https://one.example")
        services = await bench.ask(bench.client.services())
        assert len({one.id for one in services}) == len(services) == 232

    async def test_a_sleeping_service_has_no_instance(self, bench: Bench) -> None:
        curator = named(bench, "curator")
        bench.workspace.visit(curator)
        assert len(await bench.ask(bench.client.instances(curator.id))) == 1
        await bench.clock.advance(IDLE_S + 1)
        assert await bench.ask(bench.client.instances(curator.id)) == []

    async def test_events_between_two_instants(self, bench: Bench) -> None:
        curator = named(bench, "curator")
        before_ms = bench.clock.now_ms()
        await bench.ask(bench.client.restart(curator.id))
        events = await bench.ask(
            bench.client.events(curator.id, before_ms - 1_000, bench.clock.now_ms() + 1_000)
        )
        assert [one.type for one in events] == ["server_restarted"]
        none = bench.client.events(curator.id, before_ms - 9_000, before_ms - 5_000)
        assert await bench.ask(none) == []

    async def test_an_unknown_service_is_refused_with_the_platforms_words(
        self, bench: Bench
    ) -> None:
        with pytest.raises(PlatformRefused, match="not found: srv-none") as refused:
            await bench.ask(bench.client.service("srv-none"))
        assert refused.value.status == 404

    async def test_a_wrong_key_is_refused_and_never_shown(self, bench: Bench) -> None:
        stranger = bench.client_with("rnd_not_the_key", bench.host)
        with pytest.raises(PlatformRefused) as refused:
            await bench.ask(stranger.owners())
        assert refused.value.status == 401
        assert "rnd_not_the_key" not in f"{refused.value!r} {stranger!r}"


class TestWriting:
    async def test_a_deploy_goes_live_after_its_time(self, bench: Bench) -> None:
        curator = named(bench, "curator")
        begun = await bench.ask(bench.client.start_deploy(curator.id))
        assert begun is not None
        assert begun.status == "build_in_progress"
        await bench.clock.advance(BUILD_S)
        assert (await bench.ask(bench.client.deploy(curator.id, begun.id))).status == "live"
        first, second = (await bench.ask(bench.client.deploys(curator.id)))[:2]
        assert (first.id, second.status) == (begun.id, "deactivated")

    async def test_a_rollback_deploys_what_a_former_deploy_was(self, bench: Bench) -> None:
        curator = named(bench, "curator")
        good = curator.deploys[0]
        await bench.ask(bench.client.start_deploy(curator.id))
        await bench.clock.advance(BUILD_S + 1)
        made = await bench.ask(bench.client.roll_back(curator.id, good.id))
        assert made.trigger == "rollback"
        assert made.commit.id == good.commit

    async def test_suspend_resume_and_auto_deploy(self, bench: Bench) -> None:
        curator = named(bench, "curator")
        await bench.ask(bench.client.suspend(curator.id))
        assert (await bench.ask(bench.client.service(curator.id))).suspended == "suspended"
        await bench.ask(bench.client.resume(curator.id))
        await bench.ask(bench.client.set_auto_deploy(curator.id, on=False))
        seen = await bench.ask(bench.client.service(curator.id))
        assert (seen.suspended, seen.auto_deploy) == ("not_suspended", "no")

    async def test_what_a_free_plan_may_not_is_refused(self, bench: Bench) -> None:
        curator = named(bench, "curator")
        for wish in (
            bench.client.scale(curator.id, 3),
            bench.client.set_plan(curator.id, "starter"),
            bench.client.set_autoscaling(curator.id, 1, 3, 70),
        ):
            with pytest.raises(PlatformRefused) as refused:
                await bench.ask(wish)
            assert refused.value.status == 402

    async def test_who_pays_may_scale_and_change_the_plan(self, bench: Bench) -> None:
        shop = named(bench, "shop")
        bench.workspace.pays = True
        await bench.ask(bench.client.scale(shop.id, 3))
        await bench.ask(bench.client.set_plan(shop.id, "pro"))
        await bench.ask(bench.client.set_autoscaling(shop.id, 1, 4, 70))
        seen = await bench.ask(bench.client.service(shop.id))
        assert (seen.details.num_instances, seen.details.plan) == (3, "pro")
        await bench.ask(bench.client.stop_autoscaling(shop.id))
        assert shop.autoscaling is None


class TestTrouble:
    async def test_a_write_is_sent_once_and_its_unknown_outcome_is_said(self, bench: Bench) -> None:
        curator = named(bench, "curator")
        bench.api.mishaps.append(Mishap.ERROR_AFTER)
        with pytest.raises(PlatformUnsure, match="500"):
            await bench.ask(bench.client.restart(curator.id))
        assert curator.restarts == 1

    async def test_a_refusal_changed_nothing(self, bench: Bench) -> None:
        bench.api.mishaps.append(Mishap.ERROR)
        curator = named(bench, "curator")
        with pytest.raises(PlatformUnsure):
            await bench.ask(bench.client.restart(curator.id))
        assert curator.restarts == 0

    async def test_a_limit_is_waited_for_and_the_platform_never_says_no_twice(
        self, bench: Bench
    ) -> None:
        curator = named(bench, "curator")
        before_s = bench.clock.elapsed_s()
        for _ in range(SERVICE_WRITE_LIMIT + 3):
            await bench.ask(bench.client.set_auto_deploy(curator.id, on=True))
        assert bench.clock.elapsed_s() - before_s > 1
        asked = [call for call in bench.api.calls if call[0] == "PATCH"]
        assert len(asked) == SERVICE_WRITE_LIMIT + 3

    async def test_a_platform_that_is_gone_is_left_alone_for_a_while(self, bench: Bench) -> None:
        await bench.host.stop()
        for _ in range(2):
            with pytest.raises(PlatformUnavailable):
                await bench.ask(bench.client.owners())
        with pytest.raises(PlatformUnavailable, match="in a row"):
            await bench.ask(bench.client.owners())

    @pytest.mark.parametrize(
        "body",
        [b"[{}]", b"{}", b"null", b'[{"owner": {"id": 5}}]', b"[[[[", b'"' + b"\\u0000" * 9 + b'"'],
    )
    async def test_an_answer_that_is_something_else_is_an_error_and_no_crash(
        self, bench: Bench, body: bytes, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        async def answer(request: Request) -> Response:
            return Response(200, body)

        monkeypatch.setattr(bench.api, "answer", answer)
        with pytest.raises(PlatformError):
            await bench.ask(bench.client.owners())


class TestPool:
    """The hours of the workspace: what the look-alike does when they run out."""

    async def test_four_services_around_the_clock_are_suspended_on_the_eighth_day(self) -> None:
        clock = FakeClock(1_793_491_200_000)  # 2026-11-01
        workspace = Workspace(clock)
        services = [workspace.add(name, "https://x.example") for name in "abcd"]
        hours = 0
        while not any(one.suspenders for one in services):
            for one in services:
                workspace.visit(one)
                one.awake_until_s += 3_600
            await clock.advance(3_600)
            workspace.settle()
            hours += 1
        assert hours // 24 == 7
        assert abs(workspace.used_h() - FREE_HOURS) < 1e-6

    async def test_the_next_month_begins_anew(self) -> None:
        clock = FakeClock(1_793_491_200_000)
        workspace = Workspace(clock, free_hours=1)
        one = workspace.add("a", "https://x.example")
        one.awake_until_s = clock.now_ms() / 1_000 + 7_200
        await clock.advance(7_200)
        assert not workspace.awake(one)
        await clock.advance(31 * 86_400)
        assert workspace.used_h() == 0
        workspace.visit(one)
        assert workspace.awake(one)


class TestLikeness:
    """The look-alike answers in the shapes of the platform's own description."""

    @pytest.mark.parametrize(
        ("path", "asked"),
        [
            ("/owners", "/owners"),
            ("/services", "/services"),
            ("/services/{serviceId}", "/services/{id}"),
            ("/services/{serviceId}/instances", "/services/{id}/instances"),
            ("/services/{serviceId}/deploys", "/services/{id}/deploys"),
            ("/services/{serviceId}/events", "/services/{id}/events"),
            ("/metrics/instance-count", "/metrics/instance-count?resource={id}&endTime={now}"),
            ("/metrics/http-requests", "/metrics/http-requests?resource={id}&endTime={now}"),
            ("/metrics/cpu", "/metrics/cpu?resource={id}&endTime={now}"),
            ("/metrics/cpu-limit", "/metrics/cpu-limit?resource={id}&endTime={now}"),
        ],
    )
    async def test_answers_fit_the_description(self, bench: Bench, path: str, asked: str) -> None:
        spec = description()
        curator = named(bench, "curator")
        bench.workspace.visit(curator)
        bench.workspace.order_deploy(curator, "api", "abc", healthy=True)
        url = asked.format(id=curator.id, now="2026-11-22T10:00:00Z")
        where, _, query = url.partition("?")
        request = Request("GET", f"/v1{where}", query, {"authorization": f"Bearer {KEY}"})
        response = await bench.api.answer(request)
        assert response is not None
        expect_described(spec, response, "GET", path)

    @pytest.mark.parametrize(
        ("method", "path", "body"),
        [
            ("POST", "/services/{serviceId}/deploys", {}),
            ("POST", "/services/{serviceId}/rollback", {"deployId": "{deploy}"}),
            ("POST", "/services/{serviceId}/rollback", {"deployId": "dep-none"}),
            ("POST", "/services/{serviceId}/restart", None),
            ("POST", "/services/{serviceId}/suspend", None),
            ("POST", "/services/{serviceId}/resume", None),
            ("POST", "/services/{serviceId}/scale", {"numInstances": 2}),
            ("POST", "/services/{serviceId}/scale", {}),
            ("PATCH", "/services/{serviceId}", {"autoDeploy": "no"}),
            ("PATCH", "/services/{serviceId}", {"serviceDetails": {"plan": "starter"}}),
            ("DELETE", "/services/{serviceId}/autoscaling", None),
        ],
    )
    async def test_answers_to_writes_fit_the_description_yes_or_no(
        self, bench: Bench, method: str, path: str, body: dict[str, str] | None
    ) -> None:
        spec = description()
        shop = named(bench, "shop")
        sent = json.dumps(body).replace("{deploy}", shop.deploys[0].id) if body is not None else ""
        bench.workspace.order_deploy(shop, "api", "abc", healthy=True)
        await bench.clock.advance(BUILD_S + 1)
        request = Request(
            method,
            "/v1" + path.replace("{serviceId}", shop.id),
            "",
            {"authorization": f"Bearer {KEY}"},
            sent.encode(),
        )
        response = await bench.api.answer(request)
        assert response is not None
        expect_described(spec, response, method, path)


def description() -> dict[str, Any]:
    if not _SPEC.exists():
        pytest.skip("the platform's OpenAPI file is not at hand")
    # The alternatives in it overlap, so that more than one of them may fit.
    written = (
        _SPEC.read_text(encoding="utf-8")
        .replace('"oneOf"', '"anyOf"')
        .replace("/oneOf/", "/anyOf/")
    )
    spec: dict[str, Any] = json.loads(written)
    return spec


def expect_described(spec: dict[str, Any], response: Response, method: str, path: str) -> None:
    """Its status is one that is described for the call, and its body has the described shape."""
    described = spec["paths"][path][method.lower()]["responses"]
    answer = described[str(response.status)]
    while "$ref" in answer:
        answer = found(spec, answer["$ref"])
    if "content" not in answer:
        assert not response.body
        return
    schema = answer["content"]["application/json"]["schema"]
    whole = {**schema, "paths": spec["paths"], "components": spec["components"]}
    Draft202012Validator(whole).validate(json.loads(response.body))


def found(spec: dict[str, Any], reference: str) -> Any:
    value: Any = spec
    for part in reference.removeprefix("#/").split("/"):
        value = value[unquote(part).replace("~1", "/").replace("~0", "~")]
    return value
