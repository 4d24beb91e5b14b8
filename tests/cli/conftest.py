"""Shells on empty folders, and one with an engine that watches a small web."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest
from cli_world import QuietServer, Shell, Web


@pytest.fixture(scope="session")
def web() -> Iterator[str]:
    """The address of a web service: `/` is well, everything else is not."""
    with QuietServer(("127.0.0.1", 0), Web) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        host, port = server.server_address[:2]
        yield f"http://{host!s}:{port}"
        server.shutdown()
        thread.join()


@pytest.fixture
def shell(tmp_path) -> Iterator[Shell]:
    """A Sentinel that knows nothing yet; its engine, if one was started, is stopped."""
    shell = Shell(tmp_path / "sentinel.toml", tmp_path / "data")
    yield shell
    if (shell.data_dir / "engine.sock").exists():
        shell.run("stop")


@pytest.fixture(scope="module")
def watched(tmp_path_factory, web) -> Iterator[Shell]:
    """A Sentinel whose engine has looked at everything once."""
    folder = tmp_path_factory.mktemp("watched")
    shell = Shell(folder / "sentinel.toml", folder / "data")
    shell.config.write_text(
        f"""
        [[services]]
        id = "curator"
        role = "curator"
        url = "{web}/"
        sleeps = {{ after = "15m", expected_wake = "10s" }}

        [[services]]
        id = "public"
        url = "{web}/broken"
        depends_on = ["curator"]

        [services.thresholds]
        confirm_cycles = 1
        burst = []

        [[services]]
        id = "nightly"
        checks = [{{ kind = "heartbeat", every = "1h" }}]

        [display]
        time_zone = "Europe/Paris"
        """
    )
    shell.config.chmod(0o600)
    started = shell.run("probe")
    assert "started one" in started.err
    yield shell
    shell.run("stop")
