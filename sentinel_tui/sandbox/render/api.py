"""Render's API over a workspace: the calls Sentinel makes, their refusals and their limits."""

from __future__ import annotations

import json
from asyncio import Event
from collections import deque
from collections.abc import Callable
from datetime import datetime
from enum import StrEnum
from typing import Any, NoReturn
from urllib.parse import parse_qs

from sentinel_tui.clock import Clock
from sentinel_tui.sandbox.http.messages import Request, Response, json_response
from sentinel_tui.sandbox.render import rate_limits as limits
from sentinel_tui.sandbox.render.rate_limits import Allowance, RateLimits
from sentinel_tui.sandbox.render.views import (
    deploy_view,
    event_view,
    instance_views,
    owner_view,
    service_view,
)
from sentinel_tui.sandbox.render.workspace import (
    FREE,
    PLANS,
    Refused,
    RenderService,
    Workspace,
)
from sentinel_tui.sandbox.services.application import Application

KEY = "rnd_sandbox"
"""The key that the API takes."""

_PREFIX = "/v1"
_HOUR_S = 3_600.0
_DEFAULT_PAGE, _LARGEST_PAGE = 20, 100
_SERVICE_WRITES = ("deploys", "rollback", "suspend", "resume", "scale", "")

_Query = dict[str, list[str]]
_Body = dict[str, Any]


class Mishap(StrEnum):
    """What goes wrong with a call. `AFTER` means that what was asked for was done all the same."""

    ERROR = "500 before acting"
    ERROR_AFTER = "500 after acting"
    SILENCE = "silence before acting"
    SILENCE_AFTER = "silence after acting"


class RenderApi(Application):
    """Answers for one workspace.

    Attributes:
        mishaps: What befalls the next writing calls, one each.
        calls: Every call that was let in: method and path.
    """

    name = "render"
    health_path = _PREFIX

    def __init__(self, workspace: Workspace, clock: Clock) -> None:
        """An API in front of a workspace."""
        self.mishaps: deque[Mishap] = deque()
        self.calls: list[tuple[str, str]] = []
        self._workspace = workspace
        self._clock = clock
        self._limits = RateLimits()
        self._writes: dict[str, Callable[[RenderService, _Body], Response]] = {
            "POST deploys": self._deploy,
            "POST rollback": self._roll_back,
            "POST restart": self._restart,
            "POST suspend": self._suspend,
            "POST resume": self._resume,
            "POST scale": self._scale,
            "PUT autoscaling": self._autoscale,
            "DELETE autoscaling": self._stop_autoscaling,
            "PATCH ": self._change,
        }

    async def answer(self, request: Request) -> Response | None:
        """Answer one call."""
        if request.headers.get("authorization") != f"Bearer {KEY}":
            return json_response(401, message="unauthorized")
        path = request.path.removeprefix(_PREFIX).strip("/").split("/")
        allowance = self._allowance(request.method, path)
        headers = _limit_headers(allowance)
        if allowance.remaining < 0:
            return json_response(429, headers, message="rate limit exceeded")
        self.calls.append((request.method, request.path))
        mishap = self.mishaps.popleft() if self.mishaps and request.method != "GET" else None
        if mishap is Mishap.SILENCE:
            await _never()
        if mishap is Mishap.ERROR:
            return json_response(500, headers, message="internal server error")
        response = self._respond(request, path)
        if mishap is Mishap.SILENCE_AFTER:
            await _never()
        if mishap is Mishap.ERROR_AFTER:
            return json_response(500, headers, message="internal server error")
        return Response(response.status, response.body, headers=headers)

    def _respond(self, request: Request, path: list[str]) -> Response:
        self._workspace.settle()
        try:
            if request.method == "GET":
                return self._read(path, parse_qs(request.query))
            return self._write(request, path)
        except Refused as refused:
            return json_response(refused.status, message=str(refused))

    def _allowance(self, method: str, path: list[str]) -> Allowance:
        now_s = self._clock.now_ms() / 1_000
        if method == "GET":
            return self._limits.spend("GET", limits.GET_LIMIT, now_s)
        verb = path[2] if len(path) > 2 else ""
        if path[0] == "services" and verb in _SERVICE_WRITES:
            bucket = f"{method} {verb} {path[1]}"
            return self._limits.spend(bucket, limits.SERVICE_WRITE_LIMIT, now_s)
        return self._limits.spend("write", limits.OTHER_WRITE_LIMIT, now_s)

    def _read(self, path: list[str], query: _Query) -> Response:
        match path:
            case ["owners"]:
                owner = {"cursor": "owner-1", "owner": owner_view(self._workspace)}
                return _json([owner])
            case ["services"]:
                services = list(self._workspace.services.values())
                rows = [
                    (one.id, {"service": service_view(one, self._workspace)}) for one in services
                ]
                return _page(rows, query)
            case ["services", service_id, *rest]:
                return self._read_service(self._workspace.service(service_id), rest, query)
            case ["metrics", metric]:
                return self._read_metric(metric, query)
        raise Refused(404, "not found")

    def _read_service(self, service: RenderService, rest: list[str], query: _Query) -> Response:
        match rest:
            case []:
                return _json(service_view(service, self._workspace))
            case ["instances"]:
                return _json(instance_views(service, awake=self._workspace.awake(service)))
            case ["deploys"]:
                newest_first = reversed(service.deploys)
                return _page(
                    [(one.id, {"deploy": deploy_view(one)}) for one in newest_first], query
                )
            case ["deploys", deploy_id]:
                found = next((one for one in service.deploys if one.id == deploy_id), None)
                if found is not None:
                    return _json(deploy_view(found))
            case ["events"]:
                start_s, end_s = self._window(query)
                happened = [one for one in service.events if start_s <= one.at_s <= end_s]
                rows = [(one.id, {"event": event_view(one, service)}) for one in reversed(happened)]
                return _page(rows, query)
        raise Refused(404, f"not found: {'/'.join(rest)}")

    def _read_metric(self, metric: str, query: _Query) -> Response:
        if metric != "instance-count":
            raise Refused(404, f"not found: {metric}")
        now = query.get("endTime", [""])[0]
        series = []
        for service_id in query.get("resource", []):
            service = self._workspace.service(service_id)
            count = len(instance_views(service, awake=self._workspace.awake(service)))
            series.append(
                {
                    "labels": [{"field": "resource", "value": service_id}],
                    "values": [{"timestamp": now, "value": count, "unit": "instances"}],
                    "unit": "instances",
                }
            )
        return _json(series)

    def _window(self, query: _Query) -> tuple[float, float]:
        """From when to when; the last hour where nothing is said."""
        now_s = self._clock.now_ms() / 1_000
        end_s = _instant_s(query.get("endTime"), now_s)
        return _instant_s(query.get("startTime"), end_s - _HOUR_S), end_s

    def _write(self, request: Request, path: list[str]) -> Response:
        if len(path) < 2 or path[0] != "services":
            raise Refused(404, "not found")
        action = self._writes.get(f"{request.method} {'/'.join(path[2:])}")
        if action is None:
            raise Refused(405, "method not allowed")
        return action(self._workspace.service(path[1]), _body(request))

    def _deploy(self, service: RenderService, body: _Body) -> Response:
        commit = str(body.get("commitId", f"c{len(service.deploys):07d}"))
        deploy = self._workspace.order_deploy(service, "api", commit, healthy=True)
        return _json(deploy_view(deploy), 201)

    def _roll_back(self, service: RenderService, body: _Body) -> Response:
        deploy = self._workspace.roll_back(service, str(body.get("deployId", "")))
        return _json(deploy_view(deploy), 201)

    def _restart(self, service: RenderService, body: _Body) -> Response:
        service.restarts += 1
        self._workspace.tell(service, "server_restarted", triggeredByUser={"id": "usr-1"})
        return Response(200)

    def _suspend(self, service: RenderService, body: _Body) -> Response:
        self._workspace.suspend(service)
        return Response(202)

    def _resume(self, service: RenderService, body: _Body) -> Response:
        if "billing" in service.suspenders:
            raise Refused(402, "the workspace has used up its free instance hours")
        self._workspace.resume(service)
        return Response(202)

    def _scale(self, service: RenderService, body: _Body) -> Response:
        wanted = body.get("numInstances")
        if not isinstance(wanted, int) or not 1 <= wanted <= 100:
            raise Refused(400, "numInstances must be between 1 and 100")
        if service.plan == FREE and wanted > 1:
            raise Refused(402, "free services cannot scale beyond one instance")
        before, service.instances = service.instances, wanted
        change = {"fromInstances": before, "toInstances": wanted}
        self._workspace.tell(service, "instance_count_changed", **change)
        return Response(202)

    def _autoscale(self, service: RenderService, body: _Body) -> Response:
        if service.plan != "pro":
            raise Refused(402, "autoscaling needs a Pro workspace")
        service.autoscaling = body
        return _json(body)

    def _stop_autoscaling(self, service: RenderService, body: _Body) -> Response:
        service.autoscaling = None
        return Response(204)

    def _change(self, service: RenderService, body: _Body) -> Response:
        details = body.get("serviceDetails", {})
        plan = details.get("plan", service.plan) if isinstance(details, dict) else service.plan
        if plan not in PLANS:
            raise Refused(400, "invalid plan")
        if plan != FREE and not self._workspace.pays:
            raise Refused(402, "payment information is required to use a paid plan")
        if body.get("autoDeploy") in ("yes", "no"):
            service.auto_deploy = body["autoDeploy"] == "yes"
        if plan != service.plan:
            change = {"from": service.plan, "to": plan}
            service.plan = plan
            self._workspace.tell(service, "plan_changed", **change)
        return _json(service_view(service, self._workspace))


