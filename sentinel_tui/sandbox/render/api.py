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
from sentinel_tui.sandbox.render.metrics import series
from sentinel_tui.sandbox.render.rate_limits import Allowance, RateLimits
from sentinel_tui.sandbox.render.service import FREE, PLANS, Refused, RenderService
from sentinel_tui.sandbox.render.views import (
    deploy_view,
    event_view,
    instance_views,
    owner_view,
    service_view,
    status_view,
)
from sentinel_tui.sandbox.render.workspace import Workspace
from sentinel_tui.sandbox.services.application import Application

KEY = "rnd_sandbox"
"""The key that the API takes."""

STATUS_PATH = "/status.json"
"""Where the platform says whether it has trouble itself, as status pages do."""

_PREFIX = "/v1"
_HOUR_S = 3_600.0
_DEFAULT_PAGE, _LARGEST_PAGE = 20, 100
_SERVICE_WRITES = ("deploys", "rollback", "suspend", "resume", "scale", "")
_OFF = {"enabled": False, "percentage": 70}
_NO_AUTOSCALING = {"enabled": False, "min": 1, "max": 1, "criteria": {"cpu": _OFF, "memory": _OFF}}

_Query = dict[str, list[str]]
_Body = dict[str, Any]


class Mishap(StrEnum):
    """What goes wrong with a call. `AFTER` means that what was asked for was done all the same."""

    ERROR = "500 before acting"
    ERROR_AFTER = "500 after acting"
    LIMITED = "429 before acting"
    LIMITED_AFTER = "429 after acting"
    QUEUED = "202 and nothing else, after acting"
    SILENCE = "silence before acting"
    SILENCE_AFTER = "silence after acting"


_BEFORE = (Mishap.ERROR, Mishap.LIMITED, Mishap.SILENCE)


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
        """Answer one call; the status page, which wants no key, is here too."""
        if request.path == STATUS_PATH:
            return json_response(**status_view(self._workspace))
        if request.headers.get("authorization") != f"Bearer {KEY}":
            return json_response(401, message="unauthorized")
        path = request.path.removeprefix(_PREFIX).strip("/").split("/")
        allowance = self._allowance(request.method, path)
        headers = _limit_headers(allowance)
        if allowance.remaining < 0:
            return json_response(429, headers, message="rate limit exceeded")
        self.calls.append((request.method, request.path))
        mishap = self.mishaps.popleft() if self.mishaps and request.method != "GET" else None
        if mishap in _BEFORE:
            return await _go_wrong(mishap, headers)
        response = self._respond(request, path)
        if mishap is not None:
            return await _go_wrong(mishap, headers)
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
        now_s = self._clock.elapsed_s()
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
                since_s = _instant_s(query.get("createdAfter"), 0.0)
                made = [one for one in reversed(service.deploys) if one.created_s > since_s]
                return _page([(one.id, {"deploy": deploy_view(one)}) for one in made], query)
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
        start_s, end_s = self._window(query)
        step_s = _number(query, "resolutionSeconds", 60, 30, 86_400)
        wanted = [self._workspace.service(one) for one in query.get("resource", [])]
        return _json([series(metric, one, start_s, end_s, step_s) for one in wanted])

    def _window(self, query: _Query) -> tuple[float, float]:
        """From when to when; the last hour where nothing is said."""
        now_s = self._workspace.now_s
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
        commit = str(body.get("commitId", service.head))
        healthy = self._workspace.works(commit)
        deploy = self._workspace.order_deploy(service, "api", commit, healthy=healthy)
        return _json(deploy_view(deploy), 201)

    def _roll_back(self, service: RenderService, body: _Body) -> Response:
        deploy = self._workspace.roll_back(service, str(body.get("deployId", "")))
        return _json(deploy_view(deploy), 201)

    def _restart(self, service: RenderService, body: _Body) -> Response:
        self._workspace.restart(service)
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
        self._workspace.tell(
            service, "instance_count_changed", fromInstances=before, toInstances=wanted
        )
        return Response(202)

    def _autoscale(self, service: RenderService, body: _Body) -> Response:
        if service.plan != "pro":
            raise Refused(402, "autoscaling needs a Pro workspace")
        was, service.autoscaling = service.autoscaling or _NO_AUTOSCALING, body
        self._workspace.tell(service, "autoscaling_config_changed", fromConfig=was, toConfig=body)
        return _json(body)

    def _stop_autoscaling(self, service: RenderService, body: _Body) -> Response:
        was, service.autoscaling = service.autoscaling or _NO_AUTOSCALING, None
        self._workspace.tell(
            service, "autoscaling_config_changed", fromConfig=was, toConfig=_NO_AUTOSCALING
        )
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
            was, service.plan = service.plan, plan
            self._workspace.tell(service, "plan_changed", **{"from": was, "to": plan})
        return _json(service_view(service, self._workspace))


def _json(value: Any, status: int = 200) -> Response:
    return Response(status, json.dumps(value).encode())


def _page(rows: list[tuple[str, dict[str, Any]]], query: _Query) -> Response:
    """The rows that follow the cursor, each with its own."""
    limit = _number(query, "limit", _DEFAULT_PAGE, 1, _LARGEST_PAGE)
    keys = [key for key, _ in rows]
    cursor = query.get("cursor", [""])[0]
    first = keys.index(cursor) + 1 if cursor in keys else 0
    return _json([{"cursor": key, **row} for key, row in rows[first : first + limit]])


def _number(query: _Query, name: str, otherwise: int, least: int, most: int) -> int:
    written = query.get(name, [str(otherwise)])[0]
    if not written.isdecimal() or not least <= int(written) <= most:
        raise Refused(400, f"{name} must be between {least} and {most}")
    return int(written)


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


async def _go_wrong(how: Mishap, headers: tuple[tuple[str, str], ...]) -> Response:
    """Answer as something that went wrong, or not at all."""
    if how in (Mishap.SILENCE, Mishap.SILENCE_AFTER):
        await _never()
    if how in (Mishap.LIMITED, Mishap.LIMITED_AFTER):
        return json_response(429, (*headers, ("retry-after", "1")), message="rate limit exceeded")
    if how is Mishap.QUEUED:
        return Response(202, headers=headers)
    return json_response(500, headers, message="internal server error")


async def _never() -> NoReturn:
    """Wait until the caller is gone."""
    while True:
        await Event().wait()
