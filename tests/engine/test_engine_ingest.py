"""A whole engine that is told things: stored once, before they are acknowledged, and used."""

from __future__ import annotations

import hmac
import json
import os
import stat
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager, closing
from pathlib import Path
from typing import Any

import pytest
from engine_world import Watching
from ingest_world import PAGE, SIGNING_KEY, TOKEN, Caller, rows, signed, until, view

from sentinel_tui.clock import FakeClock
from sentinel_tui.config.model import Config
from sentinel_tui.domain.monitoring.states import State
from sentinel_tui.engine.ingest.limits import MOST_EVENTS
from sentinel_tui.errors import StoreFull, UsageError
from sentinel_tui.store.database import Database

Told = Callable[..., AbstractAsyncContextManager[tuple[Watching, Caller]]]

_SERVICES = (
    {
        "id": "public",
        "role": "public",
        "url": "http://public.test",
        "sleeps": {"after": "15m", "costs_hours": True},
    },
    {"id": "backup", "checks": [{"kind": "heartbeat", "name": "beat", "every": 600.0}]},
)
_LIBRARIES = [
    {"name": "previews", "role": "public", "bunny_id": 133, "key": "env:SENTINEL_TEST_LIBRARY"},
    {"name": "films", "role": "private"},
]
_LIBRARY_KEY = "a read-only key of a library"
_SOURCES = [
    {
        "name": "pages",
        "token": TOKEN,
        "scopes": ["views", "actions", "beats", "read"],
        "origins": [PAGE],
    },
    {"name": "shop", "hmac_keys": [SIGNING_KEY], "scopes": ["actions", "beats"]},
]


