"""The demo without a screen: a world, the real engine, and trouble made from another terminal."""

import os
import signal
import subprocess
import sys

import pytest
from cli_world import TIMEOUT_S, Done, Shell, run

DEMO = [sys.executable, "-m", "sentinel_tui", "demo"]


@pytest.fixture
def files(tmp_path) -> Shell:
    """Asks the demo of this test, once it runs."""
    return Shell(tmp_path / "sentinel.toml", tmp_path)


@pytest.fixture
def running(files):
    """A demo that runs, and that ends well."""
    process = subprocess.Popen(
        [*DEMO, "--no-screen"],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "SENTINEL_DEMO_DIR": str(files.data_dir)},
    )
    assert process.stderr is not None
    assert "Ctrl-C ends it" in process.stderr.readline()
    yield process
    process.send_signal(signal.SIGTERM)
    process.communicate(timeout=TIMEOUT_S)
    assert process.returncode == 0
    assert files.run("stop").err == "No engine was running.\n"


def demo(files: Shell, *words: str) -> Done:
    return run([*DEMO, *words], SENTINEL_DEMO_DIR=str(files.data_dir))


def test_a_service_broken_from_another_terminal_is_seen_to_fail(running, files):
    looks = files.run("probe", "--json").data["looks"]
    # The curator is looked at too, unless it sleeps by plan at this hour.
    assert {look["service"] for look in looks} >= {"monetizer", "public"}
    said = demo(files, "--break", "public", "--how", "refuse", "--for", "5m")
    assert said.code == 0
    assert "public" in said.out
    (look,) = files.run("probe", "public", "--json").data["looks"]
    assert look["outcome"] == "fail"


def test_there_is_one_demo_at_a_time_and_a_second_one_leaves_it_alone(running, files):
    second = demo(files, "--no-screen")
    assert second.code == 1
    assert "already runs" in second.err
    assert files.run("status", "--json").data["engine"]["watching"] is True


def test_breaking_without_a_demo_says_how_to_start_one(files):
    done = demo(files, "--break", "public")
    assert done.code == 1
    assert "sentinel demo" in done.err


def test_a_time_that_is_none_is_refused(files):
    assert demo(files, "--break", "public", "--for", "soon").code == 64


def test_the_demo_with_its_screen_needs_a_terminal(files):
    assert demo(files).code == 64


def test_the_demo_never_takes_the_files_of_another_watch(files):
    done = files.run("demo", "--no-screen")
    assert done.code == 64
    assert "SENTINEL_DEMO_DIR" in done.err
