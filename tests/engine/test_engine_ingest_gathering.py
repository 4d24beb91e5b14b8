"""Many who tell at once share a commit, and each hears of their own part."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import closing

import pytest

from sentinel_tui.clock import FakeClock
from sentinel_tui.config.model import RetentionOptions
from sentinel_tui.domain.video.events import PlayerEvent, ViewEvent
from sentinel_tui.engine.ingest.gathering import Gathering
from sentinel_tui.errors import StoreError
from sentinel_tui.paths import Paths
from sentinel_tui.store.queries import Reader
from sentinel_tui.store.recorder import add_view_events
from sentinel_tui.store.writer import Holder, StoreWriter

NOW_MS = 1_800_000_000_000


def told(*names: str) -> list[ViewEvent]:
    return [
        ViewEvent("ann", "v1", "films", PlayerEvent.PLAY, NOW_MS, place, name)
        for place, name in enumerate(names)
    ]


@pytest.fixture
def writer(paths: Paths) -> Iterator[StoreWriter]:
    with closing(
        StoreWriter.open(paths, FakeClock(NOW_MS), RetentionOptions(), Holder.here())
    ) as writer:
        yield writer


@pytest.fixture
def gathering(writer: StoreWriter) -> Gathering[ViewEvent]:
    return Gathering(FakeClock(NOW_MS), writer, add_view_events)


async def test_each_hears_of_their_own_part(gathering: Gathering[ViewEvent], paths: Paths) -> None:
    parts = [told("a", "b"), told("b", "c"), told("c")]
    heard = await asyncio.gather(*map(gathering.store, parts))
    assert [(one.new, one.known) for one in heard] == [(2, 0), (1, 1), (0, 1)]
    with closing(Reader(paths)) as reader:
        assert reader.view_events_received() == 3


async def test_who_no_longer_waits_takes_nothing_from_the_others(
    gathering: Gathering[ViewEvent], paths: Paths
) -> None:
    gone = asyncio.create_task(gathering.store(told("a")))
    stays = asyncio.create_task(gathering.store(told("b")))
    await asyncio.sleep(0)
    gone.cancel()
    assert (await stays).new == 1
    assert gone.cancelled() or gone.cancelling()
    with closing(Reader(paths)) as reader:
        assert reader.view_events_received() == 2


async def test_what_could_not_be_stored_everybody_hears_of(
    gathering: Gathering[ViewEvent], writer: StoreWriter
) -> None:
    writer.close()
    heard = await asyncio.gather(
        *map(gathering.store, (told("a"), told("b"))), return_exceptions=True
    )
    assert all(isinstance(one, StoreError) for one in heard)
