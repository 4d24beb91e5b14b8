"""The reader thread: it waits for a store, tells of changes once, and never fails in silence."""

from __future__ import annotations

import asyncio
import shutil
from functools import partial

import pytest
from textual.app import App
from textual.message import Message
from tui_engine import ControlDouble, listening
from tui_past import NOW_MS, Past
from tui_screen import ENGINE, opened

from sentinel_tui.client import Client
from sentinel_tui.clock import FakeClock
from sentinel_tui.domain.records import EntryKind
from sentinel_tui.store import recorder
from sentinel_tui.tui.crash import crash_file
from sentinel_tui.tui.feed import EngineSeen, Feed, FeedFailed, StoreChanged, StoreLost


class Read(Message):
    """What a query of these tests found."""

    def __init__(self, services: list[str]) -> None:
        super().__init__()
        self.services = services


class Listener(App[None]):
    """Collects what the feed posts."""

    def __init__(self) -> None:
        super().__init__()
        self.heard: list[Message] = []

    def on_message(self, message: Message) -> None:
        self.heard.append(message)

    on_store_changed = on_store_lost = on_engine_seen = on_feed_failed = on_read = on_message

    def of(self, kind: type[Message]) -> list[Message]:
        return [message for message in self.heard if isinstance(message, kind)]


def services(reader) -> Read:
    return Read([one.id for one in reader.services()])


def write(paths, text: str) -> None:
    writer = Past(paths).open()
    event = partial(recorder.add_event, at_ms=NOW_MS, kind=EntryKind.ENGINE, text=text)
    asyncio.run(writer.run(event))
    writer.close()


@pytest.fixture
async def listener():
    app = Listener()
    async with app.run_test() as pilot:
        app.pilot = pilot
        yield app


@pytest.fixture
def feed(paths):
    feed = Feed(paths, Client(paths).ask, FakeClock(NOW_MS))
    yield feed
    feed.stop()


async def until(listener: Listener, holds) -> None:
    async with asyncio.timeout(20):
        while not holds():
            await listener.pilot.pause(0.01)


async def test_an_open_store_is_news_and_then_only_what_is_written(watch, feed, listener):
    feed.start(listener)
    await until(listener, lambda: listener.of(StoreChanged))
    listener.heard.clear()
    await asyncio.to_thread(write, watch, "hello")
    await until(listener, lambda: listener.of(StoreChanged))


async def test_a_store_that_is_not_there_yet_is_waited_for(paths, recorded, feed, listener):
    feed.start(listener)
    await until(listener, lambda: listener.of(StoreLost))
    assert "nothing was recorded" in listener.of(StoreLost)[0].reason
    shutil.copytree(recorded.data_dir, paths.data_dir, dirs_exist_ok=True)
    await until(listener, lambda: listener.of(StoreChanged))


async def test_a_broken_store_is_told_and_replaced_without_a_restart(
    paths, recorded, feed, listener
):
    paths.data_dir.mkdir()
    paths.store.write_bytes(b"this is no database, but long enough to look like one" * 100)
    feed.start(listener)
    await until(listener, lambda: listener.of(StoreLost))
    paths.store.unlink()
    shutil.copytree(recorded.data_dir, paths.data_dir, dirs_exist_ok=True)
    await until(listener, lambda: listener.of(StoreChanged))


async def test_a_question_is_answered_to_who_asked(watch, feed, listener):
    feed.start(listener)
    feed.read(listener, "services", services)
    await until(listener, lambda: listener.of(Read))
    assert "curator" in listener.of(Read)[0].services


async def test_a_newer_question_replaces_one_still_waiting(watch, feed, listener):
    asked = []

    def query(number, reader):
        asked.append(number)
        return services(reader)

    for number in range(5):
        feed.read(listener, "services", partial(query, number))
    feed.read(listener, "others", partial(query, 9))
    feed.start(listener)
    await until(listener, lambda: len(listener.of(Read)) == 2)
    assert asked == [4, 9]


