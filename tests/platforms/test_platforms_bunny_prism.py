"""Every call to Bunny is as its published description wants it: Prism, which knows it, judges."""

from __future__ import annotations

from collections.abc import AsyncIterator, Coroutine
from typing import Any

import pytest
from prism import prism_of

from sentinel_tui.clock import SystemClock
from sentinel_tui.config.secrets import Secret
from sentinel_tui.domain.video.catalog import DAY_MS
from sentinel_tui.errors import PlatformError, PlatformRefused
from sentinel_tui.platforms.bunny import Bunny
from sentinel_tui.platforms.guard import Guard

_VIDEO = "657bb740-a71b-4529-a012-528021c31a92"
_NOW_MS = 1_787_184_000_000


@pytest.fixture
async def prism(unused_port: int) -> AsyncIterator[str]:
    """The URL of a Prism that answers as the description says."""
    async with prism_of("bunny-stream-openapi.prism.json", unused_port) as url:
        yield url


def every_call(bunny: Bunny) -> dict[str, Coroutine[Any, Any, Any]]:
    """Each call the client can make, under the name it is reported by."""
    month_ago_ms = _NOW_MS - 30 * DAY_MS
    return {
        "videos": bunny.videos(1),
        "all_videos": bunny.all_videos(),
        "video": bunny.video(_VIDEO),
        "collections": bunny.collections(),
        "hours of the library": bunny.statistics(month_ago_ms, _NOW_MS, hourly=True),
        "days of a video": bunny.statistics(month_ago_ms, _NOW_MS, hourly=False, video=_VIDEO),
        "heatmap": bunny.heatmap(_VIDEO, 300),
    }


async def test_every_call_and_every_answer_is_as_described(prism: str) -> None:
    key = Secret("canary-of-conformance")
    bunny = Bunny(key, 133, "previews", SystemClock(), base_url=prism, allow_private=True)
    refused, answers = {}, {}
    for name, call in every_call(bunny).items():
        try:
            answers[name] = await call
        except PlatformError as error:
            refused[name] = str(error)
    assert refused == {}
    assert answers["videos"].videos
    assert answers["videos"].broken == ()
    assert answers["video"].library == "previews"
    assert answers["heatmap"]
    assert answers["hours of the library"].from_ms is not None
    assert sum(day.views for day in answers["days of a video"].days) > 0

    # Prism does say no where there is something to say no to, so its yes means something.
    for headers, path, status in (
        ({"accesskey": "k"}, f"/library/133/videos/{_VIDEO}/statistics", 404),
        ({"accesskey": "k"}, "/library/previews/videos", 422),
        ({}, "/library/133/videos", 401),
    ):
        with pytest.raises(PlatformRefused) as no:
            await Guard(prism, headers, SystemClock(), allow_private=True).read(path)
        assert no.value.status == status
