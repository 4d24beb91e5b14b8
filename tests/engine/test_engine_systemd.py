"""What systemd is told and given."""

from __future__ import annotations

import configparser
import os
import shutil
import socket
import subprocess
from pathlib import Path

import pytest

from sentinel_tui.engine import systemd
from sentinel_tui.paths import Paths


def _parse(text: str) -> configparser.RawConfigParser:
    parser = configparser.RawConfigParser(strict=False, comment_prefixes="#")
    parser.optionxform = str  # type: ignore[assignment, method-assign]
    parser.read_string(text)
    return parser


def test_the_unit_starts_this_engine_in_the_foreground(tmp_path: Path) -> None:
    paths = Paths(tmp_path / "my config.toml", tmp_path / "data")
    unit = _parse(systemd.unit_text(paths, python="/usr/bin/python3"))
    assert unit["Service"]["ExecStart"] == (
        f'/usr/bin/python3 -P -m sentinel_tui --config "{tmp_path}/my config.toml" '
        f"--data-dir {tmp_path}/data engine --foreground"
    )


def test_what_systemd_would_expand_is_taken_literally(tmp_path: Path) -> None:
    paths = Paths(tmp_path / "100%.toml", tmp_path / "$HOME")
    text = systemd.unit_text(paths)
    assert "100%%.toml" in text
    assert "$$HOME" in text


@pytest.mark.parametrize(
    ("option", "value"),
    [
        ("Type", "notify"),
        ("WatchdogSec", "60"),
        ("NoNewPrivileges", "yes"),
        ("ProtectSystem", "strict"),
        ("UMask", "0077"),
        ("LimitCORE", "0"),
    ],
)
def test_the_unit_is_watched_and_hardened(tmp_path: Path, option: str, value: str) -> None:
    unit = _parse(systemd.unit_text(Paths(tmp_path / "c.toml", tmp_path)))
    assert unit["Service"][option] == value


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="needs systemd's tools")
def test_systemd_understands_the_unit(tmp_path: Path) -> None:
    unit = systemd.install(Paths(tmp_path / "a b.toml", tmp_path / "data"), folder=tmp_path)
    found = subprocess.run(
        ["systemd-analyze", "--user", "verify", str(unit)],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        env={"PATH": os.environ["PATH"], "XDG_RUNTIME_DIR": str(tmp_path)},
    )
    assert [line for line in found.stderr.splitlines() if unit.name in line] == []


def test_installing_writes_the_unit_and_makes_its_folder(tmp_path: Path) -> None:
    paths = Paths(tmp_path / "c.toml", tmp_path / "data")
    unit = systemd.install(paths, folder=tmp_path / "units")
    assert unit == tmp_path / "units" / "sentinel.service"
    assert unit.read_text() == systemd.unit_text(paths)
    assert paths.data_dir.is_dir()


def test_systemd_hears_what_it_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    address = tmp_path / "notify"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as systemd_side:
        systemd_side.settimeout(10)
        systemd_side.bind(str(address))
        monkeypatch.setenv("NOTIFY_SOCKET", str(address))
        systemd.notify("READY=1")
        assert systemd_side.recv(100) == b"READY=1"


def test_without_systemd_nothing_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NOTIFY_SOCKET", raising=False)
    systemd.notify("READY=1")
    monkeypatch.setenv("NOTIFY_SOCKET", str(tmp_path / "gone"))
    systemd.notify("READY=1")
