"""What scenarios of videos are made with: films with known curves, and engines that read them."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any, TypeVar

from scenario_world import (
    Edges,
    SharedClock,
    Tripwire,
    UnderWay,
    Watching,
    engine_of,
    until_stopped,
)

from sentinel_tui.clock import Clock
from sentinel_tui.config.model import Config
from sentinel_tui.config.secrets import Secret
from sentinel_tui.config.videos import LibraryOptions
from sentinel_tui.domain.video.catalog import DAY_MS
from sentinel_tui.domain.video.study import Study
from sentinel_tui.engine.edges import Edges as WaysOut
from sentinel_tui.engine.own_network import Questions
from sentinel_tui.engine.studying import Order, study_apart
from sentinel_tui.paths import Paths
from sentinel_tui.platforms.bunny import Bunny
from sentinel_tui.probes.prober import Prober
from sentinel_tui.sandbox.films import COURSES, PREVIEWS, ROLES, Film, Survival, film_id
from sentinel_tui.sandbox.world import World

T = TypeVar("T")

Start = Callable[..., AbstractAsyncContextManager[Watching]]

_NAP_S = 0.004
_CURVES = (
    Survival((0.0, 0.2, 0.7, 1.0), (1.0, 0.9, 0.8, 0.7)),
    Survival((0.0, 0.1, 0.5, 1.0), (1.0, 0.6, 0.4, 0.3)),
    Survival((0.0, 0.3, 0.6, 1.0), (1.0, 0.8, 0.3, 0.1)),
)


def films(now_ms: int, of_each: int) -> list[Film]:
    """Films of both libraries, one each week, watched by each of three curves in turn."""
    return [
        Film(
            id=film_id(library, f"{library} {number}"),
            library=library,
            title=f"{library} {number}",
            length_s=length_s,
            published_ms=now_ms - (30 + 7 * number) * DAY_MS,
            fans=25.0,
            survival=_CURVES[number % len(_CURVES)],
        )
        for library, length_s in ((PREVIEWS, 90.0), (COURSES, 600.0))
        for number in range(of_each)
    ]


def library(world: World, name: str, **options: Any) -> dict[str, Any]:
    """A library's table in the configuration."""
    there = world.bunny.libraries[name]
    known = {"name": name, "role": ROLES[name].value, "bunny_id": there.id}
    return {**known, "key": there.key, "api": world.bunny.url, **options}


def both(world: World, **options: Any) -> dict[str, Any]:
    """The `[videos]` table of the configuration, with both libraries."""
    return {"requests_per_s": 5, "libraries": [library(world, name) for name in ROLES], **options}


def video_engines(world: World, clock: SharedClock, paths: Paths) -> Start:
    """Starts engines that read videos; see `conftest.watching`."""

    def connect(options: LibraryOptions, requests_per_s: int, engine_clock: Clock) -> Bunny | None:
        if options.bunny_id is None or options.key is None:
            return None
        client = Bunny(
            Secret(options.key.reveal()),
            options.bunny_id,
            options.name,
            engine_clock,
            base_url=options.api,
            requests_per_s=requests_per_s,
            allow_private=True,
        )
        exchange = client._guard._call

        async def followed(*asked: Any) -> Any:
            return await clock.under_way.follow(exchange(*asked))

        client._guard._call = followed  # type: ignore[method-assign]
        return client

    async def study(study_paths: Paths, order: Order) -> Study:
        return await _standing_still(clock.under_way, study_apart(study_paths, order))

    @asynccontextmanager
    async def start(*services: dict[str, Any], **options: Any) -> AsyncIterator[Watching]:
        network = {"witnesses": world.witnesses, "quorum": 2}
        tables = {"network": network, "videos": both(world), **options}
        config = Config.model_validate({"services": list(services), **tables})

        def edges_of(prober: Prober, questions: Questions) -> WaysOut:
            edges = Edges(clock.under_way, prober, questions, Tripwire())
            return WaysOut(edges.look, edges.ask, edges.channels, library=connect, study=study)

        async with (
            engine_of(paths, clock, config, edges_of) as engine,
            until_stopped(Watching(paths, clock, engine, network)) as watching,
        ):
            yield watching

    return start


async def _standing_still(under_way: UnderWay, work: Awaitable[T]) -> T:
    """What `work` returns, however long it takes; meanwhile no time passes on the clock."""
    task = asyncio.ensure_future(work)
    while not task.done():
        await under_way.follow(asyncio.to_thread(time.sleep, _NAP_S))
    return await task
