"""A whole engine on a real store, with a clock and a network edge that the test holds."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from engine_world import Network, Phone, Platform, Watching

from sentinel_tui.clock import Clock, FakeClock
from sentinel_tui.config.model import Config, RetentionOptions
from sentinel_tui.engine.edges import Edges
from sentinel_tui.engine.engine import Engine
from sentinel_tui.paths import Paths
from sentinel_tui.platforms.notify.channel import Channel
from sentinel_tui.store.writer import Holder, StoreWriter

Start = Callable[..., AbstractAsyncContextManager[Watching]]


@pytest.fixture
def paths(tmp_path: Path) -> Paths:
    data_dir = tmp_path / "data"
    data_dir.mkdir(mode=0o700)
    return Paths(config=tmp_path / "sentinel.toml", data_dir=data_dir)


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def network(clock: FakeClock) -> Network:
    return Network(clock)


@pytest.fixture
def phone() -> Phone:
    return Phone()


@pytest.fixture
async def platform(clock: FakeClock, network: Network) -> AsyncIterator[Platform]:
    """A workspace on the Render look-alike; looks at its services reach it."""
    platform = Platform(clock)
    network.answers = platform.answer
    yield platform
    await platform.stop()


@pytest.fixture
def writer(paths: Paths, clock: FakeClock) -> Iterator[StoreWriter]:
    writer = StoreWriter.open(paths, clock, RetentionOptions(), Holder.here())
    yield writer
    writer.close()


@pytest.fixture
def watching_on(clock: FakeClock, network: Network, phone: Phone, tmp_path: Path) -> Start:
    """Starts engines: `async with watching_on(data_dir, service(...)) as engine`.

    Every channel that a test configures leads to the same phone.
    """

    def channels(config: Config, clock: Clock) -> dict[str, Channel]:
        return {channel.name: phone for channel in config.channels}

    edges = Edges(network.look, network.ask, channels)

    @asynccontextmanager
    async def start(
        data_dir: Path, *services: dict[str, Any], **options: Any
    ) -> AsyncIterator[Watching]:
        paths = Paths(tmp_path / "sentinel.toml", data_dir)
        config = Config.model_validate({"services": list(services), **options})
        writer = StoreWriter.open(paths, clock, config.retention, Holder.here())
        try:
            engine = await Engine.start(paths, clock, config, writer, edges)
            try:
                yield Watching(paths, clock, engine)
            finally:
                await engine.stop()
        finally:
            writer.close()

    return start


@pytest.fixture
def hosting(clock: FakeClock, network: Network, paths: Paths, platform: Platform) -> Start:
    """Starts engines whose services lie on the platform: `async with hosting(hosted(...))`."""
    edges = Edges(network.look, network.ask, hosting=platform.client)
    render = {"key": "env:RENDER_API_KEY", "status_url": ""}

    @asynccontextmanager
    async def start(*services: dict[str, Any], **options: Any) -> AsyncIterator[Watching]:
        options["render"] = render | options.get("render", {})
        config = Config.model_validate({"services": list(services), **options})
        writer = StoreWriter.open(paths, clock, config.retention, Holder.here())
        try:
            engine = await Engine.start(paths, clock, config, writer, edges)
            try:
                yield Watching(paths, clock, engine, platform)
            finally:
                await engine.stop()
        finally:
            writer.close()

    return start


@pytest.fixture
def watching(watching_on: Start, paths: Paths) -> Start:
    """Starts engines on the test's own store: `async with watching(service(...)) as engine`."""
    return partial(watching_on, paths.data_dir)
