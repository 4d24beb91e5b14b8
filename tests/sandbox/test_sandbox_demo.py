"""The demo as people start it: a process of its own that ends with the one that started it."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import socket
import stat
import subprocess
import sys
import time
import tomllib
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import httpx
import psutil
import pytest

from sentinel_tui.clock import SystemClock
from sentinel_tui.config.autonomy import policies_for
from sentinel_tui.config.channels import WebhookChannel
from sentinel_tui.config.loader import load
from sentinel_tui.config.model import Config
from sentinel_tui.domain.autonomy.policy import Level, Verb
from sentinel_tui.domain.monitoring.alerts import Severity
from sentinel_tui.domain.notifying.notices import Message, NoticeKind
from sentinel_tui.domain.video.catalog import DAY_MS
from sentinel_tui.errors import ConfigError, SentinelError
from sentinel_tui.paths import Paths
from sentinel_tui.platforms.notify.webhook import Webhook
from sentinel_tui.sandbox.control import break_in, demo_runs, socket_path
from sentinel_tui.sandbox.demo import DemoHandle, start_demo
from sentinel_tui.sandbox.demo_config import MARK, VIEWING_SINCE, demo_config
from sentinel_tui.sandbox.render.workspace import month_end_s

URLS = {name: f"http://127.0.0.1:1/{name}" for name in ("curator", "monetizer", "public")}
WITNESSES = [f"http://127.0.0.1:1/witness-{n}" for n in range(3)]
RENDER = {
    "url": "http://127.0.0.1:1/v1",
    "hours": 60.0,
    "status_url": "http://127.0.0.1:1/status.json",
    "services": {name: f"srv-{n}" for n, name in enumerate(URLS)},
}
WORLD = {
    "urls": URLS,
    "witnesses": WITNESSES,
    "render": RENDER,
    "bunny": {
        "url": "http://127.0.0.1:1",
        "libraries": [{"name": "previews", "id": 1, "key": "read-only", "role": "public"}],
    },
    "ingest": {"listen": "127.0.0.1:1", "token": "a token that is long enough"},
}
_DEADLINE_S = 20.0


@pytest.fixture
def paths(tmp_path: Path) -> Paths:
    folder = tmp_path / "demo"
    return Paths(folder / "sentinel.toml", folder)


@pytest.fixture
def demo(paths: Paths) -> Iterator[DemoHandle]:
    with start_demo(paths) as handle:
        yield handle


def eventually(holds: Callable[[], bool]) -> bool:
    """Whether something comes to hold within a generous time."""
    give_up_s = time.monotonic() + _DEADLINE_S
    while not holds():
        if time.monotonic() > give_up_s:
            return False
        os.sched_yield()
    return True


def has_ended(process: psutil.Process) -> bool:
    """Whether it is gone, or only waits for somebody to ask how it ended."""
    try:
        return process.status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True


def sandbox_process() -> psutil.Process:
    """The sandbox among this process's children."""
    found = [
        child for child in psutil.Process().children() if "sentinel_tui.sandbox" in child.cmdline()
    ]
    (process,) = found
    return process


class TestStart:
    def test_its_services_answer_once_it_is_started(self, demo: DemoHandle) -> None:
        answer = httpx.get(demo.urls["public"], trust_env=False)
        assert answer.json() == {"status": "ok", "service": "public"}

    def test_its_configuration_is_valid_and_watches_those_services(self, demo: DemoHandle) -> None:
        loaded = load(demo.paths.config)
        assert loaded.warnings == ()
        config = loaded.config
        watched = {service.id: service for service in config.services}
        assert set(watched) == {*demo.urls, "sentinel"}
        for name, url in demo.urls.items():
            assert [check.url for check in watched[name].all_checks] == [url]

    def test_its_files_are_for_the_owner_only(self, demo: DemoHandle) -> None:
        others = stat.S_IRWXG | stat.S_IRWXO
        for path in (demo.paths.data_dir, demo.paths.config, socket_path(demo.paths)):
            assert stat.S_IMODE(path.stat().st_mode) & others == 0

    def test_it_binds_loopback_and_nothing_else(self, demo: DemoHandle) -> None:
        connections = sandbox_process().net_connections(kind="inet")
        listening = [one for one in connections if one.status == psutil.CONN_LISTEN]
        assert len(listening) >= len(demo.urls)
        assert {one.laddr.ip for one in listening} == {"127.0.0.1"}

    def test_a_second_demo_in_the_same_folder_is_refused(self, demo: DemoHandle) -> None:
        with pytest.raises(SentinelError, match="already runs") as refused:
            start_demo(demo.paths)
        assert "--break" in refused.value.hint
        assert demo_runs(demo.paths)

    def test_what_the_sandbox_says_of_its_failure_is_told(self, tmp_path: Path) -> None:
        folder = tmp_path / ("long" * 30)
        with pytest.raises(SentinelError, match="no control socket") as refused:
            start_demo(Paths(folder / "sentinel.toml", folder))
        assert "SENTINEL_DEMO_DIR" in refused.value.hint
        assert not (folder / "sentinel.toml").exists()

    def test_a_configuration_of_somebodys_own_is_left_alone(self, paths: Paths) -> None:
        paths.data_dir.mkdir()
        paths.config.write_text("# mine\n")
        with pytest.raises(ConfigError, match="not written by the demo"):
            start_demo(paths)
        assert paths.config.read_text() == "# mine\n"