async def test_questions_asked_before_there_is_a_store_are_dropped(paths, feed, listener):
    feed.read(listener, "services", services)
    feed.start(listener)
    await until(listener, lambda: listener.of(StoreLost))
    assert not listener.of(Read)


async def test_nothing_is_looked_for_while_nobody_watches(watch, feed, listener):
    feed.pause()
    feed.start(listener)
    feed.read(listener, "services", services)
    await until(listener, lambda: listener.of(Read))
    assert not listener.of(StoreChanged)
    feed.resume()
    await until(listener, lambda: listener.of(StoreChanged))


async def test_whether_an_engine_watches_is_found_out(watch, feed, listener):
    feed.start(listener)
    await until(listener, lambda: listener.of(EngineSeen))
    assert not listener.of(EngineSeen)[0].standing.watching
    with listening(watch, ControlDouble(ENGINE)):
        feed.look_for_engine()
        await until(listener, lambda: listener.of(EngineSeen)[-1].standing.watching)
        assert listener.of(EngineSeen)[-1].standing.engine.pid == ENGINE.pid


async def test_a_mistake_of_ours_is_told_instead_of_stopping_in_silence(watch, feed, listener):
    def mistaken(reader):
        raise ZeroDivisionError

    feed.start(listener)
    feed.read(listener, "services", mistaken)
    await until(listener, lambda: listener.of(FeedFailed))
    assert isinstance(listener.of(FeedFailed)[0].error, ZeroDivisionError)


async def fail_on(watch) -> None:
    async with opened(watch) as screen:
        await screen.shows("min ")
        screen.app.post_message(FeedFailed(ZeroDivisionError("token=hunter2")))
        await screen.until(lambda: not screen.app.is_running)


async def test_a_mistake_in_the_reader_ends_the_screen_with_a_report(watch, engine):
    with pytest.raises(ZeroDivisionError):
        await fail_on(watch)
    report = crash_file(watch).read_text()
    assert "ZeroDivisionError" in report
    assert "hunter2" not in report


async def test_stopping_twice_and_before_the_start_is_harmless(paths):
    feed = Feed(paths, Client(paths).ask, FakeClock(NOW_MS))
    feed.stop()
    feed.stop()


async def test_a_change_in_the_store_reaches_the_screen(watch, engine):
    async with opened(watch, size=(120, 40)) as screen:
        await screen.shows("min ")
        await asyncio.to_thread(pause, watch)
        await screen.shows("‖ PAUSED")


def pause(paths) -> None:
    from sentinel_tui.domain.monitoring import states
    from sentinel_tui.domain.monitoring.judgement import service_state, service_transition

    def job(db):
        known = recorder.load_states(db)
        before = {check: state for (service, check), state in known.items() if service == "curator"}
        after = {check: states.pause(state, NOW_MS, "by you") for check, state in before.items()}
        recorder.set_paused(db, "curator", True, NOW_MS)
        recorder.save_state(
            db,
            "curator",
            "http",
            after["http"],
            states.transition(before["http"], after["http"]),
            service_state(after),
            service_transition(before, after),
        )

    writer = Past(paths).open()
    asyncio.run(writer.run(job))
    writer.close()


async def test_an_alert_that_opens_is_told_once_and_old_ones_are_not(watch, engine):
    from sentinel_tui.domain.monitoring.alerts import Finding, Rule, Severity

    def job(db):
        found = Finding("down/curator/http", Rule.DOWN, True, Severity.CRITICAL, NOW_MS, "refused")
        return recorder.raise_finding(db, found, "curator", "http")

    def raise_alert() -> None:
        writer = Past(watch).open()
        asyncio.run(writer.run(job))
        writer.close()

    async with opened(watch) as screen:
        await screen.shows("✖1 ▲1")
        assert screen.told == []
        await asyncio.to_thread(raise_alert)
        await screen.shows("✖2 ▲1")
        assert screen.told == ["Curator is DOWN: refused"]