def _json(value: Any, status: int = 200) -> Response:
    return Response(status, json.dumps(value).encode())


def _page(rows: list[tuple[str, dict[str, Any]]], query: _Query) -> Response:
    """The rows that follow the cursor, each with its own."""
    try:
        limit = int(query.get("limit", [str(_DEFAULT_PAGE)])[0])
    except ValueError:
        limit = 0
    if not 1 <= limit <= _LARGEST_PAGE:
        raise Refused(400, f"limit must be between 1 and {_LARGEST_PAGE}")
    keys = [key for key, _ in rows]
    cursor = query.get("cursor", [""])[0]
    first = keys.index(cursor) + 1 if cursor in keys else 0
    return _json([{"cursor": key, **row} for key, row in rows[first : first + limit]])


def _body(request: Request) -> _Body:
    try:
        body = json.loads(request.body or b"{}")
    except ValueError:
        body = None
    if not isinstance(body, dict):
        raise Refused(400, "the body is no JSON object")
    return body


def _instant_s(written: list[str] | None, otherwise_s: float) -> float:
    if not written:
        return otherwise_s
    try:
        return datetime.fromisoformat(written[0]).timestamp()
    except ValueError:
        raise Refused(400, f"invalid time: {written[0]}") from None


def _limit_headers(allowance: Allowance) -> tuple[tuple[str, str], ...]:
    return (
        ("ratelimit-limit", str(allowance.limit)),
        ("ratelimit-remaining", str(max(0, allowance.remaining))),
        ("ratelimit-reset", str(allowance.reset_s)),
    )


async def _never() -> NoReturn:
    """Wait until the caller is gone."""
    while True:
        await Event().wait()
