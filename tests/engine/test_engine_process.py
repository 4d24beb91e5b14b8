"""The engine as a process: it comes up, goes down when told, and outlives what it should."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import psutil
import pytest
from engine_process import (
    WITHIN_S,
    Notified,
    Services,
    command,
    engine_process,
    loopback_services,
)

from sentinel_tui.client import Client
from sentinel_tui.engine.lock import holder_of
from sentinel_tui.errors import EngineBusy, EngineError, EngineGone
from sentinel_tui.paths import Paths
from sentinel_tui.store.queries import Reader

_START_AND_LEAVE = """
import sys
from pathlib import Path
from sentinel_tui.client import Client
from sentinel_tui.paths import Paths
print(Client(Paths(Path(sys.argv[1]), Path(sys.argv[2]))).ensure_engine(wait_s=20))
"""


@pytest.fixture
def services() -> Iterator[Services]:
    with loopback_services() as services:
        yield services


@pytest.fixture
def notified(tmp_path: Path) -> Iterator[Notified]:
    with closing(Notified(tmp_path / "notify")) as notified:
        yield notified


@pytest.fixture
def paths(paths: Paths, services: Services) -> Paths:
    paths.config.write_text(
        f"""
        [[services]]
        id = "public"
        url = "{services.url("up")}"
        [[services]]
        id = "stuck"
        checks = [{{ kind = "http", url = "{services.url("hang")}", interval = "1s" }}]
        """
    )
    return paths


@pytest.fixture
def detached(paths: Paths) -> Iterator[Client]:
    """A client whose engine, should there be one, is gone afterwards."""
    yield Client(paths, "test")
    holder = holder_of(paths.lock)
    if holder is not None and psutil.pid_exists(holder.pid):
        process = psutil.Process(holder.pid)
        process.kill()
        process.wait(WITHIN_S)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_stops_it_cleanly_even_in_the_middle_of_looks(
    paths: Paths, notified: Notified, number: signal.Signals
) -> None:
    with engine_process(paths, notified) as engine:
        Client(paths).ask("probe", service="public", timeout_s=WITHIN_S)
        # Somebody who connected and never says anything holds nothing up.
        with socket.socket(socket.AF_UNIX) as silent:
            silent.connect(str(paths.socket))
            engine.send_signal(number)
            notified.wait_for("STOPPING=1")
            assert engine.wait(WITHIN_S) == 0
    assert not paths.socket.exists()
    with closing(Reader(paths)) as reader:
        record = reader.engine()
    assert record is not None
    assert record.stopped_ms is not None


def test_it_can_be_told_to_stop(paths: Paths, notified: Notified) -> None:
    with engine_process(paths, notified) as engine:
        assert Client(paths).ask("stop", timeout_s=WITHIN_S) == {"stopping": True}
        assert engine.wait(WITHIN_S) == 0


def test_a_lost_terminal_does_not_end_it(paths: Paths, notified: Notified) -> None:
    with engine_process(paths, notified) as engine:
        engine.send_signal(signal.SIGHUP)
        answer = Client(paths).ask("probe", service="public", timeout_s=WITHIN_S)
        assert [look["state"] for look in answer["looks"]] == ["UP"]
        assert engine.poll() is None


def test_a_second_engine_refuses_and_says_why(paths: Paths, notified: Notified) -> None:
    with engine_process(paths, notified) as engine:
        second = subprocess.run(
            command(paths, "engine"), capture_output=True, text=True, timeout=60, check=False
        )
        assert second.returncode == EngineBusy.exit_code
        assert f"process {engine.pid}" in second.stderr
        assert "sentinel stop" in second.stderr


def test_a_configuration_it_cannot_use_is_told_and_nothing_starts(paths: Paths) -> None:
    paths.config.write_text('[[services]]\nid = "Curator"\n')
    refused = subprocess.run(
        command(paths, "engine"), capture_output=True, text=True, timeout=60, check=False
    )
    assert refused.returncode == 3
    assert f"{paths.config}:2" in refused.stderr
    assert not paths.store.exists()


def test_its_files_are_private(paths: Paths, notified: Notified) -> None:
    with engine_process(paths, notified):
        modes = {
            path.name: path.stat().st_mode & 0o777
            for path in paths.data_dir.iterdir()
            if path.is_file() or path.is_socket()
        }
    assert {"sentinel.db", "engine.lock", "engine.sock", "engine.log"} <= set(modes)
    assert set(modes.values()) == {0o600}


def test_an_engine_outlives_whoever_started_it(paths: Paths, detached: Client) -> None:
    started = subprocess.run(
        [sys.executable, "-c", _START_AND_LEAVE, str(paths.config), str(paths.data_dir)],
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    assert started.stdout == "True\n"
    pid = detached.ask("status")["pid"]
    assert os.getsid(pid) == pid
    assert detached.ensure_engine() is False
    assert detached.ask("status")["pid"] == pid


def test_an_engine_that_was_started_here_and_ended_leaves_no_trace(
    paths: Paths, detached: Client
) -> None:
    assert detached.engine_runs() is False
    assert detached.ensure_engine(wait_s=WITHIN_S) is True
    process = psutil.Process(detached.ask("status")["pid"])
    detached.ask("stop")
    psutil.wait_procs([process], timeout=WITHIN_S)
    assert not psutil.pid_exists(process.pid)
    assert detached.engine_runs() is False
    with pytest.raises(EngineGone, match="no engine runs"):
        detached.ask("status")


def test_an_engine_that_cannot_start_says_why(paths: Paths, detached: Client) -> None:
    paths.config.write_text("nonsense")
    with pytest.raises(EngineError, match="could not start") as refused:
        detached.ensure_engine(wait_s=WITHIN_S)
    assert str(paths.config) in refused.value.hint


def test_a_folder_somebody_happens_to_be_in_lends_no_modules(
    paths: Paths, detached: Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    trap = tmp_path / "trap"
    trap.mkdir()
    (trap / "json.py").write_text("raise SystemExit('caught')")
    monkeypatch.chdir(trap)
    assert detached.ensure_engine(wait_s=WITHIN_S) is True
