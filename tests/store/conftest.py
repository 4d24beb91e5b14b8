"""A store in a temporary folder."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from store_looks import T0_MS, OpenWriter, Watch, service
from store_telling import Desk, orders

from sentinel_tui.clock import FakeClock
from sentinel_tui.config.model import RetentionOptions
from sentinel_tui.paths import Paths
from sentinel_tui.store.queries import Reader
from sentinel_tui.store.writer import Holder, StoreWriter


@pytest.fixture
def paths(tmp_path: Path) -> Paths:
    return Paths(config=tmp_path / "sentinel.toml", data_dir=tmp_path / "data")


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock(T0_MS)


@pytest.fixture
def open_writer(paths: Paths, clock: FakeClock) -> Iterator[OpenWriter]:
    """Opens writers of the same store, and closes them when the test ends."""
    opened: list[StoreWriter] = []

    def open_one(limits: RetentionOptions | None = None) -> StoreWriter:
        writer = StoreWriter.open(paths, clock, limits or RetentionOptions(), Holder.here())
        opened.append(writer)
        return writer

    yield open_one
    for writer in opened:
        writer.close()


@pytest.fixture
def writer(open_writer: OpenWriter) -> StoreWriter:
    return open_writer()


@pytest.fixture
def reader(writer: StoreWriter, paths: Paths) -> Iterator[Reader]:
    opened = Reader(paths)
    yield opened
    opened.close()


@pytest.fixture
async def watch(writer: StoreWriter) -> Watch:
    """A watch over one service with one check."""
    watch = Watch(writer)
    await watch.configure(service())
    return watch


@pytest.fixture
async def desk(writer: StoreWriter) -> Desk:
    """A desk with one channel that is told everything."""
    desk = Desk(writer)
    await desk.employ(orders("mail"))
    return desk