@pytest.fixture
def told(watching, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Told:
    """Starts engines that listen: `async with told() as (engine, caller)`."""
    monkeypatch.setenv("SENTINEL_TEST_LIBRARY", _LIBRARY_KEY)

    @asynccontextmanager
    async def start(**options: Any) -> AsyncIterator[tuple[Watching, Caller]]:
        path = tmp_path / "ingest.sock"
        ingest = {"listen": f"unix:{path}", "sources": _SOURCES, **options}
        videos = {"libraries": _LIBRARIES, "poll_cron": "", "study_cron": ""}
        async with watching(*_SERVICES, ingest=ingest, videos=videos) as engine:
            await until(path.exists)
            yield engine, Caller(str(path))

    return start


async def test_views_are_stored_before_they_are_acknowledged_and_once(told: Told) -> None:
    events = [view(id=f"e-{one}", position=one) for one in range(5)]
    async with told() as (engine, caller):
        answered = await caller.tell("/v1/views", {"events": events})
        assert (answered.status, answered.json["accepted"]) == (202, 5)
        assert len(rows(engine.paths, "SELECT * FROM view_events")) == 5
        again = await caller.tell("/v1/views", [*events[3:], view(id="e-5")])
        assert (again.json["accepted"], again.json["known"]) == (3, 2)
        alone = await caller.tell("/v1/views", view(id="e-5"))
        assert (alone.status, alone.json["known"]) == (202, 1)
        stored = rows(engine.paths, "SELECT id FROM view_events ORDER BY id")
    assert [one for (one,) in stored] == [f"e-{one}" for one in range(6)]


async def test_of_a_batch_what_is_right_is_taken_and_the_rest_is_named(told: Told) -> None:
    async with told() as (engine, caller):
        mixed = await caller.tell("/v1/views", [view(), view(event="dance"), view(library="x")])
        assert (mixed.status, mixed.json["accepted"]) == (202, 1)
        wrong = [(one["index"], one["field"]) for one in mixed.json["rejected"]]
        assert wrong == [(1, "event"), (2, "library")]
        none = await caller.tell("/v1/views", [view(event="dance"), view(position=None)])
        assert (none.status, none.json["error"]["field"]) == (422, "event")
        assert len(none.json["rejected"]) == 2
        assert len(rows(engine.paths, "SELECT * FROM view_events")) == 1


@pytest.mark.parametrize(
    ("body", "headers", "status"),
    [
        ([], {}, 422),
        ("play", {}, 400),
        (b"{not json", {}, 400),
        ([{}] * (MOST_EVENTS + 1), {}, 413),
        ([view()], {"content_type": "text/plain"}, 415),
        ([view()], {"authorization": "Bearer nobody"}, 401),
    ],
)
async def test_what_is_no_batch_of_events_is_refused_in_words(
    told: Told, body: object, headers: dict[str, str], status: int
) -> None:
    async with told() as (engine, caller):
        given = {"authorization": f"Bearer {TOKEN}"} | headers
        answered = await caller.ask("POST", "/v1/views", body, **given)
        assert answered.status == status
        assert answered.json["error"]["message"]
        assert rows(engine.paths, "SELECT * FROM view_events") == []


async def test_other_paths_and_methods_are_told_what_there_is(told: Told) -> None:
    async with told() as (_, caller):
        missing = await caller.ask("GET", "/v2/views")
        assert (missing.status, missing.code) == (404, "not_found")
        wrong = await caller.ask("GET", "/v1/views")
        assert (wrong.status, wrong.headers["allow"]) == (405, "post")


async def test_a_viewers_token_is_nowhere_in_the_data_folder(told: Told) -> None:
    async with told() as (engine, caller):
        await caller.tell("/v1/views", [view(viewer_token="bob@shop.example")])
        with pytest.raises(UsageError):
            await engine.ask("track_views", events="bob@shop.example")
        await engine.ask("track_views", events=[view(viewer_token="bob@shop.example", t=1.79e9)])
        (one,) = rows(engine.paths, "SELECT DISTINCT viewer FROM view_events")
        assert len(one[0]) == 32
        key = engine.paths.viewer_key
        assert stat.S_IMODE(key.stat().st_mode) == 0o600
        kept = key.read_text()
    # The store itself is only read once its engine has closed it.
    files = [path for path in engine.paths.data_dir.rglob("*") if path.is_file()]
    assert not any(b"bob@shop" in path.read_bytes() for path in files)
    async with told() as (engine, caller):
        await caller.tell("/v1/views", [view(viewer_token="bob@shop.example", position=99)])
        assert rows(engine.paths, "SELECT count(DISTINCT viewer) FROM view_events") == [(1,)]
        assert engine.paths.viewer_key.read_text() == kept


async def test_a_key_that_others_can_read_is_not_used(told: Told) -> None:
    async with told() as (engine, caller):
        engine.paths.viewer_key.write_text("k" * 64)
        os.chmod(engine.paths.viewer_key, 0o644)
        answered = await caller.tell("/v1/views", [view()])
        assert (answered.status, answered.code) == (503, "not_stored")
        assert rows(engine.paths, "SELECT * FROM view_events") == []


async def test_reports_become_views_once_the_player_is_silent(told: Told, clock: FakeClock) -> None:
    start_ms = clock.now_ms()
    reports = [view(event="play", position=0, t=start_ms)]
    reports += [view(position=10 * one, t=start_ms + 10_000 * one) for one in range(1, 7)]
    async with told() as (engine, caller):
        await engine.advance(70)
        await caller.tell("/v1/views", reports)
        await engine.advance(600, step_s=60)
        with closing(engine.read()) as reader:
            assert reader.viewings(0, 2**53) == []
        await engine.advance(1_500, step_s=60)
        with closing(engine.read()) as reader:
            (viewing,) = reader.viewings(0, 2**53)
        assert (viewing.video, viewing.start_ms, viewing.watch_s) == ("spring-teaser", start_ms, 60)


async def test_what_viewers_and_the_owner_do_is_use_of_their_services(
    told: Told, clock: FakeClock
) -> None:
    play_ms, action_ms = clock.now_ms() - 60_000, clock.now_ms() - 30_000
    async with told() as (engine, caller):
        played = view(event="play", t=play_ms)
        for _ in range(2):
            await caller.tell("/v1/views", [played, view(t=play_ms + 10_000)])
            action = {"action": "view_page", "service": "public", "t": action_ms}
            await caller.tell("/v1/actions", [action, {"action": "upload", "service": "backup"}])
        await engine.advance(2)
        with closing(engine.read()) as reader:
            visits = reader.visits("public", 0)
            assert reader.visits("backup", 0) == []
    told_by = {one.at_ms: (one.count, one.source) for one in visits}
    assert told_by[play_ms] == (1, "viewers")
    assert told_by[action_ms] == (1, "owner's actions")
    assert play_ms + 10_000 not in told_by


async def test_actions_keep_what_was_told_with_them(told: Told) -> None:
    action = {
        "id": "a-1",
        "action": "upload_video",
        "service": "curator",
        "duration_ms": 1_500,
        "context": {"title": "Été \x1b[31m", "size": 3, "public": True, "of": None},
    }
    async with told() as (engine, caller):
        body = json.dumps([action]).encode()
        headers = signed(body, engine.clock.now_ms())
        assert (await caller.ask("POST", "/v1/actions", body, **headers)).status == 202
        # The very same message again: done already, and not done twice.
        assert (await caller.ask("POST", "/v1/actions", body, **headers)).status == 204
        (row,) = rows(
            engine.paths, "SELECT action, service, duration_ms, context FROM user_actions"
        )
    assert row[:3] == ("upload_video", "curator", 1_500.0)
    context = json.loads(row[3])
    assert context | {"title": ""} == {"title": "", "size": 3, "public": True, "of": None}
    assert context["title"].startswith("Été")
    assert "\x1b" not in context["title"]


async def test_a_beat_over_http_is_a_beat(told: Told) -> None:
    async with told() as (engine, caller):
        answered = await caller.tell("/v1/beat/backup", None)
        assert (answered.status, answered.json["state"]) == (202, "UP")
        assert engine.state("backup") is State.UP
        failing = await caller.tell("/v1/beat/backup", {"ok": False, "message": "disk full"})
        assert failing.status == 202
        with closing(engine.read()) as reader:
            (check,) = next(one for one in reader.services() if one.id == "backup").checks
        assert "disk full" in check.error
        for path, body, status in (
            ("/v1/beat/nobody", None, 404),
            ("/v1/beat/public", None, 404),
            ("/v1/beat/backup", {"ok": "yes"}, 422),
            ("/v1/beat/backup", {"mood": "good"}, 422),
        ):
            assert (await caller.tell(path, body)).status == status


async def test_figures_are_read_by_whoever_may_and_health_by_anybody(told: Told) -> None:
    async with told() as (engine, caller):
        await engine.advance(60)
        await caller.tell("/v1/views", [view()])
        bearer = {"authorization": f"Bearer {TOKEN}"}
        metrics = await caller.ask("GET", "/metrics", **bearer)
        assert metrics.headers["content-type"].startswith("text/plain")
        assert b"sentinel_view_events_total 1\n" in metrics.body
        assert b'sentinel_state{service="public",state="UP"} 1' in metrics.body
        status = (await caller.ask("GET", "/status.json", **bearer)).json
        assert {one["id"] for one in status["services"]} == {"public", "backup"}
        assert status["engine"]["watching"] is True
        for path in ("/metrics", "/status.json"):
            assert (await caller.ask("GET", path)).status == 401
        assert (await caller.ask("GET", "/healthz")).json == {"ok": True}


async def test_the_players_script_is_served_small_and_pages_may_use_it(told: Told) -> None:
    async with told() as (_, caller):
        script = await caller.ask("GET", "/v1/player.js")
        assert script.headers["content-type"].startswith("text/javascript")
        assert len(script.body) < 4_000
        asked = await caller.ask("OPTIONS", "/v1/views", origin=PAGE)
        assert asked.status == 204
        assert asked.headers["access-control-allow-origin"] == PAGE
        assert "authorization" in asked.headers["access-control-allow-headers"]
        told_by_page = await caller.tell("/v1/views", [view()], origin=PAGE)
        assert (told_by_page.status, told_by_page.headers["access-control-allow-origin"]) == (
            202,
            PAGE,
        )
        elsewhere = await caller.ask("OPTIONS", "/v1/views", origin="https://evil.test")
        assert elsewhere.status == 403
        assert "access-control-allow-origin" not in elsewhere.headers


async def test_bunnys_message_has_the_video_read_and_needs_the_librarys_key(told: Told) -> None:
    video = "0f0f0f0f-1234-4abc-8def-0123456789ab"
    body = json.dumps({"VideoLibraryId": 133, "VideoGuid": video, "Status": 3}).encode()

    def headers(said: bytes, key: str = _LIBRARY_KEY) -> dict[str, str]:
        return {
            "x_bunnystream_signature_version": "v1",
            "x_bunnystream_signature_algorithm": "hmac-sha256",
            "x_bunnystream_signature": hmac.digest(key.encode(), said, "sha256").hex(),
        }

    async with told() as (engine, caller):
        noticed: list[tuple[str, str]] = []
        engine.engine._crew.reception.ingest._told._noticed = lambda *it: noticed.append(it)
        good = await caller.ask("POST", "/v1/bunny/previews", body, **headers(body))
        assert (good.status, noticed) == (204, [("previews", video)])
        other = body.replace(b"133", b"134")
        for path, said, given, status in (
            ("/v1/bunny/previews", body, headers(body, "another key"), 401),
            ("/v1/bunny/previews", body, {}, 401),
            ("/v1/bunny/previews", other, headers(other), 422),
            ("/v1/bunny/previews", b"[]", headers(b"[]"), 422),
            ("/v1/bunny/films", body, headers(body), 404),
        ):
            assert (await caller.ask("POST", path, said, **given)).status == status
        assert len(noticed) == 1


async def test_while_the_store_is_full_nothing_is_acknowledged(
    told: Told, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with told() as (engine, caller):
        writer = engine.engine.parts.writer

        async def full(job: Callable[[Database], Any], *, durable: bool = False) -> Any:
            raise StoreFull("no space is left on /dev/secret")

        with monkeypatch.context() as patched:
            patched.setattr(writer, "run", full)
            answered = await caller.tell("/v1/views", [view()])
            assert (answered.status, answered.code) == (503, "not_stored")
            assert "retry-after" in answered.headers
            assert b"/dev/secret" not in answered.body
        assert (await caller.tell("/v1/views", [view()])).json["accepted"] == 1


async def test_when_too_much_waits_for_the_store_more_is_to_come_again(told: Told) -> None:
    async with told() as (engine, caller):
        intake = engine.engine._crew.reception.ingest.intake
        intake._waiting = 19_999
        crowded = await caller.tell("/v1/views", [view(), view(position=1)])
        assert (crowded.status, crowded.code) == (503, "crowded")
        intake._waiting = 0
        assert (await caller.tell("/v1/views", [view()])).status == 202


async def test_another_configuration_counts_at_once(told: Told, tmp_path: Path) -> None:
    async with told() as (engine, caller):
        ingest, elsewhere = engine.engine._crew.reception, tmp_path / "elsewhere.sock"
        sources = [{"name": "new", "token": TOKEN[::-1], "scopes": ["views"]}]

        def config(**options: Any) -> Config:
            return Config.model_validate({"services": list(_SERVICES), **options})

        ingest.go_by(config(ingest={"listen": f"unix:{elsewhere}", "sources": sources}))
        await until(elsewhere.exists)
        moved = Caller(str(elsewhere))
        assert (await moved.tell("/v1/views", [view()])).status == 401
        assert (await moved.tell("/v1/views", [view()], TOKEN[::-1])).status == 202
        nowhere = tmp_path / "no" / "such" / "folder.sock"
        ingest.go_by(config(ingest={"listen": f"unix:{nowhere}", "sources": sources}))
        await until(lambda: bool(ingest.ingest.trouble))
        worker = next(one for one in engine.engine.describe().workers if one.name == "ingest")
        assert "nobody can listen at" in worker.error
        ingest.go_by(config())
        await until(lambda: not elsewhere.exists())
        assert ingest.ingest.trouble == ""
        with pytest.raises(OSError, match="No such file"):
            await caller.ask("GET", "/healthz")
