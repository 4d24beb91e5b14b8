"""Recorded pasts to look at, an engine's double to speak with, and goldens to compare with."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from tui_engine import ControlDouble, listening
from tui_kept import Kept
from tui_night import Night, night_config
from tui_past import CONFIG, HOSTILE, HOSTILE_CONFIG, MINUTE_MS, NOW_MS, Past, Trouble
from tui_screen import ENGINE, environment
from tui_videos import Videos

from sentinel_tui.config.model import Config
from sentinel_tui.paths import Paths
from sentinel_tui.text import clean_text

GOLDEN = Path(__file__).parent / "golden"


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--update-goldens", action="store_true", help="write what the screens show as goldens"
    )


@pytest.fixture(autouse=True)
def plain_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    """No test depends on the terminal it is run in."""
    environment(monkeypatch, {})


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder with a short path: a socket's may take about 100 characters."""
    with tempfile.TemporaryDirectory(prefix="sentinel-") as name:
        yield Path(name)


@pytest.fixture
def paths(folder: Path) -> Paths:
    """A watch that nobody has recorded anything for."""
    return Paths(config=folder / "sentinel.toml", data_dir=folder / "data")


@pytest.fixture(scope="session")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> Paths:
    """An ordinary past: one service down, one slow, two well."""
    return _written(Past(_paths(tmp_path_factory.mktemp("past"))))


@pytest.fixture(scope="session")
def hostile_recorded(tmp_path_factory: pytest.TempPathFactory) -> Paths:
    """The same with hostile text wherever a service can put any."""
    troubles = tuple(
        Trouble(f"service-{number}", NOW_MS - (number + 1) * 4 * MINUTE_MS, NOW_MS + 1, how)
        for number, how in enumerate(("status", "slow", "status", "status"))
    )
    return _written(
        Past(
            _paths(tmp_path_factory.mktemp("hostile")),
            config=HOSTILE_CONFIG,
            troubles=troubles,
            error=HOSTILE,
            kept=HOSTILE,
        )
    )


@pytest.fixture(scope="session")
def night_recorded(tmp_path_factory: pytest.TempPathFactory) -> Paths:
    """A bad night: an outage that covers others, and everything people did about it."""
    return _written(Night(_paths(tmp_path_factory.mktemp("night"))))


@pytest.fixture(scope="session")
def hostile_night_recorded(tmp_path_factory: pytest.TempPathFactory) -> Paths:
    """The same with hostile text wherever somebody can put any."""
    hostile = clean_text(HOSTILE, 60)
    return _written(
        Night(
            _paths(tmp_path_factory.mktemp("hostile-night")),
            config=night_config(lambda service: clean_text(f"{service} {hostile}", 60)),
            error=HOSTILE,
            kept=HOSTILE,
            note=HOSTILE,
            reason=HOSTILE,
            trouble=HOSTILE,
        )
    )


@pytest.fixture(scope="session")
def kept_recorded(tmp_path_factory: pytest.TempPathFactory) -> Paths:
    """A small workspace: one service kept awake by plan, one that is being healed."""
    return _written(Kept(_paths(tmp_path_factory.mktemp("kept"))))


@pytest.fixture(scope="session")
def hostile_kept_recorded(tmp_path_factory: pytest.TempPathFactory) -> Paths:
    """The same, all actions stopped, with hostile text wherever somebody can put any."""
    return _written(
        Kept(
            _paths(tmp_path_factory.mktemp("hostile-kept")),
            config=hostile_names(CONFIG),
            said=HOSTILE,
            frozen=True,
            exhausted_ms=NOW_MS + 100 * 60 * MINUTE_MS,
        )
    )


@pytest.fixture(scope="session")
def videos_recorded(tmp_path_factory: pytest.TempPathFactory) -> Paths:
    """Two libraries of videos that were read and studied."""
    return _written(Videos(_paths(tmp_path_factory.mktemp("videos"))))


@pytest.fixture(scope="session")
def hostile_videos_recorded(tmp_path_factory: pytest.TempPathFactory) -> Paths:
    """The same with hostile text wherever a platform or an owner can put any."""
    folder = tmp_path_factory.mktemp("hostile-videos")
    return _written(Videos(_paths(folder), named=clean_text(HOSTILE, 90)))


@pytest.fixture(scope="session")
def unread_videos_recorded(tmp_path_factory: pytest.TempPathFactory) -> Paths:
    """The same while one library is read for the first time and the other cannot be."""
    folder = tmp_path_factory.mktemp("unread-videos")
    return _written(Videos(_paths(folder), studied=False, troubled=True))


@pytest.fixture
def videos(paths: Paths, videos_recorded: Paths) -> Paths:
    """A watch with two libraries."""
    return _copied(videos_recorded, paths)


@pytest.fixture
def hostile_videos(paths: Paths, hostile_videos_recorded: Paths) -> Paths:
    """A watch with two hostile libraries."""
    return _copied(hostile_videos_recorded, paths)


@pytest.fixture
def unread_videos(paths: Paths, unread_videos_recorded: Paths) -> Paths:
    """A watch whose libraries are still to be read."""
    return _copied(unread_videos_recorded, paths)


@pytest.fixture
def kept(paths: Paths, kept_recorded: Paths) -> Paths:
    """A watch that keeps awake and heals."""
    return _copied(kept_recorded, paths)


@pytest.fixture
def hostile_kept(paths: Paths, hostile_kept_recorded: Paths) -> Paths:
    """The same with a hostile past."""
    return _copied(hostile_kept_recorded, paths)


@pytest.fixture
def night(paths: Paths, night_recorded: Paths) -> Paths:
    """A watch with a bad night behind it."""
    return _copied(night_recorded, paths)


@pytest.fixture
def hostile_night(paths: Paths, hostile_night_recorded: Paths) -> Paths:
    """A watch with a hostile night behind it."""
    return _copied(hostile_night_recorded, paths)


@pytest.fixture
def watch(paths: Paths, recorded: Paths) -> Paths:
    """A watch with an ordinary past."""
    return _copied(recorded, paths)


@pytest.fixture
def hostile_watch(paths: Paths, hostile_recorded: Paths) -> Paths:
    """A watch with a hostile past."""
    return _copied(hostile_recorded, paths)


@pytest.fixture
def engine(paths: Paths) -> Iterator[ControlDouble]:
    """An engine's double on the watch's control socket."""
    with listening(paths, ControlDouble(ENGINE)) as double:
        yield double


@pytest.fixture
def golden(request: pytest.FixtureRequest) -> Callable[[str, str], None]:
    """Compares a text with the golden of a name, or writes it with --update-goldens."""
    update = request.config.getoption("--update-goldens", default=False)

    def compare(name: str, text: str) -> None:
        path = GOLDEN / f"{name}.txt"
        if update:
            GOLDEN.mkdir(exist_ok=True)
            path.write_text(text, encoding="utf-8")
        assert text == path.read_text(encoding="utf-8"), f"{name} is not what it was"

    return compare


def _paths(folder: Path) -> Paths:
    return Paths(config=folder / "sentinel.toml", data_dir=folder / "data")


def hostile_names(config: Config) -> Config:
    """The same services under hostile names."""
    hostile = clean_text(HOSTILE, 60)
    services = [
        one.model_copy(update={"name": clean_text(f"{one.id} {hostile}", 60)})
        for one in config.services
    ]
    return config.model_copy(update={"services": services})


def _written(past: Past) -> Paths:
    past.write()
    return past.paths


def _copied(source: Paths, target: Paths) -> Paths:
    shutil.copytree(source.data_dir, target.data_dir, dirs_exist_ok=True)
    return replace(target)
