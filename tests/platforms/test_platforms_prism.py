"""Every call to Render is as its published description wants it: Prism, which knows it, judges."""

from __future__ import annotations

from collections.abc import AsyncIterator, Coroutine
from typing import Any

import pytest
from prism import prism_of

from sentinel_tui.clock import SystemClock
from sentinel_tui.config.secrets import Secret
from sentinel_tui.errors import PlatformError, PlatformRefused, PlatformUnsure
from sentinel_tui.platforms.guard import Guard
from sentinel_tui.platforms.render import Render
from sentinel_tui.platforms.render_hosting import host_event, hosted_deploy, hosted_service
from sentinel_tui.platforms.render_metrics import instance_counts

_SERVICE, _DEPLOY = "srv-cjnxpkdhshc73d12t9i0", "dep-cjnxpkdhshc73d12t9i0"
_NOW_MS = 1_793_491_200_000
_METRICS = ("instance-count", "http-requests", "cpu", "cpu-limit", "memory", "memory-limit")


@pytest.fixture
async def prism(unused_port: int) -> AsyncIterator[str]:
    """The URL of a Prism that answers as the description says."""
    async with prism_of("render-openapi.prism.json", unused_port) as url:
        yield url


def every_call(render: Render) -> dict[str, Coroutine[Any, Any, Any]]:
    """Each call the client can make, under the name it is reported by."""
    hour_ago_ms = _NOW_MS - 3_600_000
    metrics = {
        f"metric {name}": render.metric(name, [_SERVICE], hour_ago_ms, _NOW_MS) for name in _METRICS
    }
    return metrics | {
        "owners": render.owners(),
        "services": render.services(),
        "services of a workspace": render.services("tea-cjnxpkdhshc73d12t9i0"),
        "service": render.service(_SERVICE),
        "instances": render.instances(_SERVICE),
        "deploys": render.deploys(_SERVICE),
        "deploys since": render.deploys(_SERVICE, after_ms=hour_ago_ms),
        "deploy": render.deploy(_SERVICE, _DEPLOY),
        "events": render.events(_SERVICE, hour_ago_ms, _NOW_MS),
        "restart": render.restart(_SERVICE),
        "start_deploy": render.start_deploy(_SERVICE),
        "start_deploy of a commit": render.start_deploy(_SERVICE, "0c0ffee"),
        "roll_back": render.roll_back(_SERVICE, _DEPLOY),
        "suspend": render.suspend(_SERVICE),
        "resume": render.resume(_SERVICE),
        "scale": render.scale(_SERVICE, 2),
        "set_plan": render.set_plan(_SERVICE, "starter"),
        "set_auto_deploy": render.set_auto_deploy(_SERVICE, on=False),
        "set_autoscaling": render.set_autoscaling(_SERVICE, 1, 3, 70),
        "stop_autoscaling": render.stop_autoscaling(_SERVICE),
    }


async def test_every_call_and_every_answer_is_as_described(prism: str) -> None:
    render = Render(Secret("rnd_conformance"), SystemClock(), base_url=prism, allow_private=True)
    refused, answers = {}, {}
    for name, call in every_call(render).items():
        try:
            answers[name] = await call
        except PlatformError as error:
            refused[name] = str(error)
    assert refused == {}

    # What is answered can be taken over, whatever the values.
    hosted_service(answers["service"], "shop", _NOW_MS)
    hosted_deploy(answers["start_deploy"], "shop", _NOW_MS)
    assert all(hosted_deploy(one, "shop", _NOW_MS).created_ms for one in answers["deploys"])
    assert all("_" not in host_event(one, "shop").text for one in answers["events"])
    assert instance_counts(answers["metric instance-count"], {_SERVICE: "shop"})["shop"]

    # Prism does say no where there is something to say no to, so its yes means something.
    with pytest.raises(PlatformRefused) as not_so_many:
        await render.deploys(_SERVICE, 500)
    assert not_so_many.value.status in (400, 422)
    for code, expected in ((402, PlatformRefused), (429, PlatformUnsure), (500, PlatformUnsure)):
        headers = {"authorization": "Bearer rnd_conformance", "prefer": f"code={code}"}
        guard = Guard(prism, headers, SystemClock(), allow_private=True)
        with pytest.raises(expected) as no:
            await guard.write("PATCH", f"/services/{_SERVICE}", {"autoDeploy": "no"}, bucket="one")
        assert str(code) in str(no.value)
