"""What platforms say of services, and what of it is told."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from store_keeping import a_deploy, a_service
from store_looks import T0_MS, Watch, rows_of, service
from store_telling import MINUTE_MS

from sentinel_tui.domain.hosting import DeployStatus, HostedDeploy, HostEvent
from sentinel_tui.domain.records import EntryKind
from sentinel_tui.store import recorder
from sentinel_tui.store.queries import Reader
from sentinel_tui.store.writer import StoreWriter


async def save(writer: StoreWriter, *deploys: HostedDeploy) -> list[HostedDeploy]:
    return await writer.run(partial(recorder.save_deploys, deploys=deploys))


async def test_a_service_stands_as_its_platform_said_last(watch: Watch, reader: Reader) -> None:
    await watch.configure(service(), service("public"), service("blog"))
    asleep = a_service(seen_ms=T0_MS + 1, running=None, suspenders=("billing", "user"))
    public = a_service("public", running=False, auto_deploy=False)
    for said in ([a_service(), public], [asleep]):
        await watch.writer.run(partial(recorder.save_services, services=said))
    assert reader.hosted() == {"curator": asleep, "public": public}
    assert await watch.writer.run(recorder.hosted) == reader.hosted()


async def test_what_is_said_again_is_no_news(watch: Watch, reader: Reader) -> None:
    for minute in range(5):
        said = a_service(seen_ms=T0_MS + minute * MINUTE_MS)
        await watch.writer.run(partial(recorder.save_services, services=[said]))
    assert reader.hosted() == {"curator": said}
    assert await rows_of(watch.writer, "SELECT count(*) FROM hosted_services") == [(1,)]


async def test_what_is_written_last_counts(watch: Watch, reader: Reader) -> None:
    said = [
        a_service(seen_ms=T0_MS, running=True),
        a_service(seen_ms=T0_MS, running=False),
        a_service(seen_ms=T0_MS - 1, running=None),
    ]
    for one in said:
        await watch.writer.run(partial(recorder.save_services, services=[one]))
        assert reader.hosted() == {"curator": replace(one, seen_ms=T0_MS)}


async def test_a_service_that_is_no_longer_watched_is_not_told(
    watch: Watch, reader: Reader
) -> None:
    await watch.writer.run(partial(recorder.save_services, services=[a_service()]))
    await watch.configure(service("public"))
    assert reader.hosted() == {}


async def test_only_new_and_changed_deploys_are_news(writer: StoreWriter, reader: Reader) -> None:
    ordered = a_deploy()
    other = a_deploy("dep-2", service="public", created_ms=T0_MS + 1)
    assert await save(writer, ordered, other) == [ordered, other]
    assert await save(writer, ordered, other) == []
    live = a_deploy(status=DeployStatus.LIVE, live_ms=T0_MS + 90_000)
    assert await save(writer, live, other) == [live]
    assert reader.deploys() == [other, live]
    assert reader.deploys("curator") == [live]
    assert await writer.run(partial(recorder.last_deploys, service="public", limit=1)) == [other]


async def test_an_instant_that_was_known_stays_known(writer: StoreWriter, reader: Reader) -> None:
    await save(writer, a_deploy(status=DeployStatus.LIVE, live_ms=T0_MS + 5))
    await save(writer, a_deploy(status=DeployStatus.REPLACED))
    assert await save(writer, a_deploy(status=DeployStatus.REPLACED)) == []
    assert reader.deploys() == [a_deploy(status=DeployStatus.REPLACED, live_ms=T0_MS + 5)]


async def test_deploys_of_a_window_are_those_of_which_something_was_told_in_it(
    writer: StoreWriter, reader: Reader
) -> None:
    early = a_deploy("early", created_ms=T0_MS - 10, status=DeployStatus.LIVE, live_ms=T0_MS - 5)
    into = a_deploy("into", created_ms=T0_MS - 4, status=DeployStatus.FAILED, ended_ms=T0_MS + 4)
    late = a_deploy("late", created_ms=T0_MS + 10)
    await save(writer, early, into, late)
    assert reader.deploys(start_ms=T0_MS, end_ms=T0_MS + 10) == [into]
    assert reader.deploys(start_ms=T0_MS) == [late, into]
    assert reader.deploys(end_ms=T0_MS, limit=1) == [into]


async def test_a_deploy_that_went_live_or_failed_is_told_once(
    writer: StoreWriter, reader: Reader
) -> None:
    failed = {"status": DeployStatus.FAILED, "ended_ms": T0_MS + 60_000, "message": ""}
    for status in (DeployStatus.UNDER_WAY, DeployStatus.LIVE, DeployStatus.REPLACED):
        live_ms = None if status is DeployStatus.UNDER_WAY else T0_MS + 30_000
        await save(writer, a_deploy(status=status, live_ms=live_ms))
        await save(writer, a_deploy("dep-2", service="public", **failed))
    told = [
        (one.at_ms, one.service, one.text)
        for one in reader.timeline(0, T0_MS * 2)
        if one.kind is EntryKind.DEPLOY
    ]
    assert told == [
        (T0_MS + 60_000, "public", "failed: 1a2b3c4"),
        (T0_MS + 30_000, "curator", "live: 1a2b3c4 mend the player"),
    ]


async def test_what_happened_is_told_once(writer: StoreWriter, reader: Reader) -> None:
    first = HostEvent("evt-1", "curator", T0_MS, "server_failed", "it ran out of memory")
    second = HostEvent("evt-2", "public", T0_MS + 1, "server_restarted", "restarted by you")
    for told, new in ([first], [first]), ([second, first], [second]), ([second], []):
        assert await writer.run(partial(recorder.save_events, events=told)) == new
    assert reader.host_events() == [second, first]
    assert reader.host_events("curator") == [first]
    assert reader.host_events(start_ms=T0_MS, end_ms=T0_MS + 1) == [first]
    (line,) = reader.timeline(0, T0_MS * 2, service="public")
    assert (line.kind, line.text) == (EntryKind.HOST, "restarted by you")
