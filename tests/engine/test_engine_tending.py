"""The store is tended: rolled up, copied, and given up when it is no longer ours."""

from __future__ import annotations

from contextlib import closing

from engine_world import Watching, service

from sentinel_tui.clock import FakeClock
from sentinel_tui.config.model import RetentionOptions
from sentinel_tui.domain.monitoring.alerts import Rule
from sentinel_tui.engine.engine import STORE_LOST
from sentinel_tui.store.backup import check
from sentinel_tui.store.writer import Holder, StoreWriter

# The fake clock begins on 2027-01-15 at 08:00 UTC.
_IN_FIVE_MINUTES = {"backup_cron": "5 8 * * *"}


async def _advance_until_copied(engine: Watching) -> list[str]:
    """A copy is made in a thread of its own, which takes real time."""
    for _ in range(200):
        await engine.advance(5)
        copies = sorted(path.name for path in engine.paths.backups.glob("sentinel-*.db"))
        if copies:
            return copies
    return []


async def test_observations_are_rolled_up_each_minute(watching) -> None:
    async with watching(service("curator")) as engine:
        await engine.advance(200)
        with closing(engine.read()) as reader:
            assert reader.info().rows["rollups"] > 0


async def test_the_store_is_copied_when_its_time_comes(watching) -> None:
    async with watching(service("curator"), retention=_IN_FIVE_MINUTES) as engine:
        await engine.advance(290)
        assert not engine.paths.backups.exists()
        copies = await _advance_until_copied(engine)
        assert len(copies) == 1
        assert check(engine.paths.backups / copies[0], immutable=True) == []


async def test_a_copy_that_fails_is_an_alert(watching) -> None:
    async with watching(service("curator"), retention=_IN_FIVE_MINUTES) as engine:
        # A file where the folder should be.
        engine.paths.backups.write_text("in the way")
        for _ in range(200):
            await engine.advance(5)
            with closing(engine.read()) as reader:
                alerts = reader.alerts(open_only=True)
            if alerts:
                break
        (alert,) = alerts
        assert alert.rule is Rule.STORAGE
        assert "no backup could be made" in alert.reason


async def test_a_store_that_was_replaced_ends_the_engine(watching) -> None:
    async with watching(service("curator")) as engine:
        await engine.advance(20)
        engine.paths.store.rename(engine.paths.store.with_name("moved.db"))
        await engine.clock.advance(1)
        writer: StoreWriter = engine.engine.parts.writer
        while not writer.lost:
            await engine.clock.advance(1)
        await engine.clock.advance(15)
        assert engine.engine.stopping.is_set()
        assert engine.engine.exit_code == STORE_LOST


async def test_another_writer_ends_the_engine(watching, clock: FakeClock) -> None:
    async with watching(service("curator")) as engine:
        await engine.advance(20)
        other = StoreWriter.open(engine.paths, clock, RetentionOptions(), Holder.here())
        while not engine.engine.stopping.is_set():
            await engine.clock.advance(1)
        other.close()
        assert engine.engine.exit_code == STORE_LOST