class TestFailure:
    """Sandboxes that do not start: another program stands in for Python."""

    def start_with(self, program: str, paths: Paths, monkeypatch: pytest.MonkeyPatch) -> None:
        paths.data_dir.mkdir()
        python = paths.data_dir / "python"
        python.write_text(f"#!/bin/sh\n{program}\n")
        python.chmod(0o700)
        monkeypatch.setattr(sys, "executable", str(python))
        start_demo(paths)

    def test_its_last_words_are_told(self, paths: Paths, monkeypatch: pytest.MonkeyPatch) -> None:
        with pytest.raises(SentinelError, match="did not start") as failed:
            self.start_with("echo first >&2; echo no room >&2", paths, monkeypatch)
        assert failed.value.hint == "no room"

    def test_without_any_the_log_is_named(
        self, paths: Paths, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        with pytest.raises(SentinelError, match="did not start") as failed:
            self.start_with("exit 1", paths, monkeypatch)
        assert "sandbox.log" in failed.value.hint

    def test_half_a_line_is_no_answer(self, paths: Paths, monkeypatch: pytest.MonkeyPatch) -> None:
        with pytest.raises(SentinelError, match="did not start"):
            self.start_with("printf '{\"urls\"'", paths, monkeypatch)

    def test_no_configuration_is_left_behind(
        self, paths: Paths, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        with pytest.raises(SentinelError):
            self.start_with("exit 1", paths, monkeypatch)
        assert not paths.config.exists()


class TestHistory:
    def test_an_earlier_demos_store_is_kept(self, paths: Paths) -> None:
        start_demo(paths).stop()
        paths.store.write_bytes(b"history")
        start_demo(paths).stop()
        assert paths.store.read_bytes() == b"history"

    def test_a_fresh_demo_forgets_the_store_and_nothing_else(self, paths: Paths) -> None:
        paths.backups.mkdir(parents=True)
        doomed = [
            paths.store,
            paths.store.with_name("sentinel.db-wal"),
            paths.backups / "sentinel.db.2027-01-01",
        ]
        kept = [paths.data_dir / "notes.txt", paths.data_dir / "engine.log"]
        for file in [*doomed, *kept]:
            file.write_text("x")
        start_demo(paths, fresh=True).stop()
        assert not any(file.exists() for file in doomed)
        assert all(file.exists() for file in kept)

    def test_a_fresh_demo_does_not_take_the_store_from_under_an_engine(self, paths: Paths) -> None:
        paths.data_dir.mkdir()
        paths.store.write_text("x")
        with socket.socket(socket.AF_UNIX) as engine:
            engine.bind(str(paths.socket))
            engine.listen()
            with pytest.raises(SentinelError, match="still records"):
                start_demo(paths, fresh=True)
        assert paths.store.exists()
        assert not demo_runs(paths)


class TestBreaking:
    def test_by_the_handle(self, demo: DemoHandle) -> None:
        assert demo.break_service("public", "500") == "public answers with status 500 for 1m"
        assert httpx.get(demo.urls["public"], trust_env=False).status_code == 500
        assert demo.mend("public") == "public is well again"
        assert httpx.get(demo.urls["public"], trust_env=False).status_code == 200

    def test_from_another_process(self, demo: DemoHandle) -> None:
        program = (
            "import sys; from pathlib import Path; from sentinel_tui.paths import Paths\n"
            "from sentinel_tui.sandbox.control import break_in\n"
            "folder = Path(sys.argv[1])\n"
            "print(break_in(Paths(folder / 'sentinel.toml', folder), 'public', 'refuse', 30))"
        )
        command = [sys.executable, "-c", program, str(demo.paths.data_dir)]
        said = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60)
        assert said.stdout == "public refuses connections for 30s\n"
        with pytest.raises(httpx.ConnectError):
            httpx.get(demo.urls["public"], trust_env=False)


class TestEnd:
    def test_stopping_ends_the_sandbox(self, paths: Paths) -> None:
        demo = start_demo(paths)
        process = sandbox_process()
        demo.stop()
        assert not process.is_running()
        assert not socket_path(paths).exists()
        demo.stop()

    def test_the_sandbox_ends_when_its_parent_is_killed(self, paths: Paths) -> None:
        program = (
            "import json, sys, psutil; from pathlib import Path\n"
            "from sentinel_tui.paths import Paths\n"
            "from sentinel_tui.sandbox.demo import start_demo\n"
            "folder = Path(sys.argv[1])\n"
            "demo = start_demo(Paths(folder / 'sentinel.toml', folder))\n"
            "(child,) = psutil.Process().children()\n"
            "print(json.dumps(child.pid), flush=True)\n"
            "sys.stdin.read()"
        )
        parent = subprocess.Popen(
            [sys.executable, "-c", program, str(paths.data_dir)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        with parent:
            assert parent.stdout is not None
            sandbox = psutil.Process(json.loads(parent.stdout.readline()))
            parent.send_signal(signal.SIGKILL)
            assert eventually(lambda: has_ended(sandbox))
        with pytest.raises(SentinelError, match="no demo runs"):
            break_in(paths, "public")

    @pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
    def test_a_signal_ends_it_cleanly(self, paths: Paths, number: signal.Signals) -> None:
        with start_demo(paths):
            process = sandbox_process()
            process.send_signal(number)
            assert process.wait(_DEADLINE_S) == 0
            assert not socket_path(paths).exists()

    def test_a_sandbox_that_does_not_end_is_killed(self, paths: Paths) -> None:
        demo = start_demo(paths)
        process = sandbox_process()
        process.suspend()
        demo.stop()
        assert not process.is_running()

    def test_after_a_kill_the_next_demo_starts_all_the_same(self, paths: Paths) -> None:
        with start_demo(paths):
            sandbox_process().kill()
        start_demo(paths).stop()


class TestConfiguration:
    @pytest.fixture
    def text(self, tmp_path: Path) -> str:
        return demo_config(WORLD, tmp_path)

    @pytest.fixture
    def config(self, text: str) -> Config:
        return Config.model_validate(tomllib.loads(text))

    def test_it_begins_with_the_mark_that_makes_it_the_demos(self, text: str) -> None:
        assert text.startswith(MARK)

    def test_its_curator_is_woken_in_time(self, config: Config) -> None:
        curator = next(service for service in config.services if service.id == "curator")
        assert curator.sleeps is not None
        assert curator.sleeps.wake_every_s < curator.sleeps.after_s
        assert curator.sleeps.keep_awake

    def test_it_heals_the_public_site_and_asks_before_it_goes_back(self, config: Config) -> None:
        policies = policies_for(config)
        levels = {
            (service, verb): policies.limits(service, ["demo"], verb).level
            for service in URLS
            for verb in (Verb.RESTART, Verb.ROLLBACK)
        }
        assert levels.pop(("public", Verb.RESTART)) is Level.AUTO
        assert levels.pop(("public", Verb.ROLLBACK)) is Level.CONFIRM
        assert set(levels.values()) == {Level.SUGGEST}

    def test_only_its_sleeper_costs_hours_and_there_are_too_few_of_them(
        self, demo: DemoHandle
    ) -> None:
        config = load(demo.paths.config).config
        assert [one.id for one in config.services if one.costs_hours] == ["curator"]
        assert config.render.key is not None
        headers = {"authorization": f"Bearer {config.render.key.reveal()}"}
        listed = httpx.get(f"{config.render.api}/services", headers=headers, trust_env=False)
        ids = {row["service"]["name"]: row["service"]["id"] for row in listed.json()}
        assert ids == {one.id: one.render_service_id for one in config.services if one.id in URLS}
        left_h = (month_end_s(time.time()) - time.time()) / 3_600
        assert config.render.budget_hours < max(2.0, left_h / 2)

    def test_its_videos_are_read_with_the_keys_of_their_libraries_only(
        self, demo: DemoHandle
    ) -> None:
        libraries = load(demo.paths.config).config.videos.libraries
        assert {one.role for one in libraries} == {"public", "private"}
        for one in libraries:
            assert one.key is not None
            assert one.key.reveal() not in demo.paths.config.read_text()
            # Whoever may not read is told so even of a video that is not there.
            video = f"{one.api}/library/{one.bunny_id}/videos/none"
            for key, status in ((one.key.reveal(), 404), ("another", 401)):
                answer = httpx.get(video, headers={"accesskey": key}, trust_env=False)
                assert answer.status_code == status

    def test_its_players_are_known_by_a_token_and_report_where_an_engine_would_listen(
        self, demo: DemoHandle
    ) -> None:
        ingest = load(demo.paths.config).config.ingest
        assert ingest is not None
        assert ingest.is_local
        (source,) = ingest.sources
        assert source.token is not None
        host, _, port = ingest.listen.rpartition(":")
        taken: list[tuple[str | None, bytes]] = []

        class Engine(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["content-length"]))
                taken.append((self.headers["authorization"], body))
                self.send_response(202)
                self.end_headers()

            def log_message(self, *words: object) -> None:
                """Say nothing."""

        with HTTPServer((host, int(port)), Engine) as engine:
            engine.timeout = _DEADLINE_S
            engine.handle_request()
        ((authorization, body),) = taken
        assert authorization == f"Bearer {source.token.reveal()}"
        assert {one["library"] for one in json.loads(body)} <= {"previews", "courses"}

    def test_people_have_watched_since_the_same_day_for_as_long_as_its_history_is_kept(
        self, paths: Paths
    ) -> None:
        start_demo(paths).stop()
        since = paths.data_dir / VIEWING_SINCE
        earlier = str(int(since.read_text()) - DAY_MS)
        since.write_text(earlier)
        start_demo(paths).stop()
        assert since.read_text() == earlier
        start_demo(paths, fresh=True).stop()
        assert since.read_text() != earlier

    def test_no_service_depends_on_another(self, config: Config) -> None:
        assert all(service.depends_on == [] for service in config.services)

    def test_its_network_is_the_sandboxs_own(self, config: Config) -> None:
        assert config.network.witnesses == WITNESSES
        assert 1 <= config.network.quorum < len(WITNESSES)

    def test_a_folder_of_any_name_can_hold_it(self, tmp_path: Path) -> None:
        folder = tmp_path / 'the "démo" \\ ☕'
        (channel,) = tomllib.loads(demo_config(WORLD, folder))["channels"]
        assert channel["url"] == f"file:{folder}/inbox.url"

    def test_its_messages_reach_its_own_inbox_signed(self, demo: DemoHandle) -> None:
        (options,) = load(demo.paths.config).config.channels
        message = Message(
            key="1/alarm/0/inbox",
            channel="inbox",
            severity=Severity.CRITICAL,
            title="public is DOWN",
            body="",
            kind=NoticeKind.ALARM,
            incidents=(1,),
            created_ms=0,
        )
        assert isinstance(options, WebhookChannel)
        asyncio.run(Webhook(options, SystemClock()).send(message))
        taken = httpx.get(options.url.reveal(), trust_env=False).json()["messages"]
        assert [one["data"]["title"] for one in taken] == ["public is DOWN"]


def test_starting_a_demo_imports_neither_the_server_nor_the_network() -> None:
    program = (
        "import sys, sentinel_tui.sandbox.demo, sentinel_tui.sandbox.control\n"
        "print(*sorted({'h11', 'httpx', 'asyncio', 'pydantic', 'textual'} & set(sys.modules)))"
    )
    said = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=60
    )
    assert said.stdout == "\n"
